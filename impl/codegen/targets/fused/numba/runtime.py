"""What the fused modules need around their kernels: checks of the arguments, heads of a batch, padding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
LINE = 64  # bytes of a cache's line
DTYPES = (np.dtype(np.float32), np.dtype(np.float64))


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


def check(
    given: Mapping[str, Array | None], shapes: Mapping[str, tuple[str, ...]], required: frozenset[str]
) -> tuple[int, ...]:
    """The batch shape. Raise TypeError or ValueError, naming the argument, unless all arrays fit together.

    given     arrays by name; None: not given
    shapes    for each the names of its core axes, a leading ``...`` where batch axes are allowed
    required  arrays that must be given
    """
    sizes: dict[str, tuple[int, str]] = {}
    batches: dict[str, tuple[int, ...]] = {}
    dtype: tuple[np.dtype[Any], str] | None = None
    for name, array in given.items():
        if array is None:
            if name in required:
                raise TypeError(f"{name} must be given")
            continue
        if not isinstance(array, np.ndarray):
            raise TypeError(f"{name} must be a NumPy array, got {type(array).__name__}")
        if name == "mask":
            if array.dtype != np.bool_:
                raise TypeError(f"mask must have dtype bool, True where a key takes part, got {array.dtype}")
        else:
            if array.dtype not in DTYPES:
                raise TypeError(f"{name} must have dtype float32 or float64, got {array.dtype}")
            dtype = dtype or (array.dtype, name)
            if array.dtype != dtype[0]:
                raise TypeError(f"{name} has dtype {array.dtype}, expected {dtype[0]} as for {dtype[1]}")
        batches[name] = _batch_of(name, array.shape, shapes[name], sizes)
    try:
        return np.broadcast_shapes(*batches.values())
    except ValueError:
        found = ", ".join(f"{name} {batch}" for name, batch in batches.items() if batch)
        raise ValueError(f"batch dimensions do not broadcast: {found}") from None


def _batch_of(
    name: str, actual: tuple[int, ...], shape: tuple[str, ...], sizes: dict[str, tuple[int, str]]
) -> tuple[int, ...]:
    """The batch part of a shape; sizes that are seen for the first time are noted in ``sizes``."""
    core = shape[1:] if shape[:1] == ("...",) else shape
    lead = len(actual) - len(core)
    if lead < 0 or (lead > 0 and core is shape):
        raise ValueError(f"{name} must have shape ({', '.join(shape)}), got {actual}")
    for axis, length in zip(core, actual[lead:], strict=True):
        if axis not in sizes:
            if length == 0:
                raise ValueError(f"{name} must have shape ({', '.join(shape)}) with {axis} > 0, got {actual}")
            sizes[axis] = (length, name)
        elif length != sizes[axis][0]:
            known = f"{axis} = {sizes[axis][0]} from {sizes[axis][1]}"
            raise ValueError(f"{name} must have shape ({', '.join(shape)}) with {known}, got {actual}")
    return actual[:lead]


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
    """The part of ``array`` (``core`` axes behind its batch axes) that belongs to a place, a view; broadcast axes have one part."""
    lead = array.ndim - core
    used = place[len(place) - lead :]
    part: Array = array[tuple(0 if length == 1 else n for n, length in zip(used, array.shape[:lead], strict=True))]
    return part


def aligned(shape: tuple[int, ...], dtype: np.dtype[Any], *, zero: bool = False) -> Array:
    """An array that begins where a line of the cache does: loads of packs then never touch two lines."""
    count = int(np.prod(shape))
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
