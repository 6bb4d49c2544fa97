"""The mean of a logarithm is at most the logarithm of the mean."""

from __future__ import annotations

from sympy import Symbol, exp, log, symbols

from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import Cited, Field, Solver
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import eq

MEAN, Y = symbols("m y", positive=True)
W = Symbol("w", real=True)
LOG_MEAN = Symbol("l", real=True)
ABOVE = (log(MEAN) + Y / MEAN - 1 - log(Y)).subs(Y, MEAN * exp(W))

LEMMA = Lemma(
    name="jensen_logarithm",
    title="The mean of a logarithm",
    statement=r"$E[\ln Y] \le \ln E[Y]$ for every positive random variable $Y$ with a finite mean.",
    assumptions={"Y > 0, and E[Y] is finite.": "moments"},
    steps=(
        closed(
            "below its tangent at m: with y = m exp(w) as much as exp(w) is above its own",
            Field(ABOVE, exp(W) - 1 - W),
            uses=("exponential_tangent",),
        ),
        closed(
            "means are linear and keep the order",
            Cited(
                r"\ln Y \le \ln m + \tfrac{Y}{m} - 1",
                r"E[\ln Y] \le \ln m + \tfrac{E[Y]}{m} - 1",
                "integrals are linear and monotone: Billingsley 1995, Probability and Measure",
            ),
        ),
        closed("at m = E[Y] (here y), with l = ln m", Solver(eq(LOG_MEAN + Y / MEAN - 1, LOG_MEAN), (eq(Y, MEAN),))),
    ),
    altered={
        "twice the slope": Field(ABOVE, exp(W) - 1 - 2 * W),
        "a line through 0": Solver(eq(LOG_MEAN + Y / MEAN, LOG_MEAN), (eq(Y, MEAN),)),
    },
    references=("Jensen 1906, Sur les fonctions convexes et les inégalités entre les valeurs moyennes",),
)
