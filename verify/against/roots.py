"""Random numbers of the ring at which the roots that a program takes exist.

Half of all numbers of a prime field are squares. Where a program takes the root of something else, the numbers that it
is made of, and that no root is made of that was found to exist, are drawn again, in each of the two fields by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.derivations.ring import degree as degrees
from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.field import DRAWS, Residues
from attnproof.derivations.ring.kinds import FINITE
from attnproof.derivations.ring.ring import Ring
from attnproof.derivations.ring.store import Store
from attnproof.verify.reading.rounding.linear import edges
from attnproof.verify.recording.recording import Ids, Operation, Recording

WORK: Final = 40_000  # operations that are evaluated to find them
ROOTS: Final = ("sqrt", "rsqrt")
ROOM: Final = 25_000_000  # words of 64 bits, one bit for each random number, or a group of them where they are too many


@dataclass
class Numbers:
    """Random numbers, one for each place of an array of all that is drawn."""

    ring: Ring
    residues: Residues

    @classmethod
    def of(cls, ring: Ring, count: int) -> Numbers:
        """So many."""
        return cls(ring, ring.drawn((count,)))

    def take(self, places: Ids) -> Elements:
        """As elements, in the shape of ``places``."""
        degree = degrees.RANDOM._replace(rests=degrees.UNKNOWN) if self.steered else degrees.RANDOM
        return Elements(self.ring, self.residues[:, None][..., places], degree=degree)

    steered: bool = False


def root_inputs(recording: Recording) -> list[tuple[Operation, Ids]]:
    """Operations that take roots, and the elements of which they do."""
    found = []
    for operation in recording.operations:
        exponent = operation.attributes.get("exponent", 0.5)
        half = operation.name == "power" and Fraction(exponent).limit_denominator(64).denominator % 2 == 0
        if operation.name in ROOTS or half:
            found.append((operation, np.unique(operation.inputs[0])))
    return found


def steer(
    recordings: Sequence[tuple[Recording, Sequence[tuple[Ids, Ids]]]],
    numbers: Numbers,
    evaluate: Callable[[Sequence[Recording]], Sequence[Store]],
) -> Sequence[Store]:
    """What ``evaluate`` gives, after ``numbers`` were drawn again until all roots exist, or that took ``WORK``.

    recordings  each with what was handed over: element numbers, and their places among the ``numbers``
    evaluate    every element of recordings, at the numbers as they are
    """
    every = [recording for recording, _ in recordings]
    roots = [root_inputs(recording) for recording in every]
    if not any(ids.size for each in roots for _, ids in each):
        return evaluate(every)
    count = numbers.residues.shape[1]
    words = max(1, min(-(-count // 64), ROOM // max(recording.elements for recording in every)))
    group = np.arange(count) * words * 64 // max(count, words * 64)
    reach = [_reach(recording, given, group, words) for recording, given in recordings]
    work = WORK
    while work > 0:
        short = [_towards(recording, each) for recording, each in zip(every, roots, strict=True)]
        work -= sum(len(each.operations) for each in short)
        chosen, open_ = _again(evaluate(short), roots, reach, numbers.ring)
        if not chosen.any():
            break
        numbers.steered = True
        again = np.asarray((chosen[:, group // 64] >> (group % 64).astype(np.uint64)) & np.uint64(1), bool)
        numbers.residues = np.where(again, numbers.ring.drawn((count,)), numbers.residues)
        # what shares no number with roots that are open is as it was
        roots = [
            [(operation, ids[(bits[ids] & open_).any(-1)]) for operation, ids in each]
            for each, bits in zip(roots, reach, strict=True)
        ]
    return evaluate(every)


def _towards(recording: Recording, roots: Sequence[tuple[Operation, Ids]]) -> Recording:
    """The operations that roots are taken of the results of, and what these are made of."""
    needed = np.zeros(recording.elements, bool)
    for _, ids in roots:
        needed[ids] = True
    kept = []
    for operation in reversed(recording.operations):
        if needed[operation.output].any():
            kept.append(operation)
            for ids in operation.inputs:
                needed[ids] = True
    return replace(recording, operations=tuple(reversed(kept)), calls=())


def _again(
    stores: Sequence[Store],
    roots: Sequence[Sequence[tuple[Operation, Ids]]],
    reach: Sequence[npt.NDArray[np.uint64]],
    ring: Ring,
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """(draws, words): which groups of numbers are to be drawn again; (words,): those of all roots that do not exist, or
    are not known yet.

    For each root that does not exist those that no root is made of that does exist and is on the way to it, if there
    are any: rows of a second normalisation share all their numbers, and are drawn again together.
    """
    good: list[list[npt.NDArray[np.uint64]]] = [[], []]
    words = reach[0].shape[1]
    open_ = np.zeros(words, np.uint64)
    bad: list[list[npt.NDArray[np.uint64]]] = [[], []]
    for store, each, bits in zip(stores, roots, reach, strict=True):
        for _, ids in each:
            elements = store.take(ids)
            known = (elements.kinds() == FINITE) & ~elements.zeros()
            first = elements.series[:, 0]
            square = ring.field.is_square(first) & (first != 0)
            open_ |= _any(bits[ids[~(known & square.all(0))]])
            for draw in range(DRAWS):
                good[draw].append(bits[ids[known & square[draw]]])
                bad[draw].append(bits[ids[known & ~square[draw]]])
    chosen = np.zeros((DRAWS, words), np.uint64)
    for draw in range(DRAWS):
        exist = _rows(good[draw], words)
        for row in _rows(bad[draw], words):
            before = exist[~(exist & ~row).any(-1) & (exist != row).any(-1)]
            free = row & ~_any(before)
            chosen[draw] |= free if free.any() else row
    return chosen, open_


def _rows(parts: Sequence[npt.NDArray[np.uint64]], words: int) -> npt.NDArray[np.uint64]:
    return np.unique(np.concatenate([np.zeros((0, words), np.uint64), *parts]), axis=0)


def _any(bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    return np.asarray(np.bitwise_or.reduce(bits, axis=0, initial=0), np.uint64)


def _reach(recording: Recording, given: Sequence[tuple[Ids, Ids]], group: Ids, words: int) -> npt.NDArray[np.uint64]:
    """(elements, words): which groups of numbers an element is made of."""
    found = np.zeros((recording.elements, words), np.uint64)
    for ids, places in given:
        at = group[places.ravel()]
        found[ids.ravel(), at // 64] |= np.uint64(1) << (at % 64).astype(np.uint64)
    for operation in recording.operations:
        if operation.name == "opaque":
            continue  # undecided in the ring, and so is every root of it
        for k in range(len(operation.inputs)):
            out, source = edges(operation, k)
            if len(np.unique(out)) == len(out):
                found[out] |= found[source]
            else:
                np.bitwise_or.at(found, out, found[source])
    return found
