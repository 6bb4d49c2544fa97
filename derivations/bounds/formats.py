"""Floating-point formats as pairs of numbers, rounding to them, and where their exponentials overflow and underflow."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Final

from sympy import Expr, Rational, oo

#: bits p of the significand and largest exponent; the smallest normal number is 2^(1 - e_max)
FORMATS: Final[Mapping[str, tuple[int, int]]] = {
    "fp16": (11, 15),
    "bf16": (8, 127),
    "fp32": (24, 127),
    "fp64": (53, 1023),
}

#: by format, the last number whose exponential is finite and the last whose exponential is 0; each is exactly a float
LAST_FINITE: Final[Mapping[str, Rational]] = {
    "fp16": Rational(11.0859375),
    "bf16": Rational(88.5),
    "fp32": Rational(float.fromhex("0x1.62e42ep+6")),
    "fp64": Rational(float.fromhex("0x1.62e42fefa39efp+9")),
}
LAST_ZERO: Final[Mapping[str, Rational]] = {
    "fp16": Rational(-17.34375),
    "bf16": Rational(-93),
    "fp32": Rational(float.fromhex("-0x1.9fe36ap+6")),
    "fp64": Rational(float.fromhex("-0x1.74910d52d3052p+9")),
}


def following(x: Rational, name: str) -> Rational:
    """The next number above ``x`` in a format. Raises ValueError unless x is of it, normal and no power of two."""
    p, e_max = FORMATS[name]
    binade = int(abs(x)).bit_length() - 1
    spacing = Rational(2) ** (binade - p + 1)
    if not 0 <= binade <= e_max or not (x / spacing).is_integer or abs(x) == 2**binade:
        raise ValueError(f"{x} is not a number of {name} above 1 in size and inside its binade")
    return x + spacing


def nearest(x: Rational, name: str) -> Expr:
    """``x`` rounded to a format, ties to even, with subnormals: a rational, or an infinity where it overflows."""
    p, e_max = FORMATS[name]
    exact = Fraction(int(x.p), int(x.q))
    exponent = exact.numerator.bit_length() - exact.denominator.bit_length()
    exponent -= abs(exact) < Fraction(2) ** exponent  # the greatest with 2^exponent <= |x|
    spacing = Fraction(2) ** (max(exponent, 1 - e_max) - p + 1)
    found = round(exact / spacing) * spacing  # Python rounds ties to even
    if abs(found) >= 2 ** (e_max + 1):
        return oo if found > 0 else -oo
    return Rational(found.numerator, found.denominator)
