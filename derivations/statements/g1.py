"""G1, formally: multiplicative attention as a gate that the query makes."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, Symbol

from attnproof.derivations.language.notation import D_K, D_Q, N_K, N_Q, F, I, J, R, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY, QUERY, WEIGHT
from attnproof.derivations.propositions.proposition import (
    Array,
    Every,
    If,
    Index,
    Number,
    Size,
    Some,
    Stated,
    Where,
    eq,
    lt,
)
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.statements._pieces import scores

SIZES: Final = (Size(N_Q), Size(N_K), Size(D_Q), Size(D_K))
SCORE: Final = scores(FAMILIES["bilinear"].system)
PLACES: Final = (Index(I, N_Q), Index(J, N_K))
GATE: Final = Tensor("gate", "g", (N_Q, D_K))
KEY_GATE: Final = Tensor("gate_of_key", "g", (N_K, D_Q))
S: Final = Tensor("one_query", "s", (D_Q,))
OTHER: Final = Tensor("other_query", "p", (D_Q,))
X: Final = Symbol("lambda", real=True)
Y: Final = Symbol("mu", real=True)
VALUE: Final = Symbol("y", real=True)
AT: Final = index("f0")


def opening(query: Expr) -> Expr:
    """``Σ_r query W_rf`` at f = f0, with ``query`` in the index r: the gate at one feature of the key."""
    return total(query * WEIGHT[R, AT], (R, D_Q))


COLUMN: Final = total(WEIGHT[R, AT] ** 2, (R, D_Q))  # not 0 exactly where the column is not

STATEMENT: Final = (
    Stated(
        "gate_of_the_query",
        "with g = Wᵀq the score is the sum over the key's components, each multiplied by its gate",
        Every(
            (*SIZES, Array(QUERY), Array(KEY), Array(WEIGHT)),
            Where(
                (Equation(GATE, (I, F), total(QUERY[I, R] * WEIGHT[R, F], (R, D_Q))),),
                Every(PLACES, eq(SCORE, total(GATE[I, F] * KEY[J, F], (F, D_K)))),
            ),
        ),
    ),
    Stated(
        "gate_is_linear_in_the_query",
        "the gate of a combination of queries is the combination of their gates",
        Every(
            (Size(D_Q), Size(D_K), Array(WEIGHT), Array(S), Array(OTHER), Number(X), Number(Y), Index(AT, D_K)),
            eq(opening(X * S[R] + Y * OTHER[R]), X * opening(S[R]) + Y * opening(OTHER[R])),
        ),
    ),
    Stated(
        "gate_takes_every_value",
        "where the column of W is not 0 every real number is the gate for some query: above 1 and below 0 too",
        Every(
            (Size(D_Q), Size(D_K), Array(WEIGHT), Index(AT, D_K)),
            If(lt(Integer(0), COLUMN), Every((Number(VALUE),), Some((Array(S),), eq(opening(S[R]), VALUE)))),
        ),
    ),
    Stated(
        "closed_where_the_column_is_zero",
        "where the column of W is 0 the gate is 0 for every query",
        Every(
            (Size(D_Q), Size(D_K), Array(WEIGHT), Index(AT, D_K), Array(S)),
            If(eq(COLUMN, Integer(0)), eq(opening(S[R]), Integer(0))),
        ),
    ),
    Stated(
        "gate_of_the_key",
        "the view is not unique: with g = Wk the key makes the gate and the query goes through it",
        Every(
            (*SIZES, Array(QUERY), Array(KEY), Array(WEIGHT)),
            Where(
                (Equation(KEY_GATE, (J, R), total(WEIGHT[R, F] * KEY[J, F], (F, D_K))),),
                Every(PLACES, eq(SCORE, total(KEY_GATE[J, R] * QUERY[I, R], (R, D_Q)))),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
