"""What one recorded operation may add of its own: a bound of |computed − f(the inputs it had)|, by its format.

    + − · ÷ √ fma      half of the spacing at the result: rounded to nearest; nothing where the exact result is a number
                       of the format. What a sum of n products began with goes through n additions, of which the last
                       is that rounding: ``((1 − w)^−(n−1) − 1) |a|`` more
    functions          ``relative · w · |f| + absolute · η``, the library's (``attnproof.verify.arithmetic.libraries``)
    Σ of n terms       ``((1 − w)^−(n−1) − 1) Σ |terms|``, in whatever order; terms that are 0 cost nothing
    Σ a b              ``((1 − w)^−n − 1) Σ |a b| + n η/2``: a product and n − 1 additions, fused or not
    Π of n factors     ``(1 − w)^−(n−1) − 1`` of the product, and what underflows

w and η are those of the format that is *computed* in; then the result is rounded to the format that it is stored in.
What is known of the inputs wider than that is rounded first, as libraries do with numbers of the host language.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.arithmetic.backends import backend
from attnproof.verify.arithmetic.formats import FORMATS, FP64, Array, Format
from attnproof.verify.arithmetic.function_errors import Framework
from attnproof.verify.arithmetic.libraries import library_error
from attnproof.verify.reading.rounding.linear import axes_of, reached
from attnproof.verify.recording.recording import Operation

Several = Sequence[Array]
ROUNDED: Final = ("add", "sub", "mul", "div", "fma", "reciprocal", "cast", "neg")  # correctly
STEPWISE: Final = ("power", "rsqrt")  # torch, in half formats: x·x·x and 1/√x, every step rounded to the format
UNDERFLOWS: Final = ("mul", "div", "fma", "reciprocal", "power", "exp", "exp2", "sigmoid", "matmul", "product")


@dataclass(frozen=True)
class Machine:
    """Who computes, and what the least accurate format is that it is allowed to compute in.

    allowed  operations in a format of lower precision are judged as though they were in this one; None: any is
    every    the format of every operation, whatever is recorded; None: as recorded
    """

    framework: Framework = "torch"
    device: str = "cpu"
    allowed: Format | None = None
    every: Format | None = None

    def format(self, name: str) -> Format:
        """The format of a recorded name as far as it is allowed; names that are no format are exact."""
        found = self.every or FORMATS.get(name, FP64)
        if self.allowed is not None and found.precision < self.allowed.precision:
            return self.allowed
        return found

    def narrow(self, operation: Operation) -> bool:
        """Whether an operation rounds to a format that is not allowed."""
        return any(self.format(name) != FORMATS.get(name, FP64) for name in (operation.dtype, operation.computed))

    def flushes(self, name: str) -> bool:
        """Whether subnormals are taken for 0, by what is recorded as computed in a format, and stored in one."""
        return self.every is None and name in FORMATS and backend(self.framework, name, self.device).flushes


# The float64 that a recording is replayed in: NumPy's.
OWN: Final = Machine("numpy", every=FP64)


def half_spacing(fmt: Format, size: Array) -> Array:
    """What rounding a number of at most that size to nearest may move it by; 0 where the size is 0."""
    exponent = np.maximum(np.frexp(np.where(np.isfinite(size), size, 0.0) * (1.0 + 2.0**-50))[1] - 1, fmt.emin)
    found = np.maximum(np.ldexp(1.0, exponent - fmt.precision), FP64.smallest_subnormal)
    return np.asarray(np.where(size == 0.0, 0.0, np.where(np.isfinite(size), found, np.inf)))


def rounded(fmt: Format, made: Array, uncertain: Array) -> Array:
    """What rounding to nearest moves a number by that is within ``uncertain`` of ``made``."""
    if fmt == FP64:
        return half_spacing(fmt, np.abs(made) + uncertain)
    exact = (uncertain == 0.0) & fmt.representable(made)
    return np.asarray(np.where(exact, 0.0, half_spacing(fmt, np.abs(made) + uncertain)))


def growth(roundings: npt.NDArray[Any], w: float) -> Array:
    """``(1 − w)^−n − 1``; 0 for n ≤ 0."""
    return np.asarray(np.expm1(-np.maximum(roundings, 0) * np.log1p(-w)))


def own_error(
    operation: Operation,
    x: Several,
    e: Several,
    made: Array,
    machine: Machine,
    wider: Sequence[Format | None] = (),
    within: str = "",
) -> Array:
    """Upper bound of what the operation adds, where it had inputs within e of x.

    made    f(x) in float64
    wider   for each input the format that it is rounded to first; None: it is not
    within  for what a library kept to itself: the format that it may have rounded to; such operations may be carried
            out in another order, so that being exact, or near above a power of two, is nothing to count on
    """
    computed, stored = machine.format(within or operation.computed), machine.format(operation.dtype)
    uncertain = reached(operation, x, e) if any(part.any() for part in e) else np.zeros_like(made)
    if within:
        uncertain = uncertain + np.abs(made)
    extra = np.zeros_like(made)
    if any(wider) and operation.name != "cast":
        first = [
            np.zeros_like(part) if fmt is None else rounded(fmt, part, error)
            for part, error, fmt in zip(x, e, wider, strict=True)
        ]
        extra = reached(operation, x, first)
    inside = extra + _in_format(operation, x, e, made, uncertain, computed, machine)
    if stored.precision < computed.precision:
        inside = inside + rounded(stored, made, uncertain + inside)
    return np.asarray(inside)


def _in_format(
    operation: Operation, x: Several, e: Several, made: Array, uncertain: Array, fmt: Format, machine: Machine
) -> Array:
    """The error of the result in the format that is computed in."""
    name = operation.name
    lost = np.zeros_like(made)
    if machine.flushes(operation.computed) or (name == "matmul" and machine.flushes(operation.dtype)):
        lost = lost + 2.0 * fmt.smallest_normal * (made != 0.0)
    if name in UNDERFLOWS and fmt == FP64 and name not in ("matmul", "product"):
        lost = lost + fmt.smallest_subnormal * np.all([part != 0.0 for part in np.broadcast_arrays(*x)], axis=0)
    w, eta = fmt.unit_roundoff, fmt.smallest_subnormal
    sizes = [np.abs(part) + error for part, error in zip(x, e, strict=True)]
    if name in ROUNDED:
        if begun := operation.attributes.get("begun", 0):
            lost = lost + growth(np.asarray(begun - 1), w) * sizes[0]
        return np.asarray(rounded(fmt, made, uncertain) + lost)
    if name == "sum":
        return np.asarray(_summed(sizes[0], axes_of(operation), w) + lost)
    if name == "cumsum":
        axis = int(operation.attributes["axis"])
        count = np.cumsum(sizes[0] != 0.0, axis)
        return np.asarray(growth(count - 1, w) * np.cumsum(sizes[0], axis) + lost)
    if name == "segment_sum":
        where = np.asarray(operation.attributes["segments"], np.int64).ravel()
        n = operation.output.size
        total, count = np.bincount(where, sizes[0].ravel(), n), np.bincount(where, sizes[0].ravel() != 0.0, n)
        return np.asarray((growth(count - 1, w) * total).reshape(made.shape) + lost)
    if name == "matmul":
        count = (sizes[0] != 0.0).astype(np.float64) @ (sizes[1] != 0.0)
        flushed = 0.0
        if machine.flushes(operation.dtype):
            small = [np.where(part < fmt.smallest_normal, part, 0.0) for part in sizes]
            flushed = small[0] @ sizes[1] + sizes[0] @ small[1] + count * fmt.smallest_normal
        return np.asarray(growth(count, w) * (sizes[0] @ sizes[1]) + count * eta + flushed + lost)
    if name == "product":
        axes = axes_of(operation)
        count = np.sum(sizes[0] != 1.0, axis=axes)
        under = count * eta * np.prod(np.maximum(sizes[0], 1.0), axis=axes) * np.all(sizes[0] != 0.0, axis=axes)
        return np.asarray(growth(count - 1, w) * (np.abs(made) + uncertain) + under + lost)
    found = library_error(machine.framework, name, fmt.name, machine.device, "flash" in operation.library)
    if name in STEPWISE and machine.framework == "torch" and machine.every is None:
        stored = machine.format(operation.dtype)
        if stored.precision < fmt.precision:  # up to three roundings to the format, of which one is counted elsewhere
            lost = lost + 2.0 * half_spacing(stored, np.abs(made) + uncertain)
    known = _known(operation, x, e)
    return np.asarray(
        np.where(known, 0.0, found.relative * w * (np.abs(made) + uncertain) + found.absolute * eta + lost)
    )


def _summed(sizes: Array, axes: tuple[int, ...], w: float) -> Array:
    count = np.sum(sizes != 0.0, axis=axes)
    return np.asarray(growth(count - 1, w) * np.sum(sizes, axis=axes))


def _known(operation: Operation, x: Several, e: Several) -> Array:
    """Where every library gives the exact value: f(0) of functions with a value of the format there, f(−∞)."""
    with np.errstate(all="ignore"):
        at_zero = (x[0] == 0.0) & (operation.name not in ("log", "log2", "rsqrt", "power"))
        return np.asarray((e[0] == 0.0) & (at_zero | ~np.isfinite(x[0])))
