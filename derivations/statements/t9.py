"""T9, formally: what subtracting the maximum leaves unchanged, and what it prevents."""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, Rational, Symbol, exp

from attnproof.derivations.bounds.formats import FORMATS, LAST_FINITE, LAST_ZERO, following
from attnproof.derivations.language.largest import largest
from attnproof.derivations.language.notation import N_K, I, J, Tensor, index, size
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Index,
    Number,
    Proposition,
    Size,
    Stated,
    Where,
    eq,
    le,
    lt,
)
from attnproof.derivations.statements._parts import ALPHA, SCORES, same, softmax

K, M = index("k"), index("m")
HIGHEST: Final = Tensor("highest", "m", (), "intermediate")
SHIFTED: Final = Tensor("shifted", "s", (N_K,), "intermediate")
BETA: Final = Tensor("shifted_weights", "beta", (N_K,), "intermediate")


def shifted(body: Proposition, *others: Index) -> Proposition:
    """``body`` about the scores less their maximum."""
    return Every(
        (Size(N_K), Array(SCORES), *others),
        Where(
            (Equation(HIGHEST, (), largest(SCORES[M], M, N_K)), Equation(SHIFTED, (J,), SCORES[J] - HIGHEST[()])), body
        ),
    )


PRECISION, LARGEST_EXPONENT = size("p"), size("E")
X: Final = Symbol("x", real=True)
#: half way from the largest finite number, (2 − 2^(1 − p)) 2^E, to 2^(E + 1), and half the least subnormal number
OVERFLOW: Final = Integer(2) ** (LARGEST_EXPONENT + 1) * (1 - Integer(2) ** (-PRECISION) * Rational(1, 2))
UNDERFLOW: Final = 4 / (Integer(2) ** LARGEST_EXPONENT * Integer(2) ** PRECISION) * Rational(1, 2)


def in_format(name: str, body: Proposition, *others: Number) -> Proposition:
    """``body`` for the precision p and the largest exponent E of a format."""
    bits, exponent = FORMATS[name]
    given = Both((same(PRECISION, Integer(bits)), same(LARGEST_EXPONENT, Integer(exponent))))
    return Every((Size(PRECISION), Size(LARGEST_EXPONENT), *others), If(given, body))


def edge(name: str, last: Rational, level: Expr) -> Proposition:
    """Up to the number ``last`` of the format e^x is below ``level``, from the next number on above it."""
    return in_format(
        name,
        Both((If(le(X, last), lt(exp(X), level)), If(le(following(last, name), X), lt(level, exp(X))))),
        Number(X),
    )


def edges(name: str) -> tuple[Stated, Stated, Stated]:
    """Where exponentials overflow and underflow in a format."""
    return (
        Stated(
            f"overflow_{name}",
            f"{name}: e^x is nearer to a finite number up to {float(LAST_FINITE[name])!r}, beyond to infinity",
            edge(name, LAST_FINITE[name], OVERFLOW),
        ),
        Stated(
            f"overflowing_sum_{name}",
            f"{name}: there even a sum of two that are rounded down overflows",
            in_format(
                name,
                lt(OVERFLOW, 2 * (1 - Integer(2) ** (-PRECISION)) * exp(LAST_FINITE[name])),
            ),
        ),
        Stated(
            f"underflow_{name}",
            f"{name}: e^x is nearer to 0 up to {float(LAST_ZERO[name])!r}, to another number beyond",
            edge(name, LAST_ZERO[name], UNDERFLOW),
        ),
    )


STATEMENT: Final = (
    Stated(
        "unchanged",
        "the weights are those of the scores less their maximum",
        shifted(Where((softmax(), softmax(SHIFTED, BETA)), eq(BETA[I], ALPHA[I])), Index(I, N_K)),
    ),
    Stated(
        "exponents_and_terms",
        "every exponent is at most 0, every term above 0 and at most 1",
        shifted(
            Both((le(SHIFTED[I], Integer(0)), lt(Integer(0), exp(SHIFTED[I])), le(exp(SHIFTED[I]), Integer(1)))),
            Index(I, N_K),
        ),
    ),
    Stated(
        "denominator",
        "the denominator is at least 1 and at most the number of keys",
        shifted(
            Both(
                (
                    le(Integer(1), total(exp(SHIFTED[I]), (I, N_K))),
                    le(total(exp(SHIFTED[I]), (I, N_K)), N_K),
                )
            )
        ),
    ),
    *(stated for name in FORMATS for stated in edges(name)),
)

OUTSIDE: Final = (
    "Results that are not numbers: inf/inf, 0/0, NaN.",
    "Infinite scores, and rows whose keys are all masked.",
    "The rounded denominator and the rounded differences.",
    "Rounding itself: the propositions say which number of the format is the nearest.",
)
