"""Measuring and judging: what all rows of the variance table share.

False alarms: one test for each statistic of each sample, at the level ``ALPHA``. Raw and scaled rows, and the rows of
all implementations and formats, are judged from one and the same test (a factor changes nothing; rounding is bounded
sample by sample, and the bound added), so no further alarm can come from them. Float64 rounding of law samples is at
most ``(d + 8) 2^−53 Σ|q_r k_r|``, below 1e-12 of a deviation, and half-widths are above 1e-4 of it: it is not added.
Where a statistic is constant and the half-width 0 (Rademacher components at d = 1) the samples are computed without
rounding.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from attnproof.verify.options import Profile
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.rows.tables import VarianceRow
from attnproof.verify.statistics import FALSE_ALARM_SHARES, MeanTest, samples_needed
from attnproof.verify.tables.rows import Columns
from attnproof.verify.tables.variance import samplers as draw
from attnproof.verify.tables.variance.theory import DEGREE, STATISTICS, Null

TESTS: Final = 1024  # an upper bound on the number of tests in any profile; a test counts them
ALPHA: Final = FALSE_ALARM_SHARES["variance"] / TESTS

# components of queries drawn for one sample of scores, and scores at most
ELEMENTS: Final[Mapping[Profile, int]] = {"quick": 1 << 19, "standard": 1 << 22, "thorough": 1 << 25}
MOST: Final[Mapping[Profile, int]] = {"quick": 1 << 16, "standard": 1 << 20, "thorough": 1 << 24}
# what a row wants to find: the share of the deviation (mean), of the variance, of the excess kurtosis
WANTED: Final[Mapping[Profile, tuple[float, float, float]]] = {
    "quick": (0.2, 0.2, 0.9),
    "standard": (0.05, 0.05, 0.5),
    "thorough": (0.02, 0.02, 0.2),
}


@dataclass(frozen=True)
class Source:
    """Where samples come from: a sampler, what it is called, and the components drawn for each sample."""

    method: str
    sampler: draw.Sampler
    cost: int


def sample_size(null: Null, profile: Profile, cost: int) -> int:
    """Samples for the wanted power, as far as the budget of the profile allows; no kurtosis out of reach is chased."""
    most = max(64, min(MOST[profile], ELEMENTS[profile] // cost))
    share = dict(zip(("mean", "variance", "excess kurtosis"), WANTED[profile], strict=True))
    share |= dict.fromkeys(("shared part", "half difference"), share["variance"])
    needed = {name: samples_needed(null.spread[name], share[name] * null.scale(name), ALPHA) for name in STATISTICS}
    if needed["excess kurtosis"] > most and _reach(null, most) > null.scale("excess kurtosis"):
        needed["excess kurtosis"] = 1
    return min(most, max(needed.values()))


def _reach(null: Null, count: int) -> float:
    return MeanTest(null.spread["excess kurtosis"], count, ALPHA).detectable


@dataclass(frozen=True)
class Found:
    """What a sample gave for one statistic."""

    test: MeanTest
    deviation: float
    plain: float


def measure(source: Source, null: Null, count: int, rng: np.random.Generator) -> dict[str, Found]:
    """All statistics of ``count`` samples in one pass, in bounded memory."""
    tests = {name: MeanTest(null.spread[name], count, ALPHA) for name in STATISTICS}
    robust, plain = dict.fromkeys(STATISTICS, 0.0), dict.fromkeys(STATISTICS, 0.0)
    for first, second in draw.chunks(source.sampler, rng, count, source.cost):
        for name, test in tests.items():
            centred = null.centred(name, first, second)
            robust[name] += test.partial(centred)
            plain[name] += float(centred.sum())
    return {name: Found(tests[name], robust[name] / count, plain[name] / count) for name in STATISTICS}


def judge(null: Null, statistic: str, found: Found, factor: float = 1.0, rounding: float = 0.0) -> Columns:
    """The columns that decide a row. ``factor`` multiplies the score; ``rounding`` bounds what rounding adds to the
    deviation.

    A theoretical value that is off by at most ``null.error`` moves the statistic by no more, because its slope is at
    most 1.
    """
    power = factor ** DEGREE[statistic]
    value = null.value[statistic]
    off = null.error.get(statistic, 0.0)
    width = (found.test.half_width + rounding + off) * power
    detectable = (found.test.detectable + 2 * (rounding + off)) * power
    deviation, scale = found.deviation * power, null.scale(statistic) * power
    verdict, reason = PASS, None
    needed = samples_needed(null.spread[statistic], null.scale(statistic), ALPHA)
    if not math.isfinite(rounding):
        verdict, reason = ABSTAIN, "no finite bound for the rounding of this format"
    elif not abs(deviation) <= width:
        verdict = FAIL
        reason = f"{abs(deviation):.3g} from theory, more than {width:.3g}"
    elif detectable > scale:
        verdict = ABSTAIN
        what = (
            "the rounding bound alone is too wide" if 2 * rounding > null.scale(statistic) else f"{needed} are needed"
        )
        reason = (
            f"no power: finds deviations of {detectable:.3g} or more, theory is about {scale:.3g} ({found.test.count} "
            f"samples, {what})"
        )
    return {
        "theory_value": value * power,
        "measured": value * power + deviation,
        "uncertainty": width,
        "detectable": detectable,
        "grade": "sampled",
        "verdict": verdict,
        "reason": reason,
        "plain_mean": value * power + found.plain * power,
        "rounding": rounding * power,
        "theory_error": off * power,
        "samples": found.test.count,
    }


def sampled_row(name: str, statistic: str, decided: Columns, **own: Any) -> VarianceRow:
    """A whole row: ``decided`` from ``judge``, ``own`` the columns that say what was sampled and how."""
    where = {"implementation": "float64 samples", "dtype": "fp64"}
    name = f"variance/{name}/{statistic.replace(' ', '-')}"
    return VarianceRow(id=name, statistic=statistic, **where | own | decided)
