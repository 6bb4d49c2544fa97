"""A5 with rounding: tanh(a + b) and its derivative as they are computed in a format, from one exponential of each."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Integer, Rational, Symbol, exp, log, sech, tanh

from attnproof.derivations.language.notation import D_A, A, Tensor, size
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Binder,
    Both,
    Compare,
    Either,
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
from attnproof.derivations.statements._rounding import E_MAX, INFINITE, ROUNDOFF, P, fl, normal, number

LEFT, RIGHT, V = (Tensor(name, name, (D_A,)) for name in ("a_q", "a_k", "v"))
UNITS: Final = Tensor("units", "y", (D_A,))
PRODUCTS, RESULTS = (Tensor(name, letter, (D_A,), "intermediate") for name, letter in (("products", "w"), ("t", "t")))
X, Y = Symbol("x", real=True), Symbol("y", real=True)
K: Final = size("k")
PRODUCT, SUM, SQUARE, SLOPE = (
    Tensor(name, letter, (), "intermediate")
    for name, letter in (("product", "w"), ("plus_one", "q"), ("square", "r"), ("slope", "D"))
)


def in_formats(bound: tuple[Binder, ...], given: tuple[Proposition, ...], says: Proposition) -> Proposition:
    """``says`` in every format whose bits are at least 8 and at most its largest exponent."""
    return Every((Size(P, 8), Size(E_MAX), *bound), If(Both((Compare(P, "≤", E_MAX, whole=True), *given)), says))


def product(first: Expr, second: Expr) -> Expr:
    """The rounded product of the two rounded exponentials."""
    return fl(fl(exp(2 * first)) * fl(exp(2 * second)))


def unit(products: Expr) -> Expr:
    """1 − 2/(1 + AB), every operation rounded, from the rounded product."""
    return fl(1 - fl(2 / fl(1 + products)))


def near(first: Expr, second: Expr, bits: Expr) -> tuple[Proposition, ...]:
    """Both are at most ½ bits ln 2 in size."""
    return tuple(le(Abs(each), bits * log(2) * Rational(1, 2)) for each in (first, second))


def computed(says: Proposition, *more: Array) -> Proposition:
    """``says`` of units that are computed from their exponentials; where the product overflows the result is 1."""
    steps = (
        Equation(PRODUCTS, (A,), product(LEFT[A], RIGHT[A])),
        Equation(RESULTS, (A,), unit(PRODUCTS[A])),
    )
    finite = Both((lt(PRODUCTS[A], INFINITE), eq(UNITS[A], RESULTS[A])))
    infinite = Both((le(INFINITE, PRODUCTS[A]), eq(UNITS[A], Integer(1))))
    program = Every((Index(A, D_A),), Either((finite, infinite)))
    inside = Every((Index(A, D_A),), Both(near(LEFT[A], RIGHT[A], E_MAX - 1)))
    left, right, units = map(Array, (LEFT, RIGHT, UNITS))
    return in_formats((Size(D_A), left, right, *more, units), (inside,), Where(steps, If(program, says)))


SLOPES: Final = (
    Equation(PRODUCT, (), product(X, Y)),
    Equation(SUM, (), fl(1 + PRODUCT[()])),
    Equation(SQUARE, (), fl(SUM[()] ** 2)),
    Equation(SLOPE, (), fl(fl(4 * PRODUCT[()]) / SQUARE[()])),
)
TWO: Final = (Number(X), Number(Y))
DIRECT: Final = tanh(fl(X + Y))

ROUNDING: Final = (
    Stated(
        "rounded_unit",
        "with rounding, u = 2^−p, every unit is off by at most 7 u for |a|, |b| ≤ ½ (e_max − 1) ln 2",
        computed(Every((Index(A, D_A),), le(Abs(UNITS[A] - tanh(LEFT[A] + RIGHT[A])), 7 * ROUNDOFF))),
    ),
    Stated(
        "rounded_score",
        "hence the score by at most 7 u times the sum of |v|, before its sum is rounded",
        computed(
            le(
                Abs(total(V[A] * UNITS[A], (A, D_A)) - total(V[A] * tanh(LEFT[A] + RIGHT[A]), (A, D_A))),
                7 * ROUNDOFF * total(Abs(V[A]), (A, D_A)),
            ),
            Array(V),
        ),
    ),
    Stated(
        "lost_near_0",
        "for b = 0 < a ≤ u/4 the result is 0",
        in_formats(
            TWO,
            (lt(Integer(0), X), le(X, ROUNDOFF / 4), eq(Y, Integer(0))),
            eq(unit(product(X, Y)), Integer(0)),
        ),
    ),
    Stated(
        "direct_form",
        "the direct form's relative error is at most 2u + u², everywhere",
        in_formats(
            TWO,
            (number(X), number(Y), normal(DIRECT)),
            le(Abs(fl(DIRECT) - tanh(X + Y)), (2 * ROUNDOFF + ROUNDOFF**2) * Abs(tanh(X + Y))),
        ),
    ),
    Stated(
        "rounded_derivative",
        "the derivative's is at most 8 u for |a|, |b| ≤ ½ k ln 2, 4k + 2 ≤ e_max, and nothing overflows there",
        in_formats(
            (Size(K), *TWO),
            (Compare(4 * K + 2, "≤", E_MAX, whole=True), *near(X, Y, K)),
            Where(
                SLOPES,
                Both(
                    (
                        *(lt(4 * PRODUCT[()], INFINITE), lt(SQUARE[()], INFINITE)),
                        le(Abs(SLOPE[()] - sech(X + Y) ** 2), 8 * ROUNDOFF * sech(X + Y) ** 2),
                    )
                ),
            ),
        ),
    ),
    Stated(
        "product_overflows",
        "from a + b = ½ (e_max + 2) ln 2 on the rounded product overflows, and so do numerator and denominator",
        in_formats(
            TWO,
            (*near(X, Y, E_MAX - 1), le((E_MAX + 2) * log(2) * Rational(1, 2), X + Y)),
            Where(
                SLOPES[:3], Both(tuple(le(INFINITE, each) for each in (PRODUCT[()], fl(4 * PRODUCT[()]), SQUARE[()])))
            ),
        ),
    ),
)
