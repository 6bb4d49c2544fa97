"""The mean of the largest of n independent standard normal variables: √(2 ln n) at most, near it at a known rate."""

from __future__ import annotations

from sympy import Expr, Integer, Rational, Symbol, exp, oo, pi, sqrt, symbols

from attnproof.derivations.lemmas.checks.concentration import DENSITY, Z
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.met import Assumed, Because
from attnproof.derivations.proof.rules import Cited, Enclosed, Field, FromZero, Integrated, Sign, Solver
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import Both, If, eq, le, lt

LOG_N, ETA = symbols("L eta", positive=True)  # ln n; the share of s by which x is lower
MEAN, EDGE, T = symbols("M s t", real=True)  # E[max Z_i]; s = √(2L); any t > 0
MAXIMUM, FIRST, NEGATIVE, LEVEL = symbols("m z p x", real=True)  # max Z_i, Z_1, min(Z_1, 0), any level
ONE_BELOW, FACTOR, POWER, EXPONENTIAL = symbols("a b A B", real=True)  # 1 − Q, exp(−Q), their n-th powers
PART = Symbol("q", nonnegative=True)  # Q; what is above a square
COUNT, LOST, ROOT = symbols("y c w", real=True)  # n Q(x), −E[min(Z, 0)], √L
SQUARED = (eq(EDGE**2, 2 * LOG_N), lt(ZERO, EDGE))
HALF_LINE = Integer(0), oo
CONSTANT = 1 + 8 * sqrt(pi) + 1 / (2 * sqrt(pi))
LOWER_LEVEL = (1 - ETA) * sqrt(2 * LOG_N)  # x = (1 − η) s
KEPT = LOG_N * ETA * (2 - ETA)
EXPECTED = ETA**2 * LOG_N * sqrt(LOG_N) / (8 * sqrt(pi))
INSIDE = (lt(ETA, Integer(1)),)


def from_above(edge: Expr) -> Solver:
    """``t M <= L + t²/2`` at ``t = edge``: ``M <= edge``."""
    return Solver(le(MEAN, T), (le(T * MEAN, LOG_N + T**2 / 2), eq(T**2, edge), lt(ZERO, T)))


def pointwise(level: Expr) -> Solver:
    """The maximum is at least ``level + min(Z_1, 0)`` where it reaches x, and at least ``min(Z_1, 0)`` elsewhere."""
    reached = If(le(LEVEL, MAXIMUM), le(level + NEGATIVE, MAXIMUM))
    missed = If(lt(MAXIMUM, LEVEL), le(NEGATIVE, MAXIMUM))
    return Solver(
        Both((reached, missed)), (le(NEGATIVE, ZERO), le(NEGATIVE, FIRST), le(FIRST, MAXIMUM), lt(ZERO, LEVEL))
    )


def expected_above(bound: Expr) -> Sign:
    """``exp(ηL) φ(0)/(2s)`` is at least ``bound``, where ``exp(ηL) = (ηL)²/2 + q``."""
    return Sign(bound, "≤", ((ETA * LOG_N) ** 2 / 2 + PART) * DENSITY.subs(Z, 0) / (2 * sqrt(2 * LOG_N)))


def shortfall(constant: Expr) -> Field:
    """The three parts at ``η = 1/√L``, so that ``y = √L/(8 √π)``, are ``constant/√L``."""
    parts = 1 / sqrt(LOG_N) + 8 * sqrt(pi) / sqrt(LOG_N) + 1 / (sqrt(2 * pi) * sqrt(2 * LOG_N))
    return Field(parts, constant / sqrt(LOG_N))


LEMMA = Lemma(
    name="largest_normal",
    title="The largest of n normal variables",
    statement=(
        r"For $M = E[\max_{i \le n} Z_i]$ and $s = \sqrt{2 \ln n}$, $n \ge 2$: $s\left(1 - \frac{C}{\sqrt{\ln "
        r"n}}\right) \le M \le s$ with $C = 1 + 8\sqrt\pi + \tfrac{1}{2\sqrt\pi} < 15.5$, hence $M/s \to 1$."
    ),
    assumptions={"Independent standard normal variables, n ≥ 2.": "independence"},
    met={
        "log_sum_exp": {
            "Real scores z, any number of keys.": (Because("the scores are t Z_i, the n keys the n variables"),),
        },
        "jensen_logarithm": {
            "Y > 0, and E[Y] is finite.": (
                Because("Y is the sum of n exponentials exp(t Z_i), whose mean is n exp(t²/2)"),
            ),
        },
        "normal_exponential": {
            "Z is standard normal.": (Assumed("Independent standard normal"),),
        },
        "normal_tail": {
            "φ is the standard normal density.": (Assumed("Independent standard normal"),),
        },
    },
    steps=(
        closed(
            "t times the maximum is below the log of the sum of exp(t Z_i), whose mean is below L + t²/2, L = ln n: at "
            "t = s = √(2L)",
            from_above(2 * LOG_N),
            uses=("log_sum_exp", "jensen_logarithm", "normal_exponential"),
        ),
        closed("no other t gives less", Solver(le(EDGE, (LOG_N + T**2 / 2) / T), (*SQUARED, lt(ZERO, T)))),
        closed(
            "from below at every outcome, for any level x > 0, where m is the maximum, z is Z_1 and p = min(Z_1, 0)",
            pointwise(LEVEL),
        ),
        closed(
            "the mean of the last part, which is −E[max(−Z, 0)]",
            Integrated(Z * DENSITY, Z, *HALF_LINE, 1 / sqrt(2 * pi), -DENSITY),
        ),
        closed(
            "the chance that all are below x, by independence",
            Cited(
                r"Z_1, \dots, Z_n \text{ independent},\ P(Z_i \ge x) = Q",
                r"P(\max_i Z_i < x) = (1 - Q)^n",
                "laws of independent numbers: Billingsley 1995, Probability and Measure",
            ),
        ),
        closed(
            "1 − Q is below exp(−Q), here with q for Q", FromZero(1 - PART, "≤", exp(-PART), variable=PART, order=2)
        ),
        closed(
            "so are their n-th powers A ≤ B: one factor a ≤ b more",
            Solver(
                le(POWER * ONE_BELOW, EXPONENTIAL * FACTOR),
                (le(ZERO, POWER), le(POWER, EXPONENTIAL), le(ZERO, ONE_BELOW), le(ONE_BELOW, FACTOR)),
            ),
        ),
        closed(
            "and B = exp(−y), y = n Q, is at most 1/(1 + y)",
            Solver(
                le(EXPONENTIAL, 1 / (1 + COUNT)),
                (le(1 + COUNT, 1 / EXPONENTIAL), lt(ZERO, EXPONENTIAL), le(ZERO, COUNT)),
            ),
            uses=("exponential_tangent",),
        ),
        closed(
            "how many exceed x in the mean, where 1 ≤ x ≤ s: the last factor of the tail's lower bound",
            Solver(le(1 / (2 * EDGE), LEVEL / (1 + LEVEL**2)), (le(Integer(1), LEVEL), le(LEVEL, EDGE))),
            uses=("normal_tail",),
        ),
        closed(
            "and n φ(x), x = (1 − η) s, 0 < η < 1, n = exp(L)",
            Field(exp(LOG_N) * DENSITY.subs(Z, LOWER_LEVEL), DENSITY.subs(Z, 0) * exp(KEPT)),
        ),
        closed("whose exponent is at least η L", Solver(le(ETA * LOG_N, KEPT), INSIDE)),
        closed("so with exp(ηL) = (ηL)²/2 + q, q ≥ 0", expected_above(EXPECTED), uses=("exponential_tangent",)),
        closed(
            "together, y = n Q(x) or less and c = 1/√(2π)",
            Solver(
                le(1 - MEAN / EDGE, ETA + 1 / COUNT + LOST / EDGE),
                (
                    le((1 - ETA) * EDGE * (1 - 1 / (1 + COUNT)) - LOST, MEAN),
                    *INSIDE,
                    lt(ZERO, COUNT),
                    lt(ZERO, EDGE),
                ),
            ),
        ),
        closed("at η = 1/√L", shortfall(CONSTANT)),
        closed(
            "for L ≥ 3, w = √L, that x is at least 1",
            Solver(
                le(Integer(1), LEVEL),
                (
                    eq(LEVEL, EDGE * (1 - 1 / ROOT)),
                    eq(EDGE**2, 2 * ROOT**2),
                    lt(ZERO, EDGE),
                    lt(ZERO, ROOT),
                    le(Integer(3), ROOT**2),
                ),
            ),
        ),
        closed(
            "for L < 3 the bound is below 0, and M is at least E[Z_1] = 0", Enclosed(CONSTANT, sqrt(3), Rational(31, 2))
        ),
    ),
    altered={
        "√(ln n) in place of √(2 ln n)": from_above(LOG_N),
        "twice the level": pointwise(2 * LEVEL),
        "a mean of 1/2 for the negative part": Integrated(Z * DENSITY, Z, *HALF_LINE, Rational(1, 2), -DENSITY),
        "twice as many above": expected_above(2 * EXPECTED),
        "the constant without the negative part": shortfall(1 + 8 * sqrt(pi)),
        "a constant of 15": Enclosed(CONSTANT, sqrt(3), Integer(15)),
    },
    references=("Boucheron, Lugosi, Massart 2013, Concentration Inequalities, section 2.5 (from above)",),
)
