"""B3, formally: a bias of its own for every key, and permutations of the keys."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, log

from attnproof.derivations.language.notation import N_K, I, J, L, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Either,
    Every,
    If,
    Iff,
    Index,
    Proposition,
    Size,
    Stated,
    Where,
    eq,
    where,
)
from attnproof.derivations.statements._parts import SCORES, softmax, weight_of

K, M = index("k"), index("m")
BIAS: Final = Tensor("bias", "b", (N_K,))
ORDER: Final = Tensor("order", "P", (N_K, N_K))  # a permutation of the keys, as a matrix

PERMUTES: Final = Both(
    (
        Every((Index(I, N_K), Index(M, N_K)), Either((eq(ORDER[I, M], Integer(0)), eq(ORDER[I, M], Integer(1))))),
        Every((Index(I, N_K),), eq(total(ORDER[I, M], (M, N_K)), Integer(1))),
        Every((Index(M, N_K),), eq(total(ORDER[I, M], (I, N_K)), Integer(1))),
    )
)


def permuted(body: Expr, at: Expr) -> Expr:
    """Entry ``at`` of an array, an expression in the index m, in the other order."""
    return total(ORDER[at, M] * body, (M, N_K))


#: defined by name, since SymPy would cancel the sums of a quotient of two weights
WITH: Final = Tensor("weights_with", "alpha", (N_K,), "intermediate")
WITHOUT: Final = Tensor("weights_without", "beta", (N_K,), "intermediate")
LOGITS: Final = Tensor("logits", "t", (N_K,), "intermediate")
DEFINED: Final = (
    Equation(LOGITS, (J,), SCORES[J] + BIAS[J]),
    softmax(LOGITS, WITH),
    softmax(SCORES, WITHOUT),
)


def odds(weights: Tensor) -> Expr:
    """The log-odds of the keys i and k."""
    return log(weights[I] / weights[K])


def equivariant(moved: Expr) -> Proposition:
    """The weights of the permuted scores, with the bias ``moved`` at key l, are the permuted weights."""
    return Every(
        (Array(ORDER), Array(SCORES)),
        If(
            PERMUTES,
            Every(
                (Index(K, N_K),),
                eq(
                    weight_of(permuted(SCORES[M], L) + moved, K),
                    permuted(weight_of(SCORES[L] + BIAS[L], M), K),
                ),
            ),
        ),
    )


TWO: Final = (Size(N_K), Array(SCORES), Array(BIAS), Index(I, N_K), Index(K, N_K))

STATEMENT: Final = (
    Stated(
        "log_odds",
        "a bias per key shifts the log-odds of two keys by the difference of their biases",
        Every(
            TWO,
            Where(DEFINED, eq(odds(WITH), odds(WITHOUT) + BIAS[I] - BIAS[K])),
        ),
    ),
    Stated(
        "by_position",
        "a bias by position is equivariant under permutations of the keys exactly if it is the same at all positions",
        Every(
            (Size(N_K), Array(BIAS)),
            Iff(equivariant(BIAS[L]), Every((Index(I, N_K), Index(K, N_K)), eq(BIAS[I], BIAS[K]))),
        ),
    ),
    Stated(
        "equal_keys",
        "two equal keys have the difference of their biases as log-odds",
        Every(TWO, where(DEFINED, If(eq(SCORES[I], SCORES[K]), eq(odds(WITH), BIAS[I] - BIAS[K])))),
    ),
    Stated(
        "by_key",
        "a bias that goes with its key keeps the equivariance",
        Every((Size(N_K), Array(BIAS)), equivariant(permuted(BIAS[M], L))),
    ),
)

OUTSIDE: Final = ()
