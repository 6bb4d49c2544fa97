"""What is added to the scores and was multiplied by a factor that belongs to the product alone, or to none.

With t = u + b the derivation's logits, u the scores (capped or not) and b all that is added to them, a program that has
u + r b among its numbers, and not t, multiplies what it adds by r: (q·k − m|i − j|) / √d adds b/√d.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Final

import numpy as np

from attnproof.derivations.ring.constants import Constant
from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.ring import Ring
from attnproof.derivations.ring.store import Store
from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.composing.compose import Composed
from attnproof.verify.composing.features import alibi
from attnproof.verify.composing.semantics import SLOPES
from attnproof.verify.recording.recording import Recording
from attnproof.verify.targets.contract import CHOICES

ADDED: Final = ("bias", "slopes")  # features that add to the scores
FACTORS: Final[Mapping[str, Callable[[int], Constant]]] = {
    "divided by √d": lambda d: Constant(Fraction(1, d), 2),
    "divided by d": lambda d: Constant(Fraction(1, d)),
    "multiplied by √d": lambda d: Constant(Fraction(d), 2),
    "added twice": lambda _: Constant(Fraction(2)),
    "subtracted": lambda _: Constant(Fraction(-1)),
}


def multiplied(
    recording: Recording, store: Store, ring: Ring, question: Composed, found: Mapping[str, Elements]
) -> str:
    """In words, with the last operation that has it; empty where nothing is added, or nothing of this kind is found.

    found  the derivation's ``logits`` and ``bias`` in the ring
    """
    names = [name for name in ADDED if name in question.row.features]
    bias = question.case.inputs.get("bias")
    if not names or bias is None or "logits" not in found:
        return ""
    logits = found["logits"]
    here = np.flatnonzero(np.isfinite(np.broadcast_to(bias, logits.shape)).ravel())
    added = found["bias"].broadcast_to(logits.shape).reshape((logits.size,)).take(here)
    before = logits.reshape((logits.size,)).take(here) - added
    width = question.case.sizes.get("d", 1)
    if not here.size or ring.equal(added, ring.zeros(()))[0].all():
        return ""
    every = [added + ring.constant(further.ravel()[here]) for further in _aligned(question, logits.shape)]
    ways = [(word, before + each * ring.constant(factor(width))) for each in every for word, factor in FACTORS.items()]
    for operation in reversed(recording.operations):
        if operation.output.size != logits.size or operation.name == "cast":
            continue
        own = store.take(operation.output.ravel()[here])
        word = next((word for word, way in ways if _same(ring, own, way)), None)
        if word is not None:
            what = " and ".join("ALiBi" if name == "slopes" else f"the {name}" for name in names)
            where = f"{operation.library or operation.name} at {operation.where or 'an unknown place'}"
            return f"{what} {'are' if len(names) > 1 else 'is'} {word} ({where})"
    return ""


def _aligned(question: Composed, shape: tuple[int, ...]) -> Iterator[Array]:
    """What ALiBi adds more under each alignment than under the one that the question is about: a wrong program does not
    show which one it has.
    """
    yield np.zeros(shape)
    if "slopes" in question.row.features:
        slopes = np.asarray(question.request.given.get("slopes", SLOPES[question.row.setting.batch[-1]]))
        here = alibi(question.row, question.choice, slopes)
        for word in CHOICES["causal"]:
            other = alibi(question.row, {**question.choice, "causal": word}, slopes)
            if (other != here).any():
                yield np.broadcast_to(question.heads.apart(other - here, 2), shape)


def scaled(recording: Recording, store: Store, ring: Ring, question: Composed, found: Mapping[str, Elements]) -> str:
    """In words, where a program has the scores times a number, and last of all not times 1; or empty."""
    scores = found["scores"].reshape((found["scores"].size,))
    for operation in reversed(recording.operations):
        if operation.output.size != scores.size or operation.name == "cast":
            continue
        ids = operation.output.ravel()
        if _same(ring, store.take(ids) * scores[:1], scores * store.take(ids[:1])) and recording.values[ids].any():
            where = f"{operation.library or operation.name} at {operation.where or 'an unknown place'}"
            return f"the scores have a factor that is not theirs{_rounded(recording, question)} ({where})"
    return ""


def _rounded(recording: Recording, question: Composed) -> str:
    """Where the program has √d, or its inverse, rounded below the format of the question; in words, or empty."""
    root = float(np.sqrt(question.case.sizes.get("d", 1)))
    brought = [recording.values[each.output].ravel() for each in recording.operations if each.name == "constant"]
    numbers = np.concatenate(brought) if brought else np.zeros(0)
    for word, exact in (("1/√d", 1.0 / root), ("√d", root)):
        for name, fmt in FORMATS.items():
            rounded = float(fmt.round(np.asarray(exact)))
            if fmt.precision < FORMATS[question.request.dtype].precision and rounded != exact and rounded in numbers:
                return f": {word} is rounded to {name}"
    return ""


def _same(ring: Ring, one: Elements, other: Elements) -> bool:
    equal, decided = ring.equal(one, other)
    return bool((equal & decided).all())
