"""Sums, products and running sums along axes, and sums of products by labelled axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from attnproof.verify.recording.recording import Ids
from attnproof.verify.recording.rules.elementwise import BINARY, UNARY, logaddexp
from attnproof.verify.recording.rules.numbers import Numbers, constant, format_of, repeated, wide
from attnproof.verify.recording.tape import Tape


def total(tape: Tape, a: Numbers, axes: tuple[int, ...], *, keep: bool = False, computed: str = "") -> Numbers:
    """``Σ a``, in the dtype of ``a``."""
    return _over("sum", np.sum, tape, a, axes, keep=keep, computed=computed)


def product(tape: Tape, a: Numbers, axes: tuple[int, ...], *, keep: bool = False, computed: str = "") -> Numbers:
    """``Π a``."""
    return _over("product", np.prod, tape, a, axes, keep=keep, computed=computed)


def _over(
    name: str,
    function: Callable[..., Any],
    tape: Tape,
    a: Numbers,
    axes: tuple[int, ...],
    *,
    keep: bool,
    computed: str,
) -> Numbers:
    axes = tuple(n % max(a.ids.ndim, 1) for n in axes)
    found = a
    if axes:
        with np.errstate(all="ignore"):
            values = np.asarray(function(wide(a.values), axis=axes)).astype(a.dtype)
        found = Numbers(values, tape.write(name, (a.ids,), values, format_of(a.dtype), computed=computed, axes=axes))
    return found.move(lambda x: np.expand_dims(x, axes)) if keep else found


def running_total(tape: Tape, a: Numbers, axis: int, *, computed: str = "") -> Numbers:
    """Running sums along an axis."""
    axis %= a.ids.ndim
    with np.errstate(all="ignore"):
        values = np.cumsum(wide(a.values), axis=axis).astype(a.dtype)
    return Numbers(values, tape.write("cumsum", (a.ids,), values, format_of(a.dtype), computed=computed, axis=axis))


def running_by(tape: Tape, a: Numbers, axis: int, step: Callable[..., Numbers]) -> Numbers:
    """Running results of an operation of two (products, ``logaddexp``), step by step."""
    rows = a.move(lambda x: np.moveaxis(x, axis, 0))
    found: list[Numbers] = []
    for n in range(rows.shape[0]):
        row = rows[n]
        found.append(row if not found else step(tape, found[-1], row))
    return joined(found, axis) if found else a


def joined(rows: Sequence[Numbers], axis: int) -> Numbers:
    """Rows of one dtype as slices along a new axis."""
    return Numbers(
        np.moveaxis(np.stack([row.values for row in rows]), 0, axis),
        np.moveaxis(np.stack([row.ids for row in rows]), 0, axis),
    )


def log_sum_exp(tape: Tape, a: Numbers, axes: tuple[int, ...], *, keep: bool = False) -> Numbers:
    """``ln Σ e^a`` by ``logaddexp`` one after another."""
    axes = tuple(n % max(a.ids.ndim, 1) for n in axes)
    rest = [n for n in range(a.ids.ndim) if n not in axes]
    flat = a.move(lambda x: x.transpose(*axes, *rest).reshape(-1, *(x.shape[n] for n in rest)))
    found = repeated(tape, -math.inf, Numbers(flat.values[:0].sum(0), np.zeros(flat.shape[1:], np.int64)))
    for n in range(flat.shape[0]):
        row = flat[n]
        found = row if n == 0 else logaddexp(tape, found, row)
    return found.move(lambda x: np.expand_dims(x, axes)) if keep else found


def mean(tape: Tape, a: Numbers, axes: tuple[int, ...], *, keep: bool = False, computed: str = "") -> Numbers:
    """``Σ a / n``."""
    count = math.prod(a.shape[n] for n in axes)
    found = total(tape, a, axes, keep=keep, computed=computed)
    return BINARY["div"](tape, found, constant(tape, np.asarray(count, a.dtype)))


def variance(tape: Tape, a: Numbers, axes: tuple[int, ...], *, keep: bool = False, less: float = 0) -> Numbers:
    """``Σ (a − mean)² / (n − less)``."""
    count = math.prod(a.shape[n] for n in axes) - less
    off = BINARY["sub"](tape, a, mean(tape, a, axes, keep=True))
    found = total(tape, UNARY["square"](tape, off), axes, keep=keep)
    return BINARY["div"](tape, found, constant(tape, np.asarray(max(count, 0), a.dtype)))


def segments(tape: Tape, a: Numbers, where: Ids, count: int) -> Numbers:
    """``output[s] = Σ of a where (where) is s``, flat, in the dtype of ``a``; each segment in order."""
    with np.errstate(all="ignore"):
        values = np.zeros(count, a.dtype)
        np.add.at(values, where.ravel(), a.values.ravel())
    ids = tape.write("segment_sum", (np.ascontiguousarray(a.ids),), values, format_of(a.dtype), segments=where.copy())
    return Numbers(values, ids)


def contract(
    tape: Tape, a: Numbers, b: Numbers, labels: tuple[str, str], output: str, *, computed: str = ""
) -> Numbers:
    """``Σ a · b`` over the labels that the output lacks; a letter for every axis, each once in an array.

    A product where nothing is summed; else a ``matmul`` with what only one of the arrays has summed before.
    """
    mine, theirs = labels
    a, mine = _alone(tape, a, mine, keep=theirs + output)
    b, theirs = _alone(tape, b, theirs, keep=mine + output)
    summed = [x for x in mine if x in theirs and x not in output]
    batch = [x for x in output if x in mine and x in theirs]
    left = [x for x in output if x in mine and x not in theirs]
    right = [x for x in output if x in theirs and x not in mine]
    size = {
        x: n for text, shape in ((mine, a.shape), (theirs, b.shape)) for x, n in zip(text, shape, strict=True) if n != 1
    }
    one = _arranged(a, mine, [batch, left, summed], size)
    other = _arranged(b, theirs, [batch, summed, right], size)
    if not summed:
        found = BINARY["mul"](tape, one, other)
    else:
        with np.errstate(all="ignore"):
            values = np.asarray(wide(one.values) @ wide(other.values)).astype(a.dtype)
        ids = tape.write("matmul", (one.ids, other.ids), values, format_of(a.dtype), computed=computed)
        found = Numbers(values, ids)
    order = [*batch, *left, *right]
    shape = tuple(size.get(x, 1) for x in order)
    places = [order.index(x) for x in output]
    return found.move(lambda x: x.reshape(shape).transpose(places))


def _alone(tape: Tape, a: Numbers, labels: str, keep: str) -> tuple[Numbers, str]:
    """With the labels summed that nobody else has."""
    axes = tuple(n for n, x in enumerate(labels) if x not in keep)
    return (total(tape, a, axes), "".join(x for x in labels if x in keep)) if axes else (a, labels)


def _arranged(a: Numbers, labels: str, groups: list[list[str]], size: dict[str, int]) -> Numbers:
    """Axes in the order of the groups: the first group's one by one, each other group's as one axis."""
    order = [labels.index(x) for group in groups for x in group]
    full = tuple(size.get(labels[n], 1) for n in order)
    batch, *others = groups
    shape = (*full[: len(batch)], *(math.prod(size.get(x, 1) for x in group) for group in others))
    return a.move(lambda x: np.broadcast_to(x.transpose(order), full).reshape(shape))
