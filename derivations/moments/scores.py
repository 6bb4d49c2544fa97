"""Moments of dot scores ``e_j = Σ_{r=1}^{d} q_r k_{j,r}`` at symbolic d, for two keys that share the query.

The d components are independent and identically distributed, so joint cumulants of ``(e_1, e_2)`` are d times those of
one component's pair ``(q k_1, q k_2)``. Everything that is said about a dot score follows from that pair:

    E e, Var e, κ_m(e)     κ_{m,0}
    shared part            Cov(e_1, e_2) = κ_{1,1} = Var(E[e | q])      (keys independent given q, with one law)
    half difference        ½ Var(e_1 − e_2 | q), averaged over q = E[Var(e | q)] = κ_{2,0} − κ_{1,1}

The first equality of the shared part is the law of total covariance: ``Cov(e_1, e_2) = E[Cov(e_1, e_2 | q)] +
Cov(E[e_1 | q], E[e_2 | q])``, whose first term is 0 and whose second is ``Var(E[e | q])``. Softmax drops whatever all
keys share, so the half difference alone moves the weights; the two parts add up to ``Var e``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import comb

from sympy import Expr, Integer, S, expand, sqrt, sympify

from attnproof.derivations.moments import calculus
from attnproof.derivations.moments.calculus import Value, combine
from attnproof.derivations.moments.distributions import Distribution, normal


@dataclass(frozen=True)
class DotScore:
    """The dot score of d independent components, for two keys that share the query.

    name   for the reader
    pair   ``pair(a, b) = E[(q k_1)^a (q k_2)^b]`` of one component
    width  d: a symbol or a number
    factor the score is multiplied by it (``1/√d`` for the scaled score)
    """

    name: str
    pair: Callable[[int, int], Value]
    width: Expr
    factor: Expr = S.One

    def joint(self, order: int) -> dict[tuple[int, int], Value]:
        """κ_{a,b}(e_1, e_2) for all ``a + b <= order``."""
        one = calculus.joint_cumulants(
            {(a, n - a): self.pair(a, n - a) for n in range(order + 1) for a in range(n + 1)}
        )
        return {
            (a, b): combine(lambda k, a=a, b=b: expand(self.width * self.factor ** (a + b) * k), value)
            for (a, b), value in one.items()
        }

    def cumulants(self, order: int) -> tuple[Value, ...]:
        """``(0, κ_1, ..., κ_order)`` of one score."""
        one = calculus.cumulants(tuple(self.pair(a, 0) for a in range(order + 1)))
        return calculus.scaled(calculus.iid_sum(one, self.width), self.factor)

    def scaled(self, factor: Expr | None = None) -> DotScore:
        """The score times ``factor``, by default ``1/√d``."""
        return DotScore(
            self.name, self.pair, self.width, self.factor * (1 / sqrt(self.width) if factor is None else factor)
        )

    @property
    def mean(self) -> Value:
        """E e."""
        return self.cumulants(1)[1]

    @cached_property
    def variance(self) -> Value:
        """Var e."""
        return self.cumulants(2)[2]

    @property
    def skewness(self) -> Value:
        """κ_3 / κ_2^{3/2}."""
        return calculus.skewness(self.cumulants(3))

    @property
    def excess_kurtosis(self) -> Value:
        """κ_4 / κ_2²."""
        return calculus.excess_kurtosis(self.cumulants(4))

    @property
    def shared(self) -> Value:
        """Var(E[e | q]) = Cov(e_1, e_2): the part of Var e that softmax drops."""
        return self.joint(2)[1, 1]

    @property
    def half_difference(self) -> Value:
        """E_q ½ Var(e_1 − e_2 | q): the part of Var e that moves the weights.

        Computed as ``½ κ_2(e_1 − e_2)``, which is the same because ``E[e_1 − e_2 | q] = 0`` for keys of one law.
        """
        second = calculus.difference(self.joint(2), 2)[2]
        return combine(lambda a: expand(a / 2), second)


def dot(query: Distribution, key: Distribution, width: Expr | int) -> DotScore:
    """Independent components: ``E[(q k_1)^a (q k_2)^b] = E[q^{a+b}] E[k^a] E[k^b]``."""

    def pair(a: int, b: int) -> Value:
        return combine(lambda x, y, z: expand(x * y * z), query.moment(a + b), key.moment(a), key.moment(b))

    return DotScore(f"{query.name} · {key.name}", pair, sympify(width))


def correlated_dot(rho: Expr, width: Expr | int) -> DotScore:
    """Normal pairs: ``k_j = ρ q + √(1−ρ²) g_j``, q, g_1, g_2 independent standard normal; every key leans on q."""
    rho, z = sympify(rho), normal()

    def power(a: int, i: int) -> Expr:
        # coefficient of q^i g^{a-i} in k^a; E[g^{a-i}] vanishes for odd a-i, so that no square root is left
        if (a - i) % 2:
            return Integer(0)
        return comb(a, i) * rho**i * (1 - rho**2) ** ((a - i) // 2) * z.moment(a - i)

    def pair(a: int, b: int) -> Value:
        return expand(
            sum(power(a, i) * power(b, j) * z.moment(a + b + i + j) for i in range(a + 1) for j in range(b + 1))
        )

    return DotScore(f"normal pairs with correlation {rho}", pair, sympify(width))


def squared_norm_moments(component: Distribution, width: Expr | int, order: int) -> tuple[Value, ...]:
    """Raw moments of ``|x|² = Σ_r x_r²`` up to ``order`` for independent components."""
    square = tuple(component.moment(2 * m) for m in range(order + 1))
    return calculus.raw_moments(calculus.iid_sum(calculus.cumulants(square), sympify(width)))
