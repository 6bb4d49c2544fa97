"""Sums that a program made term by term, in a loop: a chain of additions as one sum over a new index."""

from __future__ import annotations

import numpy as np

from attnproof.verify.reading.lifting.elements import Elements
from attnproof.verify.reading.lifting.lifts import Lifts
from attnproof.verify.reading.lifting.node import Node
from attnproof.verify.reading.lifting.pairs import CutError, Pairs, SplitError
from attnproof.verify.reading.lifting.sizes import CannotLiftError
from attnproof.verify.recording.recording import Ids


def unrolled(lifter: Lifts, ids: Pairs) -> Node | None:
    """A chain of additions that has another length in each recording as a sum; None where it is none."""
    terms = [_terms(run, part) for run, part in zip(lifter.runs, ids, strict=True)]
    if not terms[0] or not terms[1] or len(terms[0]) == len(terms[1]):
        return None
    kinds = {run.those(term)[0].name for run, those in zip(lifter.runs, terms, strict=True) for term in those or ()}
    where = lifter.runs[0].those(ids[0])[0].where
    try:
        if kinds in ({"sum"}, {"matmul"}):  # tile by tile
            tiles = [[run.rows(term) for term in those or ()] for run, those in zip(lifter.runs, terms, strict=True)]
            count = len(tiles[0][0])
            if any(row.ndim != ids[0].ndim + 1 for those in tiles for tile in those for row in tile):
                return None
            rows = [[np.concatenate([tile[k] for tile in those], -1) for those in tiles] for k in range(count)]
            return lifter.summed(ids, [(row[0], row[1]) for row in rows], where)
        if len(kinds) == 1:
            stacked = [np.stack(those or (), -1) for those in terms]
            return lifter.summed(ids, [(stacked[0], stacked[1])], where)
    except (CutError, SplitError, CannotLiftError):
        return None
    return None


def _terms(run: Elements, ids: Ids) -> list[Ids] | None:
    """What was added, without zeros, in the order in which it was made; None where elements differ in it."""
    found: list[Ids] = []
    waiting = [run.source(ids)]
    while waiting:
        term = waiting.pop()
        names = {operation.name for operation in run.those(term)}
        if names == {"add"}:
            waiting += [run.source(run.made_of(term, 1)), run.source(run.made_of(term, 0))]
        elif len(names) > 1:
            return None
        elif names != {"constant"} or run.values(term).any():
            found.append(term)
    return sorted(found, key=lambda term: int(term.flat[0]))
