"""B4, formally: biases on the projections of query and key, where they are redundant and where that fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sympy import Expr, Integer, Symbol, cos, exp, log, sin, sqrt, tanh

from attnproof.derivations.language.indexing import substitute
from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, A, D, F, I, J, L, R, Tensor, index, size
from attnproof.derivations.language.sigmoid import sigmoid
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import BIAS_HIDDEN, V_HIDDEN, WEIGHT, WEIGHT_KEY, WEIGHT_QUERY
from attnproof.derivations.propositions.proposition import (
    Array,
    Binder,
    Both,
    Every,
    If,
    Iff,
    Index,
    Number,
    Proposition,
    Size,
    Some,
    Stated,
    Where,
    eq,
    lt,
    ne,
)
from attnproof.derivations.statements._pieces import weights

Q: Final = Tensor("one_query", "q", (D_Q,))
K: Final = Tensor("key", "k", (N_K, D_K))
C: Final = Tensor("key_bias", "c", (D_K,))
C_Q: Final = Tensor("query_bias", "c_q", (D_Q,))
PLAIN: Final = Tensor("weights", "alpha", (N_K,))
BIASED: Final = Tensor("weights_with_the_bias", "beta", (N_K,))
SINK: Final = Symbol("c0", real=True)
CAP: Final = Symbol("kappa", real=True)
PLACE: Final = Symbol("y", real=True)  # of the query
ZERO: Final = Integer(0)


def bilinear(query: Expr, key: Expr) -> Expr:
    """``qᵀ W k``, with ``query`` in r and ``key`` in f."""
    return total(query * WEIGHT[R, F] * key, (R, D_Q), (F, D_K))


SCORE: Final = bilinear(Q[R], K[J, F])
KEY_BIASED: Final = bilinear(Q[R], K[J, F] + C[F])
QUERY_BIASED: Final = bilinear(Q[R] + C_Q[R], K[J, F])
ADDED: Final = bilinear(Q[R], C[F])
SIZES: Final[tuple[Binder, ...]] = (Size(N_K), Size(D_Q), Size(D_K))
INPUTS: Final[tuple[Binder, ...]] = (Array(Q), Array(K), Array(WEIGHT))


def moved(i: Expr, j: Expr) -> Expr:
    """``c_qᵀ W (k_i − k_j)``."""
    return bilinear(C_Q[R], K[i, F] - K[j, F])


def change(plain: Expr, biased: Expr) -> Proposition:
    """Some softmax weight is another one with the bias than without."""
    return Where((weights(PLAIN, plain), weights(BIASED, biased)), Some((Index(J, N_K),), ne(BIASED[J], PLAIN[J])))


def with_sink(target: Tensor, logit: Expr) -> Equation:
    """Softmax with a sink: a number in the denominator that belongs to no key."""
    return Equation(target, (J,), exp(logit) / (total(exp(substitute(logit, {J: L})), (L, N_K)) + exp(SINK)))


def additive(key: Expr) -> Expr:
    """The additive score without hidden bias, ``key`` in f."""
    inside = total(WEIGHT_QUERY[A, R] * Q[R], (R, D_Q)) + total(WEIGHT_KEY[A, F] * key, (F, D_K))
    return total(V_HIDDEN[A] * tanh(inside), (A, D_A))


PAIRS: Final = size("m")  # of components: 2 m in all, g paired with m + g
G: Final = index("g")
TURNED_Q: Final = Tensor("query_of_pairs", "q", (2 * PAIRS,))
TURNED_K: Final = Tensor("keys_of_pairs", "k", (N_K, 2 * PAIRS))
TURNED_C: Final = Tensor("bias_of_pairs", "c", (2 * PAIRS,))
ANGLES: Final = Tensor("angles", "theta", (PAIRS,))
PLACES: Final = Tensor("positions", "x", (N_K,))
SHARED_Q: Final = Tensor("shared_query", "q", (D,))
SHARED_K: Final = Tensor("shared_keys", "k", (N_K, D))
SHARED_C: Final = Tensor("shared_bias", "c", (D,))
ONE: Final = Integer(1)


def turned(angle: Expr, first: Expr, second: Expr) -> tuple[Expr, Expr]:
    """``(first, second)`` rotated by ``angle``."""
    return cos(angle) * first - sin(angle) * second, sin(angle) * first + cos(angle) * second


def rotary(key: Callable[[Expr], Expr]) -> Expr:
    """The dot product of the query at position y and ``key``, by its component, at position x_j: each pair of
    components rotated by position times angle.
    """
    query = turned(PLACE * ANGLES[G], TURNED_Q[G], TURNED_Q[PAIRS + G])
    keys = turned(PLACES[J] * ANGLES[G], key(G), key(PAIRS + G))
    return total(query[0] * keys[0] + query[1] * keys[1], (G, PAIRS))


def squares(bias: int) -> Expr:
    """``|k_j + bias c|²``."""
    return total((SHARED_K[J, R] + bias * SHARED_C[R]) ** 2, (R, D))


def normalised(bias: int) -> Expr:
    """The dot score of the key ``k_j + bias c``, normalised."""
    return total(SHARED_Q[R] * (SHARED_K[J, R] + bias * SHARED_C[R]), (R, D)) / sqrt(squares(bias))


PRE: Final = Tensor("plain_argument", "z", (N_K, D_A))
EFFECT: Final = Tensor("one_bias", "x", (D_A,))
OF_QUERY: Final = total(WEIGHT_QUERY[A, R] * (Q[R] + C_Q[R]), (R, D_Q))
OF_KEY: Final = total(WEIGHT_KEY[A, F] * (K[J, F] + C[F]), (F, D_K))
PLAIN_QUERY: Final = total(WEIGHT_QUERY[A, R] * Q[R], (R, D_Q))
PLAIN_KEY: Final = total(WEIGHT_KEY[A, F] * K[J, F], (F, D_K))


def alone(biased: Expr, projected: Expr) -> Proposition:
    """A bias adds x to every argument exactly where it is x once projected."""
    return Iff(
        Every((Index(J, N_K), Index(A, D_A)), eq(biased, PLAIN_QUERY + PLAIN_KEY + EFFECT[A])),
        Every((Index(A, D_A),), eq(projected, EFFECT[A])),
    )


STATEMENT: Final = (
    Stated(
        "key_bias_adds_the_same_to_all_keys",
        "a bias c on the keys adds qᵀWc to every score of a query and leaves the weights as they are",
        Every(
            (*SIZES, *INPUTS, Array(C)),
            Where(
                (weights(PLAIN, SCORE), weights(BIASED, KEY_BIASED)),
                Every((Index(J, N_K),), Both((eq(KEY_BIASED, SCORE + ADDED), eq(BIASED[J], PLAIN[J])))),
            ),
        ),
    ),
    Stated(
        "query_bias_is_a_bias_by_key",
        "a bias c_q on the query shifts the log-odds of keys i and j by c_qᵀW(k_i − k_j), whatever the query",
        Every(
            (*SIZES, *INPUTS, Array(C_Q)),
            Where(
                (weights(PLAIN, SCORE), weights(BIASED, QUERY_BIASED)),
                Every(
                    (Index(I, N_K), Index(J, N_K)),
                    eq(log(BIASED[I] / BIASED[J]) - log(PLAIN[I] / PLAIN[J]), moved(I, J)),
                ),
            ),
        ),
    ),
    Stated(
        "query_bias_redundant_exactly_when",
        "a query bias leaves the weights as they are exactly if c_qᵀW is orthogonal to all differences of keys",
        Every(
            (*SIZES, *INPUTS, Array(C_Q)),
            Where(
                (weights(PLAIN, SCORE), weights(BIASED, QUERY_BIASED)),
                Iff(
                    Every((Index(J, N_K),), eq(BIASED[J], PLAIN[J])),
                    Every((Index(I, N_K), Index(J, N_K)), eq(moved(I, J), ZERO)),
                ),
            ),
        ),
    ),
    Stated(
        "key_bias_counts_in_additive_scores",
        "for additive scores a bias on the keys can change the weights, at all sizes",
        Every(
            (Size(N_K, 2), *SIZES[1:], Size(D_A)),
            Some(
                (*INPUTS[:2], Array(C), Array(WEIGHT_QUERY), Array(WEIGHT_KEY), Array(V_HIDDEN)),
                change(additive(K[J, F]), additive(K[J, F] + C[F])),
            ),
        ),
    ),
    Stated(
        "key_bias_counts_before_a_softcap",
        "before a soft-cap κ tanh(e/κ) a key bias can change the weights, for every cap and at all sizes",
        Every(
            (Size(N_K, 2), *SIZES[1:], Number(CAP)),
            If(
                lt(ZERO, CAP),
                Some((*INPUTS, Array(C)), change(CAP * tanh(SCORE / CAP), CAP * tanh(KEY_BIASED / CAP))),
            ),
        ),
    ),
    Stated(
        "key_bias_counts_with_a_sink",
        "with a sink a key bias changes every weight, unless qᵀWc is 0",
        Every(
            (*SIZES, *INPUTS, Array(C), Number(SINK)),
            Where(
                (with_sink(PLAIN, SCORE), with_sink(BIASED, KEY_BIASED)),
                If(ne(ADDED, ZERO), Every((Index(J, N_K),), ne(BIASED[J], PLAIN[J]))),
            ),
        ),
    ),
    Stated(
        "key_bias_counts_under_a_sigmoid",
        "with a sigmoid in place of the softmax a key bias changes every weight, unless qᵀWc is 0",
        Every(
            (*SIZES, *INPUTS, Array(C), Index(J, N_K)),
            If(ne(ADDED, ZERO), ne(sigmoid(KEY_BIASED), sigmoid(SCORE))),
        ),
    ),
    Stated(
        "key_bias_counts_under_rotary_positions",
        "added before pairs of components are rotated by the position, a key bias can change the weights exactly where "
        "two keys are rotated differently, in any of the pairs",
        Every(
            (Size(N_K), Size(PAIRS), Array(PLACES), Number(PLACE), Array(ANGLES)),
            Iff(
                Some(
                    (Array(TURNED_Q), Array(TURNED_K), Array(TURNED_C)),
                    change(rotary(lambda r: TURNED_K[J, r]), rotary(lambda r: TURNED_K[J, r] + TURNED_C[r])),
                ),
                Some(
                    (Index(I, N_K), Index(J, N_K), Index(G, PAIRS)),
                    ne(cos((PLACES[I] - PLACES[J]) * ANGLES[G]), ONE),
                ),
            ),
        ),
    ),
    Stated(
        "key_bias_counts_for_normalised_keys",
        "added before the keys are normalised, a key bias can change the weights, at all sizes",
        Every(
            (Size(N_K, 2), Size(D, 2)),
            Some(
                (Array(SHARED_Q), Array(SHARED_K), Array(SHARED_C)),
                Both(
                    (
                        Every((Index(J, N_K),), Both((lt(ZERO, squares(0)), lt(ZERO, squares(1))))),
                        change(normalised(0), normalised(1)),
                    )
                ),
            ),
        ),
    ),
    Stated(
        "one_bias_inside_tanh",
        "inside tanh the biases of query, key and unit enter as W_s c_q + W_h c + b alone: one of them can do it all",
        Every(
            (*SIZES, Size(D_A), *INPUTS[:2], *map(Array, (WEIGHT_QUERY, WEIGHT_KEY, C_Q, C, BIAS_HIDDEN))),
            Where(
                (
                    Equation(PRE, (J, A), PLAIN_QUERY + PLAIN_KEY),
                    Equation(
                        EFFECT,
                        (A,),
                        total(WEIGHT_QUERY[A, R] * C_Q[R], (R, D_Q))
                        + total(WEIGHT_KEY[A, F] * C[F], (F, D_K))
                        + BIAS_HIDDEN[A],
                    ),
                ),
                Every(
                    (Index(J, N_K), Index(A, D_A)),
                    eq(OF_QUERY + OF_KEY + BIAS_HIDDEN[A], PRE[J, A] + EFFECT[A]),
                ),
            ),
        ),
    ),
    Stated(
        "one_bias_alone_inside_tanh",
        "a query bias alone adds x to the argument of tanh exactly where W_s c_q = x, a key bias where W_h c = x",
        Every(
            (*SIZES, Size(D_A), *INPUTS[:2], *map(Array, (WEIGHT_QUERY, WEIGHT_KEY, C_Q, C, EFFECT))),
            Both(
                (
                    alone(OF_QUERY + PLAIN_KEY, total(WEIGHT_QUERY[A, R] * C_Q[R], (R, D_Q))),
                    alone(PLAIN_QUERY + OF_KEY, total(WEIGHT_KEY[A, F] * C[F], (F, D_K))),
                )
            ),
        ),
    ),
)

OUTSIDE: Final[tuple[str, ...]] = ()
