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

from sympy import Expr, Integer, Symbol, sympify

from attnproof.derivations.moments import calculus
from attnproof.derivations.moments.calculus import Value
from attnproof.derivations.moments.distributions import Distribution

SIGMA = Symbol("sigma", positive=True)


def tanh_symbol(order: int) -> Expr:
    """``T_order = E[tanh^order(σZ)]`` as a symbol; 0 for odd orders (tanh is odd, Z symmetric), 1 for order 0."""
    if order == 0:
        return Integer(1)
    return Integer(0) if order % 2 else Symbol(f"T_{order}", positive=True)


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
