"""What each result's error is made of: for every element that an operation made, the coefficient of its η.

    x_y − R̃_y  =  Σ_o A_yo η_o           (``sweep``: exact), so    |x_y − R_y|  ≤  Σ_o |A_yo| |η_o|  +  radius_y

A_y is found by going through the recording backwards, for many results at once. Two results whose η are of different
elements (rows of queries, batches, heads) share one pass: elements are put into *components*, those that are connected
by operations, inputs and constants aside; only results of one component need passes of their own. Where the inputs of a
result's own operation are of different components (the gradient of a key: a sum over queries) their errors have nothing
in common, and ``Σ |coefficient| · bound`` of them is as good as the whole.

A in float64 is off by at most ``depth · 2⁻⁵³`` of the same sum with every coefficient's magnitude, ``first``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.reading.rounding.kept import Mask
from attnproof.verify.reading.rounding.linear import edges
from attnproof.verify.reading.rounding.sweep import Step, Swept
from attnproof.verify.recording.recording import Ids

ROOM = 1 << 22  # numbers in the memory of one pass
WORK = 1 << 26  # coefficients, at most, of one quantity
DEEPEST = 6  # operations from the end that are taken apart
UNIT = 2.0**-53


@dataclass(frozen=True)
class Cone:
    """What some elements are made of.

    steps       those that they depend on, in order
    inside      which elements those define
    component   element -> number of its component (its own number where it is alone)
    """

    steps: Sequence[Step]
    inside: Mask
    component: Ids


def bounded(swept: Swept, wanted: Ids, weights: Sequence[Array], deep: int = 0) -> list[Array] | None:
    """``Σ |A| weights`` for each wanted element and each of the weights: bounds of |η|, over all elements.

    None where that is too much work. The elements are made by operations, each is wanted once.
    """
    taken = _taken_apart(swept, wanted, weights, deep) if deep < DEEPEST else None
    if taken is not None:
        return taken
    cone = _cone(swept, wanted)
    color = _colors(cone.component[wanted])
    if (int(color.max()) + 1) * int(cone.inside.sum()) > WORK:
        return None
    return _passes(swept, cone, wanted, color, weights)


def coefficients(swept: Swept, element: int) -> tuple[Sequence[Step], Array]:
    """The operations that one element is made by, in order, and its A, signed, over all elements."""
    wanted = np.array([element])
    cone = _cone(swept, wanted)
    found = np.zeros((swept.recording.elements, 1))
    found[element] = 1.0
    compact = np.where(cone.inside, np.arange(swept.recording.elements), -1)
    with np.errstate(all="ignore"):
        for step in reversed(cone.steps):
            _back(step, found, compact)
    return cone.steps, found[:, 0]


def _passes(swept: Swept, cone: Cone, wanted: Ids, color: Ids, weights: Sequence[Array]) -> list[Array]:
    elements = np.flatnonzero(cone.inside)
    compact = np.full(swept.recording.elements, -1)
    compact[elements] = np.arange(len(elements))
    order = np.argsort(cone.component[elements], kind="stable")
    labels, starts = np.unique(cone.component[elements][order], return_index=True)
    chunk = max(1, ROOM // max(1, len(elements)))
    found = [np.zeros(wanted.size) for _ in weights]
    for first in range(0, int(color.max()) + 1, chunk):
        here = (color >= first) & (color < first + chunk)
        ids, passes = wanted[here], color[here] - first
        sensitivity = np.zeros((len(elements), int(passes.max()) + 1))
        sensitivity[compact[ids], passes] = 1.0
        for step in reversed(cone.steps):
            _back(step, sensitivity, compact)
        size = np.abs(sensitivity, out=sensitivity)
        place = np.searchsorted(labels, cone.component[ids])
        for total, weight in zip(found, weights, strict=True):
            share = np.where(size == 0.0, 0.0, size * weight[elements][:, None])[order]
            total[here] = np.add.reduceat(share, starts, axis=0)[place, passes]
    return found


def _back(step: Step, sensitivity: Array, compact: Ids) -> None:
    """From the coefficients of an operation's output to those of its inputs."""
    out = compact[step.operation.output]
    if out.max() < 0:
        return
    coefficient = np.where((out >= 0)[..., None], sensitivity[out], 0.0)
    for ids, part in zip(step.operation.inputs, step.map.push(coefficient), strict=True):
        places = compact[ids].ravel()
        own = places >= 0
        if own.any():
            flat = np.broadcast_to(part, (*ids.shape, part.shape[-1])).reshape(-1, part.shape[-1])
            _add(sensitivity, places if own.all() else places[own], flat if own.all() else flat[own])


def _add(sensitivity: Array, places: Ids, part: Array) -> None:
    """Add rows at places that may occur several times."""
    order = np.argsort(places, kind="stable")
    ordered = places[order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    if len(starts) == len(places):
        sensitivity[places] += part
    else:
        sensitivity[ordered[starts]] += np.add.reduceat(part[order], starts, axis=0)


def _cone(swept: Swept, wanted: Ids, without: bool = False) -> Cone:
    """without: leave out the operations that define the wanted elements."""
    steps, needed = _towards(swept, wanted)
    needed &= ~swept.leaf
    pairs = [_pairs(step, k, needed) for step in steps for k in range(len(step.operation.inputs))]
    if without:
        target = np.zeros(swept.recording.elements, bool)
        target[wanted] = True
        pairs = [(out[~target[out]], given[~target[out]]) for out, given in pairs]
    return Cone(steps, needed, _components(swept.recording.elements, pairs))


def made_of(swept: Swept, wanted: Ids) -> Mask:
    """Which elements the wanted ones may depend on, whole operations at a time; themselves too."""
    return _towards(swept, wanted)[1]


def _towards(swept: Swept, wanted: Ids) -> tuple[list[Step], Mask]:
    """The operations that lead to the wanted elements, in order, and which elements those take."""
    needed = np.zeros(swept.recording.elements, bool)
    needed[wanted] = True
    steps: list[Step] = []
    for step in reversed(swept.steps):
        if needed[step.operation.output].any():
            steps.append(step)
            for ids in step.operation.inputs:
                needed[ids] = True
    steps.reverse()
    return steps, needed


def _pairs(step: Step, k: int, needed: Mask) -> tuple[Ids, Ids]:
    out, given = edges(step.operation, k)
    both = needed[out] & needed[given]
    return out[both], given[both]


def _components(count: int, pairs: Sequence[tuple[Ids, Ids]]) -> Ids:
    """The least element number of each element's component: neighbours' least numbers, and those of those, until
    nothing changes.
    """
    label = np.arange(count)
    if not pairs:
        return label
    one, other = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
    while True:
        least = np.minimum(label[one], label[other])
        before = label.copy()
        np.minimum.at(label, label[one], least)  # the representatives too, so that whole components are joined
        np.minimum.at(label, label[other], least)
        np.minimum.at(label, one, least)
        np.minimum.at(label, other, least)
        while not np.array_equal(label, shorter := label[label]):
            label = shorter
        if np.array_equal(label, before):
            return label


def _colors(component: Ids) -> Ids:
    """A number for each, different within a component."""
    order = np.argsort(component, kind="stable")
    ordered = component[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    starts = np.maximum.accumulate(np.where(first, np.arange(len(ordered)), 0))
    color = np.empty(len(ordered), np.int64)
    color[order] = np.arange(len(ordered)) - starts
    return color


def _taken_apart(swept: Swept, wanted: Ids, weights: Sequence[Array], deep: int) -> list[Array] | None:
    """The bound by those of the inputs of the last operations, where those have nothing in common."""
    cone = _cone(swept, wanted, without=True)
    target = np.zeros(swept.recording.elements, bool)
    target[wanted] = True
    last = [step for step in cone.steps if target[step.operation.output].any()]
    above: list[Ids] = []
    for step in last:
        pairs = [_pairs(step, k, cone.inside) for k in range(len(step.operation.inputs))]
        out, given = (np.concatenate([pair[side][target[pair[0]]] for pair in pairs]) for side in (0, 1))
        keys = np.stack([out, cone.component[given]])
        if np.unique(keys, axis=1).shape[1] != len(out) or target[given].any():
            return None
        above.append(given)
    parents = np.unique(np.concatenate(above)) if above else np.zeros(0, np.int64)
    inner = [np.zeros(0) for _ in weights] if not parents.size else bounded(swept, parents, weights, deep + 1)
    if inner is None:
        return None
    found = []
    for weight, known in zip(weights, inner, strict=True):
        total = np.zeros(swept.recording.elements)
        total[parents] = known
        for step in last:
            out = step.operation.output
            carried = step.map.carry([total[ids] for ids in step.operation.inputs]) + weight[out]
            total[out[target[out]]] = carried[target[out]]
        found.append(total[wanted])
    return found
