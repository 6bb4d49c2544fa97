"""Mehler's formula ``E[He_m(X) He_n(Y)] = m! ρ^m [m = n]`` at every order, by induction on m.

X and Y are standard normal with correlation ρ. Integration by parts is done for |ρ| < 1, where there is a density; the
means of polynomials are polynomials in ρ, so that what holds there holds at ρ = ±1.
"""

from __future__ import annotations

import sympy
from sympy import Expr, Integer, Symbol, exp, expand, factorial, sqrt, symbols

from attnproof.derivations.moments.distributions import normal
from attnproof.derivations.moments.expectation import expectation
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import All, Cited, Computed, Differentiated, Field, Induction, Solver, Tends
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.rules.orders import PREVIOUS
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import eq, lt

RHO, X, Y, S = symbols("rho x y s", real=True)
M = Symbol("m", integer=True, nonnegative=True)
APART = Symbol("j", integer=True, positive=True)
# He_m(X), He_n(Y), their slopes, He_(n−1)(Y) and n as numbers
FIRST, SECOND, FIRST_SLOPE, SECOND_SLOPE, BELOW, N = symbols("f g u v h n", real=True)
COEFFICIENT, ROOT, POWER = symbols("a r p", real=True)  # a_m, √m!, ρ^m
ORDER = 4  # of the second road

GENERATING = exp(S * X - S**2 / 2)
INSIDE = (lt(ZERO, 1 - RHO), lt(ZERO, 1 + RHO))
DENSITY = exp(-(X**2 - 2 * RHO * X * Y + Y**2) / (2 * (1 - RHO**2)))
BY_X, BY_Y = (-(a - RHO * b) / (1 - RHO**2) * DENSITY for a, b in ((X, Y), (Y, X)))


def generated(of: Expr) -> All:
    """``Σ_n He_n(x) s^n/n!`` as a formal series in s: ``∂_x G = s G`` says ``He_n' = n He_{n−1}`` and ``∂_s G = x G −
    ∂_x G`` says ``He_{n+1} = x He_n − He_n'``.
    """
    return All((Differentiated(of, X, S * of), Differentiated(of, S, X * of - S * of)))


def by_parts(correlation: Expr) -> Field:
    """The joint density has ``x φ = −φ_x − c φ_y`` with c = ``correlation``."""
    return Field(X * DENSITY, -BY_X - correlation * BY_Y, given=INSIDE)


def recursion(reduced: Expr) -> Solver:
    """``E[He_{m+1}(X) He_n(Y)] = E[reduced]``: the recursion of He, then by parts, then ``He_n' = n He_{n−1}``."""
    parts = FIRST_SLOPE * SECOND + RHO * FIRST * SECOND_SLOPE  # of x f g
    return Solver(eq(parts - FIRST_SLOPE * SECOND, reduced), (eq(SECOND_SLOPE, N * BELOW),))


def equal_orders(value: Expr) -> Induction:
    """``E_(m+1) = ρ (m + 1) E_m`` and ``E_0 = 1``."""
    return Induction(value, M, Integer(1), RHO * (M + 1) * PREVIOUS)


def series_term(term: Expr) -> Solver:
    """``a_m/√m! · a_m/√m! · m! ρ^m`` is ``term``, where r = √m! and p = ρ^m."""
    square = Symbol("q", positive=True)  # m!
    return Solver(eq(COEFFICIENT / ROOT * COEFFICIENT / ROOT * square * POWER, term), (eq(ROOT**2, square),))


def by_expansion(order: int) -> tuple[tuple[Expr, ...], ...]:
    """``E[He_m(X) He_n(Y)]`` for standard normal X, Y of correlation ρ, all m, n <= ``order``: ``Y = ρ X + √(1−ρ²) Z``
    multiplied out.
    """
    x, g, root = symbols("x g r")
    standard = {x: normal().moment, g: normal().moment}

    def mean(m: int, n: int) -> Expr:
        polynomial = sympy.hermite_prob(m, x) * sympy.hermite_prob(n, RHO * x + root * g)
        return expand(expand(expectation(expand(polynomial), standard)).subs(root, sqrt(1 - RHO**2)))

    return tuple(tuple(mean(m, n) for n in range(order + 1)) for m in range(order + 1))


def table(order: int) -> tuple[tuple[Expr, ...], ...]:
    """``m! ρ^m [m = n]``."""
    return tuple(
        tuple(factorial(m) * RHO**m if m == n else Integer(0) for n in range(order + 1)) for m in range(order + 1)
    )


ONE_TERM = series_term(COEFFICIENT**2 * POWER)

LEMMA = Lemma(
    name="mehler",
    title="Mehler's formula",
    statement=(
        r"For standard normal X and Y of correlation $\rho$ and all orders $m, n \ge 0$: "
        r"$E[\mathrm{He}_m(X)\,\mathrm{He}_n(Y)] = m!\,\rho^m\,[m = n]$; so the terms of two Hermite series with "
        r"coefficients $a_m$ give $\sum_m a_m^2 \rho^m$."
    ),
    assumptions={"X and Y are jointly normal.": "distribution", "The series converge in the mean square.": "moments"},
    steps=(
        closed(
            "Hermite polynomials of every order, from their generating function G = Σ He_n(x) s^n/n!: ∂_x G = s G says "
            "He_n' = n He_(n−1), and ∂_s G = x G − ∂_x G says He_(n+1) = x He_n − He_n'",
            generated(GENERATING),
        ),
        closed("He_0 is 1", Tends(GENERATING, S, Integer(0), Integer(1))),
        closed(
            "the joint density, up to a factor that does not depend on x and y, |ρ| < 1: its slopes",
            All((Differentiated(DENSITY, X, BY_X, 1, INSIDE), Differentiated(DENSITY, Y, BY_Y, 1, INSIDE))),
        ),
        closed("x times it", by_parts(RHO)),
        closed(
            "integration by parts, one variable after the other; a polynomial times the density vanishes at infinity",
            Cited(
                r"f \text{ a polynomial},\ x \varphi = -\varphi_x - \rho\, \varphi_y",
                r"E[X f(X, Y)] = E[f_x] + \rho\, E[f_y]",
                "integration by parts: Rudin 1976, Principles of Mathematical Analysis, theorem 6.22; Fubini's "
                "theorem: Billingsley 1995, Probability and Measure",
            ),
        ),
        closed(
            "so one order less: with f = He_m(X), g = He_n(Y), slopes u and v, h = He_(n−1)(Y)",
            recursion(RHO * N * FIRST * BELOW),
        ),
        closed("Mehler's formula for m = n, by induction on m", equal_orders(factorial(M) * RHO**M)),
        closed(
            "and for n = m + j, j > 0, where order 0 beside j has the factor 0; the same with X and Y exchanged",
            Induction(Integer(0), M, Integer(0), RHO * (M + 1 + APART) * PREVIOUS),
        ),
        closed(
            "the mean of a product of two series that converge in the mean square is the sum of those of their terms",
            Cited(
                r"F = \textstyle\sum_m \tfrac{a_m}{\sqrt{m!}} \mathrm{He}_m(X),\ "
                r"G = \sum_n \tfrac{a_n}{\sqrt{n!}} \mathrm{He}_n(Y)",
                r"E[F G] = \textstyle\sum_{m, n} \tfrac{a_m a_n}{\sqrt{m!\, n!}} E[\mathrm{He}_m(X) \mathrm{He}_n(Y)]",
                "continuity of the inner product: Rudin 1987, Real and Complex Analysis",
            ),
        ),
        closed("the term of m = n, with a = a_m, r = √m!, q = m!, p = ρ^m", ONE_TERM),
        closed("Mehler's formula again, by expansion", Computed("lemmas.mehler:by_expansion", (ORDER,), table(ORDER))),
    ),
    altered={
        "Hermite polynomials without the square in the exponent": generated(exp(S * X)),
        "Hermite polynomials of the other kind": generated(exp(2 * S * X - S**2)),
        "Hermite polynomials twice": Tends(2 * GENERATING, S, Integer(0), Integer(1)),
        "by parts without the correlation": by_parts(Integer(0)),
        "by parts with its square": by_parts(RHO**2),
        "one order less without the factor n": recursion(RHO * FIRST * BELOW),
        "one order less without the correlation": recursion(N * FIRST * BELOW),
        "Mehler's formula without the factorial": equal_orders(RHO**M),
        "Mehler with another power": equal_orders(factorial(M) * RHO ** (2 * M)),
        "the shared term without its square": series_term(COEFFICIENT * POWER),
    },
    references=("Mehler 1866; Patel, Read 1996, Handbook of the Normal Distribution, section 9.2",),
)
