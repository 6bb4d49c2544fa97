"""Which of a program's tensors are those of a derivation, decided one by one, each in terms of those before it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import Final

from sympy import Expr, IndexedBase

from attnproof.verify.reading.lifting.lift import Block
from attnproof.verify.reading.lifting.node import Node
from attnproof.verify.reading.lifting.normal import same
from attnproof.verify.reading.lifting.reference import Definition, Reference
from attnproof.verify.reading.lifting.writing import Writer

PLAIN: Final = frozenset({"leaf", "number", "mask", "largest"})


@dataclass
class Matching:
    """What a program has of a derivation.

    found    tensors of the derivation that some node of the program is, with the first such node
    """

    reference: Reference
    writer: Writer
    nodes: Sequence[Node]
    found: dict[str, Node] = field(default_factory=dict)

    @classmethod
    def of(cls, reference: Reference, writer: Writer, results: Iterable[Block]) -> Matching:
        """Go through the definitions in order, and name every node that is one of them."""
        nodes = list(dict.fromkeys(node for block in results for node in block.part.node.walk()))
        matching = cls(reference, writer, [node for node in nodes if node.kind not in PLAIN])
        for definition in reference.definitions:
            if len(reference.of(definition.tensor.name)) == 1:
                matching._look_for(definition)
        return matching

    @property
    def masks(self) -> Collection[IndexedBase]:
        """The masks that the program has."""
        return [tensor.base for tensor in self.writer.tensors.masks()]

    def equal(self, left: Expr, right: Expr) -> bool:
        """Whether two expressions are equal at every size."""
        weights = self.reference.tensors.get("weights")
        named = weights is not None and weights.name in self.found
        return same(left, right, self.masks, weights.base if named and weights else None)

    def wanted(self, definition: Definition) -> Expr:
        """The right-hand side of a definition, in terms of what was found."""
        return self.reference.written_out(definition.rhs, tuple(self.found))

    def is_(self, block: Block, definition: Definition) -> bool:
        """Whether a result's block is what the definition says, in terms of what was found, or written out whole."""
        for order in orders(block.part.node, definition, block.part.axes):
            named = self.writer.names.get(block.part.node)
            if named is not None and named[0] == definition.tensor and named[1] == block.part.axes:
                return True
            found = self.writer.write(block.part.node, order)
            if self.equal(found, self.wanted(definition)):
                return True
            whole = Writer(self.writer.tensors).write(block.part.node, order)
            if self.equal_written_out(whole, definition):
                return True
        return False

    def equal_written_out(self, whole: Expr, definition: Definition) -> bool:
        """The same with nothing named on either side."""
        return same(whole, self.reference.written_out(definition.rhs), self.masks)

    def _look_for(self, definition: Definition) -> None:
        wanted = self.wanted(definition)
        for node in self.nodes:
            if node in self.writer.names:
                continue
            for letters in orders(node, definition):
                if self.equal(self.writer.write(node, letters, openly=True), wanted):
                    order = tuple(definition.letters.index(letter) for letter in letters)
                    self.writer.name(node, definition.tensor, order)
                    self.found.setdefault(definition.tensor.name, node)
                    break


def orders(node: Node, definition: Definition, axes: tuple[int, ...] | None = None) -> Iterator[tuple[Expr, ...]]:
    """The letters of a definition for the axes of a node, in every order that their sizes allow.

    axes  where the node's axes stand in a result, which leaves one order
    """
    if axes is not None:
        if len(definition.letters) > max(axes, default=-1):
            yield tuple(definition.letters[axis] for axis in axes)
        return
    if sorted(map(str, node.sizes)) != sorted(map(str, definition.sizes)):
        return
    for order in permutations(range(len(node.sizes))):
        if all(node.sizes[k] == definition.sizes[at] for k, at in enumerate(order)):
            yield tuple(definition.letters[at] for at in order)
