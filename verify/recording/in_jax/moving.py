"""JAX's primitives that only move: one function of NumPy arrays each, run on values and on element numbers alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def broadcast_in_dim(a: Array, params: Mapping[str, Any]) -> Array:
    """Axes of ``a`` become ``broadcast_dimensions`` of the result."""
    shape, places = params["shape"], params["broadcast_dimensions"]
    inner = [1] * len(shape)
    for length, place in zip(a.shape, places, strict=True):
        inner[place] = length
    return np.broadcast_to(a.reshape(inner), shape)


def reshape(a: Array, params: Mapping[str, Any]) -> Array:
    """Row by row."""
    if params.get("dimensions") is not None:
        a = a.transpose(params["dimensions"])
    return a.reshape(params["new_sizes"])


def slice_(a: Array, params: Mapping[str, Any]) -> Array:
    """A slice with fixed bounds."""
    strides = params["strides"] or (1,) * a.ndim
    bounds = zip(params["start_indices"], params["limit_indices"], strides, strict=True)
    return np.asarray(a[tuple(slice(*bound) for bound in bounds)])


def starts(a: Array, sizes: Sequence[int], indices: Sequence[Any]) -> tuple[slice, ...]:
    """The slices of given sizes that begin at indices, moved inside as XLA does."""
    found = []
    for length, size, index in zip(a.shape, sizes, indices, strict=True):
        start = min(max(int(index), 0), length - size)
        found.append(slice(start, start + size))
    return tuple(found)


def pad_places(shape: tuple[int, ...], config: Any) -> tuple[tuple[int, ...], tuple[slice, ...], tuple[slice, ...]]:
    """The padded shape; where in it the array stands, with what negative padding cuts off left out; and what is left
    of the array.
    """
    sizes, there, mine = [], [], []
    for length, (low, high, inner) in zip(shape, config, strict=True):
        step = inner + 1
        size = max(low + high + (length - 1) * step + 1 if length else low + high, 0)
        first = -(low // step) if low < 0 else 0
        kept = [n for n in (first, length) if n is not None]
        last = min(kept[1], (size - 1 - low) // step + 1) if size else 0
        sizes.append(size)
        mine.append(slice(first, max(last, first)))
        begin = low + first * step
        there.append(slice(begin, begin + max(last - first, 0) * step, step))
    return tuple(sizes), tuple(there), tuple(mine)


MOVES: Final[Mapping[str, Callable[[Array, Mapping[str, Any]], Array]]] = MappingProxyType(
    {
        "broadcast_in_dim": broadcast_in_dim,
        "reshape": reshape,
        "slice": slice_,
        "transpose": lambda a, params: a.transpose(params["permutation"]),
        "squeeze": lambda a, params: a.squeeze(tuple(params["dimensions"])),
        "expand_dims": lambda a, params: np.expand_dims(a, tuple(params["dimensions"])),
        "rev": lambda a, params: np.flip(a, tuple(params["dimensions"])),
        "tile": lambda a, params: np.tile(a, params["reps"]),
    }
)
# What is the identity on numbers.
SAME: Final = frozenset(
    {"copy", "copy_p", "stop_gradient", "sharding_constraint", "mesh_cast", "reshard", "pvary", "stage",
     "optimization_barrier", "device_put", "name"}
)  # fmt: skip
