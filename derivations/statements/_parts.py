"""What several statements share: softmax written out, and a step along one axis or a direction."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Symbol, exp

from attnproof.derivations.language.indexing import substitute
from attnproof.derivations.language.notation import N_K, J, L, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import Compare

SCORES: Final = Tensor("scores", "e", (N_K,))
ALPHA: Final = Tensor("weights", "alpha", (N_K,), "intermediate")
T: Final = Symbol("t", real=True)  # a step's length


def softmax(scores: Tensor = SCORES, weights: Tensor = ALPHA) -> Equation:
    """``weights = softmax(scores)``, over as many keys as the scores have."""
    (size,) = scores.shape
    return Equation(weights, (J,), exp(scores[J]) / total(exp(scores[L]), (L, size)))


def weight_of(scores: Expr, at: Expr, size: Expr = N_K) -> Expr:
    """The softmax weight of the key ``at``, for scores that are an expression in the index l."""
    return exp(substitute(scores, {L: at})) / total(exp(scores), (L, size))


def same(one: Expr, another: Expr) -> Compare:
    """Two keys, or two sizes, are the same."""
    return Compare(one, "=", another, whole=True)


def other(one: Expr, another: Expr) -> Compare:
    """Two keys are not the same."""
    return Compare(one, "≠", another, whole=True)
