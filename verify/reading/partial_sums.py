"""Partial results of a softmax that do not fit: relative to different numbers, and added; over other keys, and divided.

A program that goes through the keys in blocks keeps sums Σ_S exp(t_j − m) v_j and Σ_S exp(t_j − m), and divides at the
end. Over a set S of keys the first is a multiple of Σ_S α_j v_j, whatever number m it is relative to, and the second is
Σ_S α_j / α_m where m is one of the scores. Where two of them are added, and the result is none of these, one of them
was not rescaled to the other's m, or not weighted by what it is a part of.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.ring import Ring
from attnproof.derivations.ring.store import Store
from attnproof.verify.recording.recording import Ids, Operation, Recording

MOST_KEYS: Final = 34  # of a question that is looked at: every run of neighbouring keys is tried
MOST_PARTS: Final = 8  # that one sum is of
Run = tuple[int, int]  # keys from the first of these on, up to the second


@dataclass(frozen=True, eq=False)
class _Softmax:
    """α (rows, n_k), and over every run S of keys Σ_S α_j v_j (runs, rows, d_v) and Σ_S α_j (runs, rows)."""

    ring: Ring
    runs: tuple[Run, ...]
    weights: Elements
    with_values: Elements
    alone: Elements

    def runs_of(self, part: Elements) -> set[Run]:
        """The runs that a (rows, d_v) or (rows,) array is a partial result over; several where keys are masked."""
        if part.ndim == 1:
            one, other = part.reshape((part.size, 1)) * self.weights, self.alone.reshape((*self.alone.shape, 1))
        else:
            one, other = part[:, :1] * self.with_values[:, :, 1:], part[:, 1:] * self.with_values[:, :, :1]
        equal, decided = self.ring.equal(one, other)
        same = equal & decided
        over = np.asarray((same.any(-1) if part.ndim == 1 else same.all(-1)).all(-1))
        return {run for run, right in zip(self.runs, over, strict=True) if right}


def misfits(recording: Recording, store: Store, ring: Ring, found: Mapping[str, Elements]) -> str:
    """In words the first sum of partial results that is none itself, or quotient of two over different keys; or empty.

    found  the derivation's ``weights`` and ``value`` in the ring
    """
    softmax = _softmax(ring, found)
    if softmax is None:
        return ""
    for operation in recording.operations:
        if words := _added(operation, recording, store, softmax) or _divided(operation, store, softmax):
            where = f"{operation.library or operation.name} at {operation.where or 'an unknown place'}"
            return words.format(where=where)
    return ""


def _added(operation: Operation, recording: Recording, store: Store, softmax: _Softmax) -> str:
    _, rows, width = softmax.with_values.shape
    parts = list(_parts(operation, rows, width))
    if len(parts) < 2 or any(_still(recording, ids) for ids in parts):
        return ""
    runs = [softmax.runs_of(store.take(ids)) for ids in parts]
    apart = next(_apart(runs), None)
    if apart is None or softmax.runs_of(store.take(operation.output.reshape(parts[0].shape))):
        return ""
    keys = " and ".join(_keys(run) for run in apart)
    return f"sums over {keys} are added ({{where}}) that are not relative to the same maximum: one is not rescaled"


def _divided(operation: Operation, store: Store, softmax: _Softmax) -> str:
    """A sum over some keys divided by one over others."""
    _, rows, width = softmax.with_values.shape
    if operation.name != "div" or operation.output.size != rows * width:
        return ""
    above, below = (ids.reshape((rows, width)) for ids in operation.inputs)
    if (below != below[:, :1]).any():
        return ""
    over, under = softmax.runs_of(store.take(above)), softmax.runs_of(store.take(below[:, 0]))
    if not over or not under or over & under:
        return ""
    return f"a sum over {_keys(max(over))} is divided by one over {_keys(max(under))} ({{where}})"


def _softmax(ring: Ring, found: Mapping[str, Elements]) -> _Softmax | None:
    if not {"weights", "value"} <= found.keys():
        return None
    *batch, n_q, n_k = found["weights"].shape
    width = found["value"].shape[-1]
    rows = math.prod(batch) * n_q
    if not 2 <= n_k <= MOST_KEYS or width < 2 or not rows:
        return None
    value = found["value"].broadcast_to((*batch, n_k, width))
    weights = found["weights"]
    terms = weights.reshape((*batch, n_q, n_k, 1)) * value.reshape((*batch, 1, n_k, width))
    terms, weights = terms.reshape((rows, n_k, width)), weights.reshape((rows, n_k))
    runs = tuple((a, b) for a in range(n_k) for b in range(a + 1, n_k + 1))
    return _Softmax(
        ring,
        runs,
        weights,
        ring.stack([terms[:, slice(*run)].sum((1,)) for run in runs]),
        ring.stack([weights[:, slice(*run)].sum((1,)) for run in runs]),
    )


def _parts(operation: Operation, rows: int, width: int) -> Iterator[Ids]:
    """The terms of a sum whose result has a number, or as many as values have, for each query."""
    size = operation.output.size
    if size not in (rows, rows * width):
        return
    shape = (rows, width) if size == rows * width else (rows,)
    if operation.name == "add":
        yield from (ids.reshape(shape) for ids in operation.inputs)
    elif operation.name == "sum" and len(operation.attributes["axes"]) == 1:
        (ids,), (axis,) = operation.inputs, operation.attributes["axes"]
        if ids.shape[axis] <= MOST_PARTS:
            yield from (np.take(ids, k, axis).reshape(shape) for k in range(ids.shape[axis]))


def _apart(runs: list[set[Run]]) -> Iterator[tuple[Run, ...]]:
    """A run for each part, none of which meets the next one."""
    if all(runs):
        for one in sorted(runs[0]):
            for other in sorted(runs[1]):
                if one[1] <= other[0] or other[1] <= one[0]:
                    yield one, other


def _still(recording: Recording, ids: Ids) -> bool:
    return not recording.values[ids].any()


def _keys(run: Run) -> str:
    first, last = run[0], run[1] - 1
    return f"key {first}" if first == last else f"keys {first} to {last}"
