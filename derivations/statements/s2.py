"""S2, formally: the bilinear score is linear in the query, linear in the key, and not in both together."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Symbol

from attnproof.derivations.language.notation import D_K, D_Q, N_K, N_Q, F, I, J, R, Tensor
from attnproof.derivations.language.system import Equation
from attnproof.derivations.language.tensors import KEY, QUERY, WEIGHT
from attnproof.derivations.proof.identities import put
from attnproof.derivations.propositions.proposition import (
    Array,
    Every,
    Index,
    Number,
    Size,
    Some,
    Stated,
    Where,
    eq,
    ne,
)
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.statements._pieces import scores

OTHER_QUERY: Final = Tensor("other_query", "p", (N_Q, D_Q))
OTHER_KEY: Final = Tensor("other_key", "g", (N_K, D_K))
MIXED_QUERY: Final = Tensor("mixed_query", "x", (N_Q, D_Q))
MIXED_KEY: Final = Tensor("mixed_key", "y", (N_K, D_K))
X: Final = Symbol("lambda", real=True)
Y: Final = Symbol("mu", real=True)

SIZES: Final = (Size(N_Q), Size(N_K), Size(D_Q), Size(D_K))
PLACES: Final = (Index(I, N_Q), Index(J, N_K))
INPUTS: Final = (Array(QUERY), Array(KEY), Array(WEIGHT))
SCORE: Final = scores(FAMILIES["bilinear"].system)
SCALED: Final = (
    Equation(MIXED_QUERY, (I, R), X * QUERY[I, R]),
    Equation(MIXED_KEY, (J, F), X * KEY[J, F]),
)


def of(query: Tensor, key: Tensor) -> Expr:
    """The score of ``query`` and ``key``."""
    return put(put(SCORE, QUERY, lambda *at: query[at]), KEY, lambda *at: key[at])


STATEMENT: Final = (
    Stated(
        "linear_in_the_query",
        "with the key fixed, the score of a combination of queries is the combination of their scores",
        Every(
            (*SIZES, *INPUTS, Array(OTHER_QUERY), Number(X), Number(Y)),
            Where(
                (Equation(MIXED_QUERY, (I, R), X * QUERY[I, R] + Y * OTHER_QUERY[I, R]),),
                Every(PLACES, eq(of(MIXED_QUERY, KEY), X * SCORE + Y * of(OTHER_QUERY, KEY))),
            ),
        ),
    ),
    Stated(
        "linear_in_the_key",
        "with the query fixed, the score of a combination of keys is the combination of their scores",
        Every(
            (*SIZES, *INPUTS, Array(OTHER_KEY), Number(X), Number(Y)),
            Where(
                (Equation(MIXED_KEY, (J, F), X * KEY[J, F] + Y * OTHER_KEY[J, F]),),
                Every(PLACES, eq(of(QUERY, MIXED_KEY), X * SCORE + Y * of(QUERY, OTHER_KEY))),
            ),
        ),
    ),
    Stated(
        "quadratic_in_both",
        "both scaled by one factor: the score takes its square",
        Every(
            (*SIZES, *INPUTS, Number(X)),
            Where(SCALED, Every(PLACES, eq(of(MIXED_QUERY, MIXED_KEY), X**2 * SCORE))),
        ),
    ),
    Stated(
        "not_linear_in_both",
        "at all sizes there are vectors, a matrix and a factor for which the score does not just take the factor",
        Every(
            SIZES,
            Some(
                (*INPUTS, Number(X)),
                Where(SCALED, Every(PLACES, ne(of(MIXED_QUERY, MIXED_KEY), X * SCORE))),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
