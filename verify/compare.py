"""One comparison: a computed array against its certified enclosure and its bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from verify.bounds import Bound
from verify.formats import Format
from verify.oracle import Enclosure
from verify.outcome import ABSTAIN, FAIL, PASS
from verify.ulp import in_ulps
from verify.unit import Row

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """What came of one comparison.

    outcome   pass, fail or abstain; reason says why unless it passed
    error     largest upper bound of |computed − exact| over the elements
    bound     the bound at the worst element (where error/bound is largest)
    ratio     the largest error/bound; 0 where both are 0, inf where only the bound is 0
    ulps      the error of the worst element in units in the last place of the exact value
    worst     index, computed value (hexadecimal), exact value (decimal), bound (hexadecimal) of the worst element
    """

    outcome: str
    reason: str | None
    error: float
    bound: float
    ratio: float
    ulps: float
    worst: Row

    def row(self) -> dict[str, Any]:
        """The comparison's part of a line of ``results.jsonl``."""
        return {
            "outcome": self.outcome,
            "reason": self.reason,
            "error": self.error,
            "bound": self.bound,
            "ratio": self.ratio,
            "ulps": self.ulps,
            "worst": self.worst,
        }


def compare(computed: Array, exact: Enclosure, bound: Bound, number_format: Format) -> Comparison:
    """Judge ``computed``, elementwise: every error must stay within its bound.

    ``fail`` when the shape is wrong, when a value is NaN or infinite where the exact value is finite, or when an error
    exceeds its bound; a fail is never hidden by a loose bound elsewhere. Otherwise ``abstain`` when the bound is not
    meaningful (it would not reject an answer half of which is wrong) or its assumptions are not met; otherwise ``pass``.
    """
    if computed.shape != bound.bound.shape:
        reason = f"shape {computed.shape}, expected {bound.bound.shape}"
        return Comparison(FAIL, reason, np.inf, np.nan, np.inf, np.inf, {})
    if computed.size == 0:
        raise ValueError("nothing to compare: the array has no elements")
    error = exact.error(computed)
    limited = np.isfinite(bound.bound)
    wrong = _no_number(computed, exact)
    ratio = _ratio(np.where(wrong, np.inf, error), bound.bound)
    where = np.unravel_index(int(np.argmax(ratio)), ratio.shape)
    worst: Row = {
        "index": [int(k) for k in where],
        "got": float(computed[where]).hex(),
        "exact": exact.decimal(tuple(int(k) for k in where), 25),
        "bound": float(bound.bound[where]).hex(),
    }
    # A value that is −∞ has no unit in the last place: what is computed there is right or infinitely wrong.
    ulps = float(
        error[where] if exact.infinite[where] else in_ulps(number_format, error[where], exact.midpoint()[where])
    )
    figures = (float(np.max(error)), float(bound.bound[where]), float(ratio[where]), ulps, worst)
    if np.any(wrong & limited):
        count = int(np.sum(wrong & limited))
        return Comparison(FAIL, f"{count} of {computed.size} values are NaN or infinite", *figures)
    if np.any(error[limited] > bound.bound[limited]):
        count = int(np.sum(error[limited] > bound.bound[limited]))
        return Comparison(FAIL, f"error exceeds its bound at {count} of {computed.size} elements", *figures)
    if not np.all(limited):
        return Comparison(ABSTAIN, "; ".join(bound.reasons) or "no finite bound", *figures)
    if not bound.meaningful:
        return Comparison(ABSTAIN, "the bound would let through an answer half of which is wrong", *figures)
    return Comparison(PASS, None, *figures)


def ratios(computed: Array, exact: Enclosure, bound: Bound) -> Array:
    """error/bound for each element: infinite for a NaN or an infinity where the exact value is finite, 0 where the bound is infinite.

    computed  of the bound's shape
    """
    error = np.where(_no_number(computed, exact), np.inf, exact.error(computed))
    return np.where(np.isfinite(bound.bound), _ratio(error, bound.bound), 0.0)


def _no_number(computed: Array, exact: Enclosure) -> npt.NDArray[np.bool_]:
    return ~np.isfinite(computed) & ~(exact.infinite & np.isneginf(computed))


def _ratio(error: Array, bound: Array) -> Array:
    """error/bound with 0/0 = 0 and x/0 = x/…: inf; an infinite bound gives 0 unless the error is infinite as well."""
    ratio = np.zeros_like(error)
    positive = bound > 0
    finite = positive & np.isfinite(bound)
    with np.errstate(over="ignore"):  # an error that exceeds a tiny bound beyond float64's range is infinitely wrong
        np.divide(error, bound, out=ratio, where=finite)
    ratio[~positive & (error > 0)] = np.inf
    return ratio
