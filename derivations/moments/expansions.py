"""Moments of scores at small sizes by brute-force expansion: a second road beside sums over pairs of indices.

Every function multiplies a polynomial in the entries out and replaces each power of a random entry by its moment. In
the square of a score a size has one pair of indices, equal or distinct, and both patterns occur from size 2 on: what
holds at sizes 1, 2 and 3 holds at every size.
"""

from __future__ import annotations

from sympy import Expr, Integer, Symbol, expand, symbols

from attnproof.derivations.moments.additive import tanh_symbol
from attnproof.derivations.moments.expectation import Moment, centred_moment, expectation, symbolic_moment

MU_Q, MU_K = symbols("mu_q mu_k", real=True)
SIGMA_Q, SIGMA_K = symbols("sigma_q sigma_k", positive=True)


def entries(letter: str, count: int) -> tuple[Symbol, ...]:
    """``q0, q1, ...``: the entries of a vector."""
    return tuple(Symbol(f"{letter}{number}", real=True) for number in range(count))


def weights(d_q: int, d_k: int, letter: str = "W") -> tuple[Symbol, ...]:
    """``W00, W01, ...``: the entries of a matrix row by row."""
    return tuple(Symbol(f"{letter}{r}{f}", real=True) for r in range(d_q) for f in range(d_k))


def _added(terms: list[Expr]) -> Expr:
    return sum(terms, Integer(0))


def _inner(left: tuple[Symbol, ...], right: tuple[Symbol, ...]) -> Expr:
    return _added([x * y for x, y in zip(left, right, strict=True)])


def _law(mu: Expr, sigma: Expr) -> Moment:
    """The first two moments of any law with this mean and deviation."""
    return lambda m: (Integer(1), mu, mu**2 + sigma**2)[m]


def _variance(score: Expr, moments: dict[Symbol, Moment]) -> Expr:
    return expand(expectation(expand(score**2), moments) - expectation(score, moments) ** 2)


def dot_moments(width: int) -> tuple[Expr, Expr]:
    """Mean and variance of the dot score, components independent with means μ and deviations σ."""
    q, k = entries("q", width), entries("k", width)
    moments = dict.fromkeys(q, _law(MU_Q, SIGMA_Q)) | dict.fromkeys(k, _law(MU_K, SIGMA_K))
    return expectation(_inner(q, k), moments), _variance(_inner(q, k), moments)


def dot_split(width: int) -> tuple[Expr, Expr]:
    """``Var_q(E[e | q])`` and ``E_q[Var(e | q)]`` of the dot score, the same components."""
    q, k = entries("q", width), entries("k", width)
    over_q, over_k = dict.fromkeys(q, _law(MU_Q, SIGMA_Q)), dict.fromkeys(k, _law(MU_K, SIGMA_K))
    first = expectation(_inner(q, k), over_k)
    return _variance(first, over_q), expectation(_variance(_inner(q, k), over_k), over_q)


def mixed_variance(size: int) -> Expr:
    """``Var(qᵀk)`` for ``q = A x``, ``k = B y``, the components of x and y independent of mean 0 and variance 1."""
    mix_q, mix_k = weights(size, size, "A"), weights(size, size, "B")
    x, y = entries("x", size), entries("y", size)
    rows = range(size)
    score = _added([mix_q[size * r + a] * x[a] * mix_k[size * r + b] * y[b] for r in rows for a in rows for b in rows])
    unit: Moment = lambda m: (Integer(1), Integer(0), Integer(1))[m]
    return _variance(score, dict.fromkeys((*x, *y), unit))


def _bilinear(d_q: int, d_k: int, key: str = "k") -> Expr:
    q, weight, k = entries("q", d_q), weights(d_q, d_k), entries(key, d_k)
    return _added([q[r] * weight[r * d_k + f] * k[f] for r in range(d_q) for f in range(d_k)])


def bilinear_variance(d_q: int, d_k: int, *random: str) -> Expr:
    """Variance of ``qᵀWk``: what ``random`` names (query, weight, key) has independent entries, the rest is given.

    W has mean 0; where it is given, q and k have.
    """
    law = centred_moment if "weight" not in random else symbolic_moment
    of = {
        "query": (entries("q", d_q), law("q")),
        "weight": (weights(d_q, d_k), centred_moment("w")),
        "key": (entries("k", d_k), law("k")),
    }
    return _variance(_bilinear(d_q, d_k), {x: of[name][1] for name in random for x in of[name][0]})


def bilinear_shared(d_q: int, d_k: int) -> Expr:
    """``Cov(e_1, e_2)`` of two independent keys with one query and one W of mean 0, all entries independent."""
    moments = dict.fromkeys(entries("q", d_q), symbolic_moment("q"))
    moments |= dict.fromkeys(weights(d_q, d_k), centred_moment("w"))
    moments |= dict.fromkeys((*entries("k", d_k), *entries("l", d_k)), symbolic_moment("k"))
    return expectation(expand(_bilinear(d_q, d_k) * _bilinear(d_q, d_k, "l")), moments)


def additive_variance(units: int, *random: str) -> Expr:
    """Variance of ``Σ_a v_a tanh z_a`` over the z_a, and over v, of mean 0, where ``random`` names it."""
    v, t = entries("v", units), entries("t", units)
    moments: dict[Symbol, Moment] = dict.fromkeys(t, tanh_symbol)
    if "v" in random:
        moments |= dict.fromkeys(v, centred_moment("v"))
    return _variance(_inner(v, t), moments)


def preactivation_variance(d_q: int, d_k: int) -> Expr:
    """Variance of ``Σ_r W_s[r] q_r + Σ_f W_h[f] k_f``, q and k given, the weights independent of mean 0."""
    w, h = entries("w", d_q), entries("h", d_k)
    moments = dict.fromkeys(w, centred_moment("s")) | dict.fromkeys(h, centred_moment("h"))
    return _variance(_inner(w, entries("q", d_q)) + _inner(h, entries("k", d_k)), moments)
