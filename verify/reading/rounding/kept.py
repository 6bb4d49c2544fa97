"""What a library keeps to itself: the exponentials inside a softmax.

Such elements are recorded as float64 made them, not as the library did. Recorders say which those are
(``Recording.kept``); where a value is not even a number of its format it was not the library's, whoever says so.

Calls whose results are of half precision compute in fp32 and round once only where that is known of their kernel
(``ONCE``, torch 2.13 on the CPU, seen at 8,000 numbers each); any other may round every step to the format of
its result: log-sum-exp and the derivative of a sigmoid do.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.arithmetic.formats import FORMATS, FP64
from attnproof.verify.recording.recording import Operation, Recording

Mask = npt.NDArray[np.bool_]
LEAVES = ("input", "constant", "opaque")
ONCE: Final = ("softmax", "layer_norm", "mean", "var", "std", "norm", "tanh_backward", "mm", "mv", "dot", "addcmul")
NOT_ONCE: Final = ("log_softmax", "layer_norm_backward", "flash")


def kept(recording: Recording) -> Mask:
    """Which elements' values are not the library's own."""
    found = np.zeros(recording.elements, bool) if recording.kept is None else recording.kept.copy()
    for operation in recording.operations:
        fmt = FORMATS.get(operation.dtype)
        if operation.name not in LEAVES and fmt is not None and fmt != FP64:
            found[operation.output] |= ~fmt.representable(recording.values[operation.output])
    return found


def formats_within(recording: Recording, kept_inside: Mask) -> dict[int, str]:
    """The format that operations which a library kept to itself may have rounded to, by the operation's number."""
    found: dict[int, str] = {}
    for group in _calls(recording):
        results = [o.dtype for _, o in group if o.output.size and not kept_inside[o.output].all()]
        narrowest = min((FORMATS[name].precision, name) for name in [*results, "fp64"] if name in FORMATS)[1]
        _, first = group[0]
        once = any(word in first.library for word in ONCE) and not any(word in first.library for word in NOT_ONCE)
        for place, operation in group:
            if operation.output.size and kept_inside[operation.output].any():
                found[place] = operation.computed if once or not results else narrowest
    return found


def _calls(recording: Recording) -> Iterator[list[tuple[int, Operation]]]:
    """Runs of operations of one name of the library: what one call may be."""
    own = ((place, o) for place, o in enumerate(recording.operations) if o.name not in LEAVES)

    def called(entry: tuple[int, Operation]) -> str:
        _, operation = entry
        return operation.library

    for _, group in groupby(own, key=called):
        yield list(group)
