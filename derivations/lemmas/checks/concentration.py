"""What the lemmas behind claim T10 share: the normal density, and a softmax of σ z."""

from __future__ import annotations

from sympy import Expr, Symbol, exp, pi, sqrt

from attnproof.derivations.language.notation import N_K, J, Tensor
from attnproof.derivations.language.system import total

X = Symbol("x", positive=True)
Z = Symbol("z", real=True)
DENSITY = exp(-(Z**2) / 2) / sqrt(2 * pi)

ALPHA, SCORE = Tensor("weights", "alpha", (N_K,)), Tensor("standard", "z", (N_K,))
SCALE = Tensor("sigma", "sigma", ())[()]


def softmax(index: Expr) -> Expr:
    """``exp(σ z_i)/Σ_j exp(σ z_j)``."""
    return exp(SCALE * SCORE[index]) / total(exp(SCALE * SCORE[J]), (J, N_K))
