"""The derivatives of tanh, formally: polynomials in tanh, each the derivative of the one before."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Integer, Symbol, factorial, tanh

from attnproof.derivations.language.notation import I, J, Tensor, index
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Compare,
    Every,
    If,
    Index,
    Number,
    Proposition,
    Size,
    Slope,
    Some,
    Stated,
    eq,
    le,
    ne,
)
from attnproof.derivations.statements._parts import T, same

N, M, Q = index("n"), index("m"), index("q")
X: Final = Symbol("x", real=True)
C: Final = Tensor("coefficients", "c", (N + 1, N + 2))


def of_tanh(order: Expr, x: Expr) -> Expr:
    """The polynomial of an order in tanh x."""
    return total(C[order, I] * tanh(x) ** I, (I, N + 2))


def at_each_order(says: Proposition) -> Proposition:
    """``says`` of the polynomial of every order up to n."""
    return Every((Index(M, N + 1),), says)


DERIVATIVES: Final = Both(
    (
        Every((Number(X),), eq(of_tanh(Integer(0), X), tanh(X))),
        Every((Index(M, N), Number(X)), Slope(of_tanh(M, T), T, X, of_tanh(M + 1, X))),
    )
)


def derivatives(says: Proposition) -> Proposition:
    """Up to every order n tanh's derivatives are polynomials in tanh, with coefficients of which ``says`` holds."""
    return Every((Size(N, 0),), Some((Array(C),), Both((DERIVATIVES, says))))


STATEMENT: Final = (
    Stated(
        "polynomials",
        "up to any order they are polynomials in tanh, that of order m of degree m + 1 with the coefficient (−1)^m m!",
        derivatives(
            at_each_order(
                Both(
                    (
                        eq(C[M, M + 1], Integer(-1) ** M * factorial(M)),
                        Every((Index(I, N + 2),), If(Compare(M + 2, "≤", I, whole=True), eq(C[M, I], Integer(0)))),
                    )
                )
            )
        ),
    ),
    Stated(
        "bounded",
        "nowhere larger than 2^m m!",
        derivatives(at_each_order(Every((Number(X),), le(Abs(of_tanh(M, X)), Integer(2) ** M * factorial(M))))),
    ),
    Stated(
        "not_0_at_some_point",
        "not 0 at one at least of the points where tanh is 1/(m + 3), 2/(m + 3), …, (m + 2)/(m + 3)",
        derivatives(
            at_each_order(
                Some(
                    (Index(J, M + 2),),
                    Every((Number(X),), If(eq(tanh(X), (J + 1) / (M + 3)), ne(of_tanh(M, X), Integer(0)))),
                )
            )
        ),
    ),
    Stated(
        "odd_not_0_at_0",
        "of odd order not 0 at 0",
        derivatives(
            Every(
                (Index(M, N + 1), Size(Q, 0), Number(X)),
                If(Both((same(M, 2 * Q + 1), eq(X, Integer(0)))), ne(of_tanh(M, X), Integer(0))),
            )
        ),
    ),
)

OUTSIDE: Final = ()
