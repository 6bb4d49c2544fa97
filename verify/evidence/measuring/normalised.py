"""Layer normalisation as libraries compute it, with a bound on its rounding, and the vectors at which the mean of sech²
is least.

**Rounding.** With M = max |x|, δ² = variance + ε, κ = max(1, M/δ), unit roundoff u and d units: one pass (Welford) or
two, the computed mean stays in the hull of the values and is off by at most ``3 d u M`` (a running mean rounds three
times for each value), each deviation by that and u of itself, the variance relatively by ``(d + 8) u`` and by what
twice the mean's error adds, ``6 d u κ``; the root halves it, and a sum with ε, root, quotient, gain and offset round at
most seven times more. Together, with a fourth ``d u`` for the terms of second order (``d u κ`` is below 0.01 here):

    |ẑ − z| ≤ (4 d + 16) u κ (1 + |z|)

torch computes bf16 and fp16 in fp32 and rounds the result, by ``u |ẑ|`` with u of the format.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import torch

from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.arithmetic.function_errors import NUMPY_DTYPES
from attnproof.verify.arithmetic.torch_dtypes import TORCH_DTYPES
from attnproof.verify.evidence.measuring.thresholds import Place, places
from attnproof.verify.options import Options
from attnproof.verify.tables.saturation.tanh import sech2

STEEPEST: Final = 0.77  # |d sech²/dz| is at most 4/(3√3) = 0.7698
EVALUATION: Final = 2.0**-46  # sech² and its mean in float64: relative, of fewer than 64 roundings and exponentials


def usable(options: Options) -> list[Place]:
    """Every library, format and device but NumPy in fp16, where the bound says nothing at larger widths."""
    return [place for place in places(options) if (place.framework, place.dtype) != ("numpy", "fp16")]


def extremal(width: int) -> Array:
    """Whole numbers whose normalised vector is the extremal one: m + 1 times m and m times −(m + 1), or as many 1 as
    −1; (width,).
    """
    half = width // 2
    low, high = (-1, 1) if width % 2 == 0 else (-half - 1, half)
    return np.array([high] * (width - half) + [low] * half, dtype=np.float64)


def one_unit(width: int) -> Array:
    """One unit by itself: (1, 0, ..., 0), (width,)."""
    return np.asarray(np.eye(1, width)[0], dtype=np.float64)


def exact(x: Array, epsilon: float = 0.0) -> Array:
    """The normalised vector, for numbers at which mean and variance are exact in float64 up to few roundings."""
    centred = x - x.mean()
    return np.asarray(centred / np.sqrt(np.mean(centred**2) + epsilon))


def computed(place: Place, x: Array, epsilon: float = 0.0, gain: float = 1.0, offset: float = 0.0) -> Array:
    """The library's layer normalisation of x, as float64; x, ε, gain and offset must be values of the format."""
    given = np.array([epsilon, gain, offset, *x])
    if not np.all(FORMATS[place.dtype].representable(given)):
        raise ValueError(f"{place.name}: the input is not made of values of the format")
    if place.framework == "numpy":
        dtype = NUMPY_DTYPES[place.dtype]
        y = x.astype(dtype)
        centred = y - y.mean()
        z = centred / np.sqrt(np.mean(centred * centred) + dtype(epsilon)) * dtype(gain) + dtype(offset)
        return np.asarray(z, dtype=np.float64)
    tensor = torch.tensor(x, dtype=TORCH_DTYPES[place.dtype], device=place.device)
    weight, bias = torch.full_like(tensor, gain), torch.full_like(tensor, offset)
    found = torch.nn.functional.layer_norm(tensor, (len(x),), weight, bias, eps=epsilon)
    return np.asarray(found.double().cpu().numpy())


def rounding(place: Place, x: Array, epsilon: float = 0.0, gain: float = 1.0, offset: float = 0.0) -> Array:
    """Bound on |computed − exact| elementwise."""
    u = FORMATS[place.dtype].unit_roundoff
    inside, outside = u, 0.0
    if place.framework == "torch" and place.dtype in ("bf16", "fp16"):
        inside, outside = FORMATS["fp32"].unit_roundoff, u
    z = exact(x, epsilon)
    spread = float(np.sqrt(np.var(x) + epsilon))
    condition = max(1.0, float(np.max(np.abs(x))) / spread)
    if len(x) * inside * condition > 0.01:
        raise ValueError(f"{place.name}: {len(x)} units are too many for the bound")
    before = abs(gain) * (4 * len(x) + 16) * inside * condition * (1 + np.abs(z)) + inside * abs(offset)
    return np.asarray(before + outside * (np.abs(gain * z + offset) + before))


def moved(z: Array, by: Array) -> float:
    """Bound on how far the mean of sech² goes when each z moves by at most ``by``, and on its evaluation in float64."""
    slope = np.minimum(STEEPEST, 2 * sech2(np.maximum(np.abs(z) - by, 0)))  # |(sech²)'| = 2 sech² |tanh|
    return float(np.mean(slope * by) + EVALUATION * np.mean(sech2(z)))
