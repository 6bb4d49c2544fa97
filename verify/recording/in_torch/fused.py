"""Fused attention, as its kernels compute it: scores in the inner format, one pass over the keys, then the backward.

The weights go into the product with the values in the format of the inputs, as the kernels store them.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from attnproof.verify.recording.in_torch.reductions import total
from attnproof.verify.recording.in_torch.softmaxes import shifted
from attnproof.verify.recording.in_torch.writer import Writer, rule
from attnproof.verify.recording.recording import Ids


def _heads(w: Writer, keys: Any, query: Any) -> Ids:
    """Keys or values with as many heads as the queries: each serves a group of them."""
    ids = w.of(keys)
    return ids[:, np.arange(query.shape[1]) // (query.shape[1] // keys.shape[1])]


def _grouped(w: Writer, slopes: Ids, keys: Any) -> Ids:
    """Gradients of keys or values, summed over the heads that a head of keys serves."""
    batch, heads = keys.shape[:2]
    if slopes.shape[1] == heads:
        return slopes
    parts = slopes.reshape(batch, heads, slopes.shape[1] // heads, *slopes.shape[2:])
    return w.op("sum", parts, axes=(2,))


def _stored(w: Writer, ids: Ids) -> Ids:
    """Rounded to the inputs' format, where that is narrower."""
    if w.dtype == w.inner:
        return ids
    return w.tape.write("cast", (ids,), w.rounded(w.values(ids)), w.dtype)


def _scores(w: Writer, query: Any, keys: Ids, causal: bool, mask: Any, scale: float | None) -> tuple[Ids, Ids]:
    """Q · k · scale + mask, −∞ beyond the diagonal if causal; and the scale."""
    factor = w.of(1 / math.sqrt(query.shape[-1]) if scale is None else scale)
    scores = w.op("mul", w.whole("matmul", w.of(query), keys.swapaxes(-1, -2)), factor)
    if mask is not None:
        scores = w.op("add", scores, w.of(mask))
    if causal:
        scores = np.where(np.tri(*scores.shape[-2:]) > 0, scores, w.constant(-np.inf))
    return scores, factor


@rule("_scaled_dot_product_flash_attention_for_cpu")
def _forward(
    w: Writer, query: Any, key: Any, value: Any, dropout_p: float = 0.0, is_causal: bool = False,
    attn_mask: Any = None, scale: float | None = None,
) -> Any:  # fmt: skip
    """The context and the log-sum-exp of the scores; both of a row without keys as the library has them."""
    if dropout_p:
        return NotImplemented
    scores, _ = _scores(w, query, _heads(w, key, query), is_causal, attn_mask, scale)
    empty = np.isneginf(w.values(scores)).all(-1, keepdims=True)
    moved, largest = shifted(w, np.where(empty, w.zero(), scores) if empty.any() else scores, -1)
    powers = w.op("exp", moved)
    sums = total(w, powers, -1, keepdim=True)
    context = w.op("div", w.whole("matmul", _stored(w, powers), _heads(w, value, query)), sums)
    logs = w.op("add", w.op("log", sums), largest)
    if empty.any():
        w.choose("compare", scores, empty)
        context = np.where(empty, w.zero(), context)
        logs = np.where(empty, w.constant(np.expand_dims(w.found(1), -1)), logs)
    return context, logs[..., 0]


@rule("_scaled_dot_product_flash_attention_for_cpu_backward")
def _backward(
    w: Writer, seed: Any, query: Any, key: Any, value: Any, out: Any, logsumexp: Any, dropout_p: float,
    is_causal: bool, attn_mask: Any = None, scale: float | None = None,
) -> Any:  # fmt: skip
    """From the log-sum-exp: p = e^(s − lse), δ = Σ g · out, ∂s = p (g · v − δ)."""
    if dropout_p:
        return NotImplemented
    keys, values = _heads(w, key, query), _heads(w, value, query)
    scores, factor = _scores(w, query, keys, is_causal, attn_mask, scale)
    away = w.op("sub", scores, w.of(logsumexp)[..., None])
    masked = np.isneginf(w.values(scores))
    powers = w.op("exp", away)
    if masked.any():  # −∞ − −∞ in a row without keys; the weight of a masked key is 0
        w.choose("compare", scores, masked)
        powers = np.where(masked, w.zero(), powers)
    g = w.of(seed)
    delta = total(w, w.op("mul", g, w.of(out)), -1, keepdim=True)
    slopes = w.op("mul", powers, w.op("sub", w.whole("matmul", g, values.swapaxes(-1, -2)), delta))
    slopes, powers = _stored(w, w.op("mul", slopes, factor)), _stored(w, powers)
    return (
        w.whole("matmul", slopes, keys),
        _grouped(w, w.whole("matmul", slopes.swapaxes(-1, -2), w.of(query)), key),
        _grouped(w, w.whole("matmul", powers.swapaxes(-1, -2), g), value),
    )
