"""When a moment of a product, and of a sum, of independent variables exists: behind claim T3."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Integer, Symbol, log, oo, symbols

from attnproof.derivations.moments.calculus import Undefined
from attnproof.derivations.moments.distributions import student_t
from attnproof.derivations.moments.scores import dot
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import All, Cited, Computed, Field, Integrated, Solver, Tends
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import Both, Either, le, lt

A, B, POINT, NU = symbols("a b x nu", real=True)
ORDER = Symbol("m", integer=True, positive=True)
X, GAP, TOP = symbols("x p T", positive=True)
GRID: Final = (1, 2, 3, 5, 8)
ONE = Integer(1)


def product_splits(power: Expr) -> Field:
    """``|x y|^m = |x|^m |y|^power`` at every point."""
    return Field(Abs(A * B) ** ORDER, Abs(A) ** ORDER * Abs(B) ** power)


def sum_is_bounded(factor: Expr) -> Solver:
    """``|a + b| <= factor · max(|a|, |b|)``, squared: for all real a, b one of two inequalities holds."""
    square = (A + B) ** 2
    return Solver(Either((le(square, factor**2 * A**2), le(square, factor**2 * B**2))))


def grows(integral: Expr) -> Tends:
    """``integral`` grows without bound with T."""
    return Tends(integral, TOP, oo, oo)


def first_undefined(degrees: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """The first order at which the calculus gives no cumulant of a product of Student-t components, by both degrees of
    freedom.
    """
    return tuple(tuple(_first_undefined(one, other) for other in degrees) for one in degrees)


def _first_undefined(one: int, other: int) -> int:
    kappa = dot(student_t(one), student_t(other), Symbol("d", positive=True)).cumulants(max(one, other) + 1)
    return next(m for m, value in enumerate(kappa) if isinstance(value, Undefined))


def least_degrees(shift: int) -> Computed:
    """It is the smaller degrees of freedom, ``shift`` added."""
    table = tuple(tuple(min(one, other) + shift for other in GRID) for one in GRID)
    return Computed("lemmas.product_moments:first_undefined", (GRID,), table)


SPLITS = product_splits(ORDER)
TONELLI = "Tonelli's theorem: Billingsley 1995, Probability and Measure"

LEMMA = Lemma(
    name="product_moments",
    title="When moments of products and sums exist",
    statement=(
        r"For independent X and Y, neither 0 almost surely: $E|XY|^m$ is finite exactly when $E|X|^m$ and $E|Y|^m$ "
        r"are. $E|X + Y|^m$ is finite exactly when both are. Student's t with $\nu$ degrees of freedom has the moments "
        r"of order $m < \nu$ only."
    ),
    assumptions={"X and Y are independent and neither is 0 almost surely.": "independence"},
    steps=(
        closed("a product, pointwise", SPLITS),
        closed(
            "its mean: of two factors above 0 neither can be infinite alone",
            Cited(
                r"X, Y \text{ independent},\ f \ge 0",
                r"E[f(X, Y)] = \textstyle\int E[f(X, y)]\, dP_Y(y),\quad E[|X|^m |Y|^m] = E|X|^m\, E|Y|^m",
                TONELLI,
            ),
        ),
        closed(
            "sums: finite if both are; and with x = (x + y) − y for one y at which E|X + y|^m is finite, only if",
            sum_is_bounded(Integer(2)),
        ),
        closed(
            "Student's density is a power −(ν + 1)/2 of 1 + x²/ν, which is of the size of x²",
            Solver(
                Both((le(POINT**2 / NU, 1 + POINT**2 / NU), le(1 + POINT**2 / NU, (1 + 1 / NU) * POINT**2))),
                (le(ONE, POINT), lt(ZERO, NU)),
            ),
        ),
        closed(
            "the tail of x^m against x^(−ν−1) for m < ν, p = ν − m",
            Integrated(X ** (-GAP - 1), X, ONE, oo, 1 / GAP, -(X**-GAP) / GAP),
        ),
        closed(
            "the tail for m > ν, p = m − ν",
            All(
                (
                    Integrated(X ** (GAP - 1), X, ONE, TOP, (TOP**GAP - 1) / GAP, X**GAP / GAP),
                    grows((TOP**GAP - 1) / GAP),
                )
            ),
        ),
        closed("the tail for m = ν", All((Integrated(1 / X, X, ONE, TOP, log(TOP), log(X)), grows(log(TOP))))),
        closed(
            f"the calculus reports it so: the first order without a cumulant of a product of components with {GRID} "
            "degrees of freedom is the smaller of the two",
            least_degrees(0),
        ),
    ),
    altered={
        "the second factor's moment of order m + 1": product_splits(ORDER + 1),
        "|a + b| at most the larger of the two": sum_is_bounded(ONE),
        "the tail is finite for m = ν": Tends(log(TOP), TOP, oo, ONE),
        "the moment of order ν exists": least_degrees(1),
    },
)
