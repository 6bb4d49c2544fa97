"""One comparison: a computed array against its certified enclosure and its bound."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from attnproof.verify.arithmetic.formats import Array, Format
from attnproof.verify.arithmetic.ulp import in_ulps
from attnproof.verify.bounds import Bound
from attnproof.verify.oracle import Enclosure
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS


@dataclass(frozen=True)
class Place:
    """The worst element of a comparison: where, what was computed there, and what it was compared with."""

    index: tuple[int, ...]
    computed: float
    error: float
    exact: Enclosure
    number_format: Format


@dataclass(frozen=True)
class Comparison:
    """What came of one comparison.

    outcome   pass, fail or abstain; reason says why unless it passed
    error     largest upper bound of |computed − exact| over the elements
    bound     the bound at the worst element (where error/bound is largest)
    ratio     the largest error/bound; 0 where both are 0, inf where only the bound is 0
    place     the worst element; None where the shapes differ
    """

    outcome: str
    reason: str | None
    error: float
    bound: float
    ratio: float
    place: Place | None

    @cached_property
    def ulps(self) -> float:
        """The error of the worst element in units in the last place of the exact value; inf where the shapes differ."""
        at = self.place
        if at is None:
            return np.inf
        # A value that is −∞ has no unit in the last place: what is computed there is right or infinitely wrong.
        if at.exact.any_infinite and at.exact.infinite[at.index]:
            return at.error
        return in_ulps(at.number_format, at.error, at.exact.nearest(at.index))

    @cached_property
    def worst(self) -> dict[str, Any]:
        """Index, computed value (hexadecimal), exact value (decimal), bound (hexadecimal) of the worst element."""
        at = self.place
        if at is None:
            return {}
        return {
            "index": list(at.index),
            "got": at.computed.hex(),
            "exact": at.exact.decimal(at.index, 25),
            "bound": self.bound.hex(),
        }

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
    meaningful (it would not reject an answer half of which is wrong) or its assumptions are not met; otherwise
    ``pass``.
    """
    limits = bound.bound
    if computed.shape != limits.shape:
        return Comparison(FAIL, f"shape {computed.shape}, expected {limits.shape}", np.inf, np.nan, np.inf, None)
    if computed.size == 0:
        raise ValueError("nothing to compare: the array has no elements")
    error = exact.error(computed)  # ∞ where the computed value is NaN or infinite and ought not to be
    ratio = _ratio(error, bound)
    index = tuple(int(k) for k in np.unravel_index(int(ratio.argmax()), ratio.shape))
    place = Place(index, float(computed[index]), float(error[index]), exact, number_format)
    figures = (float(error.max()), float(limits[index]), float(ratio[index]), place)
    beyond = ~(error <= limits)
    if not bound.finite:
        beyond &= np.isfinite(limits)
    if beyond.any():
        wrong = beyond & ~np.isfinite(computed) & ~(exact.infinite & np.isneginf(computed))
        if wrong.any():
            return Comparison(FAIL, f"{int(wrong.sum())} of {computed.size} values are NaN or infinite", *figures)
        count = int(beyond.sum())
        return Comparison(FAIL, f"error exceeds its bound at {count} of {computed.size} elements", *figures)
    if not bound.finite:
        return Comparison(ABSTAIN, "; ".join(bound.reasons) or "no finite bound", *figures)
    if not bound.meaningful:
        return Comparison(ABSTAIN, "the bound would let through an answer half of which is wrong", *figures)
    return Comparison(PASS, None, *figures)


def ratios(computed: Array, exact: Enclosure, bound: Bound) -> Array:
    """error/bound for each element: infinite for a NaN or an infinity where the exact value is finite, 0 where the
    bound is infinite.

    computed  of the bound's shape
    """
    ratio = _ratio(exact.error(computed), bound)
    return ratio if bound.finite else np.where(np.isfinite(bound.bound), ratio, 0.0)


def _ratio(error: Array, limit: Bound) -> Array:
    """error/bound with 0/0 = 0 and x/0 = x/…: inf; an infinite bound gives 0 unless the error is infinite as well."""
    bound = limit.bound
    with np.errstate(over="ignore"):  # an error that exceeds a tiny bound beyond float64's range is infinitely wrong
        if limit.ordinary:
            return np.asarray(error / bound)
        ratio = np.zeros_like(error)
        positive = bound > 0
        np.divide(error, bound, out=ratio, where=positive & np.isfinite(bound))
    ratio[~positive & (error > 0)] = np.inf
    return ratio
