"""Exact evaluation, dual numbers and rational functions, against values known by hand."""

from __future__ import annotations

import pytest
from flint import fmpq
from sympy import Abs, Integer, Rational, cosh, exp, sech, sqrt, symbols, tanh

from attnproof.derivations.attention.whole import attention
from attnproof.derivations.language.notation import N_K, D, I, J, Tensor
from attnproof.derivations.language.system import Equation, System, total
from attnproof.derivations.recheck.atoms import Atoms
from attnproof.derivations.recheck.exact import evaluate, gradients, positions
from attnproof.derivations.recheck.rational import Decision
from attnproof.derivations.recheck.recheck import EXACT_SIZES, random_point
from attnproof.derivations.recheck.scalar import differences

X = Tensor("x", "x", (N_K,))
Y = Tensor("y", "y", (N_K,), "intermediate")
SUM = Tensor("y", "y", (), "intermediate")


def one(rhs, target=SUM, indices=()):
    return System("one", (X,), (Equation(target, indices, rhs),), ("y",))


def test_gradients_of_a_power_and_of_a_root():
    inputs = {"x": {(0,): fmpq(4), (1,): fmpq(1, 9)}}
    values, slopes = gradients(
        one(total(X[J] ** 3, (J, N_K))), {"n_k": 2}, inputs, {"y": {(): fmpq(5)}}, ("x",), Atoms("0")
    )
    assert values["y"][()] == 64 + fmpq(1, 729)
    assert slopes["x"] == {(0,): 240, (1,): fmpq(5, 27)}
    values, slopes = gradients(
        one(total(X[J] ** Rational(-3, 2), (J, N_K))), {"n_k": 2}, inputs, {"y": {(): fmpq(1)}}, ("x",), Atoms("0")
    )
    assert values["y"][()] == fmpq(1, 8) + 27
    assert slopes["x"] == {(0,): fmpq(-3, 64), (1,): fmpq(-3 * 243, 2)}


def test_the_forward_system_of_the_scaled_dot_score():
    system = attention("scaled_dot").resolve()
    sizes = {"n_q": 1, "n_k": 2, "d": 4, "d_v": 1}
    inputs = {
        "query": {(0, r): fmpq(r + 1) for r in range(4)},
        "key": {(j, r): fmpq(1 if r == j else 0) for j in range(2) for r in range(4)},
        "value": {(0, 0): fmpq(3), (1, 0): fmpq(5)},
    }
    atoms = Atoms("hand")
    values = evaluate(system, sizes, inputs, atoms)
    assert values["scores"] == {(0, 0): fmpq(1, 2), (0, 1): 1}
    first, second = atoms("exp", fmpq(1, 2)), atoms("exp", fmpq(1))
    assert values["weights"][0, 0] == first / (first + second)
    assert values["context"][0, 0] == (3 * first + 5 * second) / (first + second)


def test_relations_between_atoms():
    atoms = Atoms("1")
    x = fmpq(5, 7)
    assert atoms("tanh", x) ** 2 + atoms("sech", x) ** 2 == 1
    assert atoms("sin", x) ** 2 + atoms("cos", x) ** 2 == 1
    assert atoms("cosh", x) ** 2 - atoms("sinh", x) ** 2 == 1
    assert atoms("tanh", -x) == -atoms("tanh", x)
    assert atoms("exp", -x) * atoms("exp", x) == 1
    assert atoms("exp", fmpq(0)) == 1
    assert atoms("exp", x) > 0
    with pytest.raises(ValueError, match="no exact rule for the function 'erf'"):
        atoms("erf", x)


@pytest.mark.parametrize(
    ("system", "sizes", "message"),
    [
        (one(sqrt(D) * total(X[J], (J, N_K))), {"n_k": 2, "d": 2}, "root of degree 2 of 2 is not rational"),
        (one(total(Abs(X[J]), (J, N_K))), {"n_k": 2}, "no exact rule for the function 'Abs'"),
        (one(total(X[J], (J, D))), {"n_k": 2, "d": 4}, r"x\[2\] does not exist"),
        (
            System("two", (X,), (Equation(Y, (J,), X[J]), Equation(Y, (J,), 2 * X[J])), ("y",)),
            {"n_k": 2},
            r"y\[0\] is defined twice",
        ),
        (
            System("two", (X,), (Equation(Tensor("y", "y", (2 * N_K,)), (N_K + J,), X[J]),), ("y",)),
            {"n_k": 2},
            "do not fill",
        ),
    ],
)
def test_what_cannot_be_evaluated_is_an_error(system, sizes, message):
    inputs = {"x": {where: fmpq(1) for where in positions(X, sizes)}}
    with pytest.raises(ValueError, match=message):
        evaluate(system, sizes, inputs, Atoms("0"))


def test_a_missing_size_is_an_error():
    with pytest.raises(KeyError, match="no value is given for the size 'n_k'"):
        tuple(positions(X, {"d": 2}))
    system = attention("dot").resolve()
    with pytest.raises(KeyError, match="no value is given for the size"):
        differences(system, system, {"n_q": 1}, ("context",), ())


def test_a_system_without_a_point_is_an_error():
    bad = one(1 / (total(X[J], (J, N_K)) - total(X[I], (I, N_K))))
    with pytest.raises(ValueError, match="free of a division by zero"):
        random_point(bad, bad, ("y",), EXACT_SIZES[0])


def test_equality_of_rational_functions():
    x, y = symbols("x y", real=True)
    pairs = [
        (sech(x) ** 2, 1 - tanh(x) ** 2),
        (exp(x + y) / (exp(x) + exp(y)), 1 / (exp(-x) + exp(-y))),
        (exp(x / 2) ** 2 * exp(y / 3) ** 3, exp(x) * exp(y)),
        ((x**2 - y**2) / (x - y), x + y),
        (tanh(x) * sech(x) ** 4, tanh(x) * (1 - tanh(x) ** 2) ** 2),
    ]
    for left, right in pairs:
        assert Decision([left, right]).equal(left, right)
        assert not Decision([left, right, x]).equal(left, right + x)
        assert not Decision([left, right]).equal(left, 2 * right)
    assert not Decision([exp(x), exp(y)]).equal(exp(x), exp(y))
    assert not Decision([sech(x) ** 2]).equal(sech(x) ** 2, Integer(1))
    with pytest.raises(ValueError, match="decided for exp, tanh, relu, step, sech only"):
        Decision([cosh(x)])
    with pytest.raises(ValueError, match="no rational function"):
        Decision([sech(x)]).convert(sech(x))
