"""The derivation with other keys seen: by another mask, by none that hides, or by one that comes too late."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np

from attnproof.derivations.ring.kinds import MINUS
from attnproof.verify.composing.truth import linked
from attnproof.verify.reading.edits.beside import Beside, Results, Way
from attnproof.verify.reading.edits.hiding import HIDING, Mask, alibis, biased, called, hidings, numbers_of, whole

SEVERAL: Final = ("elements of the batch", "heads", "heads of a group")
MOST_KEYS: Final = 40  # of a question at which every place is tried at which keys may end


def ways(beside: Beside) -> Iterator[Way]:
    """Where something is added to scores or hides keys, else where nothing does; backwards where gradients see it."""
    question = beside.question
    where = "" if beside.forwards else "in the gradients "
    if beside.forwards:
        yield from _other_axes(beside)
    if "bias" not in question.links:
        if beside.forwards:
            yield from _cut(beside)
            yield _other_maximum(beside)
        return
    seen = whole(question)
    for words, other in hidings(question):
        bias = linked(beside.ring, biased(question, other), beside.given)
        yield f"{where}{words}", beside.with_values({"bias": bias})
    for words, added in alibis(question):
        bias = linked(beside.ring, biased(question, seen, added), beside.given)
        yield f"{where}{words}", beside.with_values({"bias": bias})
    if beside.forwards and not seen.all():
        yield from _late(beside, seen)


def _other_axes(beside: Beside) -> Iterator[Way]:
    """A softmax over an axis of the batch."""
    powers = beside.right["logits"].exp()
    for axis, length in enumerate(beside.question.case.batch):
        if length > 1:
            total = powers.sum((axis,))
            shape = (*powers.shape[:axis], 1, *powers.shape[axis + 1 :])
            words = f"softmax runs over the {SEVERAL[axis]}, not over the keys"
            yield words, beside.with_tensors({"weights": powers / total.reshape(shape)})


def _cut(beside: Beside) -> Iterator[Way]:
    """Some keys alone: those up to a place or from it on, those of the largest scores."""
    keys, shape = beside.question.case.sizes["n_k"], beside.right["logits"].shape
    places = np.arange(keys)
    ranks = np.argsort(np.argsort(-numbers_of(beside.question, shape), -1), -1)
    for place in range(1, keys if keys <= MOST_KEYS else 1):
        yield (
            f"of {keys} keys those from {place} on are not seen",
            _kept(beside, np.broadcast_to(places < place, shape)),
        )
        yield (
            f"of {keys} keys those before {place} are not seen",
            _kept(beside, np.broadcast_to(places >= place, shape)),
        )
        yield f"only the {place} largest scores of each query are kept", _kept(beside, ranks < place)


def _kept(beside: Beside, seen: Mask) -> Results:
    hidden = beside.right["logits"].put(~seen, beside.nothing.special(MINUS))
    return beside.with_tensors({"logits": hidden})


def _other_maximum(beside: Beside) -> Way:
    """A number subtracted from scores that is not one for all keys."""
    logits = beside.right["logits"]
    most = np.expand_dims(numbers_of(beside.question, logits.shape).argmax(-2), -2)
    ids = np.take_along_axis(np.arange(logits.size).reshape(logits.shape), most, -2)
    less = logits - logits.reshape((logits.size,)).take(ids)
    words = "the largest score over the queries is subtracted, not that over the keys: it does not cancel"
    return words, beside.with_tensors({"logits": less})


def _late(beside: Beside, seen: Mask) -> Iterator[Way]:
    """A mask after the softmax, or one that puts or adds a number of the program's own, or 0."""
    question, ring = beside.question, beside.ring
    bare = linked(ring, biased(question, np.ones((1, 1), bool)), beside.given)
    free = beside.tensors({**beside.values, "bias": bare})
    logits, weights = free["logits"], free["weights"]
    what, kept = called(question, "bias", HIDING), ring.constant(np.where(seen, 1.0, 0.0))
    late = beside.with_tensors({"weights": weights * kept}, free)
    yield f"weights are hidden by {what} after the softmax, and do not sum to 1", late
    hidden, ones = np.broadcast_to(~seen, logits.shape), ring.constant(np.where(seen, 0.0, 1.0))
    own = ((each.element, each.words) for each in beside.numbers.values())
    for number, words in (*own, (beside.nothing, "0")):
        filled = beside.with_tensors({"logits": logits.put(hidden, number)}, free)
        yield f"scores hidden by {what} are {words}, which does not hide them", filled
        raised = beside.with_tensors({"logits": logits + ones * number}, free)
        yield f"scores hidden by {what} have {words} added, which does not hide them", raised
