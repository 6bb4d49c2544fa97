"""What every generated JAX module needs: checks of the arguments, softmax, sech², sums over batch axes."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jax import Array


def scalar(name: str, value: float | Array | None, like: object) -> Array | None:
    """A Python number or 0-d array as a 0-d array in the dtype of ``like``; None stays None."""
    if value is None or isinstance(value, Array):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number or a 0-d array, got {type(value).__name__}")
    return jnp.asarray(value, dtype=getattr(like, "dtype", None))


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
    positive  scalars that must be finite and greater than 0; not looked at while JAX traces, when they have no value
    """
    sizes: dict[str, tuple[int, str]] = {}
    batches: dict[str, tuple[int, ...]] = {}
    dtype: tuple[Any, str] | None = None
    for name, shape in shapes.items():
        array = given[name]
        if array is None:
            if name in required:
                raise TypeError(f"{name} must be given")
            continue
        if not isinstance(array, Array):
            raise TypeError(f"{name} must be a JAX array, got {type(array).__name__}")
        if not jnp.issubdtype(array.dtype, jnp.floating):
            raise TypeError(f"{name} must have a floating-point dtype, got {array.dtype}")
        dtype = dtype or (array.dtype, name)
        if array.dtype != dtype[0]:
            raise TypeError(f"{name} has dtype {array.dtype}, expected {dtype[0]} as for {dtype[1]}")
        batches[name] = _batch_of(name, array.shape, shape, sizes)
        if name in positive and not isinstance(array, jax.core.Tracer) and not 0 < float(array) < math.inf:
            raise ValueError(f"{name} must be a finite number > 0, got {float(array)}")
    try:
        jnp.broadcast_shapes(*batches.values())
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
    if not isinstance(array, Array):
        raise TypeError(f"{name} must be a JAX array, got {type(array).__name__}")
    if array.shape != like.shape:
        raise ValueError(f"{name} must have the shape {like.shape} of {output}, got {array.shape}")
    if array.dtype != like.dtype:
        raise TypeError(f"{name} has dtype {array.dtype}, expected {like.dtype} as for {output}")


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
