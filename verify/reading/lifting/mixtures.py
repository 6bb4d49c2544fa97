"""Arrays whose elements come from operations of different kinds: masks, concatenations, choices by value."""

from __future__ import annotations

from typing import Final

import numpy as np
from sympy import Integer, S

from attnproof.verify.reading.lifting.affine import completed
from attnproof.verify.reading.lifting.elements import Elements
from attnproof.verify.reading.lifting.lifts import Lifts
from attnproof.verify.reading.lifting.node import Node, Part
from attnproof.verify.reading.lifting.pairs import Pairs, cuts_of, every_other
from attnproof.verify.reading.lifting.patterns import Kept
from attnproof.verify.reading.lifting.sizes import CannotLiftError
from attnproof.verify.recording.recording import Ids, Values

Labels = dict[int, str]  # number of an operation -> what kind it is


def labels(run: Elements, ids: Ids) -> Labels:
    """The kind of each operation among those that define ``ids``."""
    found: Labels = {}
    for number in np.unique(run.owners(ids)):
        operation = run.operations[number]
        name = operation.name
        if name in ("input", "constant"):
            name += f" {operation.attributes.get('name', '')}{operation.attributes.get('copy', '')}"
        if name == "constant " and operation.output.size:
            values = np.unique(run.values(ids[run.owners(ids) == number]))
            name += str(values[0]) if len(values) == 1 and not np.isfinite(values[0]) else ""
        found[int(number)] = name
    return found


def mixed(lifter: Lifts, ids: Pairs, kinds: tuple[Labels, Labels]) -> Node:
    """The node. Raises CutError for a concatenation, SplitError for what alternates, CannotLiftError for what is none
    of these mixtures.
    """
    names = sorted({*kinds[0].values(), *kinds[1].values()})
    marks = tuple(
        np.vectorize({number: names.index(kind) for number, kind in of.items()}.__getitem__)(run.owners(part))
        for run, part, of in zip(lifter.runs, ids, kinds, strict=True)
    )
    if (node := _chosen(lifter, ids, names, (marks[0], marks[1]))) is not None:
        return node
    if (split := every_other((marks[0], marks[1]))) is not None:
        raise split
    cut = cuts_of((marks[0], marks[1]))
    brought = [k for k, name in enumerate(names) if name.startswith("constant")]
    error: CannotLiftError | None = None
    if brought and len(names) - len(brought) == 1:
        kept = tuple(~np.isin(mark, brought) for mark in marks)
        try:
            return _masked(lifter, ids, (kept[0], kept[1]))
        except CannotLiftError as found:
            error = found
    if cut is not None:
        raise cut
    operation = lifter.operations(ids)[0]
    raise error or CannotLiftError(f"elements of different kinds side by side ({', '.join(names)})", operation.where)


def _whole(lifter: Lifts, ids: Pairs, known: tuple[Kept, Kept]) -> Pairs | None:
    """The elements that would stand everywhere if those that are known stood everywhere."""
    found = []
    for run, part, here in zip(lifter.runs, ids, known, strict=True):
        if not here.any():
            return None
        names = {operation.name for operation in run.those(part[here])}

        def holds(whole: Ids, run: Elements = run, names: set[str] = names) -> bool:
            return bool(whole.max() < run.recording.elements) and {op.name for op in run.those(whole)} == names

        found.append(completed(part, here, holds))
    return None if found[0] is None or found[1] is None else (found[0], found[1])


def _masked(lifter: Lifts, ids: Pairs, kept: tuple[Kept, Kept]) -> Node:
    """Elements where a mask holds, a constant elsewhere."""
    if not all(here.any() for here in kept):
        raise CannotLiftError("elements replaced by a constant at one set of sizes alone")
    where = lifter.runs[0].those(ids[0][kept[0]])[0].where
    elsewhere = [np.unique(run.values(part[~here])) for run, part, here in zip(lifter.runs, ids, kept, strict=True)]
    if any(len(values) != 1 for values in elsewhere):
        raise CannotLiftError("elements replaced by different constants", where)
    whole = _whole(lifter, ids, kept)
    if whole is None:
        raise CannotLiftError("elements replaced by a constant, and no rule for what stood there", where)
    body = lifter.part(whole)
    mask = Part(mask_node(lifter, ids, kept), tuple(range(ids[0].ndim)))
    pair = float(elsewhere[0][0]), float(elsewhere[1][0])
    sizes = lifter.axes(ids)
    if pair == (-np.inf, -np.inf):
        return Node("add", sizes, (body, mask), (), None, where)
    if not np.isfinite(pair).all():
        raise CannotLiftError(f"elements replaced by {pair[0]}", where)
    value = lifter.sizes.number(pair)
    if value == 0:
        return Node("kept", sizes, (body, mask), (), None, where)
    return Node("filled", sizes, (body, mask), (), value, where)


def mask_node(lifter: Lifts, ids: Pairs, kept: tuple[Kept, Kept]) -> Node:
    """0 where kept, −∞ elsewhere: one mask, or the sum of several. Raises CannotLiftError for one that is not known."""
    sizes = lifter.axes(ids)
    axes = [k for k in range(len(sizes)) if not all(_constant(part, k) for part in kept)]
    rest = [k for k in range(len(sizes)) if k not in axes]
    moved = [part.transpose(*axes, *rest) for part in kept]
    own = [part.reshape(*part.shape[: len(axes)], -1)[..., 0] for part in moved]
    found = lifter.patterns.known(tuple(sizes[k] for k in axes), (own[0], own[1]))
    parts = []
    for pattern in found:
        node = Node("mask", pattern.axes, (), (), pattern)
        parts.append(Part(node, tuple(axes[[sizes[k] for k in axes].index(size)] for size in pattern.axes)))
    return Node("add", sizes, tuple(parts)) if len(parts) > 1 else Node("add", sizes, (*parts,))


def _constant(array: Kept, axis: int) -> bool:
    return bool((array == array.take([0], axis)).all())


ZERO_ONE: Final = {0.0, 1.0}


def zeros_and_infinities(lifter: Lifts, ids: Pairs, values: tuple[Values, Values]) -> Node | None:
    """A table of 0 and −∞, or of 1 and 0, that is a known mask; None for another."""
    found = set(np.unique(values[0]).tolist()) | set(np.unique(values[1]).tolist())
    try:
        if found == {0.0, -np.inf}:
            return mask_node(lifter, ids, (values[0] == 0, values[1] == 0))
        if found == ZERO_ONE:
            mask = mask_node(lifter, ids, (values[0] == 1, values[1] == 1))
            sizes = lifter.axes(ids)
            one = Node("number", (), (), (), Integer(1))
            return Node("kept", sizes, (Part(one, ()), Part(mask, tuple(range(len(sizes))))))
        low = min(found)
        if found == {0.0, low} and low <= -1e3:
            mask = mask_node(lifter, ids, (values[0] == 0, values[1] == 0))
            sizes = lifter.axes(ids)
            zero = Node("number", (), (), (), S.Zero)
            both = (Part(zero, ()), Part(mask, tuple(range(len(sizes)))))
            return Node("filled", sizes, both, (), lifter.sizes.number((low, low)))
    except CannotLiftError:
        return None
    return None


def _chosen(lifter: Lifts, ids: Pairs, names: list[str], marks: Pairs) -> Node | None:
    """``relu``, ``abs`` and ``leaky_relu``: a choice by the sign of an element."""
    if len(names) != 2:
        return None
    for kind in (0, 1):
        known = (marks[0] == kind, marks[1] == kind)
        if names[kind].startswith(("constant", "neg")):
            continue
        whole = _whole(lifter, ids, known)
        if whole is None:
            continue
        values = [run.values(part) for run, part in zip(lifter.runs, whole, strict=True)]
        signs = [(v[here] >= 0).all() and (v[~here] <= 0).all() for v, here in zip(values, known, strict=True)]
        if not all(signs):
            continue
        body = lifter.part(whole)
        sizes = lifter.axes(ids)
        other = names[1 - kind]
        rest = [run.values(part) for run, part in zip(lifter.runs, ids, strict=True)]
        outside = [value[~here] for value, here in zip(rest, known, strict=True)]
        if other.startswith("constant") and not any(part.any() for part in outside):
            return Node("relu", sizes, (body,))
        if other == "neg" and all((-v[~h] == o).all() for v, h, o in zip(values, known, outside, strict=True)):
            return Node("abs", sizes, (body,))
        ratios = [np.unique((o / v[~h]).round(12)) for v, h, o in zip(values, known, outside, strict=True)]
        if other == "mul" and all(len(ratio) == 1 for ratio in ratios):
            return Node("leaky", sizes, (body,), (), lifter.sizes.number((float(ratios[0][0]), float(ratios[1][0]))))
    return None
