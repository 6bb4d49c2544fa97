"""Where a program leaves the derivation: which of the derivation's tensors are found among its elements."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Final

import numpy as np
from sympy import Indexed

from attnproof.derivations.language.system import System
from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.ring import Ring
from attnproof.derivations.ring.signature import signatures
from attnproof.derivations.ring.store import Store
from attnproof.verify.composing.compose import Composed
from attnproof.verify.reading.added_terms import multiplied, scaled
from attnproof.verify.reading.edits.saying import tensor
from attnproof.verify.reading.partial_sums import misfits
from attnproof.verify.recording.recording import Operation, Recording

UNKNOWN: Final = "an unknown place"


def traced(
    recording: Recording, store: Store, ring: Ring, question: Composed, found: Mapping[str, Elements]
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

    @cache
    def mistake() -> str:
        """What is wrong with it, where that is a mistake that has a form of its own."""
        said = multiplied(recording, store, ring, question, found) if seen("logits") is None else ""
        said = said or (scaled(recording, store, ring, question, found) if seen("scores") is None else "")
        return said or misfits(recording, store, ring, found)

    def place(quantity: str) -> str:
        system = question.case.backward if quantity.startswith("grad.") else question.case.forward
        last, right, missing = None, "", []
        names = list(dict.fromkeys(equation.target.name for equation in system.equations))
        for name in names:
            finished = seen(name)
            missing += [] if finished is not None else [name]
            if finished is not None and (last is None or finished > last):
                last, right = finished, name
        forward = system is question.case.forward
        if last is None:
            return (mistake() if forward else "") or "no step of the derivation is found in it"
        if forward and (beside := _beside(system, quantity, missing, right)):
            return (
                f"{tensor(right)} can be found in it ({_place(recording.operations[last])}), "
                f"and {tensor(beside)} cannot"
            )
        next_ = mistake() if forward else ""
        next_ = f"; {next_}" if next_ else _next(recording, last)
        return f"right up to {tensor(right)} ({_place(recording.operations[last])}){next_}"

    return place


def _beside(system: System, quantity: str, missing: Sequence[str], right: str) -> str:
    """The first step on the way to a quantity that is missing, comes before one that is there, and is not what that one
    is made of: a program may do without a step on its way to another, and not without one beside it. Empty: none.
    """
    made_of: dict[str, set[str]] = {}
    for equation in system.equations:
        sides = (side for side in (equation.rhs, equation.otherwise) if side is not None)
        own = {system.by_base[each.base].name for side in sides for each in side.atoms(Indexed)}
        made_of[equation.target.name] = own.union(*(made_of.get(name, set()) for name in own))
    order = list(made_of)
    early = (name for name in missing if order.index(name) < order.index(right) and name in made_of[quantity])
    return next((name for name in early if name not in made_of[right]), "")


def _next(recording: Recording, last: int) -> str:
    """The first operation that makes something else of it."""
    after = (op for op in recording.operations[last + 1 :] if op.inputs and op.name != "cast")
    own = next(after, None)
    return "" if own is None else f", and no more from {_place(own)} on"


def _place(operation: Operation) -> str:
    where = operation.where or UNKNOWN
    return f"{operation.library or operation.name} at {where}"
