"""Columns that rows of the saturation table share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.tables.rows import Columns
from attnproof.verify.tables.saturation.stats import MeanInterval
from attnproof.verify.tables.saturation.theory import Expectation

Array = npt.NDArray[np.float64]


def worst_of(theory: str, got: Array, want: Array, bound: Array) -> Columns:
    """The columns of a ``bound`` row about several trials: its numbers are those of the trial nearest to its bound."""
    ratio = np.abs(got - want) / bound
    worst = int(np.argmax(np.where(np.isnan(ratio), np.inf, ratio)))
    verdict, reason = PASS, None
    if not np.all(np.abs(got - want) <= bound):
        verdict, reason = FAIL, f"{abs(got[worst] - want[worst]):.3g} from theory, bound {bound[worst]:.3g}"
    elif not bound[worst] < want[worst]:
        verdict, reason = ABSTAIN, "the rounding bound exceeds the value"
    return {
        "theory": theory,
        "theory_value": float(want[worst]),
        "measured": float(got[worst]),
        "uncertainty": float(bound[worst]),
        "detectable": 2 * float(bound[worst]),
        "sampling": 0.0,
        "rounding": float(bound[worst]),
        "deviation": float(abs(got[worst] - want[worst])),
        "grade": "bound",
        "verdict": verdict,
        "reason": reason,
    }


def sampled(
    theory: str, expected: Expectation, interval: MeanInterval, mean: float, rounding: float, reach: float, weak: str
) -> Columns:
    """The columns of a row about an expectation: of exact values it lies in ``interval``, and the implementation's mean
    is off from theirs by no more than ``rounding``.

    reach  the largest effect of the alternatives that the row has to be able to see; ``weak``: why it abstains where it
           could not
    """
    uncertainty = interval.half_width + rounding + expected.error
    off, verdict, reason = abs(mean - interval.mean), PASS, None
    if not off <= rounding:
        verdict, reason = FAIL, f"the mean is {off:.3g} from that of the exact values, bound {rounding:.3g}"
    elif not interval.low - expected.error <= expected.value <= interval.high + expected.error:
        verdict, reason = FAIL, f"{expected.value:.6g} lies outside [{interval.low:.6g}, {interval.high:.6g}]"
    elif not uncertainty + interval.half_width < reach:
        verdict, reason = ABSTAIN, f"no power: {weak} (largest effect {reach:.3g})"
    return {
        "theory": theory,
        "theory_value": expected.value,
        "measured": mean,
        "uncertainty": uncertainty,
        "detectable": uncertainty + interval.half_width,
        "sampling": interval.half_width,
        "rounding": rounding,
        "deviation": off,
        "grade": "sampled",
        "verdict": verdict,
        "reason": reason,
    }
