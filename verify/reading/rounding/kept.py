"""What a library keeps to itself: the exponentials inside a softmax.

Such elements are recorded as float64 made them, not as the library did. An element is taken for kept where it belongs
to a call of several recorded operations and no other call uses it. Where it is not even a number of its format it is
certain that it was not seen.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.recording.recording import Operation, Recording

Mask = npt.NDArray[np.bool_]
LEAVES = ("input", "constant", "opaque")


def kept(recording: Recording) -> tuple[Mask, Mask]:
    """Which elements may have been kept, and which of those certainly were."""
    within = np.full(recording.elements, -1)
    may = np.zeros(recording.elements, bool)
    groups = list(_calls(recording))
    for number, group in enumerate(groups):
        for operation in group:
            within[operation.output] = number
            may[operation.output] = len(group) > 1
    for number, group in enumerate(groups):
        for operation in group:
            for ids in operation.inputs:
                may[ids[within[ids] != number]] = False
    for asked in recording.calls:
        for ids in asked.results.values():
            may[ids] = False
    surely = np.zeros(recording.elements, bool)
    for operation in recording.operations:
        fmt = FORMATS.get(operation.dtype)
        if operation.name not in LEAVES and fmt is not None and fmt.precision < 53:
            surely[operation.output] = ~fmt.representable(recording.values[operation.output])
    return may | surely, surely


def _calls(recording: Recording) -> Iterator[list[Operation]]:
    """Runs of operations that one call of the library may stand for."""
    group: list[Operation] = []
    for operation in recording.operations:
        if operation.name in LEAVES:
            continue
        known = operation.library and group
        if group and not (known and (group[-1].library, group[-1].where) == (operation.library, operation.where)):
            yield group
            group = []
        group.append(operation)
    if group:
        yield group
