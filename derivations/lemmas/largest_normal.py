"""The mean of the largest of n independent standard normal variables: √(2 ln n) at most, near it at a known rate."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Ge, Integer, Le, Lt, Symbol, exp, expand, pi, sqrt, symbols

from attnproof.derivations.lemmas.checks.concentration import DENSITY, RHO, SLACK, T, X, Z, integral
from attnproof.derivations.lemmas.exponential_tangent import grows_from_zero
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import nonnegative, same
from attnproof.derivations.proof.smt import proves

LOGARITHM = Symbol("L", positive=True)  # ln n
MAXIMUM, FIRST, NEGATIVE = symbols("m z p", real=True)  # max Z_i, Z_1, min(Z_1, 0)
LEVEL = Symbol("x", positive=True)
EDGE = sqrt(2 * LOGARITHM)  # s
ETA = 1 / (1 + RHO)  # every number in (0, 1)
CONSTANT = 1 + 8 * sqrt(pi) + 1 / (2 * sqrt(pi))


def from_above(log_mean: Expr, best: Expr) -> bool:
    """``t M <= log_mean`` in t, with ln n = L: at ``t = best`` that is ``M <= best``, and no other t gives less."""
    at_best = same(log_mean.subs(T, best) / best, best)
    return at_best and nonnegative((log_mean / T - best) * T - (T - best) ** 2 / 2)


def pointwise(level: Expr) -> bool:
    """The maximum is at least ``level + min(Z_1, 0)`` where it reaches x, and at least ``min(Z_1, 0)`` elsewhere."""
    part = [Le(NEGATIVE, 0), Le(NEGATIVE, FIRST), Ge(MAXIMUM, FIRST)]
    reached = proves(Ge(MAXIMUM, level + NEGATIVE), [*part, Ge(MAXIMUM, LEVEL)])
    return reached and proves(Ge(MAXIMUM, NEGATIVE), [*part, Lt(MAXIMUM, LEVEL)])


def negative_part(mean: Expr) -> bool:
    """``E max(−Z, 0)`` is ``mean``."""
    return same(integral(Z * DENSITY, Z, Integer(0)), mean)


def all_below(bound: Expr) -> bool:
    """``1 − Q <= e^(−Q)`` by the tangent, hence ``(1 − Q)^n <= e^(−nQ) <= bound`` in y = nQ (here s)."""
    return grows_from_zero(exp(-SLACK) - 1 + SLACK, 2) and grows_from_zero(exp(SLACK) - 1 / bound, 2)


def expected_above(bound: Expr) -> bool:
    """``n Q(x) >= bound`` at ``x = (1 − η) s``, if that is at least 1, for every η = 1/(1 + r).

    By the lower bound of the tail and ``x/(1 + x²) >= 1/(2x) >= 1/(2s)``;
    ``n φ(x) √(2π) = e^(L η (2 − η)) >= e^(ηL) >= (ηL)²/2``.
    """
    mills = nonnegative((X / (1 + X**2) - 1 / (2 * X)).subs(X, 1 + SLACK))
    shorter = nonnegative(EDGE - (1 - ETA) * EDGE)
    power = LOGARITHM - ((1 - ETA) * EDGE) ** 2 / 2
    kept = same(power, LOGARITHM * ETA * (2 - ETA)) and nonnegative(power - ETA * LOGARITHM)
    return mills and shorter and kept and same((ETA * LOGARITHM) ** 2 / 2 / (2 * EDGE * sqrt(2 * pi)), bound)


def shortfall(constant: Expr) -> bool:
    """``1 − M/s <= constant/√L`` at every L > 0.

    For L >= 3 put ``η = 1/√L``: then x >= 1, and
    ``M/s >= (1 − η)(1 − 1/(1 + y)) − 1/(√(2π) s) >= 1 − η − 1/y − 1/(√(2π) s)`` with ``y = √L/(8√π)``. For L < 3 it
    says less than M >= 0, and the mean of the maximum is at least that of Z_1, which is 0.
    """
    at_three = sqrt(2) * (sqrt(LOGARITHM) - 1)  # x
    reached = bool(at_three.subs(LOGARITHM, 3) >= 1) and nonnegative(at_three.diff(LOGARITHM))
    eta, y = symbols("eta y", positive=True)
    product = nonnegative(expand((1 - eta) * (1 - 1 / (1 + y)) - (1 - eta - 1 / (1 + y)))) and nonnegative(
        1 / y - 1 / (1 + y)
    )
    rate = expected_above(ETA**2 * LOGARITHM * sqrt(LOGARITHM) / (8 * sqrt(pi)))
    number = (eta**2 * LOGARITHM * sqrt(LOGARITHM) / (8 * sqrt(pi))).subs(eta, 1 / sqrt(LOGARITHM))
    missing = 1 / sqrt(LOGARITHM) + 1 / number + 1 / (sqrt(2 * pi) * EDGE)
    trivial = bool(constant**2 >= 3)
    return reached and product and rate and trivial and same(missing, constant / sqrt(LOGARITHM))


LEMMA = Lemma(
    name="largest_normal",
    title="The largest of n normal variables",
    statement=(
        r"For $M = E[\max_{i \le n} Z_i]$ and $s = \sqrt{2 \ln n}$, $n \ge 2$: $s\left(1 - \frac{C}{\sqrt{\ln "
        r"n}}\right) \le M \le s$ with $C = 1 + 8\sqrt\pi + \tfrac{1}{2\sqrt\pi} < 15.5$, hence $M/s \to 1$."
    ),
    assumptions={"Independent standard normal variables, n ≥ 2.": "independence"},
    steps=(
        Step(
            "the maximum is below the log of the sum of exponentials, of mean below ln n + t²/2; best at t = s",
            r"t M \le E[\ln \textstyle\sum_i e^{t Z_i}] \le \ln\left(n e^{t^2/2}\right) => s M \le s^2",
            partial(from_above, LOGARITHM + T**2 / 2, EDGE),
            uses=("log_sum_exp", "jensen_logarithm", "normal_exponential"),
        ),
        Step(
            "from below at every outcome, for any x > 0",
            r"\max_i Z_i => \ge x\,[\max_i Z_i \ge x] + \min(Z_1, 0)",
            partial(pointwise, LEVEL),
        ),
        Step(
            "the mean of the last part",
            r"E[\max(-Z, 0)] => \tfrac{1}{\sqrt{2\pi}}",
            partial(negative_part, 1 / sqrt(2 * pi)),
        ),
        Step(
            "the chance that all are below x, by independence",
            r"P(\max_i Z_i < x) = (1 - Q(x))^n => \le e^{-n Q(x)} \le \frac{1}{1 + n Q(x)}",
            partial(all_below, 1 / (1 + SLACK)),
            uses=("exponential_tangent",),
        ),
        Step(
            "how many exceed x = (1 − η) s ≥ 1 in the mean, for 0 < η < 1",
            r"n\,Q(x) => \ge \frac{\eta^2 (\ln n)^{3/2}}{8 \sqrt\pi}",
            partial(expected_above, ETA**2 * LOGARITHM * sqrt(LOGARITHM) / (8 * sqrt(pi))),
            uses=("normal_tail", "exponential_tangent"),
        ),
        Step(
            "together at η = 1/√(ln n)",
            r"1 - M/s => \le \frac{1}{\sqrt{\ln n}} \left(1 + 8\sqrt\pi + \tfrac{1}{2\sqrt\pi}\right)",
            partial(shortfall, CONSTANT),
        ),
    ),
    altered={
        "√(ln n) in place of √(2 ln n)": partial(from_above, LOGARITHM + T**2 / 2, sqrt(LOGARITHM)),
        "twice the level": partial(pointwise, 2 * LEVEL),
        "a mean of 1/2 for the negative part": partial(negative_part, Integer(1) / 2),
        "the constant without the negative part": partial(shortfall, 1 + 8 * sqrt(pi)),
    },
    references=("Boucheron, Lugosi, Massart 2013, Concentration Inequalities, section 2.5 (from above)",),
)
