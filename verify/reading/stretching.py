"""What in a recording is constant only at these numbers: found by running the program again at stretched ones.

A value that leaves the library and comes back (a scale from ``float(query.norm())``, an array that was NumPy's in
between) looks like a constant, and choices by value may fall out otherwise. Two runs that differ in nothing but the
numbers tell.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from attnproof.verify.recording.recording import Call, Ids, Operation, Recording

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Difference:
    """What differs between two runs at other numbers.

    path    why the second run took another path; None: it took the same
    moving  elements that are constants in each of the two, of different values
    """

    path: str | None
    moving: frozenset[int]


def difference(first: Recording, second: Recording) -> Difference:
    """The second run is of the same calls at other numbers."""
    if len(first.operations) != len(second.operations):
        count = f"{len(first.operations)} operations, then {len(second.operations)}"
        return Difference(f"the program does other things at other numbers: {count}", frozenset())
    moving: list[Ids] = []
    for one, other in zip(first.operations, second.operations, strict=True):
        place = f"{one.library} at {one.where or 'an unknown place'}"
        if one.name != other.name or one.output.shape != other.output.shape:
            return Difference(f"the program does other things at other numbers: {place}", frozenset())
        if one.name == "constant":
            before, after = first.values[one.output], second.values[other.output]
            moving.append(one.output[(before != after) & ~(np.isnan(before) & np.isnan(after))])
        elif any(not np.array_equal(a, b) for a, b in zip(one.inputs, other.inputs, strict=True)):
            return Difference(f"the program's choices fall out otherwise at other numbers: {place}", frozenset())
    return Difference(None, frozenset(int(k) for ids in moving for k in ids.ravel()))


def kept(recording: Recording, call: Call) -> bool:
    """Whether a result of a call rests on arguments of an earlier one: what the program keeps between calls."""
    rests = np.zeros(recording.elements, bool)
    for earlier in recording.calls[: recording.calls.index(call)]:
        for ids in (*earlier.inputs.values(), *earlier.seeds.values()):
            rests[ids] = True
    for own in (*call.inputs.values(), *call.seeds.values()):
        rests[own] = False
    for operation in recording.operations:
        if any(rests[ids].any() for ids in operation.inputs):
            rests[operation.output] = _reached(rests, operation)
    return any(bool(rests[ids].any()) for ids in call.results.values())


def _reached(rests: Mask, operation: Operation) -> Mask | bool:
    """Which elements of an elementwise operation rest on it; of any other, all may."""
    shape = operation.output.shape
    if all(ids.shape == shape for ids in operation.inputs) and operation.name not in ("cumsum", "segment_sum"):
        found: Mask = np.any([rests[ids] for ids in operation.inputs], axis=0)
        return found
    return True
