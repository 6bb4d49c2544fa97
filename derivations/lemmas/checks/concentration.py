"""Checks about Σα², the sum of squared weights, under independent normal scores of deviation σ (claim T10)."""

from __future__ import annotations

from itertools import product

from sympy import (
    Expr,
    Integer,
    Poly,
    Rational,
    Sum,
    Symbol,
    cosh,
    diff,
    exp,
    expand,
    expand_func,
    gamma,
    integrate,
    limit,
    log,
    oo,
    pi,
    simplify,
    sqrt,
    symbols,
    tanh,
)

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.notation import N_K, D, I, J, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.proof.reasoning import nonnegative, nonnegative_from_zero, same, tends_to, vanishes

SIGMA, S, T, GAP, SLACK, RHO = symbols("sigma S t gamma s r", positive=True)
X, Y = symbols("x y", positive=True)
Z = Symbol("z", real=True)
N = Symbol("n", integer=True, positive=True)
MORE = Symbol("m", integer=True, nonnegative=True)
WIDTH = Symbol("d", integer=True, positive=True)
MASS = Symbol("p", positive=True)
DENSITY = exp(-(Z**2) / 2) / sqrt(2 * pi)
PHI = Symbol("phi", positive=True)

QUERY = Tensor("query", "q", (D,))
COEFFICIENT = Tensor("coefficient", "s", (N_K,))
ALPHA, SCORE = Tensor("weights", "alpha", (N_K,)), Tensor("standard", "z", (N_K,))
SCALE = Tensor("sigma", "sigma", ())[()]


def integral(integrand: Expr, variable: Symbol, low: Expr) -> Expr:
    """``∫_low^∞`` in closed form."""
    return simplify(expand_func(integrate(integrand, (variable, low, oo), conds="none")))


def inverse_square(expected: Expr) -> bool:
    """``∫_0^∞ t exp(-tS) dt``, S > 0, is ``expected``."""
    return same(integral(T * exp(-T * S), T, Integer(0)), expected)


def independent(power: Expr) -> bool:
    """``E exp(-t Σ_(j <= m) X_j)`` is ``power`` in φ = E exp(-tX): 1 for no key, and φ times it for one more."""
    return bool(power.subs(MORE, 0) == 1) and same(power * PHI, power.subs(MORE, MORE + 1))


def enumerated(factor: Expr, others: Expr, most: int) -> bool:
    """The integral is ``E[Σα²]`` for a law on the points x, y of masses p, 1 - p, at n = 1 … ``most``, by all 2^n
    outcomes.

    ``factor`` and ``others`` are, in n, what stands before the integral and the power of φ. The integrand is a sum of
    ``t exp(-t (ax + by))``, whose integrals are ``1/(ax + by)²`` by the step before.
    """
    u, v = symbols("u v")  # exp(-tx), exp(-ty)
    for keys in range(1, most + 1):
        direct = Integer(0)
        for outcome in product((X, Y), repeat=keys):
            chance = MASS ** outcome.count(X) * (1 - MASS) ** outcome.count(Y)
            direct += chance * sum((x**2 for x in outcome), Integer(0)) / sum(outcome, Integer(0)) ** 2
        one = MASS * X**2 * u + (1 - MASS) * Y**2 * v
        integrand = factor.subs(N, keys) * one * (MASS * u + (1 - MASS) * v) ** others.subs(N, keys)
        terms = Poly(expand(integrand), u, v).terms()
        integral = sum((c / (a * X + b * Y) ** 2 for (a, b), c in terms), Integer(0))
        if not same(direct, integral):
            return False
    return True


def moment_generating(expected: Expr) -> bool:
    """``E exp(sZ)`` for standard normal Z is ``expected``."""
    return same(integral(exp(SLACK * Z) * DENSITY, Z, -oo), expected)


def chi(exponent: Expr) -> bool:
    """``E exp(-s Z²)`` is ``(1 + 2s)^(-1/2)``, for d squares its d-th power; chi_d's density gives ``exponent`` too."""
    one = integral(exp(-SLACK * Z**2) * DENSITY, Z, -oo)
    density = RHO**exponent * exp(-(RHO**2) / 2) / (2 ** (WIDTH / 2 - 1) * gamma(WIDTH / 2))
    whole = integral(density * exp(-SLACK * RHO**2), RHO, Integer(0))
    return same(one, 1 / sqrt(1 + 2 * SLACK)) and bool(simplify(whole * (1 + 2 * SLACK) ** (WIDTH / 2)) == 1)


def softmax(index: Expr) -> Expr:
    """``exp(σ z_i)/Σ_j exp(σ z_j)``."""
    return exp(SCALE * SCORE[index]) / total(exp(SCALE * SCORE[J]), (J, N_K))


def slope(expected: Expr) -> bool:
    """The derivative of the softmax by σ."""
    return equal(diff(softmax(I), SCALE), expected)


def associated(pair: Expr) -> bool:
    """``(α_i - α_j)(z_i - z_j)`` with ``z_i = z_j + s``, s >= 0, is α_j times ``pair`` in s and σ, not negative."""
    return same((exp(SIGMA * SLACK) - 1) * SLACK, pair) and nonnegative_from_zero(pair / SLACK, SLACK)


def uniform(value: Expr) -> bool:
    """At σ = 0 every weight is 1/n, and the sum of the n squares is ``value``."""
    return same(Sum(1 / N**2, (J, 1, N)).doit(), value)


def one_hot(lower: Expr) -> bool:
    """With a lead of γ > 0 the largest weight is at least ``lower``, which tends to 1 with σ at every n, γ."""
    others = Sum(exp(-SIGMA * GAP), (J, 1, N - 1)).doit()  # each of the other keys has at most this, relatively
    each = nonnegative_from_zero(exp(-SIGMA * GAP) - exp(-SIGMA * (GAP + SLACK)), SLACK)
    return each and same(1 / (1 + others), lower) and tends_to(lower**2, SIGMA, Integer(1))


def pair_share(bound: Expr) -> bool:
    """``α_i α_j <= xy/(x + y)²``, which with ``x = y exp(g)`` is ``bound`` in g (here z)."""
    rest = Symbol("T", positive=True)
    dropped = nonnegative(X * Y / (X + Y) ** 2 - X * Y / (X + Y + rest) ** 2)
    return dropped and vanishes((X * Y / (X + Y) ** 2).subs(X, Y * exp(Z)) - bound)


def pair_mean(bound: Expr) -> bool:
    """The mean of ``sech²(g/2)/4``, whose integral is 1, under g ~ N(0, 2σ²), whose density is at most ``bound``."""
    primitive = tanh(Z / 2) / 2
    area = limit(primitive, Z, oo) - limit(primitive, Z, -oo)
    density = exp(-(Z**2) / (4 * SIGMA**2)) / sqrt(4 * pi * SIGMA**2)
    variance = integral(Z**2 * density, Z, -oo)
    peak = bool((-(Z**2) / (4 * SIGMA**2)).is_nonpositive)  # so that the exponential is at most 1
    is_primitive = vanishes(diff(primitive, Z) - 1 / (4 * cosh(Z / 2) ** 2))
    return is_primitive and area == 1 and same(variance, 2 * SIGMA**2) and peak and same(density.subs(Z, 0), bound)


def lost(bound: Expr) -> bool:
    """``1 - Σα² = Σ_(i≠j) α_i α_j``: n(n - 1) pairs, each at most ``1/(2 √π σ)`` in the mean."""
    pairs = Sum(1, (I, 1, N), (J, 1, N)).doit() - Sum(1, (I, 1, N)).doit()
    return same(pairs / (2 * sqrt(pi) * SIGMA), bound)


def radius(bound: Expr) -> bool:
    """``E[1/|q|] <= bound`` under chi_d, d = m + 3: ``1/r <= (c + 1/(c r²))/2``, ``E[1/r²] = 1/(d - 2)``; c is it."""
    width = MORE + 3
    density = RHO ** (width - 1) * exp(-(RHO**2) / 2) / (2 ** (Rational(1, 2) * width - 1) * gamma(width / 2))
    second = integral(density / RHO**2, RHO, Integer(0))
    c = bound.subs(WIDTH, width)
    tangent = nonnegative((S + 1 / (S * RHO**2)) / 2 - 1 / RHO)
    return same(second, 1 / (width - 2)) and tangent and same((c + second / c) / 2, c)


def log_normal(mean: Expr, second: Expr) -> bool:
    """``E X`` and ``E X²`` of X = exp(σZ): ``E exp(sZ) = exp(s²/2)`` at s = σ and 2σ."""
    found = [exp(SLACK**2 / 2).subs(SLACK, power * SIGMA) for power in (1, 2)]
    return same(found[0], mean) and same(found[1], second)


def spread_out(bound: Expr) -> bool:
    """Chebyshev: ``S < nE[X]/2`` is rarer than ``4 Var X/(n (E X)²)``, there Σα² <= 1; else ``<= 4 Σ X²/(n E X)²``."""
    mean, second = exp(SIGMA**2 / 2), exp(2 * SIGMA**2)
    found = 4 * (second - mean**2) / (N * mean**2) + 4 * N * second / (N * mean) ** 2
    return same(found, bound) and tends_to(bound, N, Integer(0))


def many_keys(bound: Expr, few: Expr) -> bool:
    """Mean of ``few`` (growing in σ) over |q|: ``P(|q|² > r²) <= d/r²`` plus its value at r; ``bound`` at log(n)/2."""
    second = integral(Z**2 * DENSITY, Z, -oo)  # of one component: E|q|² is d times it
    radius_squared = log(N) / 2
    grows = nonnegative(simplify(diff(few, SIGMA) * N))
    found = WIDTH * second / radius_squared + few.subs(SIGMA, sqrt(radius_squared))
    return grows and same(found, bound)
