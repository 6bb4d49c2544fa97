"""Tests of sampled statements whose false-alarm rate is stated and holds at every sample size.

**Budget.** A run raises a false alarm with probability at most ``FALSE_ALARM_TOTAL``; every part has a fixed share of
it, and within a part every test has the same fixed level (Bonferroni: no independence between tests is needed).

**Mean of independent values with known mean and variance** (the hypothesis knows both; no further moment need exist).
With ``ψ(x) = sign(x) log(1 + |x| + x²/2)`` (Catoni 2012), ``e^{±ψ(x)} <= 1 ± x + x²/2``, so that for Y with E Y = 0, E
Y² <= v

    E exp(± Σ ψ(λ Y_i)) <= (1 + λ² v/2)^n <= exp(n λ² v/2)

and by Markov's inequality ``|Σ ψ(λ Y_i)| < n λ² v/2 + log(2/α)`` except with probability α. The statistic is
``T = Σ ψ(λ Y_i) / (nλ)``, the mean with its outliers drawn in; ``λ = √(2 log(2/α) / (n v))`` makes the half-width
least:

    |T| <= √(2 v log(2/α) / n)      except with probability α, for every n

a few per cent wider than a z-test at such levels, without a normal approximation. **Power.** If the true mean is off by
Δ > 0 and the variance still at most v, ``E exp(−ψ(λY)) <= exp(−λΔ + λ²(v + Δ²)/2)`` gives in the same way
``T >= Δ − λ(v + Δ²)/2 − log(1/β)/(nλ)`` with probability 1 − β; ``detectable`` is the smallest Δ at which that exceeds
the half-width.

**A whole distribution** (Dvoretzky, Kiefer, Wolfowitz; constant by Massart 1990):
``P(sup |F_n − F| > ε) <= 2 e^{−2nε²}`` for every n and every F. Two samples: each against the common F at half the
level.

**Signs** (Hoeffding 1963): the mean of n independent values in [−1, 1] of mean 0 exceeds ``√(2 log(2/α) / n)`` in size
with probability at most α.

**Samples needed** are computed from the deviation that is to be found with probability 1 − MISS: ``samples_needed`` (of
a mean with known variance), ``samples_for_distance`` (of a distribution function), ``samples_for_signs``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FALSE_ALARM_TOTAL: Final = 1e-6
FALSE_ALARM_SHARES: Final[Mapping[str, float]] = MappingProxyType(
    {"variance": 3.5e-7, "saturation": 3e-7, "properties": 5e-8}  # no other part fails anything because of a sample
)
FALSE_ALARM: Final = math.fsum(FALSE_ALARM_SHARES.values())  # of a whole run, at most
MISS: Final = 0.1  # β: ``detectable`` is found with probability at least 1 − MISS


def influence(x: Array) -> Array:
    """ψ(x) = sign(x) log(1 + |x| + x²/2), elementwise; increasing, with slope at most 1."""
    size = np.abs(x)
    return np.asarray(np.copysign(np.log1p(size * (1 + 0.5 * size)), x))


@dataclass(frozen=True)
class MeanTest:
    """The test that independent values of variance at most ``variance`` have the mean that is subtracted from them.

    variance  v >= 0, an upper bound under the hypothesis; 0 means that the values are constant
    count     n, number of values
    level     α, the false-alarm probability
    """

    variance: float
    count: int
    level: float

    def __post_init__(self) -> None:
        if not 0 < self.level < 1:
            raise ValueError(f"the level lies in (0, 1), got {self.level}")
        if not (self.variance >= 0 and math.isfinite(self.variance)):
            raise ValueError(f"the variance is finite and not negative, got {self.variance}")
        if self.count < 1:
            raise ValueError(f"at least one value is needed, got {self.count}")

    @property
    def _log(self) -> float:
        return math.log(2 / self.level)

    @property
    def scale(self) -> float:
        """λ; 0 for constant values."""
        return math.sqrt(2 * self._log / (self.count * self.variance)) if self.variance else 0.0

    def partial(self, centred: Array) -> float:
        """``Σ ψ(λ Y_i) / λ`` over a chunk of centred values of any shape (for constant values, ``Σ Y_i``)."""
        if not self.variance:
            return float(np.sum(centred))
        return float(np.sum(influence(self.scale * centred))) / self.scale

    def deviation(self, centred: Array) -> float:
        """T, the robust mean of all ``count`` centred values at once. Raises ValueError for another number of
        values.
        """
        if np.size(centred) != self.count:
            raise ValueError(f"the test was planned for {self.count} values, got {np.size(centred)}")
        return self.partial(centred) / self.count

    @property
    def half_width(self) -> float:
        """``√(2 v log(2/α) / n)``: |T| exceeds it with probability at most α."""
        return math.sqrt(2 * self.variance * self._log / self.count)

    @property
    def detectable(self) -> float:
        """Smallest deviation of the mean that is found with probability at least 1 − MISS; inf when n is too small for
        any.
        """
        if not self.variance:
            return 0.0
        # Δ − λΔ²/2 = λ v + (log(2/α) + log(1/β)) / (nλ); times λ: x − x²/2 = need with x = λΔ
        need = (3 * self._log + math.log(1 / MISS)) / self.count
        return (1 - math.sqrt(1 - 2 * need)) / self.scale if 2 * need <= 1 else math.inf


def samples_needed(variance: float, deviation: float, level: float) -> int:
    """The smallest n at which ``MeanTest`` finds ``deviation`` with probability 1 − MISS. Raises ValueError for
    ``deviation <= 0``.
    """
    if not deviation > 0:
        raise ValueError(f"the deviation to be found is positive, got {deviation}")
    if not variance:
        return 1
    low, high = 0, 1
    while MeanTest(variance, high, level).detectable > deviation:
        low, high = high, 2 * high
    while high - low > 1:
        middle = (low + high) // 2
        if MeanTest(variance, middle, level).detectable > deviation:
            low = middle
        else:
            high = middle
    return high


def sign_width(count: int, level: float) -> float:
    """What the mean of ``count`` independent values in [−1, 1] of mean 0 exceeds in size with probability at most
    ``level``.
    """
    if count < 1 or not 0 < level < 1:
        raise ValueError(f"a positive count and a level in (0, 1) are needed, got {count} and {level}")
    return math.sqrt(2 * math.log(2 / level) / count)


def samples_for_signs(bias: float, level: float) -> int:
    """The smallest n at which a mean of size ``bias`` of values in [−1, 1] exceeds ``sign_width`` with probability 1 −
    MISS.

    Their mean falls short of the true one by ``√(2 log(1/β) / n)`` or more with probability at most β. Raises
    ValueError unless 0 < ``bias`` <= 1.
    """
    if not 0 < bias <= 1:
        raise ValueError(f"the bias to be found lies in (0, 1], got {bias}")
    return math.ceil(((math.sqrt(2 * math.log(2 / level)) + math.sqrt(2 * math.log(1 / MISS))) / bias) ** 2)


def samples_for_distance(distance: float, level: float, *, samples: int = 1) -> int:
    """The smallest n (of each of ``samples`` samples, 1 or 2) at which that distance of distribution functions is found
    with probability 1 − MISS by ``one_sample`` or ``two_sample``.

    Raises ValueError unless 0 < ``distance`` <= 1.
    """
    if not 0 < distance <= 1 or samples not in {1, 2}:
        raise ValueError(f"a distance in (0, 1] of 1 or 2 samples is needed, got {distance} and {samples}")
    roots = math.sqrt(math.log(2 * samples / level) / 2) + math.sqrt(math.log(2 * samples / MISS) / 2)
    return math.ceil((samples * roots / distance) ** 2)


def band(count: int, level: float) -> float:
    """ε of the DKW inequality: ``sup |F_n − F| <= ε`` except with probability ``level``."""
    if count < 1 or not 0 < level < 1:
        raise ValueError(f"a positive count and a level in (0, 1) are needed, got {count} and {level}")
    return math.sqrt(math.log(2 / level) / (2 * count))


@dataclass(frozen=True)
class Distance:
    """A distance between distribution functions.

    distance    what was found
    half_width  exceeded with probability at most the level if the distributions agree
    detectable  a true distance that is found with probability at least 1 − MISS
    """

    distance: float
    half_width: float
    detectable: float


def one_sample(sample: Array, cdf: Array, level: float) -> Distance:
    """Sup |F_n − F|; ``cdf`` holds F at the *sorted* sample, for a continuous F."""
    count = len(sample)
    steps = np.arange(count + 1) / count
    found = max(float(np.max(steps[1:] - cdf)), float(np.max(cdf - steps[:-1])))
    width = band(count, level)
    return Distance(found, width, width + band(count, MISS))


def two_sample(first: Array, second: Array, level: float) -> Distance:
    """Sup |F_n − G_m| for two independent samples; half of the level for each."""
    one, two = np.sort(first), np.sort(second)
    points = np.concatenate([one, two])
    gap = np.searchsorted(one, points, side="right") / len(one) - np.searchsorted(two, points, side="right") / len(two)
    width = band(len(one), level / 2) + band(len(two), level / 2)
    slack = band(len(one), MISS / 2) + band(len(two), MISS / 2)
    return Distance(float(np.max(np.abs(gap))), width, width + slack)
