"""From which argument on a correctly rounded tanh is 1: behind claims T6 and T7."""

from __future__ import annotations

from sympy import Expr, Symbol, exp, log, symbols, tanh

from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import All, Differentiated, Field, Sign, Solver
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import Iff, eq

Z = Symbol("z", real=True)
PRECISION = Symbol("p", integer=True, positive=True)
GAP = 2 / (1 + exp(2 * Z))  # 1 − tanh z
GAP_BELOW = 2 / (1 + exp(-2 * Z))  # 1 + tanh z
THRESHOLD = log(2 ** (PRECISION + 2) - 1) / 2
FALL = -4 * exp(2 * Z) / (1 + exp(2 * Z)) ** 2
SCALE = 2**PRECISION
LAST, MIDDLE, SPACING = symbols("l m s", real=True)  # the number before 1, half way from there, what it misses to 1
POWER, GROWN = symbols("q E", positive=True)  # 2^p, exp(2z)


def halfway(middle: Expr) -> Solver:
    """``middle`` is half way from ``l`` to 1."""
    return Solver(eq(2 * MIDDLE, LAST + 1), (eq(LAST, 1 - SPACING), eq(MIDDLE, middle)))


def reached_at(grown: Expr) -> Solver:
    """Exactly half the spacing below 1, 1/(2q), is missing at ``exp(2z) = grown`` and nowhere else."""
    return Solver(Iff(eq(2 / (1 + GROWN), 1 / (2 * POWER)), eq(GROWN, grown)))


LEMMA = Lemma(
    name="tanh_rounds_to_one",
    title="Where a correctly rounded tanh is 1",
    statement=(
        r"$|\tanh z| < 1$ for every real z. Rounded to nearest with p bits, $\tanh z$ is 1 exactly for "
        r"$z \ge \tfrac12 \ln(2^{p+2} - 1)$, and $-1$ exactly for $z \le -\tfrac12 \ln(2^{p+2} - 1)$."
    ),
    assumptions={"Round to nearest, ties to even.": "rounding"},
    steps=(
        closed("what is missing to 1", Field(1 - tanh(Z), GAP)),
        closed("is positive: tanh is below 1", Sign(ZERO, "<", GAP)),
        closed("and to −1; tanh is odd, so the negative side is the positive one", Field(1 + tanh(Z), GAP_BELOW)),
        closed("is positive", Sign(ZERO, "<", GAP_BELOW)),
        closed(
            "the number before 1, by s = 2^(−p), and what lies half way: that, and above, is rounded to 1",
            halfway(1 - SPACING / 2),
        ),
        closed(
            "a tie goes to 1, for the number before it has the significand 2^p − 1, between the even numbers 2^p − 2 "
            "and 2^p",
            All((Sign(SCALE - 2, "<", SCALE - 1), Sign(SCALE - 1, "<", SCALE))),
        ),
        closed("the slope of what is missing", Differentiated(GAP, Z, FALL)),
        closed("it falls as z grows: one threshold", Sign(FALL, "<", ZERO)),
        closed(
            "half the spacing is missing where E = exp(2z) is 4q − 1, q = 2^p: at z = ½ ln(2^(p + 2) − 1)",
            reached_at(4 * POWER - 1),
        ),
    ),
    altered={
        "the threshold ½(p + 2) ln 2, which is larger": reached_at(4 * POWER),
        "half a spacing above 1 in place of below": halfway(1 + SPACING / 2),
        "1 − tanh z without the factor 2": Field(1 - tanh(Z), GAP / 2),
        "tanh itself falls": Sign(ZERO, "<", FALL),
    },
    references=("Higham 2002, Accuracy and Stability of Numerical Algorithms",),
)
