"""The rules for the softmax and the log-sum-exp with the row maximum subtracted.

    μ_i   = max_l (t_il + Δt_il)
    θ_ij  = Δt_ij + 3u (μ_i − t_ij + Δt_ij) − ln(1 − ε)                    largest shift of an exponent
    Δα_ij = β_ij + (H − 1) (α_ij + β_ij) + H λ + η,   λ = (ω + η)/(1 − ε),   H = (1 − u)^−4 (1 − w)^−(n − 1) (1 + 2 n λ)
    β_ij  = α_ij max_± A_± / B_±,   A_± = Σ_l α_l |e^{±θ_j} − e^{∓θ_l}| − α_j |e^{±θ_j} − e^{∓θ_j}|
                                    B_± = Σ_l α_l e^{∓θ_l} + α_j (e^{±θ_j} − e^{∓θ_j})

The difference ``t̂_j − m̂`` is rounded (three times where exp is a power of 2) and exp errs by ε: both shift the
exponent. β is how far the quotient moves when the own exponent moves one way by its θ and all others the other way by
theirs (lemma ``softmax_error``); the sums run over all keys, what the own key has no part in is taken out again. H: a
sum of n positive terms, a quotient or a reciprocal and a product, one more for rounding p̂. λ: exp loses at most ω + η
absolutely, and the sum is at least 1 − ε.

    Δℓ_i  = s + r + f + u (max_l |t_il| + max_l Δt_il + ln n + r + s + f)
    s = max_l θ_il,   r = ln((1 − u)^−1 (1 − w)^−(n − 1)) + 2 n λ,   f = ε_log (ln n + r + ε) + ω_log

(lemma ``log_sum_exp_error``). For n λ ≤ 1/2, without masked keys: those are left out of the row, n of them fewer.
Without a wider format w stands for u; fused kernels, which merge tiles, are not covered.
"""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, Max, Symbol, exp, log

from attnproof.derivations.bounds.growth import Reductions, grown
from attnproof.derivations.bounds.parameters import EPS_EXP, EPS_LOG, ETA, OMEGA_EXP, OMEGA_LOG, U, W
from attnproof.derivations.language.indexing import summed

# The difference; where exp is evaluated as exp2, also the product with log2 e, and that constant.
ARGUMENT_ROUNDINGS: Final = 3
# A quotient, or a reciprocal and a product; one more for rounding p̂ to the format.
QUOTIENT_ROUNDINGS: Final = 3


def shift(logit: Expr, error: Expr, highest: Expr) -> Expr:
    """θ: the largest shift of an exponent; ``highest`` is μ."""
    result: Expr = error + ARGUMENT_ROUNDINGS * U * (highest - logit + error) - log(1 - EPS_EXP)
    return result


def lost() -> Expr:
    """λ: what exp loses to underflow, over the least sum."""
    result: Expr = (OMEGA_EXP + ETA) / (1 - EPS_EXP)
    return result


def rounding(count: Expr, how: Reductions, lam: Expr) -> Expr:
    """H = 1 + ρ for n keys and λ."""
    additions = how.order.additions(count)
    roundings = Integer(QUOTIENT_ROUNDINGS + 1)
    result: Expr = (grown(roundings, additions) if how.wide else grown(roundings + additions)) * (1 + 2 * count * lam)
    return result


def moved(weight: Expr, theta: Expr, over: Symbol, at: Expr, count: Expr) -> Expr:
    """β: how far a weight moves with its exponents. weight, theta: at key ``over``; the own key is ``at``."""
    own_weight, own_theta = weight.xreplace({over: at}), theta.xreplace({over: at})
    ways = []
    for sign in (1, -1):
        own, others = exp(sign * own_theta), exp(-sign * theta)
        opposite = exp(-sign * own_theta)
        change = sign * (summed(weight * (own - others), ((over, count),)) - own_weight * (own - opposite))
        normaliser = summed(weight * others, ((over, count),)) + own_weight * (own - opposite)
        ways.append(change / normaliser)
    result: Expr = own_weight * Max(*ways)
    return result


def softmax_error(weight: Expr, move: Expr, factor: Expr, lam: Expr) -> Expr:
    """Δα for a weight that moves by β = ``move``, with H = ``factor``."""
    result: Expr = move + (factor - 1) * (weight + move) + factor * lam + ETA
    return result


def log_sum_exp_error(size: Expr, error: Expr, theta: Expr, count: Expr, how: Reductions, lam: Expr) -> Expr:
    """Δℓ from the largest ``|t_il|``, ``Δt_il`` and ``θ_il`` of the row."""
    additions = how.order.additions(count)
    of_sum = -log(1 - U) - additions * log(1 - (W if how.wide else U)) + 2 * count * lam
    level = size + error + log(count) + of_sum + theta
    of_log = EPS_LOG * (log(count) + of_sum + EPS_EXP) + OMEGA_LOG
    result: Expr = theta + of_sum + of_log + U * (level + of_log)
    return result
