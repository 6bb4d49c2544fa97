"""A5 with rounding: tanh(a + b) from one exponential of each, every operation's result exact · (1 + δ), |δ| ≤ u."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Integer, Rational, Symbol, exp, tanh

from attnproof.derivations.language.notation import D_A, A, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Index,
    Number,
    Proposition,
    Size,
    Stated,
    Where,
    le,
)

LEFT, RIGHT, V = (Tensor(name, name, (D_A,)) for name in ("a_q", "a_k", "v"))
OF_LEFT, OF_RIGHT, OF_PRODUCT, OF_SUM, OF_QUOTIENT, OF_DIFFERENCE = (
    Tensor(f"error_{name}", f"delta_{name}", (D_A,)) for name in ("left", "right", "product", "sum", "quot", "diff")
)
ERRORS: Final = (OF_LEFT, OF_RIGHT, OF_PRODUCT, OF_SUM, OF_QUOTIENT, OF_DIFFERENCE)
PRODUCT, QUOTIENT, UNITS = (
    Tensor(name, letter, (D_A,), "intermediate")
    for name, letter in (("product", "p"), ("quotient", "r"), ("unit", "t"))
)
U: Final = Symbol("u", real=True)
STEPS: Final = (
    Equation(
        PRODUCT,
        (A,),
        exp(2 * LEFT[A]) * (1 + OF_LEFT[A]) * (exp(2 * RIGHT[A]) * (1 + OF_RIGHT[A])) * (1 + OF_PRODUCT[A]),
    ),
    Equation(QUOTIENT, (A,), 2 / ((1 + PRODUCT[A]) * (1 + OF_SUM[A])) * (1 + OF_QUOTIENT[A])),
    Equation(UNITS, (A,), (1 - QUOTIENT[A]) * (1 + OF_DIFFERENCE[A])),
)


def computed(says: Proposition, *more: Array) -> Proposition:
    """``says`` of units that are computed from their exponentials; ``u ≤ 2^-8``."""
    given = Both(
        (
            *(le(Integer(0), U), le(U, Rational(1, 256))),
            *(Every((Index(A, D_A),), le(Abs(errors[A]), U)) for errors in ERRORS),
        )
    )
    left, right, *errors = map(Array, (LEFT, RIGHT, *ERRORS))
    return Every((Size(D_A), left, right, *more, *errors, Number(U)), If(given, Where(STEPS, says)))


ROUNDING: Final = (
    Stated(
        "rounded_unit",
        "with rounding every unit is off by at most 7 u",
        computed(Every((Index(A, D_A),), le(Abs(UNITS[A] - tanh(LEFT[A] + RIGHT[A])), 7 * U))),
    ),
    Stated(
        "rounded_score",
        "hence the score by at most 7 u times the sum of |v|, before its sum is rounded",
        computed(
            le(
                Abs(total(V[A] * UNITS[A], (A, D_A)) - total(V[A] * tanh(LEFT[A] + RIGHT[A]), (A, D_A))),
                7 * U * total(Abs(V[A]), (A, D_A)),
            ),
            Array(V),
        ),
    ),
)
