"""Variances, norms and the layers that divide by them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from attnproof.verify.recording.in_torch.choices import chosen, extreme, magnitude
from attnproof.verify.recording.in_torch.reductions import axes_of, count, total
from attnproof.verify.recording.in_torch.writer import Writer, rule
from attnproof.verify.recording.recording import Ids


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


def _sums(w: Writer, ids: Ids, axes: tuple[int, ...]) -> Ids:
    return w.op("sum", ids, axes=axes) if axes else ids


@rule("native_layer_norm_backward")
def _layer_norm_backward(
    w: Writer, seed: Any, x: Any, shape: Any, mean: Any, rate: Any, weight: Any, bias: Any, wanted: Any
) -> Any:
    """As the kernel has it: with g = seed · weight, x itself stands in the sums, and is not centred first."""
    ids, given = w.of(x), w.of(seed)
    split = ids.ndim - len(shape)
    axes, rows = tuple(range(split, ids.ndim)), tuple(range(split))
    size = w.constant(count(ids, list(axes)))
    a, middle = w.of(rate), w.of(mean)
    hat = w.op("add", w.op("mul", a, ids), w.op("neg", w.op("mul", a, middle)))
    g = given if weight is None else w.op("mul", given, w.of(weight))
    both = total(w, w.op("mul", g, ids), list(axes), keepdim=True)
    alone = total(w, g, list(axes), keepdim=True)
    cube = w.op("div", w.op("mul", w.op("mul", a, a), a), size)
    b = w.op("mul", w.op("sub", w.op("mul", alone, middle), both), cube)
    c = w.op("sub", w.op("neg", w.op("mul", b, middle)), w.op("div", w.op("mul", alone, a), size))
    slope = w.op("add", w.op("add", w.op("mul", a, g), w.op("mul", b, ids)), c)
    return (
        slope if wanted[0] else None,
        _sums(w, w.op("mul", given, hat), rows) if wanted[1] and weight is not None else None,
        _sums(w, given, rows) if wanted[2] and bias is not None else None,
    )
