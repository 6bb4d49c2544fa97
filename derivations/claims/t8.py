"""T8: what layer normalisation before tanh guarantees, and what it does not."""

from __future__ import annotations

from functools import partial

from flint import fmpq
from sympy import (
    Expr,
    Function,
    Integer,
    Symbol,
    cosh,
    diff,
    exp,
    expand,
    limit,
    numer,
    oo,
    pi,
    sech,
    sinh,
    sqrt,
    tanh,
    together,
)

from derivations.claim import Claim, Step
from derivations.claims.reasoning import nonnegative, same
from derivations.claims.t8_width_three import U, W, covers_every_vector, least_at, symmetric
from derivations.identities import identity, put
from derivations.notation import D_A, A, Tensor, index
from derivations.system import total

B = index("b")
X = Tensor("input", "x", (D_A,))  # the pre-activation before it is normalised
GAINS = Tensor("gains", "gamma", (D_A,))
Z = Tensor("normalised", "z", (D_A,), "intermediate")
EPS, GAIN, OFFSET, LEVEL, SLOPE, CENTRE, COMMON = (
    Tensor(name, name, ())[()] for name in ("epsilon", "gamma", "beta", "c_0", "c_1", "M", "c")
)

MU = total(X[B], (B, D_A)) / D_A
VARIANCE = total((X[B] - MU) ** 2, (B, D_A)) / D_A

T, M, S2, E, POINT, SHIFT = (Symbol(name, positive=True) for name in ("t", "M", "v", "epsilon", "y", "beta"))
HALF = Symbol("m", integer=True, positive=True)
OTHERS = Symbol("r", integer=True, positive=True)  # d_a − 1
MINUS = Symbol("k", integer=True, nonnegative=True)
CURVATURE = T * (cosh(2 * T) - 2) + sinh(2 * T) / 2

Levels = tuple[tuple[Expr, Expr], ...]  # (number of units, their common value)
EVEN: Levels = ((HALF, Integer(1)), (HALF, Integer(-1)))
ODD: Levels = ((HALF + 1, sqrt(HALF / (HALF + 1))), (HALF, -sqrt((HALF + 1) / HALF)))
ONE_UNIT: Levels = ((Integer(1), sqrt(OTHERS)), (OTHERS, -1 / sqrt(OTHERS)))


def z(a: Expr) -> Expr:
    """Layer normalisation without gain and offset."""
    return (X[a] - MU) / sqrt(VARIANCE + EPS)


def mean(body: Expr) -> Expr:
    """The mean over the units of ``body`` in the index a."""
    return total(body, (A, D_A)) / D_A


def vanishing(expr: Expr) -> bool:
    """``expr``, made of t and hyperbolic functions of t, is 0: a rational function of t and y = exp(t), whose numerator is 0."""
    rational = together(expr.rewrite(exp).expand().subs(exp(T), POINT))
    return not rational.has(exp) and bool(expand(numer(rational)) == 0)


def at_square(expr: Expr) -> Expr:
    """The derivative by x = t² of an expression in t."""
    return diff(expr, T) / (2 * T)


def second_derivative(expected: Expr) -> bool:
    """``f''(t²)``, t > 0, is ``expected``; ``f(t²) = sech²(t)``."""
    return vanishing(at_square(at_square(1 / cosh(T) ** 2)) - expected)


def positive_from_zero(expr: Expr, slope: Expr) -> bool:
    """``expr`` is 0 at t = 0 and its derivative is ``slope``, whose sign is positive by its form: positive for t > 0."""
    return bool(expr.subs(T, 0) == 0) and bool(slope.is_positive) and vanishing(diff(expr, T) - slope)


def remainder(value: Expr, slope: Expr) -> bool:
    """For any f: ``f(x)`` less its tangent at M is 0 at M with derivative 0, and its second derivative is ``f''(x)``."""
    g = Function("f")
    rest = g(POINT) - value.subs(LEVEL, g(M)) - slope.subs(SLOPE, diff(g(M), M)) * (POINT - M)
    first = diff(rest, POINT).subs(POINT, M).doit()
    second = diff(rest, POINT, 2) - diff(g(POINT), POINT, 2)
    return all(bool(term == 0) for term in (rest.subs(POINT, M), first, second))


def decreasing(slope: Expr) -> bool:
    """``f'(t²)`` for t > 0 is ``slope``, whose sign is negative by its form."""
    return bool(slope.is_negative) and vanishing(at_square(1 / cosh(T) ** 2) - slope)


def at_most(mean_square: Expr, bound: Expr) -> bool:
    """The mean square of a normalised vector, in the variance v and ε, is at most ``bound``."""
    return nonnegative(bound - mean_square)


def normalised(levels: Levels) -> bool:
    """The numbers of units are positive, the mean is 0 and the mean square 1."""
    count = sum((n for n, _ in levels), Integer(0))
    first = sum((n * x for n, x in levels), Integer(0)) / count
    second = sum((n * x**2 for n, x in levels), Integer(0)) / count
    return all(n.is_positive for n, _ in levels) and same(first, Integer(0)) and same(second, Integer(1))


def average(levels: Levels) -> Expr:
    """The mean of ``sech²`` over the units."""
    return sum((n * sech(x) ** 2 for n, x in levels), Integer(0)) / sum((n for n, _ in levels), Integer(0))


def attained(levels: Levels, value: Expr) -> bool:
    """A normalised vector whose mean of sech² is ``value``."""
    return normalised(levels) and same(average(levels), value)


def approached(levels: Levels, variable: Symbol, value: Expr) -> bool:
    """Normalised vectors whose mean of sech² tends to ``value`` as ``variable`` grows: shares and values have limits."""
    count = sum((n for n, _ in levels), Integer(0))
    ends = [(limit(n / count, variable, oo), limit(x, variable, oo)) for n, x in levels]
    return normalised(levels) and same(average(tuple(ends)), value)


def not_balanced(units: Expr) -> bool:
    """``units`` numbers ±1, k of them −1: their sum ``units − 2k`` is odd, so never 0."""
    return bool((units - 2 * MINUS).is_odd)


def vanishes(arguments: tuple[Expr, ...], variable: Symbol) -> bool:
    """``sech²`` of each argument tends to 0 as ``variable`` grows: the argument grows without bound, and sech² tends to 0."""
    far = all(limit(argument, variable, oo) == oo for argument in arguments)
    return far and bool(limit(sech(T) ** 2, T, oo) == 0)


def single_unit_vanishes(levels: Levels) -> bool:
    """In a normalised vector with one unit by itself, that unit's sech² tends to 0 as the width grows."""
    return levels[0][0] == 1 and normalised(levels) and vanishes((levels[0][1],), OTHERS)


CLAIM = Claim(
    id="T8",
    title="Layer normalisation before tanh",
    usual="Layer normalisation before tanh keeps it out of saturation.",
    statement=(
        r"Without gain and offset the mean of $\operatorname{sech}^2(z_a)$ over the units is at least $\operatorname{sech}^2(1) = 0.4199\ldots$, "
        r"for every input and every width $d_a$. With $\varepsilon = 0$ an even $d_a$ attains it, exactly for vectors of as many 1 as −1. "
        r"An odd $d_a = 2m + 1$ never does, but the infimum over all odd widths is $\operatorname{sech}^2(1)$ too: $m + 1$ units at $\sqrt{m/(m+1)}$ "
        r"and $m$ at $-\sqrt{(m+1)/m}$ come arbitrarily near; for $d_a = 3$ this vector is the minimum, "
        r"$\tfrac13(2 \operatorname{sech}^2 \tfrac{1}{\sqrt 2} + \operatorname{sech}^2 \sqrt 2) = 0.4897\ldots$ With $\varepsilon > 0$ the bound is "
        r"strict and rises to $\operatorname{sech}^2\sqrt{v/(v+\varepsilon)}$ for an input of variance $v$; a constant input gives 1. Not promised: a single unit, "
        r"or the mean weighted by $|v_a|$, whose $\operatorname{sech}^2$ may be as small as $\operatorname{sech}^2\sqrt{d_a - 1}$. With gains $|\gamma_a| \le \gamma$ "
        r"the guarantee is $\operatorname{sech}^2(\gamma)$, with one gain and one offset for all units $\operatorname{sech}^2\sqrt{\gamma^2 + \beta^2}$: "
        r"a large gain or offset leaves nothing of it."
    ),
    assumptions=(
        "z = (x − mean)/√(variance + ε), the variance over the d_a units with the divisor d_a, ε ≥ 0, and variance + ε > 0.",
        "Real numbers; no gain and no offset where none is named.",
    ),
    steps=(
        identity("the normalised units have mean 0", mean(z(A)), Integer(0)),
        identity("and mean square v/(v + ε)", mean(z(A) ** 2), VARIANCE / (VARIANCE + EPS)),
        Step(
            "the second derivative of f(x) = sech²(√x) at x = t²",
            r"f''(t^2)",
            r"\frac{\operatorname{sech}^4(t)}{2 t^3} \left(t (\cosh 2t - 2) + \tfrac12 \sinh 2t\right)",
            partial(second_derivative, CURVATURE / (2 * T**3 * cosh(T) ** 4)),
        ),
        Step(
            "the bracket is 0 at 0 and grows: f is strictly convex",
            r"\partial_t \left(t (\cosh 2t - 2) + \tfrac12 \sinh 2t\right)",
            r"4 \sinh^2 t + 2 t \sinh 2t > 0",
            partial(positive_from_zero, CURVATURE, 4 * sinh(T) ** 2 + 2 * T * sinh(2 * T)),
        ),
        Step(
            "a function above its tangent: the remainder is convex with value and slope 0 at M, so f(x) > f(M) + f'(M)(x − M) for x ≠ M",
            r"R(x) = f(x) - f(M) - f'(M)(x - M)",
            r"R(M) = R'(M) = 0,\ R'' = f''",
            partial(remainder, LEVEL, SLOPE),
        ),
        identity(
            "Jensen: the mean of the tangent at M, the mean square, is f(M)",
            put(mean(LEVEL + SLOPE * (Z[A] ** 2 - total(Z[B] ** 2, (B, D_A)) / D_A)), Z, z),
            LEVEL,
        ),
        Step(
            "f decreases",
            r"f'(t^2)",
            r"-\operatorname{sech}^2(t) \tanh(t)/t < 0",
            partial(decreasing, -tanh(T) / (T * cosh(T) ** 2)),
        ),
        Step(
            "the mean square is at most 1: the mean of sech² is at least f(1)",
            r"v/(v + \varepsilon)",
            r"\le 1",
            partial(at_most, S2 / (S2 + E), Integer(1)),
        ),
        Step(
            "even width, half the units 1 and half −1: attained (and only if all squares are equal, f being strictly convex)",
            r"\tfrac{1}{2m} \textstyle\sum_a \operatorname{sech}^2(\pm 1)",
            r"\operatorname{sech}^2(1)",
            partial(attained, EVEN, sech(1) ** 2),
        ),
        Step(
            "odd width, all squares 1, k signs negative: the sum is odd, not 0; never attained",
            r"2m + 1 - 2k",
            r"\ne 0",
            partial(not_balanced, 2 * HALF + 1),
        ),
        Step(
            "odd width: m + 1 and m units come arbitrarily near",
            r"\lim_{m \to \infty} \tfrac{(m+1) f(m/(m+1)) + m f((m+1)/m)}{2m+1}",
            r"\operatorname{sech}^2(1)",
            partial(approached, ODD, HALF, sech(1) ** 2),
        ),
        Step(
            "width 3: an orthonormal basis, every normalised vector lies on one circle",
            r"z",
            r"\sqrt2\,(\cos\theta, \cos(\theta + \tfrac{2\pi}3), \cos(\theta + \tfrac{4\pi}3))",
            partial(covers_every_vector, U, W),
        ),
        Step(
            "width 3: the sum of sech² is even in θ, with period π/3",
            r"z(\theta + \tfrac{\pi}3),\ z(-\theta)",
            r"-z(\theta),\ z(\theta) \text{ up to order}",
            partial(symmetric, pi / 3),
        ),
        Step(
            "width 3: convex up to 0.15, enclosures above the value at 0 beyond",
            r"\textstyle\sum_a \operatorname{sech}^2(z_a(\theta)),\ 0 < \theta \le \tfrac{\pi}6",
            r"> \textstyle\sum_a \operatorname{sech}^2(z_a(0))",
            partial(least_at, fmpq(0), fmpq(15, 100), fmpq(53, 100), 106),
        ),
        Step(
            "width 3: θ = 0 is the vector of m + 1 = 2 and m = 1 units",
            r"\tfrac13 \textstyle\sum_a \operatorname{sech}^2(z_a(0))",
            r"\tfrac13(2 \operatorname{sech}^2 \tfrac{1}{\sqrt 2} + \operatorname{sech}^2 \sqrt 2)",
            partial(
                attained,
                tuple((n.subs(HALF, 1), x.subs(HALF, 1)) for n, x in ODD),
                (2 * sech(1 / sqrt(2)) ** 2 + sech(sqrt(2)) ** 2) / 3,
            ),
        ),
        identity(
            "a constant input, ε > 0: z is 0 and sech² is 1",
            mean(sech(put(z(A), X, lambda _: COMMON)) ** 2),
            Integer(1),
        ),
        Step(
            "a single unit: √(d_a − 1) and all others alike; also the mean weighted by |v| where v is on that unit alone",
            r"\lim_{d_a \to \infty} \operatorname{sech}^2\sqrt{d_a - 1}",
            "0",
            partial(single_unit_vanishes, ONE_UNIT),
        ),
        identity(
            "gains: the mean square falls short of γ² v/(v + ε) by terms that are not negative for |γ_a| ≤ γ, so the guarantee is f(γ²)",
            mean((GAINS[A] * z(A)) ** 2),
            GAIN**2 * mean(z(A) ** 2) - mean((GAIN**2 - GAINS[A] ** 2) * z(A) ** 2),
        ),
        identity(
            "one gain and one offset: the mean square is at most γ² + β²",
            mean((GAIN * z(A) + OFFSET) ** 2),
            GAIN**2 * VARIANCE / (VARIANCE + EPS) + OFFSET**2,
        ),
        Step(
            "a large gain, even width: the mean of sech² over ±γ",
            r"\lim_{\gamma \to \infty} \operatorname{sech}^2(\gamma)",
            "0",
            partial(vanishes, (SHIFT,), SHIFT),
        ),
        Step(
            "a large offset, even width: the mean of sech² over β ± 1",
            r"\lim_{\beta \to \infty} \tfrac12(\operatorname{sech}^2(\beta + 1) + \operatorname{sech}^2(\beta - 1))",
            "0",
            partial(vanishes, (SHIFT + 1, SHIFT - 1), SHIFT),
        ),
    ),
    if_proved="qualified",
    scores=("additive", "concat"),
    counterexample=(
        "import numpy as np\n"
        "def normalise(x): return (x - x.mean()) / x.std()\n"
        "def slope(z): return 1 / np.cosh(z) ** 2\n"
        "one = normalise(np.eye(1, 401)[0])         # one unit apart from 400 equal ones\n"
        "print(slope(one).mean(), slope(one)[0])    # the mean is fine, that unit is 2e-17\n"
        "even = normalise(np.tile([3.0, 7.0], 50))\n"
        "print(slope(even).mean(), slope(1.0))      # the guarantee, attained\n"
        "print(slope(8 * even).mean())              # a gain of 8: 5e-7"
    ),
    references=("Ba, Kiros, Hinton 2016, Layer Normalization",),
)
