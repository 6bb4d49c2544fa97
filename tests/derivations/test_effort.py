"""Work is counted: a question ends after so many steps, whatever is asked."""

from __future__ import annotations

import pytest
from sympy import Symbol, tanh

from attnproof.derivations.calculus.canonical import canonical, equal
from attnproof.derivations.calculus.effort import EffortError, at_most, decided, spend

X, Y = Symbol("x", real=True), Symbol("y", real=True)


def test_a_limit_is_within_the_limit_around_it() -> None:
    with at_most(10) as outer:
        spend(4)
        with pytest.raises(EffortError), at_most(100):
            spend(7)
        assert outer.stopped
        with pytest.raises(EffortError):
            spend()
    spend(10**9)  # nobody counts


def two() -> bool:
    spend(2)
    return True


def test_what_is_left_open_is_noted_outside() -> None:
    with at_most(100) as effort:
        found = [(decided(two, steps), effort.left, effort.stopped) for steps in (2, 1)]
        assert found == [(True, 98, False), (False, 96, True)]


def test_terms_that_are_multiplied_out_are_counted() -> None:
    with pytest.raises(EffortError), at_most(1000):
        canonical((1 + X + Y + tanh(X)) ** 40)


def test_what_was_kept_costs_what_it_took() -> None:
    """So that an answer does not depend on what was asked before."""
    costs = []
    for _ in range(2):
        with at_most(1000) as effort:
            assert equal((X + Y) ** 3, X**3 + 3 * X**2 * Y + 3 * X * Y**2 + Y**3)
        costs.append(1000 - effort.left)
    assert costs[0] == costs[1] > 20
