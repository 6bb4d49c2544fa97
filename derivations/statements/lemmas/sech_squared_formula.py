"""sech² from one exponential, and reciprocals, formally."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Integer, Symbol, exp, sech

from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.system import Equation
from attnproof.derivations.propositions.proposition import Both, Every, If, Number, Stated, Where, eq, le, lt

Z, C, X, CLOSE, DELTA = (Symbol(letter, real=True) for letter in ("z", "c", "x", "y", "Delta"))
W: Final = Tensor("exponential", "w", (), "intermediate")
FROM_Z: Final = (Equation(W, (), exp(-2 * Abs(Z))),)


def formula(w: Expr) -> Expr:
    """``4w/(1 + w)²``."""
    return 4 * w / (1 + w) ** 2


STATEMENT: Final = (
    Stated(
        "formula",
        "with w = e^(−2|z|), which is at most 1, sech² z is 4w/(1 + w)²",
        Every(
            (Number(Z),),
            Where(FROM_Z, Both((eq(sech(Z) ** 2, formula(W[()])), le(W[()], Integer(1))))),
        ),
    ),
    Stated(
        "off_by_a_factor",
        "w off by a factor c > 0 puts it off by a factor within 1 ± |c − 1|",
        Every(
            (Number(Z), Number(C)),
            If(
                lt(Integer(0), C),
                Where(FROM_Z, le(Abs(formula(C * W[()]) - sech(Z) ** 2), Abs(C - 1) * sech(Z) ** 2)),
            ),
        ),
    ),
    Stated(
        "reciprocal",
        "of a number off by less than its size the reciprocal is off by at most Δ/(|x| (|x| − Δ))",
        Every(
            (Number(X), Number(CLOSE), Number(DELTA)),
            If(
                Both((le(Abs(CLOSE - X), DELTA), lt(DELTA, Abs(X)))),
                le(Abs(1 / CLOSE - 1 / X), DELTA / (Abs(X) * (Abs(X) - DELTA))),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
