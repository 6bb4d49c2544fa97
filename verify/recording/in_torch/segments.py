"""Numbers put together by where an index sends them: sums, products, means, the largest and the smallest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from attnproof.verify.recording.in_torch.arrays import array
from attnproof.verify.recording.in_torch.writer import Writer, rule
from attnproof.verify.recording.recording import Ids


def positions(shape: Sequence[int]) -> torch.Tensor:
    """The place of each entry of an array in its flat form."""
    return torch.arange(int(np.prod(shape, dtype=np.int64))).reshape(tuple(shape))


def summed(w: Writer, begin: Ids | None, places: torch.Tensor, source: Ids, shape: Sequence[int]) -> Ids:
    """``begin`` (zeros if None) with each source element added at its place."""
    flat = array(places).ravel()
    touched, segments = np.unique(flat, return_inverse=True)
    source = np.broadcast_to(source, places.shape)
    sums = w.whole("segment_sum", source, segments=segments.reshape(source.shape), size=len(touched))
    out = np.array(np.broadcast_to(w.zero() if begin is None else begin, shape)).ravel()
    if len(touched):
        out[touched] = sums if begin is None else w.op("add", out[touched], sums)
    return out.reshape(shape)


@rule("index_add")
def _index_add(w: Writer, x: Any, dim: int, index: Any, source: Any, alpha: Any = 1) -> Ids:
    scaled = w.of(source) if alpha == 1 else w.op("mul", w.of(source), w.of(alpha))
    return summed(w, w.of(x), positions(x.shape).index_select(dim, index), scaled, x.shape)


@rule("scatter_add")
def _scatter_add(w: Writer, x: Any, dim: int, index: Any, source: Any) -> Ids:
    return _scattered(w, x, dim, index, source, "sum")


@rule("scatter_reduce")
def _scatter_reduce(
    w: Writer, x: Any, dim: int, index: Any, source: Any, reduce: str, include_self: bool = True
) -> Ids:
    return _scattered(w, x, dim, index, source, reduce, include_self)


@rule("index_reduce")
def _index_reduce(w: Writer, x: Any, dim: int, index: Any, source: Any, reduce: str, include_self: bool = True) -> Ids:
    return _reduced(w, x, positions(x.shape).index_select(dim, index), w.of(source), reduce, include_self)


def _scattered(w: Writer, x: Any, dim: int, index: Any, source: Any, how: str, include_self: bool = True) -> Ids:
    """Each source element that has an index goes where it says."""
    part = np.broadcast_to(w.of(source), source.shape if isinstance(source, torch.Tensor) else index.shape)
    part = part[tuple(slice(size) for size in index.shape)]
    return _reduced(w, x, positions(x.shape).gather(dim, index), part, how, include_self)


def _reduced(w: Writer, x: Any, places: torch.Tensor, source: Ids, how: str, include_self: bool) -> Ids:
    """What x has at each place, unless it is left out, and the source elements that go there, as one."""
    flat, moved = array(places).ravel(), np.broadcast_to(source, places.shape).ravel()
    out = np.array(w.of(x)).ravel()
    touched = np.unique(flat)
    if include_self:
        flat, moved = np.concatenate([touched, flat]), np.concatenate([out[touched], moved])
    segments = np.searchsorted(touched, flat)
    if not touched.size:
        found = touched
    elif how in {"amax", "amin"}:
        found = _extremes(w, segments, moved, largest=how == "amax")
    elif how in {"prod", "multiply"}:
        found = _products(w, segments, moved)
    else:
        found = w.whole("segment_sum", moved, segments=segments, size=len(touched))
        if how == "mean":
            found = w.op("div", found, w.constant(np.bincount(segments).astype(np.float64)))
    out[touched] = found
    return out.reshape(tuple(x.shape))


def _extremes(w: Writer, segments: Ids, source: Ids, *, largest: bool) -> Ids:
    """Of each segment the largest or smallest entry: the first of equal ones."""
    found = w.values(source)
    order = np.lexsort((-found if largest else found, segments))
    first = order[np.flatnonzero(np.diff(segments[order], prepend=-1))]
    w.choose("max", source, first)
    return source[first]


def _products(w: Writer, segments: Ids, source: Ids) -> Ids:
    """Of each segment the product, in order."""
    order = np.argsort(segments, kind="stable")
    starts = np.flatnonzero(np.diff(segments[order], prepend=-1))
    rank = np.arange(order.size) - starts[segments[order]]
    out = source[order[starts]]
    for turn in range(1, int(rank.max()) + 1):
        here = order[rank == turn]
        out[segments[here]] = w.op("mul", out[segments[here]], source[here])
    return out
