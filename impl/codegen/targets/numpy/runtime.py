"""What every generated NumPy module needs: checks of the arguments, softmax, sech², sums over batch axes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def scalar(name: str, value: float | Array | None, like: object) -> Array | None:
    """A Python number or 0-d array as a 0-d array in the dtype of ``like``; None stays None."""
    if value is None:
        return None
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | np.floating):
        raise TypeError(f"{name} must be a number or a 0-d array, got {type(value).__name__}")
    return np.asarray(value, dtype=getattr(like, "dtype", None))


def check(
    given: Mapping[str, Array | None],
    shapes: Mapping[str, tuple[str, ...]],
    required: frozenset[str],
    positive: frozenset[str] = frozenset(),
) -> None:
    """Raise TypeError or ValueError, naming the argument, unless all arrays fit together.

    given     arguments by name; None: not given
    shapes    for each the names of its core axes, a leading ``...`` where batch axes are allowed; ``d_q + d_k`` is a sum
    required  arguments that must be given
    positive  scalars that must be finite and greater than 0
    """
    sizes: dict[str, tuple[int, str]] = {}
    batches: dict[str, tuple[int, ...]] = {}
    dtype: tuple[np.dtype[Any], str] | None = None
    for name, shape in shapes.items():
        array = given[name]
        if array is None:
            if name in required:
                raise TypeError(f"{name} must be given")
            continue
        if not isinstance(array, np.ndarray):
            raise TypeError(f"{name} must be a NumPy array, got {type(array).__name__}")
        if array.dtype.kind != "f":
            raise TypeError(f"{name} must have a floating-point dtype, got {array.dtype}")
        dtype = dtype or (array.dtype, name)
        if array.dtype != dtype[0]:
            raise TypeError(f"{name} has dtype {array.dtype}, expected {dtype[0]} as for {dtype[1]}")
        batches[name] = _batch_of(name, array.shape, shape, sizes)
        if name in positive and not 0 < float(array) < np.inf:
            raise ValueError(f"{name} must be a finite number > 0, got {array}")
    try:
        np.broadcast_shapes(*batches.values())
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
        parts = [sizes.get(part) for part in axis.split(" + ")]
        if len(parts) == 1 and parts[0] is None:
            if length == 0:
                raise ValueError(f"{name} must have shape ({', '.join(shape)}) with {axis} > 0, got {actual}")
            sizes[axis] = (length, name)
        elif length != sum(part[0] for part in parts if part is not None):
            known = ", ".join(f"{n} = {sizes[n][0]} from {sizes[n][1]}" for n in axis.split(" + "))
            raise ValueError(f"{name} must have shape ({', '.join(shape)}) with {known}, got {actual}")
    return actual[:lead]


def check_cotangent(name: str, array: Array | None, like: Array, output: str) -> None:
    """Raise TypeError or ValueError unless ``array`` has the shape and dtype of ``like``."""
    if array is None:
        return
    if not isinstance(array, np.ndarray):
        raise TypeError(f"{name} must be a NumPy array, got {type(array).__name__}")
    if array.shape != like.shape:
        raise ValueError(f"{name} must have the shape {like.shape} of {output}, got {array.shape}")
    if array.dtype != like.dtype:
        raise TypeError(f"{name} has dtype {array.dtype}, expected {like.dtype} as for {output}")


def softmax(x: Array, axis: int) -> Array:
    """``exp(x) / Σ exp(x)`` along ``axis``, with the maximum subtracted; 0 where every entry is −∞."""
    top = np.max(x, axis=axis, keepdims=True)
    top = np.where(np.isneginf(top), np.zeros_like(top), top)
    powers = np.exp(x - top)
    total = np.sum(powers, axis=axis, keepdims=True)
    return np.asarray(powers / np.where(total == 0, np.ones_like(total), total))


def log_sum_exp(x: Array, axis: int) -> Array:
    """``log Σ exp(x)`` over ``axis``, with the maximum subtracted; −∞ where every entry is −∞."""
    top = np.max(x, axis=axis, keepdims=True)
    empty = np.isneginf(top)
    top = np.where(empty, np.zeros_like(top), top)
    total = np.where(empty, np.ones_like(top), np.sum(np.exp(x - top), axis=axis, keepdims=True))
    return np.squeeze(np.where(empty, -np.inf, np.log(total) + top).astype(x.dtype, copy=False), axis=axis)


def sech2(x: Array) -> Array:
    """``sech²(x) = 4 p / (1 + p)²`` with ``p = exp(−2|x|)``: no cancellation, unlike ``1 − tanh²``."""
    p = np.exp(-2 * np.abs(x))
    return np.asarray(4 * p / np.square(1 + p))


def sech(x: Array) -> Array:
    """``sech(x) = 2 p / (1 + p²)`` with ``p = exp(−|x|)``."""
    p = np.exp(-np.abs(x))
    return np.asarray(2 * p / (1 + np.square(p)))


def side_by_side(parts: tuple[Array, ...], axis: int) -> Array:
    """``parts`` one after another along ``axis`` (negative); all other axes broadcast."""
    like = np.broadcast_shapes(*(np.take(part, [0], axis=axis).shape for part in parts))
    wide = [np.broadcast_to(part, (*like[:axis], part.shape[axis], *like[len(like) + axis + 1 :])) for part in parts]
    return np.concatenate(wide, axis=axis)


def sum_to(x: Array, like: Array) -> Array:
    """``x`` summed over the batch axes that ``like`` lacks or along which it was broadcast."""
    lead = x.ndim - like.ndim
    stretched = tuple(n + lead for n, length in enumerate(like.shape) if length == 1 and x.shape[n + lead] != 1)
    if lead:
        x = np.sum(x, axis=tuple(range(lead)))
    if stretched:
        x = np.sum(x, axis=tuple(n - lead for n in stretched), keepdims=True)
    return np.asarray(x)


def sum_to_any(x: Array, like: Array) -> Array:
    """``sum_to`` where ``x``, the same for the whole batch of ``like``, may lack its axes."""
    return sum_to(x[(None,) * (like.ndim - x.ndim)], like)
