"""Enclosures of an output, and rigorous float64 upper bounds of the distance of computed values from it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from flint import arb, ctx

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.oracle.named import Balls

# Outside these magnitudes the float64 road of `error` could round away what matters; single balls go there instead.
_SMALL = 2.0**-900
_LARGE = 2.0**1000
_EXACT_BITS = 2200  # holds the difference of any two float64 values exactly


@dataclass(frozen=True, eq=False)
class Enclosure:
    """For each element of an output a ball (midpoint ± radius) that contains its exact value.

    balls      object array of ``flint.arb``, in the shape of the output with its batch dimensions
    precision  bits it was computed with
    """

    balls: Balls
    precision: int

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the output."""
        return self.balls.shape

    def midpoint(self) -> Array:
        """float64: each midpoint, rounded to nearest."""
        return self._parts[0].reshape(self.shape).copy()

    def nearest(self, index: tuple[int, ...]) -> float:
        """The midpoint of one element, rounded to nearest."""
        return float(self._parts[0].reshape(self.shape)[index])

    def radius(self) -> Array:
        """float64: each radius, rounded up; 0 only where the enclosure is exact."""
        return self._map(lambda ball: _rounded_up(ball.rad()))

    def magnitude_upper(self) -> Array:
        """float64: an upper bound of the magnitude of each exact value."""
        return self._map(lambda ball: _rounded_up(ball.abs_upper()))

    @cached_property
    def infinite(self) -> npt.NDArray[np.bool_]:
        """Where the exact value is −∞ (the log-sum-exp of a row without any key), and a computed −∞ is right."""
        return np.array([not ball.is_finite() for ball in self._flat]).reshape(self.shape)

    @cached_property
    def any_infinite(self) -> bool:
        """Whether any exact value is −∞."""
        return bool(self.infinite.any())

    def error(self, computed: Array) -> Array:
        """float64: for each element an upper bound of |computed − exact|, 0 only where it is exactly right.

        It exceeds the true error by the diameter of the ball and by roundings of relative size 2^-50 at most. A
        computed infinity or NaN gives ∞; `within` is the comparison that neither can pass.
        Raises ValueError when the shapes differ or ``computed`` is not float64.
        """
        if computed.dtype != np.float64 or computed.shape != self.shape:
            raise ValueError(
                f"computed must be a float64 array of shape {self.shape}, got {computed.dtype} {computed.shape}"
            )
        given = computed.ravel()
        minus_high, minus_low, rest = self._negative
        finite = np.isfinite(given)
        all_finite = bool(finite.all())
        value = given if all_finite else np.where(finite, given, 0.0)
        with np.errstate(over="ignore", invalid="ignore"):
            first, first_error = _two_sum(value, minus_high)
            second, second_error = _two_sum(first_error, minus_low)
            main, main_error = _two_sum(first, second)
            distance = _sum_up(np.abs(main), np.copysign(1.0, main) * main_error)
            bound = _sum_up(distance, _sum_up(np.abs(second_error), rest))
        if self._any_awkward or not np.isfinite(bound).all():
            for k in np.flatnonzero(finite & (self._awkward | ~np.isfinite(bound))):
                bound[k] = _distance(float(given[k]), self._flat[k])
        if not all_finite:
            bound[~finite] = np.inf
        if self.any_infinite:
            without = self.infinite.ravel()
            bound[without] = np.where(np.isneginf(given[without]), 0.0, np.inf)
        return bound.reshape(self.shape)

    def within(self, computed: Array, bound: Array) -> npt.NDArray[np.bool_]:
        """Elementwise: is ``computed`` finite and certainly no further than the finite ``bound`` from the exact
        value?
        """
        accepted: npt.NDArray[np.bool_] = np.isfinite(bound) & (self.error(computed) <= bound)
        return accepted

    def decimal(self, index: tuple[int, ...], digits: int = 25) -> str:
        """One element in decimal, with as many correct digits as the ball has and at most ``digits``."""
        return str(self.balls[index].str(digits, radius=False))

    @cached_property
    def _flat(self) -> list[arb]:
        return list(self.balls.ravel())

    @cached_property
    def _parts(self) -> tuple[Array, Array, Array]:
        """(high, low, rest), flat: midpoint = high + low up to rest, and rest holds the radius too; rest is rounded
        up.
        """
        parts = np.array([_split(ball) for ball in self._flat], np.float64)
        return parts[:, 0], parts[:, 1], parts[:, 2]

    @cached_property
    def _awkward(self) -> npt.NDArray[np.bool_]:
        """Flat: balls too small or too large to be split into float64 parts without loss."""
        high, low, rest = self._parts
        zero = (high == 0) & (low == 0) & (rest == 0)
        awkward: npt.NDArray[np.bool_] = ~zero & ~((np.abs(high) > _SMALL) & (np.abs(high) < _LARGE))
        return awkward

    @cached_property
    def _any_awkward(self) -> bool:
        return bool(self._awkward.any())

    @cached_property
    def _negative(self) -> tuple[Array, Array, Array]:
        """(−high, −low, rest): what is added to a computed value to get its distance."""
        high, low, rest = (np.ascontiguousarray(part) for part in self._parts)
        return -high, -low, rest

    def _map(self, function: Callable[[arb], float]) -> Array:
        return np.array([function(ball) for ball in self._flat], np.float64).reshape(self.shape)


def _split(ball: arb) -> tuple[float, float, float]:
    high = float(ball)
    if not math.isfinite(high):
        return high, 0.0, np.inf
    left = ball - high  # exact: it needs no more bits than the midpoint; were it not, the ball would grow
    low = float(left)
    return high, low, _rounded_up((left - low).abs_upper())


def _rounded_up(value: arb) -> float:
    """A float64 >= value, for an exact value >= 0; 0 only for 0."""
    nearest = float(value)
    return nearest if arb(nearest) >= value else math.nextafter(nearest, math.inf)


def _distance(computed: float, ball: arb) -> float:
    """|computed − exact| for one element, by balls."""
    with ctx.workprec(_EXACT_BITS):
        return _rounded_up((ball - computed).abs_upper())


def _two_sum(a: Array, b: Array) -> tuple[Array, Array]:
    """(s, e) with s = fl(a + b) and s + e = a + b exactly, barring overflow (Knuth)."""
    s = a + b
    t = s - a
    return s, (a - (s - t)) + (b - t)


def _sum_up(a: Array, b: Array) -> Array:
    """The sum of two arrays, rounded up; exact where it is a float64."""
    s, error = _two_sum(a, b)
    return np.where(error > 0, np.nextafter(s, np.inf), s)
