"""The mean of a logarithm, formally."""

from __future__ import annotations

from typing import Final

from sympy import log

from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    HasMean,
    If,
    Outcome,
    Space,
    Stated,
    le,
    lt,
)
from attnproof.derivations.statements._expectation import OMEGA, ZERO, O, mean

Y: Final = Tensor("random_number", "y", (OMEGA,))

STATEMENT: Final = (
    Stated(
        "jensen",
        "of a positive random number the mean logarithm is at most the logarithm of the mean",
        Every(
            (Space(OMEGA), Array(Y)),
            If(
                Both((Every((Outcome(O, OMEGA),), lt(ZERO, Y[O])), HasMean(mean(Y[O])), HasMean(mean(log(Y[O]))))),
                le(mean(log(Y[O])), log(mean(Y[O]))),
            ),
        ),
    ),
)

OUTSIDE: Final = ("The mean of ln Y is supposed to be finite: where it is −∞, nothing is left to say.",)
