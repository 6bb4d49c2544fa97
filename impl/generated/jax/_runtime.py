"""What every generated JAX module needs: checks of the arguments, softmax, sech², sums over batch axes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

import jax
import jax.numpy as jnp
from jax import Array

from attnproof.impl.generated._arguments import Arrays, check_arguments, check_result


def _value(scalar: Array) -> float | None:
    """The number; a traced array has none."""
    return None if isinstance(scalar, jax.core.Tracer) else float(scalar)


ARRAYS = Arrays(
    Array,
    "JAX array",
    takes=lambda dtype: bool(jnp.issubdtype(dtype, jnp.floating)),
    broadcast=jnp.broadcast_shapes,
    value=_value,
)
check = partial(check_arguments, ARRAYS)
check_cotangent = partial(check_result, ARRAYS)


Given = ParamSpec("Given")
Result = TypeVar("Result")


def half_in_single(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """``function`` of fp16 or bf16, computed in fp32: arguments are widened, every result is rounded once, so that
    squares and products do not overflow on the way. Arguments of several formats are handed on as they are.
    """

    @wraps(function)
    def inside(*given: Given.args, **named: Given.kwargs) -> Result:
        arrays = [x for x in (*given, *named.values()) if isinstance(x, Array)]
        found = {x.dtype for x in arrays if jnp.issubdtype(x.dtype, jnp.floating)}
        if len(found) != 1 or not found <= {jnp.dtype(jnp.float16), jnp.dtype(jnp.bfloat16)}:
            return function(*given, **named)
        (half,) = found
        call: Any = function
        parts = [_in_format(x, half, jnp.float32) for x in given]
        result: Result = _in_format(call(*parts, **_in_format(named, half, jnp.float32)), jnp.float32, half)
        return result

    return inside


def _in_format(value: Any, old: Any, new: Any) -> Any:
    """Arrays of one format, alone or together, in another; everything else as it is."""
    if isinstance(value, dict):
        return {name: _in_format(part, old, new) for name, part in value.items()}
    if isinstance(value, tuple):
        parts = (_in_format(part, old, new) for part in value)
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value.astype(new) if isinstance(value, Array) and value.dtype == old else value


def scalar(name: str, value: float | Array | None, like: object) -> Array | None:
    """A Python number or 0-d array as a 0-d array in the dtype of ``like``; None stays None."""
    if value is None or isinstance(value, Array):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number or a 0-d array, got {type(value).__name__}")
    return jnp.asarray(value, dtype=getattr(like, "dtype", None))


def softmax(x: Array, axis: int) -> Array:
    """``exp(x) / Σ exp(x)`` along ``axis``, with the maximum subtracted; 0 where every entry is −∞."""
    top = jax.lax.stop_gradient(jnp.max(x, axis=axis, keepdims=True))
    powers = jnp.exp(x - jnp.where(jnp.isneginf(top), jnp.zeros_like(top), top))
    total = jnp.sum(powers, axis=axis, keepdims=True)
    return powers / jnp.where(total == 0, jnp.ones_like(total), total)


def log_sum_exp(x: Array, axis: int) -> Array:
    """``log Σ exp(x)`` over ``axis``, with the maximum subtracted (by JAX); −∞ where every entry is −∞."""
    return jax.nn.logsumexp(x, axis=axis)


def sech2(x: Array) -> Array:
    """``sech²(x) = 4 p / (1 + p)²`` with ``p = exp(−2|x|)``: no cancellation, unlike ``1 − tanh²``."""
    p = jnp.exp(-2 * jnp.abs(x))
    return 4 * p / jnp.square(1 + p)


def sech(x: Array) -> Array:
    """``sech(x) = 2 p / (1 + p²)`` with ``p = exp(−|x|)``."""
    p = jnp.exp(-jnp.abs(x))
    return 2 * p / (1 + jnp.square(p))


def step(x: Array) -> Array:
    """1 where ``x`` is positive, else 0; NaN stays NaN."""
    return jnp.where(jnp.isnan(x), x, (x > 0).astype(x.dtype))


def side_by_side(parts: tuple[Array, ...], axis: int) -> Array:
    """``parts`` one after another along ``axis`` (negative); all other axes broadcast."""
    like = jnp.broadcast_arrays(*(jax.lax.slice_in_dim(part, 0, 1, axis=axis) for part in parts))[0].shape
    wide = [jnp.broadcast_to(part, (*like[:axis], part.shape[axis], *like[len(like) + axis + 1 :])) for part in parts]
    return jnp.concatenate(wide, axis=axis)


def sum_to(x: Array, like: Array) -> Array:
    """``x`` summed over the batch axes that ``like`` lacks or along which it was broadcast."""
    lead = x.ndim - like.ndim
    stretched = tuple(n for n, length in enumerate(like.shape) if length == 1 and x.shape[n + lead] != 1)
    if lead:
        x = jnp.sum(x, axis=tuple(range(lead)))
    if stretched:
        x = jnp.sum(x, axis=stretched, keepdims=True)
    return x


def sum_to_any(x: Array, like: Array) -> Array:
    """``sum_to`` where ``x``, the same for the whole batch of ``like``, may lack its axes."""
    return sum_to(x[(None,) * (like.ndim - x.ndim)], like)
