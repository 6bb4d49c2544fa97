"""Cumulants of independent variables add, formally."""

from __future__ import annotations

from typing import Final

from sympy import Expr, KroneckerDelta, factorial

from attnproof.derivations.language.notation import D, I, J, R, Tensor, index, size
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Compare,
    Every,
    If,
    Index,
    Proposition,
    Size,
    Space,
    Stated,
    eq,
)
from attnproof.derivations.statements._expectation import OMEGA, O, factors, mean, moment

N, M, T = size("n"), index("m"), index("t")
MOMENTS: Final = Tensor("moments", "mu", (N + 1,))
OF_X, OF_Y = Tensor("cumulants", "kappa", (N,)), Tensor("other_cumulants", "lambda", (N,))  # the first at place 0
X, Y = Tensor("random_number", "x", (OMEGA,)), Tensor("other_random_number", "y", (OMEGA,))
COPIES: Final = Tensor("copies", "x", (OMEGA, D))


def rule(cumulants: Expr, of_order: Expr, numerator: Expr) -> Expr:
    """``Σ numerator/(i! j!) κ_{i+1} m_j`` over all i + j = m, with ``cumulants`` for κ_{i+1}, ``of_order`` for m_j."""
    term = numerator / (factorial(I) * factorial(J)) * KroneckerDelta(I + J, M) * cumulants * of_order
    return total(term, (I, M + 1), (J, M + 1))


def has_cumulants(of: Expr, cumulants: Expr) -> Proposition:
    """The moments of ``of`` up to order n are those that these cumulants give."""
    return Every((Index(M, N),), moment(of ** (M + 1), rule(cumulants, mean(of**J), factorial(M))))


def products_factor(one: Expr, other: Expr) -> Proposition:
    """What is used of independence: moments up to order n of both together are products."""
    places = (Index(I, N + 1), Index(J, N + 1))
    return Every(places, If(Compare(I + J, "≤", N, whole=True), factors(one**I, other**J)))


STATEMENT: Final = (
    Stated(
        "recursion",
        "M' = K'M, coefficient by coefficient, is the recursion of moments by cumulants",
        Every(
            (Size(N), Array(MOMENTS), Array(OF_X), Index(M, N)),
            If(
                eq(MOMENTS[M + 1] / factorial(M), rule(OF_X[I], MOMENTS[J], factorial(0))),
                eq(MOMENTS[M + 1], rule(OF_X[I], MOMENTS[J], factorial(M))),
            ),
        ),
    ),
    Stated(
        "add",
        "the cumulants of a sum of two independent numbers are the sums of theirs",
        Every(
            (Space(OMEGA), Size(N), Array(X), Array(Y), Array(OF_X), Array(OF_Y)),
            If(
                Both((products_factor(X[O], Y[O]), has_cumulants(X[O], OF_X[I]), has_cumulants(Y[O], OF_Y[I]))),
                has_cumulants(X[O] + Y[O], OF_X[I] + OF_Y[I]),
            ),
        ),
    ),
    Stated(
        "copies",
        "of d independent copies d times those of one",
        Every(
            (Space(OMEGA), Size(N), Size(D), Array(COPIES), Array(OF_X)),
            If(
                Both(
                    (
                        Every((Index(T, D),), products_factor(total(COPIES[O, R], (R, T)), COPIES[O, T])),
                        Every((Index(T, D),), has_cumulants(COPIES[O, T], OF_X[I])),
                    )
                ),
                has_cumulants(total(COPIES[O, R], (R, D)), D * OF_X[I]),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
