"""Writes at places: sums and other operations of two into elements that several updates may hit."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from attnproof.verify.recording.recording import Ids
from attnproof.verify.recording.rules.elementwise import BINARY
from attnproof.verify.recording.rules.numbers import Numbers
from attnproof.verify.recording.rules.sums import segments
from attnproof.verify.recording.tape import Tape


def put(a: Numbers, places: Ids, updates: Numbers) -> Numbers:
    """``a`` (flat) with updates written at places; the last one stays."""
    values, ids = np.array(a.values), np.array(a.ids)
    values[places], ids[places] = updates.values.ravel(), updates.ids.ravel()
    return Numbers(values, ids)


def add_at(tape: Tape, a: Numbers, places: Ids, updates: Numbers) -> Numbers:
    """``a`` (flat) with updates added at places, in order. What is added to a constant 0 stands there alone."""
    if not places.size:
        return a
    places = places.ravel()
    updates = updates.move(np.ravel)
    hit, first, which = np.unique(places, return_index=True, return_inverse=True)
    here = a[hit]
    empty = tape.constants(here.ids) and not here.values.any()
    if len(hit) == len(places):
        found = updates[first]
        return put(a, hit, found if empty else BINARY["add"](tape, here, found))
    if not empty:
        updates = Numbers(np.concatenate([here.values, updates.values]), np.concatenate([here.ids, updates.ids]))
        which = np.concatenate([np.arange(len(hit)), which])
    return put(a, hit, segments(tape, updates, which.ravel(), len(hit)))


def do_at(tape: Tape, a: Numbers, places: Ids, updates: Numbers, rule: Callable[..., Numbers]) -> Numbers:
    """``a`` (flat) with an operation of two done at places, one update after another."""
    places, updates = places.ravel(), updates.move(np.ravel)
    order = np.argsort(places, kind="stable")
    starts = np.concatenate([[True], places[order][1:] != places[order][:-1]])
    turn = np.empty(len(places), np.int64)  # how many updates of the same place came before
    turn[order] = np.arange(len(places)) - np.maximum.accumulate(np.where(starts, np.arange(len(places)), 0))
    for n in range(int(turn.max(initial=-1)) + 1):
        now = turn == n
        here = a[places[now]]
        a = put(a, places[now], rule(tape, here, updates[now]))
    return a
