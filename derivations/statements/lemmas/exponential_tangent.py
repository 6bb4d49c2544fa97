"""The exponential and its tangent, formally."""

from __future__ import annotations

from typing import Final

from sympy import Integer, Symbol, exp

from attnproof.derivations.propositions.proposition import Both, Every, If, Number, Stated, le

Y: Final = Symbol("y", real=True)
NOT_NEGATIVE: Final = le(Integer(0), Y)

STATEMENT: Final = (
    Stated("tangent", "the exponential is above its tangent at 0", Every((Number(Y),), le(1 + Y, exp(Y)))),
    Stated(
        "falling",
        "to the right of 0, e^(−y) lies between 1 − y and 1/(1 + y)",
        Every((Number(Y),), If(NOT_NEGATIVE, Both((le(1 - Y, exp(-Y)), le(exp(-Y), 1 / (1 + Y)))))),
    ),
    Stated("square", "and e^y is above y²/2", Every((Number(Y),), If(NOT_NEGATIVE, le(Y**2 / 2, exp(Y))))),
)

OUTSIDE: Final = ()
