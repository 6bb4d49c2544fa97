"""The exponential is above its tangent at 0, and on the right above its next term."""

from __future__ import annotations

from sympy import Symbol, exp

from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import FromZero, Sign, Solver
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import le

S = Symbol("s", nonnegative=True)
Y, E = Symbol("y", nonnegative=True), Symbol("E", real=True)  # E = exp(y)
THREE_TERMS = 1 + S + S**2 / 2

LEMMA = Lemma(
    name="exponential_tangent",
    title="The exponential and its tangent",
    statement=(
        r"$e^y \ge 1 + y$ for every real $y$, hence $1 - y \le e^{-y} \le \frac{1}{1 + y}$ for $y \ge 0$; and $e^y \ge "
        r"y^2/2$ for $y \ge 0$."
    ),
    steps=(
        closed(
            "to the right of 0, y = s: equal at 0 with its slope, and convex",
            FromZero(1 + S, "≤", exp(S), variable=S, order=2),
        ),
        closed("to the left of 0, y = −s: the same", FromZero(1 - S, "≤", exp(-S), variable=S, order=2)),
        closed("the reciprocal, with E = exp(y)", Solver(le(1 / E, 1 / (1 + Y)), (le(1 + Y, E),))),
        closed("one term more: three derivatives", FromZero(THREE_TERMS, "≤", exp(S), variable=S, order=3)),
        closed("of which the last is a part", Sign(S**2 / 2, "≤", THREE_TERMS)),
    ),
    altered={
        "twice the slope": FromZero(1 + 2 * S, "≤", exp(S), variable=S, order=2),
        "a line that falls half as fast on the left": FromZero(1 - S / 2, "≤", exp(-S), variable=S, order=2),
        "s² in place of s²/2": FromZero(THREE_TERMS + S**2 / 2, "≤", exp(S), variable=S, order=3),
        "the reciprocal of 1 + 2y": Solver(le(1 / E, 1 / (1 + 2 * Y)), (le(1 + Y, E),)),
    },
)
