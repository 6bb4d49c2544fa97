"""Where a candidate leaves its reference: the last operation on the way to what differs whose results the reference
has too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from attnproof.derivations.ring.signature import signatures
from attnproof.derivations.ring.store import Store
from attnproof.verify.recording.recording import Ids, Operation, Recording

MOVES: Final = ("cast", "input", "constant")


def left_at(candidate: Recording, stores: Sequence[Store], results: Sequence[Ids]) -> str:
    """In words; empty where no operation has results that the reference has, or none has others."""
    reference, own = stores
    known = np.unique(_numbers(reference, np.arange(reference.size)))
    needed = np.zeros(candidate.elements, bool)
    for ids in results:
        needed[ids] = True
    for operation in reversed(candidate.operations):
        if needed[operation.output].any():
            for ids in operation.inputs:
                needed[ids] = True
    last: Operation | None = None
    first: Operation | None = None
    for operation in candidate.operations:
        if operation.name in MOVES or not operation.output.size or not needed[operation.output].all():
            continue
        if np.isin(_numbers(own, operation.output.ravel()), known).all():
            last, first = (operation, first) if first is None else (last, first)
        elif first is None and _rests(operation, candidate):
            first = operation
    if first is None:
        return ""
    return (
        f"right up to {said(last)}, and not at {said(first)}"
        if last is not None
        else f"other numbers than the reference's from {said(first)} on"
    )


def _rests(operation: Operation, recording: Recording) -> bool:
    """Not a number that is made of constants."""
    return bool(recording.used[operation.output].any())


def said(operation: Operation) -> str:
    """An operation by its library's name and its line."""
    return f"{operation.library or operation.name} at {operation.where or 'an unknown place'}"


def _numbers(store: Store, ids: Ids) -> Ids:
    found, _ = signatures(store.take(ids))
    return np.asarray(found)
