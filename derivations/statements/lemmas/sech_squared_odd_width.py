"""The least mean of sech² at odd widths, formally."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Symbol, oo, sech, sqrt, tanh

from attnproof.derivations.language.notation import D_A, A
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Compare,
    Either,
    Every,
    If,
    Iff,
    Limit,
    Number,
    Proposition,
    Size,
    Slope,
    Stated,
    eq,
    le,
    lt,
)
from attnproof.derivations.statements._parts import T
from attnproof.derivations.statements.t8 import ALONG, EXCESS, HALF, ODD, ONE, ZERO, Z, f, least_odd, levels

WIDTH: Final = D_A
X: Final = Symbol("x", real=True)
SUM: Final = total(sech(Z[A]) ** 2, (A, WIDTH))
LEAST: Final = (HALF + 1) * f(HALF / (HALF + 1)) + HALF * f((HALF + 1) / HALF)


def slope(x: Expr) -> Expr:
    """The derivative of ``sech²(√x)``."""
    return -(sech(sqrt(x)) ** 2) * tanh(sqrt(x)) / sqrt(x)


def normalised(says: Proposition) -> Proposition:
    """``says`` of 2m + 1 numbers of mean 0 and mean square 1."""
    given = Both(
        (
            Compare(WIDTH, "=", ODD, whole=True),
            eq(total(Z[A], (A, WIDTH)), ZERO),
            eq(total(Z[A] ** 2, (A, WIDTH)), WIDTH),
        )
    )
    return Every((Size(HALF), Size(WIDTH), Array(Z)), If(given, says))


STATEMENT: Final = (
    Stated(
        "least_sum",
        "2m + 1 numbers of mean 0 and mean square 1 have a sum of sech² of at least that of m + 1 and m of two values",
        normalised(le(LEAST, SUM)),
    ),
    Stated(
        "exactly",
        "with equality exactly when, up to the sign of all, m + 1 are √(m/(m + 1)) and m are −√((m + 1)/m)",
        normalised(Iff(eq(SUM, LEAST), Either((levels(1), levels(-1))))),
    ),
    Stated(
        "second_derivative",
        "f(x) = sech²(√x) has this derivative, and at 1 this second one",
        Both(
            (
                Every((Number(X),), If(lt(ZERO, X), Slope(f(T), T, X, slope(X)))),
                Slope(slope(T), T, ONE, EXCESS / 2),
            )
        ),
    ),
    Stated(
        "excess",
        "the mean exceeds f(1) by 2f''(1)/(d² − 1), up to a factor that tends to 1",
        Limit(((2 * ALONG + 1) ** 2 - 1) * (least_odd(ALONG) - sech(ONE) ** 2), ALONG, oo, EXCESS),
    ),
)

OUTSIDE: Final = ()
