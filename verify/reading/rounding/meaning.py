"""What the constants of a program stand for, in float64: √(1/6) for the nearest number of a format."""

from __future__ import annotations

import math

import numpy as np

from attnproof.derivations.ring.constants import FACTORS, Constant, recognise
from attnproof.verify.arithmetic.formats import Array

TABLE = 1024  # more different numbers than that are data, as for the ring
ROUNDINGS = 4  # of float64 in ``meant``: the fraction, two roots, the factor's product; the factor itself


def meant(values: Array, dtype: str) -> Array:
    """For each number of a format what it stands for, as the ring takes it, within ``ROUNDINGS`` of 2⁻⁵³; what stands
    for itself, ±∞ and NaN are given back as they are.
    """
    flat, back = np.unique(values.ravel(), return_inverse=True)
    if len(flat) > TABLE:
        return values
    known = [_meaning(float(x), dtype) if math.isfinite(x) else float(x) for x in flat]
    return np.array(known, np.float64)[back].reshape(values.shape)


def _meaning(value: float, dtype: str) -> float:
    found: Constant = recognise(value, dtype)
    if found.root == 1 and found.factor == "1":
        return float(found.rational)
    size = abs(float(found.rational))
    for _ in range(found.root // 2):  # the fourth root as a root of a root
        size = math.sqrt(size)
    return math.copysign(size * float(FACTORS[found.factor]), value)
