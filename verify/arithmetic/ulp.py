"""Units in the last place.

``ulp(x) = 2^(max(⌊log₂|x|⌋, emin) − p + 1)``: the spacing of the format in the binade that holds x (Muller et al.,
Handbook of Floating-Point Arithmetic, 2nd ed., section 2.3.2, definition 2.6, with x real). Hence at a power of two it
is the spacing above it, at zero and among the subnormals the smallest subnormal, and beyond the largest finite number
the spacing of the last binade.
"""

from __future__ import annotations

import math

import numpy as np

from attnproof.verify.arithmetic.formats import Array, Format


def ulp(fmt: Format, x: Array | float) -> Array:
    """The spacing of ``fmt`` at the real numbers x (float64, any shape); NaN where x is NaN, the last binade's at
    ±∞.
    """
    values = np.asarray(x, dtype=np.float64)
    finite = np.isfinite(values)
    exponent = np.frexp(np.where(finite, values, fmt.max))[1] - 1
    exponent = np.where(values == 0.0, fmt.emin, np.clip(exponent, fmt.emin, fmt.emax))
    spacing = np.ldexp(1.0, exponent - (fmt.precision - 1))
    return np.asarray(np.where(np.isnan(values), np.nan, spacing), dtype=np.float64)


def in_ulps(fmt: Format, error: Array | float, exact: Array | float) -> Array:
    """An absolute error in ulps of the format at the exact value; ∞ where the error is ∞ or NaN.

    error, exact: float64, broadcastable. A division by a power of two, so nothing is lost (beyond the largest float64
    it gives ∞). Raises ValueError where ``exact`` is not finite: a reference is always a number.
    """
    reference = _finite(exact)
    size = np.abs(np.asarray(error, dtype=np.float64))
    with np.errstate(over="ignore"):
        return np.asarray(np.where(np.isnan(size), np.inf, size / ulp(fmt, reference)), dtype=np.float64)


def one_in_ulps(fmt: Format, error: float, exact: float) -> float:
    """``in_ulps`` of a single number, without the cost of arrays."""
    if not math.isfinite(exact):
        raise ValueError("the exact value of an error in ulps must be finite, got NaN or infinity")
    size = abs(error)
    if math.isnan(size) or math.isinf(size):
        return math.inf
    exponent = fmt.emin if exact == 0.0 else min(max(math.frexp(exact)[1] - 1, fmt.emin), fmt.emax)
    return size / math.ldexp(1.0, exponent - (fmt.precision - 1))


def error_in_ulps(fmt: Format, got: Array | float, exact: Array | float) -> Array:
    """``|got − exact|`` in ulps of the format at the exact value.

    got, exact: float64, broadcastable. ∞ where ``got`` is NaN or infinite, with one exception: where the exact value
    itself rounds to infinity in the format, an infinity of that sign is right and counts 0.
    The difference is taken in float64, with a relative error below 2⁻⁵³.
    Raises ValueError where ``exact`` is not finite.
    """
    reference = _finite(exact)
    values = np.asarray(got, dtype=np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        error = np.where(np.isfinite(values), values - reference, np.inf)
    overflowed = np.isinf(values) & (fmt.round(reference) == values)
    return np.asarray(np.where(overflowed, 0.0, in_ulps(fmt, error, reference)), dtype=np.float64)


def _finite(exact: Array | float) -> Array:
    values = np.asarray(exact, dtype=np.float64)
    if not np.all(np.isfinite(values)):
        raise ValueError("the exact value of an error in ulps must be finite, got NaN or infinity")
    return values
