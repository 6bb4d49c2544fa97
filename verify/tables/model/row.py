"""Rows of the model's tables, and the two kinds of verdict that they carry.

A *statement that theory proves for every model* (an identity, an invariance) is judged against a bound on rounding:
``pass`` or ``fail``. An *idealised law* (independent components, independent normal scores) is an assumption about the
model, not a theorem about it: where the measurement agrees within its sampling uncertainty the row says ``pass``, where
it does not the assumption does not hold and the row says ``abstain``. The ratio is printed either way; it is a finding.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, TypeVar

import mpmath
import numpy as np
from numpy.typing import NDArray

from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.rows.tables import ModelRow
from attnproof.verify.unit import Result, Row

Array = NDArray[Any]

IMPLEMENTATION: Final = "reference-numpy"
FALSE_ALARM: Final = (
    1e-3  # that any law row of a true law says abstain, over all of them, if jackknife errors are normal
)
LAW_ROWS: Final = 6 * 12 * 6  # layers, heads, laws compared for each head
POWER: Final = 0.5  # a row that could not see a deviation of half the theoretical value decides nothing


@dataclass(frozen=True)
class ModelSummary(Result):
    """What a unit found of the model as a whole, in words: an object of ``model.json``."""

    content: Row


R = TypeVar("R", bound=ModelRow)


def row(kind: type[R], name: str, **columns: Any) -> R:
    """A row of one of the model's tables, measured in fp64 by ``IMPLEMENTATION`` unless ``columns`` say otherwise."""
    return kind(**{"id": f"{kind.table}/{name}", "implementation": IMPLEMENTATION, "dtype": "fp64"} | columns)


def within_bound(theory_value: float, measured: float, bound: float) -> dict[str, Any]:
    """Verdict columns of a proved statement: ``|measured - theory_value| <= bound``; NaN fails."""
    error = abs(measured - theory_value)
    holds = error <= bound
    return {
        "theory_value": theory_value,
        "measured": measured,
        "uncertainty": bound,
        "detectable": bound,
        "grade": "bound",
        "verdict": PASS if holds else FAIL,
        "reason": None if holds else f"off by {error:.3g}, bound {bound:.3g}",
    }


def against_law(theory_value: float, measured: float, uncertainty: float, why: str) -> dict[str, Any]:
    """Verdict columns of a comparison with an idealised law; ``why`` names the assumption that fails. NaN fails."""
    columns: dict[str, Any] = {
        "theory_value": theory_value,
        "measured": measured,
        "ratio": measured / theory_value,
        "uncertainty": uncertainty,
        "detectable": uncertainty,
        "grade": "sampled",
        "verdict": PASS,
        "reason": None,
    }
    if math.isnan(measured) or math.isnan(uncertainty):
        return {**columns, "verdict": FAIL, "reason": "the measurement is not a number"}
    if not abs(measured - theory_value) <= uncertainty:
        return {**columns, "verdict": ABSTAIN, "reason": why}
    if not uncertainty <= POWER * theory_value:
        reason = f"no power: only a deviation above {uncertainty:.2g} could have been seen"
        return {**columns, "verdict": ABSTAIN, "reason": reason}
    return columns


def jackknife(statistic: Callable[[Array], Array], sums: Array) -> tuple[Array, Array]:
    """A statistic of summed contributions of sentences, and the half-width of its interval.

    statistic  maps sums (..., m) to values (...)
    sums       (sentences, m), what each sentence contributes. Sentences are left out one at a time, because the tokens
               of one sentence depend on each other. The half-width is the quantile of Student's t with sentences - 1
               degrees of freedom at the false-alarm rate FALSE_ALARM / LAW_ROWS, times the jackknife's standard error
               (Efron and Stein 1981: biased upwards in expectation).
    """
    count = len(sums)
    total = sums.sum(axis=0)
    without = statistic(total - sums)
    error = np.sqrt((count - 1) / count * np.sum((without - without.mean(axis=0)) ** 2, axis=0))
    return statistic(total), student_quantile(count - 1, FALSE_ALARM / LAW_ROWS) * error


@lru_cache
def student_quantile(freedom: int, alpha: float) -> float:
    """The t with ``P(|T| > t) = alpha`` for Student's distribution.

    ``P(|T| > t) = I_x(freedom/2, 1/2)`` with ``x = freedom / (freedom + t²)``, decreasing in t; by bisection.
    """
    if freedom < 1:
        raise ValueError(f"{freedom} degrees of freedom; at least two sentences are needed")
    low, high = mpmath.mpf(0), mpmath.mpf(1)
    while _beyond(freedom, high) > alpha:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _beyond(freedom, middle) > alpha else (low, middle)
    return float(high)


def _beyond(freedom: int, t: Any) -> Any:
    x = freedom / (freedom + t**2)
    return mpmath.betainc(mpmath.mpf(freedom) / 2, 0.5, 0, x, regularized=True)
