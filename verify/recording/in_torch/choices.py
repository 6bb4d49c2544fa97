"""Choosing among elements by their values: what is chosen is an element, and the choice is noted."""

from __future__ import annotations

import math

import numpy as np

from attnproof.verify.recording.in_torch.arrays import values
from attnproof.verify.recording.in_torch.writer import Writer
from attnproof.verify.recording.recording import Ids


def extreme(w: Writer, x: Ids, axes: tuple[int, ...], keepdim: bool, *, largest: bool = True, kind: str = "max") -> Ids:
    """The largest or smallest entry along axes: the first of equal ones."""
    if not axes:
        return x
    rest = tuple(axis for axis in range(x.ndim) if axis not in axes)
    rows = x.transpose(*rest, *axes).reshape(*(x.shape[axis] for axis in rest), math.prod(x.shape[a] for a in axes))
    found = w.values(rows)
    place = (np.argmax if largest else np.argmin)(found, axis=-1)
    w.choose(kind, x, place)
    picked = np.take_along_axis(rows, place[..., None], -1)[..., 0]
    return np.expand_dims(picked, axes) if keepdim else picked


def bounded(w: Writer, x: Ids, low: Ids | None, high: Ids | None, kind: str = "clamp") -> Ids:
    """x, or the bound that it is beyond; of a bound that is NaN, the bound."""
    depends = [x]
    x = np.broadcast_to(x, np.broadcast_shapes(*(ids.shape for ids in (x, low, high) if ids is not None)))
    outcome = np.zeros(x.shape, np.int8)
    for bound, side in ((low, -1), (high, 1)):
        if bound is None:
            continue
        at = w.values(bound)
        beyond = np.isnan(at) | ((w.values(x) < at) if side < 0 else (w.values(x) > at))
        outcome = np.where(beyond, side, outcome)
        x = np.where(beyond, bound, x)
        depends.append(bound)
    w.choose(kind, np.concatenate([np.ravel(ids) for ids in depends]), outcome)
    return x


def magnitude(w: Writer, x: Ids) -> Ids:
    """|x|: x itself, or −x where it is negative."""
    negative = w.values(x) < 0
    w.choose("compare", x, negative)
    if not negative.any():
        return x
    out = np.array(x)
    out[negative] = w.op("neg", x[negative])
    return out


def chosen(w: Writer, kind: str, depends: Ids) -> Ids:
    """The first result's values as constants: a choice by the values of ``depends``."""
    found = values(w.results[0])
    w.choose(kind, depends, found)
    return w.tape.constant(found, w.dtype)


def nearest(w: Writer, x: Ids) -> Ids:
    """The entry of x that the library returned as the single result."""
    place = int(np.argmin(np.abs(w.values(x).ravel() - values(w.results[0]))))
    w.choose("sort", x, np.asarray(place))
    return np.asarray(x.ravel()[place])
