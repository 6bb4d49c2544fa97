"""Averages over the places that a window meets, as sums of patches: run beside the real call."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F


def _each(sizes: Sequence[int] | int, n: int) -> tuple[int, ...]:
    """One size for each axis."""
    every = (sizes,) if isinstance(sizes, int) else tuple(sizes)
    return every * n if len(every) == 1 else every


def _window(kernel: Any, stride: Any, padding: Any) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    sizes = _each(kernel, 2)
    return sizes, _each(stride, 2) if stride else sizes, _each(padding, 2)


def _met(shape: Sequence[int], window: Any) -> tuple[Any, tuple[int, ...]]:
    """Which place of the padded array each place of a window meets, for each result; and the padded shape."""
    sizes, steps, edges = window
    padded = tuple(n + 2 * edge for n, edge in zip(shape[-2:], edges, strict=True))
    places = torch.arange(math.prod(padded)).reshape(padded)
    rows = places.unfold(0, sizes[0], steps[0]).unfold(1, sizes[1], steps[1])
    return rows.reshape(*rows.shape[:2], -1), padded


def _counted(shape: Sequence[int], met: Any, window: Any, include: bool, divisor: Any) -> Any:
    """What each sum is divided by."""
    sizes, _, edges = window
    if divisor:
        return torch.full(met.shape[:2], float(divisor))
    if include:
        return torch.full(met.shape[:2], float(math.prod(sizes)))
    inside = F.pad(torch.ones(*shape[-2:]), (edges[1], edges[1], edges[0], edges[0]))
    return inside.reshape(-1)[met].sum(-1).reshape(met.shape[:2])


def avg_pool2d(
    x: Any, kernel: Any, stride: Any = (), padding: Any = 0, ceil: bool = False, include: bool = True,
    divisor: Any = None,
) -> Any:  # fmt: skip
    """``avg_pool2d``, and so ``avg_pool1d``, without ends that a window only begins to meet."""
    if ceil:
        return NotImplemented
    window = _window(kernel, stride, padding)
    met, _ = _met(x.shape, window)
    edges = window[2]
    flat = F.pad(x, (edges[1], edges[1], edges[0], edges[0])).reshape(*x.shape[:-2], -1)
    total = flat[..., met.reshape(-1)].reshape(*x.shape[:-2], *met.shape).sum(-1)
    return total / _counted(x.shape, met, window, include, divisor).to(x.dtype)


def avg_pool2d_backward(
    seed: Any, x: Any, kernel: Any, stride: Any, padding: Any, ceil: bool, include: bool, divisor: Any
) -> Any:
    """Each place gets its share of every average that it was part of."""
    if ceil:
        return NotImplemented
    window = _window(kernel, stride, padding)
    met, padded = _met(x.shape, window)
    shares = seed / _counted(x.shape, met, window, include, divisor).to(seed.dtype)
    lead = math.prod(x.shape[:-2])
    every = shares.reshape(lead, -1, 1).expand(lead, -1, met.shape[-1]).reshape(lead, -1)
    whole = seed.new_zeros(lead, math.prod(padded)).index_add(1, met.reshape(-1), every)
    found = whole.reshape(*x.shape[:-2], *padded)
    for axis, edge in enumerate(window[2]):
        found = found.narrow(found.ndim - 2 + axis, edge, x.shape[axis - 2])
    return found
