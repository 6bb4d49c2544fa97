"""The one change with which the derivation is what a program computes, in all results of a call at once.

Where results are wrong the change is looked for in the forward formulas, in what they are computed from and in how
results are laid out; where they are right and gradients are wrong, in the backward formulas and in what these see. What
is found is proved up to the ring's probability: with the change every element of every result is the program's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np

from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.reals import NoSignError
from attnproof.derivations.ring.ring import Ring
from attnproof.verify.reading.edits import arrays, keys, steps
from attnproof.verify.reading.edits.beside import Beside, Number, Numbers, Results, Way
from attnproof.verify.recording.recording import Recording

Same = Callable[[str, Elements], bool]
WAYS: Final = (keys.ways, steps.ways, arrays.ways)
MOST_NUMBERS: Final = 12  # of the program's own that are tried: more are data


def fitting(beside: Beside, same: Same) -> Iterator[str]:
    """The changes that explain a call, in words.

    same  whether a quantity of the program is these elements, where they count
    """
    for words, results in _all(beside):
        if _fits(beside, same, results):
            yield words


def explains(beside: Beside, same: Same, words: str) -> bool:
    """Whether a change explains another call, too, or cannot be made there. Several ways may have the same words."""
    found = [_fits(beside, same, results) for said, results in _all(beside) if said == words]
    return any(found) or not found


def _fits(beside: Beside, same: Same, results: Results) -> bool:
    try:
        return all(same(name, results(name)) for name in beside.results)
    except NoSignError:  # so changed it has no number there, and the program has one
        return False


def _all(beside: Beside) -> Iterator[Way]:
    for ways in WAYS:
        yield from ways(beside)


def own_numbers(recording: Recording, ring: Ring) -> Numbers:
    """The program's own numbers, where they are few: finite, and neither 0 nor ±1."""
    brought = [recording.values[each.output].ravel() for each in recording.operations if each.name == "constant"]
    numbers = np.unique(np.concatenate(brought)) if brought else np.zeros(0)
    numbers = numbers[np.isfinite(numbers) & ~np.isin(np.abs(numbers), (0.0, 1.0))]
    if len(numbers) > MOST_NUMBERS:
        return {}
    return {f"number_{k}": Number(ring.recognised(np.asarray(n)), float(n)) for k, n in enumerate(numbers)}
