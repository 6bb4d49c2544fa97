"""Binary floating-point formats and exact rounding into them.

A format of precision p (significand bits, the hidden one included) and exponents emin … emax = 1 − emin holds the
numbers ``± m · 2^(e − p + 1)`` with integers ``0 ≤ m < 2^p`` and ``emin ≤ e ≤ emax``, and ±∞. Rounding to nearest
with ties to even errs by at most ``u |x|`` for normal x, where ``u = 2^−p`` is the unit roundoff, and by at most half
the smallest subnormal below that (Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., section 2.1).
Every value of every format here is a float64, which is what ``round`` takes and returns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Format:
    """A binary format with subnormals and infinities, at most as wide as float64 in precision and range.

    name       ``fp64 fp32 bf16 fp16``, and those that numbers are only stored in, ``fp8_e4m3 fp8_e5m2``
    precision  significand bits p, the hidden bit included
    emin       exponent of the smallest normal number, ``2^emin``
    emax       exponent of the largest binade, ``2^emax ≤ max < 2^(emax + 1)``
    top        the largest number where NaN takes a place in the largest binade and there are no infinities
    """

    name: str
    precision: int
    emin: int
    emax: int
    top: float | None = None

    @property
    def unit_roundoff(self) -> float:
        """``u = 2^−p``: the largest relative error of rounding a number in the normal range to nearest."""
        return 2.0**-self.precision

    @property
    def smallest_normal(self) -> float:
        """``2^emin``."""
        return 2.0**self.emin

    @property
    def smallest_subnormal(self) -> float:
        """``2^(emin − p + 1)``, the spacing of the subnormal numbers."""
        return 2.0 ** (self.emin - self.precision + 1)

    @property
    def max(self) -> float:
        """The largest finite number: ``top``, else ``(2 − 2^(1 − p)) · 2^emax``."""
        return self.top if self.top is not None else (2.0 - 2.0 ** (1 - self.precision)) * 2.0**self.emax

    @property
    def overflow_threshold(self) -> float:
        """Smallest magnitude that rounds to infinity: ``max + ulp(max) / 2``; infinity itself for fp64, where no
        float64 is.
        """
        return self.max + 2.0 ** (self.emax - self.precision) if self.precision < 53 else np.inf

    def round(self, x: Array) -> Array:
        """Each element rounded to nearest, ties to even: exact, subnormals, overflow to ±∞ and signed zero included.

        x: float64, any shape. NaN stays NaN. Returns a new float64 array of the same shape.
        """
        values = np.asarray(x, dtype=np.float64)
        if self.precision == 53:
            return values.copy()
        finite = np.isfinite(values)
        safe = np.where(finite, values, 0.0)
        # frexp gives |x| in [2^(e-1), 2^e); the spacing there is 2^k. Scaling by 2^-k is exact: the result lies below
        # 2^p.
        spacing = np.maximum(np.frexp(safe)[1] - 1, self.emin) - (self.precision - 1)
        rounded = np.ldexp(np.rint(np.ldexp(safe, -spacing)), spacing)
        rounded = np.where(np.abs(rounded) > self.max, np.copysign(np.inf, safe), np.copysign(rounded, safe))
        return np.asarray(np.where(finite, rounded, values), dtype=np.float64)

    def representable(self, x: Array) -> NDArray[np.bool_]:
        """Where x is a value of the format (±∞ and NaN are; in a format without infinities only NaN)."""
        values = np.asarray(x, dtype=np.float64)
        if self.precision == 53:
            return np.ones(values.shape, bool)
        # Nearly always all are normal numbers of the format, or 0: no bit behind its last one is set.
        behind, size = np.uint64(2 ** (53 - self.precision) - 1), np.abs(values)
        normal = ((values.view(np.uint64) & behind) == 0) & (size >= self.smallest_normal) & (size <= self.max)
        plain = normal | (size == 0.0)
        if plain.all():
            return np.asarray(plain)
        equal = (self.round(values) == values) & ~(np.isinf(values) & (self.top is not None))
        return np.asarray(equal | np.isnan(values))


FP64 = Format("fp64", 53, -1022, 1023)
FP32 = Format("fp32", 24, -126, 127)
BF16 = Format("bf16", 8, -126, 127)
FP16 = Format("fp16", 11, -14, 15)
# Of 8 bits, as torch and ml_dtypes have them (Micikevicius et al., FP8 formats for deep learning, 2022).
E4M3 = Format("fp8_e4m3", 4, -6, 8, top=448.0)
E5M2 = Format("fp8_e5m2", 3, -14, 15)

# What NumPy, torch and JAX call the types; NumPy has no bfloat16.
TYPES: Mapping[str, str] = MappingProxyType(
    {"fp64": "float64", "fp32": "float32", "bf16": "bfloat16", "fp16": "float16"}
)
FORMATS: Mapping[str, Format] = MappingProxyType({f.name: f for f in (FP64, FP32, BF16, FP16)})

# Formats that nothing is computed in: numbers are stored in them beside a scale, and widened first.
STORED: Mapping[str, Format] = MappingProxyType({f.name: f for f in (E4M3, E5M2)})
STORED_TYPES: Mapping[str, str] = MappingProxyType({"fp8_e4m3": "float8_e4m3fn", "fp8_e5m2": "float8_e5m2"})
