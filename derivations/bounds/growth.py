"""How much roundings can make a value grow: ``(1 − u)^−n (1 − w)^−m``, and how many there are.

``(1 − u)^−n − 1`` bounds the relative error of a value that goes through n roundings, valid for every n; Higham's
``γ_n = n u / (1 − n u)`` (lemma 3.1), which it never exceeds, needs n u < 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sympy import Expr, Integer

from attnproof.derivations.bounds.order import UNKNOWN, Order
from attnproof.derivations.bounds.parameters import U, W

# Roundings of a constant factor such as 1/√d: at most six. d is rounded, its root, the reciprocal, the product; or, as
# in torch's unfused kernel, both factors are multiplied by d^(−1/4): two more roots or products.
CONSTANT_ROUNDINGS: Final = 6
ZERO: Final = Integer(0)

# κ / κ: where a soft-cap is differentiated step by step, κ is multiplied in, and divided out twice, so two roundings
# more than in the simplified form for each of these, and one for a quotient taken as a reciprocal and a product.
RECIPROCAL_ROUNDINGS: Final = 4

# One more where a scale stands before a rotation: each of the two products is of a rounded feature.
SCALED_BEFORE: Final = 1


@dataclass(frozen=True)
class Reductions:
    """How sums are carried out.

    order  of summation, in every reduction
    wide   whether reductions accumulate in a wider format, of unit roundoff w, before they are rounded once
    """

    order: Order = UNKNOWN
    wide: bool = False


def grown(roundings: Expr, accumulated: Expr = ZERO) -> Expr:
    """``(1 − u)^−roundings (1 − w)^−accumulated``."""
    result: Expr = (1 - U) ** -roundings * (1 - W) ** -accumulated
    return result


def grown_sum(multiplications: int, over: Sequence[Expr], terms: Iterable[Sequence[Expr]], how: Reductions) -> Expr:
    """The factor of one product of a sum.

    multiplications  of the product, those of constants included
    over             sizes of the product's summation indices
    terms            the same for every term of the sum, this one among them

    With the reductions of all terms in one (``[q; k]`` times one matrix) the additions are as many as here, or fewer.
    """
    every = list(terms)
    additions = sum((how.order.nested(sizes) for sizes in every), Integer(0)) + len(every) - 1
    if not how.wide:
        return grown(multiplications + additions)
    if not over and len(every) == 1:
        return grown(Integer(multiplications))  # nothing is accumulated
    return grown(Integer(multiplications + len(every) - 1 + len(over)), additions + 1)
