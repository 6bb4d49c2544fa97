"""Which exact number a constant of a program means: 0.35355339 is √(1/8), 1.4426950408889634 log₂ e, 0.1 1/10.

A candidate is taken where it lies within a few units in the last place of the constant's format and is so simple that
a match by chance is unlikely: its *cost* in bits (of numerator and denominator, and for a root or a factor) is well
below the format's precision. Of several the simplest is taken, and where there is none the value itself, exactly.

In the half formats little can be recognised: bf16 has 8 bits, so that 0.334 is taken for 1/3, and 0.289 (√(1/12)
rounded) stays 37/128, and two meanings that round to one value cannot be told apart. A wrong guess is never off by
more than two units in the constant's last place.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final, Literal

Factor = Literal["1", "ln2", "log2e", "pi", "1/√π"]

DENOMINATOR: Final = 4096
_PRECISION: Final = {"fp64": 53, "fp32": 24, "fp16": 11, "bf16": 8}
_SPARE: Final = {"fp64": 16, "fp32": 7, "fp16": 3, "bf16": 3}  # bits that a candidate has to save
_DIGITS: Final = 8
# 60 digits are far more than the formats'
_LN2 = Fraction("0.693147180559945309417232121458176568075500134360255254120680")
_PI = Fraction("3.14159265358979323846264338327950288419716939937510582097494")
_RSQRT_PI = Fraction("0.564189583547756286948079451560772585844050629328998856844086")
FACTORS: Final[dict[Factor, Fraction]] = {
    "1": Fraction(1),
    "ln2": _LN2,
    "log2e": 1 / _LN2,
    "pi": _PI,
    "1/√π": _RSQRT_PI,
}
_SCALES: Final = tuple((factor, float(value)) for factor, value in FACTORS.items())


@dataclass(frozen=True)
class Constant:
    """``rational ^ (1/root) · factor``, with the sign of ``rational``; root 1, 2 or 4.

    digits  for a short decimal, how many it has
    """

    rational: Fraction
    root: int = 1
    factor: Factor = "1"
    digits: int = 0

    @property
    def cost(self) -> float:
        """Bits that it takes to say which number it is; a decimal's place of the point counts 3."""
        if self.digits:
            return self.digits * math.log2(10) + 3
        size = math.log2(max(abs(self.rational.numerator), 1)) + math.log2(self.rational.denominator)
        return size + {1: 0, 2: 2, 4: 4}[self.root] + (0 if self.factor == "1" else 4)

    def within(self, value: Fraction, tolerance: Fraction) -> bool:
        """Whether it is ``value`` up to ``tolerance``, by exact arithmetic."""
        low, high = (abs(value) + side * tolerance for side in (-1, 1))
        scaled = FACTORS[self.factor]
        return (max(low, Fraction(0)) / scaled) ** self.root <= abs(self.rational) <= (high / scaled) ** self.root


@lru_cache(maxsize=4096)
def recognise(value: float, dtype: str = "fp64") -> Constant:
    """The exact number that a finite constant of a format means.

    value  a finite number of the format
    dtype  ``fp64``, ``fp32``, ``fp16``, ``bf16``; any other format is taken for the narrowest of them

    Integers are themselves. Else the cheapest of: fractions with denominator up to 4096, their square and fourth roots,
    those times ln 2, log₂ e and π, decimals of at most 8 significant digits (1e-12, 0.044715), within 2 units in the
    last place (in the half formats: the one that rounds to the value). Else the value, which is a dyadic fraction.
    Raises ValueError for ±∞ and NaN.
    """
    if not math.isfinite(value):
        raise ValueError(f"a constant is a finite number here, got {value}")
    exact = Fraction(value)
    if exact.denominator == 1:
        return Constant(exact)
    precision = _PRECISION.get(dtype, 8)
    unit = Fraction(2) ** (math.frexp(value)[1] - precision)
    tolerance = unit * 2 if precision > 16 else unit / 2
    budget = precision - _SPARE.get(dtype, 3)
    found = [c for c in _candidates(value, float(tolerance)) if c.cost <= budget and c.within(exact, tolerance)]
    if exact.denominator <= DENOMINATOR:
        found.append(Constant(exact))
    return min(found, key=lambda c: (c.cost, c.root, c.factor), default=Constant(exact))


def logarithm_of(value: float, dtype: str = "fp64") -> int | None:
    """The whole number whose logarithm ``|value|`` means, up to 4096 and no power of two (whose logarithm is a multiple
    of ln 2); None where it means none, or something simpler (``recognise``).
    """
    precision = _PRECISION.get(dtype, 8)
    budget = precision - _SPARE.get(dtype, 3)
    if not 1.0 < abs(value) <= math.log(DENOMINATOR) or recognise(value, dtype) != Constant(Fraction(value)):
        return None
    whole = round(math.exp(abs(value)))
    near = abs(math.log(whole) - abs(value)) <= 2 * math.ldexp(1.0, math.frexp(value)[1] - precision)
    return whole if near and math.log2(whole) + 4 <= budget and whole & (whole - 1) else None


def _candidates(value: float, tolerance: float) -> Iterator[Constant]:
    """Found in float64, a little too many."""
    size, sign = abs(value), -1 if value < 0 else 1
    for factor, scale in _SCALES:
        rest = size / scale
        for root in (1, 2, 4):
            power = rest**root
            width = root * power * (tolerance / size + 1e-15)
            found = _simplest(power - width, power + width)
            if found is not None:
                yield Constant(sign * found, root, factor)
    longest = f"{value:.{_DIGITS - 1}e}"
    if abs(float(longest) - value) <= tolerance:
        for digits in range(1, _DIGITS + 1):
            yield Constant(Fraction(f"{value:.{digits - 1}e}"), digits=digits)


def _simplest(low: float, high: float) -> Fraction | None:
    """The fraction of least denominator in an interval (Stern and Brocot): by continued fractions; None where that is
    more than ``DENOMINATOR``.
    """
    (above, below), (last_above, last_below) = (1, 0), (0, 1)
    while 0 < low < math.inf:
        whole = math.floor(low)
        done = whole == low or whole + 1 <= high
        step = whole + 1 if done and whole != low else whole
        above, last_above = step * above + last_above, above
        below, last_below = step * below + last_below, below
        if below > DENOMINATOR:
            return None
        if done:
            return Fraction(above, below)
        low, high = 1 / (high - whole), 1 / (low - whole)
    return None
