"""What functions of scalar loops need in Numba; ``real`` is the type of the array's elements."""

from __future__ import annotations

import numpy as np
from numba import njit

compiled = njit(error_model="numpy")  # division by zero gives infinity or NaN, as IEEE 754 defines it


@compiled
def relu(x, real):
    """``max(0, x)``; NaN stays NaN."""
    return real(0) if x <= 0 else x


@compiled
def step(x, real):
    """1 where ``x`` is positive, else 0; NaN stays NaN."""
    return x if np.isnan(x) else real(x > 0)


@compiled
def sech(x, real):
    """``sech(x) = 2 p / (1 + p²)`` with ``p = exp(−|x|)``."""
    p = np.exp(-abs(x))
    return real(2) * p / (real(1) + p * p)


@compiled
def sech2(x, real):
    """``sech²(x) = 4 p / (1 + p)²`` with ``p = exp(−2|x|)``: no cancellation, unlike ``1 − tanh²``."""
    p = np.exp(-real(2) * abs(x))
    return real(4) * p / ((real(1) + p) * (real(1) + p))
