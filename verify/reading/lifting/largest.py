"""Elements that were chosen because they are the largest of a row."""

from __future__ import annotations

from itertools import product

import numpy as np

from attnproof.verify.reading.lifting.elements import Elements
from attnproof.verify.reading.lifting.lifts import Lifts
from attnproof.verify.reading.lifting.node import Node
from attnproof.verify.reading.lifting.pairs import Pairs
from attnproof.verify.reading.lifting.sizes import CannotLiftError
from attnproof.verify.recording.recording import Ids


def largest(lifter: Lifts, ids: Pairs) -> Node | None:
    """The node ``max`` over rows of choices that the program made, where ``ids`` are what it chose, else None."""
    first, second = (_rows(run, part) for run, part in zip(lifter.runs, ids, strict=True))
    own = ids[0].ndim
    for one, other in product(first, second):
        if one.ndim != other.ndim or not (_more(one, ids[0]) and _more(other, ids[1])):
            continue
        try:
            bound = tuple(map(lifter.sizes.whole, zip(one.shape[own:], other.shape[own:], strict=True)))
            if not any(size.is_number for size in bound):  # else 3 of one axis and 3 of another
                return Node("largest", lifter.axes(ids), (lifter.part((one, other)),), bound)
        except CannotLiftError:  # rows of another axis, of which these happen to be the largest too
            continue
    return None


def _more(rows: Ids, ids: Ids) -> bool:
    """Whether rows have elements that are none of those chosen: else all of a row are equal, and nothing was chosen."""
    return not np.isin(rows, ids).all()


def _rows(run: Elements, ids: Ids) -> list[Ids]:
    """The rows in which each of the elements was the largest, behind the axes of ``ids``; none where one was in none.

    The rows of one answer have one shape; their elements may be those of several choices, made in a loop.
    """
    found: dict[tuple[int, ...], Ids] = {}
    for rows in run.largest:
        at = np.minimum(np.searchsorted(rows.chosen, ids), rows.chosen.size - 1)
        here = rows.chosen[at] == ids
        shape = rows.rows.shape[1:]
        if here.any():
            whole = found.setdefault(shape, np.full((*ids.shape, *shape), -1, np.int64))
            whole[here] = rows.rows[at[here]]
    return [whole for whole in found.values() if (whole >= 0).all()]
