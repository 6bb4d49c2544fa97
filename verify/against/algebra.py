"""Whether two programs compute the same, at zero tolerance: both recordings in one ring, at the same random numbers."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from attnproof.derivations.ring.kinds import MINUS, NAN, PLUS
from attnproof.derivations.ring.ring import Ring
from attnproof.derivations.ring.store import Store
from attnproof.derivations.ring.sureness import missed
from attnproof.verify.against.asking import Asked
from attnproof.verify.against.place import left_at
from attnproof.verify.against.question import Question, floating
from attnproof.verify.against.roots import Numbers, steer
from attnproof.verify.against.tables import Tables, made
from attnproof.verify.reading.evaluating import evaluated
from attnproof.verify.recording.recording import Ids, Recording

EQUAL: Final = "equal"
DIFFERS: Final = "differs"
UNDECIDED: Final = "undecided"
Truth = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Compared:
    """One quantity of one question.

    outcome  ``equal``: at every element that the reference has a number at, to every order of the ring; ``differs``;
             ``undecided``: it rests on what has no value in the ring
    equal, decided  elementwise
    missed   of an equal one: if it differed below ε^order, it would come out equal with at most this probability; None:
             no bound is known
    place    where the candidate leaves the reference, in words; empty where it is equal, or not known
    """

    outcome: Literal["equal", "differs", "undecided"]
    equal: Truth
    decided: Truth
    missed: float | None = None
    place: str = ""


def compared(
    reference: Asked,
    candidate: Asked,
    questions: Sequence[Question],
    ring: Ring,
    dtype: str,
    unknown: Collection[int] = (),
) -> dict[tuple[int, str], Compared]:
    """Every quantity that both returned in one shape, by the place of its question.

    unknown  elements of the candidate's recording that only look like constants
    Raises NotReadError where one was not recorded.
    """
    one, other = reference.recorded, candidate.recorded
    both = [place for place in reference.answers if place in candidate.answers]
    placing = _Placing()
    given = [
        [pair for place in both for pair in placing.handed(asked, questions[place], place)]
        for asked in (reference, candidate)
    ]
    numbers = Numbers.of(ring, max(placing.count, 1))
    own = [made(each) for each in (one, other)]
    tables = Tables(ring, [each.values[ids] for each, ids in zip((one, other), own, strict=True)], dtype)

    def evaluate(recordings: Sequence[Recording]) -> list[Store]:
        found = []
        for recording, handed, table, lost in zip(recordings, given, own, ((), unknown), strict=True):
            known = [(ids, _special(numbers.take(places), recording, ids)) for ids, places in handed]
            if table.size:
                known.append((table, tables.of(recording.values[table])))
            found.append(evaluated(recording, ring, known, lost))
        return found

    stores = steer(list(zip((one, other), given, strict=True)), numbers, evaluate)
    found = {}
    for place in both:
        expected, actual = (asked.recorded.calls[asked.calls[place]].results for asked in (reference, candidate))
        for name in expected.keys() & actual.keys():
            if expected[name].shape == actual[name].shape and expected[name].size:
                found[place, name] = _quantity(expected[name], actual[name], stores, ring, one)
    wrong = [key for key, each in found.items() if each.outcome == DIFFERS]
    if wrong:
        words = left_at(other, stores, [other.calls[candidate.calls[place]].results[n] for place, n in wrong])
        found |= {key: _with(found[key], words) for key in wrong}
    return found


def _with(compared: Compared, place: str) -> Compared:
    return Compared(compared.outcome, compared.equal, compared.decided, compared.missed, place)


def _quantity(expected: Ids, actual: Ids, stores: Sequence[Store], ring: Ring, reference: Recording) -> Compared:
    x, y = stores[0].take(expected), stores[1].take(actual)
    equal, decided = ring.equal(x, y)
    nothing = np.isnan(reference.values[expected])  # the reference has no number: nothing is asked there
    equal, decided = np.asarray(equal | nothing), np.asarray(decided | nothing)
    if (decided & ~equal).any():
        return Compared(DIFFERS, equal, decided)
    if not decided.all():
        return Compared(UNDECIDED, equal, decided)
    probability = missed(x, y, ring)
    return Compared(EQUAL, equal, decided, probability if probability is None or probability < 1.0 else None)


def _special(elements, recording: Recording, ids: Ids):  # type: ignore[no-untyped-def]
    """With ±∞ and NaN where they are handed over."""
    values = recording.values[ids]
    for kind, where in ((MINUS, np.isneginf(values)), (PLUS, np.isposinf(values)), (NAN, np.isnan(values))):
        elements = elements.put(where, elements.special(kind))
    return elements


class _Placing:
    """Which random number stands for which element that is handed over, the same for both sides."""

    def __init__(self) -> None:
        self.count = 0
        self._places: dict[tuple[int, str], Ids] = {}

    def handed(self, asked: Asked, question: Question, place: int) -> list[tuple[Ids, Ids]]:
        """Element numbers of a call, and places of random numbers."""
        call = asked.recorded.calls[asked.calls[place]]
        found = []
        for name, ids in {**call.inputs, **call.seeds}.items():
            if name in question.tied:
                continue
            key = (place, name)
            if key not in self._places:
                alike = name in call.inputs and question.layout == "broadcast"
                self._places[key] = self._new(question.given[name] if alike else None, ids.shape)
            if self._places[key].shape == ids.shape:
                found.append((ids, self._places[key]))
        return found

    def _new(self, values: object, shape: tuple[int, ...]) -> Ids:
        """Numbers that may lie at one place of memory are one."""
        if floating(values):
            _, back = np.unique(np.asarray(values), return_inverse=True)
            places = back.reshape(shape) + self.count
        else:
            places = np.arange(int(np.prod(shape))).reshape(shape) + self.count
        self.count = int(places.max(initial=self.count - 1)) + 1
        return np.asarray(places, np.int64)


def answered(found: Mapping[tuple[int, str], Compared], outcome: str) -> int:
    """How many questions have this outcome: ``equal`` where every quantity is."""
    places = {place for place, _ in found}
    ordered = (DIFFERS, UNDECIDED, EQUAL)
    return sum(
        next(o for o in ordered if any(e.outcome == o for (p, _), e in found.items() if p == place)) == outcome
        for place in places
    )
