"""What many roundings do to a value, formally."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Integer, Symbol

from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Either,
    Every,
    If,
    Index,
    Number,
    Proposition,
    Size,
    Stated,
    eq,
    le,
    lt,
)
from attnproof.derivations.statements.lemmas._products import GROWTH, ROUNDOFFS, K, N, U, partial, product

ERRORS: Final = Tensor("errors", "d", (N,))
PRODUCT: Final = partial("product", "P")
TERMS, FACTORS = Tensor("terms", "p", (N,)), Tensor("factors", "f", (N,))
EXCESS: Final = Symbol("g", real=True)
ROUNDED: Final = product(
    PRODUCT,
    Both(
        (
            le(Abs(ERRORS[K]), U),
            Either(
                (
                    eq(PRODUCT[K + 1], PRODUCT[K] * (1 + ERRORS[K])),
                    eq(PRODUCT[K + 1], PRODUCT[K] / (1 + ERRORS[K])),
                )
            ),
        )
    ),
)


def of_product(says: Proposition) -> Proposition:
    """``says`` of a product of n factors 1 + d or 1/(1 + d), |d| at most u < 1."""
    return Every((Size(N), Number(U), Array(ERRORS), Array(PRODUCT)), If(Both((ROUNDOFFS, ROUNDED)), says))


STATEMENT: Final = (
    Stated(
        "range",
        "a product of n factors (1 + d)^(±1), |d| at most u < 1, lies between (1 − u)^n and (1 − u)^(−n)",
        of_product(Both((le((1 - U) ** N, PRODUCT[N]), le(PRODUCT[N], GROWTH)))),
    ),
    Stated("distance", "its distance from 1 is at most G − 1", of_product(le(Abs(PRODUCT[N] - 1), GROWTH - 1))),
    Stated(
        "sum_of_terms",
        "a sum of terms, each with a factor at most g from 1, is off by at most g times the sum of their sizes",
        Every(
            (Size(N), Array(TERMS), Array(FACTORS), Number(EXCESS)),
            If(
                Every((Index(K, N),), le(Abs(FACTORS[K] - 1), EXCESS)),
                le(
                    Abs(total(FACTORS[K] * TERMS[K], (K, N)) - total(TERMS[K], (K, N))),
                    EXCESS * total(Abs(TERMS[K]), (K, N)),
                ),
            ),
        ),
    ),
    Stated(
        "higham",
        "where n u < 1, G − 1 is at most n u/(1 − n u)",
        Every(
            (Size(N), Number(U)),
            If(Both((le(Integer(0), U), lt(N * U, Integer(1)))), le(GROWTH - 1, N * U / (1 - N * U))),
        ),
    ),
)

OUTSIDE: Final = ()
