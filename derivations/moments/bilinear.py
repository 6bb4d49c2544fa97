"""Variance of the bilinear score ``e = qᵀ W k`` for every choice of what is random.

W: independent entries of mean 0 and variance σ_W², independent of q and k. For fixed vectors
``Var(qᵀWk) = σ_W² |q|² |k|²``; averaging replaces squared lengths by their means ``M = E|x|²`` (there is no further
term, since ``E[e | q, k] = 0``). For fixed W the score is the dot score of ``Wᵀq`` and k.
"""

from __future__ import annotations

from math import prod

from sympy import Expr, ImmutableMatrix, Integer, expand, factorial2, sympify

from attnproof.derivations.moments.calculus import Value, combine
from attnproof.derivations.moments.distributions import Distribution
from attnproof.derivations.moments.quadratic import second_moments
from attnproof.derivations.moments.scores import squared_norm_moments


def variance(weight_variance: Expr, query_square: Expr, key_square: Expr) -> Expr:
    """Var(qᵀWk), W random: ``σ_W² · query_square · key_square``.

    ``query_square`` is ``|q|²`` when q is fixed and ``E|q|²`` when it is random, likewise for the key.
    """
    return weight_variance * query_square * key_square


def split(weight_variance: Expr, query_square: Expr, key_mean_square: Expr, key_square: Expr) -> tuple[Expr, Expr]:
    """(shared part, half difference) for keys that share q and W: the parts with ``|E k|²`` and with
    ``E|k|² − |E k|²``.

    ``E[e | q, W] = qᵀW E[k]`` has variance ``σ_W² E|q|² |E k|²``; the rest is ``E[Var(e | q, W)]``.
    """
    return (
        weight_variance * query_square * key_mean_square,
        expand(weight_variance * query_square * (key_square - key_mean_square)),
    )


def fixed_weight(
    weight: ImmutableMatrix,
    mu_q: ImmutableMatrix,
    sigma_q: ImmutableMatrix,
    mu_k: ImmutableMatrix,
    sigma_k: ImmutableMatrix,
) -> tuple[Expr, Expr]:
    """Mean and variance for fixed W (d_q, d_k), random q and k: ``Wᵀq`` has mean ``Wᵀμ_q``, covariance ``WᵀΣ_q W``."""
    return second_moments(weight.T * mu_q, weight.T * sigma_q * weight, mu_k, sigma_k)


def fourth_moment(weight: Distribution, query: Distribution, key: Distribution, d_q: Expr, d_k: Expr) -> Value:
    """E[e⁴] with all three random: ``3 σ_W⁴ E|q|⁴ E|k|⁴ + κ_4(W) d_q E[q⁴] d_k E[k⁴]``.

    Given q and k, e is a sum of independent zero-mean terms ``q_r k_f W_rf``: its fourth moment is three times the
    squared variance plus the sum of fourth cumulants. W must have mean 0.
    """
    second, fourth = weight.moment(2), weight.moment(4)
    q4, k4 = squared_norm_moments(query, d_q, 2)[2], squared_norm_moments(key, d_k, 2)[2]
    return combine(
        lambda w2, w4, a, b, x, y: expand(3 * w2**2 * a * b + (w4 - 3 * w2**2) * d_q * x * d_k * y),
        second,
        fourth,
        q4,
        k4,
        query.moment(4),
        key.moment(4),
    )


def normal_moment(sigma_w: Expr, d_q: Expr, d_k: Expr, order: int) -> Expr:
    """E[e^order] for normal W and standard normal q, k: ``σ_W^{2m} (2m−1)!! Π_{i<m} (d_q+2i)(d_k+2i)``, order 2m.

    Given q and k, ``e ~ N(0, σ_W²|q|²|k|²)``, and ``E|x|^{2m} = Π_{i<m} (d+2i)``. Odd orders vanish.
    """
    if order % 2:
        return Integer(0)
    m = order // 2
    return (
        sympify(sigma_w) ** order
        * factorial2(order - 1)
        * prod(((d_q + 2 * i) * (d_k + 2 * i) for i in range(m)), start=Integer(1))
    )
