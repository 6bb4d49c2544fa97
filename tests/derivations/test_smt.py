"""The SMT road: true inequalities are proved, false ones are not, and nothing follows from a contradiction."""

from __future__ import annotations

import pytest
from sympy import Eq, Ge, Gt, Le, Lt, Symbol, exp, symbols

from attnproof.derivations.proof.smt import proves

X, Y = symbols("x y", real=True)
P = Symbol("p", positive=True)


def test_an_inequality_of_two_numbers() -> None:
    assert proves(Ge(X**2 + Y**2, 2 * X * Y))
    assert not proves(Gt(X**2 + Y**2, 2 * X * Y))  # equality at x = y
    assert not proves(Ge(X**2 + Y**2, 3 * X * Y))


def test_what_is_given_is_used() -> None:
    assert proves(Le(X * (1 - X), X / 2), [Le(X, 1), Ge(X, 1 - X)])
    assert not proves(Le(X * (1 - X), X / 2), [Le(X, 1)])
    assert not proves(Ge(X, 1))
    assert proves(Ge(X, 1), [Gt(X, 2)])


def test_signs_of_symbols_are_known() -> None:
    assert proves(Ge(P + 1 / P, 2))
    assert not proves(Ge(X, 0))
    assert proves(Gt(P * Y**2 + P, 0))
    assert not proves(Gt(P * Y, 0))


def test_nothing_follows_from_a_contradiction() -> None:
    with pytest.raises(ValueError, match="anything would follow"):
        proves(Eq(X, 1), [Gt(X, 0), Lt(X, 0)])


def test_what_is_no_rational_function_is_refused() -> None:
    with pytest.raises(ValueError, match="expected sums, products"):
        proves(Ge(exp(X), 0 * X + Y))
