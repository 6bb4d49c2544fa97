"""Writing a recording: what every recorder of a library writes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.recording.recording import Call, Choice, Ids, NotReadError, Operation, Recording, Values

MOST: Final = 2**24  # numbers in a recording: in the ring each takes about 200 bytes


@dataclass(frozen=True)
class Mark:
    """How much a tape holds: of operations, choices, what left, and what was not read."""

    operations: int
    choices: int
    left: int
    unread: Mapping[str, int]


class Tape:
    """Grows operation by operation.

    ``now`` is the place in the target's own code, kept up to date by the recorder.
    """

    def __init__(self) -> None:
        self.operations: list[Operation] = []
        self.calls: list[Call] = []
        self.choices: list[Choice] = []
        self.left: list[tuple[str, Ids]] = []
        self.unread: dict[str, int] = {}
        self.library = ""
        self.now = ""
        self.most = MOST
        self._values = np.empty(1 << 12)
        self._fixed = np.zeros(1 << 12, np.bool_)  # whether an element depends on constants alone
        self._kept = np.zeros(1 << 12, np.bool_)  # whether the library kept an element to itself
        self._count = 0
        self._refused: list[tuple[int, int]] = []  # operations of calls that raised

    def values(self, ids: Ids) -> Values:
        """The values of elements, in the shape of ``ids``."""
        return np.asarray(self._values[ids])

    def constants(self, ids: Ids) -> bool:
        """Whether all of these elements are constants, or computed from constants alone, and there are any."""
        return ids.size > 0 and bool(self._fixed[ids].all())

    def write(
        self,
        name: str,
        inputs: tuple[Ids, ...],
        values: Any,
        dtype: str,
        /,
        *,
        computed: str = "",
        **attributes: Any,
    ) -> Ids:
        """Record an operation; the numbers of its new elements, in the shape of ``values``."""
        values = np.asarray(values, np.float64)
        fixed = name == "constant" or (bool(inputs) and all(self._fixed[ids].all() for ids in inputs))
        output = self._new(values, fixed=fixed)
        self.operations.append(
            Operation(name, inputs, output, attributes, dtype, computed or dtype, self.library, self.now)
        )
        return output

    def constant(self, values: Any, dtype: str, name: str = "") -> Ids:
        """Numbers that the program brought itself."""
        return self.write("constant", (), values, dtype, name=name)

    def choose(self, kind: str, depends: Ids, outcome: Any) -> None:
        """Note a choice made by value."""
        self.choices.append(Choice(kind, np.asarray(depends), np.asarray(outcome), self.now))

    def leave(self, what: str, ids: Ids) -> None:
        """Note numbers that left the library."""
        self.left.append((f"{what} at {self.now or 'an unknown place'}", np.asarray(ids)))

    def mark(self) -> Mark:
        """Where it stands, before a call."""
        return Mark(len(self.operations), len(self.choices), len(self.left), dict(self.unread))

    def refused(self, mark: Mark) -> None:
        """Nothing of what was recorded since then counts: the call raised. What the program kept of it, and computes
        with later, stays as constants.
        """
        del self.choices[mark.choices :], self.left[mark.left :]
        self.unread = dict(mark.unread)
        if len(self.operations) > mark.operations:
            self._refused.append((mark.operations, len(self.operations)))

    def finish(self) -> Recording:
        """The recording so far."""
        return Recording(
            self._counting(),
            tuple(self.calls),
            self._values[: self._count].copy(),
            tuple(self.choices),
            tuple(self.left),
            self._missed(),
            self._kept[: self._count].copy(),
        )

    def _counting(self) -> tuple[Operation, ...]:
        """The operations without those of calls that raised; constants for what is used of these."""
        if not self._refused:
            return tuple(self.operations)
        inside = np.zeros(len(self.operations), np.bool_)
        for first, end in self._refused:
            inside[first:end] = True
        used = np.zeros(self._count, np.bool_)
        for operation, left_out in zip(self.operations, inside, strict=True):
            for ids in () if left_out else operation.inputs:
                used[ids] = True
        for call in self.calls:
            for ids in call.results.values():
                used[ids] = True
        found = []
        for operation, left_out in zip(self.operations, inside, strict=True):
            if not left_out:
                found.append(operation)
            elif used[operation.output].any():
                found.append(replace(operation, name="constant", inputs=(), attributes={"name": ""}))
        return tuple(found)

    def opaque(self, inputs: tuple[Ids, ...], values: Any, dtype: str, called: str, *, again: bool = False) -> Ids:
        """Numbers of which nothing is known but their values; ``again``: a further result of the same call."""
        self.unread[called] = self.unread.get(called, 0) + (not again)
        return self.write("opaque", inputs, values, dtype, called=called)

    def _missed(self) -> dict[str, int]:
        """What was not read, without what nothing rests on: a buffer is read before all of it is written, place by
        place, and what a product leaves out (``beta=0``) is read too.
        """
        if not self.unread or not self.calls:
            return dict(self.unread)
        live = np.zeros(self._count, np.bool_)
        ends = [ids for call in self.calls for ids in call.results.values()]
        for ids in (*ends, *(choice.depends for choice in self.choices), *(ids for _, ids in self.left)):
            live[ids] = True
        used: dict[bool, set[str]] = {False: set(), True: set()}
        for operation in reversed(self.operations):
            needed = bool(live[operation.output].any())
            if operation.name == "opaque":
                used[needed].add(operation.attributes["called"])
            for ids in operation.inputs if needed else ():
                live[ids] = True
        idle = used[False] - used[True]
        return {called: count for called, count in self.unread.items() if called not in idle}

    def keep(self, ids: Ids) -> None:
        """Note that a library keeps these to itself: their values are computed here."""
        self._kept[ids] = True

    def show(self, first: int, ids: Ids) -> None:
        """Note that those of these from ``first`` on are returned after all: their values are the library's."""
        self._kept[ids[ids >= first]] = False

    def correct(self, first: int, ids: Ids, values: Any) -> None:
        """Give elements the values that the library has, where it computed in one step what was written in several.

        first  elements before this one (``elements`` of before) stay as they are
        """
        new = ids >= first
        self._values[ids[new]] = np.asarray(values, np.float64)[new]
        self.show(first, ids)

    @property
    def elements(self) -> int:
        """How many there are so far."""
        return self._count

    def _new(self, values: Values, *, fixed: bool) -> Ids:
        first, self._count = self._count, self._count + values.size
        if self._count > self.most:
            raise NotReadError(f"what it computes there has more than {self.most:,} numbers")
        if self._count > len(self._values):
            room = max(2 * len(self._values), self._count)
            self._values, self._fixed, self._kept = (
                _longer(part, first, room) for part in (self._values, self._fixed, self._kept)
            )
        self._values[first : self._count] = values.ravel()
        self._fixed[first : self._count] = fixed
        self._kept[first : self._count] = False
        return np.arange(first, self._count, dtype=np.int64).reshape(values.shape)


def _longer(array: npt.NDArray[Any], count: int, room: int) -> npt.NDArray[Any]:
    """The same first elements in a longer array."""
    found = np.empty(room, array.dtype)
    found[:count] = array[:count]
    return found
