"""sech²(√x) falls and is strictly convex, formally."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, Symbol, sech, sqrt

from attnproof.derivations.propositions.proposition import (
    Both,
    Every,
    If,
    Number,
    Slope,
    Some,
    Stated,
    le,
    lt,
    ne,
)
from attnproof.derivations.statements._parts import T

X, Y, M, S, SHARE = (Symbol(letter, real=True) for letter in ("x", "y", "M", "s", "r"))
ZERO: Final = Integer(0)


def f(x: Expr) -> Expr:
    """``sech²(√x)``."""
    return sech(sqrt(x)) ** 2


STATEMENT: Final = (
    Stated(
        "falls",
        "f(x) = sech²(√x) is strictly decreasing for x ≥ 0",
        Every((Number(X), Number(Y)), If(Both((le(ZERO, X), lt(X, Y))), lt(f(Y), f(X)))),
    ),
    Stated(
        "convex",
        "and strictly convex",
        Every(
            (Number(X), Number(Y), Number(SHARE)),
            If(
                Both((le(ZERO, X), le(ZERO, Y), ne(X, Y), lt(ZERO, SHARE), lt(SHARE, Integer(1)))),
                lt(f(SHARE * X + (1 - SHARE) * Y), SHARE * f(X) + (1 - SHARE) * f(Y)),
            ),
        ),
    ),
    Stated(
        "above_tangent",
        "so it has a tangent at every M > 0, and is above it everywhere else",
        Every(
            (Number(M),),
            If(
                lt(ZERO, M),
                Some(
                    (Number(S),),
                    Both(
                        (
                            Slope(f(T), T, M, S),
                            Every((Number(X),), If(Both((le(ZERO, X), ne(X, M))), lt(f(M) + S * (X - M), f(X)))),
                        )
                    ),
                ),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
