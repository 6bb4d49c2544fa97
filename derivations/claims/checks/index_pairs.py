"""Variances of the bilinear and additive score at symbolic sizes, from sums over pairs of indices."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer, KroneckerDelta, Sum, Symbol

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.notation import D_A, D_K, D_Q, A, F, J, L, P, R, Tensor
from attnproof.derivations.proof.claim import Step
from attnproof.derivations.proof.identities import put

QUERY, KEY = Tensor("query", "q", (D_Q,)), Tensor("key", "k", (D_K,))
WEIGHT = Tensor("weight", "W", (D_Q, D_K))
V, UNIT = Tensor("v", "v", (D_A,)), Tensor("unit", "t", (D_A,))
OTHER_KEY = Tensor("other_key", "l", (D_K,))
ROW_S, ROW_H = Tensor("row_query", "S", (D_Q,)), Tensor("row_key", "H", (D_K,))  # one row of W_s and of W_h
W_2, Q_2, K_2, V_2, T_2 = (Symbol(name, real=True) for name in ("w_2", "q_2", "k_2", "v_2", "t_2"))
K_1, S_2, H_2 = (Symbol(name, real=True) for name in ("k_1", "s_2", "h_2"))


def picked(term: Expr, first: Symbol, second: Symbol) -> Expr:
    """``Σ_second δ(first, second) g(second) = g(first)``. Raises ValueError when ``term`` lacks the factor δ."""
    delta = KroneckerDelta(first, second)
    if delta not in term.args:
        raise ValueError(f"{term} lacks the factor {delta}")
    return term.func(*(x for x in term.args if x != delta)).xreplace({second: first})


def bilinear_pairs(query: bool, weight: bool, key: bool, value: Expr) -> bool:
    """``E e²`` at symbolic sizes, summed over pairs of indices, is ``value``; each of q, W, k is random or fixed.

    A random W has ``E[W_rf W_jp] = w_2 δ_rj δ_fp``; with W fixed, random vectors have mean 0:
    ``E[q_r q_j] = q_2 δ_rj``. Under a random W only equal indices are left, where ``E[q_r²] = q_2`` whatever the mean.
    """
    score = Sum(QUERY[R] * WEIGHT[R, F] * KEY[F], (R, 0, D_Q - 1), (F, 0, D_K - 1))
    term = QUERY[R] * QUERY[L] * WEIGHT[R, F] * WEIGHT[L, J] * KEY[F] * KEY[J]
    squared = equal(score**2, Sum(term, (R, 0, D_Q - 1), (L, 0, D_Q - 1), (F, 0, D_K - 1), (J, 0, D_K - 1)))
    same_q, same_k = KroneckerDelta(R, L), KroneckerDelta(F, J)
    inner = (Q_2 if query else QUERY[R] * QUERY[L]) * (K_2 if key else KEY[F] * KEY[J])
    inner *= W_2 if weight else WEIGHT[R, F] * WEIGHT[L, J]
    inner *= (same_q if query or weight else 1) * (same_k if key or weight else 1)  # δ² = δ
    over = [(R, D_Q), (F, D_K)]
    for first, second, size, equal_only in ((R, L, D_Q, query or weight), (F, J, D_K, key or weight)):
        if equal_only:
            inner = picked(inner, first, second)
        else:
            over.append((second, size))
    inner = Sum(inner, *((letter, 0, size - 1) for letter, size in over))
    return squared and equal(inner, value)


def shared_pairs(value: Expr) -> bool:
    """``E[e_1 e_2]`` of two keys that share the query and a random W, at symbolic sizes, is ``value``.

    ``E[W_rf W_lj] = w_2 δ_rl δ_fj`` leaves ``q_r²`` and one component of each key, which are independent:
    ``E[k_f] E[k'_f] = k_1²``.
    """
    first = Sum(QUERY[R] * WEIGHT[R, F] * KEY[F], (R, 0, D_Q - 1), (F, 0, D_K - 1))
    second = Sum(QUERY[L] * WEIGHT[L, J] * OTHER_KEY[J], (L, 0, D_Q - 1), (J, 0, D_K - 1))
    term = QUERY[R] * QUERY[L] * WEIGHT[R, F] * WEIGHT[L, J] * KEY[F] * OTHER_KEY[J]
    over = ((R, 0, D_Q - 1), (L, 0, D_Q - 1), (F, 0, D_K - 1), (J, 0, D_K - 1))
    product = equal(first * second, Sum(term, *over))
    inner = W_2 * KroneckerDelta(R, L) * KroneckerDelta(F, J) * Q_2 * K_1**2
    inner = picked(picked(inner, R, L), F, J)
    return product and equal(Sum(inner, (R, 0, D_Q - 1), (F, 0, D_K - 1)), value)


def mean_vanishes(centred: Tensor, value: Expr) -> bool:
    """``E e`` at symbolic sizes, for independent q, W, k of which ``centred`` has mean 0, is ``value``.

    Expectation is linear and each term a product of independent entries: each entry is replaced by its mean.
    """
    score = Sum(QUERY[R] * WEIGHT[R, F] * KEY[F], (R, 0, D_Q - 1), (F, 0, D_K - 1))
    return equal(put(score, centred, lambda *_: Integer(0)), value)


def preactivation_pairs(value: Expr) -> bool:
    """``E z²`` of ``z = Σ_r S_r q_r + Σ_f H_f k_f``: S, H independent of mean 0, with ``s_2``, ``h_2``; q, k fixed."""
    left, right = Sum(ROW_S[R] * QUERY[R], (R, 0, D_Q - 1)), Sum(ROW_H[F] * KEY[F], (F, 0, D_K - 1))
    own_s = Sum(ROW_S[R] * ROW_S[L] * QUERY[R] * QUERY[L], (R, 0, D_Q - 1), (L, 0, D_Q - 1))
    own_h = Sum(ROW_H[F] * ROW_H[J] * KEY[F] * KEY[J], (F, 0, D_K - 1), (J, 0, D_K - 1))
    mixed = Sum(2 * ROW_S[R] * ROW_H[F] * QUERY[R] * KEY[F], (R, 0, D_Q - 1), (F, 0, D_K - 1))
    squared = equal((left + right) ** 2, own_s + own_h + mixed)
    without = equal(put(mixed, ROW_S, lambda *_: Integer(0)), Integer(0))  # E[S_r H_f] = E[S_r] E[H_f] = 0
    inner_s = picked(S_2 * KroneckerDelta(R, L) * QUERY[R] * QUERY[L], R, L)
    inner_h = picked(H_2 * KroneckerDelta(F, J) * KEY[F] * KEY[J], F, J)
    total = Sum(inner_s, (R, 0, D_Q - 1)) + Sum(inner_h, (F, 0, D_K - 1))
    return squared and without and equal(total, value)


def additive_pairs(random_v: bool, value: Expr) -> bool:
    """``E e²`` of ``Σ_a v_a t_a`` at symbolic d_a with ``E[t_a t_p] = t_2 δ_ap``: units are independent of mean 0."""
    squared = equal(
        Sum(V[A] * UNIT[A], (A, 0, D_A - 1)) ** 2,
        Sum(V[A] * V[P] * UNIT[A] * UNIT[P], (A, 0, D_A - 1), (P, 0, D_A - 1)),
    )
    second = V_2 if random_v else V[A] * V[P]  # needed at a = p only
    inner = picked(second * T_2 * KroneckerDelta(A, P), A, P)
    return squared and equal(Sum(inner, (A, 0, D_A - 1)), value)


def length(tensor: Tensor, letter: Symbol, size: Expr) -> Expr:
    """``Σ x²``."""
    return Sum(tensor[letter] ** 2, (letter, 0, size - 1))


PROJECTED = Sum(Sum(QUERY[R] * WEIGHT[R, F], (R, 0, D_Q - 1)) ** 2, (F, 0, D_K - 1))
FROBENIUS = Sum(WEIGHT[R, F] ** 2, (R, 0, D_Q - 1), (F, 0, D_K - 1))
CASES = (
    ("q, W, k random", (True, True, True), D_Q * D_K * W_2 * Q_2 * K_2, r"d_q d_k \sigma_W^2 E[q_1^2] E[k_1^2]"),
    ("W random", (False, True, False), W_2 * length(QUERY, R, D_Q) * length(KEY, F, D_K), r"\sigma_W^2 |q|^2 |k|^2"),
    ("W and k random", (False, True, True), W_2 * D_K * K_2 * length(QUERY, R, D_Q), r"\sigma_W^2 |q|^2 d_k E[k_1^2]"),
    ("k random", (False, False, True), K_2 * PROJECTED, r"\sigma_k^2 |W^\top q|^2"),
    ("q and k random", (True, False, True), Q_2 * K_2 * FROBENIUS, r"\sigma_q^2 \sigma_k^2 \|W\|_F^2"),
)

STEPS = (
    *(
        Step(
            f"at symbolic sizes, over pairs of indices: {what}",
            rf"E[(q^\top W k)^2] => {text}",
            partial(bilinear_pairs, *random, value),
        )
        for what, random, value, text in CASES
    ),
    Step(
        "at symbolic d_a, over pairs of units: v fixed",
        "E[e^2] => |v|^2 T_2",
        partial(additive_pairs, False, T_2 * length(V, A, D_A)),
    ),
    Step("the mean, with a random W of mean 0", r"E[q^\top W k] => 0", partial(mean_vanishes, WEIGHT, Integer(0))),
    Step(
        "the mean, with W fixed and a random k of mean 0",
        r"E[q^\top W k] => 0",
        partial(mean_vanishes, KEY, Integer(0)),
    ),
    Step(
        "at symbolic sizes, over pairs of indices: two keys that share q and W",
        r"E[e_1 e_2] => d_q d_k \sigma_W^2 E[q_1^2] E[k_1]^2",
        partial(shared_pairs, D_Q * D_K * W_2 * Q_2 * K_1**2),
    ),
    Step(
        "at symbolic sizes: the pre-activation with random weights, fixed q and k",
        r"E[z_a^2] => \sigma_s^2 |q|^2 + \sigma_h^2 |k|^2",
        partial(preactivation_pairs, S_2 * length(QUERY, R, D_Q) + H_2 * length(KEY, F, D_K)),
    ),
    Step("at symbolic d_a: v random", r"E[e^2] => d_a \sigma_v^2 T_2", partial(additive_pairs, True, D_A * V_2 * T_2)),
)
