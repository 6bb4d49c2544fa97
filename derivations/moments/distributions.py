"""Distributions of one component of a query or key: raw moments in closed form, and the density to check them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sympy import (
    Expr,
    Integer,
    Rational,
    S,
    Symbol,
    binomial,
    exp,
    factorial,
    factorial2,
    gamma,
    integrate,
    oo,
    pi,
    simplify,
    sqrt,
    sympify,
)

from attnproof.derivations.moments.calculus import Undefined, Value

_X = Symbol("x", real=True)
_POSITIVE = Symbol("x", positive=True)


@dataclass(frozen=True)
class Distribution:
    """The law of one component.

    name     for the reader, parameters included
    raw      ``raw(m)``: E[X^m] in closed form, or ``Undefined``
    density  density in ``x`` on ``support``, or None for a discrete law
    atoms    ``((value, probability), ...)`` of a discrete law
    symmetric whether ``density`` is meant as f(|x|): odd moments vanish where they exist
    needs    ``needs(m)``: the condition under which E[|X|^m] exists, a SymPy Boolean
    """

    name: str
    raw: Callable[[int], Value]
    density: Expr | None = None
    support: tuple[Expr, Expr] = (-oo, oo)
    atoms: tuple[tuple[Expr, Expr], ...] = ()
    symmetric: bool = False
    needs: Callable[[int], Expr] = lambda _: S.true

    def moment(self, order: int) -> Value:
        """E[X^order]; ``Undefined`` when it does not exist. Raises ValueError for a negative order."""
        if order < 0:
            raise ValueError(f"a moment has a non-negative order, got {order}")
        condition = self.needs(order)
        if condition == S.false:
            return Undefined(f"E[|X|^{order}] is infinite for {self.name}")
        return self.raw(order)

    def moments(self, order: int) -> tuple[Value, ...]:
        """``(1, m_1, ..., m_order)``."""
        return tuple(self.moment(m) for m in range(order + 1))

    def moment_by_integration(self, order: int) -> Value:
        """The same from the density (or the atoms): the second road. No closed form of ``raw`` is used."""
        if self.atoms:
            return sum((p * value**order for value, p in self.atoms), Integer(0))
        if self.needs(order) == S.false:
            return Undefined(f"E[|X|^{order}] is infinite for {self.name}")
        if self.density is None:
            raise ValueError(f"{self.name} has neither atoms nor a density")
        if self.symmetric and order % 2:
            return Integer(0)  # E[|X|^m] is finite, and x and −x cancel
        if self.symmetric:
            half = integrate(_POSITIVE**order * self.density.subs(_X, _POSITIVE), (_POSITIVE, 0, oo), conds="none")
            return simplify(2 * half)
        low, high = self.support
        return simplify(integrate(_X**order * self.density, (_X, low, high)))

    @property
    def mean(self) -> Value:
        """E[X]."""
        return self.moment(1)

    @property
    def variance(self) -> Value:
        """E[X²] − E[X]²."""
        first, second = self.moment(1), self.moment(2)
        if isinstance(first, Undefined):
            return first
        return second if isinstance(second, Undefined) else (second - first**2).expand()


def normal(mu: Expr | int = 0, sigma: Expr | int = 1) -> Distribution:
    """Normal with mean μ and deviation σ > 0: ``E[X^m] = Σ_j C(m, 2j) (2j−1)!! μ^{m−2j} σ^{2j}``."""
    mu, sigma = sympify(mu), sympify(sigma)

    def raw(m: int) -> Expr:
        # 0**0 is 1 in SymPy, as the formula means it
        return sum(
            (binomial(m, 2 * j) * factorial2(2 * j - 1) * mu ** (m - 2 * j) * sigma ** (2 * j))
            for j in range(m // 2 + 1)
        )

    density = exp(-((_X - mu) ** 2) / (2 * sigma**2)) / (sigma * sqrt(2 * pi))
    return Distribution(f"normal({mu}, {sigma})", raw, density)


def uniform(half_width: Expr | int = 1) -> Distribution:
    """Uniform on (−a, a): ``E[X^{2j}] = a^{2j} / (2j+1)``, odd moments 0."""
    a = sympify(half_width)
    return Distribution(
        f"uniform(-{a}, {a})", lambda m: Integer(0) if m % 2 else a**m / Integer(m + 1), 1 / (2 * a), (-a, a)
    )


def rademacher() -> Distribution:
    """±1 with probability ½ each: even moments 1, odd moments 0."""
    half = Rational(1, 2)
    return Distribution("Rademacher", lambda m: Integer(1 - m % 2), atoms=((Integer(-1), half), (Integer(1), half)))


def laplace(scale: Expr | int = 1) -> Distribution:
    """Laplace with mean 0 and scale b > 0: ``E[X^{2j}] = (2j)! b^{2j}``, odd moments 0. Variance 2b²."""
    b = sympify(scale)
    density = exp(-_X / b) / (2 * b)  # on x > 0
    return Distribution(
        f"Laplace({b})", lambda m: Integer(0) if m % 2 else factorial(m) * b**m, density, symmetric=True
    )


def student_t(nu: Expr | int) -> Distribution:
    """Student's t with ν > 0 degrees of freedom.

    ``E[X^{2j}] = ν^j Π_{i=1}^{j} (2i−1)/(ν−2i)`` and ``E[X^{2j+1}] = 0``, each only where order < ν. For a symbolic ν
    the closed form is returned and ``needs`` holds its condition.
    """
    nu = sympify(nu)

    def even(m: int) -> Expr:
        result = Integer(1)
        for i in range(1, m // 2 + 1):
            result *= nu * (2 * i - 1) / (nu - 2 * i)
        return result

    density = gamma((nu + 1) / 2) / (sqrt(pi * nu) * gamma(nu / 2)) * (1 + _X**2 / nu) ** (-(nu + 1) / 2)
    return Distribution(
        f"Student-t({nu})", lambda m: Integer(0) if m % 2 else even(m), density, symmetric=True, needs=lambda m: nu > m
    )
