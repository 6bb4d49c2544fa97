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


def in_ulps(fmt: Format, error: float, exact: float) -> float:
    """An absolute error in ulps of the format at the exact value; ∞ where the error is ∞ or NaN.

    A division by a power of two, so nothing is lost (beyond the largest float64 it gives ∞). Raises ValueError where
    ``exact`` is not finite: a reference is always a number.
    """
    if not math.isfinite(exact):
        raise ValueError("the exact value of an error in ulps must be finite, got NaN or infinity")
    size = abs(error)
    if math.isnan(size) or math.isinf(size):
        return math.inf
    exponent = fmt.emin if exact == 0.0 else min(max(math.frexp(exact)[1] - 1, fmt.emin), fmt.emax)
    return size / math.ldexp(1.0, exponent - (fmt.precision - 1))
