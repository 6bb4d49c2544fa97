"""The labels of an equation's indices, as ``einsum`` wants them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from string import ascii_lowercase

from sympy import Symbol

from attnproof.verify.bounds.operand import BATCH


@dataclass(frozen=True)
class Axes:
    """Index symbols with their labels and lengths; ``free`` are those of the result, in order."""

    free: Mapping[Symbol, None]
    ranges: Mapping[Symbol, int]

    def letter(self, symbol: Symbol) -> str:
        """The label of an index. Raises ValueError for one that has no axis."""
        if symbol not in self._letters:
            raise ValueError(f"no axis for the index {symbol}")
        return self._letters[symbol]

    @cached_property
    def _letters(self) -> dict[Symbol, str]:
        # looked up by hash: SymPy's == costs more than everything else that is done with a label
        return dict(zip(self.ranges, ascii_lowercase, strict=False))

    @cached_property
    def lengths(self) -> Mapping[str, int]:
        """The length of every label."""
        return {self._letters[symbol]: length for symbol, length in self.ranges.items()}

    def out(self, *, batched: bool) -> str:
        """The labels of the result."""
        return BATCH * batched + "".join(self.letter(symbol) for symbol in self.free)

    def extended(self, more: Mapping[Symbol, int]) -> Axes:
        """The same with further indices, that are summed."""
        return Axes(self.free, {**self.ranges, **more})

    def restricted(self, symbols: set[Symbol]) -> Axes:
        """The same labels, with only the given symbols as free ones."""
        return Axes(dict.fromkeys(s for s in self.ranges if s in symbols), self.ranges)
