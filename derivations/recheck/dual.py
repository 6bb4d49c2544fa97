"""Dual numbers over the rationals: a value and its derivatives with respect to any number of directions.

(a, ȧ) + (b, ḃ) = (a + b, ȧ + ḃ)       (a, ȧ)(b, ḃ) = (ab, a ḃ + b ȧ)       (a, ȧ)^n = (aⁿ, n aⁿ⁻¹ ȧ)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from flint import fmpq


@dataclass(frozen=True, slots=True)
class Dual:
    """``value`` and the slope in each direction; a direction that is absent has slope 0."""

    value: fmpq
    slope: dict[int, fmpq]

    def __add__(self, other: Scalar) -> Dual:
        if not isinstance(other, Dual):
            return Dual(self.value + other, self.slope)
        slope = dict(self.slope)
        for key, s in other.slope.items():
            slope[key] = slope[key] + s if key in slope else s
        return Dual(self.value + other.value, slope)

    __radd__ = __add__

    def __mul__(self, other: Scalar) -> Dual:
        if not isinstance(other, Dual):
            return Dual(self.value * other, slopes(self, other))
        slope = slopes(self, other.value)
        for key, s in other.slope.items():
            term = self.value * s
            slope[key] = slope[key] + term if key in slope else term
        return Dual(self.value * other.value, slope)

    __rmul__ = __mul__

    def __pow__(self, exponent: int) -> Dual:
        if exponent == 0:
            return Dual(fmpq(1), {})
        return Dual(self.value**exponent, slopes(self, exponent * self.value ** (exponent - 1)))


Scalar: TypeAlias = fmpq | Dual


def value_of(x: Scalar) -> fmpq:
    """The value without its slopes."""
    return x.value if isinstance(x, Dual) else x


def slopes(x: Dual, factor: fmpq) -> dict[int, fmpq]:
    """Every slope of ``x`` times ``factor`` (the chain rule)."""
    return {key: s * factor for key, s in x.slope.items()}
