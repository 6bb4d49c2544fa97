"""Distances between rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from attnproof.verify.recording.in_torch.choices import extreme, magnitude
from attnproof.verify.recording.in_torch.reductions import total
from attnproof.verify.recording.in_torch.writer import Writer, rule
from attnproof.verify.recording.recording import Ids


@rule("hypot")
def _hypot(w: Writer, x: Any, y: Any) -> Ids:
    a, b = w.of(x), w.of(y)
    return w.op("sqrt", w.op("add", w.op("mul", a, a), w.op("mul", b, b)))


@rule("_cdist_forward")
def _cdist(w: Writer, x: Any, y: Any, p: float, compute_mode: int | None = None) -> Any:  # noqa: ARG001
    """(Σ |x − y|^p)^(1/p) over the last axis, for every pair of rows."""
    away = w.op("sub", w.of(x)[..., :, None, :], w.of(y)[..., None, :, :])
    if p == 2:
        return w.op("sqrt", total(w, w.op("mul", away, away), -1))
    size = magnitude(w, away)
    if p == 1:
        return total(w, size, -1)
    if np.isinf(p):
        return extreme(w, size, (size.ndim - 1,), keepdim=False)
    return NotImplemented


@rule("_cdist_backward")
def _cdist_backward(w: Writer, seed: Any, x: Any, y: Any, p: float, distance: Any) -> Any:
    """For p = 2: Σ over y of g · (x − y) / distance, 0 where the distance is."""
    if p != 2:
        return NotImplemented
    ids = w.of(distance)
    away = w.op("sub", w.of(x)[..., :, None, :], w.of(y)[..., None, :, :])
    share = w.op("div", w.of(seed), ids)
    equal = w.values(ids) == 0
    w.choose("compare", ids, equal)
    share = np.where(equal, w.zero(), share)
    return total(w, w.op("mul", share[..., None], away), -2)
