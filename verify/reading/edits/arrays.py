"""The derivation of other arrays: their elements at other places, with other numbers, or a part of a gradient's sum."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import permutations
from typing import Final

import numpy as np

from attnproof.derivations.ring.constants import Constant
from attnproof.derivations.ring.elements import Elements
from attnproof.verify.composing.truth import merged
from attnproof.verify.reading.edits.beside import GRADIENT, Beside, Results, Way, summed_to
from attnproof.verify.reading.edits.hiding import called
from attnproof.verify.reading.edits.places import TOGETHER, Places, axes_of, moves
from attnproof.verify.reading.edits.saying import tensor

TABLES: Final = (("sin_query", "sin_key"), ("cos_query", "cos_key"))


def ways(beside: Beside) -> Iterator[Way]:
    """In what is handed over, and in what is handed back."""
    yield from _moved(beside)
    yield from _other_numbers(beside)
    yield from _laid_out(beside) if beside.forwards else _partial(beside)


def _moved(beside: Beside) -> Iterator[Way]:
    names = [name for name, value in beside.arrays.items() if value.ndim]
    for together in [*((name,) for name in names), *(each for each in TOGETHER if set(each) <= set(names))]:
        whole = {name: _whole(beside, name) for name in together}
        every = [dict(moves(value.shape, axes_of(name, value.ndim))) for name, value in whole.items()]
        for words in (each for each in every[0] if all(each in other for other in every)):
            moved = {n: _at(value, own[words]) for (n, value), own in zip(whole.items(), every, strict=True)}
            yield f"{_named(beside, together)} taken {words}", beside.with_values(moved)


def _at(value: Elements, places: Places) -> Elements:
    return value.reshape((value.size,)).take(places.ravel()).reshape(value.shape)


def _named(beside: Beside, names: tuple[str, ...]) -> str:
    words = " and ".join(called(beside.question, name) for name in names)
    return f"{words} {'are' if ' and ' in words else 'is'}"


def _whole(beside: Beside, name: str) -> Elements:
    """An array with the whole batch, where it has one."""
    value, tensor = beside.values[name], beside.question.case.tensors.get(name)
    if tensor is None or not tensor.batched:
        return value
    return value.broadcast_to((*beside.question.case.batch, *value.shape[value.ndim - len(tensor.shape) :]))


def _other_numbers(beside: Beside) -> Iterator[Way]:
    """Of the other sign, 0, or another array's; of tables of rotary positions those that do not turn."""
    arrays, nothing = beside.arrays, beside.nothing
    for names in (*((name,) for name in arrays), *(each for each in TABLES if set(each) <= set(arrays))):
        what = _named(beside, names)
        yield f"{what} of the other sign", beside.with_values({name: -arrays[name] for name in names})
        yield f"{what} taken as 0", beside.with_values({name: arrays[name] * nothing for name in names})
    for name in ("query", "key"):
        if (cos := arrays.get(f"cos_{name}")) is not None:
            sin = arrays[f"sin_{name}"]
            still = {f"cos_{name}": sin * nothing + beside.ring.constant(Fraction(1)), f"sin_{name}": sin * nothing}
            yield f"{name} is not rotated", beside.with_values(still)
            turned = {f"cos_{name}": sin, f"sin_{name}": cos}
            yield f"cosine and sine of {name} are exchanged", beside.with_values(turned)
            if arrays["value"].shape == arrays[name].shape:
                rotated = beside.tensors({**beside.values, name: arrays["value"]})[f"rotated_{name}"]
                yield f"value is rotated, too, as {name} is", beside.with_values({"value": rotated})
    for name, other in permutations(arrays, 2):
        if arrays[name].shape == arrays[other].shape and arrays[name].ndim:
            yield f"{called(beside.question, other)} stands for {name}", beside.with_values({name: arrays[other]})


def _laid_out(beside: Beside) -> Iterator[Way]:
    """The elements of the context at other places, or another tensor in the place of a result."""
    for name in beside.results:
        for other in (each for each in beside.system.tensors if each in beside.right and each != name):
            if beside.right[other].shape == beside.right[name].shape:
                found = merged(beside.question, name, beside.right[other])
                yield f"what is handed back as {name} is {tensor(other)}", _instead(beside, name, found)
    if "context" in beside.results:
        right = merged(beside.question, "context", beside.right["context"])
        for words, places in moves(right.shape, axes_of("context", right.ndim)):
            yield f"the result is handed back {words}", _instead(beside, "context", _at(right, places))


def _instead(beside: Beside, name: str, found: Elements) -> Results:
    rest = beside.of(beside.right)
    return lambda asked: found if asked == name else rest(asked)


def _partial(beside: Beside) -> Iterator[Way]:
    """A gradient of one element of the batch or head, or the mean over it, where the sum is due."""
    batch, ring = beside.question.case.batch, beside.ring
    for name, value in beside.arrays.items():
        whole = _whole(beside, name)
        if beside.question.links[name].name not in beside.question.request.given or whole.shape == value.shape:
            continue
        words, quantity = axes_of(name, whole.ndim), f"{GRADIENT}{name}"
        every = beside.tensors({**beside.values, name: whole})[quantity]
        for axis in (k for k, length in enumerate(batch) if length > 1):
            shape = [batch[axis] if k == axis else 1 for k in range(whole.ndim)]
            ends, share = np.eye(batch[axis])[[0, -1]], ring.constant(Constant(Fraction(1, batch[axis])))
            parts = {
                f"that of the first {words[axis]} alone": ring.constant(ends[0]).reshape(shape),
                f"that of the last {words[axis]} alone": ring.constant(ends[1]).reshape(shape),
                f"the mean over each {words[axis]}": share,
            }
            for said, part in parts.items():
                found = {**beside.right, quantity: summed_to(every * part, value.shape)}
                yield f"the gradient of {name} is {said}, not the sum", beside.of(found)
