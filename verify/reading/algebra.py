"""Whether a program computes the derivation, at zero tolerance: its recording and the derivation, both in the ring."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np

from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.ring import Ring
from attnproof.derivations.ring.store import Store
from attnproof.derivations.ring.sureness import missed
from attnproof.verify.composing.compose import CORE, Composed
from attnproof.verify.composing.links import numbered
from attnproof.verify.composing.truth import OwnNumbers, derived, drawn, truth
from attnproof.verify.reading.evaluating import evaluated
from attnproof.verify.reading.recorded import Asked
from attnproof.verify.reading.rotations import rotations
from attnproof.verify.reading.scales import taken_apart
from attnproof.verify.reading.tracing import traced
from attnproof.verify.recording.recording import Call, Ids, Recording

EQUAL: Final = "equal"
DIFFERS: Final = "differs"
UNDECIDED: Final = "undecided"


@dataclass(frozen=True)
class Compared:
    """One quantity of one question.

    outcome  ``equal``: to every order of the ring, up to the probability of ``Sure``; ``differs``; ``undecided``: it
             rests on what has no value in the ring, or on what only looks like a constant
    index    of the first element that is not equal, in the shape of the result
    place    where the program leaves the derivation, or what was not read of it, in words; empty where it is equal
    missed   of an equal one: if it differed below ε^order, it would come out equal with at most this probability; None:
             no bound is known
    """

    quantity: str
    outcome: Literal["equal", "differs", "undecided"]
    index: tuple[int, ...] = ()
    place: str = ""
    missed: float | None = None


def compared(asked: Asked, ring: Ring, unknown: Collection[int] = ()) -> list[list[Compared]]:
    """For every question of a recording, every quantity that it returned and the derivation has.

    unknown  elements that only look like constants (``attnproof.verify.reading.stretching``)
    Raises ValueError for a result of another shape than the derivation's.
    """
    store, handed = elements_of(asked, ring, unknown)
    return [
        _call(asked.recording, call, question, ring, store, elements)
        for call, question, elements in zip(asked.recording.calls, asked.questions, handed, strict=True)
    ]


def elements_of(asked: Asked, ring: Ring, unknown: Collection[int] = ()) -> tuple[Store, list[dict[str, Elements]]]:
    """The elements of a recording, and what was handed over at each of its questions."""
    recording = asked.recording
    own = OwnNumbers(ring, (table for question in asked.questions for table in question.own.values()))
    handed = [drawn(question, ring, own=own) for question in asked.questions]
    given: list[tuple[Ids, Elements]] = []
    for call, question, elements in zip(recording.calls, asked.questions, handed, strict=True):
        taken = taken_apart(call, question, elements, ring)
        given += [(ids, taken[name]) for name, ids in {**call.inputs, **call.seeds}.items()]
        if question.own:
            given += _own_tables(recording, call, question, own)
    return evaluated(recording, ring, given, unknown), handed


def _own_tables(recording: Recording, call: Call, question: Composed, own: OwnNumbers) -> list[tuple[Ids, Elements]]:
    """The numbers by which a call turned queries and keys, as if they had been handed over."""
    every = [each.elements for each in rotations(recording, call, question.request.given).values()]
    ids = np.unique(np.concatenate(every)) if every else np.zeros(0, np.int64)
    return [(ids, own.of(recording.values[ids]))] if ids.size else []


def _call(
    recording: Recording, call: Call, question: Composed, ring: Ring, store: Store, handed: Mapping[str, Elements]
) -> list[Compared]:
    found = truth(question, ring, handed)
    results = []
    for quantity, ids in call.results.items():
        if quantity in found:
            results.append(compared_one(question, quantity, ids, store, ring, found[quantity]))
    if any(each.outcome == DIFFERS for each in results):
        places = traced(recording, store, ring, question, derived(question, ring, handed))
        results = [replace(e, place=places(e.quantity)) if e.outcome == DIFFERS else e for e in results]
    lost = not_read(recording)
    return [replace(e, place=lost) if e.outcome == UNDECIDED else e for e in results]


def not_read(recording: Recording) -> str:
    """What of a program is known by its values alone: calls without a rule, numbers that left the library; or empty."""
    calls = [f"{name} is not read ({count}×)" for name, count in recording.unread.items()]
    return ", ".join([*calls, *dict.fromkeys(words for words, _ in recording.left)])


def compared_one(question: Composed, name: str, ids: Ids, store: Store, ring: Ring, expected: Elements) -> Compared:
    """A quantity of a call beside what is expected. Raises ValueError for one of another shape."""
    if ids.shape != expected.shape:
        raise ValueError(f"{name} has shape {ids.shape}; expected {expected.shape}")
    core = CORE.get(name)
    found = store.take(ids)
    if core is None:
        equal, decided = ring.equal(found, expected)
    else:  # as the case has it: rows of queries that count or do not
        apart = question.heads.apart(numbered(ids.shape), core)
        equal, decided = ring.equal(store.take(ids.ravel()[apart]), expected.reshape(expected.size).take(apart))
        rows = question.rows.reshape(*question.rows.shape, *(1,) * (core - 1))
        ignored = np.broadcast_to(~rows, equal.shape)
        equal, decided = equal | ignored, decided | ignored
    wrong = ~equal & decided
    if wrong.any():
        return Compared(name, DIFFERS, tuple(int(k) for k in np.argwhere(wrong)[0]))
    if not decided.all():
        return Compared(name, UNDECIDED)
    probability = missed(found, expected, ring)
    return Compared(name, EQUAL, missed=probability if probability is None or probability < 1.0 else None)
