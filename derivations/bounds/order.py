"""The order of summation, as far as a bound depends on it: the most additions that a term goes through on its way to
the sum.

    unknown          n − 1: whatever the order and the bracketing
    pairwise         b − 1 + ⌈log₂⌈n/b⌉⌉: a balanced tree over blocks of b terms (b = 1: over the terms), any order
                     within a block
    blocked          b − 1 + ⌈n/b⌉ − 1: blocks of b terms, any order within a block, the blocks' sums in any order

A block is never longer than the sum: b stands for min(b, n). Proved in the lemma ``order_of_summation``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal, get_args

from sympy import Expr, Integer, Max, Min, Mul, ceiling, log

Kind = Literal["unknown", "pairwise", "blocked"]


@dataclass(frozen=True)
class Order:
    """How every reduction is summed.

    kind   ``unknown``, ``pairwise``, ``blocked``
    block  terms in a block: a number ≥ 1 or a positive integer symbol; 1 in unknown order, where there are none

    Raises ValueError for an unknown kind, and for a block that is not at least 1 or not 1 in unknown order.
    """

    kind: Kind = "unknown"
    block: Expr | int = 1

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"unknown order of summation {self.kind!r}; expected one of {', '.join(get_args(Kind))}")
        block = Integer(self.block) if isinstance(self.block, int) else self.block
        if not (block.is_integer and block.is_positive):
            raise ValueError(f"a block has at least one term: expected an integer >= 1, got {self.block}")
        if self.kind == "unknown" and block != 1:
            raise ValueError(f"an unknown order has no blocks, got {self.block}")

    def additions(self, terms: Expr) -> Expr:
        """The most additions on the way of one of ``terms`` terms to their sum, an expression in the sizes."""
        if self.kind == "unknown":
            return terms - 1
        block = Integer(1) if self.block == 1 else Min(self.block, terms)
        blocks = terms if block == 1 else ceiling(terms / block)
        if self.kind == "blocked":
            return block + blocks - 2
        return block - 1 + ceiling(log(blocks, 2))

    def nested(self, sizes: Sequence[Expr]) -> Expr:
        """The same for a sum over several indices, one reduction after another or all of them in one."""
        together = self.additions(Mul(*sizes))
        if len(sizes) < 2 or self.kind == "unknown":  # (n − 1) + (m − 1) ≤ n m − 1
            return together
        apart = sum((self.additions(size) for size in sizes), Integer(0))
        if self.kind == "pairwise" and self.block == 1:  # ⌈log₂ n m⌉ ≤ ⌈log₂ n⌉ + ⌈log₂ m⌉
            return apart
        return Max(together, apart)

    def count(self, *sizes: int) -> int:
        """``nested`` at given sizes; 0 for a sum of one term."""
        return _count(self, sizes)

    def __str__(self) -> str:
        return self.kind if self.block == 1 else f"{self.kind} in blocks of {self.block}"


@lru_cache(maxsize=1 << 14)
def _count(order: Order, sizes: tuple[int, ...]) -> int:
    if order.kind == "unknown":
        total = 1
        for size in sizes:
            total *= size
        return total - 1
    return int(order.nested([Integer(size) for size in sizes]))


UNKNOWN: Final = Order()
PAIRWISE: Final = Order("pairwise")
