"""tanh and its derivative move with their argument, formally."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Integer, Max, Symbol, sech, sqrt, tanh

from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.system import Equation
from attnproof.derivations.propositions.proposition import Both, Every, If, Number, Proposition, Stated, le, where

Z, CLOSE, DELTA = (Symbol(letter, real=True) for letter in ("z", "y", "Delta"))
LEAST: Final = Tensor("least", "l", (), "intermediate")
MOST: Final = Tensor("most", "m", (), "intermediate")
MAGNITUDES: Final = (
    Equation(LEAST, (), Max(Abs(Z) - DELTA, Integer(0))),
    Equation(MOST, (), Abs(Z) + DELTA),
)
FALLEN: Final = sech(LEAST[()]) ** 2
MOVED: Final = Abs(sech(CLOSE) ** 2 - sech(Z) ** 2)


def near(says: Proposition) -> Proposition:
    """``says`` of two arguments at most Δ apart, with the least and the most size that lies between."""
    return Every((Number(Z), Number(CLOSE), Number(DELTA)), If(le(Abs(CLOSE - Z), DELTA), where(MAGNITUDES, says)))


STATEMENT: Final = (
    Stated(
        "tanh_moves",
        "tanh moves by at most Δ sech² of the least size of the argument",
        near(le(Abs(tanh(CLOSE) - tanh(Z)), DELTA * FALLEN)),
    ),
    Stated(
        "derivative_moves",
        "and sech² by at most Δ times its largest slope",
        near(
            Both(
                (
                    le(MOVED, DELTA * (2 * tanh(MOST[()]) * FALLEN)),
                    le(MOVED, DELTA * (4 / (3 * sqrt(Integer(3))))),
                )
            )
        ),
    ),
)

OUTSIDE: Final = ()
