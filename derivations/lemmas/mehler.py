"""Mehler's formula ``E[He_m(X) He_n(Y)] = m! ρ^m [m = n]`` at every order, by induction on m.

X and Y are standard normal with correlation ρ. Integration by parts is done for |ρ| < 1, where there is a density (a
polynomial times it vanishes at infinity); both sides are continuous in ρ. Each check takes what it checks as an
argument.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import sympy
from sympy import (
    Expr,
    Function,
    Integer,
    KroneckerDelta,
    Symbol,
    diff,
    exp,
    expand,
    factorial,
    gamma,
    gammasimp,
    sqrt,
    symbols,
)

from attnproof.derivations.moments.distributions import normal
from attnproof.derivations.moments.expectation import expectation
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.points import equal_at_points

RHO, X, Y, S = symbols("rho x y s", real=True)
M, N = symbols("m n", integer=True, nonnegative=True)
APART = Symbol("j", integer=True, positive=True)
HE_M, HE_N, HE_BELOW, COEFFICIENT = (Function(name) for name in ("He_m", "He_n", "He_{n-1}", "a"))


def hermite_relations(generating: Expr) -> bool:
    """``Σ_n He_n(x) s^n/n!`` as a formal series in s: ``∂_x G = s G`` says ``He_n' = n He_{n−1}`` and
    ``∂_s G = x G − ∂_x G`` says ``He_{n+1} = x He_n − He_n'``; ``He_0 = 1``.
    """
    by_x, by_s = diff(generating, X), diff(generating, S)
    return (
        expand(by_x - S * generating) == 0
        and expand(by_s - X * generating + by_x) == 0
        and bool(generating.subs(S, 0) == 1)
    )


def by_parts(correlation: Expr) -> bool:
    """``E[X f(X, Y)] = E[f_x] + c E[f_y]`` with c = ``correlation``: the joint density has ``x φ = −φ_x − c φ_y``."""
    density = exp(-(X**2 - 2 * RHO * X * Y + Y**2) / (2 * (1 - RHO**2)))
    left, right = X * density, -diff(density, X) - correlation * diff(density, Y)
    return bool(((left - right) / density).expand().cancel() == 0) and equal_at_points(left, right)


def recursion(reduced: Expr) -> bool:
    """``E[He_{m+1}(X) He_n(Y)] = E[reduced]``: the recursion of He, then by parts, then ``He_n' = n He_{n−1}``."""
    f = HE_M(X) * HE_N(Y)
    by_definition = -diff(HE_M(X), X) * HE_N(Y)  # and x f, which becomes:
    parts = diff(f, X) + RHO * diff(f, Y)
    return bool(expand((parts + by_definition).subs(diff(HE_N(Y), Y), N * HE_BELOW(Y)) - reduced) == 0)


def solves(form: Callable[[Expr, Expr], Expr]) -> bool:
    """``form(m + 1, n) = ρ n form(m, n − 1)`` at symbolic orders, equal or not, and ``form(0, 0) = 1``.

    An index 0 beside a positive one gives 0: ``He_0' = 0`` in the recursion for either variable.
    """
    step = form(M + 1, M + 1) / (RHO * (M + 1) * form(M, M))
    apart = [form(M + 1, M + 1 + gap) - RHO * (M + 1 + gap) * form(M, M + gap) for gap in (APART, -APART)]
    borders = [form(Integer(0), APART), form(APART, Integer(0)), *apart]
    return (
        bool(gammasimp(step.rewrite(gamma)) == 1)
        and all(border == 0 for border in borders)
        and bool(form(Integer(0), Integer(0)) == 1)
    )


def closed(m: Expr, n: Expr) -> Expr:
    """``m! ρ^m [m = n]``."""
    return factorial(m) * RHO**m * KroneckerDelta(m, n)


def without_factorial(m: Expr, n: Expr) -> Expr:
    """``ρ^m [m = n]``, which is wrong from m = 2 on."""
    return RHO**m * KroneckerDelta(m, n)


def series_term(term: Expr) -> bool:
    """Term n = m of ``E[Σ_m a_m He_m(X)/√m! · Σ_n a_n He_n(Y)/√n!]`` is ``term``; those with n ≠ m are 0."""

    def product(n: Expr) -> Expr:
        return COEFFICIENT(M) * COEFFICIENT(n) * closed(M, n) / (sqrt(factorial(M)) * sqrt(factorial(n)))

    return bool(expand(product(M) - term) == 0) and product(M + APART) == 0 == product(M - APART)


def mehler(order: int) -> bool:
    """``E[He_m(X) He_n(Y)] = m! ρ^m [m = n]`` for standard normal X, Y of correlation ρ, all m, n <= ``order``."""
    x, g = Symbol("x"), Symbol("g")
    root = Symbol("r")  # √(1−ρ²)
    standard = {x: normal().moment, g: normal().moment}
    for m in range(order + 1):
        for n in range(order + 1):
            polynomial = sympy.hermite_prob(m, x) * sympy.hermite_prob(n, RHO * x + root * g)
            found = expectation(expand(polynomial), standard)
            reduced = expand(expand(found).subs(root**2, 1 - RHO**2).subs(root**4, (1 - RHO**2) ** 2))
            expected = factorial(m) * RHO**m if m == n else Integer(0)
            if expand(reduced.subs(root, sqrt(1 - RHO**2)) - expected) != 0:
                return False
    return True


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
        Step(
            "Hermite polynomials of every order, from their generating function",
            r"e^{sx - s^2/2} = \sum_n \mathrm{He}_n(x) s^n/n!"
            r" => \mathrm{He}_n' = n\mathrm{He}_{n-1},\quad \mathrm{He}_{n+1} = x\mathrm{He}_n - \mathrm{He}_n'",
            partial(hermite_relations, exp(S * X - S**2 / 2)),
        ),
        Step(
            "integration by parts for two normals of correlation ρ",
            r"E[X f(X, Y)] => E[f_x] + \rho E[f_y]",
            partial(by_parts, RHO),
        ),
        Step(
            "so one order less",
            r"E[\mathrm{He}_{m+1}(X)\mathrm{He}_n(Y)] => \rho\, n\, E[\mathrm{He}_m(X)\mathrm{He}_{n-1}(Y)]",
            partial(recursion, RHO * N * HE_M(X) * HE_BELOW(Y)),
        ),
        Step(
            "Mehler's formula at every order, by induction on m",
            r"E[\mathrm{He}_m(X)\mathrm{He}_n(Y)] => m!\,\rho^m\,[m=n]",
            partial(solves, closed),
        ),
        Step(
            "hence the term of order m of the shared part, for one unit",
            r"E\Big[\sum_m \tfrac{a_m \mathrm{He}_m(X)}{\sqrt{m!}} \sum_n \tfrac{a_n "
            r"\mathrm{He}_n(Y)}{\sqrt{n!}}\Big]"
            r" => a_m^2 \rho^m",
            partial(series_term, COEFFICIENT(M) ** 2 * RHO**M),
        ),
        Step(
            "Mehler's formula again, by expansion up to order 4",
            r"E[\mathrm{He}_m(X)\mathrm{He}_n(Y)] => m!\,\rho^m\,[m=n]",
            partial(mehler, 4),
        ),
    ),
    altered={
        "Hermite polynomials without the square in the exponent": partial(hermite_relations, exp(S * X)),
        "by parts without the correlation": partial(by_parts, Integer(0)),
        "one order less without the factor n": partial(recursion, RHO * HE_M(X) * HE_BELOW(Y)),
        "Mehler's formula without the factorial": partial(solves, without_factorial),
    },
    references=("Mehler 1866; Patel, Read 1996, Handbook of the Normal Distribution, section 9.2",),
)
