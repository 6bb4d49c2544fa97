"""Numbers that programs make of their own constants by functions (angles of positions, powers of 10,000) in the ring:
random ones, equal where the numbers are. So two programs agree whose tables agree, whatever made them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.ring import Ring
from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.recording.recording import Ids, Recording

FUNCTIONS: Final = (
    *("exp", "exp2", "expm1", "log", "log2", "log1p", "tanh", "sigmoid", "sin", "cos", "erf", "sinh", "cosh"),
    "power",
)
NEAR: Final = 64.0  # units in the last place: what the angles' and their functions' roundings may make in two libraries


def made(recording: Recording) -> Ids:
    """The elements that follow from constants alone, by a function, and that something else is made of."""
    fixed, table = np.zeros((2, recording.elements), bool)
    needed = np.zeros(recording.elements, bool)
    for operation in recording.operations:
        if operation.name == "constant":
            fixed[operation.output] = True
        elif operation.inputs and all(fixed[ids].all() for ids in operation.inputs):
            fixed[operation.output] = True
            own = operation.name in FUNCTIONS and not _whole(operation.attributes.get("exponent"))
            table[operation.output] = own or any(table[ids].any() for ids in operation.inputs)
        else:
            for ids in operation.inputs:
                needed[ids] = True
    for call in recording.calls:
        for ids in call.results.values():
            needed[ids] = True
    simple = np.isin(np.abs(recording.values), (0.0, 1.0)) | ~np.isfinite(recording.values)
    return np.flatnonzero(fixed & table & needed & ~simple)


def _whole(exponent: object) -> bool:
    return isinstance(exponent, int | float) and float(exponent).is_integer()


class Tables:
    """The numbers of several recordings. Those that are ``NEAR`` are one."""

    def __init__(self, ring: Ring, values: Sequence[Array], dtype: str) -> None:
        sizes = np.unique(np.abs(np.concatenate(values))) if values else np.zeros(0)
        unit = FORMATS[dtype].unit_roundoff
        apart = np.diff(sizes, prepend=-np.inf) > NEAR * unit * np.maximum(sizes, 1.0)
        self._sizes, self._group = sizes, np.cumsum(apart) - 1 if sizes.size else np.zeros(0, np.int64)
        self._drawn = ring.random((int(self._group.max(initial=0)) + 1,))
        self._ring = ring

    def of(self, values: npt.NDArray[np.float64]) -> Elements:
        """These in the ring."""
        at = self._group[np.searchsorted(self._sizes, np.abs(values))]
        return self._drawn.take(at) * self._ring.constant(np.where(values < 0, -1.0, 1.0))
