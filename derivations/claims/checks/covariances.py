"""Second moments of sums over the components of vectors, at symbolic width."""

from __future__ import annotations

from collections.abc import Callable

from sympy import Expr, ImmutableMatrix, Integer, KroneckerDelta, Sum, Symbol, expand, symbols
from sympy.concrete.delta import deltasummation

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.notation import D_A, A, D, L, P, R, Tensor
from attnproof.derivations.moments.expectation import expectation
from attnproof.derivations.proof.identities import put

QUERY, KEY = Tensor("query", "q", (D,)), Tensor("key", "k", (D,))
COV_Q, COV_K = Tensor("covariance_query", "S_q", (D, D)), Tensor("covariance_key", "S_k", (D, D))
HALF_Q, HALF_K = Tensor("half_query", "U_q", (D, D)), Tensor("half_key", "U_k", (D, D))
ROWS = Tensor("rows", "W", (D_A, D))
PAIRS = Sum(QUERY[R] * QUERY[L] * KEY[R] * KEY[L], (R, 0, D - 1), (L, 0, D - 1))


def over_pairs(alike: Expr, apart: Expr) -> Expr:
    """``Σ_r Σ_l`` of what is ``alike`` where r = l, else ``apart``: all of ``apart`` and, on the diagonal, the rest."""
    return Sum(alike - apart, (R, 0, D - 1)) + Sum(apart, (R, 0, D - 1), (L, 0, D - 1))


def second_moment(first_q: Expr, second_q: Expr, first_k: Expr, second_k: Expr, value: Expr) -> bool:
    """``E[(Σ_r q_r k_r)²]`` at symbolic width, components independent with these first and second moments, is
    ``value``.

    ``E[q_r q_l k_r k_l]`` is ``E[q²] E[k²]`` where r = l and ``E[q]² E[k]²`` elsewhere.
    """
    squared = equal(Sum(QUERY[R] * KEY[R], (R, 0, D - 1)) ** 2, PAIRS)
    return squared and equal(over_pairs(second_q * second_k, first_q**2 * first_k**2), value)


def trace_formula(formula: Callable[[Tensor, Tensor], Expr]) -> bool:
    """``E[(Σ_r q_r k_r)²]`` at symbolic width, from ``E[q_r q_s k_r k_s] = Σ_q[r, s] Σ_k[r, s]``, is
    ``formula(Σ_q, Σ_k)``.

    Covariances are symmetric, which is put in by writing each as ``U + Uᵀ``.
    """
    squared = equal(Sum(QUERY[R] * KEY[R], (R, 0, D - 1)) ** 2, PAIRS)
    return squared and equal(_symmetric(pairs_expected(PAIRS)), _symmetric(formula(COV_Q, COV_K)))


def pairs_expected(pairs: Sum) -> Expr:
    """Each ``q_r q_s k_r k_s`` in ``pairs`` replaced by its expectation for independent q and k of mean 0."""
    second = {QUERY[R] * QUERY[L]: COV_Q[R, L], KEY[R] * KEY[L]: COV_K[R, L]}
    return Sum(pairs.function.subs(second), *pairs.limits)


def trace_of_product(left: Tensor, right: Tensor) -> Expr:
    """``tr(Σ_q Σ_k) = Σ_r Σ_s Σ_q[r, s] Σ_k[s, r]``."""
    return Sum(left[R, L] * right[L, R], (R, 0, D - 1), (L, 0, D - 1))


def _symmetric(expr: Expr) -> Expr:
    for matrix, half in ((COV_Q, HALF_Q), (COV_K, HALF_K)):
        expr = put(expr, matrix, lambda r, s, half=half: half[r, s] + half[s, r])
    return expr


def trace_by_expansion(formula: Callable[[ImmutableMatrix, ImmutableMatrix], Expr], size: int = 2) -> bool:
    """The same for ``q = A x``, ``k = B y``, x and y of mean 0, variance 1: brute force, all entries symbols."""
    mix_q = ImmutableMatrix(size, size, lambda r, c: Symbol(f"A{r}{c}"))
    mix_k = ImmutableMatrix(size, size, lambda r, c: Symbol(f"B{r}{c}"))
    x, y = ImmutableMatrix(symbols(f"x:{size}")), ImmutableMatrix(symbols(f"y:{size}"))
    unit = {s: (lambda m: (Integer(1), Integer(0), Integer(1))[m]) for s in (*x, *y)}
    score = ((mix_q * x).T * (mix_k * y))[0, 0]
    return bool(expand(expectation(expand(score**2), unit) - formula(mix_q * mix_q.T, mix_k * mix_k.T)) == 0)


def uncorrelated(expr: Sum) -> Expr:
    """A double sum over r and l with ``Σ_q = I``: ``Σ_q[r, l]`` becomes δ, which leaves the terms with l = r."""
    inner = deltasummation(put(expr.function, COV_Q, KroneckerDelta), (L, 0, D - 1), no_piecewise=True)
    return Sum(inner, (R, 0, D - 1))


def one_side_suffices(total: Callable[[Tensor], Expr]) -> bool:
    """``Var(q·k)`` with ``Σ_q = I`` is ``total(Σ_k)``."""
    return equal(uncorrelated(pairs_expected(PAIRS)), total(COV_K))


def unit_diagonal(value: Expr) -> bool:
    """The same over d, once the diagonal of ``Σ_k`` is 1 too, is ``value``."""
    return equal(put(uncorrelated(pairs_expected(PAIRS)), COV_K, KroneckerDelta) / D, value)


def repeated_component(value: Expr) -> bool:
    """All components of q equal, all of k equal, variances 1: every covariance is 1, ``Var(q·k)/d`` is ``value``."""
    ones = put(put(pairs_expected(PAIRS), COV_Q, lambda *_: Integer(1)), COV_K, lambda *_: Integer(1))
    return equal(ones / D, value)


def mixed(covariance: Expr) -> bool:
    """``E[z_a z_p]`` for ``z_a = Σ_r W[a, r] x_r``, x white, of variance 1, is ``covariance``: ``(W Wᵀ)[a, p]``."""
    pairs = Sum(ROWS[A, R] * ROWS[P, L] * COV_Q[R, L], (R, 0, D - 1), (L, 0, D - 1))
    return equal(uncorrelated(pairs), covariance)
