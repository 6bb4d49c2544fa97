"""Softmax and its relatives, as the kernels compute them: with the largest entry subtracted first."""

from __future__ import annotations

from typing import Any

import numpy as np

from attnproof.verify.recording.in_torch.choices import extreme
from attnproof.verify.recording.in_torch.reductions import axes_of, kept, total
from attnproof.verify.recording.in_torch.writer import Writer, rule
from attnproof.verify.recording.recording import Ids


def shifted(w: Writer, x: Ids, dim: Any) -> tuple[Ids, Ids]:
    """The entries less the largest, and the largest, with its axis; which it is does not matter to a softmax."""
    largest = _largest(w, x, axes_of(x, dim))
    return w.op("sub", x, largest), largest


def _largest(w: Writer, x: Ids, axes: tuple[int, ...]) -> Ids:
    """The largest entry; of no entries 0."""
    if all(x.shape[axis] for axis in axes):
        return extreme(w, x, axes, keepdim=True, kind="shift")
    return np.broadcast_to(w.zero(), tuple(1 if axis in axes else size for axis, size in enumerate(x.shape)))


def softmax(w: Writer, x: Ids, dim: Any) -> Ids:
    """e^(x − max x) / Σ e^(x − max x)."""
    powers = w.op("exp", shifted(w, x, dim)[0])
    return w.op("div", powers, total(w, powers, dim, keepdim=True))


def logsumexp(w: Writer, x: Ids, dim: Any, keepdim: bool) -> Ids:
    """Gives ln Σ e^(x − m) + m, with m the largest, or 0 where that is infinite."""
    axes = axes_of(x, dim)
    largest = _largest(w, x, axes)
    infinite = np.isinf(w.values(largest))
    if infinite.any():
        largest = np.where(infinite, w.zero(), largest)
    sums = total(w, w.op("exp", w.op("sub", x, largest)), axes, keepdim=True)
    found = w.op("add", w.op("log", sums), largest)
    return found if keepdim else np.squeeze(found, axes)


@rule("_softmax", "softmax")
def _softmax(w: Writer, x: Any, dim: int, half_to_float: Any = None, dtype: Any = None) -> Ids:  # noqa: ARG001
    return softmax(w, w.of(x), dim)


@rule("_safe_softmax")
def _safe_softmax(w: Writer, x: Any, dim: int, dtype: Any = None) -> Ids:  # noqa: ARG001
    """Zero where the whole row is −∞."""
    ids = w.of(x)
    masked = np.isneginf(w.values(ids)).all(axis=dim, keepdims=True)
    found = softmax(w, ids, dim)
    w.choose("compare", ids, masked)
    return np.where(masked, w.zero(), found) if masked.any() else found


@rule("_log_softmax", "log_softmax")
def _log_softmax(w: Writer, x: Any, dim: int, half_to_float: Any = None, dtype: Any = None) -> Ids:  # noqa: ARG001
    moved, _ = shifted(w, w.of(x), dim)
    return w.op("sub", moved, w.op("log", total(w, w.op("exp", moved), dim, keepdim=True)))


@rule("logsumexp")
def _logsumexp(w: Writer, x: Any, dim: Any, keepdim: bool = False) -> Ids:
    return logsumexp(w, w.of(x), dim, keepdim)


@rule("_softmax_backward_data")
def _softmax_backward(w: Writer, seed: Any, weights: Any, dim: int, input_dtype: Any = None) -> Ids:  # noqa: ARG001
    """Gives w · (g − Σ g w)."""
    g, p = w.of(seed), w.of(weights)
    return w.op("mul", p, w.op("sub", g, total(w, w.op("mul", g, p), dim, keepdim=True)))


@rule("_log_softmax_backward_data")
def _log_softmax_backward(w: Writer, seed: Any, logs: Any, dim: int, input_dtype: Any = None) -> Ids:  # noqa: ARG001
    """Gives g − e^y Σ g."""
    g = w.of(seed)
    return w.op("sub", g, w.op("mul", w.op("exp", w.of(logs)), total(w, g, dim, keepdim=True)))


@rule("logaddexp", "logaddexp2")
def _logaddexp(w: Writer, x: Any, y: Any) -> Ids:
    """Gives max + ln(1 + e^(min − max)); in base 2 alike."""
    two = w.called == "logaddexp2"
    a, b = np.broadcast_arrays(w.of(x), w.of(y))
    first = w.values(a) >= w.values(b)
    w.choose("shift", np.stack([a, b]), first)
    high, low = np.where(first, a, b), np.where(first, b, a)
    power = w.op("exp2" if two else "exp", w.op("sub", low, high))
    if two:
        found = w.op("add", high, w.op("log2", w.op("add", w.constant(1.0), power)))
    else:
        found = w.op("add", high, w.op("log1p", power))
    same = (w.values(a) == w.values(b)) & np.isinf(w.values(a))  # two equal infinities: themselves
    return np.where(same, a, found) if same.any() else found


@rule("_logcumsumexp", "logcumsumexp")
def _logcumsumexp(w: Writer, x: Any, dim: int) -> Ids:
    """The logarithm of the running sums of e^(x − m), plus m; the library shifts step by step, which gives the same."""
    ids = w.of(x)
    axes = axes_of(ids, dim)
    if not axes:
        return ids
    moved, largest = shifted(w, ids, dim)
    return w.op("add", w.op("log", w.op("cumsum", w.op("exp", moved), axis=axes[0])), largest)


__all__ = ["kept", "logsumexp", "softmax"]
