"""A log-sum-exp as a function of the spread σ: above the maximum, convex, its slope the weighted mean."""

from __future__ import annotations

from sympy import Expr, Function, Rational, Symbol, diff, exp, log, symbols

from attnproof.derivations.language.notation import N_K, I, J, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.lemmas.checks.concentration import ALPHA, SCALE, SCORE, softmax
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import Differentiated, Equal, Field, FromZero, Solver, Squares
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import le

LOG_SUM = log(total(exp(SCALE * SCORE[J]), (J, N_K)))
MEAN = total(softmax(I) * SCORE[I], (I, N_K))
ROOM = Tensor("room", "s", (N_K,))  # s_i² is what z_i misses to the maximum
MAXIMUM = Symbol("m", real=True)
RATIO = Symbol("r", nonnegative=True)  # of the other terms to that of the maximum
S, T, BEND = symbols("s t c", real=True)  # c = g''(t)
G = Function("g")
TANGENT = G(T) + diff(G(T), T) * (S - T)
SLOPE = diff(G(T), T, 2) * (S - T)
SUM, FIRST, SECOND = (total(ALPHA[I] * SCORE[I] ** k, (I, N_K)) for k in range(3))


def pairs(weight: Expr, other: Expr) -> Expr:
    """``½ Σ_ij α_i α_j (z_i − z_j)²``."""
    return Rational(1, 2) * total(weight * other * (SCORE[I] - SCORE[J]) ** 2, (I, N_K), (J, N_K))


MISSED = total(softmax(I) * ROOM[I] ** 2, (I, N_K))
PAIRS = pairs(ALPHA[I], ALPHA[J])
LARGEST = log(exp(MAXIMUM) * (1 + RATIO))

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
        closed(
            "one of the terms is that of the maximum, exp(m) with m = σ max z; the others, which are positive, are r "
            "times it together",
            Field(LARGEST, MAXIMUM + log(1 + RATIO)),
        ),
        closed("the logarithm behind it is not negative", FromZero(ZERO, "≤", log(1 + RATIO), variable=RATIO)),
        identity("its slope is the weighted mean", diff(LOG_SUM, SCALE), MEAN),
        identity(
            "which is below the maximum m, where z_i = m − s_i²",
            MAXIMUM - total(softmax(I) * (MAXIMUM - ROOM[I] ** 2), (I, N_K)),
            MISSED,
        ),
        closed("as the weights are positive", Squares(MISSED)),
        identity(
            "the slope of the mean is the variance under the weights",
            diff(MEAN, SCALE),
            total(softmax(I) * SCORE[I] ** 2, (I, N_K)) - MEAN**2,
        ),
        identity("a variance is a sum over pairs, where Σ α = 1", SECOND * SUM - FIRST**2, PAIRS),
        closed("which is not negative", Squares(pairs(softmax(I), softmax(J)))),
        closed(
            "the tangent of g at t, taken at s, as t moves on from s, where it is g(s)",
            Differentiated(TANGENT, T, SLOPE),
        ),
        closed("falls, with c = g''(t)", Solver(le(BEND * (S - T), ZERO), (le(ZERO, BEND), le(S, T)))),
    ),
    altered={
        "a term without the rest": Field(LARGEST, MAXIMUM),
        "pairs counted once more": Equal(SECOND * SUM - FIRST**2, 2 * PAIRS),
        "a concave function": Solver(le(BEND * (S - T), ZERO), (le(BEND, ZERO), le(S, T))),
        "a tangent that rises": Differentiated(TANGENT, T, -SLOPE),
        "the slope without the weights": Equal(diff(LOG_SUM, SCALE), total(SCORE[I], (I, N_K))),
    },
)
