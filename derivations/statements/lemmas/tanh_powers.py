"""A power by tanh units, formally."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Integer, KroneckerDelta, Symbol, factorial, tanh

from attnproof.derivations.language.notation import J, R
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import (
    Both,
    Every,
    If,
    Number,
    Proposition,
    Size,
    Some,
    Stated,
    eq,
    le,
    lt,
    ne,
)
from attnproof.derivations.statements._parts import same
from attnproof.derivations.statements.lemmas.tanh_derivatives import M, Q, X, at_each_order, derivatives, of_tanh

B, H, Z = (Symbol(letter, real=True) for letter in "bhz")
ZERO: Final = Integer(0)
SLOPE: Final = of_tanh(M, B)  # the derivative of order m at b
WEIGHT: Final = KroneckerDelta(R + J, M) * Integer(-1) ** R * factorial(M) / (factorial(R) * factorial(J))
UNITS: Final = total(WEIGHT * tanh(B + J * H * Z), (R, M + 1), (J, M + 1))


def odd(order: Expr, says: Proposition) -> Proposition:
    """``says`` for an odd order."""
    return Every((Size(Q, 0),), If(same(order, 2 * Q + 1), says))


STATEMENT: Final = (
    Stated(
        "some_point",
        "at some b the derivative of order m is not 0, for odd m also at 0",
        derivatives(
            at_each_order(
                Both(
                    (
                        Some((Number(B),), ne(SLOPE, ZERO)),
                        odd(M, Every((Number(X),), If(eq(X, ZERO), ne(of_tanh(M, X), ZERO)))),
                    )
                )
            )
        ),
    ),
    Stated(
        "power",
        "m + 1 units of the arguments b + j h z, over h^m times that derivative, are near z^m",
        derivatives(
            at_each_order(
                Every(
                    (Number(B), Number(H), Number(Z)),
                    If(
                        Both((lt(ZERO, H), ne(SLOPE, ZERO))),
                        le(
                            Abs(UNITS / (H**M * SLOPE) - Z**M),
                            M * Integer(2) ** M * factorial(M + 1) / Abs(SLOPE) * H * Abs(Z) ** (M + 1),
                        ),
                    ),
                )
            )
        ),
    ),
)

OUTSIDE: Final = ()
