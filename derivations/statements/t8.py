"""T8, formally: how far layer normalisation keeps tanh out of saturation, at every width."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Integer, Rational, Symbol, oo, sech, sqrt, tanh

from attnproof.derivations.language.notation import D_A, A, F, Tensor, size
from attnproof.derivations.language.piecewise import step
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Compare,
    Either,
    Every,
    If,
    Iff,
    Index,
    Limit,
    Number,
    Proposition,
    Size,
    Some,
    Stated,
    Where,
    eq,
    le,
    lt,
    ne,
)

X: Final = Tensor("input", "x", (D_A,))
MEAN: Final = Tensor("mean", "mu", (), "intermediate")
VARIANCE: Final = Tensor("variance", "w", (), "intermediate")
Z: Final = Tensor("normalised", "z", (D_A,), "intermediate")
GAINS: Final = Tensor("gains", "gamma", (D_A,))
V: Final = Tensor("v", "v", (D_A,))
EPSILON, GAIN, OFFSET, LARGEST, POINT, AT = (
    Symbol(letter, real=True) for letter in ("epsilon", "g", "beta", "G", "y", "M")
)
HALF: Final = size("m")
ALONG: Final = Symbol("m", real=True)
ZERO, ONE = Integer(0), Integer(1)
STATISTICS: Final = (
    Equation(MEAN, (), total(X[F], (F, D_A)) / D_A),
    Equation(VARIANCE, (), total((X[F] - MEAN[()]) ** 2, (F, D_A)) / D_A),
)
W: Final = VARIANCE[()]


def f(x: Expr) -> Expr:
    """``sech²(√x)``."""
    return sech(sqrt(x)) ** 2


def mean(body: Expr) -> Expr:
    """The mean over the units."""
    return total(body, (A, D_A)) / D_A


def normalised(says: Proposition, epsilon: Expr = EPSILON, known: Proposition | None = None) -> Proposition:
    """``says`` of the normalised units, where ε ≥ 0 and the root is not 0."""
    root = lt(ZERO, W + epsilon)
    given = root if epsilon == 0 else Both((le(ZERO, epsilon), root))
    z = Equation(Z, (A,), (X[A] - MEAN[()]) / sqrt(W + epsilon))
    return Where(STATISTICS, If(given if known is None else Both((known, given)), Where((z,), says)))


def for_every(says: Proposition, *more: Array | Number) -> Proposition:
    """For every width, input and ε, and ``more``."""
    return Every((Size(D_A), Array(X), Number(EPSILON), *more), says)


def of_width(width: Expr, says: Proposition, *more: Array | Number) -> Proposition:
    """For every m, at the width that ``width`` says by m, and for every one of ``more``."""
    return Every((Size(HALF), Size(D_A), *more), If(Compare(D_A, "=", width, whole=True), says))


def attains(says: Proposition) -> Proposition:
    """Some input (ε = 0) has ``says`` of its normalised units."""
    z = Equation(Z, (A,), (X[A] - MEAN[()]) / sqrt(W))
    return Some((Array(X),), Where(STATISTICS, Both((lt(ZERO, W), Where((z,), says)))))


def least_odd(m: Expr) -> Expr:
    """The least mean of sech² at the width 2m + 1."""
    return ((m + 1) * f(m / (m + 1)) + m * f((m + 1) / m)) / (2 * m + 1)


def levels(sign: int) -> Proposition:
    """Every unit, times ``sign``, is at one of the two values of the minimum, m + 1 of them at the positive one."""
    up, down = sign * sqrt(HALF / (HALF + 1)), -sign * sqrt((HALF + 1) / HALF)
    return Both(
        (
            Every((Index(A, D_A),), Either((eq(Z[A], up), eq(Z[A], down)))),
            eq(total(step(sign * Z[A]), (A, D_A)), HALF + 1),
        )
    )


ODD: Final = 2 * HALF + 1
LEAST: Final = least_odd(HALF)
AVERAGE: Final = mean(sech(Z[A]) ** 2)
EXCESS: Final = sech(ONE) ** 2 * (tanh(ONE) + 3 * tanh(ONE) ** 2 - 1)  # twice the second derivative of f at 1
STATEMENT: Final = (
    Stated(
        "falls",
        "sech^2 of the root falls",
        Every((Number(POINT), Number(AT)), If(Both((le(ZERO, POINT), lt(POINT, AT))), lt(f(AT), f(POINT)))),
    ),
    Stated(
        "above_tangent",
        "and is strictly convex: above every tangent",
        Every(
            (Number(POINT), Number(AT)),
            If(
                Both((le(ZERO, POINT), lt(ZERO, AT), ne(POINT, AT))),
                lt(f(AT) - f(AT) * tanh(sqrt(AT)) / sqrt(AT) * (POINT - AT), f(POINT)),
            ),
        ),
    ),
    Stated(
        "guarantee",
        "the mean of sech^2 over the units is at least sech^2(1)",
        for_every(normalised(le(sech(ONE) ** 2, AVERAGE))),
    ),
    Stated(
        "sech_squared_of_one",
        "which is 0.4199...",
        Both((lt(Rational(4199, 10000), sech(ONE) ** 2), lt(sech(ONE) ** 2, Rational(4200, 10000)))),
    ),
    Stated(
        "strict_with_epsilon",
        "strictly for a positive epsilon",
        for_every(normalised(lt(sech(ONE) ** 2, AVERAGE), known=lt(ZERO, EPSILON))),
    ),
    Stated(
        "rises_with_epsilon",
        "and at least sech^2 of the root of v/(v + epsilon)",
        for_every(normalised(le(f(W / (W + EPSILON)), AVERAGE))),
    ),
    Stated(
        "constant_input",
        "a constant input gives 1",
        for_every(
            If(
                Every((Index(A, D_A),), eq(X[A], GAIN)),
                normalised(eq(AVERAGE, ONE)),
            ),
            Number(GAIN),
        ),
    ),
    Stated(
        "attained_exactly_by_signs",
        "epsilon 0: attained exactly where every unit is 1 or -1",
        Every(
            (Size(D_A), Array(X)),
            normalised(
                Iff(
                    eq(AVERAGE, sech(ONE) ** 2),
                    Every((Index(A, D_A),), Either((eq(Z[A], ONE), eq(Z[A], -ONE)))),
                ),
                ZERO,
            ),
        ),
    ),
    Stated(
        "signs_balance",
        "of which there are as many 1 as -1, since the units sum to 0",
        for_every(normalised(eq(total(Z[A], (A, D_A)), ZERO))),
    ),
    Stated(
        "attained_at_even_widths",
        "every even width attains it",
        of_width(2 * HALF, attains(eq(AVERAGE, sech(ONE) ** 2))),
    ),
    Stated(
        "never_at_odd_widths",
        "no odd width does",
        Every(
            (Size(D_A), Array(X)),
            normalised(
                If(eq(AVERAGE, sech(ONE) ** 2), Some((Size(HALF),), Compare(D_A, "=", 2 * HALF, whole=True))), ZERO
            ),
        ),
    ),
    Stated(
        "odd_minimum",
        "an odd width, 2m + 1: the mean of sech^2 is at least that of m + 1 units at one value and m at another",
        of_width(ODD, normalised(le(LEAST, AVERAGE)), Array(X), Number(EPSILON)),
    ),
    Stated(
        "odd_minimum_exactly",
        "epsilon 0: that is attained exactly, up to the sign of the vector, where m + 1 units are at the root of "
        "m/(m + 1) and m at minus its inverse",
        of_width(ODD, normalised(Iff(eq(AVERAGE, LEAST), Either((levels(1), levels(-1)))), ZERO), Array(X)),
    ),
    Stated(
        "odd_minimum_attained",
        "every odd width from 3 on attains it",
        of_width(ODD, attains(eq(AVERAGE, LEAST))),
    ),
    Stated(
        "odd_minimum_at_three",
        "at width 3 it is 0.4897...",
        Both((lt(Rational(4897, 10000), least_odd(ONE)), lt(least_odd(ONE), Rational(4898, 10000)))),
    ),
    Stated(
        "odd_above_even",
        "the minimum at an odd width is above that of even widths",
        Every((Size(HALF),), lt(sech(ONE) ** 2, least_odd(HALF))),
    ),
    Stated(
        "odd_infimum",
        "by less than any number, at some width",
        Every(
            (Number(POINT),),
            If(lt(sech(ONE) ** 2, POINT), Some((Size(HALF),), lt(least_odd(HALF), POINT))),
        ),
    ),
    Stated(
        "odd_excess",
        "by this number over the square of the width, at large widths",
        Limit((2 * ALONG + 1) ** 2 * (least_odd(ALONG) - sech(ONE) ** 2), ALONG, oo, EXCESS),
    ),
    Stated(
        "odd_excess_in_numbers",
        "which is 0.6306...",
        Both((lt(Rational(6306, 10000), EXCESS), lt(EXCESS, Rational(6307, 10000)))),
    ),
    Stated(
        "odd_strict_with_epsilon",
        "a positive epsilon: it is strictly more",
        of_width(ODD, normalised(lt(LEAST, AVERAGE), known=lt(ZERO, EPSILON)), Array(X), Number(EPSILON)),
    ),
    Stated(
        "single_unit",
        "a single unit: sech^2 is at least that of the root of d - 1",
        for_every(normalised(Every((Index(A, D_A),), le(f(D_A - 1), sech(Z[A]) ** 2)))),
    ),
    Stated(
        "weighted_mean",
        "and so is the mean weighted by |v|",
        for_every(
            normalised(
                If(
                    lt(ZERO, total(Abs(V[A]), (A, D_A))),
                    le(f(D_A - 1), total(Abs(V[A]) * sech(Z[A]) ** 2, (A, D_A)) / total(Abs(V[A]), (A, D_A))),
                )
            ),
            Array(V),
        ),
    ),
    Stated(
        "single_unit_attained",
        "attained by a single unit, at every width of 2 and more",
        Every(
            (Size(D_A, 2),),
            attains(
                Some(
                    (Array(V),),
                    Both(
                        (
                            lt(ZERO, total(Abs(V[A]), (A, D_A))),
                            eq(total(Abs(V[A]) * sech(Z[A]) ** 2, (A, D_A)) / total(Abs(V[A]), (A, D_A)), f(D_A - 1)),
                            Some((Index(A, D_A),), eq(sech(Z[A]) ** 2, f(D_A - 1))),
                        )
                    ),
                )
            ),
        ),
    ),
    Stated(
        "single_unit_vanishes",
        "which leaves nothing at large widths",
        Limit(f(POINT - 1), POINT, oo, ZERO),
    ),
    Stated(
        "with_gains",
        "gains within G: at least sech^2(G)",
        for_every(
            If(
                Every((Index(A, D_A),), le(Abs(GAINS[A]), LARGEST)),
                normalised(le(sech(LARGEST) ** 2, mean(sech(GAINS[A] * Z[A]) ** 2))),
            ),
            Array(GAINS),
            Number(LARGEST),
        ),
    ),
    Stated(
        "with_offset",
        "one gain and one offset: at least sech^2 of the root of the sum of their squares",
        for_every(
            normalised(le(f(GAIN**2 + OFFSET**2), mean(sech(GAIN * Z[A] + OFFSET) ** 2))),
            Number(GAIN),
            Number(OFFSET),
        ),
    ),
    Stated(
        "large_gain",
        "even widths: two halves of the units at the offset plus and minus the gain, which without offset attains it",
        Every(
            (Number(GAIN), Number(OFFSET)),
            of_width(
                2 * HALF,
                attains(
                    eq(mean(sech(GAIN * Z[A] + OFFSET) ** 2), (sech(OFFSET + GAIN) ** 2 + sech(OFFSET - GAIN) ** 2) / 2)
                ),
            ),
        ),
    ),
    Stated(
        "large_gain_vanishes",
        "a large gain leaves nothing",
        Every((Number(OFFSET),), Limit((sech(OFFSET + GAIN) ** 2 + sech(OFFSET - GAIN) ** 2) / 2, GAIN, oo, ZERO)),
    ),
    Stated(
        "large_offset_vanishes",
        "nor does a large offset",
        Every((Number(GAIN),), Limit((sech(OFFSET + GAIN) ** 2 + sech(OFFSET - GAIN) ** 2) / 2, OFFSET, oo, ZERO)),
    ),
)

OUTSIDE: Final = ()
