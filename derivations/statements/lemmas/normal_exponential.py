"""The exponential of a normal variable, formally: its mean is an integral with the density."""

from __future__ import annotations

from typing import Final

from sympy import Function, Integer, Symbol, exp

from attnproof.derivations.propositions.proposition import Both, Every, If, Map, Number, Stated, eq
from attnproof.derivations.statements.lemmas._normal import X, density, integral

LAW, MEAN = Function("F"), Function("G")
S, *ENDS = (Symbol(letter, real=True) for letter in ("s", "a", "b", "c", "d"))

STATEMENT: Final = (
    Stated(
        "mean",
        "the mean of e^(sZ) is e^(s²/2): the integral of e^(sx) times the density, that of the density being 1",
        Every(
            (Map(LAW), Map(MEAN), *map(Number, (S, *ENDS))),
            If(
                Both(
                    (
                        integral(LAW, density(X), ENDS[0], ENDS[1]),
                        eq(ENDS[1] - ENDS[0], Integer(1)),
                        integral(MEAN, exp(S * X) * density(X), ENDS[2], ENDS[3]),
                    )
                ),
                eq(ENDS[3] - ENDS[2], exp(S**2 / 2)),
            ),
        ),
    ),
)

OUTSIDE: Final = ("That the density has the integral 1, and that the mean exists.",)
