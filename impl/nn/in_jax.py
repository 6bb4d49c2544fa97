"""The same attention in JAX: parameters as a dictionary of arrays, a pure function for ``jit``, ``vmap`` and ``grad``.

The generated JAX programs compute it; their derived gradients are JAX's rules (``custom_vjp``), so there is reverse
mode alone. Masks are those of torch: True leaves out.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import cache
from typing import Any

from attnproof.impl.extras import require

require("jax")

import jax
import jax.numpy as jnp
from jax import Array

from attnproof.impl.nn.declared import Declared, declared


def init(score: str, key: Array, *, optional: Sequence[str] = (), dtype: Any = jnp.float32, **sizes: int) -> Any:
    """Parameters of a score, by name: Xavier's uniform matrices, vectors within 1/√length, biases 0, numbers 1.

    key       a key of ``jax.random``
    optional  names of the score's optional parameters that there are
    sizes     those that the shapes are made of: ``d_q``, ``d_k``, ``d_a`` …

    Raises KeyError for an unknown score, TypeError for sizes and parameters that are missing or not the score's.
    """
    found = declared(score)
    for name in sorted({*sizes} ^ {*found.sizes}):
        raise TypeError(f"score {score} takes the sizes {', '.join(found.sizes) or 'none'}; check {name}")
    for name in {*optional} - {*found.optional}:
        raise TypeError(f"score {score} has the optional parameters {', '.join(found.optional) or 'none'}, not {name}")
    names = [name for name in found.parameters if name in found.required or name in optional]
    keys = jax.random.split(key, max(len(names), 1))
    return {
        name: _start(found, name, one, found.shape(name, sizes), dtype) for name, one in zip(names, keys, strict=False)
    }


def _start(score: Declared, name: str, key: Array, shape: tuple[int, ...], dtype: Any) -> Array:
    if name in score.optional:
        return jnp.zeros(shape, dtype)
    if not shape:
        return jnp.ones(shape, dtype)
    edge = shape[0] ** -0.5 if len(shape) == 1 else (6 / (shape[0] + shape[1])) ** 0.5
    started: Array = jax.random.uniform(key, shape, dtype, -edge, edge)
    return started


def attend(
    score: str,
    parameters: Any,
    query: Array,
    key: Array,
    value: Array,
    key_padding_mask: Array | None = None,
    attn_mask: Array | None = None,
    *,
    is_causal: bool = False,
    softcap: float | None = None,
) -> tuple[Array, Array]:
    """Context (..., n_q, d_v) and weights (..., n_q, n_k) of a score with these parameters.

    key_padding_mask  (..., n_k); bool: True leaves a key out; floating-point: added to the scores
    attn_mask         (..., n_q, n_k); the same
    is_causal         query i sees the keys j <= i

    A query that sees no key has 0 of both. Under ``jit`` score, ``is_causal`` and ``softcap`` are static. Raises
    TypeError or ValueError that names the argument.
    """
    n_q, n_k = query.shape[-2], key.shape[-2]
    batch = jnp.broadcast_shapes(query.shape[:-2], key.shape[:-2], value.shape[:-2])
    if 0 in (*batch, n_q, n_k):
        return jnp.zeros((*batch, n_q, value.shape[-1]), query.dtype), jnp.zeros((*batch, n_q, n_k), query.dtype)
    bias = jnp.zeros((n_q, n_k), query.dtype)
    if is_causal:
        bias = jnp.where(jnp.tril(jnp.ones((n_q, n_k), bool)), bias, -jnp.inf)
    for name, mask in (("key_padding_mask", key_padding_mask), ("attn_mask", attn_mask)):
        if mask is None:
            continue
        core = (n_k,) if name == "key_padding_mask" else (n_q, n_k)
        if mask.shape[-len(core) :] != core:
            raise ValueError(f"{name} must have shape (..., {', '.join(map(str, core))}), got {mask.shape}")
        rows = mask[..., None, :] if len(core) == 1 else mask
        if rows.dtype == jnp.bool_:
            bias = jnp.where(rows, -jnp.inf, bias)
        elif jnp.issubdtype(rows.dtype, jnp.floating):
            bias = bias + rows
        else:
            raise TypeError(f"{name} must be an array of bool or floating-point numbers, got {mask.dtype}")
    module = _program(score if ":" not in score else declared(score).name)
    masked = is_causal or key_padding_mask is not None or attn_mask is not None
    found = module.attention(query, key, value, **parameters, softcap=softcap, bias=bias if masked else None)
    return found.context, found.weights


@cache
def _program(name: str) -> Any:
    if ":" in name:
        return importlib.import_module("attnproof.impl.codegen.own").program("jax", name)
    return importlib.import_module(f"attnproof.impl.generated.jax.{name}")
