"""Means, variances and medians as NumPy computes them, on recorded arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from attnproof.verify.recording.in_numpy.array import Recorded, made, plain, recorded
from attnproof.verify.recording.in_numpy.memory import Memory
from attnproof.verify.recording.in_numpy.ufuncs import axes_of
from attnproof.verify.recording.rules.numbers import fit

Function = Callable[..., Any]
FP32: Final = np.dtype(np.float32)


def array_of(memory: Memory, value: Any) -> Any:
    """A recorded array of anything."""
    return value if isinstance(value, Recorded) else made(memory, memory.numbers(value, np.float64))


def delivered(memory: Memory, found: Any, out: Any) -> Any:
    """As it is, or written into ``out``."""
    if out is None:
        return found
    memory.place(out, fit(memory.tape, memory.numbers(found, out.dtype), out.dtype))
    return out if isinstance(out, Recorded) else recorded(memory, out)


def mean(memory: Memory, a: Any, axis: Any = None, dtype: Any = None, out: Any = None, **options: Any) -> Any:
    """The sum over the count; fp16 in fp32."""
    a = array_of(memory, a)
    mask = options.get("where", np._NoValue)
    mask = True if mask is np._NoValue else plain(mask)
    keep = options.get("keepdims", False)
    options = {"where": mask, "keepdims": keep is not np._NoValue and keep}
    count = np.sum(np.broadcast_to(np.asarray(mask), a.shape), axis=plain(axis), keepdims=options["keepdims"])
    narrow = a.dtype.itemsize < 4 and dtype is None
    total = np.add.reduce(a, axis=axis, dtype=FP32 if narrow else dtype, **options)
    found = np.divide(total, np.asarray(count).astype(total.dtype))
    return delivered(memory, found.astype(a.dtype) if narrow else found, out)


def variance(
    memory: Memory, a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, **options: Any
) -> Any:
    """The mean square of what differs from the mean; fp16 in fp32."""
    a = array_of(memory, a)
    narrow = a.dtype.itemsize < 4 and dtype is None
    wide = a.astype(FP32 if narrow else dtype or a.dtype, copy=False)
    if any(value is not np._NoValue for name, value in options.items() if name != "keepdims"):
        values = np.var(plain(a), axis=axis, dtype=dtype, ddof=ddof, **plain(options))
        return made(memory, memory.opaque(np.asarray(values), "var", memory.numbers(a)))
    keep = options.get("keepdims", False)
    off = wide - mean(memory, wide, axis, keepdims=True)
    count = max(np.prod([a.shape[n] for n in axes_of(axis, a.ndim)]) - ddof, 0)
    total = np.add.reduce(off * off, axis=axis, keepdims=keep is not np._NoValue and keep)
    found = np.divide(total, np.asarray(count, total.dtype))
    return delivered(memory, found.astype(a.dtype) if narrow else found, out)


def deviation(
    memory: Memory, a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: float = 0, **options: Any
) -> Any:
    """The square root of the variance."""
    return delivered(memory, np.sqrt(variance(memory, a, axis, dtype, None, ddof, **options)), out)


def average(
    memory: Memory, a: Any, axis: Any = None, weights: Any = None, returned: bool = False, **options: Any
) -> Any:
    """The mean, or the weighted one."""
    if weights is None:
        found = mean(memory, a, axis, **options)
        return (found, np.full(found.shape, np.size(a) / found.size)) if returned else found
    a = array_of(memory, a)
    weights = array_of(memory, weights)
    if weights.shape != a.shape:
        weights = np.moveaxis(weights.reshape(*(1 for _ in range(a.ndim - 1)), -1), -1, axis)
    given = {name: value for name, value in options.items() if value is not np._NoValue}
    total = np.add.reduce(weights, axis=axis, **given)
    found = np.divide(np.add.reduce(np.multiply(a, weights), axis=axis, **given), total)
    return (found, np.broadcast_to(total, found.shape).copy()) if returned else found


def median(memory: Memory, a: Any, axis: Any = None, **options: Any) -> Any:
    """The mean of the middle elements, found by sorting; over several axes, or into an array, there is no rule."""
    a = array_of(memory, a)
    if not isinstance(axis, int | type(None)) or options.get("out") is not None:
        return NotImplemented
    rows = np.sort(a.reshape(-1) if axis is None else np.moveaxis(a, axis, -1), axis=-1)
    n = rows.shape[-1]
    found = np.mean(rows[..., (n - 1) // 2 : n // 2 + 1], axis=-1)
    if options.get("keepdims") is not True:
        return found
    return found.reshape((1,) * a.ndim) if axis is None else np.expand_dims(found, axis)


def without_nan(function: Function, filling: float) -> Function:
    """A function of what is left when every NaN is another number."""

    def rule(memory: Memory, a: Any, axis: Any = None, **options: Any) -> Any:
        a = array_of(memory, a)
        given = {name: value for name, value in options.items() if value is not np._NoValue}
        return function(np.where(np.isnan(a), np.asarray(filling, a.dtype), a), axis=axis, **given)

    return rule
