"""JAX's primitives that put numbers elsewhere by indices or in order: parts, windows, gathers, scatters, sorts.

A rule takes the tape (if it writes), the operands and the primitive's parameters; see ``equations``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from attnproof.verify.recording.in_jax import moving
from attnproof.verify.recording.in_jax.places import gathered, scattered
from attnproof.verify.recording.rules import choices, places, sums
from attnproof.verify.recording.rules.elementwise import BINARY
from attnproof.verify.recording.rules.numbers import Numbers, repeated, wide
from attnproof.verify.recording.tape import Tape

Rule = Callable[..., Any]


def select_n(which: Any, *cases: Any) -> Any:
    """One of several, elementwise; what decided was noted where it was computed."""
    which = np.asarray(which).astype(np.int64)
    if not isinstance(cases[0], Numbers):
        return np.choose(which, cases) if len(cases) <= 32 else np.take_along_axis(np.stack(cases), which[None], 0)[0]
    found = cases[0]
    for n, case in enumerate(cases[1:], 1):
        found = Numbers(np.where(which == n, case.values, found.values), np.where(which == n, case.ids, found.ids))
    return found


def concatenate(*parts: Any, dimension: int, **_: Any) -> Any:
    """One after another."""
    if not isinstance(parts[0], Numbers):
        return np.concatenate(parts, dimension)
    return Numbers(
        np.concatenate([x.values for x in parts], dimension), np.concatenate([x.ids for x in parts], dimension)
    )


def stack(*parts: Any, axis: int, **_: Any) -> Any:
    """Along a new axis."""
    if not isinstance(parts[0], Numbers):
        return np.stack(parts, axis)
    return sums.joined(parts, axis)


def unstack(a: Any, *, axis: int, **_: Any) -> Any:
    """The slices along an axis."""
    rows = a.move(lambda x: np.moveaxis(x, axis, 0)) if isinstance(a, Numbers) else np.moveaxis(a, axis, 0)
    return [rows[n] for n in range(rows.shape[0])]


def pad(a: Any, filling: Any, *, padding_config: Any, **_: Any) -> Any:
    """With one element all around and between, or less of it."""
    shape, there, mine = moving.pad_places(a.shape, padding_config)

    def placed(x: Any, y: Any) -> Any:
        found = np.full(shape, y, x.dtype)
        found[there] = x[mine]
        return found

    if not isinstance(a, Numbers):
        return placed(a, filling)
    return Numbers(placed(a.values, filling.values), placed(a.ids, filling.ids))


def split(a: Any, *, sizes: Any, axis: int) -> Any:
    """In parts of given sizes."""
    bounds = np.cumsum([int(n) for n in sizes])[:-1]
    if not isinstance(a, Numbers):
        return np.split(a, bounds, axis)
    parts = zip(np.split(a.values, bounds, axis), np.split(a.ids, bounds, axis), strict=True)
    return [Numbers(values, ids) for values, ids in parts]


def dynamic_slice(a: Any, *indices: Any, slice_sizes: Any, **_: Any) -> Any:
    """A slice that begins where indices say."""
    place = moving.starts(a, slice_sizes, indices)
    return a.move(lambda x: x[place]) if isinstance(a, Numbers) else a[place]


def dynamic_update_slice(a: Any, update: Any, *indices: Any, **_: Any) -> Any:
    """With another array in place of a slice."""
    place = moving.starts(a, update.shape, indices)

    def placed(x: Any, y: Any) -> Any:
        found = np.array(x)
        found[place] = y
        return found

    if not isinstance(a, Numbers):
        return placed(a, update)
    return Numbers(placed(a.values, update.values), placed(a.ids, update.ids))


def gather(tape: Tape, a: Any, indices: Any, **params: Any) -> Any:
    """Windows at indices; outside, the fill value."""
    at = gathered(a.shape, np.asarray(indices), params)

    def taken(x: Any) -> Any:
        return x.reshape(-1)[at.flat] if x.size else np.zeros(at.flat.shape, x.dtype)

    if not isinstance(a, Numbers):
        fill = params.get("fill_value")
        if fill is None:
            fill = (
                np.iinfo(a.dtype).min if a.dtype.kind == "i" else np.iinfo(a.dtype).max if a.dtype.kind == "u" else True
            )
        return np.where(at.inside, taken(a), np.asarray(fill).astype(a.dtype))
    found = a.move(taken)
    if at.inside.all():
        return found
    fill = params.get("fill_value")
    filling = repeated(tape, np.nan if fill is None else float(fill), found)
    return Numbers(np.where(at.inside, found.values, filling.values), np.where(at.inside, found.ids, filling.ids))


def _scatter(write: Callable[[Tape, Numbers, Any, Numbers], Numbers], plain: Any) -> Rule:
    def rule(tape: Tape, a: Any, indices: Any, updates: Any, **params: Any) -> Any:
        at = scattered(a.shape, np.asarray(indices), updates.shape, params)
        where = at.flat[at.inside]
        if not isinstance(a, Numbers):
            found = np.array(a).reshape(-1)
            plain(found, where, updates[at.inside])
            return found.reshape(a.shape)
        flat = a.move(np.ravel)
        return write(tape, flat, where, updates.move(lambda x: x[at.inside])).move(lambda x: x.reshape(a.shape))

    return rule


def _set_at(a: Any, where: Any, updates: Any) -> None:
    a[where] = updates


def sort(tape: Tape, *operands: Any, dimension: int, num_keys: int, **_: Any) -> Any:
    """By the first ``num_keys`` operands; not-a-numbers last."""
    keys = [wide(x.values) if isinstance(x, Numbers) else x for x in operands[:num_keys]]
    order = np.lexsort([np.moveaxis(key, dimension, -1) for key in keys[::-1]], axis=-1)
    order = np.moveaxis(order, -1, dimension)
    choices.note(tape, "sort", order, *(x for x in operands[:num_keys] if isinstance(x, Numbers)))

    def sorted_(x: Any) -> Any:
        return np.take_along_axis(x, order, dimension)

    return [x.move(sorted_) if isinstance(x, Numbers) else sorted_(x) for x in operands]


def top_k(tape: Tape, a: Any, *, k: int, axis: int = -1, **_: Any) -> Any:
    """The greatest, in order, and where they stood."""
    values = wide(a.values) if isinstance(a, Numbers) else a.astype(np.int64)
    order = np.argsort(-values, axis=axis, kind="stable")
    if isinstance(a, Numbers):  # not-a-numbers first
        order = np.lexsort([-np.moveaxis(values, axis, -1), ~np.isnan(np.moveaxis(values, axis, -1))], axis=-1)
        order = np.moveaxis(order, -1, axis)
    order = np.take(order, np.arange(k), axis)
    if not isinstance(a, Numbers):
        return [np.take_along_axis(a, order, axis), order.astype(np.int32)]
    choices.note(tape, "sort", order, a)
    return [a.move(lambda x: np.take_along_axis(x, order, axis)), order.astype(np.int32)]


# These take no tape.
MOVING: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "select_n": select_n,
        "concatenate": concatenate,
        "stack": stack,
        "unstack": unstack,
        "pad": pad,
        "split": split,
        "dynamic_slice": dynamic_slice,
        "dynamic_update_slice": dynamic_update_slice,
    }
)
PLACING: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "gather": gather,
        "scatter": _scatter(lambda _, *given: places.put(*given), _set_at),
        "scatter-add": _scatter(places.add_at, np.add.at),
        "scatter-sub": _scatter(partial(places.do_at, rule=BINARY["sub"]), np.subtract.at),
        "scatter-mul": _scatter(partial(places.do_at, rule=BINARY["mul"]), np.multiply.at),
        "scatter-max": _scatter(partial(places.do_at, rule=BINARY["max"]), np.maximum.at),
        "scatter-min": _scatter(partial(places.do_at, rule=BINARY["min"]), np.minimum.at),
        "sort": sort,
        "top_k": top_k,
    }
)
