"""Which of a program's tensors are those of a derivation, decided one by one, each in terms of those before it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import Final

import numpy as np
from sympy import Add, Expr, Indexed, IndexedBase, Integer, Mul, Symbol

from attnproof.derivations.calculus.effort import decided
from attnproof.derivations.language.notation import index
from attnproof.verify.reading.lifting.lift import Block
from attnproof.verify.reading.lifting.node import Node
from attnproof.verify.reading.lifting.normal import MOST_STEPS, same
from attnproof.verify.reading.lifting.numeric import Numbers, close
from attnproof.verify.reading.lifting.reference import Definition, Reference
from attnproof.verify.reading.lifting.writing import Writer
from attnproof.verify.recording.recording import Values

# What is 0 by algebra is computed as less than this from numbers of ordinary size.
TINY: Final = 1e-9
PLAIN: Final = frozenset({"leaf", "number", "mask", "largest"})


@dataclass
class Matching:
    """What a program has of a derivation.

    numbers  of the first recording: what was handed over, what the program brought, and the derivation's tensors
    values   of the program's nodes there
    found    tensors of the derivation that some node of the program is, with the first such node
    """

    reference: Reference
    writer: Writer
    numbers: Numbers
    values: Mapping[Node, Values]
    found: dict[str, Node] = field(default_factory=dict)
    absorbing: set[IndexedBase] = field(default_factory=set)  # tensors with a factor e^M for every mask

    def go_through(self, results: Iterable[Block], definitions: Iterable[Definition]) -> None:
        """Look for each definition in turn below these results, and name every node that is one of them."""
        nodes = dict.fromkeys(node for block in results for node in block.part.node.walk())
        candidates = [node for node in nodes if node.kind not in PLAIN]
        for node in candidates:
            self._look_for_zero(node)
        for definition in definitions:
            self._evaluate(definition)
            if self._absorbs(definition):
                self.absorbing.add(definition.tensor.base)
            if len(self.reference.of(definition.tensor.name)) == 1:
                self._look_for(definition, candidates)

    def _absorbs(self, definition: Definition) -> bool:
        """Whether a tensor is 0 wherever a mask holds a key back: the weights, and what they are a factor of."""
        if definition.tensor.name == "weights":
            return True
        return all(
            any(
                isinstance(factor, Indexed) and factor.base in self.absorbing and factor.indices == definition.letters
                for factor in Mul.make_args(term)
            )
            for term in Add.make_args(definition.rhs)
        )

    def _evaluate(self, definition: Definition) -> None:
        """The derivation's own numbers."""
        base = definition.tensor.base
        values = self.numbers.of(definition.rhs, definition.axes)
        if not definition.tensor.shape or not any(definition.starts):
            whole = tuple(self.numbers.whole(size) for size in definition.tensor.shape)
            self.numbers.tensors[base] = values if values.shape == whole else np.full(whole, np.nan)
        if definition.tensor.shape:
            starts = [self.numbers.whole(start) for start in definition.starts]
            where = tuple(slice(start, start + n) for start, n in zip(starts, values.shape, strict=True))
            self.numbers.tensors[base][where] = values

    def _has_values(self, node: Node, letters: tuple[Expr, ...], definition: Definition) -> bool:
        """Whether a node, at these indices, has the definition's numbers."""
        wanted = self.numbers.of(definition.rhs, definition.axes)
        own = self.values.get(node)
        if own is None:  # made here, of what the program has
            return False
        order = sorted(range(len(letters)), key=lambda k: definition.letters.index(letters[k]))
        shape = [n if letter in letters else 1 for letter, n in zip(definition.letters, wanted.shape, strict=True)]
        moved = own.transpose(order)
        if sorted(moved.shape) != sorted(n for n in shape if n != 1) and moved.size != int(np.prod(shape)):
            return False
        return close(np.broadcast_to(moved.reshape(shape), wanted.shape), wanted)

    @property
    def masks(self) -> Collection[IndexedBase]:
        """The masks that the program has."""
        return [tensor.base for tensor in self.writer.tensors.masks()]

    def equal(self, left: Expr, right: Expr) -> bool:
        """Whether two expressions are equal at every size."""
        named = [base for base in self.absorbing if any(self.reference.tensors[n].base == base for n in self.found)]
        return same(left, right, self.masks, named)

    def wanted(self, definition: Definition) -> Expr:
        """The right-hand side of a definition, in terms of what was found."""
        return self.reference.written_out(definition.rhs, tuple(self.found))

    def _is(self, node: Node, letters: tuple[Symbol, ...], definition: Definition, *, openly: bool = False) -> bool:
        """Whether a node is what the definition says: in terms of all that was found, or only of what stands in it."""
        return decided(lambda: self._says(self.writer.write(node, letters, openly=openly), definition), MOST_STEPS)

    def _says(self, lifted: Expr, definition: Definition) -> bool:
        if self.equal(lifted, self.wanted(definition)):
            return True
        here = {element.base for element in lifted.atoms(Indexed)}
        keep = tuple(name for name in self.found if self.reference.tensors[name].base in here)
        return len(keep) < len(self.found) and self.equal(lifted, self.reference.written_out(definition.rhs, keep))

    def is_(self, block: Block, definition: Definition) -> bool:
        """Whether a result's block is what the definition says."""
        part = block.part
        for order in orders(part.node, definition, part.axes):
            named = self.writer.names.get(part.node)
            if named is not None and named[0] == definition.tensor and named[1] == part.axes:
                return True
            if not self.agrees(block, definition):
                return False
            if self._is(part.node, order, definition) or self._is_written_out(part.node, order, definition):
                return True
        return False

    def agrees(self, block: Block, definition: Definition) -> bool:
        """Whether a result's block has the definition's numbers in the first recording."""
        return any(
            self._has_values(block.part.node, order, definition)
            for order in orders(block.part.node, definition, block.part.axes)
        )

    def _is_written_out(self, node: Node, letters: tuple[Symbol, ...], definition: Definition) -> bool:
        """The same with nothing named on either side."""
        writer = Writer(self.writer.tensors, zeros=self.writer.zeros)

        def says() -> bool:
            return same(writer.write(node, letters), self.reference.written_out(definition.rhs), self.masks)

        return decided(says, MOST_STEPS)

    def _look_for_zero(self, node: Node) -> None:
        """Write a node as 0 where it is: what flows back through a maximum that cancels, say."""
        values = self.values.get(node)
        if values is None or node in self.writer.zeros or np.abs(np.nan_to_num(values, nan=1, posinf=1)).max() > TINY:
            return
        letters = tuple(index(f"z{axis}") for axis in range(len(node.sizes)))
        if decided(lambda: self.equal(self.writer.write(node, letters, openly=True), Integer(0)), MOST_STEPS):
            self.writer.zero(node)

    def _look_for(self, definition: Definition, nodes: Sequence[Node]) -> None:
        for node in nodes:
            if node in self.writer.names:
                continue
            for letters in orders(node, definition):
                if self._has_values(node, letters, definition) and self._is(node, letters, definition, openly=True):
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
