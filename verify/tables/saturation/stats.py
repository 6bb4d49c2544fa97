"""An interval for the mean of bounded independent values that is valid at every sample size.

Betting: under the hypothesis E[x] = m the capital K_t = Π (1 + λ_i (x_i - m)) with bets λ_i that depend on x_1 ..
x_(i-1) only is a non-negative martingale, so P(some K_t >= 2/α) <= α/2 (Ville's inequality); likewise with -λ_i. The
means that neither capital rejects form an interval that misses the true mean with probability at most α, whatever the
law on [0, 1] (Waudby-Smith and Ramdas, Estimating means of bounded random variables by betting, 2024).

How many values are drawn is computed as for a mean with known variance
(``attnproof.verify.statistics.samples_needed``), which the bets come near to: they estimate the variance on the way.
What a row could have detected is printed from the interval itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.statistics import FALSE_ALARM_SHARES

Array = npt.NDArray[np.float64]

FALSE_ALARM: Final = FALSE_ALARM_SHARES["saturation"]  # over the whole table
STATEMENTS: Final = 250  # an upper bound on the number of intervals in any profile; the test counts them
ALPHA: Final = FALSE_ALARM / STATEMENTS
LARGEST_VARIANCE: Final = 0.25  # of a value in [0, 1]
MOST_BET: Final = 0.9  # of the capital that could be lost in one step
BISECTIONS: Final = 24  # the end points are rounded outwards, to 2^-24 of [0, 1]


@dataclass(frozen=True)
class MeanInterval:
    """The sample mean and an interval around it for the true mean."""

    mean: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """The larger distance from the sample mean to an end."""
        return max(self.high - self.mean, self.mean - self.low)


def bounded_mean_interval(values: Array, alpha: float) -> MeanInterval:
    """Interval for E[x] from independent ``values`` (N,) in [0, 1] in the order in which they were drawn.

    Misses the mean with probability at most ``alpha``. Raises ValueError for values outside [0, 1], for none, and for
    an ``alpha`` outside (0, 1).
    """
    x = np.asarray(values, dtype=np.float64)
    if x.ndim != 1 or x.size == 0:
        raise ValueError(f"values must be a vector with at least one element, got shape {x.shape}")
    if not (np.all(x >= 0) and np.all(x <= 1)):
        raise ValueError(f"values must lie in [0, 1], got {float(x.min())} ... {float(x.max())}")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha must lie in (0, 1), got {alpha}")
    low = _lower_end(x, alpha)
    high = 1.0 - _lower_end(1.0 - x, alpha)
    return MeanInterval(float(x.mean()), low, high)


def _bets(x: Array, alpha: float) -> Array:
    """The stake before each value, from the running mean and variance of the values before it."""
    count = np.arange(1, x.size + 1)
    mean = (0.5 + np.cumsum(x)) / (count + 1)
    spread = (0.25 + np.cumsum((x - mean) ** 2)) / (count + 1)
    before = np.concatenate([[0.25], spread[:-1]])
    return np.asarray(np.sqrt(2 * math.log(2 / alpha) / (x.size * before)))


def _lower_end(x: Array, alpha: float) -> float:
    """The largest grid point m that the bets on ``E[x] > m`` reject; the capital falls as m grows, so bisection finds
    it.
    """
    bets = _bets(x, alpha)
    goal = math.log(2 / alpha)

    def rejected(m: float) -> bool:
        capital = np.cumsum(np.log1p(np.minimum(bets, MOST_BET / m) * (x - m)))
        return bool(capital.max() >= goal)

    low, high = 0.0, 1.0
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        if rejected(middle):
            low = middle
        else:
            high = middle
    return low
