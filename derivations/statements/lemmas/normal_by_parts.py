"""Integration by parts under a normal law, formally: means are integrals with the density."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Function, Symbol

from attnproof.derivations.propositions.proposition import Both, Every, If, Map, Number, Stated, eq, le
from attnproof.derivations.statements.lemmas._normal import X, antiderivative, density, integral

F, SLOPE, OF_PRODUCT, OF_SLOPE = (Function(name) for name in ("g", "s", "F", "G"))
BOUND, *ENDS = (Symbol(letter, real=True) for letter in ("B", "a", "b", "c", "d"))

STATEMENT: Final = (
    Stated(
        "by_parts",
        "the mean of Z g(Z) is that of g'(Z), for differentiable and bounded g, where both means exist",
        Every(
            (*map(Map, (F, SLOPE, OF_PRODUCT, OF_SLOPE)), *map(Number, (BOUND, *ENDS))),
            If(
                Both(
                    (
                        antiderivative(F, SLOPE(X)),
                        Every((Number(X),), le(Abs(F(X)), BOUND)),
                        integral(OF_PRODUCT, X * F(X) * density(X), ENDS[0], ENDS[1]),
                        integral(OF_SLOPE, SLOPE(X) * density(X), ENDS[2], ENDS[3]),
                    )
                ),
                eq(ENDS[1] - ENDS[0], ENDS[3] - ENDS[2]),
            ),
        ),
    ),
)

OUTSIDE: Final = ("That both means exist.",)
