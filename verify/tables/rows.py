"""Columns that rows of several kinds share."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from attnproof.verify.outcome import ABSTAIN, FAIL, PASS

Array = npt.NDArray[np.float64]
Columns = dict[str, Any]  # some of a row's columns


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


def no_measurement(verdict: str, reason: str) -> Columns:
    """The columns of a row that has no measurement."""
    return {"verdict": verdict, "reason": reason}
