"""Where ``gather`` reads and ``scatter`` writes: XLA's dimension numbers worked out in NumPy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Places:
    """Flat places in the operand.

    flat    in the shape of gather's result, or of scatter's updates
    inside  of the same shape: whether the whole window lies inside the operand
    """

    flat: npt.NDArray[np.int64]
    inside: npt.NDArray[np.bool_]


def gathered(shape: tuple[int, ...], indices: Array, params: Any) -> Places:
    """Of a ``gather`` from an operand of that shape."""
    how = params["dimension_numbers"]
    dropped = {*how.collapsed_slice_dims, *how.operand_batching_dims}
    return _places(
        shape,
        indices,
        params["slice_sizes"],
        window=[n for n in range(len(shape)) if n not in dropped],
        window_axes=how.offset_dims,
        index_map=how.start_index_map,
        batching=(how.operand_batching_dims, how.start_indices_batching_dims),
        clip="FILL" not in str(params["mode"]).upper(),
    )


def scattered(shape: tuple[int, ...], indices: Array, updates: tuple[int, ...], params: Any) -> Places:
    """Of a ``scatter`` of updates of a shape into an operand of a shape."""
    how = params["dimension_numbers"]
    dropped = {*how.inserted_window_dims, *how.operand_batching_dims}
    window = [n for n in range(len(shape)) if n not in dropped]
    sizes = [1] * len(shape)
    for dim, axis in zip(window, how.update_window_dims, strict=True):
        sizes[dim] = updates[axis]
    return _places(
        shape,
        indices,
        sizes,
        window=window,
        window_axes=how.update_window_dims,
        index_map=how.scatter_dims_to_operand_dims,
        batching=(how.operand_batching_dims, how.scatter_indices_batching_dims),
        clip="CLIP" in str(params["mode"]).upper(),
    )


def along_axis(length: int, axis: int, axes: int) -> npt.NDArray[np.int64]:
    """0, 1, 2 … along one of some axes."""
    return np.arange(length).reshape([-1 if n == axis else 1 for n in range(axes)])


def _places(
    shape: tuple[int, ...],
    indices: Array,
    sizes: Sequence[int],
    *,
    window: Sequence[int],
    window_axes: Sequence[int],
    index_map: Sequence[int],
    batching: tuple[Sequence[int], Sequence[int]],
    clip: bool,
) -> Places:
    batch = indices.shape[:-1]
    full = (*batch, *(sizes[dim] for dim in window))
    inside = np.ones(batch, np.bool_)
    flat = np.zeros(full, np.int64)
    for dim, length in enumerate(shape):
        start = np.zeros(batch, np.int64)
        if dim in index_map:
            start = indices[..., list(index_map).index(dim)].astype(np.int64)
        elif dim in batching[0]:
            axis = batching[1][list(batching[0]).index(dim)]
            start = np.broadcast_to(along_axis(batch[axis], axis, len(batch)), batch)
        last = length - sizes[dim]
        inside = inside & (start >= 0) & (start <= last)
        start = np.clip(start, 0, last).reshape((*batch, *(1 for _ in window)))
        if dim in window:
            start = start + along_axis(sizes[dim], len(batch) + list(window).index(dim), len(full))
        flat = flat * length + start
    inside = np.broadcast_to(inside.reshape((*batch, *(1 for _ in window))), full)
    # the result's axes: window axes where they are said to be, the rest in order
    rest = [n for n in range(len(full)) if n not in window_axes]
    order = [0] * len(full)
    for n, axis in enumerate([*rest, *window_axes]):
        order[axis] = n
    return Places(flat.transpose(order), (np.ones_like(inside) if clip else inside).transpose(order))
