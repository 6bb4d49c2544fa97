"""Axes: from data to pixels, and where the ticks stand."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from attnproof.reports.page.numbers import power, show


@dataclass(frozen=True)
class Scale:
    """A linear axis over ``low <= x <= high`` (``base`` None), or one of powers, ``base^low`` to ``base^high``."""

    low: float
    high: float
    base: int | None = None
    most_ticks: int = 6

    def share(self, x: float) -> float:
        """Where ``x`` stands between the ends, 0 and 1; what is beyond them, and x <= 0 on a logarithm, at the end."""
        if self.base is not None:
            x = math.log(x, self.base) if x > 0 else -math.inf
        return min(1.0, max(0.0, (x - self.low) / (self.high - self.low)))

    def ticks(self) -> list[tuple[float, str]]:
        """Shares of the axis and labels."""
        span = self.high - self.low
        if self.base is not None:
            return [((k - self.low) / span, label) for k, label in self._powers(self.base)]
        step = _round_step(span / (self.most_ticks - 1))
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [((k * step - self.low) / span, show(round(k * step, 12))) for k in range(first, last + 1)]

    def _powers(self, base: int) -> list[tuple[int, str]]:
        first, last = math.ceil(self.low - 1e-9), math.floor(self.high + 1e-9)
        stride = max(1, math.ceil((last - first + 1) / self.most_ticks))
        exponents = [k for k in range(first, last + 1) if k % stride == 0]
        plain = all(k >= 0 and base**k < 100_000 for k in exponents)
        return [(k, str(base**k) if plain else power(base, k)) for k in exponents]


def _round_step(step: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    unit = 10.0 ** math.floor(math.log10(step))
    return next(factor * unit for factor in (1.0, 2.0, 5.0, 10.0) if factor * unit >= step * (1 - 1e-9))


def linear(values: Iterable[float], *, low: float | None = None, high: float | None = None) -> Scale:
    """A linear axis that holds ``values``, with its ends at round numbers; ``low`` and ``high`` widen it."""
    data = [value for value in values if math.isfinite(value)]
    ends = data + [end for end in (low, high) if end is not None]
    least, most = (min(ends), max(ends)) if ends else (0.0, 1.0)
    if least == most:
        least, most = least - 0.5, most + 0.5
    step = _round_step((most - least) / 5)
    return Scale(math.floor(least / step + 1e-9) * step, math.ceil(most / step - 1e-9) * step)


def logarithmic(values: Iterable[float], base: int = 10, *, room: float = 0.0) -> Scale:
    """A logarithmic axis over the positive ``values`` and ``room`` powers more, its ends at powers of ``base``."""
    logs = [math.log(value, base) for value in values if value > 0 and math.isfinite(value)] or [0.0]
    first, last = math.floor(min(logs) - room + 1e-9), math.ceil(max(logs) + room - 1e-9)
    return Scale(first, last, base) if last > first else Scale(first - 1, first + 1, base)
