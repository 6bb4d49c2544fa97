"""Moments and cumulants, one and two variables, with symbolic entries.

A *sequence* is a tuple indexed by order: ``moments[m] = E[X^m]`` with ``moments[0] = 1``, ``cumulants[m] = κ_m`` with
``cumulants[0] = 0``. With ``M(t) = E[e^{tX}] = exp K(t)``, ``M' = K' M`` gives for r >= 1

    m_r = Σ_{i=0}^{r-1} C(r-1, i) κ_{r-i} m_i

read from left to right (moments) or solved for κ_r (cumulants); with a second variable the same holds for ``∂M/∂t``.
Only orders up to r enter, so the identity needs r moments to exist and no moment generating function.
A moment that does not exist is ``Undefined`` and stays so through every operation; it is never a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import comb
from typing import TypeAlias

from sympy import Expr, Integer, expand, sqrt, sympify


@dataclass(frozen=True)
class Undefined:
    """A quantity that does not exist, and why."""

    reason: str

    def __str__(self) -> str:
        return f"undefined ({self.reason})"


Value: TypeAlias = Expr | Undefined
Joint: TypeAlias = Mapping[tuple[int, int], Value]


def first_undefined(*values: Value) -> Undefined | None:
    """The first of ``values`` that does not exist, or None."""
    return next((value for value in values if isinstance(value, Undefined)), None)


def combine(function: Callable[..., Expr], *values: Value) -> Value:
    """``function(*values)``, or the first ``Undefined`` among them."""
    return first_undefined(*values) or function(*values)


def joint_cumulants(moments: Joint) -> dict[tuple[int, int], Value]:
    """κ_{r,s} from raw joint moments ``m_{r,s} = E[X^r Y^s]``.

    ``moments`` must hold every order below each order it holds. Raises ValueError when one is missing.
    """
    found: dict[tuple[int, int], Value] = {}
    for order in sorted(moments, key=sum):
        if order == (0, 0):
            continue
        found[order] = _minus(moments[order], _lower_terms(order, found, moments))
    return found


def joint_moments(cumulants: Joint) -> dict[tuple[int, int], Value]:
    """Raw joint moments from κ_{r,s}; the inverse of ``joint_cumulants``."""
    found: dict[tuple[int, int], Value] = {(0, 0): Integer(1)}
    for order in sorted(cumulants, key=sum):
        if order != (0, 0):
            found[order] = combine(lambda a, b: expand(a + b), cumulants[order], _lower_terms(order, cumulants, found))
    return found


def _lower_terms(order: tuple[int, int], cumulants: Joint, moments: Joint) -> Value:
    """``m_{r,s} − κ_{r,s}``: differentiate by the first variable that occurs."""
    r, s = order
    ranges = (r - 1, s) if r else (0, s - 1)
    terms: list[Expr] = []
    for i in range(ranges[0] + 1):
        for j in range(ranges[1] + 1):
            if (i, j) == (0, 0):
                continue
            try:
                kappa, moment = cumulants[r - i, s - j], moments[i, j]
            except KeyError as missing:
                raise ValueError(f"order {missing.args[0]} is needed for order {order} and is not given") from None
            if isinstance(kappa, Undefined):
                return kappa
            if isinstance(moment, Undefined):
                return moment
            terms.append(comb(ranges[0], i) * comb(ranges[1], j) * kappa * moment)
    return expand(sum(terms, Integer(0)))


def _minus(left: Value, right: Value) -> Value:
    return combine(lambda a, b: expand(a - b), left, right)


def cumulants(moments: Sequence[Value]) -> tuple[Value, ...]:
    """Cumulants ``(0, κ_1, κ_2, ...)`` from raw moments ``(1, m_1, m_2, ...)``."""
    found = joint_cumulants({(m, 0): value for m, value in enumerate(moments)})
    return (Integer(0), *(found[m, 0] for m in range(1, len(moments))))


def raw_moments(cumulants: Sequence[Value]) -> tuple[Value, ...]:
    """Raw moments ``(1, m_1, m_2, ...)`` from cumulants ``(0, κ_1, κ_2, ...)``."""
    found = joint_moments({(m, 0): value for m, value in enumerate(cumulants) if m})
    return tuple(found[m, 0] for m in range(len(cumulants)))


def central_moments(cumulants: Sequence[Value]) -> tuple[Value, ...]:
    """Central moments ``(1, 0, μ_2, ...)``: the raw moments once κ_1 is set to 0 (a shift changes κ_1 alone)."""
    return raw_moments((Integer(0), Integer(0), *cumulants[2:]))


def product(left: Sequence[Value], right: Sequence[Value]) -> tuple[Value, ...]:
    """Raw moments of XY for independent X and Y: ``E[(XY)^m] = E[X^m] E[Y^m]``."""
    return tuple(combine(lambda a, b: expand(a * b), a, b) for a, b in zip(left, right, strict=True))


def iid_sum(cumulants: Sequence[Value], count: Expr) -> tuple[Value, ...]:
    """Cumulants of a sum of ``count`` independent copies: ``count · κ_m``."""
    return tuple(combine(lambda a: expand(count * a), value) for value in cumulants)


def independent_sum(left: Sequence[Value], right: Sequence[Value]) -> tuple[Value, ...]:
    """Cumulants of X + Y for independent X and Y: they add."""
    return tuple(combine(lambda a, b: expand(a + b), a, b) for a, b in zip(left, right, strict=True))


def scaled(sequence: Sequence[Value], factor: Expr) -> tuple[Value, ...]:
    """Moments (or cumulants) of ``factor · X``: order m is multiplied by ``factor^m``."""
    return tuple(combine(lambda a, m=m: expand(sympify(factor) ** m * a), value) for m, value in enumerate(sequence))


def mean(cumulants: Sequence[Value]) -> Value:
    """κ_1."""
    return cumulants[1]


def variance(cumulants: Sequence[Value]) -> Value:
    """κ_2."""
    return cumulants[2]


def skewness(cumulants: Sequence[Value]) -> Value:
    """``κ_3 / κ_2^{3/2}``."""
    return combine(lambda a, b: a / (b * sqrt(b)), cumulants[3], cumulants[2])


def excess_kurtosis(cumulants: Sequence[Value]) -> Value:
    """``κ_4 / κ_2²``."""
    return combine(lambda a, b: (a / b**2).cancel(), cumulants[4], cumulants[2])


def difference(joint: Joint, order: int) -> tuple[Value, ...]:
    """Cumulants of X − Y up to ``order`` from joint cumulants: ``Σ_j C(m, j) (−1)^j κ_{m−j, j}``."""
    found: list[Value] = [Integer(0)]
    for m in range(1, order + 1):
        terms = [joint[m - j, j] for j in range(m + 1)]
        found.append(combine(lambda *k, m=m: expand(sum(comb(m, j) * (-1) ** j * k[j] for j in range(m + 1))), *terms))
    return tuple(found)
