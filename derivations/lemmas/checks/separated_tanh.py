"""How 1 − 2/(1 + AB) and 4AB/(1 + AB)² round: the checks behind claim A5.

The computed A, B and AB carry a factor 1 ± u each (u the unit roundoff), unless AB is below the normal numbers or
overflows.
"""

from __future__ import annotations

from sympy import Expr, Integer, Rational, Symbol, exp, symbols, tanh

from attnproof.derivations.bounds.formats import FORMATS
from attnproof.derivations.proof.rules import All, Cases, Coefficients, Differentiated, Field, FromZero, Sign
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.propositions.proposition import Both, Proposition, eq, le

P, POSITIVE, UNIT = symbols("P y u", positive=True)  # P = AB
AT = Symbol("y", real=True)
EXCESS = Symbol("r", nonnegative=True)
SMALL_UNIT = 1 / (256 * (1 + EXCESS))  # every unit roundoff up to 2^-8: the formats here have at least 8 bits
FORWARD, BACKWARD = 7, 8  # the bounds, in units of u
BITS, E_MAX, EXPONENT = symbols("p e_max k", real=True)
UNIT_OF_BITS = 2**-BITS


def collected(units: int) -> All:
    """All roundings of one unit, at most ``units · u``: the product, the denominator with the quotient, the last
    difference and three errors of the size of half a subnormal, u·2^-14 at most.
    """
    u = SMALL_UNIT
    h = (1 + u) ** 3 - 1
    bound = h / (2 * (1 - h)) + 2 * ((1 + u) / (1 - u) - 1) + u + 3 * u * Rational(1, 2**14)
    return All(
        (
            Coefficients(1 - (1 - u) ** 3, "≤", h, variables=(EXCESS,)),
            Coefficients(bound, "≤", units * u, variables=(EXCESS,)),
        )
    )


def _in_every_format(says: Proposition) -> All:
    """The proposition, in p and e_max, at those of each format."""
    return All(tuple(Cases(says, ((BITS, (Integer(p),)), (E_MAX, (Integer(e),)))) for p, e in FORMATS.values()))


def overflow_is_harmless(units: int) -> All:
    """In every format ``AB >= 2^e_max/(1 + u)²`` gives ``1 − tanh = 2/(1 + AB) <= units · u``."""
    return _in_every_format(le(2 ** (1 - E_MAX) * (1 + UNIT_OF_BITS) ** 2, units * UNIT_OF_BITS))


def backward_in_range(name: str, bits: int) -> Cases:
    """With A and B within [2^-bits, 2^bits]: AB within [2^(-2 bits), 2^(2 bits)] is normal, and so is the quotient;
    ``(1 + AB)² <= (2^(2 bits + 1))² <= 2^e_max``, and ``4AB`` too.
    """
    _, e_max = FORMATS[name]
    says = Both((le(1 - E_MAX, -2 * EXPONENT), le(2 * EXPONENT, E_MAX), le(2 * (2 * EXPONENT + 1), E_MAX)))
    return Cases(says, ((EXPONENT, (Integer(bits),)), (E_MAX, (Integer(e_max),))))


def overflows(extra: int) -> All:
    """In every format ``AB >= 2^(e_max + extra)`` makes the rounded A times the rounded B infinite."""
    return _in_every_format(le(2 ** (E_MAX + 1), 2 ** (E_MAX + extra) * (1 - UNIT_OF_BITS) ** 2))


def direct_relative(bend: Expr, expected: Expr) -> All:
    """The second derivative of tanh is ``−bend`` < 0 for y > 0, and tanh(0) = 0:
    ``|tanh(cy) − tanh(y)| <= |c − 1| tanh(y)``.

    With the roundings of a + b and of tanh the relative error is at most ``expected``.
    """
    return All(
        (
            Differentiated(tanh(POSITIVE), POSITIVE, -bend, times=2),
            Sign(ZERO, "<", bend),
            Cases(eq(tanh(AT), ZERO), ((AT, (ZERO,)),)),
            Field((1 + UNIT) ** 2 - 1, expected),
        )
    )


def rounds_to_one(part: Rational) -> All:
    """``e^y <= 1/(1 − y)`` for 0 <= y < 1; at ``y = part · u`` that is less than 1 + u, half way to the next number."""
    slope = 1 - exp(-EXCESS)  # of r + e^(−r) − 1; not negative, so that e^(−r) >= 1 − r
    return All(
        (
            Differentiated(EXCESS + exp(-EXCESS) - 1, EXCESS, slope),
            FromZero(ZERO, "≤", slope, variable=EXCESS),
            Sign(1 / (1 - part * SMALL_UNIT), "<", 1 + SMALL_UNIT),
        )
    )


def collected_backward(units: int) -> All:
    """Three factors 1 ± u in the product, two in the squared denominator, its own, the quotient's: 1 ± units · u."""
    u = SMALL_UNIT
    high, low = (1 + u) / (1 - u) ** 6, (1 - u) / (1 + u) ** 6
    return All(
        (
            Coefficients(high, "≤", 1 + units * u, variables=(EXCESS,)),
            Coefficients(1 - units * u, "≤", low, variables=(EXCESS,)),
        )
    )


def safe_forward(name: str) -> int:
    """The largest k for which 2^−k and 2^k are normal numbers of the format."""
    return FORMATS[name][1] - 1


def safe_backward(name: str) -> int:
    """The largest exponent that ``backward_in_range`` admits."""
    return (FORMATS[name][1] - 2) // 4
