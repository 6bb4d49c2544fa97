"""What the fused modules need around their kernels: checks of the arguments, heads of a batch, padding."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from attnproof.impl.generated._arguments import Arrays, check_arguments

Array = NDArray[Any]
LINE = 64  # bytes of a cache's line
SMALL = 1 << 14  # bytes of an array that is not worth aligning
ARRAYS = Arrays(
    np.ndarray,
    "NumPy array",
    takes=lambda dtype: dtype in (np.float32, np.float64),
    wanted="dtype float32 or float64",
    broadcast=np.broadcast_shapes,
    flags=frozenset({"mask"}),
)
check = partial(check_arguments, ARRAYS)


def scalar(name: str, value: object, dtype: np.dtype[Any]) -> float | None:
    """A Python number or 0-d array as a float; None stays None.

    Raises TypeError or ValueError, naming it, for what is not a number, or in this dtype not a finite number > 0.
    """
    if value is None:
        return None
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float | np.floating):
        raise TypeError(f"{name} must be a number or a 0-d array, got {type(value).__name__}")
    with np.errstate(over="ignore", under="ignore"):
        rounded = dtype.type(value)
    if not 0 < rounded < np.inf:
        raise ValueError(f"{name} must be a finite number > 0 in {dtype}, got {value}")
    return float(rounded)


def check_like(name: str, array: Array, shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    """Raise TypeError or ValueError unless ``array`` has this shape and dtype."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name} must be a NumPy array, got {type(array).__name__}")
    if array.shape != shape:
        raise ValueError(f"{name} must have shape {shape}, got {array.shape}")
    if array.dtype != dtype:
        raise TypeError(f"{name} has dtype {array.dtype}, expected {dtype}")


def heads(batch: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Every place of the batch."""
    return np.ndindex(*batch)


def head(array: Array, place: tuple[int, ...], core: int) -> Array:
    """The part of ``array`` (``core`` axes behind batch axes) at a place, a view; broadcast axes have one part."""
    lead = array.ndim - core
    used = place[len(place) - lead :]
    part: Array = array[tuple(0 if length == 1 else n for n, length in zip(used, array.shape[:lead], strict=True))]
    return part


def aligned(shape: tuple[int, ...], dtype: np.dtype[Any], *, zero: bool = False) -> Array:
    """An array that begins where a line of the cache does: loads of packs then never touch two lines."""
    count = prod(shape)
    if count * dtype.itemsize < SMALL:  # aligning takes longer than it saves
        return np.zeros(shape, dtype) if zero else np.empty(shape, dtype)
    raw = np.empty(count * dtype.itemsize + LINE, np.uint8)
    start = -raw.ctypes.data % LINE
    found = raw[start : start + count * dtype.itemsize].view(dtype).reshape(shape)
    if zero:
        found[...] = 0
    return found


def padded(x: Array, rows: int, columns: int) -> Array:
    """``x`` with zeros below and to the right, contiguous and aligned; itself where it is so already."""
    if x.shape == (rows, columns) and x.flags.c_contiguous and x.ctypes.data % LINE == 0:
        return x
    found = aligned((rows, columns), x.dtype)
    found[: x.shape[0], : x.shape[1]] = x
    found[x.shape[0] :] = 0
    found[: x.shape[0], x.shape[1] :] = 0
    return found


def up_to(count: int, unit: int) -> int:
    """``count`` rounded up to a multiple of ``unit``."""
    return -(-count // unit) * unit
