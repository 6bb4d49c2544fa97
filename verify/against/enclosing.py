"""What a reference program means, enclosed, and how far a program that is not seen may be from it: every result of a
recorded call, by one pass over its operations (``propagating``), and another one by derivatives (``sharpening``) where
the first says little.

Choices by value (``where``, ``max``, ``sort``) are as the reference made them. What lies so near to its threshold that
rounding decides is counted (``Enclosed.near``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from attnproof.verify.against.evaluations import Evaluations
from attnproof.verify.against.propagating import Pass, leaf, number, parts, step
from attnproof.verify.against.sharpening import Sharpening, WorkError
from attnproof.verify.arithmetic.formats import Array, Format
from attnproof.verify.bounds import Bound
from attnproof.verify.bounds.rounding import UP
from attnproof.verify.reading.rounding.api import UNDERFLOW
from attnproof.verify.reading.rounding.kept import LEAVES, kept
from attnproof.verify.recording.recording import Call, Choice, Ids, Recording

TOLD: Final = 2.0**-9  # of what is asked of bounds by magnitudes, before derivatives are: a result 1/500 off shows


@dataclass(frozen=True, eq=False)
class Enclosed:
    """A result of the reference.

    value   float64, as the result is shaped: exact arithmetic gives it within ``radius``
    bound   of ``|computed − value|`` for every evaluation of the class; ∞ where nothing can be said, with reasons
    last    the least that it can be: the roundings of the last sum, of terms that do not cancel
    near    choices by value, of all that were made, that rounding decides
    """

    value: Array
    radius: Array
    bound: Bound
    last: Array
    near: int = 0

    @property
    def may_be_sharper(self) -> bool:
        """Whether half of what is not 0 is not known within a small part, and the last sum alone would leave it so."""
        size = np.abs(np.where(np.isfinite(self.value), self.value, 0.0))
        some = size > 0.0
        if not some.any():
            return False
        known, most = (float(np.mean(part[some] <= TOLD * size[some])) for part in (self.bound.bound, self.last))
        return known < 0.5 <= most

    @property
    def silent(self) -> str:
        """Why the bound tells nothing of a result as a whole; empty where it does."""
        infinite = ~np.isfinite(self.bound.bound)
        if infinite.any():
            why = "; ".join(self.bound.reasons) or "no finite bound follows"
            return f"{int(infinite.sum())} of {infinite.size} elements have no bound: {why}"
        size = np.where(np.isfinite(self.value), np.abs(self.value), 0.0)
        if size.any() and np.all((size <= self.bound.bound) | (size == 0.0)):
            return f"zeros would pass: the bound, up to {self.bound.bound.max():.3g}, exceeds every value"
        if size.size and not self.bound.meaningful:
            return "the bound would let an answer pass half of which is wrong"
        return ""


def enclosed(
    recording: Recording, evaluations: Evaluations, call: int = -1, *, sharply: bool = True
) -> dict[str, Enclosed]:
    """The results of a recorded call, by name. An operation that no rule reads leaves what follows from it without
    bound.

    sharply  whether derivatives are taken where magnitudes say little, which may take seconds
    """
    return _enclosed(recording, evaluations, (recording.calls[call],), sharply=sharply)[0]


def every_call(recording: Recording, evaluations: Evaluations) -> list[dict[str, Enclosed]]:
    """``enclosed`` of each call of a recording, by magnitudes."""
    return _enclosed(recording, evaluations, recording.calls, sharply=False)


def _enclosed(
    recording: Recording, evaluations: Evaluations, calls: Sequence[Call], *, sharply: bool
) -> list[dict[str, Enclosed]]:
    """By magnitudes; by derivatives, too, where those say less than ``TOLD`` of some result, and it is not too much."""
    found = _carried_out(Pass(recording, evaluations), calls)
    if not sharply or not any(each.may_be_sharper for results in found for each in results.values()):
        return found
    try:
        return _carried_out(Pass(recording, evaluations, sharper=Sharpening(recording)), calls)
    except WorkError:
        return found


def _carried_out(found: Pass, calls: Sequence[Call]) -> list[dict[str, Enclosed]]:
    recording, evaluations = found.recording, found.evaluations
    hidden = kept(recording) if evaluations.between else np.zeros(recording.elements, bool)
    with np.errstate(all="ignore"):
        for operation in recording.operations:
            if operation.name in LEAVES:
                leaf(found, operation)
            elif operation.output.size:
                for ids in found.sharper.wanted(operation) if found.sharper is not None else ():
                    _sharpened(found, ids)
                for part in parts(operation):
                    step(found, part, stored=not hidden[part.output].any())
        for each in calls if found.sharper is not None else ():
            _sharpened(found, np.unique(np.concatenate([ids.ravel() for ids in each.results.values()])))
        near = sum(_near(found, choice) for choice in recording.choices)
        return [{name: _result(found, ids, near) for name, ids in each.results.items()} for each in calls]


def _sharpened(found: Pass, ids: Ids) -> None:
    """P of elements by the lemma of ``sharpening``."""
    if found.sharper is not None and ids.size:
        found.atoms[ids] = np.minimum(found.atoms[ids], found.sharper.bounded(ids))


def _near(found: Pass, choice: Choice) -> int:
    """How many elements lie so near to 0, or to their neighbour in a sort, that rounding decides."""
    if choice.kind in ("max", "shift") or not choice.depends.size:
        return 0  # the greater of two is continuous
    r, e = found.reference[choice.depends], found.error(choice.depends)
    if choice.kind == "sort" and r.ndim:
        order = np.argsort(r, axis=-1)
        r, e = np.take_along_axis(r, order, -1), np.take_along_axis(e, order, -1)
        return int(np.sum((np.diff(r, axis=-1) <= e[..., 1:] + e[..., :-1]) & (e[..., 1:] + e[..., :-1] > 0.0)))
    return int(np.sum((np.abs(r) <= e) & (e > 0.0)))


def _result(found: Pass, ids: Ids, near: int) -> Enclosed:
    how = found.evaluations
    r, recorded = found.reference[ids], found.recording.values[ids]
    error = found.error(ids)
    last = np.expm1(found.growth[ids]) * np.abs(r)
    if how.stored.precision < how.computed.precision:
        error = error + how.stored.unit_roundoff * (np.abs(r) + error) + how.stored.smallest_subnormal
    error = np.where(error == 0.0, 0.0, error * UP + UNDERFLOW)
    finite = np.isfinite(r)
    odd = (np.isnan(recorded) != np.isnan(r)) | (~np.isnan(r) & (np.isinf(recorded) | ~finite) & (recorded != r))
    beyond = finite & (np.abs(r) + np.where(np.isfinite(error), error, 0.0) > how.stored.max)
    reasons = []
    if odd.any():
        reasons.append("the reference itself leaves the range of its format")
    if (found.over[ids] | beyond).any():
        reasons.append(f"a program of the class may leave the range of {_narrowest(how).name}")
    error = np.where(odd | found.over[ids] | beyond, np.inf, np.where(finite, number(error), 0.0))
    if not np.isfinite(error).all() and not reasons:
        reasons.append("no finite bound follows: a divisor, or an argument, within its error of a singular place")
    radius = np.where(found.radius[ids] == 0.0, 0.0, found.radius[ids] * UP + UNDERFLOW)
    scale = np.where(finite, found.scale[ids], 0.0)
    return Enclosed(r, radius, Bound(error, scale, how.words, tuple(reasons)), last, near)


def _narrowest(how: Evaluations) -> Format:
    return how.stored if how.between or how.stored.max < how.computed.max else how.computed


def bounds_of(found: Mapping[str, Enclosed]) -> dict[str, Bound]:
    """The bounds alone."""
    return {name: each.bound for name, each in found.items()}
