"""The mean of a logarithm is at most the logarithm of the mean."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer, Symbol, exp, log, symbols

from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import same

MEAN, Y = symbols("m y", positive=True)
W = Symbol("w", real=True)


def tangent_above(excess: Expr) -> bool:
    """``ln m + y/m − 1 − ln y`` at ``y = m e^w`` is ``excess``, ``e^w − 1 − w``, not negative at any real w."""
    return same((log(MEAN) + Y / MEAN - 1 - log(Y)).subs(Y, MEAN * exp(W)), excess)


def touches(line: Expr) -> bool:
    """The line, affine in y, at ``y = m``: its mean is ``ln m`` when the mean of y is m."""
    affine = same(line.diff(Y, 2), Integer(0))
    return affine and same(line.subs(Y, MEAN), log(MEAN))


LEMMA = Lemma(
    name="jensen_logarithm",
    title="The mean of a logarithm",
    statement=r"$E[\ln Y] \le \ln E[Y]$ for every positive random variable $Y$ with a finite mean.",
    assumptions={"Y > 0, and E[Y] is finite.": "moments"},
    steps=(
        Step(
            "the logarithm is below its tangent at m: with y = m exp(w)",
            r"\ln m + \tfrac{y}{m} - 1 - \ln y => e^w - 1 - w \ge 0",
            partial(tangent_above, exp(W) - 1 - W),
            uses=("exponential_tangent",),
        ),
        Step(
            "the mean of the tangent, at m = E[Y]",
            r"E[\ln m + \tfrac{Y}{m} - 1] => \ln E[Y]",
            partial(touches, log(MEAN) + Y / MEAN - 1),
        ),
    ),
    altered={
        "twice the slope": partial(tangent_above, exp(W) - 1 - 2 * W),
        "a line through 0": partial(touches, log(MEAN) + Y / MEAN),
    },
    references=("Jensen 1906, Sur les fonctions convexes et les inégalités entre les valeurs moyennes",),
)
