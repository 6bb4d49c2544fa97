"""What the kinds of nodes need of the lifter: lifting what they are made of."""

from __future__ import annotations

from typing import Protocol

from sympy import Expr

from attnproof.verify.reading.lifting.elements import Elements
from attnproof.verify.reading.lifting.node import Node, Part
from attnproof.verify.reading.lifting.pairs import Pairs
from attnproof.verify.reading.lifting.patterns import Patterns
from attnproof.verify.reading.lifting.sizes import Sizes
from attnproof.verify.recording.recording import Operation


class Lifts(Protocol):
    """Lifts arrays of elements of two recordings."""

    runs: tuple[Elements, Elements]
    sizes: Sizes
    patterns: Patterns

    def part(self, ids: Pairs) -> Part:
        """The node of these elements, and which of their axes it has."""

    def axes(self, ids: Pairs) -> tuple[Expr, ...]:
        """The sizes of the axes."""

    def operations(self, ids: Pairs) -> list[Operation]:
        """Those that define the elements of both recordings."""

    def summed(self, ids: Pairs, rows: list[Pairs], where: str) -> Node:
        """``Σ`` of the product of ``rows``, over the axes that they have behind those of ``ids``."""
