"""Where a correctly rounded tanh is 1, formally."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Integer, Rational, Symbol, log, tanh

from attnproof.derivations.propositions.proposition import Every, Iff, Number, Proposition, Size, Stated, eq, le, lt
from attnproof.derivations.statements._rounding import E_MAX, P, fl

Z: Final = Symbol("z", real=True)
EDGE: Final = log(Integer(2) ** (P + 2) - 1) * Rational(1, 2)


def rounded_to(value: int, where: Proposition) -> Proposition:
    """In every format tanh z is rounded to ``value`` exactly there."""
    return Every((Size(P), Size(E_MAX, 2), Number(Z)), Iff(eq(fl(tanh(Z)), Integer(value)), where))


STATEMENT: Final = (
    Stated("below_1", "tanh is below 1 in size", Every((Number(Z),), lt(Abs(tanh(Z)), Integer(1)))),
    Stated(
        "rounded_to_1", "rounded with p bits it is 1 exactly from ½ ln(2^(p + 2) − 1) on", rounded_to(1, le(EDGE, Z))
    ),
    Stated("rounded_to_minus_1", "and −1 exactly down from minus that", rounded_to(-1, le(Z, -EDGE))),
)

OUTSIDE: Final = ()
