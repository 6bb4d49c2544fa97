"""A2, formally: GAT ranks the keys alike for every query, GATv2 need not."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Integer, Symbol

from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, A, F, J, R, Tensor, index
from attnproof.derivations.language.piecewise import relu
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import V_HIDDEN, WEIGHT_KEY, WEIGHT_QUERY
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
    eq,
    le,
    lt,
)

M = index("m")
SLOPE: Final = Symbol("lambda", real=True)
S: Final = Tensor("one_query", "s", (D_Q,))
OTHER: Final = Tensor("other_query", "p", (D_Q,))
H: Final = Tensor("keys", "h", (N_K, D_K))
A_1: Final = Tensor("first_vector", "a1", (D_A,))
A_2: Final = Tensor("second_vector", "a2", (D_A,))
U_S: Final = Tensor("unit_query", "w_s", (D_Q,))
U_H: Final = Tensor("unit_key", "w_h", (D_K,))
OUTER: Final = Tensor("outer", "v", ())
X: Final = Symbol("x", real=True)
Y: Final = Symbol("y", real=True)
ZERO, ONE = Integer(0), Integer(1)


def leaky_relu(x: Expr, slope: Expr = SLOPE) -> Expr:
    """``x`` above 0, else ``slope · x``."""
    return slope * x + (1 - slope) * relu(x)


def part(j: Expr) -> Expr:
    """``a_2ᵀ W_h h_j``: no query in it."""
    return total(A_2[A] * WEIGHT_KEY[A, F] * H[j, F], (A, D_A), (F, D_K))


def gat(query: Tensor, j: Expr, slope: Expr = SLOPE) -> Expr:
    """GAT's score."""
    return leaky_relu(total(A_1[A] * WEIGHT_QUERY[A, R] * query[R], (A, D_A), (R, D_Q)) + part(j), slope)


def second(query: Tensor, j: Expr, slope: Expr) -> Expr:
    """GATv2's score with any number of units."""
    inside = total(WEIGHT_QUERY[A, R] * query[R], (R, D_Q)) + total(WEIGHT_KEY[A, F] * H[j, F], (F, D_K))
    return total(V_HIDDEN[A] * leaky_relu(inside, slope), (A, D_A))


def single(query: Tensor, j: Expr, slope: Expr = SLOPE) -> Expr:
    """GATv2's score with one unit."""
    return OUTER[()] * leaky_relu(total(U_S[R] * query[R], (R, D_Q)) + total(U_H[F] * H[j, F], (F, D_K)), slope)


SIZES: Final[tuple[Binder, ...]] = (Size(N_K), Size(D_Q), Size(D_K), Size(D_A))
KEYS: Final[tuple[Binder, ...]] = (Index(J, N_K), Index(M, N_K))
GAT: Final[tuple[Binder, ...]] = (*map(Array, (A_1, A_2, WEIGHT_QUERY, WEIGHT_KEY, H, S)),)
ONE_UNIT: Final[tuple[Binder, ...]] = (Size(N_K), Size(D_Q), Size(D_K), *map(Array, (U_S, U_H, OUTER, H, S, OTHER)))


def two_units(x: Expr, y: Expr) -> Expr:
    """GATv2 of the query x and the key y with ``W = ((1, −1), (−1, 1))`` and ``a = (−1, −1)``."""
    return -leaky_relu(x - y) - leaky_relu(y - x)


def static(left: Expr, right: Expr, other_left: Expr, other_right: Expr) -> Proposition:
    """The second query scores one key less than another exactly where the first does."""
    return Iff(lt(left, right), lt(other_left, other_right))


STATEMENT: Final = (
    Stated(
        "gat_ranks_by_the_key",
        "GAT with a positive slope ranks the keys by a_2ᵀ W_h h_j, strictly and whatever the query",
        Every(
            (*SIZES, *GAT, Number(SLOPE), *KEYS),
            If(lt(ZERO, SLOPE), Iff(lt(gat(S, M), gat(S, J)), lt(part(M), part(J)))),
        ),
    ),
    Stated(
        "gat_same_order_for_every_query",
        "so no two queries prefer different keys",
        Every(
            (*SIZES, *GAT, Array(OTHER), Number(SLOPE), *KEYS),
            If(lt(ZERO, SLOPE), static(gat(S, M), gat(S, J), gat(OTHER, M), gat(OTHER, J))),
        ),
    ),
    Stated(
        "gat_with_relu_never_reverses",
        "with slope 0 the order is never reversed",
        Every((*SIZES, *GAT, *KEYS), If(le(part(M), part(J)), le(gat(S, M, ZERO), gat(S, J, ZERO)))),
    ),
    Stated(
        "gat_with_relu_may_tie",
        "but two keys with different parts may tie, at all sizes",
        Every(
            (Size(N_K, 2), *SIZES[1:]),
            Some(
                (*GAT, *KEYS),
                Both((lt(part(M), part(J)), eq(gat(S, M, ZERO), gat(S, J, ZERO)))),
            ),
        ),
    ),
    Stated(
        "two_units_prefer_the_equal_key",
        "GATv2 with two units and a slope from 0 and below 1: every query of width 1 prefers the key equal to it, by "
        "(1 − λ) times the distance of the other: the queries 0 and 1 among the keys 0 and 1 by 1 − λ",
        Every(
            (Number(SLOPE), Number(X), Number(Y)),
            If(
                Both((le(ZERO, SLOPE), lt(SLOPE, ONE))),
                Both(
                    (
                        eq(two_units(X, Y), (SLOPE - 1) * Abs(X - Y)),
                        If(lt(ZERO, Abs(X - Y)), lt(two_units(X, Y), ZERO)),
                        If(eq(X, Y), eq(two_units(X, Y), ZERO)),
                    )
                ),
            ),
        ),
    ),
    Stated(
        "one_unit_is_static",
        "GATv2 with one hidden unit and a positive slope ranks the keys alike for every query",
        Every(
            (*ONE_UNIT, Number(SLOPE), *KEYS),
            If(lt(ZERO, SLOPE), static(single(S, M), single(S, J), single(OTHER, M), single(OTHER, J))),
        ),
    ),
    Stated(
        "one_unit_with_relu_never_reverses",
        "with slope 0 one unit ranks alike up to ties",
        Every(
            (*ONE_UNIT, *KEYS),
            If(lt(single(S, M, ZERO), single(S, J, ZERO)), le(single(OTHER, M, ZERO), single(OTHER, J, ZERO))),
        ),
    ),
    Stated(
        "slope_one_is_static",
        "with slope 1 GATv2 ranks the keys alike for every query, with any number of units",
        Every(
            (*SIZES, *map(Array, (V_HIDDEN, WEIGHT_QUERY, WEIGHT_KEY, H, S, OTHER)), *KEYS),
            static(second(S, M, ONE), second(S, J, ONE), second(OTHER, M, ONE), second(OTHER, J, ONE)),
        ),
    ),
)

OUTSIDE: Final = ()
