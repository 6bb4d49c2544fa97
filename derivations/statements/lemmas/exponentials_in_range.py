"""Exponentials that are normal numbers, formally."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Integer, Rational, Symbol, exp, log

from attnproof.derivations.bounds.formats import FORMATS
from attnproof.derivations.language.notation import index
from attnproof.derivations.propositions.proposition import (
    Both,
    Compare,
    Every,
    If,
    Iff,
    Number,
    Proposition,
    Size,
    Stated,
    le,
    lt,
)
from attnproof.derivations.statements._parts import same
from attnproof.derivations.statements._rounding import E_MAX, INFINITE, LEAST_NORMAL, ROUNDOFF, P, fl, number

A: Final = Symbol("a", real=True)
K: Final = index("k")
UPPER: Final = Integer(2) ** K
LOWER: Final = 1 / UPPER
WITHIN: Final = le(Abs(A), K * log(2) * Rational(1, 2))
IN_RANGE: Final = Compare(K + 1, "≤", E_MAX, whole=True)


def normal_number(value: Expr) -> Proposition:
    """``value`` is a number of the format that neither underflows nor overflows."""
    return Both((number(value), le(LEAST_NORMAL, value), lt(value, INFINITE)))


def largest(e_max: int) -> Proposition:
    """2^−k is normal in a format with the largest exponent e_max exactly up to e_max − 1."""
    here = Iff(le(LEAST_NORMAL, LOWER), Compare(K, "≤", Integer(e_max - 1), whole=True))
    return Every((Size(E_MAX, 2),), If(same(E_MAX, Integer(e_max)), here))


STATEMENT: Final = (
    Stated(
        "range",
        "for |a| at most (k/2) ln 2, e^(2a) lies between 2^(−k) and 2^k",
        Every((Size(K, 0), Number(A)), If(WITHIN, Both((le(LOWER, exp(2 * A)), le(exp(2 * A), UPPER))))),
    ),
    Stated(
        "ends",
        "which are normal numbers of a format with k at most e_max − 1",
        Every((Size(P), Size(E_MAX, 2), Size(K, 0)), If(IN_RANGE, Both((normal_number(LOWER), normal_number(UPPER))))),
    ),
    Stated(
        "off_by_u",
        "so rounding it is a factor within 1 ± u",
        Every(
            (Size(P), Size(E_MAX, 2), Size(K, 0), Number(A)),
            If(Both((IN_RANGE, WITHIN)), le(Abs(fl(exp(2 * A)) - exp(2 * A)), ROUNDOFF * exp(2 * A))),
        ),
    ),
    Stated(
        "largest_k",
        "the largest k is 14 in fp16, 126 in bf16 and fp32, 1022 in fp64",
        Every((Size(K, 0),), Both(tuple(largest(e_max) for e_max in sorted({e for _, e in FORMATS.values()})))),
    ),
)

OUTSIDE: Final = ()
