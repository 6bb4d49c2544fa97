"""Integer arrays as affine functions of their indices."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from attnproof.verify.reading.lifting.node import Place
from attnproof.verify.reading.lifting.pairs import CutError, Lengths, Pairs, SplitError
from attnproof.verify.reading.lifting.sizes import CannotLiftError, Sizes
from attnproof.verify.recording.recording import Ids


def coefficients(array: Ids) -> tuple[int, list[int]] | None:
    """Offset, and step along each axis; None where it is no affine function."""
    origin = (0,) * array.ndim
    offset = int(array[origin])
    steps = [int(array[(*origin[:k], 1, *origin[k + 1 :])]) - offset if n > 1 else 0 for k, n in enumerate(array.shape)]
    whole = np.full(array.shape, offset, np.int64)
    for axis, step in enumerate(steps):
        whole = whole + step * np.arange(array.shape[axis]).reshape(-1, *(1,) * (array.ndim - axis - 1))
    return (offset, steps) if (whole == array).all() else None


def place(coordinate: Pairs, sizes: Sizes, where: str) -> Place:
    """A coordinate as ``offset + Σ step · axis``.

    Raises CutError or SplitError where it is affine once an axis is cut or split, else CannotLiftError.
    """
    first, second = map(coefficients, coordinate)
    if first is None or second is None:
        raise _way_out(coordinate, sizes) or CannotLiftError("an index that is no linear function of positions", where)
    steps = [(axis, sizes.whole(pair)) for axis, pair in enumerate(zip(first[1], second[1], strict=True))]
    return Place(sizes.whole((first[0], second[0])), tuple((axis, step) for axis, step in steps if step != 0))


def _way_out(coordinate: Pairs, sizes: Sizes) -> CutError | SplitError | None:
    """How to cut or split an axis so that the coordinate becomes affine."""
    for axis in range(coordinate[0].ndim):
        lengths = coordinate[0].shape[axis], coordinate[1].shape[axis]
        for outer, inner in _factors(lengths, sizes):
            error = SplitError(axis, outer, inner)
            halves = (
                part.reshape(*part.shape[:axis], o, i, *part.shape[axis + 1 :])
                for part, o, i in zip(coordinate, outer, inner, strict=True)
            )
            if all(coefficients(part) is not None for part in halves):
                return error
        breaks = [_jumps(part, axis) for part in coordinate]
        if breaks[0] and breaks[1] and len(breaks[0]) == len(breaks[1]) == 1:
            return CutError(axis, (breaks[0], breaks[1]))
    return None


def _factors(lengths: Lengths, sizes: Sizes) -> list[tuple[Lengths, Lengths]]:
    known = list(sizes.lengths.values())
    return [(a, b) for a in known for b in known if (a[0] * b[0], a[1] * b[1]) == lengths]


def _jumps(array: Ids, axis: int) -> tuple[int, ...]:
    """Where the step along an axis differs from its first step."""
    if array.shape[axis] == 1:
        return ()  # one position: no step
    steps = np.moveaxis(np.diff(array, axis=axis), axis, 0).reshape(array.shape[axis] - 1, -1)
    if not (steps == steps[:, :1]).all():
        return ()
    return tuple((np.flatnonzero(steps[:, 0] != steps[0, 0]) + 1).tolist())


def completed(ids: Ids, known: npt.NDArray[np.bool_], holds: Callable[[Ids], bool]) -> Ids | None:
    """``ids`` where ``known``, and elsewhere what stands there by the same affine rule.

    None where the rule does not exist, is not unique, or leads to elements for which ``holds`` is false.
    """
    where = np.argwhere(known)
    design = np.hstack([np.ones((len(where), 1)), where])
    if np.linalg.matrix_rank(design) < design.shape[1]:
        return None
    found = np.rint(np.linalg.lstsq(design, ids[known].astype(float), rcond=None)[0]).astype(np.int64)
    grid = np.indices(ids.shape).reshape(ids.ndim, -1)
    whole = (found[0] + found[1:] @ grid).reshape(ids.shape)
    if (whole[known] != ids[known]).any() or whole.min() < 0 or not holds(whole):
        return None
    return np.asarray(whole, np.int64)
