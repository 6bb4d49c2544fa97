"""X1, formally: the bilinear score as a quadratic form of [s; h], what a form adds, and which of it is lost."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, Symbol

from attnproof.derivations.language.notation import D_K, D_Q, N_K, A, F, J, P, R, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import WEIGHT
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Iff,
    Index,
    Number,
    Proposition,
    Size,
    Stated,
    Where,
    eq,
)
from attnproof.derivations.statements._pieces import weights

M, N = index("m"), index("n")
WHOLE: Final = D_Q + D_K
PAIR: Final = Tensor("pair", "x", (WHOLE,))  # x = [s; h]
FORM: Final = Tensor("form", "Q", (WHOLE, WHOLE))
S: Final = Tensor("one_query", "s", (D_Q,))
H: Final = Tensor("one_key", "h", (D_K,))
KEYS: Final = Tensor("key", "k", (N_K, D_K))
OF_QUERY: Final = Tensor("of_query", "A", (D_Q, D_Q))
OF_KEY: Final = Tensor("of_key", "B", (D_K, D_K))
KEY_BIAS: Final = Tensor("key_bias", "b", (N_K,))
GENERAL: Final = Tensor("weights_of_the_form", "alpha", (N_K,))
BIASED: Final = Tensor("weights_with_a_bias", "beta", (N_K,))
CONSTANT: Final = Symbol("c", real=True)
ZERO: Final = Integer(0)


def bilinear(query: Expr, key: Expr) -> Expr:
    """``sᵀ W h``, with ``query`` in r and ``key`` in f."""
    return total(query * WEIGHT[R, F] * key, (R, D_Q), (F, D_K))


def key_term(one: Expr, other: Expr) -> Expr:
    """``hᵀ B h``, with ``one`` in f and ``other`` in p."""
    return total(one * OF_KEY[F, P] * other, (F, D_K), (P, D_K))


VALUE: Final = total(PAIR[M] * FORM[M, N] * PAIR[N], (M, WHOLE), (N, WHOLE))
OF_PAIR: Final = bilinear(PAIR[R], PAIR[D_Q + F])
IN_H: Final = key_term(H[F], H[P])
IN_S: Final = total(S[R] * OF_QUERY[R, A] * S[A], (R, D_Q), (A, D_Q))
SCORE: Final = bilinear(S[R], KEYS[J, F])


def symmetric_part() -> Proposition:
    """``Q + Qᵀ`` is 0 in the diagonal blocks and ``W`` beside them."""
    return Both(
        (
            Every((Index(R, D_Q), Index(A, D_Q)), eq(FORM[R, A] + FORM[A, R], ZERO)),
            Every((Index(F, D_K), Index(P, D_K)), eq(FORM[D_Q + F, D_Q + P] + FORM[D_Q + P, D_Q + F], ZERO)),
            Every((Index(R, D_Q), Index(F, D_K)), eq(FORM[R, D_Q + F] + FORM[D_Q + F, R], WEIGHT[R, F])),
        )
    )


STATEMENT: Final = (
    Stated(
        "exactly_these_forms",
        "a form gives the bilinear score for all x = [s; h] exactly if the diagonal blocks of its symmetric part are 0 "
        "and the others W/2 and its transpose: that part is unique, the antisymmetric one is free",
        Every(
            (Size(D_Q), Size(D_K), Array(WEIGHT), Array(FORM)),
            Iff(Every((Array(PAIR),), eq(VALUE, OF_PAIR)), symmetric_part()),
        ),
    ),
    Stated(
        "general_form_in_blocks",
        "a general form is a term in s alone, a bilinear score, and a term in h alone",
        Every(
            (Size(D_Q), Size(D_K), Array(FORM), Array(PAIR)),
            eq(
                VALUE,
                total(PAIR[R] * FORM[R, A] * PAIR[A], (R, D_Q), (A, D_Q))
                + total(PAIR[R] * (FORM[R, D_Q + F] + FORM[D_Q + F, R]) * PAIR[D_Q + F], (R, D_Q), (F, D_K))
                + total(PAIR[D_Q + F] * FORM[D_Q + F, D_Q + P] * PAIR[D_Q + P], (F, D_K), (P, D_K)),
            ),
        ),
    ),
    Stated(
        "query_term_cancels_and_a_key_bias_supplies_the_other",
        "the softmax weights of the three terms are those of the bilinear score with the bias h_jᵀ B h_j on key j",
        Every(
            (Size(N_K), Size(D_Q), Size(D_K), *map(Array, (S, KEYS, WEIGHT, OF_QUERY, OF_KEY))),
            Where(
                (
                    weights(GENERAL, IN_S + SCORE + key_term(KEYS[J, F], KEYS[J, P])),
                    Equation(KEY_BIAS, (J,), key_term(KEYS[J, F], KEYS[J, P])),
                    weights(BIASED, SCORE + KEY_BIAS[J]),
                ),
                Every((Index(J, N_K),), eq(GENERAL[J], BIASED[J])),
            ),
        ),
    ),
    Stated(
        "key_term_is_a_loss",
        "no W, and no number that the query makes, supplies hᵀ B h for one query and all keys unless it is 0 for all h",
        Every(
            (Size(D_Q), Size(D_K), Array(S), Array(WEIGHT), Array(OF_KEY), Number(CONSTANT)),
            If(
                Every((Array(H),), eq(IN_H, bilinear(S[R], H[F]) + CONSTANT)),
                Every((Array(H),), eq(IN_H, ZERO)),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
