"""What a library keeps to itself: the exponentials inside a softmax.

Such elements are recorded as float64 made them, not as the library did. Recorders say which those are
(``Recording.kept``); where a value is not even a number of its format it was not the library's, whoever says so.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from attnproof.verify.arithmetic.formats import FORMATS, FP64
from attnproof.verify.recording.recording import Recording

Mask = npt.NDArray[np.bool_]
LEAVES = ("input", "constant", "opaque")


def kept(recording: Recording) -> Mask:
    """Which elements' values are not the library's own."""
    found = np.zeros(recording.elements, bool) if recording.kept is None else recording.kept.copy()
    for operation in recording.operations:
        fmt = FORMATS.get(operation.dtype)
        if operation.name not in LEAVES and fmt is not None and fmt != FP64:
            found[operation.output] |= ~fmt.representable(recording.values[operation.output])
    return found
