"""What a candidate returned, by numbers: its error against the reference in exact arithmetic, and what its own
operations allow.

The reference's exact values are known as ``R̃ ± radius``: its recorded operations carried out on the same inputs along
the path that it took (``attnproof.verify.reading.rounding.sweep``), constants as what they stand for.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.against.asking import Asked
from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.arithmetic.function_errors import Framework
from attnproof.verify.bounds import Bound
from attnproof.verify.reading.rounding.again import stands_for
from attnproof.verify.reading.rounding.api import Rounding
from attnproof.verify.reading.rounding.causes import causes, range_findings
from attnproof.verify.reading.rounding.own import Machine
from attnproof.verify.reading.rounding.sweep import sweep
from attnproof.verify.recording.recording import Ids, Recording

OUTSIDE: Final = "outside"
WITHIN: Final = "within"
OPEN: Final = "open"


@dataclass(frozen=True, eq=False)
class Exact:
    """A quantity in exact arithmetic: ``values ± radius``; NaN where the reference has no number."""

    values: Array
    radius: Array


@dataclass(frozen=True, eq=False)
class Weighed:
    """What the numbers say of one quantity.

    outcome  ``outside``: some element is certainly off by more than its operations allow; ``within``: none is, and that
             says something; ``open``
    range    of an outside one: it left the range of its format, where the reference does not
    formula  of an outside one: exact arithmetic on its operations is off by as much
    """

    outcome: str
    reason: str = ""
    range: bool = False
    index: tuple[int, ...] = ()
    got: float = np.nan
    exact: float = np.nan
    error: float = np.nan
    allowed: float = np.nan
    formula: bool = False


def narrowest(recording: Recording | None, dtype: str) -> str:
    """The least precise format that a reference itself computes in: a candidate may do so, too."""
    used = {operation.dtype for operation in recording.operations} if recording is not None else set()
    return min({dtype, *used & FORMATS.keys()}, key=lambda name: FORMATS[name].precision)


def rounding_of(recording: Recording, dtype: str, framework: str, wide: Recording | None = None) -> Rounding:
    """A recording as far as rounding is concerned.

    dtype  the least precise format that is allowed
    wide   the same program's in fp64: a constant stands for the one there that it is the rounding of
    """
    own: Framework = framework  # type: ignore[assignment]  # one of its names
    return Rounding.of(recording, dtype, own, "cpu", partial(_meant, dtype, _constants(wide)))


def _constants(recording: Recording | None) -> Array:
    """The different numbers of fp64 that a program brings itself."""
    found = [np.zeros(0)]
    if recording is not None:
        own = (each for each in recording.operations if each.name == "constant" and each.dtype == "fp64")
        found += [recording.values[each.output].ravel() for each in own]
    return np.unique(np.concatenate(found))


def _meant(least: str, known: Array, values: Array, dtype: str) -> Array:
    """What constants stand for: what they look like, else one of the ``known`` that they are the rounding of."""
    found = stands_for(least, values, dtype)
    if dtype not in FORMATS or dtype == "fp64" or FORMATS[dtype].precision < FORMATS[least].precision or not known.size:
        return found
    rounded = FORMATS[dtype].round(known)
    at = np.minimum(np.searchsorted(rounded, values), known.size - 1)
    return np.where((found == values) & (rounded[at] == values), known[at], found)


def as_in(recording: Recording, dtype: str, framework: str) -> Rounding:
    """The same as if every operation were carried out in one format."""
    own: Framework = framework  # type: ignore[assignment]  # one of its names
    machine = Machine(own, every=FORMATS[dtype])
    return Rounding(recording, dtype, sweep(recording, machine, partial(stands_for, dtype)))


def exact_of(asked: Asked, dtype: str) -> dict[tuple[int, str], Exact]:
    """Every quantity of every question that the reference answered."""
    if asked.recording is None:
        return {}
    rounding = rounding_of(asked.recording, dtype, asked.program.framework)
    found = {}
    for place, number in asked.calls.items():
        for name, ids in asked.recording.calls[number].results.items():
            lost = rounding.swept.lost[ids] & np.isfinite(asked.recording.values[ids])
            values = np.where(lost, np.nan, rounding.swept.reference[ids])
            found[place, name] = Exact(values, rounding.radius(ids))
    return found


class Weighing:
    """A candidate's recording; what its operations allow is found out where it is needed.

    rounding  of ``rounding_of``, or ``as_in``
    """

    def __init__(self, asked: Asked, rounding: Rounding) -> None:
        self.asked, self.rounding = asked, rounding

    def weigh(self, place: int, name: str, exact: Exact, *, formula: bool, own: Array | None = None) -> Weighed:
        """One quantity.

        formula  whether exact arithmetic on the candidate's operations is known to give the exact values
        own      what the reference itself returned in this format: where that is no number, none is expected
        """
        recording = self.rounding.recording
        ids = recording.calls[self.asked.calls[place]].results[name]
        x, finite = recording.values[ids], np.isfinite(exact.values)
        counts = finite if own is None else finite & np.isfinite(own)
        infinite = np.isinf(exact.values) & (x != exact.values) & ~np.isnan(exact.values)
        gone = (counts & ~np.isfinite(x)) | infinite
        if gone.any():
            cause = range_findings(self.rounding.swept, {name: ids}).get(name)
            at = _first(gone)
            why = str(cause) if cause is not None else ""
            return Weighed(OUTSIDE, why, True, at, float(x[at]), float(exact.values[at]), np.inf, 0.0)
        counts &= np.isfinite(x)
        if not counts.any():
            return Weighed(OPEN, "the reference has no number there")
        if formula and self._explained(ids, exact, counts):
            return Weighed(WITHIN)
        limit = self.rounding.bounds(self.asked.calls[place], wanted=[name])[name]
        return self._bounded(ids, x, exact, counts, limit)

    def _explained(self, ids: Ids, exact: Exact, counts: npt.NDArray[np.bool_]) -> bool:
        """Every operation is within what it may err by, and without their errors the answer is the exact one."""
        here = ids[counts]
        if not self.rounding.faithful(here):
            return False
        apart = np.abs(self.rounding.swept.reference[here] - exact.values[counts])
        return bool(np.all(apart <= self.rounding.radius(here) + exact.radius[counts]))

    def _bounded(self, ids: Ids, x: Array, exact: Exact, counts: npt.NDArray[np.bool_], limit: Bound) -> Weighed:
        with np.errstate(all="ignore"):
            error = np.where(counts, np.abs(x - exact.values), 0.0)
            allowed = np.where(np.isnan(limit.bound), np.inf, limit.bound)
            beyond = error - exact.radius - allowed
        worst = _first(beyond == beyond.max())
        figures = (worst, float(x[worst]), float(exact.values[worst]), float(error[worst]), float(allowed[worst]))
        if (counts & (beyond > 0.0)).any():
            away = abs(float(self.rounding.swept.reference[ids[worst]] - exact.values[worst]))
            if away > float(self.rounding.radius(ids[worst]) + exact.radius[worst] + allowed[worst]):
                return Weighed(OUTSIDE, "", False, *figures, formula=True)
            return Weighed(OUTSIDE, self._cause(ids, worst), False, *figures)
        if not (np.isfinite(allowed) | ~counts).all():
            return Weighed(OPEN, "; ".join(limit.reasons) or "no finite bound", False, *figures)
        told = Bound(np.where(counts, allowed + exact.radius, 0.0), np.where(counts, limit.scale, 0.0))
        if not told.meaningful:
            return Weighed(OPEN, "the bound would let through an answer half of which is wrong", False, *figures)
        return Weighed(WITHIN, "", False, *figures)

    def _cause(self, ids: Ids, at: tuple[int, ...]) -> str:
        found = causes(self.rounding.swept, int(ids[at]), 1)
        return str(found[0]) if found else ""


def _first(where: npt.NDArray[np.bool_]) -> tuple[int, ...]:
    return tuple(int(k) for k in np.unravel_index(int(np.argmax(where)), where.shape))


def plain_values(asked: Asked) -> Mapping[tuple[int, str], Array]:
    """What a program returned, by place of the question and quantity."""
    return {(place, name): x for place, answer in asked.answers.items() for name, x in answer.values.items()}
