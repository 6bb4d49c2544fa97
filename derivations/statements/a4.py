"""A4, formally: partial softmax results (maximum, sum, weighted sum) and their merge, in exact arithmetic.

Merges are written as arrays over pairs and triples of blocks, so that the order of the blocks stays in the formula.
"""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, Max, Symbol, exp

from attnproof.derivations.language.largest import largest
from attnproof.derivations.language.notation import D_V, N_K, P, Tensor, index, size
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Index,
    Number,
    Proposition,
    Size,
    Stated,
    Where,
    eq,
    lt,
)
from attnproof.derivations.statements._a4_rounding import ROUNDING
from attnproof.derivations.statements._parts import ALPHA, SCORES, softmax

N, N_1, N_2 = size("n"), size("n_1"), size("n_2")  # blocks; keys of two blocks
I, J, K, M, R, F = (index(letter) for letter in ("i", "j", "k", "h", "r", "f"))

HIGH, SUM, WEIGHTED = Tensor("high", "m", (N,)), Tensor("sum", "l", (N,)), Tensor("weighted", "o", (N,))
PAIR_HIGH, PAIR_SUM, PAIR_WEIGHTED = (Tensor(name, name, (N, N), "intermediate") for name in ("m2", "l2", "o2"))


def merged(high: Expr, one: tuple[Expr, Expr], other: tuple[Expr, Expr]) -> Expr:
    """Two sums, each with its maximum, brought to the maximum ``high`` and added."""
    return one[1] * exp(one[0] - high) + other[1] * exp(other[0] - high)


def pair(target: Tensor, sums: Tensor) -> Equation:
    """The sums of the merge of blocks r and f."""
    return Equation(target, (R, F), merged(PAIR_HIGH[R, F], (HIGH[R], sums[R]), (HIGH[F], sums[F])))


PAIRS: Final = (
    Equation(PAIR_HIGH, (R, F), Max(HIGH[R], HIGH[F])),
    pair(PAIR_SUM, SUM),
    pair(PAIR_WEIGHTED, WEIGHTED),
)


def triple(name: str, left: bool) -> tuple[Equation, Equation, Equation]:
    """The merge of blocks i, k and h, the first two first or the last two first."""
    high, sums, weighted = (Tensor(f"{part}_{name}", f"{part}_{name}", (), "intermediate") for part in ("m", "l", "o"))
    first, single = ((I, K), M) if left else ((K, M), I)

    def joined(pairs: Tensor, singles: Tensor) -> Expr:
        return merged(high[()], (PAIR_HIGH[first], pairs[first]), (HIGH[single], singles[single]))

    return (
        Equation(high, (), Max(PAIR_HIGH[first], HIGH[single])),
        Equation(sums, (), joined(PAIR_SUM, SUM)),
        Equation(weighted, (), joined(PAIR_WEIGHTED, WEIGHTED)),
    )


#: e^m of a block, which is 0 where the maximum is −∞, and of a merge
HEIGHT, HEIGHT_PAIR = Tensor("height", "u", (N,)), Tensor("height_of_two", "u2", (N, N), "intermediate")
TALLER: Final = Equation(HEIGHT_PAIR, (R, F), Max(HEIGHT[R], HEIGHT[F]))
FACTOR: Final = Symbol("x", real=True)

LEFT, RIGHT = triple("left", True), triple("right", False)


def blocks(body: Proposition, *others: Index) -> Proposition:
    """``body`` about any blocks, which need not come from keys."""
    return Every((Size(N), Array(HIGH), Array(SUM), Array(WEIGHTED), *others), Where(PAIRS, body))


def heights(body: Proposition) -> Proposition:
    """``body`` about two of any blocks that are kept with the heights in place of the maxima."""
    return Every((Size(N), *map(Array, (HEIGHT, SUM, WEIGHTED)), Index(I, N), Index(K, N)), Where((TALLER,), body))


ALL: Final = Tensor("scores", "e", (N_1 + N_2,))
VALUES: Final = Tensor("value", "V", (N_1 + N_2, D_V))


def block(name: str, first: Expr, count: Expr) -> tuple[Equation, Equation, Equation]:
    """Maximum, sum and weighted sum of ``count`` keys from key ``first`` on."""
    high, sums = (Tensor(f"{part}_{name}", f"{part}_{name}", (), "intermediate") for part in ("m", "l"))
    weighted = Tensor(f"o_{name}", f"o_{name}", (D_V,), "intermediate")
    term = exp(ALL[first + R] - high[()])
    return (
        Equation(high, (), largest(ALL[first + R], R, count)),
        Equation(sums, (), total(term, (R, count))),
        Equation(weighted, (P,), total(term * VALUES[first + R, P], (R, count))),
    )


FIRST, SECOND, WHOLE = block("a", Integer(0), N_1), block("b", N_1, N_2), block("all", Integer(0), N_1 + N_2)
LARGER: Final = Tensor("m_merged", "m_merged", (), "intermediate")


def of_both(part: int, at: tuple[Expr, ...]) -> Expr:
    """Sum or weighted sum of the merge of the two blocks."""
    high_a, high_b = FIRST[0].target[()], SECOND[0].target[()]
    return merged(LARGER[()], (high_a, FIRST[part].target[at]), (high_b, SECOND[part].target[at]))


VALUE: Final = Tensor("value", "V", (N_K, D_V))
HIGHEST: Final = Tensor("highest", "m", (), "intermediate")
KEPT, KEPT_WEIGHTED = Tensor("kept", "L", (), "intermediate"), Tensor("kept_weighted", "o", (D_V,), "intermediate")

STATEMENT: Final = (
    Stated(
        "commutative",
        "the merge of two blocks does not depend on their order",
        blocks(
            Both(tuple(eq(part[I, K], part[K, I]) for part in (PAIR_HIGH, PAIR_SUM, PAIR_WEIGHTED))),
            Index(I, N),
            Index(K, N),
        ),
    ),
    Stated(
        "associative",
        "the merge of three does not depend on which two come first",
        blocks(
            Where(
                (*LEFT, *RIGHT),
                Both(tuple(eq(a.target[()], b.target[()]) for a, b in zip(LEFT, RIGHT, strict=True))),
            ),
            Index(I, N),
            Index(K, N),
            Index(M, N),
        ),
    ),
    Stated(
        "as_in_one_pass",
        "the merge of two blocks of keys is what one pass over both gives, at all sizes",
        Every(
            (Size(N_1), Size(N_2), Size(D_V), Array(ALL), Array(VALUES), Index(J, D_V)),
            Where(
                (
                    *FIRST,
                    *SECOND,
                    *WHOLE,
                    Equation(LARGER, (), Max(FIRST[0].target[()], SECOND[0].target[()])),
                ),
                Both(
                    (
                        eq(LARGER[()], WHOLE[0].target[()]),
                        eq(of_both(1, ()), WHOLE[1].target[()]),
                        eq(of_both(2, (J,)), WHOLE[2].target[J]),
                    )
                ),
            ),
        ),
    ),
    Stated(
        "quotient_is_the_context",
        "the weighted sum over the sum is the context",
        Every(
            (Size(N_K), Size(D_V), Array(SCORES), Array(VALUE), Index(I, D_V)),
            Where(
                (
                    Equation(HIGHEST, (), largest(SCORES[R], R, N_K)),
                    Equation(KEPT, (), total(exp(SCORES[R] - HIGHEST[()]), (R, N_K))),
                    Equation(KEPT_WEIGHTED, (P,), total(exp(SCORES[R] - HIGHEST[()]) * VALUE[R, P], (R, N_K))),
                    softmax(),
                ),
                eq(KEPT_WEIGHTED[I] / KEPT[()], total(ALPHA[R] * VALUE[R, I], (R, N_K))),
            ),
        ),
    ),
    Stated(
        "heights_for_maxima",
        "a block may be kept with e^m for its maximum m: the same factors, and a merge has the larger one",
        Every(
            (Size(N), Array(HIGH), Index(I, N), Index(K, N)),
            Where(
                (PAIRS[0], Equation(HEIGHT, (R,), exp(HIGH[R])), TALLER),
                Both(
                    (
                        eq(HEIGHT_PAIR[I, K], exp(PAIR_HIGH[I, K])),
                        eq(HEIGHT[I] / HEIGHT_PAIR[I, K], exp(HIGH[I] - PAIR_HIGH[I, K])),
                        eq(HEIGHT[K] / HEIGHT_PAIR[I, K], exp(HIGH[K] - PAIR_HIGH[I, K])),
                    )
                ),
            ),
        ),
    ),
    Stated(
        "empty_is_neutral",
        "a block without keys, of maximum −∞, has the height 0: with the sums 0 it is neutral",
        heights(
            If(
                Both((lt(Integer(0), HEIGHT[I]), *(eq(part[K], Integer(0)) for part in (HEIGHT, SUM, WEIGHTED)))),
                Both(
                    (
                        eq(HEIGHT_PAIR[I, K], HEIGHT[I]),
                        *(
                            eq((sums[I] * HEIGHT[I] + sums[K] * HEIGHT[K]) / HEIGHT_PAIR[I, K], sums[I])
                            for sums in (SUM, WEIGHTED)
                        ),
                    )
                ),
            )
        ),
    ),
    Stated(
        "two_empty_ones_are_a_case_of_their_own",
        "in a merge of two blocks without keys the factor is 0/0: every number is as good",
        heights(
            If(
                Both((eq(HEIGHT[I], Integer(0)), eq(HEIGHT[K], Integer(0)))),
                Every((Number(FACTOR),), eq(FACTOR * HEIGHT_PAIR[I, K], HEIGHT[I])),
            ),
        ),
    ),
    *ROUNDING,
)

OUTSIDE: Final = ()
