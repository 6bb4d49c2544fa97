"""Evaluation at points: equal expressions agree, others do not, and a wrong simplification is caught."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sympy import (
    Abs,
    Derivative,
    Expr,
    Function,
    Integer,
    Max,
    Min,
    Sum,
    Symbol,
    binomial,
    cosh,
    exp,
    factorial,
    gamma,
    log,
    pi,
    sech,
    sqrt,
    symbols,
    tanh,
)

from attnproof.derivations.language.notation import N_K, J, Tensor
from attnproof.derivations.proof import reasoning
from attnproof.derivations.proof.points import equal_at_points, near_at_points, nonnegative_at_points

X, Y = symbols("x y", real=True)
A = Symbol("a", positive=True)
K = Symbol("k", integer=True, nonnegative=True)
F = Function("f")
T = Tensor("t", "t", (N_K,))
TOTAL = Sum(T[J], (J, 0, N_K - 1))

EQUAL = {
    "expanded": ((X + Y) ** 2, X**2 + 2 * X * Y + Y**2),
    "tanh": (1 - tanh(X) ** 2, 1 / cosh(X) ** 2),
    "sech": (sech(X), 2 / (exp(X) + exp(-X))),
    "partial domain": (log(X) + log(Y), log(X * Y)),
    "roots": (sqrt(A) ** 2 * pi, A * pi),
    "gamma": (gamma(A + 1), A * gamma(A)),
    "factorials": (factorial(K + 1), (K + 1) * factorial(K)),
    "Pascal's rule": (binomial(K + 1, K), binomial(K, K) + binomial(K, K - 1)),
    "largest and smallest": (Max(X, Y) - Min(X, Y), Abs(X - Y)),
    "functions": (F(X) * 2, F(X) + F(X)),
    "sums": (Sum(2 * T[J] + A, (J, 0, N_K - 1)), 2 * TOTAL + N_K * A),
}


@pytest.mark.parametrize("name", EQUAL)
def test_equal_expressions_agree_and_others_do_not(name: str) -> None:
    left, right = EQUAL[name]
    assert equal_at_points(left, right)
    assert not equal_at_points(left, right + Integer(2) ** -90)
    assert not equal_at_points(left, 2 * right)


def test_signs_and_limits() -> None:
    assert nonnegative_at_points(A)
    assert nonnegative_at_points(Integer(0))
    assert not nonnegative_at_points(-A)
    assert not nonnegative_at_points(-exp(-A))
    assert near_at_points((A + Y) / A, A, Integer(1))
    assert not near_at_points((A + Y) / A, A, Integer(2))


def test_no_point_is_no_agreement() -> None:
    assert not equal_at_points(log(-A), log(-2 * A))
    assert not nonnegative_at_points(log(-A))


def test_a_slope_of_an_undefined_function_is_a_number_of_its_own() -> None:
    slope = F(X).diff(X).subs(X, 1)
    assert equal_at_points(slope + X, X + slope)
    assert not equal_at_points(slope, slope / 2)
    assert not equal_at_points(slope, F(X).diff(X).subs(X, 2))


def test_what_cannot_be_evaluated_is_named() -> None:
    with pytest.raises(ValueError, match="Derivative cannot be evaluated"):
        equal_at_points(Derivative(TOTAL, X), X)


def test_the_slope_of_a_function_that_nothing_is_known_of_is_a_number_of_its_own() -> None:
    assert equal_at_points(F(X).diff(X) * 2, F(X).diff(X) + F(X).diff(X))
    assert not equal_at_points(F(X).diff(X), F(X))


WRONG: dict[str, tuple[str, Callable[[Expr], Expr], Callable[[], bool]]] = {
    "same": ("simplify", lambda expr: Integer(0), lambda: reasoning.same(X, X + 1)),
    "vanishes": ("expand", lambda expr: Integer(0), lambda: reasoning.vanishes(X + 1)),
    "nonnegative": ("factor", lambda expr: Integer(1), lambda: reasoning.nonnegative(-A)),
    "from zero": ("simplify", lambda expr: A, lambda: reasoning.nonnegative_from_zero(-A, A)),
    "box": ("simplify", lambda expr: Integer(0), lambda: reasoning.bounded_on_box(X**2, {X: A}, A**2)),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_simplification_does_not_pass(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    function, wrong, check = WRONG[name]
    assert check() is False
    monkeypatch.setattr(reasoning, function, wrong)
    assert check() is False
