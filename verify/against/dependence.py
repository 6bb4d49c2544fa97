"""Which results of a recorded call depend on which places along an axis of an input: decided by the operations."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.reading.rounding.kept import LEAVES
from attnproof.verify.reading.rounding.linear import axes_of, is_elementwise
from attnproof.verify.recording.recording import Choice, Ids, Operation, Recording

Labels = npt.NDArray[np.int32]
NOTHING: Final = np.int32(2**31 - 1)


class Dependence:
    """For every element the least and the largest place, along an axis of an input, of what it is made of.

    An element that is made of nothing of that input has ``least > most``.
    """

    def __init__(self, recording: Recording, name: str, axis: int) -> None:
        self.least: Labels = np.full(recording.elements, NOTHING)
        self.most: Labels = -self.least
        for operation in recording.operations:
            out = operation.output
            if operation.name == "input" and operation.attributes["name"] == name and out.ndim:
                shape = [1] * out.ndim
                shape[axis] = out.shape[axis]
                places = np.arange(out.shape[axis], dtype=np.int32).reshape(shape)
                self.least[out] = self.most[out] = np.broadcast_to(places, out.shape)
            elif operation.name not in LEAVES and out.size:
                self.least[out] = _least(operation, self.least)
                self.most[out] = -_least(operation, -self.most)

    def single(self, ids: Ids) -> bool:
        """Whether each of these is made of one place, or of none."""
        return bool(np.all((self.least[ids] == self.most[ids]) | (self.least[ids] > self.most[ids])))

    def along(self, ids: Ids, axis: int) -> bool:
        """Whether what stands at each place along an axis is made of that place of the input, or of none; and anything
        is made of it at all.
        """
        shape = [1] * ids.ndim
        shape[axis] = ids.shape[axis]
        place = np.arange(ids.shape[axis], dtype=np.int32).reshape(shape)
        without = self.least[ids] > self.most[ids]
        own = (self.least[ids] == place) & (self.most[ids] == place)
        return bool(np.all(own | without)) and not bool(without.all())

    def decided(self, choice: Choice) -> bool:
        """Whether each outcome of a choice by value was decided by one place, or by none."""
        ids, outcome = choice.depends, choice.outcome
        if not np.any(self.least[ids] <= self.most[ids]):
            return True
        if outcome.size == ids.size:
            return self.single(ids)
        for axis in range(ids.ndim):
            if ids.size // max(ids.shape[axis], 1) == outcome.size:
                least, most = self.least[ids].min(axis), self.most[ids].max(axis)
                if np.all((least == most) | (least > most)):
                    return True
        return bool(self.least[ids].min() == self.most[ids].max())


def _least(operation: Operation, labels: Labels) -> Labels:
    """Of everything that an element of the output depends on."""
    first, *rest = (labels[ids] for ids in operation.inputs)
    if is_elementwise(operation):
        for other in rest:
            first = np.minimum(first, other)
        return np.asarray(first)
    if operation.name == "matmul":
        return np.asarray(np.minimum(first.min(-1)[..., :, None], rest[0].min(-2)[..., None, :]))
    if operation.name == "cumsum":
        return np.asarray(np.minimum.accumulate(first, int(operation.attributes["axis"])))
    if operation.name == "segment_sum":
        found = np.full(operation.output.size, NOTHING)
        np.minimum.at(found, np.ravel(operation.attributes["segments"]).astype(np.int64), first.ravel())
        return found.reshape(operation.output.shape)
    return np.asarray(first.min(axes_of(operation), initial=NOTHING))
