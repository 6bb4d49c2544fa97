"""Two recordings of one program, walked backwards in step, as tensors made of tensors.

A node is an array of element numbers in each recording. Everything that moves numbers is gone already
(``elements``); what is left is one operation for all elements of a node, or a few kinds of mixture: a mask, a
concatenation, a choice by value that is a function (``mixtures``), a sum that the program unrolled (``unrolled``).
Anything else is no index notation, and the error names the line.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import numpy as np
from sympy import Expr, Integer

from attnproof.verify.reading.lifting import mixtures, unrolled
from attnproof.verify.reading.lifting.affine import place
from attnproof.verify.reading.lifting.elements import BROUGHT, REDUCING, Elements
from attnproof.verify.reading.lifting.largest import largest
from attnproof.verify.reading.lifting.node import Leaf, Node, Part
from attnproof.verify.reading.lifting.pairs import (
    CutError,
    Lengths,
    Pairs,
    SplitError,
    each,
    pieces,
    reduced,
    sliced,
    unmerged,
)
from attnproof.verify.reading.lifting.patterns import Patterns
from attnproof.verify.reading.lifting.sizes import CannotLiftError, Sizes
from attnproof.verify.recording.recording import Operation, Values

DEPTH: Final = 100  # of the operations on each other; each takes up to six of the 1000 calls that Python has
ELEMENTS: Final = 10**7  # of both recordings, each time they are asked for; programs have some 10⁴ of them


@dataclass(frozen=True)
class Block:
    """A part of a result: on each axis where it starts, and its length."""

    starts: tuple[Expr, ...]
    part: Part


class Lifter:
    """Lifts results; what two of them share is one node."""

    def __init__(self, runs: tuple[Elements, Elements], sizes: Sizes, patterns: Patterns) -> None:
        self.runs, self.sizes, self.patterns = runs, sizes, patterns
        self.values: dict[Node, Values] = {}  # of the first recording, in fp64, over the node's axes
        self._found: dict[bytes, Node | CannotLiftError | CutError | SplitError] = {}
        self._open: set[bytes] = set()  # what is being lifted
        self._elements = 0  # gone through

    def result(self, ids: Pairs) -> tuple[Block, ...]:
        """A result, in blocks. Raises CannotLiftError."""
        return self._blocks(ids, (Integer(0),) * ids[0].ndim)

    def _blocks(self, ids: Pairs, starts: tuple[Expr, ...]) -> tuple[Block, ...]:
        try:
            return (Block(starts, self.part(ids)),)
        except CutError as error:
            found: list[Block] = []
            for start, stop in pieces(_lengths(ids, error.axis), error.cuts):
                moved = list(starts)
                moved[error.axis] += self.sizes.whole(start)
                found += self._blocks(sliced(ids, error.axis, start, stop), tuple(moved))
            return tuple(found)
        except SplitError as error:
            raise CannotLiftError("a result whose axis is made of two") from error

    def part(self, ids: Pairs) -> Part:
        """The node of these elements, and which of their axes it has.

        Raises CannotLiftError, and CutError or SplitError for an axis that has to be taken in pieces.
        """
        ids = each(self.runs[0].source, (ids[0], ids[0]))[0], self.runs[1].source(ids[1])
        own, axes = reduced(ids)
        key = hashlib.sha256()
        for array in own:
            key.update(repr(array.shape).encode() + array.tobytes())
        found = self._found.get(key.digest())
        if found is None:
            found = self._found[key.digest()] = self._lifted(own, key.digest())
        if isinstance(found, CutError):
            raise CutError(axes[found.axis], found.cuts)
        if isinstance(found, SplitError):
            raise SplitError(axes[found.axis], found.outer, found.inner)
        if isinstance(found, CannotLiftError):
            raise found
        return Part(found, axes)

    def _lifted(self, own: Pairs, key: bytes) -> Node | CannotLiftError | CutError | SplitError:
        """The node of elements that have not been asked for before, or what stands against it. It ends: nothing is made
        of itself, no deeper than DEPTH, and of no more elements than ELEMENTS.
        """
        self._elements += own[0].size + own[1].size
        if self._elements > ELEMENTS:
            return CannotLiftError(f"more than {ELEMENTS} elements to go through")
        if len(self._open) >= DEPTH:
            return CannotLiftError(f"more than {DEPTH} operations on each other")
        if key in self._open:
            return CannotLiftError("the largest of elements that it is used for")
        self._open.add(key)
        try:
            node = self._node(own)
        except (CannotLiftError, CutError, SplitError) as error:
            return error
        finally:
            self._open.remove(key)
        self.values[node] = self.runs[0].real[own[0]]
        return node

    def made(self, kind: str, ids: Pairs, *inputs: Pairs, where: str = "", value: object = None) -> Node:
        """A node over the axes of ``ids``, made of others over the same axes."""
        return Node(kind, self.axes(ids), tuple(self.part(each_input) for each_input in inputs), (), value, where)

    def axes(self, ids: Pairs) -> tuple[Expr, ...]:
        """The sizes of the axes."""
        return tuple(self.sizes.whole((a, b)) for a, b in zip(ids[0].shape, ids[1].shape, strict=True))

    def operations(self, ids: Pairs) -> list[Operation]:
        """Those that define the elements of both recordings."""
        return [operation for run, part in zip(self.runs, ids, strict=True) for operation in run.those(part)]

    def inputs(self, ids: Pairs, at: int) -> Pairs:
        """What elementwise operations made the elements of."""
        return self.runs[0].made_of(ids[0], at), self.runs[1].made_of(ids[1], at)

    def summed(self, ids: Pairs, rows: list[Pairs], where: str) -> Node:
        """``Σ`` of the product of ``rows``, over the axes that they have behind those of ``ids``."""
        own = ids[0].ndim
        for axis in range(own, rows[0][0].ndim):
            if orders := self.sizes.merged(_lengths(rows[0], axis)):
                return self._in_some_order(ids, rows, axis, orders, where)
        try:
            bound = tuple(
                self.sizes.whole((a, b)) for a, b in zip(rows[0][0].shape[own:], rows[0][1].shape[own:], strict=True)
            )
            return Node("sum", self.axes(ids), tuple(self.part(row) for row in rows), bound, None, where)
        except CutError as error:
            if error.axis < own:
                raise
            parts = []
            for start, stop in pieces(_lengths(rows[0], error.axis), error.cuts):
                node = self.summed(ids, [sliced(row, error.axis, start, stop) for row in rows], where)
                parts.append(Part(node, tuple(range(own))))
            return Node("add", self.axes(ids), tuple(parts), (), None, where)
        except SplitError as error:
            if error.axis < own:
                raise
            return self.summed(ids, [unmerged(row, error.axis, (error.outer, error.inner)) for row in rows], where)

    def _in_some_order(
        self, ids: Pairs, rows: list[Pairs], axis: int, orders: list[tuple[Lengths, ...]], where: str
    ) -> Node:
        """The sum over several axes that the program merged into one, in the order in which that can be lifted."""
        errors = []
        for order in orders:
            try:
                return self.summed(ids, [unmerged(row, axis, order) for row in rows], where)
            except CannotLiftError as error:
                errors.append(error)
        raise errors[0]

    def _node(self, ids: Pairs) -> Node:
        if (node := largest(self, ids)) is not None:
            return node
        labels = (mixtures.labels(self.runs[0], ids[0]), mixtures.labels(self.runs[1], ids[1]))
        names = {*labels[0].values(), *labels[1].values()}
        if len(names) > 1 and not all(name.startswith("constant") for name in names):
            if (node := unrolled.unrolled(self, ids)) is not None:
                return node
            _check_alike(set(labels[0].values()), set(labels[1].values()), self.operations(ids)[0].where)
            return mixtures.mixed(self, ids, labels)
        operation = self.runs[0].those(ids[0])[0]
        name = operation.name
        if name == "add" and (node := unrolled.unrolled(self, ids)) is not None:
            return node
        if name in BROUGHT:
            return self._brought(ids, operation)
        if name in REDUCING:
            rows = [run.rows(part) for run, part in zip(self.runs, ids, strict=True)]
            return self.summed(ids, list(zip(*rows, strict=True)), operation.where)
        value = None
        if name == "power":
            value = self.sizes.number(self._exponents(ids))
        return self.made(name, ids, *self._all(ids, operation), where=operation.where, value=value)

    def _exponents(self, ids: Pairs) -> tuple[float, float]:
        found = [
            {float(operation.attributes["exponent"]) for operation in run.those(part)}
            for run, part in zip(self.runs, ids, strict=True)
        ]
        if any(len(those) > 1 for those in found):
            raise CannotLiftError("powers with different exponents side by side", self.operations(ids)[0].where)
        return found[0].pop(), found[1].pop()

    def _all(self, ids: Pairs, operation: Operation) -> list[Pairs]:
        return [self.inputs(ids, at) for at in range(len(operation.inputs))]

    def _brought(self, ids: Pairs, operation: Operation) -> Node:
        """An input or a constant."""
        if operation.name == "opaque":
            raise CannotLiftError(
                f"{operation.attributes.get('called', operation.library)}: no rule says what it computes",
                operation.where,
            )
        if operation.name == "constant":
            values = self.runs[0].values(ids[0]), self.runs[1].values(ids[1])
            if all((part == part.flat[0]).all() for part in values):
                pair = float(values[0].flat[0]), float(values[1].flat[0])
                if not np.isfinite(pair).all():
                    raise CannotLiftError(f"the constant {pair[0]}", operation.where)
                return Node("number", self.axes(ids), (), (), self.sizes.number(pair), operation.where)
            if (node := mixtures.zeros_and_infinities(self, ids, values)) is not None:
                return node
        own = [run.those(part) for run, part in zip(self.runs, ids, strict=True)]
        if any(len(operations) > 1 for operations in own):
            raise CannotLiftError("a table that was made in pieces", operation.where)
        places = zip(*(run.places(part, op[0]) for run, part, op in zip(self.runs, ids, own, strict=True)), strict=True)
        where = tuple(place((a, b), self.sizes, operation.where) for a, b in places)
        if operation.name == "input":
            return Node("leaf", self.axes(ids), (), (), Leaf(True, operation.attributes["name"], where))
        shape = self.axes((own[0][0].output, own[1][0].output))
        name = operation.attributes.get("name") or f"a table of the program, {operation.where}".rstrip(", ")
        table = self.runs[0].values(own[0][0].output)
        key = f"table {own[0][0].output.flat[0]}"
        return Node("leaf", self.axes(ids), (), (), Leaf(False, name, where, shape, table, key), operation.where)


def _check_alike(first: set[str], second: set[str], where: str) -> None:
    """Raise CannotLiftError where the program does one thing at one set of sizes and another at the other."""
    if first.isdisjoint(second):
        raise CannotLiftError(
            f"{', '.join(sorted(first))} at one set of sizes, {', '.join(sorted(second))} at another (a loop whose "
            "steps depend on sizes?)",
            where,
        )


def _lengths(ids: Pairs, axis: int) -> tuple[int, int]:
    return ids[0].shape[axis], ids[1].shape[axis]
