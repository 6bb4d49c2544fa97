"""A4 with rounding: the merge of partial results as it is computed, and how far its context is from the exact one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from sympy import Abs, Expr, Function, Integer, Max, Symbol, exp

from attnproof.derivations.language.largest import largest
from attnproof.derivations.language.notation import N_K, J, Tensor, index, size
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Index,
    Map,
    Number,
    Proposition,
    Size,
    Stated,
    Where,
    eq,
    le,
    lt,
    ne,
)
from attnproof.derivations.statements._parts import ALPHA, SCORES, same, softmax
from attnproof.derivations.statements._rounding import (
    BETWEEN,
    E_MAX,
    FIRST,
    LAST,
    ROUNDOFF,
    P,
    by_parts,
    fl,
    normal,
    number,
    parts,
)

N: Final = size("n")
I, K, R, F, M = (index(letter) for letter in ("i", "k", "r", "f", "h"))
HIGH, SUM, WEIGHTED = Tensor("high", "m", (N,)), Tensor("sum", "l", (N,)), Tensor("weighted", "o", (N,))
PAIR_HIGH, PAIR_SUM, PAIR_WEIGHTED = (Tensor(name, name, (N, N), "intermediate") for name in ("m2", "l2", "o2"))
ZERO, ONE = Integer(0), Integer(1)
EXP: Final = Function("E")


def exponential(value: Expr) -> Expr:
    """The exponential correctly rounded."""
    return fl(exp(value))


def merged(high: Expr, one: tuple[Expr, Expr], other: tuple[Expr, Expr], by: Callable[[Expr], Expr] = EXP) -> Expr:
    """Two sums, each with its maximum, brought to the maximum ``high`` and added; every operation rounded."""
    return fl(fl(one[1] * by(fl(one[0] - high))) + fl(other[1] * by(fl(other[0] - high))))


def pairs(by: Callable[[Expr], Expr]) -> tuple[Equation, ...]:
    """The merges of blocks r and f."""
    high = PAIR_HIGH[R, F]
    return (
        Equation(PAIR_HIGH, (R, F), Max(HIGH[R], HIGH[F])),
        *(
            Equation(target, (R, F), merged(high, (HIGH[R], sums[R]), (HIGH[F], sums[F]), by))
            for target, sums in ((PAIR_SUM, SUM), (PAIR_WEIGHTED, WEIGHTED))
        ),
    )


def context(pair: tuple[int, int], single: int) -> Expr:
    """The context of three blocks, those of ``pair`` merged first."""
    high = Max(PAIR_HIGH[pair], HIGH[single])
    weighted, sums = (
        merged(high, (PAIR_HIGH[pair], of_pairs[pair]), (HIGH[single], of_blocks[single]), exponential)
        for of_pairs, of_blocks in ((PAIR_WEIGHTED, WEIGHTED), (PAIR_SUM, SUM))
    )
    return fl(weighted / sums)


VALUE: Final = Tensor("value", "V", (N_K,))
HIGHS, SUMS, WEIGHTEDS, LEFT, RIGHT, DEPTH, MADE = (
    parts(name, letter, N_K)
    for name, letter in (
        *(("highs", "m"), ("sums", "s"), ("weighteds", "o")),
        *(("left_factor", "f"), ("right_factor", "g"), ("depth", "d"), ("made", "M")),
    )
)
EPSILON: Final = Symbol("epsilon", real=True)
BUDGET: Final = Tensor("budget", "B", (), "intermediate")
WHOLE, FRONT, BACK = (FIRST, LAST), (FIRST, BETWEEN), (BETWEEN, LAST)


def within(factor: Expr, part: tuple[Symbol, Symbol]) -> Proposition:
    """``factor`` is the exponential of the rounded difference of two maxima, within 1 ± ε."""
    exact = exp(fl(HIGHS[part] - HIGHS[WHOLE]))
    return le(Abs(factor - exact), EPSILON * exact)


def joined(sums: Tensor) -> tuple[Proposition, ...]:
    """The rounded sum of the rounded products, none of which underflows."""
    products = (sums[FRONT] * LEFT[WHOLE], sums[BACK] * RIGHT[WHOLE])
    return (*map(normal, products), eq(sums[WHOLE], fl(fl(products[0]) + fl(products[1]))))


def streamed(says: Proposition) -> Proposition:
    """``says`` of keys merged in any order; at the parts that are made M is 1, and at most d merges are above a key."""
    program = by_parts(
        N_K,
        (
            *(eq(HIGHS[WHOLE], SCORES[FIRST]), eq(SUMS[WHOLE], ONE), eq(WEIGHTEDS[WHOLE], VALUE[FIRST])),
            eq(DEPTH[WHOLE], ZERO),
        ),
        (
            eq(HIGHS[WHOLE], Max(HIGHS[FRONT], HIGHS[BACK])),
            *(within(LEFT[WHOLE], FRONT), within(RIGHT[WHOLE], BACK), *joined(SUMS), *joined(WEIGHTEDS)),
            *(le(DEPTH[FRONT] + 1, DEPTH[WHOLE]), le(DEPTH[BACK] + 1, DEPTH[WHOLE])),
        ),
        MADE,
    )
    given = Both(
        (
            *(le(ZERO, EPSILON), lt(EPSILON, ONE)),
            Every((Index(J, N_K),), Both((number(SCORES[J]), number(VALUE[J])))),
            *(program, normal(WEIGHTEDS[0, N_K] / SUMS[0, N_K])),
        )
    )
    range_ = largest(SCORES[M], M, N_K) + largest(-SCORES[M], M, N_K)
    budget = DEPTH[0, N_K] * (2 * ROUNDOFF / (1 - ROUNDOFF) + EPSILON / (1 - EPSILON)) + ROUNDOFF * range_
    arrays = map(Array, (SCORES, VALUE, HIGHS, SUMS, WEIGHTEDS, LEFT, RIGHT, DEPTH, MADE))
    return Every(
        (Size(P), Size(E_MAX), Size(N_K), *arrays, Number(EPSILON)),
        If(given, Where((Equation(BUDGET, (), budget), softmax()), says)),
    )


ROUNDING: Final = (
    Stated(
        "rounded_commutative",
        "with rounding the merge of two blocks is the same in both orders, to the last bit, by whatever exponential",
        Every(
            (
                *(Size(P), Size(E_MAX), Map(EXP), Size(N), Array(HIGH), Array(SUM), Array(WEIGHTED)),
                *(Index(I, N), Index(K, N)),
            ),
            Where(
                pairs(EXP),
                Both(tuple(eq(part[I, K], part[K, I]) for part in (PAIR_HIGH, PAIR_SUM, PAIR_WEIGHTED))),
            ),
        ),
    ),
    Stated(
        "not_associative",
        "it is not associative: equal scores, values 1, 2^−p and 2^−p, in every format",
        Every(
            (Size(P, 2), Size(E_MAX, 3), Size(N), Array(HIGH), Array(SUM), Array(WEIGHTED)),
            If(
                Both(
                    (
                        Every((Index(I, N),), Both((eq(HIGH[I], ZERO), eq(SUM[I], ONE)))),
                        *(same(N, Integer(3)), eq(WEIGHTED[0], ONE), eq(WEIGHTED[1], ROUNDOFF)),
                        eq(WEIGHTED[2], ROUNDOFF),
                    )
                ),
                Where(pairs(exponential), ne(context((0, 1), 2), context((1, 2), 0))),
            ),
        ),
    ),
    Stated(
        "rounded_context",
        "the context of keys merged in any order, with at most D = d(0, n) merges above any key, u = 2^−p",
        streamed(
            le(
                Abs(fl(WEIGHTEDS[0, N_K] / SUMS[0, N_K]) - total(ALPHA[J] * VALUE[J], (J, N_K))),
                (exp(2 * BUDGET[()] + ROUNDOFF / (1 - ROUNDOFF)) - 1) * total(ALPHA[J] * Abs(VALUE[J]), (J, N_K)),
            )
        ),
    ),
)
