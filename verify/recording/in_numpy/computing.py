"""NumPy's functions that compute, written with ufuncs and the rules of sums."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from attnproof.verify.recording.in_numpy import averages
from attnproof.verify.recording.in_numpy.array import made, plain
from attnproof.verify.recording.in_numpy.averages import array_of, delivered
from attnproof.verify.recording.in_numpy.einsum import einsum, tensordot
from attnproof.verify.recording.in_numpy.memory import Memory
from attnproof.verify.recording.in_numpy.ufuncs import axes_of
from attnproof.verify.recording.rules import choices
from attnproof.verify.recording.rules.numbers import Numbers, fit

Function = Callable[..., Any]


def _reduction(ufunc: np.ufunc) -> Function:
    def rule(memory: Memory, a: Any, axis: Any = None, dtype: Any = None, out: Any = None, **options: Any) -> Any:
        given = {name: value for name, value in options.items() if value is not np._NoValue}
        if dtype is not None:
            given["dtype"] = dtype
        return ufunc.reduce(array_of(memory, a), axis=axis, out=out, **given)

    return rule


def _extreme(ufunc: np.ufunc) -> Function:
    rule = _reduction(ufunc)
    return lambda memory, a, axis=None, out=None, **options: rule(memory, a, axis, None, out, **options)


def _running(ufunc: np.ufunc) -> Function:
    def rule(memory: Memory, a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        a = array_of(memory, a)
        return ufunc.accumulate(a.reshape(-1) if axis is None else a, axis=axis or 0, dtype=dtype, out=out)

    return rule


def _clip(memory: Memory, a: Any, a_min: Any = None, a_max: Any = None, out: Any = None, **options: Any) -> Any:
    low, high = (options.pop(name, given) for name, given in (("min", a_min), ("max", a_max)))
    low, high = (None if x is np._NoValue else x for x in (low, high))
    values = np.asarray(np.clip(plain(a), plain(low), plain(high)))
    tape = memory.tape
    low, a, high = (
        None if x is None else fit(tape, memory.numbers(x, values.dtype), values.dtype) for x in (low, a, high)
    )
    found = choices.clamp(tape, low, a, high).to(values.shape)
    return delivered(memory, made(memory, Numbers(values, found.ids), scalar=not values.ndim), out)


def _dot(memory: Memory, a: Any, b: Any, out: Any = None) -> Any:
    one, other = memory.numbers(a, np.float64), memory.numbers(b, np.float64)
    if not one.ids.ndim or not other.ids.ndim:
        return delivered(memory, np.multiply(a, b), out)
    axis = other.ids.ndim - 2 if other.ids.ndim > 1 else 0
    return delivered(memory, tensordot(memory, a, b, ([one.ids.ndim - 1], [axis]), np.dot(plain(a), plain(b))), out)


def _inner(memory: Memory, a: Any, b: Any) -> Any:
    if not np.ndim(a) or not np.ndim(b):
        return np.multiply(a, b)
    return tensordot(memory, a, b, ([np.ndim(a) - 1], [np.ndim(b) - 1]), np.inner(plain(a), plain(b)))


def _norm(memory: Memory, x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    """Of vectors: by the square root of a sum of squares, a sum or a greatest of sizes."""
    a = array_of(memory, x)
    axes = axes_of(axis, a.ndim)
    given: dict[str, Any] = {"axis": axes, "keepdims": keepdims}
    if ord is None and axis is None:
        flat = np.ravel(a, order="K")
        found = np.sqrt(np.dot(flat, flat))
        return found.reshape((1,) * a.ndim) if keepdims else found
    if ord is None or (ord == "fro" and len(axes) == 2) or (ord == 2 and len(axes) == 1):
        return np.sqrt(np.add.reduce(np.multiply(a, a), **given))
    if len(axes) == 1 and ord == 1:
        return np.add.reduce(np.abs(a), **given)
    if len(axes) == 1 and ord in {np.inf, -np.inf}:
        return (np.maximum if ord > 0 else np.minimum).reduce(np.abs(a), **given)
    values = np.linalg.norm(plain(a), ord, axis, keepdims)
    return made(memory, memory.opaque(np.asarray(values), "linalg.norm", memory.numbers(a)))


def _nan_to_num(
    memory: Memory, x: Any, copy: bool = True, nan: Any = 0.0, posinf: Any = None, neginf: Any = None
) -> Any:
    a = array_of(memory, x)
    limits = np.finfo(a.dtype)
    found = np.where(np.isnan(a), np.asarray(nan, a.dtype), a)
    found = np.where(np.isposinf(a), np.asarray(limits.max if posinf is None else posinf, a.dtype), found)
    found = np.where(np.isneginf(a), np.asarray(limits.min if neginf is None else neginf, a.dtype), found)
    return found if copy else delivered(memory, found, a)


def _round(memory: Memory, a: Any, decimals: int = 0, out: Any = None) -> Any:
    a = array_of(memory, a)
    found = choices.steps(memory.tape, lambda x: np.round(x, decimals), memory.numbers(a), kind="round")
    return delivered(memory, made(memory, found, scalar=a.scalar), out)


def _diff(memory: Memory, a: Any, n: int = 1, axis: int = -1, prepend: Any = None, append: Any = None) -> Any:
    a = array_of(memory, a)
    edge = [1 if place == axis % a.ndim else size for place, size in enumerate(a.shape)]
    sides = [None if x is np._NoValue else x for x in (prepend, append)]
    first, last = (x if x is None or np.ndim(x) else np.broadcast_to(array_of(memory, x), edge) for x in sides)
    if first is not None or last is not None:
        a = np.concatenate([x for x in (first, a, last) if x is not None], axis)
    for _step in range(n):
        rows = np.moveaxis(a, axis, -1)
        a = np.moveaxis(np.subtract(rows[..., 1:], rows[..., :-1]), -1, axis)
    return a


def _spread(_: Memory, a: Any, axis: Any = None, out: Any = None, keepdims: Any = False) -> Any:
    return np.subtract(np.max(a, axis=axis, keepdims=keepdims), np.min(a, axis=axis, keepdims=keepdims), out=out)


def _along_axis(memory: Memory, func1d: Any, axis: int, arr: Any, *args: Any, **kwargs: Any) -> Any:
    rows = np.moveaxis(array_of(memory, arr), axis, -1)
    found = []
    for place in np.ndindex(rows.shape[:-1]):
        with memory.program():
            found.append(func1d(rows[place], *args, **kwargs))
    first = found[0]
    result = np.stack([array_of(memory, x) for x in found]).reshape(rows.shape[:-1] + np.shape(first))
    return np.moveaxis(
        result,
        tuple(range(rows.ndim - 1, result.ndim)),
        tuple(range(axis % rows.ndim, axis % rows.ndim + np.ndim(first))),
    )


def _trace(
    memory: Memory, a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None, out: Any = None
) -> Any:
    return np.add.reduce(np.diagonal(array_of(memory, a), offset, axis1, axis2), axis=-1, dtype=dtype, out=out)


def _outer(memory: Memory, a: Any, b: Any, out: Any = None) -> Any:
    a, b = array_of(memory, a), array_of(memory, b)
    return delivered(memory, np.multiply(a.reshape(-1, 1), b.reshape(1, -1)), out)


def _vecdot(_: Memory, a: Any, b: Any, axis: int = -1) -> Any:
    vecdot: Any = np.vecdot  # NumPy's stubs do not know of ``axis``
    return vecdot(a, b, axis=axis)


def _tensordot(memory: Memory, a: Any, b: Any, axes: Any = 2) -> Any:
    if isinstance(axes, int):
        axes = (list(range(np.ndim(a) - axes, np.ndim(a))), list(range(axes)))
    pair = tuple([part] if isinstance(part, int) else list(part) for part in axes)
    return tensordot(memory, a, b, pair, np.tensordot(plain(a), plain(b), axes))


COMPUTED: Final[Mapping[Any, Function]] = MappingProxyType(
    {
        np.sum: _reduction(np.add),
        np.prod: _reduction(np.multiply),
        np.max: _extreme(np.maximum),
        np.amax: _extreme(np.maximum),
        np.min: _extreme(np.minimum),
        np.amin: _extreme(np.minimum),
        np.cumsum: _running(np.add),
        np.cumprod: _running(np.multiply),
        np.mean: averages.mean,
        np.var: averages.variance,
        np.std: averages.deviation,
        np.average: averages.average,
        np.clip: _clip,
        np.dot: _dot,
        np.inner: _inner,
        np.vdot: lambda memory, a, b: np.dot(array_of(memory, a).reshape(-1), array_of(memory, b).reshape(-1)),
        np.outer: _outer,
        np.tensordot: _tensordot,
        np.einsum: einsum,
        np.trace: _trace,
        np.linalg.norm: _norm,
        np.linalg.vector_norm: lambda memory, x, axis=None, keepdims=False, ord=2: _norm(
            memory, array_of(memory, x).reshape(-1) if axis is None else x, ord, axis, keepdims
        ),
        np.linalg.vecdot: _vecdot,
        np.linalg.matmul: lambda _, a, b: np.matmul(a, b),
        np.nan_to_num: _nan_to_num,
        np.round: _round,
        np.around: _round,
        np.median: averages.median,
        np.diff: _diff,
        np.nansum: averages.without_nan(np.sum, 0.0),
        np.nanmax: averages.without_nan(np.max, -np.inf),
        np.nanmin: averages.without_nan(np.min, np.inf),
        np.ptp: _spread,
        np.apply_along_axis: _along_axis,
    }
)
