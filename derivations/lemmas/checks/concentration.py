"""Checks about Σα², the sum of squared weights, under independent normal scores of deviation σ (claim T10)."""

from __future__ import annotations

from sympy import (
    Expr,
    Symbol,
    exp,
    expand_func,
    integrate,
    oo,
    pi,
    simplify,
    sqrt,
    symbols,
)

from attnproof.derivations.language.notation import N_K, D, J, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.proof.reasoning import same

SIGMA, S, T, GAP, SLACK, RHO = symbols("sigma S t gamma s r", positive=True)
X, Y = symbols("x y", positive=True)
Z = Symbol("z", real=True)
N = Symbol("n", integer=True, positive=True)
MORE = Symbol("m", integer=True, nonnegative=True)
WIDTH = Symbol("d", integer=True, positive=True)
MASS = Symbol("p", positive=True)
DENSITY = exp(-(Z**2) / 2) / sqrt(2 * pi)
PHI = Symbol("phi", positive=True)

QUERY = Tensor("query", "q", (D,))
COEFFICIENT = Tensor("coefficient", "s", (N_K,))
ALPHA, SCORE = Tensor("weights", "alpha", (N_K,)), Tensor("standard", "z", (N_K,))
SCALE = Tensor("sigma", "sigma", ())[()]


def integral(integrand: Expr, variable: Symbol, low: Expr) -> Expr:
    """``∫_low^∞`` in closed form."""
    return simplify(expand_func(integrate(integrand, (variable, low, oo), conds="none")))


def moment_generating(expected: Expr) -> bool:
    """``E exp(sZ)`` for standard normal Z is ``expected``."""
    return same(integral(exp(SLACK * Z) * DENSITY, Z, -oo), expected)


def softmax(index: Expr) -> Expr:
    """``exp(σ z_i)/Σ_j exp(σ z_j)``."""
    return exp(SCALE * SCORE[index]) / total(exp(SCALE * SCORE[J]), (J, N_K))
