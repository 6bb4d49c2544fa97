"""A product of two numbers by four tanh units, formally."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Rational, tanh

from attnproof.derivations.propositions.proposition import Both, Every, If, Number, Stated, eq, le
from attnproof.derivations.statements.x5 import BIAS, ON_SQUARE, PRODUCT, RADIUS, RATE, STEP, X, Y

STATEMENT: Final = (
    Stated(
        "near_the_product",
        "with tanh b = ½ the four units are within 82/45 h² R⁴ of x y where |x| and |y| are at most R",
        Every(
            tuple(map(Number, (X, Y, STEP, RADIUS, BIAS))),
            If(
                Both((eq(tanh(BIAS), Rational(1, 2)), ON_SQUARE)),
                le(Abs(PRODUCT - X * Y), RATE * STEP**2 * RADIUS**4),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
