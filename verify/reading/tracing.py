"""Where a program leaves the derivation: which of the derivation's tensors are found among its elements."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.signature import signatures
from attnproof.derivations.ring.store import Store
from attnproof.verify.composing.compose import Composed
from attnproof.verify.recording.recording import Operation, Recording

UNKNOWN: Final = "an unknown place"


def traced(
    recording: Recording, store: Store, question: Composed, found: Mapping[str, Elements]
) -> Callable[[str], str]:
    """What says of a quantity where the program leaves the derivation of it.

    found  every tensor of the derivation in the ring
    """
    known, telling = signatures(store.take(np.arange(recording.elements)))
    places = np.flatnonzero(telling)
    order = np.argsort(known[places], kind="stable")
    ids, sorted_ = places[order], known[places][order]
    made_by = np.zeros(recording.elements, np.int64)
    for number, operation in enumerate(recording.operations):
        made_by[operation.output] = number

    def seen(name: str) -> int | None:
        """The operation that finished a tensor; None where not all of it is in the recording."""
        values, tells = signatures(found[name])
        wanted = values[tells]
        if not wanted.size or not sorted_.size:
            return None
        where = np.minimum(np.searchsorted(sorted_, wanted), len(sorted_) - 1)
        if not (sorted_[where] == wanted).all():
            return None
        return int(made_by[ids[where]].max())

    def place(quantity: str) -> str:
        system = question.case.backward if quantity.startswith("grad.") else question.case.forward
        last, right = None, ""
        for name in dict.fromkeys(equation.target.name for equation in system.equations):
            finished = seen(name)
            if finished is not None and (last is None or finished > last):
                last, right = finished, name
        if last is None:
            return "no step of the derivation is found in it"
        return f"right up to {_word(right)} ({_place(recording.operations[last])}){_next(recording, last)}"

    return place


def _next(recording: Recording, last: int) -> str:
    """The first operation that makes something else of it."""
    after = (op for op in recording.operations[last + 1 :] if op.inputs and op.name != "cast")
    own = next(after, None)
    return "" if own is None else f", and no more from {_place(own)} on"


def _place(operation: Operation) -> str:
    where = operation.where or UNKNOWN
    return f"{operation.library or operation.name} at {where}"


def _word(name: str) -> str:
    return f"the gradient of {name.removeprefix('grad_')}" if name.startswith("grad_") else f"the {name}"
