"""Arrays that are stored in 8 bits beside a scale, as caches of keys and values are: what is meant is scale · stored.

The truth is of the products, so they have to be exact: a number of p₈ significant bits times a scale of p − p₈ bits is
a number of a format of p bits. A scale of single precision is one of at most 20 bits then, which no narrower format
holds either: a scale that is rounded to half precision is seen where results are of single precision.

Numbers of other questions than those made here (NaN in a masked key, an array stretched by a power of two, a part of a
batch) are taken apart again; what is no scale times 8 bits counts as not asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS, FP32, STORED, Array, Format
from attnproof.verify.inputs.case import Case
from attnproof.verify.targets.target import Answer, Request, Stored, Target, Unsupported

# Neighbouring heads, and query, key and value, have scales of other leading bits: one is not taken for another's.
FRACTIONS: Final = (0.71, 0.83, 0.58, 0.95)
ARRAYS: Final = ("query", "key", "value")
MOST_BITS: Final = FP32.precision - min(fmt.precision for fmt in STORED.values())
LEAST_EXPONENT: Final = -100  # of scales: far within single precision, where a product of two of them is a number too


def scale_name(name: str) -> str:
    """The argument that an array's scale is handed over as."""
    return f"scale_{name}"


@dataclass(frozen=True, eq=False)
class Parts:
    """``scale · numbers``, scale broadcast over the last two axes (``()`` or the leading axes, 1 where it is one)."""

    scale: Array
    numbers: Array

    @property
    def whole(self) -> Array:
        """The product."""
        return np.asarray(_over(self.scale) * self.numbers)


def on_grid(case: Case, stored: tuple[Stored, ...]) -> Case:
    """The case with the arrays that are stored rounded to a scale times 8 bits."""
    inputs = {each.name: _rounded(case.inputs[each.name], each, case.dtype).whole for each in stored}
    return case.having(**inputs) if stored else case


def storing(target: Target) -> Target:
    """The target, asked with its stored arrays in 8 bits and their scales beside them; it has no gradients of them."""
    if not target.stored:
        return target
    names = tuple(each.name for each in target.stored)

    def ask(request: Request) -> Answer:
        return target.ask(stored_request(request, target.stored))

    return replace(target, ask=ask, constant=(*target.constant, *names))


def stored_request(request: Request, stored: tuple[Stored, ...]) -> Request:
    """What is handed over for a request. A scale that is there already is one more factor.

    Raises Unsupported for numbers that are no scale times 8 bits.
    """
    given: dict[str, Any] = dict(request.given)
    formats = dict(request.formats)
    found: dict[str, Parts] = {}
    for each in sorted(stored, key=lambda each: each.name in request.tied):
        root = request.tied.get(each.name, each.name)
        parts = found.get(root) or _apart(np.asarray(given[each.name]), each, request.dtype)
        if root != each.name and formats.get(root) != each.format:
            raise Unsupported(f"{each.name} and {root} are one array, and stored in two formats")
        found[each.name] = parts
        given[each.name], formats[each.name] = parts.numbers, each.format
        if each.scaled:
            scale = scale_name(each.name)
            given[scale], formats[scale] = np.asarray(parts.scale * given.get(scale, 1.0)), FP32.name
    names = {each.name for each in stored}
    wanted = request.gradients
    if wanted is None:
        wanted = tuple(name for name in request.case.inputs if name in request.given)
    return replace(request, given=given, formats=formats, gradients=tuple(n for n in wanted if n not in names))


def _rounded(array: Array, each: Stored, dtype: str) -> Parts:
    fmt = STORED[each.format]
    scale = _scale(array, each, dtype, 0)
    numbers = fmt.round(np.clip(array / _over(scale), -fmt.max, fmt.max))
    return Parts(scale, numbers)


def _apart(array: Array, each: Stored, dtype: str) -> Parts:
    """The parts of which an array is the exact product. Raises Unsupported where it is none."""
    fmt = STORED[each.format]
    found = Parts(_scale(array, each, dtype, 0), np.full(array.shape, np.nan))
    missing = np.ones(found.scale.shape, bool)
    for turn in range(len(FRACTIONS) + 1):  # a part of an array may begin at another head; at last a power of two
        scale = _scale(array, each, dtype, turn)
        numbers = array / _over(scale)
        same = fmt.representable(numbers) & ((_over(scale) * numbers == array) | np.isnan(array))
        fits = missing & _blocks(same, each, np.all)
        found = Parts(np.asarray(np.where(fits, scale, found.scale)), np.where(_over(fits), numbers, found.numbers))
        missing &= ~fits
    if missing.any():
        raise Unsupported(f"numbers of {each.name} that are no scale times {each.format}")
    return found


def _scale(array: Array, each: Stored, dtype: str, turn: int) -> Array:
    """A scale for each block, with which its largest number is in the upper half of what the format holds.

    turn  of the fractions that the scales begin with; after the last one powers of two
    """
    fmt = STORED[each.format]
    size = _blocks(np.where(np.isfinite(array), np.abs(array), 0.0), each, np.max)
    if not each.scaled:
        return np.ones_like(size)
    computed = FORMATS[dtype]
    bits = min(MOST_BITS, computed.precision - fmt.precision)
    place = np.arange(size.size).reshape(size.shape) + ARRAYS.index(each.name) + turn
    fraction = np.asarray(FRACTIONS)[place % len(FRACTIONS)]
    mantissa = 2.0 * np.floor(fraction * 2.0 ** (bits - 1)) + 1.0 if turn < len(FRACTIONS) else np.ones_like(fraction)
    exponent = np.ceil(np.log2(np.where(size == 0.0, fmt.max, size) / (mantissa * fmt.max)))
    return np.asarray(mantissa * 2.0 ** np.maximum(exponent, _least_exponent(fmt, computed)))


def _least_exponent(fmt: Format, computed: Format) -> float:
    """So that the product with the smallest number stored is a number of the format."""
    least = np.log2(computed.smallest_subnormal) - np.log2(fmt.smallest_subnormal)
    return float(max(least, LEAST_EXPONENT))


def _blocks(array: Any, each: Stored, reduce: Any) -> Any:
    """What all elements with one scale have together, in the scale's shape."""
    if not any(each.along):
        return np.asarray(reduce(array))
    lead = array.ndim - 2
    varies = [each.along[min(lead - 1 - axis, len(each.along) - 1)] for axis in range(lead)]
    axes = (*(axis for axis in range(lead) if not varies[axis]), lead, lead + 1)
    return reduce(array, axis=axes, keepdims=True)[..., 0, 0]


def _over(scale: Any) -> Any:
    """Broadcast over the last two axes."""
    return scale[..., None, None] if scale.ndim else scale
