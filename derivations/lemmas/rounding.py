"""Rounding to nearest: its error, sums that it leaves alone, and long sums. Behind claim B1."""

from __future__ import annotations

from sympy import Expr, Integer, Symbol, symbols

from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import All, Field, Sign, Solver
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import Both, eq, le, lt

P = Symbol("p", integer=True, positive=True)  # bits
E = symbols("e", integer=True)  # exponent
F = Symbol("f", nonnegative=True)  # 1 + f is a significand
U, DELTA, TERMS = symbols("u delta t", real=True)
MORE_1, MORE_2 = symbols("n_1 n_2", nonnegative=True)  # a sum of 1 + n numbers
UNIT = 2**-P
SPACING = 2 ** (E - P + 1)  # of the numbers from 2^e on
TIE = 2**E * (1 + UNIT)


def factor_within(upper: Expr) -> Solver:
    """A factor 1 + δ, and its reciprocal, lie between ``1/upper`` and ``upper``."""
    sides = (1 + DELTA, 1 / (1 + DELTA))
    within = Both(tuple(part for side in sides for part in (le(1 / upper, side), le(side, upper))))
    return Solver(within, (le(-U, DELTA), le(DELTA, U), le(ZERO, U), lt(U, Integer(1))))


def additions(count: Expr) -> Solver:
    """The rounded sum of two rounded sums, of 1 + n_1 and 1 + n_2 terms, t together: ``count`` factors are one more
    than those of each part, and t − 1.
    """
    enough = tuple(le(own + 1, count) for own in (MORE_1, MORE_2))
    return Solver(Both((*enough, eq(count, TERMS - 1))), (eq(TERMS, (1 + MORE_1) + (1 + MORE_2)),))


LEMMA = Lemma(
    name="rounding",
    title="Rounding to nearest",
    statement=(
        r"With $u = 2^{-p}$, a sum of two numbers of a format is computed with a relative error of at most u, also "
        r"where it is subnormal. It is exact if both are multiples of $2^g$ and it is at most $2^{p+g}$ in size; "
        r"$2^g(2^p + 1)$ is the first multiple that is missing. A sum of n terms $\ge 0$, in any order, carries a "
        r"factor between $(1 - u)^{n-1}$ and $(1 - u)^{-(n-1)}$."
    ),
    assumptions={
        "Binary format with p bits and subnormals, round to nearest with ties to even, no overflow.": "rounding"
    },
    steps=(
        closed("half the spacing, in the normal range", Sign(SPACING / 2, "≤", UNIT * 2**E * (1 + F))),
        closed("just above a power of two a tie, half the spacing away", Field(2 * (TIE - 2**E), SPACING)),
        closed("goes to it: the share of u x by which it moves", Field((TIE - 2**E) / (UNIT * TIE), 1 / (1 + UNIT))),
        closed(
            "a sum among the subnormals is a multiple of the spacing of the least normal numbers, from 2^e on",
            Field(2**E / SPACING, UNIT**-1 / 2),
        ),
        closed("by less than 2^p: it is exact", Sign(UNIT**-1 / 2, "≤", 2**P)),
        closed(
            "of the multiples of 2^g those up to 2^p are significands; beyond, the spacing is 2: 2^p + 1 is missing",
            All((Sign(2**P, "<", 2**P + 1), Sign(2**P + 1, "<", 2**P + 2))),
        ),
        closed("both sides of 1", factor_within(1 / (1 - U))),
        closed(
            "induction over the tree of additions: each part brings its own n factors, a mean of which lies between "
            "them, and one more comes in",
            additions(MORE_1 + MORE_2 + 1),
        ),
    ),
    altered={
        "half the unit roundoff": Sign(SPACING / 2, "≤", UNIT / 2 * 2**E * (1 + F)),
        "the whole of u x is reached": Field((TIE - 2**E) / (UNIT * TIE), Integer(1)),
        "the spacing of the next binade": Field(2 * (TIE - 2**E), 2 * SPACING),
        "2^p is missing": Sign(2**P, "<", 2**P),
        "1 + u/2 covers the factor": factor_within(1 + U / 2),
        "no factor for the last addition": additions(MORE_1 + MORE_2),
    },
    references=("Higham 2002, Accuracy and Stability of Numerical Algorithms, sections 2.1, 2.2 and 4.2",),
)
