"""An expectation for statements: a linear functional on the functions of finitely many outcomes, of 1 it is 1.

Independence enters as what is used of it: that the expectations of products are products of expectations.
"""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, KroneckerDelta

from attnproof.derivations.language.notation import Tensor, index, size
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import Array, Binder, Both, Every, Index, Proposition, Size, eq

OUTCOMES: Final = size("n_s")
O: Final = index("o")
WEIGHTS: Final = Tensor("chances", "w", (OUTCOMES,))
SPACE: Final[tuple[Binder, ...]] = (Size(OUTCOMES), Array(WEIGHTS))
ZERO: Final = Integer(0)
ONE_IS_ONE: Final = eq(total(WEIGHTS[O], (O, OUTCOMES)), Integer(1))


def mean(of: Expr) -> Expr:
    """The expectation of what depends on the outcome ``O``."""
    return total(WEIGHTS[O] * of, (O, OUTCOMES))


def variance(of: Expr) -> Expr:
    """``E x² − (E x)²``."""
    return mean(of**2) - mean(of) ** 2


def for_pairs(first: tuple[Expr, Expr], width: Expr, says: Proposition) -> Proposition:
    """``says`` for all pairs of places."""
    one, other = first
    return Every((Index(one, width), Index(other, width)), says)


def second_moments(x: Tensor, pair: tuple[Expr, Expr], width: Expr, same: Expr, mixed: Expr = ZERO) -> Proposition:
    """``E[x_r x_s]``: ``same`` for equal places, ``mixed`` for others."""
    one, other = pair
    delta = KroneckerDelta(one, other)
    return for_pairs(pair, width, eq(mean(x[O, one] * x[O, other]), delta * (same - mixed) + mixed))


def independent(x: Tensor, y: Tensor, pair: tuple[Expr, Expr], width: Expr) -> Proposition:
    """Of two vectors: what is used of their independence."""
    one, other = pair
    products = eq(
        mean(x[O, one] * x[O, other] * y[O, one] * y[O, other]),
        mean(x[O, one] * x[O, other]) * mean(y[O, one] * y[O, other]),
    )
    return Both(
        (
            for_pairs(pair, width, products),
            Every((Index(one, width),), eq(mean(x[O, one] * y[O, one]), mean(x[O, one]) * mean(y[O, one]))),
        )
    )


def means(x: Tensor, place: Expr, width: Expr, value: Expr) -> Proposition:
    """``E[x_r]`` is ``value`` for every place."""
    return Every((Index(place, width),), eq(mean(x[O, place]), value))
