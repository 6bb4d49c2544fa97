"""Hypotheses that cannot all hold, from which anything would follow, and steps that say nothing: no rule takes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import pytest
from sympy import Abs, Expr, Integer, Rational, Symbol, exp, log, sqrt, symbols, tanh

from attnproof.derivations.language.notation import N_K, D, J, L, R, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.proof.rules import (
    Along,
    Cases,
    Coefficients,
    Corners,
    Differentiated,
    Equal,
    Field,
    FromZero,
    Rule,
    RuleError,
    Sign,
    Smooth,
    Solver,
)  # fmt: skip
from attnproof.derivations.proof.rules.domain import ZERO, Given
from attnproof.derivations.proof.rules.something import check_possible
from attnproof.derivations.propositions.proposition import Both, Either, If, Iff, Proposition, eq, le, lt, ne

ONE, TWO = Integer(1), Integer(2)
x, y, z = symbols("x y z", real=True)
POSITIVE = Symbol("p", positive=True)
AT_LEAST_0 = Symbol("s", nonnegative=True)
V, W = (Tensor(letter, letter, (N_K,)) for letter in "vw")
ROW = Tensor("r", "r", (D,))
NORM = total(ROW[R] ** 2, (R, D))
Attacks = Mapping[str, Callable[[], Rule]]

CONTRADICTORY: Final[Mapping[str, Given]] = {
    "x above 0 and below": (lt(ZERO, x), lt(ZERO, -x)),
    "a number that is not itself": (ne(x - x, ZERO), lt(ZERO, x)),
    "a negative square": (lt(ZERO, -1 - x**2), lt(ZERO, x)),
    "an exponential at most 0": (le(ZERO, -exp(x)), lt(ZERO, x)),
    "tanh above 1": (lt(ZERO, tanh(x) - 1), lt(ZERO, x)),
    "three that go round": (lt(ZERO, x - y), lt(ZERO, y - z), lt(ZERO, z - x), lt(ZERO, x)),
    "a positive number below 0": (lt(ZERO, -POSITIVE), lt(ZERO, x)),
    "the root of a negative one": (le(ZERO, sqrt(-1 - y**2)), lt(ZERO, x)),
}


def with_given(given: Given) -> Attacks:
    """A true statement of each rule that takes hypotheses, under these."""
    return {
        "Field": lambda: Field((x**2 - y**2) / x, x - y**2 / x, given),
        "Equal": lambda: Equal(total(V[J] / x, (J, N_K)), total(V[L], (L, N_K)) / x, given),
        "Sign": lambda: Sign(ZERO, "≤", x**2 + log(x) - log(x) + y**2, given),
        "Coefficients": lambda: Coefficients(ZERO, "≤", AT_LEAST_0 / 2, given, variables=(AT_LEAST_0,)),
        "FromZero": lambda: FromZero(1 + AT_LEAST_0, "≤", exp(AT_LEAST_0), given, variable=AT_LEAST_0, order=2),
        "Differentiated": lambda: Differentiated(log(x), x, 1 / x, given=given),
        "Along": lambda: Along(V[J] / x, ((V, W),), W[J] / x, given),
        "Smooth": lambda: Smooth(exp(y) / x, given),
    }


PAIRS = [(what, rule) for what in CONTRADICTORY for rule in with_given(())]
BESIDE: Given = (lt(ZERO, x),)  # of which nothing is wrong


@pytest.mark.parametrize(("what", "rule"), PAIRS)
def test_no_rule_takes_hypotheses_that_cannot_all_hold(what: str, rule: str) -> None:
    with pytest.raises(RuleError, match=r"anything would follow|expected real"):
        with_given(CONTRADICTORY[what])[rule]().holds()


@pytest.mark.parametrize("rule", with_given(()))
def test_the_same_under_one_that_can_hold(rule: str) -> None:
    assert with_given(BESIDE)[rule]().holds() is True


@pytest.mark.parametrize(
    "given",
    [
        (lt(ZERO, x - 100), lt(ZERO, 128 - x)),
        (lt(ZERO, 1 - x**2), ne(x, ZERO)),
        (lt(ZERO, NORM),),
        (lt(ZERO, x - y), lt(ZERO, y - z)),
        (lt(ZERO, 1 - POSITIVE * x), lt(ZERO, x)),
    ],
)
def test_hypotheses_that_can_hold_have_a_witness(given: Given) -> None:
    assert Sign(ZERO, "<", exp(x) + y**2 + 1, given).holds() is True


def test_a_sum_over_nothing_is_no_witness() -> None:
    """Σ over d − 1 terms is 0 at d = 1, and may be above 0 from 2 on."""
    most, least = total(ROW[R] ** 2, (R, D - 1)), ((D, 2),)
    assert Equal(total(ROW[R] ** 2 / most, (R, D - 1)), ONE, (lt(ZERO, most),), least).holds() is True
    few = total(ROW[R] ** 2, (R, D - 2))
    with pytest.raises(RuleError, match="anything would follow"):
        check_possible((lt(ZERO, -few),), least)


OTHERS: Attacks = {
    "a box with an edge below 0": lambda: Corners(x + y, ((x, -1 - POSITIVE),), Abs(y) + 1 + POSITIVE),
    "a case that the given excludes": lambda: Solver(If(lt(x, ZERO), lt(x, -ONE)), (lt(ZERO, x),)),
    "a case that excludes itself": lambda: Solver(If(Both((lt(x, y), lt(y, x))), eq(x, y))),
    "one inside another": lambda: Solver(If(lt(x, y), If(lt(y, x), eq(x, ONE)))),
}


@pytest.mark.parametrize("name", OTHERS)
def test_nor_others_that_hold_nowhere(name: str) -> None:
    with pytest.raises(RuleError):
        OTHERS[name]().holds()


def solved(statement: Proposition, *given: Proposition) -> Callable[[], Rule]:
    """Of a solver."""
    return lambda: Solver(statement, given)


def at(statement: Proposition) -> Callable[[], Rule]:
    """At one point."""
    return lambda: Cases(statement, ((x, (ONE,)), (y, (TWO,))))


def compared(rule: Callable[[Expr, str, Expr], Rule], side: Expr) -> Callable[[], Rule]:
    """Both sides the same."""
    return lambda: rule(side, "≤", side)


EMPTY: Attacks = {
    "x ≤ x by signs": compared(Sign, x),
    "by coefficients": lambda: Coefficients(POSITIVE, "≤", POSITIVE, variables=(POSITIVE,)),
    "from 0": lambda: FromZero(exp(AT_LEAST_0), "≤", exp(AT_LEAST_0), variable=AT_LEAST_0),
    "by a solver": solved(le(x, x)),
    "x = x by a solver": solved(eq(x, x)),
    "in another order": solved(le(x + y, y + x)),
    "at one value": at(le(x, x)),
    "x = x at one value": at(eq(x, x)),
    "0 ≤ 0": compared(Sign, ZERO),
    "one of two parts": solved(Both((le(x, x), lt(x, x + 1)))),
    "one of two ways": solved(Either((lt(x, ZERO), eq(x, x)))),
    "in the conclusion": solved(If(lt(ZERO, x), le(x, x))),
    "what is given": solved(lt(x, y), lt(x, y)),
    "what is given among others": solved(lt(x, y), Both((lt(x, y), lt(ZERO, x)))),
    "a part of it": solved(Both((lt(x, y + 1), lt(x, y))), lt(x, y)),
    "what follows from itself": solved(If(lt(x, y), lt(x, y))),
    "from itself and another": solved(If(Both((lt(x, y), lt(ZERO, x))), lt(x, y))),
    "one exactly where it is": solved(Iff(lt(x, y), lt(x, y))),
    "the same at one value": at(Iff(lt(x, y), lt(x, y))),
    "what is given, by signs": lambda: Sign(ZERO, "≤", POSITIVE + x, (le(ZERO, POSITIVE + x),)),
}


@pytest.mark.parametrize("name", EMPTY)
def test_no_rule_takes_what_says_nothing(name: str) -> None:
    with pytest.raises(RuleError, match=r"says nothing|is given"):
        EMPTY[name]().holds()


@pytest.mark.parametrize(
    "rule",
    [
        Sign(x, "<", x),
        Solver(lt(x, x)),
        Solver(ne(x, x)),
        Cases(lt(x, x), ((x, (ONE,)),)),
        Sign(2 * ONE, "≤", Rational(1, 2)),
    ],
)
def test_what_is_false_is_false_and_not_refused(rule: Rule) -> None:
    assert rule.holds() is False


def test_what_says_little_is_not_refused() -> None:
    assert Sign(ONE, "≤", TWO).holds() is True
    assert Solver(le(x, x + 1)).holds() is True
    assert Solver(If(lt(ZERO, x), lt(ZERO, x + 1))).holds() is True
