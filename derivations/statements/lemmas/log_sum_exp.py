"""The logarithm of a sum of exponentials, formally."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, Symbol, exp, log

from attnproof.derivations.language.largest import largest
from attnproof.derivations.language.notation import N_K, I, J, L, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Every,
    If,
    Number,
    Size,
    Slope,
    Stated,
    Where,
    le,
)
from attnproof.derivations.statements._parts import ALPHA, T

Z: Final = Tensor("scores", "z", (N_K,))
SCALE, FROM = Symbol("sigma", real=True), Symbol("s", real=True)
MAXIMUM: Final = largest(Z[J], J, N_K)
WEIGHTS: Final = (Equation(ALPHA, (J,), exp(SCALE * Z[J]) / total(exp(SCALE * Z[L]), (L, N_K))),)
MEAN: Final = total(ALPHA[I] * Z[I], (I, N_K))


def log_sum(scale: Expr) -> Expr:
    """``ln Σ exp(scale z_j)``."""
    return log(total(exp(scale * Z[J]), (J, N_K)))


STATEMENT: Final = (
    Stated(
        "above_maximum",
        "g(σ) is at least σ times the largest score, σ ≥ 0",
        Every((Size(N_K), Array(Z), Number(SCALE)), If(le(Integer(0), SCALE), le(SCALE * MAXIMUM, log_sum(SCALE)))),
    ),
    Stated(
        "slope",
        "its slope is the mean of the scores under the softmax of σ z",
        Every((Size(N_K), Array(Z), Number(SCALE)), Where(WEIGHTS, Slope(log_sum(T), T, SCALE, MEAN))),
    ),
    Stated(
        "slope_at_most",
        "which is at most the largest score",
        Every((Size(N_K), Array(Z), Number(SCALE)), Where(WEIGHTS, le(MEAN, MAXIMUM))),
    ),
    Stated(
        "chord",
        "from s to σ ≥ s it grows by at most its slope at σ allows",
        Every(
            (Size(N_K), Array(Z), Number(SCALE), Number(FROM)),
            If(le(FROM, SCALE), Where(WEIGHTS, le(log_sum(SCALE) - log_sum(FROM), (SCALE - FROM) * MEAN))),
        ),
    ),
)

OUTSIDE: Final = ()
