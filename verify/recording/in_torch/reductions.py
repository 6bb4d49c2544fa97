"""Sums, means, products, norms along axes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from attnproof.verify.recording.in_torch.writer import Writer, rule
from attnproof.verify.recording.recording import Ids


def axes_of(ids: Ids, dim: Any) -> tuple[int, ...]:
    """The axes that ``dim`` names, counted from the front; all where it names none."""
    if dim is None or (isinstance(dim, list | tuple) and not dim):
        return tuple(range(ids.ndim))
    return tuple(sorted({int(d) % max(ids.ndim, 1) for d in (dim if isinstance(dim, list | tuple) else [dim])}))[
        : ids.ndim
    ]


def kept(ids: Ids, axes: tuple[int, ...], keepdim: bool) -> Ids:
    """The reduced axes put back with size 1, if they are kept."""
    return np.expand_dims(ids, axes) if keepdim else ids


def total(w: Writer, x: Ids, dim: Any, keepdim: bool = False) -> Ids:
    """Σ x over ``dim``."""
    axes = axes_of(x, dim)
    return kept(w.op("sum", x, axes=axes) if axes else x, axes, keepdim)


def count(x: Ids, dim: Any) -> int:
    """How many numbers are summed into one."""
    return math.prod(x.shape[axis] for axis in axes_of(x, dim))


@rule("sum", "nansum")
def _sum(w: Writer, x: Any, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Ids:  # noqa: ARG001
    ids = w.of(x)
    if w.called == "nansum":
        missing = np.isnan(w.values(ids))
        w.choose("compare", ids, missing)
        ids = np.where(missing, w.zero(), ids)
    return total(w, ids, dim, keepdim)


@rule("mean")
def _mean(w: Writer, x: Any, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Ids:  # noqa: ARG001
    ids = w.of(x)
    return w.op("div", total(w, ids, dim, keepdim), w.constant(count(ids, dim)))


@rule("prod")
def _prod(w: Writer, x: Any, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Ids:  # noqa: ARG001
    ids = w.of(x)
    axes = axes_of(ids, dim)
    return kept(w.op("product", ids, axes=axes), axes, keepdim)


@rule("cumsum")
def _cumsum(w: Writer, x: Any, dim: int, dtype: Any = None) -> Ids:  # noqa: ARG001
    ids = w.of(x)
    return w.op("cumsum", ids, axis=dim % ids.ndim) if ids.ndim else ids
