"""Where elements come from: one recording, asked backwards.

What only moves numbers left no trace in a recording but which element stands where; so asking "which elements was this
made of" goes straight from operation to operation, whatever views, copies and loops lay between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from attnproof.verify.reading.lifting.sizes import CannotLiftError
from attnproof.verify.reading.rounding.linear import value
from attnproof.verify.recording.recording import Ids, Operation, Recording, Values

REDUCING: Final = frozenset({"sum", "matmul", "cumsum", "product", "segment_sum"})
PICKING: Final = frozenset({"max", "shift", "sort"})  # choices whose outcome may be the largest of a row
TABLED: Final = frozenset({"cos", "sin", "power", "exp"})  # of constants that vary: a table
BROUGHT: Final = frozenset({"input", "constant", "opaque"})  # they have no inputs


@dataclass(frozen=True, eq=False)
class Rows:
    """Elements that are the largest of a row among which the program chose.

    chosen  their numbers, increasing
    rows    for each, the row
    """

    chosen: Ids
    rows: Ids

    @classmethod
    def along(cls, among: Ids, values: Values, axes: tuple[int, ...]) -> Rows:
        """Those of the rows along some axes."""
        moved = np.moveaxis(among, axes, range(-len(axes), 0))
        flat = moved.reshape(-1, int(np.prod(moved.shape[moved.ndim - len(axes) :])))
        numbers = values[flat]
        row, at = np.nonzero(numbers == numbers.max(-1, keepdims=True))
        chosen, first = np.unique(flat[row, at], return_index=True)
        shape = (-1, *moved.shape[moved.ndim - len(axes) :])
        return cls(chosen, moved.reshape(shape)[row[first]])


class Elements:
    """A recording, with each element's operation and, for elementwise operations, what it was made of."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording
        self.operations: Sequence[Operation] = _with_tables(recording)
        count = recording.elements
        self._owner = np.full(count, -1, np.int32)
        self._made = np.full((3, count), -1, np.int64)
        # Through casts, which are identities here, sums with a constant 0 and products with identities.
        self._source = np.arange(count, dtype=np.int64)
        self._constant = np.zeros(count, np.bool_)
        nothing = self._nothing = np.zeros(count, np.bool_)  # constants 0
        self._fixed = np.zeros(count, np.bool_)  # constants, and what is made of them alone
        for number, operation in enumerate(self.operations):
            flat = operation.output.ravel()
            self._owner[flat] = number
            made = bool(operation.inputs) and all(bool(self._fixed[ids].all()) for ids in operation.inputs)
            self._fixed[flat] = made or operation.name == "constant"
            if operation.name == "cast":
                self._source[flat] = self._source[operation.inputs[0].ravel()]
            elif operation.name not in REDUCING:
                for place, ids in enumerate(operation.inputs):
                    self._made[place, flat] = ids.ravel()
                if operation.name == "add":
                    self._without_zeros(operation)
            elif operation.name == "matmul":
                self._picked_out(operation)
            if operation.name == "constant":
                nothing[flat] = recording.values[flat] == 0
                self._constant[flat] = True

    def _without_zeros(self, operation: Operation) -> None:
        """``a + 0`` is a: so what was padded, and added to what was padded elsewhere, is what it was.

        A table of numbers of which some are 0 is no padding.

        ``a − ∞`` is −∞: so a mask that is added is one that replaces.
        """
        a, b = (self._source[ids.ravel()] for ids in operation.inputs)
        numbers = self.recording.values
        found = flat = operation.output.ravel()
        for term, other in ((a, b), (b, a)):
            if not self._is_table(other):
                found = np.where(self._nothing[other], term, found)
                infinite = self._constant[other] & np.isneginf(numbers[other]) & np.isfinite(numbers[term])
                found = np.where(infinite, other, found)
        self._source[flat] = found

    def _picked_out(self, operation: Operation) -> None:
        """A product with a constant matrix that has a single 1 in each row, or column, and else 0 picks elements: so a
        projection that is the identity is none.
        """
        a, b = (self._source[ids] for ids in operation.inputs)
        lead = operation.output.shape[:-2]
        if (columns := self._ones(b)) is not None:
            found = np.broadcast_to(a, (*lead, *a.shape[-2:]))[..., columns]
        elif (rows := self._ones(np.swapaxes(a, -1, -2))) is not None:
            found = np.broadcast_to(b, (*lead, *b.shape[-2:]))[..., rows, :]
        else:
            return
        self._source[operation.output] = found

    def _ones(self, ids: Ids) -> Ids | None:
        """The row of the 1 in each column of a constant matrix, or None where it has another number, or several."""
        if ids.ndim != 2 or not ids.size or not self._fixed[ids].all():
            return None
        numbers = self.recording.values[ids]
        single = ((numbers == 1).sum(0) == 1) & ((numbers != 0).sum(0) == 1)
        return np.asarray(np.argmax(numbers, 0)) if single.all() else None

    def _is_table(self, ids: Ids) -> bool:
        """Whether elements are constants, and not all 0 or −∞."""
        others = ~self._nothing[ids] & ~np.isneginf(self.recording.values[ids])
        return bool(self._constant[ids].all() and others.any())

    @cached_property
    def largest(self) -> tuple[Rows, ...]:
        """What was, or may have been, chosen as the largest of a row."""
        found = []
        for choice in self.recording.choices:
            among = self.source(choice.depends)
            if choice.kind in PICKING and among.size > 1:
                axes = [(axis,) for axis in range(among.ndim) if among.shape[axis] > 1]
                whole = [tuple(range(among.ndim))] if among.ndim > 1 else []
                found += [Rows.along(among, self.recording.values, each) for each in axes + whole]
        return tuple(found)

    def source(self, ids: Ids) -> Ids:
        """The same elements before their casts and sums with 0."""
        return np.asarray(self._source[ids])

    @cached_property
    def real(self) -> Values:
        """What every operation gives of the numbers handed over, in fp64 whatever format the program has: casts change
        nothing, so that formulas are told apart and not roundings.
        """
        found = self.recording.values.copy()
        with np.errstate(all="ignore"):
            for operation in self.operations:
                if operation.name not in BROUGHT and operation.output.size:
                    found[operation.output] = value(operation, [found[ids] for ids in operation.inputs])
        return np.asarray(found)

    def values(self, ids: Ids) -> Values:
        """What the program had there."""
        return np.asarray(self.recording.values[ids])

    def owners(self, ids: Ids) -> Ids:
        """The operation that defines each element, by its number."""
        return np.asarray(self._owner[ids], np.int64)

    def those(self, ids: Ids) -> list[Operation]:
        """The operations that define these elements."""
        return [self.operations[number] for number in np.unique(self._owner[ids])]

    def made_of(self, ids: Ids, place: int) -> Ids:
        """What elementwise operations made them of: the input at this place."""
        return np.asarray(self._made[place, ids])

    def places(self, ids: Ids, operation: Operation) -> list[Ids]:
        """Where they stand in the output of their operation, axis by axis."""
        if operation.output.ndim == 0:
            return []
        return [np.asarray(axis) for axis in np.unravel_index(_at(ids, operation), operation.output.shape)]

    def rows(self, ids: Ids) -> list[Ids]:
        """What reducing operations made them of, with the axes that were summed over behind those of ``ids``.

        One array for a sum, two for a matrix product. Raises CannotLiftError where lengths differ between elements.
        """
        owners = self.owners(ids)
        found: list[Ids] | None = None
        for number in np.unique(owners):
            operation = self.operations[number]
            here = owners == number
            at = _at(ids[here], operation)
            parts = [part.reshape(-1, *part.shape[operation.output.ndim :])[at] for part in _rows(operation)]
            if found is None:
                found = [np.empty((*ids.shape, *part.shape[1:]), np.int64) for part in parts]
            for whole, part in zip(found, parts, strict=True):
                if whole.shape[ids.ndim :] != part.shape[1:]:
                    raise CannotLiftError("sums of different lengths side by side", operation.where)
                whole[here] = part
        assert found is not None  # ids are not empty
        return found


def _with_tables(recording: Recording) -> list[Operation]:
    """The operations; those that make tables of constants (frequencies, angles and their cosines) bring them."""
    fixed = np.zeros(recording.elements, np.bool_)
    found = []
    for operation in recording.operations:
        made = bool(operation.inputs) and all(bool(fixed[ids].all()) for ids in operation.inputs)
        fixed[operation.output] = made or operation.name == "constant"
        tabled = made and operation.name in TABLED and np.ptp(recording.values[operation.output]) > 0
        found.append(replace(operation, name="constant", inputs=(), attributes={}) if tabled else operation)
    return found


def _at(ids: Ids, operation: Operation) -> Ids:
    """Where elements stand in the flat output of their operation."""
    flat = operation.output.ravel()
    order = np.argsort(flat, kind="stable")
    return np.asarray(order[np.searchsorted(flat, ids, sorter=order)])


def _rows(operation: Operation) -> list[Ids]:
    """The inputs of a reducing operation, indexed by the axes of its output and then by what is summed over."""
    if operation.name == "sum":
        (a,) = operation.inputs
        axes = sorted(axis % a.ndim for axis in operation.attributes["axes"])
        moved = np.moveaxis(a, axes, range(a.ndim - len(axes), a.ndim))
        return [moved.reshape(*operation.output.shape, *(a.shape[axis] for axis in axes))]
    if operation.name == "matmul":
        a, b = operation.inputs
        lead, (i, j), k = operation.output.shape[:-2], operation.output.shape[-2:], a.shape[-1]
        left = np.broadcast_to(a[..., :, None, :], (*lead, i, j, k))
        right = np.broadcast_to(np.swapaxes(b, -1, -2)[..., None, :, :], (*lead, i, j, k))
        return [left, right]
    if operation.name == "segment_sum":
        return [_segments(operation)]
    raise CannotLiftError(f"{operation.library or operation.name}: a running sum or product", operation.where)


def _segments(operation: Operation) -> Ids:
    """One row for each segment, where all segments have the same number of members."""
    flat, segments = operation.inputs[0].ravel(), np.asarray(operation.attributes["segments"]).ravel()
    order = np.argsort(segments, kind="stable")
    counts = np.bincount(segments, minlength=operation.output.size)
    if len(set(counts.tolist())) != 1:
        raise CannotLiftError("a scattered sum whose parts have different lengths", operation.where)
    return np.asarray(flat[order].reshape(operation.output.size, -1))
