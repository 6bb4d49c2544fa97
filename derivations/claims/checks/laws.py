"""What the calculus of moments gives for laws by name, and enumeration beside it: behind claims T3 to T5."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Final

from sympy import Expr, ImmutableMatrix, Integer, Rational, Symbol, eye

from attnproof.derivations.moments import additive, calculus, law
from attnproof.derivations.moments.calculus import Value
from attnproof.derivations.moments.distributions import Distribution, laplace, normal, rademacher, student_t, uniform
from attnproof.derivations.moments.exact import pair_law, summary
from attnproof.derivations.moments.quadratic import second_moments
from attnproof.derivations.moments.scores import DotScore, correlated_dot, dot

LAWS: Final[Mapping[str, Callable[..., Distribution]]] = MappingProxyType(
    {"normal": normal, "uniform": uniform, "rademacher": rademacher, "laplace": laplace, "student_t": student_t}
)
PARTS: Final = ("mean", "variance", "excess kurtosis", "shared", "half difference")


def integrated_moments(name: str, order: int, *parameters: Expr) -> tuple[Value, ...]:
    """The moments up to ``order`` of a law by integration of its density, or as sums over its atoms."""
    component = LAWS[name](*parameters)
    return tuple(component.moment_by_integration(m) for m in range(order + 1))


def normal_dot_cumulants(width: Expr, order: int) -> tuple[Value, ...]:
    """κ_0 to κ_order of the dot score of standard normal vectors, from the components' moments."""
    return dot(normal(), normal(), width).cumulants(order)


def normal_law_cumulants(width: Expr, order: int) -> tuple[Value, ...]:
    """The same from the power series of the score's generating function."""
    return calculus.cumulants(law.moments(width, order))


def _parts(score: DotScore) -> tuple[Value, ...]:
    return score.mean, score.variance, score.shared, score.half_difference


def normal_parts(mu_q: Expr, sigma_q: Expr, mu_k: Expr, sigma_k: Expr, width: Expr) -> tuple[Value, ...]:
    """Mean, variance, shared part and half difference of the dot score of normal vectors."""
    return _parts(dot(normal(mu_q, sigma_q), normal(mu_k, sigma_k), width))


def correlated_parts(rho: Expr, width: Expr) -> tuple[Value, ...]:
    """The same of normal pairs with correlation ρ."""
    return _parts(correlated_dot(rho, width))


def _signs(plus: Fraction) -> tuple[tuple[Fraction, Fraction], ...]:
    return (Fraction(-1), 1 - plus), (Fraction(1), plus)


def enumerated_signs(width: int) -> tuple[Expr, ...]:
    """Mean, variance, excess kurtosis and the two parts of the dot score of fair ±1 queries and ±1 keys that are 1 in
    three cases of four: all outcomes counted.
    """
    found = summary(pair_law(_signs(Fraction(1, 2)), _signs(Fraction(3, 4)), width))
    return tuple(Rational(found[name].numerator, found[name].denominator) for name in PARTS)


def calculated_signs(width: int) -> tuple[Value, ...]:
    """The same from the calculus."""

    def component(plus: Fraction) -> Distribution:
        atoms = tuple((Rational(x), Rational(p.numerator, p.denominator)) for x, p in _signs(plus))
        return Distribution("atoms", lambda m: sum((p * x**m for x, p in atoms), Integer(0)), atoms=atoms)

    score = dot(component(Fraction(1, 2)), component(Fraction(3, 4)), width)
    return score.mean, score.variance, score.excess_kurtosis, score.shared, score.half_difference


def variance_beside_identity(size: int) -> Expr:
    """``Var(qᵀk)`` from the moments of quadratic forms, mean 0, ``Σ_q = I`` and any ``Σ_k``, with entries c00, c01."""
    any_covariance = ImmutableMatrix(size, size, lambda r, c: Symbol(f"c{min(r, c)}{max(r, c)}", real=True))
    centre = ImmutableMatrix([0] * size)
    return second_moments(centre, ImmutableMatrix(eye(size)), centre, any_covariance)[1]


def uniform_additive_variance(half_width: Expr, units: Expr) -> Value:
    """Variance of the additive score, v uniform on (−a, a), from the calculus at a symbolic number of units."""
    return calculus.variance(additive.random_v(uniform(half_width), units, 4))
