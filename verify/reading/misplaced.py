"""A tensor of the derivation that a program has at other places, element by element, or with constants at some of them.

Operations that only move numbers leave no operation behind, so that a wrong order shows where it is used next:
``repeat`` for ``repeat_interleave``, a ``view`` for a transpose. A constant in place of a score is a bound that scores
are cut to.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.signature import signatures
from attnproof.derivations.ring.store import Store
from attnproof.verify.recording.recording import Ids, Operation, Recording

TENSORS: Final = ("preactivation", "scores", "logits", "weights")  # of the derivation, in its order
LARGE: Final = 1e4  # constants from here on stand for −∞ (``Ring.recognised``)
Words = npt.NDArray[np.uint64]


def misplaced(recording: Recording, store: Store, found: Mapping[str, Elements]) -> str:
    """In words, of the first such tensor; empty where each stands as it should, or not in one array.

    found  the derivation's tensors in the ring
    """
    said = (_tensor(recording, store, name, found[name]) for name in TENSORS if name in found)
    return next(filter(None, said), "")


def _tensor(recording: Recording, store: Store, name: str, wanted: Elements) -> str:
    known, tells = signatures(wanted)
    if known.size < 2 or not tells.all() or len(np.unique(known)) < known.size:
        return ""
    orders = [known.transpose(order).ravel() for order in permutations(range(known.ndim))]
    for operation in reversed(recording.operations):
        for ids in operation.inputs:
            if ids.size != known.size or operation.name == "cast":
                continue
            own, told = signatures(store.take(ids.ravel()))
            if any((own == order).all() for order in orders):
                return ""  # it is used as it should be
            if told.all() and (np.sort(own) == np.sort(orders[0])).all():
                return _elsewhere(name, known, own, operation)
            if cut := _cut(recording, name, ids.ravel(), own, orders, operation):
                return cut
    return ""


def _elsewhere(name: str, known: Words, own: Words, operation: Operation) -> str:
    """The first element that stands at another one's place, in the order of the derivation's axes."""
    place = int(np.flatnonzero(own != known.ravel())[0])
    from_ = int(np.flatnonzero(known.ravel() == own[place])[0])
    unit = name == "preactivation"
    what = "what tanh is taken of stands" if unit else f"the {name} stand"
    there = f"that of {_words(known, from_, unit)} at {_words(known, place, unit)}"
    return f"{what} in another order than queries and keys: {there} ({_where(operation)})"


def _words(known: Words, place: int, unit: bool) -> str:
    """Unit  whether the last axis is that of hidden units"""
    index = [int(k) for k in np.unravel_index(place, known.shape)]
    *batch, query, key = index[:-1] if unit else index
    element = f" of element {', '.join(map(str, batch))}" if batch else ""
    return f"query {query}, key {key}{element}"


def _cut(recording: Recording, name: str, ids: Ids, own: Words, orders: list[Words], operation: Operation) -> str:
    """Where some are as they should be, and all others one number of the program's own, or one at either end."""
    right = max((own == order for order in orders), key=np.count_nonzero)
    handed = [each.output.ravel() for each in recording.operations if each.name in ("constant", "input")]
    made = [each.output.ravel() for each in recording.operations if each.name in ("neg", "cast")]  # −κ for κ
    if not right.any() or not np.isin(ids[~right], np.concatenate([*handed, *made])).all():
        return ""
    numbers = np.unique(recording.values[ids[~right]])
    if len(numbers) > 2 or not (np.abs(numbers) < LARGE).all():
        return ""
    return f"the {name} are cut off at {' and '.join(f'{n:.6g}' for n in numbers)} ({_where(operation)})"


def of_result(ids: Ids, store: Store, wanted: Elements) -> str:
    """In words, where a result has the derivation's elements at other places of it."""
    own, told = signatures(store.take(ids))
    known, tells = signatures(wanted)
    alike = own.shape == known.shape and told.all() and tells.all()
    if not alike or (own == known).all() or (np.sort(own.ravel()) != np.sort(known.ravel())).any():
        return ""
    place = int(np.flatnonzero((own != known).ravel())[0])
    from_ = int(np.flatnonzero(known.ravel() == own.ravel()[place])[0])
    there, here = (tuple(int(k) for k in np.unravel_index(at, known.shape)) for at in (from_, place))
    return f"the context's elements are right and stand in another order: that of {list(there)} at {list(here)}"


def cut_exponents(recording: Recording, store: Store, logits: Elements) -> str:
    """In words, where exponentials are of the derivation's logits less one number a query, or of a constant."""
    constants = [each.output.ravel() for each in recording.operations if each.name == "constant"]
    brought = np.concatenate(constants) if constants else np.zeros(0, np.int64)
    for operation in recording.operations:
        if operation.name != "exp" or operation.output.shape != logits.shape:
            continue
        ids = operation.inputs[0]
        own = np.isin(ids, brought)
        if not own.any() or own.all(-1).any():
            continue
        less, told = signatures(logits - store.take(ids))
        first = np.take_along_axis(less, np.argmin(own, -1)[..., None], -1)  # of the first that is no constant
        if (told & (less == first) | own).all():
            numbers = np.unique(recording.values[ids[own]])
            if len(numbers) == 1 and np.isfinite(numbers[0]):
                return f"exponents are cut off at {numbers[0]:.6g} ({_where(operation)})"
    return ""


def _where(operation: Operation) -> str:
    return f"{operation.library or operation.name} at {operation.where or 'an unknown place'}"
