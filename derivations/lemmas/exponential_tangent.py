"""The exponential is above its tangent at 0, and on the right above its next term."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer, exp

from attnproof.derivations.lemmas.checks.concentration import SLACK
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import nonnegative, nonnegative_from_zero, same


def grows_from_zero(expr: Expr, order: int) -> bool:
    """``expr >= 0`` for s >= 0: it and its first ``order − 1`` derivatives are 0 at 0, the next one is not negative."""
    if order == 1:
        return nonnegative_from_zero(expr, SLACK)
    return same(expr.subs(SLACK, 0), Integer(0)) and grows_from_zero(expr.diff(SLACK), order - 1)


def above(line: Expr, order: int) -> bool:
    """``e^s >= line`` for s >= 0."""
    return grows_from_zero(exp(SLACK) - line, order)


def above_on_the_left(line: Expr) -> bool:
    """``e^(−s) >= line`` for s >= 0: its slope ``−e^(−s) − line'`` grows from 0 as well."""
    return grows_from_zero(exp(-SLACK) - line, 2)


def positive_remainder(remainder: Expr, square: Expr) -> bool:
    """With ``e^s >= 1 + s + s²/2``: dropping ``remainder`` >= 0 leaves ``square``."""
    return (
        nonnegative(remainder) and same(remainder + square, 1 + SLACK + SLACK**2 / 2) and above(remainder + square, 3)
    )


LEMMA = Lemma(
    name="exponential_tangent",
    title="The exponential and its tangent",
    statement=(
        r"$e^y \ge 1 + y$ for every real $y$, hence $1 - y \le e^{-y} \le \frac{1}{1 + y}$ for $y \ge 0$; and $e^y \ge "
        r"y^2/2$ for $y \ge 0$."
    ),
    steps=(
        Step("to the right of 0", r"e^s - 1 - s,\ s \ge 0 => \ge 0", partial(above, 1 + SLACK, 2)),
        Step("to the left of 0", r"e^{-s} - 1 + s,\ s \ge 0 => \ge 0", partial(above_on_the_left, 1 - SLACK)),
        Step(
            "one term more",
            r"e^s => \ge 1 + s + \tfrac{s^2}{2} \ge \tfrac{s^2}{2}",
            partial(positive_remainder, 1 + SLACK, SLACK**2 / 2),
        ),
    ),
    altered={
        "twice the slope": partial(above, 1 + 2 * SLACK, 2),
        "a line that falls half as fast on the left": partial(above_on_the_left, 1 - SLACK / 2),
        "s² in place of s²/2": partial(positive_remainder, 1 + SLACK, SLACK**2),
    },
)
