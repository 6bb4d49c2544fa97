"""What an element is besides a finite number, and how that goes through sums and products, as IEEE 754 has it:

FINITE     a power series
PLUS       +∞
MINUS      −∞
UNSIGNED   +∞ or −∞: the ring has no order and cannot tell which (∞ · x, x / 0); `Elements.settle` can
NAN        not a number, for certain: 0 · ∞, ∞ − ∞, 0 / 0
UNDECIDED  no value here: division by a series without constant term, √ of a non-square, a logarithm in a product …
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

Kinds = npt.NDArray[np.uint8]

FINITE, PLUS, MINUS, UNSIGNED, NAN, UNDECIDED = range(6)
# What a finite number is in a product; only `factor_classes` makes these.
_ZERO, _POSITIVE, _NEGATIVE = 6, 7, 8

NEGATED: Final[Kinds] = np.array([FINITE, MINUS, PLUS, UNSIGNED, NAN, UNDECIDED], np.uint8)


def _sum(a: int, b: int) -> int:
    if NAN in (a, b):
        return NAN
    if UNDECIDED in (a, b):
        return UNDECIDED
    if FINITE in (a, b):
        return a + b  # FINITE is 0
    if UNSIGNED in (a, b):
        return UNDECIDED  # ∞ or NaN
    return a if a == b else NAN


def _product(a: int, b: int) -> int:
    if NAN in (a, b):
        return NAN
    if UNDECIDED in (a, b):
        return UNDECIDED
    infinite = [x for x in (a, b) if x in (PLUS, MINUS, UNSIGNED)]
    if not infinite:
        return FINITE
    if _ZERO in (a, b):
        return NAN
    sign = 1
    for x in (a, b):
        sign *= {PLUS: 1, _POSITIVE: 1, MINUS: -1, _NEGATIVE: -1}.get(x, 0)
    return {1: PLUS, -1: MINUS, 0: UNSIGNED}[sign]


SUM: Final[Kinds] = np.array([[_sum(a, b) for b in range(6)] for a in range(6)], np.uint8)
PRODUCT: Final[Kinds] = np.array([[_product(a, b) for b in range(9)] for a in range(9)], np.uint8)


def factor_classes(kind: Kinds, zero: npt.NDArray[np.bool_], signs: npt.NDArray[np.int8]) -> Kinds:
    """The kinds as ``PRODUCT`` has them: finite numbers told apart by zero, and by sign (±1, 0 unknown)."""
    finite = np.select([zero, signs > 0, signs < 0], [_ZERO, _POSITIVE, _NEGATIVE], FINITE)
    return np.where(kind == FINITE, finite, kind).astype(np.uint8)


def total(kind: Kinds, axes: tuple[int, ...]) -> Kinds:
    """The kind of a sum over axes."""
    plus, minus, unsigned = ((kind == k).sum(axes) for k in (PLUS, MINUS, UNSIGNED))
    nan = (kind == NAN).any(axes) | ((plus > 0) & (minus > 0))
    undecided = (kind == UNDECIDED).any(axes) | ((unsigned > 0) & (plus + minus + unsigned > 1))
    found = np.select([nan, undecided, plus > 0, minus > 0, unsigned > 0], [NAN, UNDECIDED, PLUS, MINUS, UNSIGNED], 0)
    return found.astype(np.uint8)
