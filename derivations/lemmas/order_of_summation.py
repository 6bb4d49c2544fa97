"""How many additions a term goes through on its way to the sum: in any order, in a balanced tree, in blocks."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, Symbol, symbols

from attnproof.derivations.bounds.order import Kind, Order
from attnproof.derivations.lemmas.rounding import MORE_1, MORE_2, additions
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.met import Because
from attnproof.derivations.proof.rules import All, Computed, Sign, Solver
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import eq, le

DEPTH = Symbol("D", integer=True, nonnegative=True)
SPARE = Symbol("m", integer=True, nonnegative=True)
N, M, Q, BLOCK, BLOCKS, OTHER, INSIDE, OUTSIDE = symbols("n m q b c d s t", real=True)
SOME_TERMS = (le(Integer(1), N), le(Integer(1), M))
MOST = 16  # terms of the sums that are built
#: by kind and block: the most additions on the way for 1, 2 … 16 terms
COUNTS: Final[dict[tuple[Kind, int], tuple[int, ...]]] = {
    ("pairwise", 1): (0, 1, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4),
    ("blocked", 5): (0, 1, 2, 3, 4, 5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 7),
    ("pairwise", 5): (0, 1, 2, 3, 4, 5, 5, 5, 5, 5, 6, 6, 6, 6, 6, 6),
}


def by_formula(kind: Kind, block: int, most: int) -> tuple[int, ...]:
    """The order's number of additions for 1, 2 … ``most`` terms."""
    order = Order(kind, block)
    return tuple(order.count(terms) for terms in range(1, most + 1))


def by_building(kind: Kind, block: int, most: int) -> tuple[int, ...]:
    """The same as the longest path in a tree of additions that is built."""
    return tuple(_longest(kind, block, terms) for terms in range(1, most + 1))


def _longest(kind: Kind, block: int, terms: int) -> int:
    block = min(block, terms)
    parts = [min(block, terms - start) - 1 for start in range(0, terms, block)]  # each block in the worst order
    if kind == "blocked":
        return max(parts) + len(parts) - 1
    while len(parts) > 1:
        paired = [max(parts[k : k + 2]) + 1 for k in range(0, len(parts) - 1, 2)]
        parts = paired + parts[2 * len(paired) :]
    return parts[0]


def halves_fit(more: int) -> Sign:
    """Of an odd number n of terms, ``2^(D + 1) − 2m − 1``, the larger half ``(n + more)/2`` has at most 2^D; so have
    the halves of the even number after it.
    """
    odd = 2 ** (DEPTH + 1) - 2 * SPARE - 1
    return Sign((odd + more) / 2, "≤", 2**DEPTH)


def blocks_path(path: Expr) -> Solver:
    """First s additions through a block of b terms, then t through c blocks, each in any order."""
    return Solver(eq(INSIDE + OUTSIDE, path), (eq(INSIDE, BLOCK - 1), eq(OUTSIDE, BLOCKS - 1)))


def in_one_go(nested: Expr) -> Solver:
    """A sum over n and then over m: ``nested`` additions are no more than n m − 1, that of any order of all."""
    return Solver(le(nested, N * M - 1), SOME_TERMS)


def one_tree(levels: Expr) -> Solver:
    """n, m <= q = 2^D terms in one tree: at most ``levels``."""
    return Solver(le(N + M, levels), (le(N, Q), le(M, Q)))


def in_blocks_together(path: Expr) -> Solver:
    """C and d blocks of b terms in one sum: ``b + c + d − 2`` additions, at most ``path``."""
    return Solver(le(BLOCK + BLOCKS + OTHER - 2, path), (le(Integer(1), BLOCK),))


def counted(kind: Kind, block: int, counts: tuple[int, ...]) -> All:
    """``counts`` by the formula in use and in sums that are built."""
    arguments = (kind, block, MOST)
    here = "lemmas.order_of_summation:"
    return All((Computed(f"{here}by_formula", arguments, counts), Computed(f"{here}by_building", arguments, counts)))


LEMMA = Lemma(
    name="order_of_summation",
    title="Additions on the way to a sum",
    statement=(
        r"A term of a sum of n goes through at most $n - 1$ additions in any order, $\lceil \log_2 n \rceil$ in a "
        r"balanced tree, and $b - 1 + \lceil n/b \rceil - 1$ in blocks of $b \le n$ terms. Several sums added up, "
        r"$\sum_t$ of theirs and one for each addition cover also one sum over all their terms, in the same order."
    ),
    met={
        "rounding": {
            "Binary format with p bits and subnormals, round to nearest with ties to even, no overflow.": (
                Because("only the tree of additions is used and how many a term goes through, which needs no format"),
            ),
        },
    },
    steps=(
        closed(
            "induction over the tree of additions, whatever it is",
            additions(MORE_1 + MORE_2 + 1),
            uses=("rounding",),
        ),
        closed("balanced: the larger half of 2^(D + 1) − 2m terms, or one fewer, has at most 2^D", halves_fit(1)),
        closed("in blocks: through the block, then through the blocks", blocks_path(BLOCK + BLOCKS - 2)),
        closed("one index after another takes no more than all of them in any order", in_one_go((N - 1) + (M - 1))),
        closed("two sums of at most q = 2^D terms in one tree: one level more, for 2q = 2^(D + 1)", one_tree(2 * Q)),
        closed(
            "two sums in one, of c and of d blocks of b terms: no more than those of both and one",
            in_blocks_together((BLOCK + BLOCKS - 2) + (BLOCK + OTHER - 2) + 1),
        ),
        *(
            closed(
                f"{kind}, blocks of {block}: the formula in use, and sums that are built", counted(kind, block, counts)
            )
            for (kind, block), counts in COUNTS.items()
        ),
    ),
    altered={
        "no addition for the last two parts": additions(MORE_1 + MORE_2),
        "halves of one term more": halves_fit(3),
        "one addition fewer in blocks": blocks_path(BLOCK + BLOCKS - 3),
        "two sums in a tree no higher": one_tree(Q),
        "all in one order with one addition fewer": in_one_go(N + M - 1),
        "two sums in blocks without the last addition": in_blocks_together((BLOCK + BLOCKS - 2) + (OTHER - 1)),
        "three levels for 16 terms": counted("pairwise", 1, (*COUNTS["pairwise", 1][:-1], 3)),
    },
    references=("Higham 2002, Accuracy and Stability of Numerical Algorithms, sections 4.1 and 4.2",),
)
