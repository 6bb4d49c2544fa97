"""The law of the dot score of isotropic normal vectors: ``q·k =ᵈ √(2G) Z``, G ~ Gamma(d/2, 1) and Z normal,
independent.

Directly: given q, ``q·k ~ N(0, |q|²)`` for standard normal k, and ``|q|² = 2G`` because the square of a standard
normal is twice a Gamma(½, 1) variable and shapes add. By generating functions, for |t| < 1 (where both are finite, and
a law is determined by its moment generating function near 0):

    E[e^{t q·k}]      = (E[e^{t q_1 k_1}])^d = (1 − t²)^{−d/2}
    E[e^{t √(2G) Z}]  = E[e^{t² G}]          = (1 − t²)^{−d/2}

A *marginal* law: the keys of one query share G. Given G their scores are independent N(0, 2G).
"""

from __future__ import annotations

from sympy import Expr, Integer, Symbol, exp, gamma, integrate, oo, pi, series, sqrt

T = Symbol("t", real=True)
_GAP = Symbol("omega", positive=True)  # 1 − t², positive exactly for |t| < 1


def closed_form(width: Expr) -> Expr:
    """``(1 − t²)^{−d/2}``, the moment generating function of the dot score for |t| < 1."""
    return (1 - T**2) ** (-width / 2)


def by_components(width: Expr) -> Expr:
    """``(∬ e^{t x y} φ(x) φ(y) dy dx)^d``, integrated by SymPy."""
    x, y = Symbol("x", real=True), Symbol("y", real=True)
    inner = integrate(exp(T * x * y - y**2 / 2) / sqrt(2 * pi), (y, -oo, oo))
    # inner = exp(t² x² / 2); written with ω = 1 − t² > 0 the outer integral converges and SymPy knows it
    outer = (inner * exp(-(x**2) / 2) / sqrt(2 * pi)).subs(T**2, 1 - _GAP)
    one = integrate(outer.simplify(), (x, -oo, oo))
    return (one.subs(_GAP, 1 - T**2)) ** width


def by_gamma(width: Expr) -> Expr:
    """``∫ g^{d/2−1} e^{−g} / Γ(d/2) · E[e^{t √(2g) Z}] dg``, both integrals by SymPy."""
    g, z = Symbol("g", positive=True), Symbol("z", real=True)
    inner = integrate(exp(T * sqrt(2 * g) * z - z**2 / 2) / sqrt(2 * pi), (z, -oo, oo))
    outer = g ** (width / 2 - 1) * (inner * exp(-g)).subs(T**2, 1 - _GAP).simplify() / gamma(width / 2)
    return integrate(outer, (g, 0, oo)).subs(_GAP, 1 - T**2)


def moments(width: Expr, order: int) -> tuple[Expr, ...]:
    """Raw moments of the law up to ``order`` from the power series of the closed form."""
    expansion = series(closed_form(width), T, 0, order + 1).removeO()
    factorial = Integer(1)
    found = []
    for m in range(order + 1):
        factorial *= m or 1
        found.append((expansion.coeff(T, m) * factorial).expand())
    return tuple(found)
