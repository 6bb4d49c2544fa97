"""Attention and its gradients in NumPy, by hand.

Inputs are a mapping from names to arrays of one dtype (float64, float32 or float16); results have that dtype.

    query (..., n_q, d_q)   key (..., n_k, d_k)   value (..., n_k, d_v)     d_q = d_k = d for the dot scores
    bilinear: weight (d_q, d_k)
    additive: weight_query (d_a, d_q), weight_key (d_a, d_k), v (d_a,), optional bias_hidden (d_a,)
    concat:   weight_concat (d_a, d_q + d_k), v (d_a,)
    every score, optional: softcap, a positive number (scalar); bias (..., n_q, n_k), where -inf masks a key

The leading batch dimensions of query, key, value and bias broadcast against each other; parameters have none.
A row whose keys are all masked has weights 0, context 0 and gradients 0. Scores have to be finite, and values too, also
where they are masked (0 times infinity is not 0).

Nothing here is shared with the derivations or the generated code: it is their independent counterpart.
Sources: Bahdanau, Cho, Bengio 2015; Luong, Pham, Manning 2015; Vaswani et al. 2017; the backward formulas are the chain
rule written out, each beside the line of the forward pass that it belongs to.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Inputs = Mapping[str, Any]

DTYPES = (np.dtype(np.float64), np.dtype(np.float32), np.dtype(np.float16))

_Shapes = dict[str, tuple[str, ...]]
_SHARED_WIDTH: _Shapes = {"query": ("n_q", "d"), "key": ("n_k", "d"), "value": ("n_k", "d_v")}
_OWN_WIDTHS: _Shapes = {"query": ("n_q", "d_q"), "key": ("n_k", "d_k"), "value": ("n_k", "d_v")}
_REQUIRED: dict[str, _Shapes] = {
    "dot": _SHARED_WIDTH,
    "scaled_dot": _SHARED_WIDTH,
    "bilinear": {**_OWN_WIDTHS, "weight": ("d_q", "d_k")},
    "additive": {**_OWN_WIDTHS, "weight_query": ("d_a", "d_q"), "weight_key": ("d_a", "d_k"), "v": ("d_a",)},
    "concat": {**_OWN_WIDTHS, "weight_concat": ("d_a", "d_q + d_k"), "v": ("d_a",)},
}
_OPTIONAL: _Shapes = {"softcap": (), "bias": ("n_q", "n_k")}
_BATCHED = ("query", "key", "value", "bias")

SCORES = tuple(_REQUIRED)


class Attention(NamedTuple):
    """context (..., n_q, d_v), weights (..., n_q, n_k), scores (..., n_q, n_k) before soft-cap and bias."""

    context: Array
    weights: Array
    scores: Array


def attention(score: str, inputs: Inputs) -> Attention:
    """Scores of the family ``score``, then soft-cap, bias, softmax over the keys, and context.

    Shapes, dtypes and domain as in the module's docstring. KeyError for an unknown score and for a missing or an
    extra input; ValueError for a shape or dtype that does not fit.
    """
    given, dtype = _in_single(_checked(score, inputs))
    scores = _scores(score, given)
    weights = _softmax(_logits(scores, given))
    return Attention(*(_rounded(array, dtype) for array in (weights @ given["value"], weights, scores)))


def gradients(score: str, inputs: Inputs, grad_context: Any) -> dict[str, Array]:
    """Gradient of ``Σ grad_context · context`` with respect to every input given, each of its input's shape.

    grad_context has the shape and the dtype of the context. Errors as for ``attention``.
    """
    given, dtype = _in_single(_checked(score, inputs))
    batch = np.broadcast_shapes(*(given[name].shape[:-2] for name in _BATCHED if name in given))
    # With every batched input at the full batch shape the formulas below need no special case for broadcasting;
    # what was broadcast is summed at the end.
    full = {
        name: np.broadcast_to(array, batch + array.shape[-2:]) if name in _BATCHED else array
        for name, array in given.items()
    }
    value = full["value"]
    scores = _scores(score, full)
    weights = _softmax(_logits(scores, full))
    upstream = _checked_grad_context(grad_context, weights.shape[:-1] + value.shape[-1:], dtype).astype(value.dtype)

    grads: dict[str, Array] = {}
    # context = weights @ value
    grads["value"] = _t(weights) @ upstream
    grad_weights = upstream @ _t(value)
    # weights = softmax(logits): Jacobian diag(weights) - weights weightsᵀ, for each row
    row_dot = np.sum(weights * grad_weights, axis=-1, keepdims=True)
    grad_logits = weights * (grad_weights - row_dot)
    # logits = capped + bias
    if "bias" in full:
        grads["bias"] = grad_logits
    # capped = softcap * tanh(scores / softcap)
    grad_scores = grad_logits
    if "softcap" in full:
        ratio = scores / full["softcap"]
        slope = _sech_squared(ratio)
        grads["softcap"] = np.sum(grad_logits * (np.tanh(ratio) - ratio * slope), dtype=value.dtype)
        grad_scores = grad_logits * slope
    grads |= _score_gradients(score, full, grad_scores)
    return {name: _rounded(_sum_to(grads[name], given[name].shape), dtype) for name in given}


def _in_single(given: dict[str, Array]) -> tuple[dict[str, Array], np.dtype[Any]]:
    """The inputs, half precision as single, and the dtype that they had.

    NumPy adds along other axes than the last in memory in the arrays' own dtype: a sum of ones in float16 stops at
    2048.
    """
    dtype = given["query"].dtype
    wide = np.result_type(dtype, np.float32)
    return {name: array.astype(wide, copy=False) for name, array in given.items()}, dtype


def _rounded(array: Array, dtype: np.dtype[Any]) -> Array:
    """A result in the inputs' dtype; beyond its range, infinity."""
    with np.errstate(over="ignore", under="ignore"):
        return array.astype(dtype, copy=False)


def _scores(score: str, given: Mapping[str, Array]) -> Array:
    """(..., n_q, n_k)."""
    query, key = given["query"], given["key"]
    if score == "dot":
        return query @ _t(key)
    if score == "scaled_dot":
        return (query @ _t(key)) / math.sqrt(query.shape[-1])
    if score == "bilinear":
        return query @ given["weight"] @ _t(key)
    return np.tanh(_preactivation(score, given)) @ given["v"]


def _score_gradients(score: str, full: Mapping[str, Array], grad_scores: Array) -> dict[str, Array]:
    """Gradients of query, key and parameters from the gradient of the scores, all at the full batch shape."""
    query, key = full["query"], full["key"]
    if score in {"dot", "scaled_dot"}:
        if score == "scaled_dot":
            grad_scores = grad_scores / math.sqrt(query.shape[-1])
        return {"query": grad_scores @ key, "key": _t(grad_scores) @ query}
    if score == "bilinear":
        weight = full["weight"]
        return {
            "query": grad_scores @ key @ weight.T,
            "key": _t(grad_scores) @ query @ weight,
            "weight": _t(query) @ grad_scores @ key,
        }

    preactivation = _preactivation(score, full)
    grads = {"v": _t(np.tanh(preactivation)) @ grad_scores[..., None]}  # (..., n_q, d_a, 1), summed over rows below
    grads["v"] = _sum_to(grads["v"][..., 0], full["v"].shape)
    grad_hidden = grad_scores[..., None] * full["v"] * _sech_squared(preactivation)  # (..., n_q, n_k, d_a)
    if score == "concat":
        pairs, d_q = _pairs(query, key), query.shape[-1]
        grad_pairs = grad_hidden @ full["weight_concat"]
        grads["query"] = np.sum(grad_pairs[..., :d_q], axis=-2)
        grads["key"] = np.sum(grad_pairs[..., d_q:], axis=-3)
        grads["weight_concat"] = _t(grad_hidden) @ pairs
        return grads
    for_query, for_key = np.sum(grad_hidden, axis=-2), np.sum(grad_hidden, axis=-3)
    grads["query"] = for_query @ full["weight_query"]
    grads["key"] = for_key @ full["weight_key"]
    grads["weight_query"] = _t(for_query) @ query
    grads["weight_key"] = _t(for_key) @ key
    grads["bias_hidden"] = for_query
    return grads


def _preactivation(score: str, given: Mapping[str, Array]) -> Array:
    """The argument of tanh, (..., n_q, n_k, d_a)."""
    query, key = given["query"], given["key"]
    if score == "concat":
        return _pairs(query, key) @ given["weight_concat"].T
    from_query = query @ given["weight_query"].T
    from_key = key @ given["weight_key"].T
    preactivation: Array = from_query[..., :, None, :] + from_key[..., None, :, :]
    if "bias_hidden" in given:
        preactivation = preactivation + given["bias_hidden"]
    return preactivation


def _pairs(query: Array, key: Array) -> Array:
    """Every query beside every key: ``[q_i; k_j]``, (..., n_q, n_k, d_q + d_k)."""
    batch = np.broadcast_shapes(query.shape[:-2], key.shape[:-2])
    rows = (*batch, query.shape[-2], key.shape[-2])
    left = np.broadcast_to(query[..., :, None, :], (*rows, query.shape[-1]))
    right = np.broadcast_to(key[..., None, :, :], (*rows, key.shape[-1]))
    return np.concatenate([left, right], axis=-1)


def _logits(scores: Array, given: Mapping[str, Array]) -> Array:
    """Soft-cap, then bias."""
    if "softcap" in given:
        scores = given["softcap"] * np.tanh(scores / given["softcap"])
    return scores + given["bias"] if "bias" in given else scores


def _softmax(logits: Array) -> Array:
    """Softmax of each row, its maximum subtracted; a row of -inf gives 0."""
    largest = np.max(logits, axis=-1, keepdims=True)
    largest = np.where(np.isneginf(largest), np.zeros_like(largest), largest)  # -inf minus -inf would be NaN
    powers: Array = np.exp(logits - largest)
    normaliser: Array = np.sum(powers, axis=-1, keepdims=True)
    # A row with one key left sums to at least exp(0) = 1, so 0 means: all masked.
    weights: Array = powers / np.where(normaliser == 0, np.ones_like(normaliser), normaliser)
    return weights


def _sech_squared(z: Array) -> Array:
    """``sech² z``, the derivative of tanh, from ``exp(-2|z|)``: no cancellation and no overflow at any z."""
    small: Array = np.exp(-2 * np.abs(z))
    slope: Array = 4 * small / (1 + small) ** 2
    return slope


def _t(matrix: Array) -> Array:
    """Transpose of the last two axes."""
    return np.swapaxes(matrix, -1, -2)


def _sum_to(gradient: Array, shape: tuple[int, ...]) -> Array:
    """Sum over the axes along which an input of ``shape`` was broadcast."""
    extra = gradient.ndim - len(shape)
    stretched = tuple(extra + axis for axis, length in enumerate(shape) if length == 1 != gradient.shape[extra + axis])
    summed = np.sum(gradient, axis=(*range(extra), *stretched), keepdims=True)
    return np.reshape(summed, shape)


def _checked(score: str, inputs: Inputs) -> dict[str, Array]:
    """The inputs as arrays, or one error that names what is wrong."""
    if score not in _REQUIRED:
        raise KeyError(f"unknown score {score!r}; known scores: {', '.join(SCORES)}")
    optional: _Shapes = {"bias_hidden": ("d_a",), **_OPTIONAL} if score == "additive" else _OPTIONAL
    shapes = {**_REQUIRED[score], **optional}
    if missing := sorted(set(_REQUIRED[score]) - set(inputs)):
        raise KeyError(f"score {score!r}: missing input {', '.join(missing)}; needed: {', '.join(_REQUIRED[score])}")
    if extra := sorted(set(inputs) - set(shapes)):
        raise KeyError(f"score {score!r}: unknown input {', '.join(extra)}; known: {', '.join(shapes)}")

    dtype = np.asarray(inputs["query"]).dtype
    if dtype not in DTYPES:
        raise ValueError(f"query has dtype {dtype}; supported: {', '.join(str(known) for known in DTYPES)}")
    sizes: dict[str, int] = {}
    given: dict[str, Array] = {}
    for name in (name for name in shapes if name in inputs):
        is_number = isinstance(inputs[name], (int, float)) and not isinstance(inputs[name], np.generic)
        given[name] = np.asarray(inputs[name], dtype=dtype if is_number else None)
        if given[name].dtype != dtype:
            raise ValueError(f"{name} has dtype {given[name].dtype}, but query has {dtype}; all inputs share one dtype")
        _check_shape(name, given[name].shape, shapes[name], sizes)
    if "softcap" in given and not given["softcap"] > 0:
        raise ValueError(f"softcap is {given['softcap']}; it has to be a positive number")
    batches = {name: given[name].shape[:-2] for name in _BATCHED if name in given}
    try:
        np.broadcast_shapes(*batches.values())
    except ValueError:
        raise ValueError(f"batch dimensions do not broadcast: {batches}") from None
    return given


def _check_shape(name: str, shape: tuple[int, ...], axes: tuple[str, ...], sizes: dict[str, int]) -> None:
    """Compare the last axes with ``sizes`` and add the sizes that are met for the first time."""
    expected = f"{name} has shape {shape}, expected {'(..., ' if name in _BATCHED else '('}{', '.join(axes)})"
    if len(shape) < len(axes) or (name not in _BATCHED and len(shape) != len(axes)):
        raise ValueError(expected)
    for axis, length in zip(axes, shape[len(shape) - len(axes) :], strict=True):
        known = sizes["d_q"] + sizes["d_k"] if axis == "d_q + d_k" else sizes.setdefault(axis, length)
        if length != known:
            raise ValueError(f"{expected} with {axis} = {known}")
        if length == 0:
            raise ValueError(f"{expected} with {axis} at least 1")


def _checked_grad_context(grad_context: Any, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    upstream = np.asarray(grad_context)
    if upstream.shape != shape or upstream.dtype != dtype:
        raise ValueError(
            f"grad_context has shape {upstream.shape} and dtype {upstream.dtype}, expected {shape}, {dtype}"
        )
    return upstream
