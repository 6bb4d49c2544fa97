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
from attnproof.verify.reading.altered import altered
from attnproof.verify.reading.edits.beside import Beside
from attnproof.verify.reading.edits.search import first, own_numbers
from attnproof.verify.reading.evaluating import evaluated
from attnproof.verify.reading.misplaced import cut_exponents, misplaced, of_result
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
    store, handed = _evaluated(asked, ring, unknown)
    return [
        _call(asked.recording, call, question, ring, store, elements)
        for call, question, elements in zip(asked.recording.calls, asked.questions, handed, strict=True)
    ]


def changed(asked: Asked, ring: Ring, quantity: str, *, whole: bool = True) -> str:
    """With which one change the derivation is what the first question's answer is; in words, empty where none is found,
    or it is equal.

    whole  look for one that explains all results, before those of the quantity alone
    """
    store, (given, *_) = _evaluated(asked, ring)
    call, question = asked.recording.calls[0], asked.questions[0]
    ids, due = call.results.get(quantity), truth(question, ring, given).get(quantity)
    if ids is None or due is None:
        return ""

    def same(expected: Elements) -> bool:
        return (
            expected.shape == ids.shape and _quantity(question, quantity, ids, store, ring, expected).outcome == EQUAL
        )

    if same(due):
        return ""
    backwards = quantity.startswith("grad.")
    every = _edited(asked, ring, store, given, quantity) if whole and backwards else ""
    if said := every or altered(question, ring, given, quantity, same):
        return said
    if backwards:
        return ""
    if said := _edited(asked, ring, store, given, quantity):
        return said
    if quantity == "context" and (said := of_result(ids, store, due)):
        return said
    found = derived(question, ring, given)
    return misplaced(asked.recording, store, found) or cut_exponents(asked.recording, store, found["logits"])


def _edited(asked: Asked, ring: Ring, store: Store, given: Mapping[str, Elements], quantity: str) -> str:
    """With which one change of the derivation all results of the first call are its, of those that flow as the
    quantity does.
    """
    question, call = asked.questions[0], asked.recording.calls[0]
    backwards = quantity.startswith("grad.")
    due = truth(question, ring, given)
    names = [n for n in call.results if n in due and n.startswith("grad.") == backwards]
    names.sort(key=lambda name: name != quantity)  # what is known to be wrong tells first

    def same(name: str, expected: Elements) -> bool:
        ids = call.results[name]
        return expected.shape == ids.shape and _quantity(question, name, ids, store, ring, expected).outcome == EQUAL

    return first(Beside(question, ring, given, names, own_numbers(asked.recording, ring)), same)


def _evaluated(asked: Asked, ring: Ring, unknown: Collection[int] = ()) -> tuple[Store, list[dict[str, Elements]]]:
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
            results.append(_quantity(question, quantity, ids, store, ring, found[quantity]))
    if any(each.outcome == DIFFERS for each in results):
        places = traced(recording, store, ring, question, derived(question, ring, handed))
        results = [replace(e, place=places(e.quantity)) if e.outcome == DIFFERS else e for e in results]
    lost = not_read(recording)
    return [replace(e, place=lost) if e.outcome == UNDECIDED else e for e in results]


def not_read(recording: Recording) -> str:
    """What of a program is known by its values alone: calls without a rule, numbers that left the library; or empty."""
    calls = [f"{name} is not read ({count}×)" for name, count in recording.unread.items()]
    return ", ".join([*calls, *dict.fromkeys(words for words, _ in recording.left)])


def _quantity(question: Composed, name: str, ids: Ids, store: Store, ring: Ring, expected: Elements) -> Compared:
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
