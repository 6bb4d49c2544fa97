"""Moments of the additive score ``e = Σ_{a=1}^{d_a} v_a tanh(z_a)`` with independent ``z_a ~ N(0, σ²)``.

When the z_a are exactly that:
- q and k fixed, the rows of W_s and W_h independent normal with entries of variance σ_s² and σ_h²:
  ``σ² = σ_s²|q|² + σ_h²|k|²``;
- W_s = σ_s × orthonormal rows and W_h = σ_h × orthonormal rows fixed (d_a <= d_q, d_k), q and k standard normal:
  ``σ² = σ_s² + σ_h²``, and the part of z_a that comes from the query is shared by all keys.

Everything reduces to integrals of one variable, ``T_m = E[tanh^m(σZ)]``: symbols here, certified digits in ``verify``.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Expr, Integer, Integral, Symbol, exp, hermite_prob, oo, pi, sqrt, sympify, tanh

from attnproof.derivations.moments import calculus
from attnproof.derivations.moments.calculus import Value
from attnproof.derivations.moments.distributions import Distribution

SIGMA = Symbol("sigma", positive=True)
_X = Symbol("x", real=True)


def tanh_symbol(order: int) -> Expr:
    """``T_order = E[tanh^order(σZ)]`` as a symbol; 0 for odd orders (tanh is odd, Z symmetric), 1 for order 0."""
    if order == 0:
        return Integer(1)
    return Integer(0) if order % 2 else Symbol(f"T_{order}", positive=True)


def tanh_integral(order: int, sigma: Expr = SIGMA) -> Integral:
    """``E[tanh^order(σZ)] = ∫ tanh^order(σx) φ(x) dx``, unevaluated (no elementary closed form is known)."""
    return Integral(tanh(sigma * _X) ** order * exp(-(_X**2) / 2) / sqrt(2 * pi), (_X, -oo, oo))


def hermite_integral(order: int, sigma: Expr = SIGMA) -> Integral:
    """``E[tanh(σZ) He_order(Z)]``, unevaluated: what the shared part is made of."""
    weight = exp(-(_X**2) / 2) / sqrt(2 * pi)
    return Integral(tanh(sigma * _X) * hermite_prob(order, _X) * weight, (_X, -oo, oo))


def tanh_moments(order: int) -> tuple[Expr, ...]:
    """``(1, 0, T_2, 0, T_4, ...)``."""
    return tuple(tanh_symbol(m) for m in range(order + 1))


def fixed_v(v: Sequence[Expr], order: int) -> tuple[Value, ...]:
    """Cumulants for a fixed v (d_a numbers or symbols): ``κ_m(e) = κ_m(tanh(σZ)) Σ_a v_a^m``."""
    one = calculus.cumulants(tanh_moments(order))
    return tuple(
        calculus.combine(lambda k, m=m: (k * sum((sympify(x) ** m for x in v), Integer(0))).expand(), value)
        for m, value in enumerate(one)
    )


def equal_v(value: Expr, units: Expr, order: int) -> tuple[Value, ...]:
    """Cumulants for ``v_a = value`` at every one of ``units`` hidden units (a symbol or a number)."""
    one = calculus.scaled(calculus.cumulants(tanh_moments(order)), value)
    return calculus.iid_sum(one, units)


def random_v(v: Distribution, units: Expr, order: int) -> tuple[Value, ...]:
    """Cumulants for independent v_a of the law ``v``, independent of z: d_a times those of ``v tanh(σZ)``."""
    one = calculus.cumulants(calculus.product(v.moments(order), tanh_moments(order)))
    return calculus.iid_sum(one, units)


def shared_series(correlation: Expr, coefficients: Sequence[Expr], second: Expr) -> tuple[Expr, Expr]:
    """(partial sum, bound of the rest) of ``E[tanh(X) tanh(X')]``, X and X' ~ N(0, σ²) with the given correlation ρ >=
    0.

    Mehler's formula: with ``a_n = E[tanh(σZ) He_n(Z)] / √(n!)`` the expectation is ``Σ_n a_n² ρ^n``, and
    ``Σ_n a_n² = T_2`` (Parseval), so what is left after N terms lies between 0 and ``ρ^N (T_2 − Σ_{n<N} a_n²)``.
    ``coefficients`` are ``a_0², a_1², ...``; ``second`` is T_2.
    """
    partial = sum((a * correlation**n for n, a in enumerate(coefficients)), Integer(0))
    return partial, correlation ** len(coefficients) * (second - sum(coefficients, Integer(0)))
