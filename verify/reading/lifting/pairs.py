"""Arrays of element numbers of two recordings, side by side, and what an axis may have to be cut or split for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from attnproof.verify.recording.recording import Ids

Pairs = tuple[Ids, Ids]
Lengths = tuple[int, int]


class CutError(Exception):
    """What stands along an axis changes its kind at places: whoever sums over it, or prints it, takes it in pieces.

    axis  its number
    cuts  the places, of each recording
    """

    def __init__(self, axis: int, cuts: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
        super().__init__(axis, cuts)
        self.axis, self.cuts = axis, cuts


class SplitError(Exception):
    """An axis is two merged ones: ``outer`` times ``inner``, the inner one fastest."""

    def __init__(self, axis: int, outer: Lengths, inner: Lengths) -> None:
        super().__init__(axis, outer, inner)
        self.axis, self.outer, self.inner = axis, outer, inner


def each(function: Callable[[Ids], Ids], ids: Pairs) -> Pairs:
    """``function`` of both."""
    return function(ids[0]), function(ids[1])


def constant_along(array: Ids, axis: int) -> bool:
    """Whether nothing changes along an axis."""
    return bool((array == array.take([0], axis)).all())


def reduced(ids: Pairs) -> tuple[Pairs, tuple[int, ...]]:
    """Without the axes along which neither changes, the others in the order of their lengths; which they were."""
    axes = [axis for axis in range(ids[0].ndim) if not all(constant_along(part, axis) for part in ids)]
    axes.sort(key=lambda axis: (ids[0].shape[axis], ids[1].shape[axis]))
    rest = [axis for axis in range(ids[0].ndim) if axis not in axes]

    def moved(array: Ids) -> Ids:
        whole = array.transpose(*axes, *rest)
        return np.array(whole.reshape(*whole.shape[: len(axes)], -1)[..., 0], np.int64, order="C")

    return each(moved, ids), tuple(axes)


def pieces(length: Lengths, cuts: tuple[Sequence[int], Sequence[int]]) -> list[tuple[Lengths, Lengths]]:
    """Start and stop of each piece, of each recording."""
    edges = [(0, *cut, end) for cut, end in zip(cuts, length, strict=True)]
    starts, stops = zip(*(edge[:-1] for edge in edges), strict=True), zip(*(edge[1:] for edge in edges), strict=True)
    return [(start, stop) for start, stop in zip(starts, stops, strict=True)]


def sliced(ids: Pairs, axis: int, start: Lengths, stop: Lengths) -> Pairs:
    """One piece of an axis."""
    first, second = (part[(slice(None),) * axis + (slice(a, b),)] for part, a, b in zip(ids, start, stop, strict=True))
    return first, second


def unmerged(ids: Pairs, axis: int, lengths: Sequence[Lengths]) -> Pairs:
    """One axis as several, the last one fastest."""
    first, second = (
        part.reshape(*part.shape[:axis], *(each[run] for each in lengths), *part.shape[axis + 1 :])
        for run, part in enumerate(ids)
    )
    return first, second


def cuts_of(labels: Pairs) -> CutError | None:
    """The axis along which labels change, alone, at the same number of places in both recordings."""
    for axis in range(labels[0].ndim):
        lines = [np.moveaxis(part, axis, 0).reshape(part.shape[axis], -1) for part in labels]
        if all((line == line[:, :1]).all() for line in lines):
            found = [tuple((np.flatnonzero(np.diff(line[:, 0])) + 1).tolist()) for line in lines]
            if found[0] and len(found[0]) == len(found[1]):
                return CutError(axis, (found[0], found[1]))
    return None


def every_other(labels: Pairs) -> SplitError | None:
    """The axis along which two labels take turns: it is one of pairs."""
    for axis in range(labels[0].ndim):
        lines = [np.moveaxis(part, axis, 0) for part in labels]
        if any(len(line) % 2 or len(line) < 4 for line in lines):
            continue
        if all(_alternate(line) for line in lines):
            return SplitError(axis, (len(lines[0]) // 2, len(lines[1]) // 2), (2, 2))
    return None


def _alternate(line: Ids) -> bool:
    even, odd = line[0::2], line[1::2]
    return bool((even == even[:1]).all() and (odd == odd[:1]).all() and (even[0] != odd[0]).all())
