"""How 1 − 2/(1 + AB) and 4AB/(1 + AB)² round: the checks behind claim A5.

The computed A, B and AB carry a factor 1 ± u each (u the unit roundoff), unless AB is below the normal numbers or
overflows.
"""

from __future__ import annotations

from sympy import Expr, Integer, Rational, Symbol, diff, exp, factor, log, symbols, tanh

from attnproof.derivations.bounds.formats import FORMATS
from attnproof.derivations.proof.reasoning import no_minus, nonnegative_from_zero, vanishes

P, POSITIVE, UNIT = symbols("P y u", positive=True)  # P = AB
EXCESS = Symbol("r", nonnegative=True)
SMALL_UNIT = 1 / (256 * (1 + EXCESS))  # every unit roundoff up to 2^-8: the formats here have at least 8 bits
FORWARD, BACKWARD = 7, 8  # the bounds, in units of u
C_SMALL, C_LARGE = 1 / (1 + EXCESS), 1 + EXCESS  # every factor up to 1, every factor from 1 on


def product_too_small(expected: Expr) -> bool:
    """``|2/(1 + cP) − 2/(1 + P)| <= expected`` for every factor c = 1/(1 + r) <= 1 (``expected`` in c, P > 0)."""
    c = 1 / (1 + EXCESS)
    difference = 2 / (1 + c * P) - 2 / (1 + P)
    gap = expected - difference
    square = c * (1 - P) ** 2 + (1 - c) * (1 + P)  # not negative: a square and a product of such
    left = (1 + P) * (1 + c * P) - 4 * c * P
    return vanishes(left - square) and vanishes(gap - (1 - c) / (2 * c) * square / ((1 + P) * (1 + c * P)))


def product_too_large(expected: Expr) -> bool:
    """``|2/(1 + cP) − 2/(1 + P)| <= expected`` for every factor c = 1 + r >= 1."""
    c = 1 + EXCESS
    difference = 2 / (1 + P) - 2 / (1 + c * P)
    square = (1 - P) ** 2 + (c - 1) * P * (1 + P)
    left = (1 + P) * (1 + c * P) - 4 * P
    gap = expected - difference
    return vanishes(left - square) and vanishes(gap - (c - 1) / 2 * square / ((1 + P) * (1 + c * P)))


def collected(units: int) -> bool:
    """All roundings of one unit, at most ``units · u``: the product, the denominator with the quotient, the last
    difference and three errors of the size of half a subnormal, u·2^-14 at most.
    """
    u = SMALL_UNIT
    h = (1 + u) ** 3 - 1
    lower = no_minus(h - (1 - (1 - u) ** 3), EXCESS)  # three factors 1 ± u leave 1 by at most h
    bound = h / (2 * (1 - h)) + 2 * ((1 + u) / (1 - u) - 1) + u + 3 * u * Rational(1, 2**14)
    return lower and no_minus(units * u - bound, EXCESS)


def overflow_is_harmless(units: int) -> bool:
    """In every format ``AB >= 2^e_max/(1 + u)²`` gives ``1 − tanh = 2/(1 + AB) <= units · u``."""
    return all(2 * (1 + _u(p)) ** 2 / 2**e <= units * _u(p) for p, e in FORMATS.values())


def normal_and_finite(name: str, bits: int) -> bool:
    """``|a| <= bits/2 ln 2`` keeps A within [2^-bits, 2^bits], which the format has as normal numbers."""
    _, e_max = FORMATS[name]
    edge = exp(2 * Rational(bits, 2) * log(2))
    return bool(edge == 2**bits) and 1 - e_max <= -bits and bits <= e_max


def backward_in_range(name: str, bits: int) -> bool:
    """With A and B within [2^-bits, 2^bits]: ``(1 + AB)² <= (2^(2 bits + 1))² <= 2^e_max``, ``4AB`` too, and the
    quotient, at least 2^(-2 bits), is normal.
    """
    _, e_max = FORMATS[name]
    return normal_and_finite(name, 2 * bits) and 2 * (2 * bits + 1) <= e_max


def overflows(extra: int) -> bool:
    """In every format ``AB >= 2^(e_max + extra)`` makes the rounded A times the rounded B infinite."""
    return all(2**extra * (1 - _u(p)) ** 2 >= 2 for p, _ in FORMATS.values())


def direct_relative(bend: Expr, expected: Expr) -> bool:
    """The second derivative of tanh is ``−bend`` < 0 for y > 0, and tanh(0) = 0:
    ``|tanh(cy) − tanh(y)| <= |c − 1| tanh(y)``.

    With the roundings of a + b and of tanh the relative error is at most ``expected``.
    """
    concave = vanishes(diff(tanh(POSITIVE), POSITIVE, 2) + bend) and bool(bend.is_positive) and tanh(Integer(0)) == 0
    return concave and vanishes((1 + UNIT) ** 2 - 1 - expected)


def rounds_to_one(part: Rational) -> bool:
    """``e^y <= 1/(1 − y)`` for 0 <= y < 1; at ``y = part · u`` that is less than 1 + u, half way to the next number."""
    slope = 1 - exp(-POSITIVE)  # of y + e^(−y) − 1; not negative, so that e^(−y) >= 1 − y
    inequality = nonnegative_from_zero(slope, POSITIVE) and vanishes(
        diff(POSITIVE + exp(-POSITIVE) - 1, POSITIVE) - slope
    )
    return inequality and bool(factor(1 + SMALL_UNIT - 1 / (1 - part * SMALL_UNIT)).is_positive)


def factor_kept(low: Expr, high: Expr, c: Expr) -> bool:
    """A product AB off by the factor c changes ``4P/(1 + P)²`` by a factor within [low, high]."""
    ratio = c * (1 + P) ** 2 / (1 + c * P) ** 2
    return no_minus(ratio - low, P, EXCESS) and no_minus(high - ratio, P, EXCESS)


def collected_backward(units: int) -> bool:
    """Three factors 1 ± u in the product, two in the squared denominator, its own, the quotient's: 1 ± units · u."""
    u = SMALL_UNIT
    high, low = (1 + u) / (1 - u) ** 6, (1 - u) / (1 + u) ** 6
    return no_minus(1 + units * u - high, EXCESS) and no_minus(low - (1 - units * u), EXCESS)


def _u(p: int) -> Rational:
    return Rational(1, 2**p)


def safe_forward(name: str) -> int:
    """The largest exponent that ``normal_and_finite`` admits."""
    return FORMATS[name][1] - 1


def safe_backward(name: str) -> int:
    """The largest exponent that ``backward_in_range`` admits."""
    return (FORMATS[name][1] - 2) // 4
