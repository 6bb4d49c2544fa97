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

TRIES: Final = 48
ROOTS: Final = ("sqrt", "rsqrt")
WORDS: Final = 16  # of 64 bits: the groups of random numbers that are told apart


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
    """What ``evaluate`` gives, after ``numbers`` were drawn again until all roots exist, or ``TRIES`` times.

    recordings  each with what was handed over: element numbers, and their places among the ``numbers``
    evaluate    every element of recordings, at the numbers as they are
    """
    every = [recording for recording, _ in recordings]
    roots = [root_inputs(recording) for recording in every]
    if not any(ids.size for each in roots for _, ids in each):
        return evaluate(every)
    short = [_towards(recording, each) for recording, each in zip(every, roots, strict=True)]
    group = np.arange(numbers.residues.shape[1]) * WORDS * 64 // max(numbers.residues.shape[1], WORDS * 64)
    reach = [_reach(recording, given, group) for recording, given in recordings]
    for _ in range(TRIES):
        again = _again(evaluate(short), roots, reach, group, numbers.ring)
        if not again.any():
            break
        numbers.steered = True
        fresh = numbers.ring.drawn((numbers.residues.shape[1],))
        numbers.residues = np.where(again, fresh, numbers.residues)
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
    group: Ids,
    ring: Ring,
) -> npt.NDArray[np.bool_]:
    """(draws, numbers): which are to be drawn again."""
    good, bad = np.zeros((2, DRAWS, WORDS), np.uint64)
    for store, each, bits in zip(stores, roots, reach, strict=True):
        for _, ids in each:
            elements = store.take(ids)
            known = (elements.kinds() == FINITE) & ~elements.zeros()
            first = elements.series[:, 0]
            square = ring.field.is_square(first) & (first != 0)
            for draw in range(DRAWS):
                good[draw] |= _any(bits[ids[known & square[draw]]])
                bad[draw] |= _any(bits[ids[known & ~square[draw]]])
    free = bad & ~good
    chosen = np.where(free.any(-1, keepdims=True), free, bad)
    return np.asarray((chosen[:, group // 64] >> (group % 64).astype(np.uint64)) & np.uint64(1), bool)


def _any(bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    return np.bitwise_or.reduce(bits, axis=0, initial=0) if len(bits) else np.zeros(WORDS, np.uint64)


def _reach(recording: Recording, given: Sequence[tuple[Ids, Ids]], group: Ids) -> npt.NDArray[np.uint64]:
    """(elements, words): which groups of numbers an element is made of."""
    found = np.zeros((recording.elements, WORDS), np.uint64)
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
