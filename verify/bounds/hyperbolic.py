"""The rules for tanh and its derivative sech².

Each takes what is known of the argument z — |z̃ − z| ≤ radius, |ẑ − z| ≤ error — and bounds ``|computed f(ẑ) − f(z)|``
by

    |f(ẑ) − f(z)|  (mean value theorem on the interval between them)  +  the backend's error at ẑ.

The function's own value and radius are those of NumPy's float64, by the same rules with the bounds' own arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.backends import OWN, Arithmetic
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.bounds.operand import Operand
from attnproof.verify.bounds.rounding import UP, below, compound, growth, underflow, up

# max |d sech²/dz| = max 2 tanh sech² = 4 / (3 √3), attained at tanh² = 1/3.
STEEPEST_SECH2: Final = 4.0 / (3.0 * np.sqrt(3.0))

# Roundings of 4w / (1 + w)² beyond exp's error: 1 + w (squared, so twice), the square (two, should it be a call of
# pow), the quotient; 4w is exact.
SECH2_ROUNDINGS: Final = 5


def sech2(z: Array) -> Array:
    """``sech² z = 4w / (1 + w)²``, w = exp(−2|z|), in float64."""
    with np.errstate(all="ignore"):
        w = np.exp(-2.0 * np.abs(z))
    return np.asarray(4.0 * w / (1.0 + w) ** 2)


def tanh_rule(z: Operand, arithmetic: Arithmetic) -> Operand:
    """``tanh z``: the argument's error times the largest sech² on the way, plus the backend's error.

    |tanh ẑ − tanh z| ≤ |ẑ − z| sech²(lo), lo the least magnitude between them (sech² falls with |z|), and ≤ 2 always.
    """
    value = np.tanh(z.value)

    def bound(error: Array, own: Array, size: Array, backend: Arithmetic) -> Array:
        moved = np.minimum(error * sech2(below(np.abs(z.value), error + own)) * UP, 2.0)
        moved = np.where(np.isfinite(error), moved, np.inf)  # the argument may be NaN
        relative = backend.tanh.relative * backend.format.unit_roundoff
        lost = backend.tanh.absolute * underflow(backend) * (size > 0)
        return up(moved + relative * np.minimum(size + moved, 1.0) + lost)

    return operand_of(z, value, bound, z.scale, arithmetic)


def sech2_rule(z: Operand, arithmetic: Arithmetic) -> Operand:
    """``sech² z`` by the formula that the arithmetic declares.

    Argument: ``|d sech²/dz| = 2 |tanh| sech² ≤ min(2 tanh(hi) sech²(lo), 4/(3√3))`` between lo and hi; at most 1 in
    all.
    ``sech2``:           relative error of w enters with ``(1 − w)/(1 + w) ≤ 1``, then SECH2_ROUNDINGS.
    ``one_minus_tanh2``: ``tanh² ((1 + ε)² (1 + u)² − 1)``, then u of the result: absolute, not relative to sech².
    ``factored``:        (g + g t)(1 − t) for g sech²: besides the error of t, ``(1 − t)(|t| + 1 + t) + 2 (1 − t²)``
                         roundings of g, of which the product with g is counted elsewhere; what is left is at most
                         ``2 (1 − t²) + |t| + t²`` for t in [−1, 1].
    """
    value = sech2(z.value)

    def bound(error: Array, own: Array, size: Array, backend: Arithmetic) -> Array:
        nearest = below(np.abs(z.value), error + own)
        farthest = size + error
        slope = np.minimum(2.0 * np.tanh(farthest) * sech2(nearest) * UP, STEEPEST_SECH2)
        moved = np.where(np.isfinite(error), np.minimum(error * slope * UP, 1.0), np.inf)
        largest = np.minimum(sech2(nearest) * UP, 1.0)
        u = backend.format.unit_roundoff
        if backend.tanh_derivative == "sech2":
            exp_error = backend.exp.relative * u
            relative = compound(exp_error, growth(backend, SECH2_ROUNDINGS, 0))
            lost = (4.0 * backend.exp.absolute + 1.0) * underflow(backend)
            return up(moved + relative * UP * largest + lost)
        of_tanh = backend.tanh.relative * u
        tanh_error = compound(of_tanh, of_tanh, u, u) * np.tanh(farthest) ** 2
        lost = (2.0 * backend.tanh.absolute + 1.0) * underflow(backend)
        if backend.tanh_derivative == "factored":
            largest = 2.0 * largest + np.tanh(farthest) * (1.0 + np.tanh(farthest))
        return up(moved + tanh_error + u * (largest + tanh_error) + lost)

    return operand_of(z, value, bound, None, arithmetic)


def operand_of(
    z: Operand,
    value: Array,
    bound: Callable[[Array, Array, Array, Arithmetic], Array],
    scale: Array | None,
    arithmetic: Arithmetic,
) -> Operand:
    """The function's value with its radius (own arithmetic, argument off by its radius) and its error.

    scale: of the argument, for functions that are at most their argument and at most 1; None: the value's own size.
    ``bound(error, own, size, backend)``: error of the argument, its own radius, an upper bound of its magnitude.
    """
    radius = bound(z.radius, z.radius, z.size, OWN)
    error = bound(z.error, z.radius, z.size, arithmetic)
    size = np.abs(value) + radius
    return Operand(z.labels, value, radius, error, size if scale is None else np.minimum(np.maximum(scale, size), 1.0))
