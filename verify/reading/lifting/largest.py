"""Elements that were chosen because they are the largest of a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from attnproof.verify.reading.lifting.elements import Elements
from attnproof.verify.reading.lifting.node import Node
from attnproof.verify.reading.lifting.pairs import Pairs
from attnproof.verify.recording.recording import Ids

if TYPE_CHECKING:
    from attnproof.verify.reading.lifting.lift import Lifter


def largest(lifter: Lifter, ids: Pairs) -> Node | None:
    """The node ``max`` over a row of a choice that the program made, where ``ids`` are what it chose, else None."""
    rows = [_rows(run, part) for run, part in zip(lifter.runs, ids, strict=True)]
    for axes in [axes for axes in rows[0] if axes in rows[1]]:
        first, second = rows[0][axes], rows[1][axes]
        own = ids[0].ndim
        bound = tuple(lifter.sizes.whole(pair) for pair in zip(first.shape[own:], second.shape[own:], strict=True))
        return Node("largest", lifter.axes(ids), (lifter.part((first, second)),), bound)
    return None


def _rows(run: Elements, ids: Ids) -> dict[tuple[int, ...], Ids]:
    """By the axes of the choice that were gone through: the elements among which each was the largest, behind the axes
    of ``ids``.
    """
    found: dict[tuple[int, ...], Ids] = {}
    for choice in run.choices:
        among = choice.among
        if ids.size >= among.size or among.ndim == 0 or (where := choice.places(ids)) is None:
            continue
        for axes in [(axis,) for axis in range(among.ndim)] + [tuple(range(among.ndim))]:
            moved = np.moveaxis(among, axes, range(-len(axes), 0))
            rest = [where[k] for k in range(among.ndim) if k not in axes]
            rows = moved[tuple(rest)] if rest else np.broadcast_to(moved, (*ids.shape, *moved.shape))
            values = run.values(rows).reshape(*ids.shape, -1)
            if (run.values(ids) == values.max(-1)).all():
                found.setdefault(axes, rows)
    return found
