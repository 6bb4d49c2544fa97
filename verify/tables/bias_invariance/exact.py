"""Exact logits and weights in float64, and a-priori bounds on what rounding makes of them, for small attention
problems.

The exact values come from the definitions alone, written out here; nothing under test is used. Their own error
(float64, sums of a few dozen terms) is covered by ``OWN_ERROR``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.inputs.make import WITH_TANH
from attnproof.verify.tables.rounding import Rounding, softmax

Array = npt.NDArray[np.float64]
Inputs = Mapping[str, Array]

LARGEST_COSH: Final = 350.0  # cosh² of more overflows in float64; sech² is decreasing, so cutting there keeps the bound
OWN_ERROR: Final = 1e-13  # of the float64 evaluation here, relative to weights and absolute in logits


def preactivations(score: str, inputs: Inputs) -> Array:
    """Z (n_q, n_k, d_a) of the additive or concat score."""
    query, key = inputs["query"], inputs["key"]
    if score == "concat":
        weight = inputs["weight_concat"]
        left, right = weight[:, : query.shape[-1]], weight[:, query.shape[-1] :]
    else:
        left, right = inputs["weight_query"], inputs["weight_key"]
    hidden = (query @ left.T)[:, None, :] + (key @ right.T)[None, :, :]
    return np.asarray(hidden + inputs["bias_hidden"] if "bias_hidden" in inputs else hidden)


def effective_query(score: str, inputs: Inputs) -> Array:
    """(n_q, d_k): what a multiplicative score multiplies the key with."""
    query = inputs["query"]
    if score == "bilinear":
        return np.asarray(query @ inputs["weight"])
    return query / math.sqrt(query.shape[-1]) if score == "scaled_dot" else query


def raw_scores(score: str, inputs: Inputs) -> Array:
    """The score itself, (n_q, n_k)."""
    if score in WITH_TANH:
        return np.asarray(np.tanh(preactivations(score, inputs)) @ inputs["v"])
    return np.asarray(effective_query(score, inputs) @ inputs["key"].T)


def logits(score: str, inputs: Inputs) -> Array:
    """Exact logits (n_q, n_k) up to a shift shared by the keys of a query, which the softmax drops.

    For tanh the shift is ``Σ v sign(z)`` where all keys are on one side: what is left is
    ``∓2 v e^(-2|z|)/(1 + e^(-2|z|))``, without cancellation. Without a soft-cap a bias that all keys share is dropped.
    """
    if score in WITH_TANH:
        z = preactivations(score, inputs)
        small = np.exp(-2 * np.abs(z))
        same = np.all(np.sign(z) == np.sign(z[:, :1]), axis=1, keepdims=True)
        scores = np.where(same, -2 * np.sign(z) * small / (1 + small), np.tanh(z)) @ inputs["v"]
    else:
        scores = effective_query(score, inputs) @ inputs["key"].T
    if "softcap" in inputs:
        if score in WITH_TANH:
            raise ValueError("a soft-cap needs the whole score; give it with a multiplicative one")
        scores = inputs["softcap"] * np.tanh(scores / inputs["softcap"])
    if "bias" in inputs:
        scores = scores + (inputs["bias"] - inputs["bias"][..., :1])
    return np.asarray(scores)


def from_uniform(values: Array) -> Array:
    """``α - 1/n`` of logits, accurate also where they nearly agree: ``(expm1(x_i) - mean expm1(x)) / Σ exp(x)``."""
    x = values - values.max(axis=-1, keepdims=True)
    grown = np.expm1(x)
    return np.asarray((grown - grown.mean(axis=-1, keepdims=True)) / np.exp(x).sum(axis=-1, keepdims=True))


def grid(array: Array) -> float:
    """The largest power of two of which all (finite) elements are multiples; infinity for zeros."""
    nonzero = np.abs(array[array != 0])
    if nonzero.size == 0:
        return math.inf
    mantissa, exponent = np.frexp(nonzero)
    odd = (mantissa * 2.0**53).astype(np.int64)
    trailing = np.array([(int(m) & -int(m)).bit_length() - 1 for m in odd])
    return float(2.0 ** float(np.min(exponent - 53 + trailing)))


def exact_logits(score: str, inputs: Inputs, rounding: Rounding, dtype: str) -> bool:
    """Whether every operation up to the shifted logits is exact in the format, in any order: multiples of a power of
    two whose absolute sum stays below 2^p of it. Never claimed for tanh.
    """
    if score in WITH_TANH or "softcap" in inputs:
        return False
    steps = 2.0 ** FORMATS[dtype].precision
    query, key = inputs["query"], inputs["key"]
    unit, size = grid(query) * grid(key), np.abs(query) @ np.abs(key).T
    if score == "bilinear":
        weight = inputs["weight"]
        unit, size = unit * grid(weight), np.abs(query) @ np.abs(weight) @ np.abs(key).T
    if score == "scaled_dot":
        root = math.sqrt(query.shape[-1])
        halves = math.sqrt(root) if rounding.fused else root
        if math.frexp(halves)[0] != 0.5:
            return False
        unit, size = unit / root, np.maximum(size, size / root)
    largest = float(size.max())
    if "bias" in inputs:
        unit = min(unit, grid(inputs["bias"]))
        largest += float(np.abs(inputs["bias"]).max())
    return bool(2 * largest <= steps * unit)


def logit_bound(score: str, inputs: Inputs, rounding: Rounding, dtype: str) -> Array:
    """Bound on |computed - exact logit| (n_q, n_k), before the subtraction of the maximum."""
    if exact_logits(score, inputs, rounding, dtype):
        return np.zeros((len(inputs["query"]), len(inputs["key"])))
    u = rounding.unit
    if score in WITH_TANH:
        error, scores = _tanh_bound(score, inputs, rounding)
    else:
        error, scores = _product_bound(score, inputs, rounding)
    if "softcap" in inputs:
        cap = float(inputs["softcap"])
        error = error + 3 * u * np.abs(scores) + cap * (rounding.elementary + 2 * u)
        scores = np.minimum(np.abs(scores), cap)
    if "bias" in inputs:
        error = error + FORMATS[rounding.bias_format].unit_roundoff * (np.abs(scores) + np.abs(inputs["bias"]) + error)
    return error


def _product_bound(score: str, inputs: Inputs, rounding: Rounding) -> tuple[Array, Array]:
    query, key = inputs["query"], inputs["key"]
    size = np.abs(query) @ np.abs(key).T
    terms = query.shape[-1]
    if score == "bilinear":
        size = np.abs(query) @ np.abs(inputs["weight"]) @ np.abs(key).T
        terms = sum(inputs["weight"].shape)
    if score == "scaled_dot":
        size = size / math.sqrt(terms)
    relative = rounding.accumulate(terms) + (6 if rounding.fused else 3) * rounding.unit
    return relative * size, effective_query(score, inputs) @ key.T


def _tanh_bound(score: str, inputs: Inputs, rounding: Rounding) -> tuple[Array, Array]:
    """Tanh moves by at most the error of z times sech² on the nearer side, then by its own; product and sum follow."""
    query, key, v = np.abs(inputs["query"]), np.abs(inputs["key"]), np.abs(inputs["v"])
    whole = {name: np.abs(array) for name, array in inputs.items()} | {"query": query, "key": key}
    z, size = preactivations(score, inputs), preactivations(score, whole)
    terms = query.shape[-1] + key.shape[-1] + 1
    moved = (rounding.accumulate(terms) + 3 * rounding.unit) * size
    slope = 1 / np.cosh(np.minimum(np.maximum(np.abs(z) - moved, 0.0), LARGEST_COSH)) ** 2
    each = moved * slope + rounding.elementary + rounding.unit
    error = each @ v + rounding.accumulate(len(v)) * v.sum() * np.ones(z.shape[:2])
    return error, np.tanh(z) @ inputs["v"]


def weight_logs(score: str, inputs: Inputs, rounding: Rounding, dtype: str) -> Array:
    """Bound on |log(computed weight / exact weight)| for each query, (n_q, 1)."""
    values = logits(score, inputs)
    delta = logit_bound(score, inputs, rounding, dtype).max(axis=-1, keepdims=True)
    spread = np.ptp(values, axis=-1, keepdims=True) + 2 * delta
    exact = exact_logits(score, inputs, rounding, dtype)
    return np.asarray(2 * delta + rounding.softmax(values.shape[-1], spread, exact_logits=exact) + OWN_ERROR)


def shared_bias_logs(score: str, before: Inputs, after: Inputs, rounding: Rounding, dtype: str) -> Array:
    """Bound on |log(weight after / weight before)|, (n_q, 1), when the inputs differ in a bias shared by all keys only.

    Both runs add the bias to the same computed scores, which differ from the exact ones by δ at most: the logits then
    move by at most u (|e| + δ + |b|) in each run, and both softmaxes round.
    """
    plain = {name: array for name, array in before.items() if name != "bias"}
    error = logit_bound(score, plain, rounding, dtype).max(axis=-1, keepdims=True)
    largest = np.abs(raw_scores(score, plain)).max(axis=-1, keepdims=True) + error
    spread = np.ptp(logits(score, plain), axis=-1, keepdims=True) + 2 * error
    total = np.zeros_like(error) + OWN_ERROR
    for inputs in (before, after):
        moved = FORMATS[rounding.bias_format].unit_roundoff * (largest + np.abs(inputs["bias"]).max())
        if exact_logits(score, inputs, rounding, dtype):
            moved = np.zeros_like(moved)
        total = total + 2 * moved + rounding.softmax(len(before["key"]), spread + 2 * moved)
    return np.asarray(total)


def weight_bound(score: str, inputs: Inputs, rounding: Rounding, dtype: str) -> Array:
    """Bound on |computed weight - exact weight|, (n_q, n_k)."""
    with np.errstate(over="ignore"):
        moved = np.expm1(weight_logs(score, inputs, rounding, dtype))
    return np.asarray(softmax(logits(score, inputs)) * moved + rounding.tiny)
