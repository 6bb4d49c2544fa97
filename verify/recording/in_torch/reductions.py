"""Sums, means, products, norms along axes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from attnproof.verify.recording.in_torch.choices import chosen, extreme, magnitude
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
    return total(w, w.of(x), dim, keepdim)


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


def spread(w: Writer, x: Ids, dim: Any, correction: float, keepdim: bool) -> tuple[Ids, Ids, Ids]:
    """Variance, mean and deviations of x along ``dim``; the deviations always in x's shape."""
    size = count(x, dim)
    mean = w.op("div", total(w, x, dim, keepdim=True), w.constant(size))
    away = w.op("sub", x, mean)
    squares = total(w, w.op("mul", away, away), dim, keepdim=True)
    variance = w.op("div", squares, w.constant(max(size - correction, 0)))
    if not keepdim:
        variance, mean = (np.squeeze(ids, axes_of(x, dim)) for ids in (variance, mean))
    return variance, mean, away


@rule("var", "var_mean", "std", "std_mean")
def _var(
    w: Writer, x: Any, dim: Any = None, unbiased: bool = True, keepdim: bool = False, correction: Any = None
) -> Any:
    if isinstance(dim, bool):  # the overload without axes
        dim, unbiased = None, dim
    correction = (1 if unbiased else 0) if correction is None else correction
    variance, mean, _ = spread(w, w.of(x), dim, correction, keepdim)
    first = w.op("sqrt", variance) if w.called.startswith("std") else variance
    return (first, mean) if w.called.endswith("mean") else first


@rule("linalg_vector_norm", "norm")
def _norm(w: Writer, x: Any, ord: Any = 2, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Ids:  # noqa: ARG001
    ids, ord = w.of(x), 2 if ord is None else ord
    if ord == 2:
        return w.op("sqrt", total(w, w.op("mul", ids, ids), dim, keepdim))
    size = magnitude(w, ids)
    if ord == 1:
        return total(w, size, dim, keepdim)
    if math.isinf(ord):
        return extreme(w, size, axes_of(ids, dim), keepdim, largest=ord > 0)
    if ord == 0:
        return chosen(w, "compare", ids)
    return w.op("power", total(w, w.op("power", size, exponent=float(ord)), dim, keepdim), exponent=1 / float(ord))


@rule("native_layer_norm")
def _layer_norm(w: Writer, x: Any, shape: Any, weight: Any, bias: Any, eps: float) -> tuple[Ids, Ids, Ids]:
    ids = w.of(x)
    axes = tuple(range(ids.ndim - len(shape), ids.ndim))
    variance, mean, away = spread(w, ids, axes, 0, keepdim=True)
    rate = w.op("rsqrt", w.op("add", variance, w.of(eps)))
    out = w.op("mul", away, rate)
    if weight is not None:
        out = w.op("mul", out, w.of(weight))
    if bias is not None:
        out = w.op("add", out, w.of(bias))
    return out, mean, rate
