"""What every generated NumPy module needs: checks of the arguments, half precision in single, softmax, sech², sums."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from attnproof.impl.generated._arguments import Arrays, check_arguments, check_result

Array = NDArray[Any]
ARRAYS = Arrays(np.ndarray, "NumPy array", takes=lambda dtype: dtype.kind == "f", broadcast=np.broadcast_shapes)
check = partial(check_arguments, ARRAYS)
check_cotangent = partial(check_result, ARRAYS)


Given = ParamSpec("Given")
Result = TypeVar("Result")


def half_in_single(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """``function`` of half precision, computed in single: arguments are widened, every result is rounded once.

    NumPy adds along other axes than the last one in memory in the array's own format: a sum of ones in half precision
    stops at 2048. And squares overflow from 256 on. Arguments of several formats are handed on as they are.
    """

    @wraps(function)
    def inside(*given: Given.args, **named: Given.kwargs) -> Result:
        arrays = [x for x in (*given, *named.values()) if isinstance(x, np.ndarray) and x.dtype.kind == "f"]
        if not arrays or any(x.dtype != np.float16 for x in arrays):
            return function(*given, **named)
        call: Any = function
        parts = [_in_format(x, np.float16, np.float32) for x in given]
        result: Result = _in_format(call(*parts, **_in_format(named, np.float16, np.float32)), np.float32, np.float16)
        return result

    return inside


@np.errstate(over="ignore", under="ignore")
def _in_format(value: Any, old: Any, new: Any) -> Any:
    """Arrays of one format, alone or together, in another; everything else as it is."""
    if isinstance(value, dict):
        return {name: _in_format(part, old, new) for name, part in value.items()}
    if isinstance(value, tuple):
        parts = (_in_format(part, old, new) for part in value)
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value.astype(new) if isinstance(value, np.ndarray | np.floating) and value.dtype == old else value


def scalar(name: str, value: float | Array | None, like: object) -> Array | None:
    """A Python number or 0-d array as a 0-d array in the dtype of ``like``; None stays None."""
    if value is None:
        return None
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | np.floating):
        raise TypeError(f"{name} must be a number or a 0-d array, got {type(value).__name__}")
    return np.asarray(value, dtype=getattr(like, "dtype", None))


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
