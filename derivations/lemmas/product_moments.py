"""When a moment of a product, and of a sum, of independent variables exists: behind claim T3."""

from __future__ import annotations

from functools import partial

from sympy import Abs, Expr, Integer, Le, Or, Symbol, integrate, limit, oo, simplify, symbols

from attnproof.derivations.moments.calculus import Undefined
from attnproof.derivations.moments.distributions import student_t
from attnproof.derivations.moments.scores import dot
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.smt import proves

A, B = symbols("a b", real=True)
ORDER = Symbol("m", integer=True, positive=True)
X, GAP, TOP = symbols("x p T", positive=True)
GRID = (1, 2, 3, 5, 8)


def product_splits(power: Expr) -> bool:
    """``|x y|^m = |x|^m |y|^power`` at every point; Tonelli's theorem (nothing is negative) makes it one of means."""
    return bool(simplify(Abs(A * B) ** ORDER / (Abs(A) ** ORDER * Abs(B) ** power)) == 1)


def sum_is_bounded(factor: Expr) -> bool:
    """``|a + b| <= factor · max(|a|, |b|)``, squared: for all real a, b one of two inequalities holds."""
    square = (A + B) ** 2
    return proves(Or(Le(square, factor**2 * A**2), Le(square, factor**2 * B**2)))


def tail_integral(gap: Expr, finite: bool) -> bool:
    """``∫_1^T x^(gap − 1) dx`` stays finite as T grows, or not: the tail of ``x^m x^(−ν−1)``, ``gap = m − ν``."""
    found = limit(integrate(X ** (gap - 1), (X, 1, TOP)), TOP, oo)
    return bool(found.is_finite) is finite


def reported(shift: int) -> bool:
    """Student-t components, ν and ν' degrees of freedom: κ_m is undefined just for ``m >= min(ν, ν') + shift``."""
    for left in GRID:
        for right in GRID:
            kappa = dot(student_t(left), student_t(right), Symbol("d", positive=True)).cumulants(max(GRID) + 1)
            least = min(left, right) + shift
            if any(isinstance(kappa[m], Undefined) != (m >= least) for m in range(1, len(kappa))):
                return False
    return True


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
        Step(
            "pointwise; then Tonelli's theorem. Both factors are positive, so neither can be infinite alone",
            r"E|XY|^m => E|X|^m\, E|Y|^m",
            partial(product_splits, ORDER),
        ),
        Step(
            "sums, by z3 on the squares: finite if both are; and with x = (x + y) − y for one y at which E|X + y|^m is "
            "finite (Tonelli), only if",
            r"|a + b| => \le 2 \max(|a|, |b|)",
            partial(sum_is_bounded, Integer(2)),
        ),
        Step(
            "the tail of x^m against x^(−ν−1) for m < ν",
            r"\int_1^\infty x^{-p-1} dx => 1/p",
            partial(tail_integral, -GAP, True),
        ),
        Step("the tail for m > ν", r"\int_1^T x^{p-1} dx => \to \infty", partial(tail_integral, GAP, False)),
        Step("the tail for m = ν", r"\int_1^T dx/x => \ln T \to \infty", partial(tail_integral, Integer(0), False)),
        Step(
            "the calculus reports it so, for every pair of degrees of freedom and order of a grid",
            r"\kappa_m \text{ undefined} => m \ge \min(\nu, \nu')",
            partial(reported, 0),
        ),
    ),
    altered={
        "the second factor's moment of order m + 1": partial(product_splits, ORDER + 1),
        "|a + b| at most the larger of the two": partial(sum_is_bounded, Integer(1)),
        "the tail is finite for m = ν": partial(tail_integral, Integer(0), True),
        "the moment of order ν exists": partial(reported, 1),
    },
)
