"""T1, formally: the Jacobian of softmax at every number of keys."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, KroneckerDelta, Rational, oo

from attnproof.derivations.language.notation import N_K, I, J, L, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Index,
    Limit,
    Proposition,
    Size,
    Slope,
    Some,
    Stated,
    Where,
    eq,
    le,
    lt,
    ne,
)
from attnproof.derivations.statements._parts import ALPHA, SCORES, T, same, softmax, weight_of

K, M = index("k"), index("m")
U: Final = Tensor("direction", "u", (N_K,))
JACOBIAN: Final = Tensor("jacobian", "J", (N_K, N_K), "intermediate")
ENTRIES: Final = Equation(JACOBIAN, (J, M), ALPHA[J] * (KroneckerDelta(J, M) - ALPHA[M]))


def along(direction: Expr, at: Expr) -> Expr:
    """The weight of key ``at`` when the scores go ``t`` along a direction, an expression in the index l."""
    return weight_of(SCORES[L] + T * direction, at)


#: the squared lengths of u and of J u
LENGTH: Final = total(U[J] ** 2, (J, N_K))
IMAGE: Final = total(total(JACOBIAN[J, M] * U[M], (M, N_K)) ** 2, (J, N_K))


def at_scores(body: Proposition, *others: Array | Index, least: int = 1) -> Proposition:
    """``body``, about the weights and the Jacobian, at every number of keys and for all scores."""
    return Every((Size(N_K, least), Array(SCORES), *others), Where((softmax(), ENTRIES), body))


#: two keys of score 0, all others at −t
SHARED: Final = -T * (1 - KroneckerDelta(0, L) - KroneckerDelta(1, L))


OPPOSED: Final = KroneckerDelta(0, J) - KroneckerDelta(1, J)
SHARED_IMAGE: Final = total(
    total(weight_of(SHARED, I) * (KroneckerDelta(I, J) - weight_of(SHARED, J)) * OPPOSED, (J, N_K)) ** 2, (I, N_K)
)

STATEMENT: Final = (
    Stated(
        "entries",
        "the derivative of weight i by score k",
        at_scores(Slope(along(KroneckerDelta(K, L), I), T, Integer(0), JACOBIAN[I, K]), Index(I, N_K), Index(K, N_K)),
    ),
    Stated(
        "along_a_direction",
        "the derivative of the weights along any direction is the Jacobian applied to it",
        at_scores(
            Slope(along(U[L], I), T, Integer(0), total(JACOBIAN[I, J] * U[J], (J, N_K))), Array(U), Index(I, N_K)
        ),
    ),
    Stated("symmetric", "it is symmetric", at_scores(eq(JACOBIAN[I, K], JACOBIAN[K, I]), Index(I, N_K), Index(K, N_K))),
    Stated(
        "semidefinite",
        "it is positive semidefinite",
        at_scores(le(Integer(0), total(total(U[J] * JACOBIAN[J, M] * U[M], (M, N_K)), (J, N_K))), Array(U)),
    ),
    Stated(
        "rows_sum_to_0",
        "its rows sum to 0",
        at_scores(eq(total(JACOBIAN[I, J], (J, N_K)), Integer(0)), Index(I, N_K)),
    ),
    Stated(
        "norm_at_most_half",
        "its norm is at most 1/2",
        at_scores(le(IMAGE, LENGTH * Rational(1, 4)), Array(U)),
    ),
    Stated(
        "attained_by_two_keys",
        "two keys of equal scores attain it",
        at_scores(
            If(
                Both((same(N_K, Integer(2)), eq(SCORES[0], SCORES[1]))),
                Some((Array(U),), Both((ne(LENGTH, Integer(0)), eq(IMAGE, LENGTH * Rational(1, 4))))),
            )
        ),
    ),
    Stated(
        "never_attained_by_more",
        "with more than two keys no finite scores attain it",
        at_scores(If(ne(LENGTH, Integer(0)), lt(IMAGE, LENGTH * Rational(1, 4))), Array(U), least=3),
    ),
    Stated(
        "approached",
        "it is approached when two keys share all the weight equally: u = (1, -1, 0, ...), the other scores at -t",
        Every((Size(N_K, 2),), Limit(SHARED_IMAGE, T, oo, Rational(1, 2))),
    ),
    Stated(
        "zero_for_one_key",
        "with one key it is 0",
        at_scores(If(same(N_K, Integer(1)), eq(JACOBIAN[I, K], Integer(0))), Index(I, N_K), Index(K, N_K)),
    ),
)

OUTSIDE: Final = ()
