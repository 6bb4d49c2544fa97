"""The size of what an element is a sum of, ``Σ |terms|`` with the terms' own terms written out: what a lost term or a
wrong sign would be off by (``attnproof.verify.bounds.Bound.scale``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.reading.rounding.linear import value
from attnproof.verify.recording.recording import Operation

# Of numbers that are not negative these are what they are of numbers.
POSITIVE: Final = ("mul", "fma", "sum", "cumsum", "segment_sum", "matmul", "product", "cast", "add")


def scale_of(operation: Operation, reference: Array, scales: Sequence[Array], arguments: Sequence[Array]) -> Array:
    """From the scales of the inputs; a function's is its own size, tanh's also its argument's, up to 1."""
    name, own = operation.name, np.abs(reference)
    if name in POSITIVE:
        found = value(operation, scales)
    elif name == "sub":
        found = scales[0] + scales[1]
    elif name == "neg":
        found = scales[0]
    elif name == "div":
        found = scales[0] / np.abs(arguments[1])
    elif name in ("tanh", "erf"):
        found = np.minimum(scales[0], 1.0)
    else:
        found = own
    return np.asarray(np.where(np.isfinite(found), np.maximum(found, own), own))
