"""Additions on the way to a sum, formally."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, Max

from attnproof.derivations.language.notation import Tensor, index, size
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Compare,
    Every,
    If,
    Index,
    Proposition,
    Size,
    Some,
    Stated,
    eq,
    le,
)
from attnproof.derivations.statements._parts import same
from attnproof.derivations.statements._rounding import BETWEEN, FIRST, LAST, by_parts, parts

N, M, BLOCK, BLOCKS, OTHER = (size(letter) for letter in ("n", "m", "b", "s", "t"))
LEVELS, MORE = index("K"), index("L")
WHOLE, LARGER, SMALLER = index("k"), index("i"), index("j")
BALANCED: Final = Tensor("levels", "g", (N + 1,))


def most(name: str, letter: str, count: Expr) -> Tensor:
    """By part of ``count`` terms: through how many additions a term of it goes at most."""
    return parts(name, letter, count)


def counted(additions: Tensor) -> Proposition:
    """A single term goes through none; in a part joined of two it is one more than in the one where there are more."""
    whole, front, back = additions[FIRST, LAST], additions[FIRST, BETWEEN], additions[BETWEEN, LAST]
    count = additions.shape[0] - 1
    return by_parts(count, (eq(whole, Integer(0)),), (eq(whole, 1 + Max(front, back)),))


ALL, IN_BLOCK, OF_BLOCKS, BOTH_SUMS = (
    most("additions", "G", N),
    most("additions_in_block", "G", BLOCK),
    most("additions_of_blocks", "H", BLOCKS),
    most("additions_of_both", "G", N + M),
)
HALVED: Final = Every(
    (Index(WHOLE, N + 1),),
    If(
        Compare(Integer(2), "≤", WHOLE, whole=True),
        Some(
            (Index(LARGER, N + 1), Index(SMALLER, N + 1)),
            Both(
                (
                    same(LARGER + SMALLER, WHOLE),
                    Compare(SMALLER, "≤", LARGER, whole=True),
                    Compare(LARGER, "≤", SMALLER + 1, whole=True),
                    eq(BALANCED[WHOLE], 1 + Max(BALANCED[LARGER], BALANCED[SMALLER])),
                )
            ),
        ),
    ),
)

STATEMENT: Final = (
    Stated(
        "any_order",
        "a term of a sum of n goes through at most n − 1 additions in any order",
        Every((Size(N), Array(ALL)), If(counted(ALL), le(ALL[0, N], N - 1))),
    ),
    Stated(
        "balanced",
        "in a balanced tree, in which halves differ by one term at most, through K where n is at most 2^K",
        Every(
            (Size(N), Size(LEVELS, 0), Array(BALANCED)),
            If(
                Both((eq(BALANCED[1], Integer(0)), HALVED, le(N, Integer(2) ** LEVELS))),
                le(BALANCED[N], LEVELS),
            ),
        ),
    ),
    Stated(
        "blocks",
        "in s blocks of b terms, each in any order, through at most b − 1 in its block and s − 1 of blocks",
        Every(
            (Size(BLOCK), Size(BLOCKS), Array(IN_BLOCK), Array(OF_BLOCKS)),
            If(
                Both((counted(IN_BLOCK), counted(OF_BLOCKS))),
                le(IN_BLOCK[0, BLOCK] + OF_BLOCKS[0, BLOCKS], BLOCK + BLOCKS - 2),
            ),
        ),
    ),
    Stated(
        "both_in_any_order",
        "two sums, of n and m, added up: n − 1, m − 1 and 1 are enough for one sum of all n + m",
        Every((Size(N), Size(M), Array(BOTH_SUMS)), If(counted(BOTH_SUMS), le(BOTH_SUMS[0, N + M], N + M - 1))),
    ),
    Stated(
        "both_balanced",
        "K, L and 1 are in balanced trees",
        Every(
            (Size(N), Size(M), Size(LEVELS, 0), Size(MORE, 0)),
            If(
                Both((le(N, Integer(2) ** LEVELS), le(M, Integer(2) ** MORE))),
                le(N + M, Integer(2) ** (LEVELS + MORE + 1)),
            ),
        ),
    ),
    Stated(
        "both_in_blocks",
        "b + s − 2, b + t − 2 and 1 are in blocks: all terms are in s + t of them, for which b + s + t − 2 are enough",
        Every(
            (Size(N), Size(M), Size(BLOCK), Size(BLOCKS), Size(OTHER)),
            If(
                Both((le(N, BLOCKS * BLOCK), le(M, OTHER * BLOCK))),
                Both(
                    (
                        le(N + M, (BLOCKS + OTHER) * BLOCK),
                        le(BLOCK + BLOCKS + OTHER - 2, (BLOCK + BLOCKS - 2) + (BLOCK + OTHER - 2) + 1),
                    )
                ),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
