"""Inequalities that the form of an expression shows."""

from __future__ import annotations

import pytest
from sympy import Expr, Symbol, exp

from attnproof.derivations.proof.rules import FromZero, RuleError

X = Symbol("x", nonnegative=True)


@pytest.mark.parametrize(
    ("line", "order", "holds"),
    [
        (1 + X, 2, True),
        (1 + X + X**2 / 2, 3, True),
        (1 + 2 * X, 2, False),  # the derivative is not 0 at 0
        (1 + X + X**2, 3, False),  # nor is the second one
        (2 + X, 2, False),  # the gap is not 0 at 0
        (1 - X, 1, True),
    ],
)
def test_a_later_derivative_decides_where_those_before_are_0_at_0(line: Expr, order: int, holds: bool) -> None:
    assert FromZero(line, "≤", exp(X), variable=X, order=order).holds() is holds


def test_a_variable_of_any_sign_is_refused() -> None:
    y = Symbol("y", real=True)
    with pytest.raises(RuleError, match="at least 0"):
        FromZero(1 + y, "≤", exp(y), variable=y, order=2).holds()
