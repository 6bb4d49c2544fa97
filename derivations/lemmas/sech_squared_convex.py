"""sech²(√x) falls and is strictly convex: behind claim T8, and the layer-normalised rows of the saturation table."""

from __future__ import annotations

from functools import partial

from sympy import QQ, Expr, Function, Integer, Symbol, cosh, diff, exp, limit, sinh, tanh
from sympy.polys.fields import FracField

from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.points import equal_at_points

T, M, POINT = (Symbol(name, positive=True) for name in ("t", "M", "y"))
RATIONAL = FracField((T, POINT), QQ)
SECH2 = 1 / cosh(T) ** 2
LEVEL, SLOPE = Symbol("c_0", real=True), Symbol("c_1", real=True)
#: f''(t²) is this, which is positive, times sech⁴(t)/(2 t³)
CURVATURE = T * (cosh(2 * T) - 2) + sinh(2 * T) / 2


def vanishing(expr: Expr) -> bool:
    """``expr``, made of t and hyperbolic functions of t, is 0 in the field of rational functions of t and y = exp(t);
    random points agree.
    """
    rational = expr.rewrite(exp).subs(exp(T), POINT)
    return not rational.has(exp) and not RATIONAL(rational) and equal_at_points(expr, Integer(0))


def at_square(expr: Expr) -> Expr:
    """The derivative by x = t² of an expression in t."""
    return diff(expr, T) / (2 * T)


def decreasing(slope: Expr) -> bool:
    """``f'(t²)`` for t > 0 is ``slope``, whose sign is negative by its form."""
    return bool(slope.is_negative) and vanishing(at_square(SECH2) - slope)


def second_derivative(expected: Expr) -> bool:
    """``f''(t²)``, t > 0, is ``expected``; ``f(t²) = sech²(t)``."""
    return vanishing(at_square(at_square(SECH2)) - expected)


def positive_from_zero(expr: Expr, slope: Expr) -> bool:
    """``expr`` is 0 at t = 0 and its derivative is ``slope``, positive by its form: positive for t > 0."""
    return bool(expr.subs(T, 0) == 0) and bool(slope.is_positive) and vanishing(diff(expr, T) - slope)


def remainder(value: Expr, slope: Expr) -> bool:
    """For any f: ``f(x)`` less its tangent at M is 0 at M with slope 0, and its second derivative is ``f''(x)``."""
    g = Function("f")
    rest = g(POINT) - value.subs(LEVEL, g(M)) - slope.subs(SLOPE, diff(g(M), M)) * (POINT - M)
    first = diff(rest, POINT).subs(POINT, M).doit()
    second = diff(rest, POINT, 2) - diff(g(POINT), POINT, 2)
    return all(bool(term == 0) for term in (rest.subs(POINT, M), first, second))


def continuous_at_zero(value: Expr) -> bool:
    """``sech²(t)`` tends to ``value`` as t falls to 0, which is its value there."""
    return bool(limit(SECH2, T, 0) == value) and bool(SECH2.subs(T, 0) == value)


LEMMA = Lemma(
    name="sech_squared_convex",
    title="sech²(√x) falls and is strictly convex",
    statement=(
        r"$f(x) = \operatorname{sech}^2\sqrt x$, $x \ge 0$, is strictly decreasing and strictly convex; so "
        r"$f(x) > f(M) + f'(M)(x - M)$ for $x \ne M$, $M > 0$."
    ),
    assumptions={"x ≥ 0; derivatives at x > 0, where x = t².": "ranges"},
    steps=(
        Step(
            "f decreases",
            r"f'(t^2) => -\operatorname{sech}^2(t) \tanh(t)/t < 0",
            partial(decreasing, -tanh(T) / (T * cosh(T) ** 2)),
        ),
        Step(
            "the second derivative",
            r"f''(t^2) => \frac{\operatorname{sech}^4(t)}{2 t^3} \left(t (\cosh 2t - 2) + \tfrac12 \sinh 2t\right)",
            partial(second_derivative, CURVATURE / (2 * T**3 * cosh(T) ** 4)),
        ),
        Step(
            "the bracket is 0 at 0 and grows: f is strictly convex on x > 0",
            r"\partial_t \left(t (\cosh 2t - 2) + \tfrac12 \sinh 2t\right) => 4 \sinh^2 t + 2 t \sinh 2t > 0",
            partial(positive_from_zero, CURVATURE, 4 * sinh(T) ** 2 + 2 * T * sinh(2 * T)),
        ),
        Step(
            "f is continuous at 0: it falls, and is strictly convex, on x ≥ 0",
            r"\lim_{x \to 0} f(x) => 1",
            partial(continuous_at_zero, Integer(1)),
        ),
        Step(
            "above its tangent: the remainder is strictly convex, 0 with slope 0 at M, so positive elsewhere",
            r"R(x) = f(x) - f(M) - f'(M)(x - M) => R(M) = R'(M) = 0,\ R'' = f''",
            partial(remainder, LEVEL, SLOPE),
        ),
    ),
    altered={
        "half the second derivative": partial(second_derivative, CURVATURE / (4 * T**3 * cosh(T) ** 4)),
        "f increases": partial(decreasing, tanh(T) / (T * cosh(T) ** 2)),
        "a bracket of half the slope": partial(positive_from_zero, CURVATURE, 2 * sinh(T) ** 2 + T * sinh(2 * T)),
        "a tangent twice as steep": partial(remainder, LEVEL, 2 * SLOPE),
    },
    references=("Hardy, Littlewood, Pólya 1934, Inequalities, chapter 3 (convex functions)",),
)
