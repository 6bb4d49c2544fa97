"""What a wrong result looks like, where its numbers say so: one sentence, or none.

A pattern is told only where it explains *every* element within bounds, and the expected result itself is not of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.arithmetic.formats import BF16, FP16, Array

Mask = npt.NDArray[np.bool_]
SEVERAL: Final = 8  # numbers of a narrow format that are no coincidence: one in fp32 is of fp16 with probability 2⁻¹³


def pattern(actual: Array, expected: Array, bound: Array, earlier: Array | None = None) -> str:
    """What ``actual`` is, in place of ``expected`` within ``bound``; empty where nothing is seen.

    earlier  what was expected of the call before, where it had this shape
    """
    if actual.shape != expected.shape or not actual.size:
        return ""
    with np.errstate(all="ignore"):
        for find in (_no_numbers, _constant, _moved, _factor, _offset):
            if found := find(actual, expected, bound):
                return found
        if (
            earlier is not None
            and earlier.shape == actual.shape
            and _is(actual, earlier, bound)
            and not _is(expected, earlier, bound)
        ):
            return "it is the result of the call before"
        for fmt in (BF16, FP16):
            if actual.size >= SEVERAL and fmt.representable(actual).all() and not fmt.representable(expected).all():
                return f"all its numbers are numbers of {fmt.name}: something was computed, or kept, in that"
        return _where(~(np.abs(actual - expected) <= bound))


def _is(actual: Array, other: Array, bound: Array) -> bool:
    """Whether it is that, within the largest of the bounds; a result without numbers is nothing."""
    return bool(np.all(np.abs(actual - other) <= np.max(bound[np.isfinite(bound)], initial=0.0)))


def _no_numbers(actual: Array, expected: Array, _: Array) -> str:
    odd = ~np.isfinite(actual) & np.isfinite(expected)
    if not odd.any():
        return ""
    words = [
        f"{count} {what}"
        for what, test in (("NaN", np.isnan), ("infinite", np.isinf))
        if (count := int(np.sum(test(actual) & odd)))
    ]
    return f"{' and '.join(words)} of {actual.size} values, where there is a number{_in(odd)}"


def _constant(actual: Array, expected: Array, bound: Array) -> str:
    first = float(actual.flat[0])
    if (
        actual.size < 2
        or not np.all(actual == first)
        or _is(np.broadcast_to(expected.flat[0], expected.shape), expected, bound)
    ):
        return ""
    return "it is 0 everywhere" if first == 0.0 else f"it is {first:.6g} everywhere"


def _moved(actual: Array, expected: Array, bound: Array) -> str:
    for words, other in _moves(expected):
        if _is(actual, other, bound) and not _is(expected, other, bound):
            return words
    return ""


def _moves(expected: Array) -> Iterator[tuple[str, Array]]:
    for one, other in combinations(range(expected.ndim), 2):
        turned = np.swapaxes(expected, one, other)
        if turned.shape == expected.shape:
            yield f"axes {one} and {other} are exchanged", turned
        elif min(expected.shape[one], expected.shape[other]) > 1:
            yield (
                f"its numbers are in the order of axes {one} and {other} exchanged, in the shape of them as they were",
                turned.reshape(expected.shape),
            )
    for axis, length in enumerate(expected.shape):
        if length > 1:
            yield f"axis {axis} is reversed", np.flip(expected, axis)
            yield f"it is one place too far along axis {axis}", np.roll(expected, 1, axis)
            yield f"it is one place back along axis {axis}", np.roll(expected, -1, axis)


def _factor(actual: Array, expected: Array, bound: Array) -> str:
    square = float(np.sum(expected * expected))
    if actual.size < 2 or not 0.0 < square < np.inf:
        return ""
    factor = float(np.sum(actual * expected)) / square
    # the estimate is off by what the errors make of it: at most the second term
    allowed = bound + np.abs(expected) * float(np.sum(np.abs(expected) * bound)) / square
    if abs(factor) < 1e-6 or not np.all(np.abs(actual - factor * expected) <= allowed):
        return ""
    return (
        "the sign of everything is the opposite"
        if abs(factor + 1.0) < 1e-3
        else f"it is {factor:.6g} times what is right"
    )


def _offset(actual: Array, expected: Array, bound: Array) -> str:
    by = float(np.mean(actual - expected))
    if actual.size < 2 or not np.all(np.abs(actual - expected - by) <= bound + np.mean(bound)):
        return ""
    return f"everything is off by {by:.6g}"


def _where(wrong: Mask) -> str:
    """Along which axes only some places are wrong."""
    words = _in(wrong)
    return f"what is wrong is{words}" if words else ""


def _in(wrong: Mask) -> str:
    found = []
    for axis, length in enumerate(wrong.shape):
        hit = np.flatnonzero(wrong.any(axis=tuple(k for k in range(wrong.ndim) if k != axis)))
        if 0 < len(hit) < length:
            whole = len(hit) == hit[-1] - hit[0] + 1
            listed = ", ".join(map(str, hit[:4])) + (" …" if len(hit) > 4 else "")
            found.append(
                f"{hit[0]} to {hit[-1]} of axis {axis}" if whole and len(hit) > 1 else f"{listed} of axis {axis}"
            )
    return f" at {'; '.join(found)}" if found else ""
