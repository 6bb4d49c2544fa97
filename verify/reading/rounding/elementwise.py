"""What an elementwise operation does to errors: exactly, between two points, and at most, within a distance.

For f and two points x and r there is one number, the *secant slope*, with ``f(x) − f(r) = s · (x − r)``; for a function
of several arguments one for each, here the mean over both orders of telescoping. So an error goes through an operation
linearly, with no term of second order, once both points are known. Written so that nothing cancels:

    exp     e^r φ(d)                φ(d) = (e^d − 1)/d,  d = x − r
    log     ψ(d/r)/r                ψ(t) = ln(1 + t)/t
    tanh    ς(d) sech x sech r      ς(d) = sinh(d)/d     (tanh x − tanh r = sinh d sech x sech r)
    √       1/(√x + √r)

The *reach* is an upper bound of the slope over everything within e of x: ``|f(x) − f(y)| ≤ Σ reach_k e_k``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from attnproof.verify.arithmetic.formats import Array

LN2: Final = math.log(2.0)
Several = Sequence[Array]


@dataclass(frozen=True)
class Elementwise:
    """value(a, …); secants(x, r) and reach(x, e): one array for each argument, given all of them."""

    value: Callable[..., Array]
    secants: Callable[[Several, Several], Several]
    reach: Callable[[Several, Several], Several]


def _where_moved(numerator: Array, d: Array) -> Array:
    """``numerator / d``, 1 where d is 0 (the limit of everything that this is used for)."""
    return np.asarray(np.where(d == 0.0, 1.0, numerator / np.where(d == 0.0, 1.0, d)))


def phi(d: Array) -> Array:
    """``(e^d − 1)/d``."""
    return _where_moved(np.expm1(d), d)


def psi(t: Array) -> Array:
    """``ln(1 + t)/t``."""
    return _where_moved(np.log1p(t), t)


def _sinh_over(d: Array) -> Array:
    return _where_moved(np.sinh(d), d)


def _sech(x: Array) -> Array:
    w = np.exp(-np.abs(x))
    return np.asarray(2.0 * w / (1.0 + w * w))


def _nearest(x: Array, e: Array) -> Array:
    """The least magnitude within e of x."""
    return np.maximum(np.abs(x) - e, 0.0)


def _one(
    value: Callable[[Array], Array],
    secant: Callable[[Array, Array], Array],
    reach: Callable[[Array, Array], Array],
) -> Elementwise:
    """A function of one argument."""
    return Elementwise(value, lambda x, r: (secant(x[0], r[0]),), lambda x, e: (reach(x[0], e[0]),))


def sigmoid(x: Array) -> Array:
    """``1 / (1 + e^−x)``, without overflow."""
    w = np.exp(-np.abs(x))
    return np.asarray(np.where(x >= 0, 1.0, w) / (1.0 + w))


def erf(x: Array) -> Array:
    """The error function of every element."""
    return np.vectorize(math.erf, otypes=[np.float64])(x) if np.size(x) else np.asarray(x, np.float64)


# Gauss's rule of eight points: over an interval of length 1/2 it integrates e^−t² within 2⁻⁵⁰.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(8)


def _erf_secant(x: Array, r: Array) -> Array:
    d, middle = x - r, (x + r) / 2.0
    nodes = middle[..., None] + d[..., None] / 2.0 * _NODES
    near = np.sum(_WEIGHTS * np.exp(-(nodes**2)), axis=-1) / math.sqrt(math.pi)
    return np.asarray(np.where(np.abs(d) <= 0.5, near, (erf(x) - erf(r)) / np.where(d == 0.0, 1.0, d)))


def _below(x: Array, e: Array) -> Array:
    """``x − e`` where that is positive; NaN, hence an infinite bound, elsewhere."""
    return np.asarray(np.where(x - e > 0.0, x - e, np.nan))


def _sqrt_reach(x: Array, e: Array) -> Array:
    return np.asarray(1.0 / (np.sqrt(np.maximum(x, 0.0)) + np.sqrt(np.maximum(x - e, 0.0))))


def _rsqrt_secant(x: Array, r: Array) -> Array:
    a, b = np.sqrt(x), np.sqrt(r)
    return np.asarray(-1.0 / (a * b * (a + b)))


def _mul(x: Several, r: Several) -> Several:
    return (x[1] + r[1]) / 2.0, (x[0] + r[0]) / 2.0


def _div(x: Several, r: Several) -> Several:
    return (1.0 / x[1] + 1.0 / r[1]) / 2.0, -(x[0] + r[0]) / 2.0 / (x[1] * r[1])


def _div_reach(x: Several, e: Several) -> Several:
    least = _below(np.abs(x[1]), e[1])
    return 1.0 / least, np.abs(x[0] / x[1]) / least


_ONES: Final = np.ones(())


def _all_ones(count: int) -> Callable[[Several, Several], Several]:
    return lambda *_: (_ONES,) * count


ELEMENTWISE: Final[Mapping[str, Elementwise]] = MappingProxyType(
    {
        "cast": Elementwise(lambda a: a, _all_ones(1), _all_ones(1)),
        "neg": Elementwise(lambda a: -a, lambda *_: (-_ONES,), _all_ones(1)),
        "add": Elementwise(lambda a, b: a + b, _all_ones(2), _all_ones(2)),
        "sub": Elementwise(lambda a, b: a - b, lambda *_: (_ONES, -_ONES), _all_ones(2)),
        "mul": Elementwise(lambda a, b: a * b, _mul, lambda x, e: (np.abs(x[1]) + e[1], np.abs(x[0]))),
        "div": Elementwise(lambda a, b: a / b, _div, _div_reach),
        "fma": Elementwise(
            lambda a, b, c: a * b + c,
            lambda x, r: (*_mul(x, r), _ONES),
            lambda x, e: (np.abs(x[1]) + e[1], np.abs(x[0]), _ONES),
        ),
        "reciprocal": _one(
            lambda a: 1.0 / a,
            lambda x, r: -1.0 / (x * r),
            lambda x, e: 1.0 / (np.abs(x) * _below(np.abs(x), e)),
        ),
        "sqrt": _one(np.sqrt, lambda x, r: 1.0 / (np.sqrt(x) + np.sqrt(r)), _sqrt_reach),
        "rsqrt": _one(lambda a: 1.0 / np.sqrt(a), _rsqrt_secant, lambda x, e: 0.5 * _below(x, e) ** -1.5),
        "exp": _one(np.exp, lambda x, r: np.exp(r) * phi(x - r), lambda x, e: np.exp(x) * phi(e)),
        "expm1": _one(np.expm1, lambda x, r: np.exp(r) * phi(x - r), lambda x, e: np.exp(x) * phi(e)),
        "exp2": _one(
            np.exp2,
            lambda x, r: LN2 * np.exp2(r) * phi((x - r) * LN2),
            lambda x, e: LN2 * np.exp2(x) * phi(e * LN2),
        ),
        "log": _one(np.log, lambda x, r: psi((x - r) / r) / r, lambda x, e: 1.0 / _below(x, e)),
        "log2": _one(np.log2, lambda x, r: psi((x - r) / r) / (r * LN2), lambda x, e: 1.0 / (_below(x, e) * LN2)),
        "log1p": _one(
            np.log1p,
            lambda x, r: psi((x - r) / (1.0 + r)) / (1.0 + r),
            lambda x, e: 1.0 / _below(1.0 + x, e),
        ),
        "tanh": _one(
            np.tanh,
            lambda x, r: _sinh_over(x - r) * _sech(x) * _sech(r),
            lambda x, e: _sech(_nearest(x, e)) ** 2,
        ),
        "sigmoid": _one(
            sigmoid,
            lambda x, r: _sinh_over((x - r) / 2.0) * _sech(x / 2.0) * _sech(r / 2.0) / 4.0,
            lambda x, e: _sech(_nearest(x, e) / 2.0) ** 2 / 4.0,
        ),
        "sin": _one(
            np.sin, lambda x, r: np.cos((x + r) / 2.0) * np.sinc((x - r) / 2.0 / np.pi), lambda x, _: np.ones_like(x)
        ),
        "cos": _one(
            np.cos, lambda x, r: -np.sin((x + r) / 2.0) * np.sinc((x - r) / 2.0 / np.pi), lambda x, _: np.ones_like(x)
        ),
        "sinh": _one(
            np.sinh, lambda x, r: np.cosh((x + r) / 2.0) * _sinh_over((x - r) / 2.0), lambda x, e: np.cosh(abs(x) + e)
        ),
        "cosh": _one(
            np.cosh, lambda x, r: np.sinh((x + r) / 2.0) * _sinh_over((x - r) / 2.0), lambda x, e: np.sinh(abs(x) + e)
        ),
        "erf": _one(erf, _erf_secant, lambda x, e: 2.0 / math.sqrt(math.pi) * np.exp(-(_nearest(x, e) ** 2))),
    }
)


def power(exponent: float) -> Elementwise:
    """``a ^ exponent``."""
    return _one(
        lambda a: np.power(a, exponent),
        lambda x, r: _power_secant(x, r, exponent),
        lambda x, e: _power_reach(x, e, exponent),
    )


def _power_secant(x: Array, r: Array, exponent: float) -> Array:
    if exponent == int(exponent) and 0 <= abs(exponent) <= 16:
        count = int(abs(exponent))
        rising: Any = sum((x**i * r ** (count - 1 - i) for i in range(count)), np.zeros_like(x))
        return np.asarray(rising if exponent >= 0 else -rising / (x**count * r**count))
    t = (x - r) / r
    return np.asarray(r ** (exponent - 1.0) * exponent * phi(exponent * np.log1p(t)) * psi(t))


def _power_reach(x: Array, e: Array, exponent: float) -> Array:
    if exponent == 0.0:
        return np.zeros_like(x)
    farthest = np.abs(x) + e if exponent >= 1.0 else _below(np.abs(x), e)
    return np.asarray(abs(exponent) * farthest ** (exponent - 1.0))
