"""What the rules of signs and equalities reason with accepts what holds and rejects what does not."""

from __future__ import annotations

import pytest
from sympy import Symbol, exp, symbols

from attnproof.derivations.proof import reasoning

X, Y = symbols("x y", real=True)
A = Symbol("a", positive=True)


@pytest.mark.parametrize(
    ("holds", "does_not"),
    [
        (lambda: reasoning.same((X + 1) ** 2, X**2 + 2 * X + 1), lambda: reasoning.same((X + 1) ** 2, X**2 + 1)),
        (lambda: reasoning.nonnegative(A**2 + 2 * A), lambda: reasoning.nonnegative(A**2 - A)),
        (
            lambda: reasoning.nonnegative_from_zero(1 - exp(-A), A),
            lambda: reasoning.nonnegative_from_zero(exp(-A) - 1, A),
        ),
        (lambda: reasoning.nonnegative_from_zero(A**3, A), lambda: reasoning.nonnegative_from_zero(A**3 + 1, A)),
        (
            lambda: reasoning.bounded_on_box(X + Y, {X: A, Y: A}, 2 * A),
            lambda: reasoning.bounded_on_box(X + Y, {X: A, Y: A}, A),
        ),
        (
            lambda: reasoning.bounded_on_box(X * Y, {X: A, Y: A}, A**2),
            lambda: reasoning.bounded_on_box(X**2, {X: A}, A**2),
        ),
    ],
)
def test_the_reasoning_accepts_what_holds_and_rejects_what_does_not(holds, does_not):
    assert holds() is True
    assert does_not() is False


V, W = symbols("v w", nonnegative=True)


def test_rational_functions():
    assert reasoning.vanishes((V**2 - W**2) / (V - W) - V - W)
    assert not reasoning.vanishes((V**2 + W**2) / (V - W) - V - W)
    assert reasoning.no_minus((V + 1) ** 2 / (W + 1) - 1 / (W + 1), V, W)
    assert not reasoning.no_minus((V - 1) ** 2 - 1, V)
    assert not reasoning.no_minus(1 / (1 + V) - 1, V)
