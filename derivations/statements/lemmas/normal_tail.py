"""The tail of the normal law, formally: the function that falls like the density to 0 at infinity."""

from __future__ import annotations

from typing import Final

from sympy import Function, Integer, oo

from attnproof.derivations.propositions.proposition import Both, Every, If, Limit, Map, Number, Stated, le, lt
from attnproof.derivations.statements._parts import T
from attnproof.derivations.statements.lemmas._normal import X, antiderivative, density

TAIL: Final = Function("Q")

STATEMENT: Final = (
    Stated(
        "tail",
        "the integral Q of the density from x > 0 on is between x/(1 + x²) and 1/x times the density",
        Every(
            (Map(TAIL),),
            If(
                Both((antiderivative(TAIL, -density(X)), Limit(TAIL(T), T, oo, Integer(0)))),
                Every(
                    (Number(X),),
                    If(
                        lt(Integer(0), X),
                        Both((le(X / (1 + X**2) * density(X), TAIL(X)), le(TAIL(X), density(X) / X))),
                    ),
                ),
            ),
        ),
    ),
)

OUTSIDE: Final = ("That the density has such an integral Q.",)
