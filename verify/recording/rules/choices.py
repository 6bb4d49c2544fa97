"""Choices by value: no operation, but which elements stand where; what decided is noted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from attnproof.verify.recording.rules.numbers import Numbers, constant, repeated, where, wide, write
from attnproof.verify.recording.tape import Tape

Truth = npt.NDArray[np.bool_]


def note(tape: Tape, kind: str, outcome: Any, *operands: Numbers) -> None:
    """Note a choice, unless only constants decided it. What one operand decided keeps its shape."""
    deciding = [a.ids for a in operands if a.ids.size and not tape.constants(a.ids)]
    if deciding:
        ids = deciding[0] if len(operands) == 1 else np.concatenate([each.ravel() for each in deciding])
        tape.choose(kind, ids, np.array(outcome))


def compare(tape: Tape, function: Callable[..., Any], *operands: Numbers) -> Truth:
    """A truth value of numbers, elementwise: a comparison, ``isfinite`` …"""
    with np.errstate(all="ignore"):
        outcome = np.asarray(function(*(a.values for a in operands)))
    note(tape, "compare", outcome, *operands)
    return outcome


def maximum(tape: Tape, a: Numbers, b: Numbers, kind: str = "max") -> Numbers:
    """The greater; NaN where either is; ``a`` where they are equal."""
    return _either(tape, kind, (wide(a.values) >= wide(b.values)) | np.isnan(wide(a.values)), a, b)


def minimum(tape: Tape, a: Numbers, b: Numbers, kind: str = "min") -> Numbers:
    """The smaller; NaN where either is; ``a`` where they are equal."""
    return _either(tape, kind, (wide(a.values) <= wide(b.values)) | np.isnan(wide(a.values)), a, b)


def fmax(tape: Tape, a: Numbers, b: Numbers) -> Numbers:
    """The greater; the other where one is NaN."""
    return _either(tape, "max", (wide(a.values) >= wide(b.values)) | np.isnan(wide(b.values)), a, b)


def fmin(tape: Tape, a: Numbers, b: Numbers) -> Numbers:
    """The smaller; the other where one is NaN."""
    return _either(tape, "min", (wide(a.values) <= wide(b.values)) | np.isnan(wide(b.values)), a, b)


def _either(tape: Tape, kind: str, first: Truth, a: Numbers, b: Numbers) -> Numbers:
    note(tape, kind, first, a, b)
    shape = np.broadcast_shapes(a.shape, b.shape)
    return where(first, a.to(shape), b.to(shape))


def clamp(tape: Tape, low: Numbers | None, a: Numbers, high: Numbers | None) -> Numbers:
    """``min(max(a, low), high)``."""
    if low is not None:
        a = maximum(tape, a, low, "clamp")
    return a if high is None else minimum(tape, a, high, "clamp")


def absolute(tape: Tape, a: Numbers) -> Numbers:
    """``a`` or ``−a``."""
    negative = np.signbit(wide(a.values))
    note(tape, "compare", negative, a)
    if not negative.any():
        return a
    return where(negative, opposite(tape, a, negative), a)


def opposite(tape: Tape, a: Numbers, places: Truth) -> Numbers:
    """``−a`` at some places, and ``a`` at the others."""
    places = np.broadcast_to(places, a.shape)
    values, ids = np.array(a.values), np.array(a.ids)
    found = write(tape, "neg", np.negative, a[places])
    values[places], ids[places] = found.values, found.ids
    return Numbers(values, ids)


def steps(tape: Tape, function: Callable[..., Any], *operands: Numbers, kind: str = "compare") -> Numbers:
    """A function that is constant between jumps (``sign``, ``floor`` …): constants, chosen by value."""
    with np.errstate(all="ignore"):
        values = np.asarray(function(*(wide(a.values) for a in operands))).astype(operands[0].dtype, copy=False)
    note(tape, kind, values, *operands)
    return constant(tape, values)


def relu(tape: Tape, a: Numbers) -> Numbers:
    """``max(a, 0)``."""
    return maximum(tape, a, repeated(tape, 0.0, a))


def pick(tape: Tape, kind: str, a: Numbers, axes: tuple[int, ...], place: Callable[..., Any], *, keep: bool) -> Numbers:
    """One element along axes: where ``place`` (``np.argmax`` …, given an array and ``axis=-1``) says."""
    rest = [n for n in range(a.ids.ndim) if n not in axes]
    flat = a.move(lambda x: x.transpose(*rest, *axes).reshape(*(x.shape[n] for n in rest), -1))
    where_ = np.asarray(place(wide(flat.values), axis=-1))
    note(tape, kind, where_, a)
    found = flat.move(lambda x: np.take_along_axis(x, where_[..., None], -1)[..., 0])
    return found.move(lambda x: np.expand_dims(x, axes)) if keep else found
