"""An abstract expectation for statements: means over outcomes of which nothing else is known.

Independence enters as what is used of it: that the means of products are products of means.
"""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, KroneckerDelta, Symbol

from attnproof.derivations.language.mean import Mean, Outcomes
from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.propositions.proposition import Both, Every, HasMean, Index, Proposition, eq

OMEGA: Final = Outcomes("Omega")
O: Final = Symbol("o")
Over = tuple[Symbol, Outcomes]
FIRST: Final[Over] = (O, OMEGA)
ZERO: Final = Integer(0)


def mean(of: Expr, over: Over = FIRST) -> Mean:
    """The mean of what depends on an outcome."""
    return Mean(of, *over)


def variance(of: Expr, over: Over = FIRST) -> Expr:
    """``E x² − (E x)²``."""
    return mean(of**2, over) - mean(of, over) ** 2


def moment(of: Expr, value: Expr, over: Over = FIRST) -> Proposition:
    """The mean exists, and it is ``value``."""
    return Both((HasMean(mean(of, over)), eq(mean(of, over), value)))


def factors(one: Expr, another: Expr, over: Over = FIRST) -> Proposition:
    """The mean of the product exists, and it is the product of the means."""
    return moment(one * another, mean(one, over) * mean(another, over), over)


def varies(of: Expr, value: Expr, over: Over = FIRST) -> Proposition:
    """Mean and mean square exist, and the variance is ``value``."""
    return Both((HasMean(mean(of, over)), HasMean(mean(of**2, over)), eq(variance(of, over), value)))


def for_pairs(pair: tuple[Expr, Expr], width: Expr, says: Proposition) -> Proposition:
    """``says`` for all pairs of places."""
    one, other = pair
    return Every((Index(one, width), Index(other, width)), says)


def second_moments(x: Tensor, pair: tuple[Expr, Expr], width: Expr, same: Expr, mixed: Expr = ZERO) -> Proposition:
    """``E[x_r x_s]``: ``same`` for equal places, ``mixed`` for others."""
    one, other = pair
    delta = KroneckerDelta(one, other)
    return for_pairs(pair, width, moment(x[O, one] * x[O, other], delta * (same - mixed) + mixed))


def independent(x: Tensor, y: Tensor, pair: tuple[Expr, Expr], width: Expr) -> Proposition:
    """Of two vectors: what is used of their independence."""
    one, other = pair
    return Both(
        (
            for_pairs(pair, width, factors(x[O, one] * x[O, other], y[O, one] * y[O, other])),
            Every((Index(one, width),), factors(x[O, one], y[O, one])),
        )
    )


def means(x: Tensor, place: Expr, width: Expr, value: Expr) -> Proposition:
    """``E[x_r]`` is ``value`` for every place."""
    return Every((Index(place, width),), moment(x[O, place], value))
