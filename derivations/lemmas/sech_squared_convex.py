"""sech²(√x) falls and is strictly convex: behind claim T8, and the layer-normalised rows of the saturation table."""

from __future__ import annotations

from sympy import Expr, Function, Integer, Symbol, cosh, diff, sinh, sqrt, tanh

from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import All, Differentiated, Sign, Tends
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed

T, M, X = (Symbol(name, positive=True) for name in ("t", "M", "x"))
SECH2 = 1 / cosh(T) ** 2
#: f''(t²) is this, which is positive, times sech⁴(t)/(2 t³)
CURVATURE = T * (cosh(2 * T) - 2) + sinh(2 * T) / 2
F = Function("f")
SQUARED = SECH2.subs(T, sqrt(X))  # f
FALL = -tanh(T) / (T * cosh(T) ** 2)  # f'(t²)
BENDING = 4 * sinh(T) ** 2 + 2 * T * sinh(2 * T)  # the slope of the curvature
AT_M = diff(F(M), M)


def derivative(value: Expr, times: int) -> Differentiated:
    """The derivative of f is ``value`` at √x for t."""
    return Differentiated(SQUARED, X, value.subs(T, sqrt(X)), times)


def remainder(slope: Expr) -> Differentiated:
    """The slope of ``f(x)`` less the line of the given slope through its value at M."""
    return Differentiated(F(X) - F(M) - slope * (X - M), X, diff(F(X), X) - AT_M)


LEMMA = Lemma(
    name="sech_squared_convex",
    title="sech²(√x) falls and is strictly convex",
    statement=(
        r"$f(x) = \operatorname{sech}^2\sqrt x$, $x \ge 0$, is strictly decreasing and strictly convex; so "
        r"$f(x) > f(M) + f'(M)(x - M)$ for $x \ne M$, $M > 0$."
    ),
    assumptions={"x ≥ 0; derivatives at x > 0, where x = t².": "ranges"},
    steps=(
        closed("the slope of f", derivative(FALL, 1)),
        closed("f decreases", Sign(FALL, "<", ZERO)),
        closed("the second derivative", derivative(CURVATURE / (2 * T**3 * cosh(T) ** 4), 2)),
        closed("its bracket, at t = √x, begins with", Tends(CURVATURE, T, ZERO, ZERO)),
        closed("the slope of the bracket", Differentiated(CURVATURE, T, BENDING)),
        closed("the bracket grows, so it is above 0: f is strictly convex on x > 0", Sign(ZERO, "<", BENDING)),
        closed(
            "f is continuous at 0, where it is 1: it falls, and is strictly convex, on x ≥ 0",
            Tends(SQUARED, X, ZERO, Integer(1)),
        ),
        closed(
            "what it is above its tangent at M: 0 at M with slope 0, and as convex as f, so positive elsewhere",
            All((remainder(AT_M), Differentiated(F(X) - F(M) - AT_M * (X - M), X, diff(F(X), X, 2), 2))),
        ),
    ),
    altered={
        "half the second derivative": derivative(CURVATURE / (4 * T**3 * cosh(T) ** 4), 2),
        "f increases": Sign(ZERO, "<", FALL),
        "f decreases twice as fast": derivative(2 * FALL, 1),
        "a bracket of half the slope": Differentiated(CURVATURE, T, BENDING / 2),
        "a bracket that is not 0 at 0": Tends(CURVATURE + 1, T, ZERO, ZERO),
        "another value at 0": Tends(SQUARED, X, ZERO, ZERO),
        "a tangent twice as steep": remainder(2 * AT_M),
    },
    references=("Hardy, Littlewood, Pólya 1934, Inequalities, chapter 3 (convex functions)",),
)
