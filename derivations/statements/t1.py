"""T1, formally: the Jacobian of softmax at every number of keys."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Rational, exp

from attnproof.derivations.language.notation import N_K, I, J, L, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import Array, Every, Size, Stated, Where, le

E: Final = Tensor("scores", "e", (N_K,))
U: Final = Tensor("direction", "u", (N_K,))
ALPHA: Final = Tensor("weights", "alpha", (N_K,), "intermediate")
WEIGHTS: Final = Equation(ALPHA, (J,), exp(E[J]) / total(exp(E[L]), (L, N_K)))


def form(left: Tensor, right: Tensor) -> Expr:
    """``uᵀ J w`` with ``J_ij = α_i (δ_ij − α_j)`` written out."""
    return total(ALPHA[I] * left[I] * right[I], (I, N_K)) - total(ALPHA[I] * left[I], (I, N_K)) * total(
        ALPHA[J] * right[J], (J, N_K)
    )


STATEMENT: Final = (
    Stated(
        "norm_at_most_half",
        "the quadratic form is at most half the squared length",
        Every(
            (Size(N_K), Array(E), Array(U)),
            Where((WEIGHTS,), le(form(U, U), total(U[I] ** 2, (I, N_K)) * Rational(1, 2))),
        ),
    ),
)
