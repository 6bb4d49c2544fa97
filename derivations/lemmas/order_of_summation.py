"""How many additions a term goes through on its way to the sum: in any order, in a balanced tree, in blocks."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer, Symbol, expand, simplify

from attnproof.derivations.bounds.order import Order
from attnproof.derivations.lemmas.rounding import MORE_1, MORE_2, additions
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import nonnegative

DEPTH = Symbol("D", integer=True, nonnegative=True)
SPARE = Symbol("m", integer=True, nonnegative=True)
BLOCK = 1 + Symbol("b", integer=True, nonnegative=True)
BLOCKS = 1 + Symbol("c", integer=True, nonnegative=True)
N, M = 1 + MORE_1, 1 + MORE_2  # two numbers of terms
LARGEST_FORMULA = 16


def halves_fit(more: int) -> bool:
    """At most 2^(D + 1) terms, an even number ``2^(D + 1) - 2m`` or an odd one ``2^(D + 1) - 2m - 1``: the larger half
    of the odd ones, ``(n + more)/2``, has at most 2^D, and so have the halves of the even ones.
    """
    odd = 2 ** (DEPTH + 1) - 2 * SPARE - 1
    even_left = 2**DEPTH - (2 ** (DEPTH + 1) - 2 * SPARE) / 2
    return nonnegative(simplify(2**DEPTH - (odd + more) / 2)) and nonnegative(simplify(even_left))


def blocks_path(path: Expr) -> bool:
    """First through a block of b terms, then through c blocks, each in any order."""
    return bool(expand(path - (BLOCK - 1) - (BLOCKS - 1)) == 0)


def in_one_go(nested: Expr) -> bool:
    """A sum over n and then over m needs ``nested`` additions, no more than n m − 1, that of any order of all."""
    return nonnegative(expand(N * M - 1 - nested)) and bool(expand(nested - (N - 1) - (M - 1)) == 0)


def one_tree(levels: Expr) -> bool:
    """n, m <= 2^D terms in one tree: ``levels`` suffice."""
    return nonnegative(simplify(2**levels - 2 * 2**DEPTH))


def in_blocks_together(path: Expr) -> bool:
    """C and c' blocks of b terms in one sum: ``b + c + c' − 2`` additions, at most ``path``."""
    other = 1 + MORE_1
    return nonnegative(expand(path.subs(M, other) - (BLOCK + BLOCKS + other - 2)))


def formula(order: Order, expected: Expr) -> bool:
    """The order's number of additions, up to n = 16, against the longest path counted in the tree itself; at a power of
    two it is ``expected``.
    """
    counted = all(order.count(n) == _longest(order, n) for n in range(1, LARGEST_FORMULA + 1))
    return counted and order.count(LARGEST_FORMULA) == expected


def _longest(order: Order, terms: int) -> int:
    """The longest path, by building the sum."""
    block = min(int(order.block), terms)
    if order.kind == "unknown":
        return terms - 1
    parts = [min(block, terms - start) - 1 for start in range(0, terms, block)]  # each block in the worst order
    if order.kind == "blocked":
        return max(parts) + len(parts) - 1
    while len(parts) > 1:
        paired = [max(parts[k : k + 2]) + 1 for k in range(0, len(parts) - 1, 2)]
        parts = paired + parts[2 * len(paired) :]
    return parts[0]


LEMMA = Lemma(
    name="order_of_summation",
    title="Additions on the way to a sum",
    statement=(
        r"A term of a sum of n goes through at most $n - 1$ additions in any order, $\lceil \log_2 n \rceil$ in a "
        r"balanced tree, and $b - 1 + \lceil n/b \rceil - 1$ in blocks of $b \le n$ terms. Several sums added up, "
        r"$\sum_t$ of theirs and one for each addition cover also one sum over all their terms, in the same order."
    ),
    steps=(
        Step(
            "induction over the tree of additions, whatever it is",
            r"\max(n_1, n_2) + 1 => \le n_1 + n_2 + 1",
            partial(additions, MORE_1 + MORE_2 + 1),
            uses=("rounding",),
        ),
        Step(
            "balanced: the halves of at most 2^(D+1) terms have at most 2^D",
            r"n \le 2^{D + 1} => \lceil n/2 \rceil \le 2^D",
            partial(halves_fit, 1),
        ),
        Step(
            "in blocks: through the block, then through the blocks",
            "(b - 1) + (c - 1) => b + c - 2",
            partial(blocks_path, BLOCK + BLOCKS - 2),
        ),
        Step(
            "one index after another takes no more than all of them in any order",
            r"(n - 1) + (m - 1) => \le nm - 1",
            partial(in_one_go, N + M - 2),
        ),
        Step(
            "two sums in one tree: one level more than the larger",
            r"n, m \le 2^D => n + m \le 2^{D + 1}",
            partial(one_tree, DEPTH + 1),
        ),
        Step(
            "two sums in one, in blocks",
            r"b + c + c' - 2 => \le (b + c - 2) + (b + c' - 2) + 1",
            partial(in_blocks_together, (BLOCK + BLOCKS - 2) + (BLOCK + M - 2) + 1),
        ),
        Step(
            "the formulas against sums that are built, up to 16 terms",
            r"\lceil \log_2 16 \rceil => 4",
            partial(formula, Order("pairwise"), Integer(4)),
        ),
        Step(
            "in blocks of 5, and a tree over such blocks",
            r"4 + \lceil 16/5 \rceil - 1,\quad 4 + \lceil \log_2 \lceil 16/5 \rceil \rceil => 7,\ 6",
            lambda: formula(Order("blocked", 5), Integer(7)) and formula(Order("pairwise", 5), Integer(6)),
        ),
    ),
    altered={
        "no addition for the last two parts": partial(additions, MORE_1 + MORE_2),
        "halves of one term more": partial(halves_fit, 3),
        "one addition fewer in blocks": partial(blocks_path, BLOCK + BLOCKS - 3),
        "two sums in a tree no higher": partial(one_tree, DEPTH),
        "one addition fewer over two indices": partial(in_one_go, N + M - 3),
        "two sums in blocks without their blocks": partial(in_blocks_together, BLOCKS + M - 2),
        "three levels for 16 terms": partial(formula, Order("pairwise"), Integer(3)),
    },
    references=("Higham 2002, Accuracy and Stability of Numerical Algorithms, sections 4.1 and 4.2",),
)
