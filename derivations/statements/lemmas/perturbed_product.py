"""A product in the separated form that is off by a factor, formally."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Integer, Max, Min, Symbol

from attnproof.derivations.propositions.proposition import (
    Both,
    Every,
    If,
    Number,
    Proposition,
    Some,
    Stated,
    eq,
    le,
    lt,
)

P, C, R = (Symbol(letter, real=True) for letter in "Pcr")
MOVED: Final = Abs(2 / (1 + C * P) - 2 / (1 + P))


def off_by(says: Proposition, *given: Proposition) -> Proposition:
    """``says`` of every product and factor above 0."""
    return Every((Number(P), Number(C)), If(Both((lt(Integer(0), P), lt(Integer(0), C), *given)), says))


def slope(product: Expr) -> Expr:
    """``4 product/(1 + product)²``."""
    return 4 * product / (1 + product) ** 2


STATEMENT: Final = (
    Stated(
        "smaller",
        "off by a factor c of at most 1, 2/(1 + P) moves by at most (1 − c)/(2c)",
        off_by(le(MOVED, (1 - C) / (2 * C)), le(C, Integer(1))),
    ),
    Stated(
        "larger",
        "by one of at least 1, by at most (c − 1)/2",
        off_by(le(MOVED, (C - 1) / 2), le(Integer(1), C)),
    ),
    Stated(
        "slope",
        "4P/(1 + P)² is off by a factor between c and 1/c",
        off_by(
            Some(
                (Number(R),),
                Both((eq(slope(C * P), R * slope(P)), le(Min(C, 1 / C), R), le(R, Max(C, 1 / C)))),
            )
        ),
    ),
)

OUTSIDE: Final = ()
