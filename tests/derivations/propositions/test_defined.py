"""What a proposition needs lest a part of it be undefined; each case without its hypothesis, and with it."""

from __future__ import annotations

import pytest
from sympy import Expr, Function, Integer, Symbol, log, oo, sqrt

from attnproof.derivations.language.notation import D, R, Tensor, index, size
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.closed import check_closed
from attnproof.derivations.propositions.coq import proposition
from attnproof.derivations.propositions.defined import defined
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Compare,
    Either,
    Every,
    HasMean,
    If,
    Index,
    Limit,
    Not,
    Number,
    Outcome,
    Proposition,
    Size,
    Slope,
    Some,
    Space,
    Stated,
    Where,
    eq,
    le,
    lt,
    ne,
)
from attnproof.derivations.statements import STATEMENTS, load
from attnproof.derivations.statements._expectation import OMEGA, O, mean

ZERO, ONE = Integer(0), Integer(1)
X, Y = (Symbol(letter, real=True) for letter in "xy")
A = Tensor("array", "a", (D,))
RANDOM = Tensor("random", "z", (OMEGA,))
NUMBERS = (Number(X), Number(Y))

EXPRESSIONS: dict[str, tuple[Expr, Proposition]] = {
    "a quotient": (Y / X, ne(X, ZERO)),
    "a root": (sqrt(X), le(ZERO, X)),
    "one below": (1 / sqrt(X), Both((le(ZERO, X), ne(X, ZERO)))),
    "a power": (X**Y, lt(ZERO, X)),
    "a logarithm": (log(X), lt(ZERO, X)),
    "0 times a logarithm": (X * log(X), Either((eq(X, ZERO), lt(ZERO, X)))),
    "inside": (log(1 + 1 / X), Both((ne(X, ZERO), lt(ZERO, 1 + 1 / X)))),
}


@pytest.mark.parametrize("case", EXPRESSIONS)
def test_of_an_expression(case: str) -> None:
    expr, needs = EXPRESSIONS[case]
    assert defined(Every(NUMBERS, le(expr, Y))) == Every(NUMBERS, needs)
    assert defined(Every(NUMBERS, If(needs, le(expr, Y)))) == Every(NUMBERS, If(read_as(needs), needs))


def read_as(needs: Proposition) -> Proposition:
    """The hypothesis itself: only the last case has a part that might be undefined in it."""
    if needs != EXPRESSIONS["inside"][1]:
        return needs
    assert isinstance(needs, Both)
    first, second = needs.parts
    return Both((first, Both((ne(X, ZERO), second))))


def test_a_hypothesis_needs_nothing_and_is_read_as_defined() -> None:
    says = Every(NUMBERS, If(eq(Y / X, ONE), eq(X, Y)))
    assert defined(says) is None
    two = Every(NUMBERS, If(eq(Y / X, ONE), eq(X / Y, ONE)))
    assert defined(two) == Every(NUMBERS, If(Both((ne(X, ZERO), eq(Y / X, ONE))), ne(Y, ZERO)))


def test_a_conclusion_within_a_hypothesis_is_one() -> None:
    inner = If(eq(1 / X, Y), eq(X, Y))
    assert defined(Every(NUMBERS, If(inner, le(X, Y)))) == Every(NUMBERS, ne(X, ZERO))


def test_parts_are_read_in_turn() -> None:
    assert defined(Every(NUMBERS, Both((lt(ZERO, X), eq(Y / X, ONE))))) == Every(NUMBERS, If(lt(ZERO, X), ne(X, ZERO)))
    assert defined(Every(NUMBERS, Both((eq(Y / X, ONE), lt(ZERO, X))))) == Every(NUMBERS, ne(X, ZERO))


def test_undefined_is_not_false() -> None:
    assert defined(Every(NUMBERS, Not(eq(Y / X, ONE)))) == Every(NUMBERS, ne(X, ZERO))
    assert defined(Not(Some(NUMBERS, eq(Y / X, ONE)))) is None  # none for which it is defined, and true


def test_places_of_an_array() -> None:
    k = index("k")
    bound = (Size(D), Array(A))
    assert defined(Every((*bound, Index(k, D)), eq(A[k], ONE))) is None
    nearby = Every((*bound, Index(k, D)), eq(A[k + 1], ONE))
    assert defined(nearby) == Every((*bound, Index(k, D)), Compare(k + 2, "≤", D, whole=True))
    assert defined(Every(bound, eq(total(A[R], (R, D)), ONE))) is None
    n = size("n")
    some = Every((*bound, Size(n)), eq(total(A[R], (R, n)), ONE))
    assert defined(some) == Every((*bound, Size(n)), Every((Index(R, n),), Compare(R + 1, "≤", D, whole=True)))


def test_a_mean_has_to_exist() -> None:
    bound = (Space(OMEGA), Array(RANDOM))
    average = mean(1 / RANDOM[O])
    outcomes = Every((Outcome(O, OMEGA),), ne(RANDOM[O], ZERO))
    assert defined(Every(bound, eq(average, ONE))) == Every(bound, Both((outcomes, HasMean(average))))


def test_definitions_are_read_where_they_are_made() -> None:
    m = Tensor("ratio", "m", (), "intermediate")
    says = Every(NUMBERS, Where((Equation(m, (), Y / X),), If(ne(X, ZERO), eq(m[()], ONE))))
    assert defined(says) == Every(NUMBERS, ne(X, ZERO))  # the hypothesis comes too late
    right = Every(NUMBERS, If(ne(X, ZERO), Where((Equation(m, (), Y / X),), eq(m[()], ONE))))
    assert defined(right) == Every(NUMBERS, If(ne(X, ZERO), ne(X, ZERO)))


def test_limits_and_slopes_need_a_neighbourhood() -> None:
    far = defined(Limit(1 / X, X, oo, ZERO))
    assert far is not None
    assert proposition(far) == "exists near : R,\n(forall x : R,\n(near < x) ->\nx <> 0)"
    at = defined(Every((Number(Y),), Slope(sqrt(X), X, Y, ONE)))
    assert at is not None
    assert "0 <= x" in proposition(at)
    assert "x <> y" not in proposition(at)  # a slope is taken at the point itself, a limit is not
    near = defined(Every((Number(Y),), Limit(sqrt(X), X, Y, ONE)))
    assert near is not None
    assert "x <> y" in proposition(near)


@pytest.mark.parametrize("name", STATEMENTS)
def test_what_is_needed_is_closed_too(name: str) -> None:
    for stated in load(name):
        needs = defined(stated.says)
        if needs is not None and not trivially_same(needs):
            check_closed(Stated(stated.name, "nothing is undefined", needs))


def trivially_same(needs: Proposition) -> bool:
    """A definition that a proposition uses need not be used by what it needs."""
    return "let " in proposition(needs)


def test_a_function_that_is_known_nowhere_needs_nothing() -> None:
    f = Function("f")
    assert defined(Every(NUMBERS, eq(f(X), Y))) is None
