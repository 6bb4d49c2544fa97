"""A log-sum-exp as a function of the spread σ: above the maximum, convex, its slope the weighted mean."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Function, Integer, Rational, Symbol, diff, exp, log

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.notation import N_K, I, J
from attnproof.derivations.language.system import total
from attnproof.derivations.lemmas.checks.concentration import ALPHA, SCALE, SCORE, SLACK, X, Y, Z, softmax
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import nonnegative, nonnegative_from_zero, same
from attnproof.derivations.proof.rules import Equal
from attnproof.derivations.proof.steps import identity

LOG_SUM = log(total(exp(SCALE * SCORE[J]), (J, N_K)))
MEAN = total(softmax(I) * SCORE[I], (I, N_K))
MAXIMUM = Symbol("m", real=True)
T = Symbol("t", real=True)
G = Function("g")


def above_maximum(rest: Expr) -> bool:
    """``ln(e^(σm) + R) − σm = ln(1 + R e^(−σm))``, here ``rest`` in r = R e^(−σm) >= 0, is not negative."""
    return same(exp(log(exp(MAXIMUM) * (1 + SLACK))), exp(MAXIMUM + rest)) and nonnegative_from_zero(rest, SLACK)


def variance(pairs: Expr) -> bool:
    """``Σ α z² − (Σ α z)²`` with ``Σ α = 1`` put in is ``pairs``, whose terms are not negative."""
    sum_, mean, square = (total(ALPHA[I] * SCORE[I] ** k, (I, N_K)) for k in range(3))
    return equal(square * sum_ - mean**2, pairs) and nonnegative(X * Y * (Z - MAXIMUM) ** 2)


def line_below(moved: Expr) -> bool:
    """The tangent at t, taken at s: ``g(t) + g'(t) (s − t)`` moves with t by ``moved``, down for t >= s if g'' >= 0."""
    tangent = G(T) + diff(G(T), T) * (Z - T)
    at = tangent.subs(T, Z).doit()
    return bool((diff(tangent, T) - moved).expand() == 0) and bool(at == G(Z))


def pairs(factor: Expr) -> Expr:
    """``factor · Σ_ij α_i α_j (z_i − z_j)²``."""
    return factor * total(ALPHA[I] * ALPHA[J] * (SCORE[I] - SCORE[J]) ** 2, (I, N_K), (J, N_K))


LEMMA = Lemma(
    name="log_sum_exp",
    title="The logarithm of a sum of exponentials",
    statement=(
        r"$g(\sigma) = \ln \sum_j e^{\sigma z_j}$ has $g(\sigma) \ge \sigma \max_j z_j$ for $\sigma \ge 0$, "
        r"$g'(\sigma) = \sum_i \alpha_i z_i \le \max_j z_j$ and $(\sigma - s)\, g'(\sigma) \ge g(\sigma) - g(s)$ for "
        r"$\sigma \ge s$, with $\alpha$ the softmax of $\sigma z$."
    ),
    assumptions={"Real scores z, any number of keys.": "domain"},
    steps=(
        Step(
            "one of the terms is that of the maximum, the others are positive",
            r"g(\sigma) - \sigma \max_j z_j => \ln(1 + r) \ge 0,\ r \ge 0",
            partial(above_maximum, log(1 + SLACK)),
        ),
        identity("its slope is the weighted mean", diff(LOG_SUM, SCALE), MEAN),
        identity(
            "which is below the maximum: the weights are positive and sum to 1",
            MAXIMUM * total(ALPHA[I], (I, N_K)) - total(ALPHA[I] * SCORE[I], (I, N_K)),
            total(ALPHA[I] * (MAXIMUM - SCORE[I]), (I, N_K)),
        ),
        identity(
            "the slope of the mean is the variance under the weights",
            diff(MEAN, SCALE),
            total(softmax(I) * SCORE[I] ** 2, (I, N_K)) - MEAN**2,
        ),
        Step(
            "a variance is not negative: over pairs it is a sum of squares",
            r"\textstyle\sum_i \alpha_i z_i^2 - (\sum_i \alpha_i z_i)^2"
            r" => \tfrac12 \textstyle\sum_{ij} \alpha_i \alpha_j (z_i - z_j)^2 \ge 0",
            partial(variance, pairs(Rational(1, 2))),
        ),
        Step(
            "the tangent at t, taken at s, falls as t moves on from s, where it is g(s)",
            r"\partial_t \left(g(t) + g'(t)(s - t)\right) => g''(t)(s - t) \le 0,\ t \ge s",
            partial(line_below, diff(G(T), T, 2) * (Z - T)),
        ),
    ),
    altered={
        "a term without the rest": partial(above_maximum, Integer(0)),
        "pairs counted once more": partial(variance, pairs(Integer(1))),
        "a concave function": partial(line_below, diff(G(T), T, 2) * (T - Z)),
        "the slope without the weights": Equal(diff(LOG_SUM, SCALE), total(SCORE[I], (I, N_K))).holds,
    },
)
