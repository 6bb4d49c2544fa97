"""How a target lays out its arrays: ``query=b q (h d)``, with names of axes as in einops, for torch tensors, NumPy and
JAX arrays.

Axes: ``q k`` queries and keys, ``d`` the width of query and key (``d`` of each), ``v`` the width of values, and any
other names for batch and heads (``b``, ``h``), which are the leading axes of our own arrays in order of their first
appearance. ``(h d)`` merges axes, ``1`` is an axis of length one; ``lengths`` may have the leading axes and ``q``. An
axis that an array does not have is repeated:
``key=(b q) k d`` has a copy of the keys for each query; ``mask=b k`` hides keys from
all queries alike. ``value=b k d`` (and ``context=b q d``) says that values are as
wide as queries: they are filled up with zeros, and the result's first columns, which do not depend on them, are what
counts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

import numpy as np

from attnproof.verify.checking.reshaping import expanded, laid, permuted
from attnproof.verify.options import nearest
from attnproof.verify.targets.numbers import NoAnswerError
from attnproof.verify.targets.target import Unsupported

OWN: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {  # the axes after the batch
        "query": ("q", "d"),
        "key": ("k", "d"),
        "value": ("k", "v"),
        "bias": ("q", "k"),
        "mask": ("q", "k"),
        "context": ("q", "v"),
        "weights": ("q", "k"),
        "scores": ("q", "k"),
        "lse": ("q",),
        "scale_query": (),  # of what is stored in 8 bits: the leading axes alone
        "scale_key": (),
        "scale_value": (),
    }
)
WHOLE: Final = MappingProxyType(
    # lengths: both axes have length one, or ``q`` not; of heads: the leading axes alone
    {
        **OWN,
        "lengths": ("q", "k"),
        "sinks": (),
        "slopes": (),
        "positions": ("q",),
        "positions_key": ("k",),
        # ``d`` of a table is its own width
        **{f"{table}_{role}": (axis, "d") for role, axis in (("query", "q"), ("key", "k")) for table in ("cos", "sin")},
    }
)
INNER: Final = frozenset("qkdv")
SCALES: Final = ("scale_query", "scale_key", "scale_value")
GROUPED: Final = ("key", "value", "scale_key", "scale_value")  # may have fewer heads than queries
# What hides keys from all queries alike, or is added to their scores, has no axis of queries.
MAY_LACK: Final = frozenset({("mask", "q"), ("bias", "q"), ("lengths", "q"), ("lengths", "k")})

Axes = tuple[tuple[str, ...], ...]  # each axis of theirs, as the axes of ours that it merges; () has length one


@dataclass(frozen=True)
class Layouts:
    """Axes by array, the names of the leading axes in order, and whether keys and values are handed over with fewer
    heads than queries.
    """

    axes: Mapping[str, Axes]
    lead: tuple[str, ...]
    grouped: bool = False

    def lead_axes(self, shape: Sequence[int], batch: Sequence[int]) -> tuple[int, ...]:
        """The leading axes of an array of a batch. One of fewer axes is of heads; of elements, if each has a length."""
        flat = [n for axis in self.axes.get("lengths", ()) for n in axis]
        elements = self.lead[:1] and self.lead[0] in flat and self.lead[-1] not in flat
        ones = (1,) * (len(self.lead) - len(batch)) if elements else ()
        return fitted((*fitted(shape, len(batch)), *ones), len(self.lead))


def parse(text: str) -> Layouts:
    """The layouts that a text such as ``query=b q d, key=b k d`` names. Raises ValueError naming what is wrong in
    it.
    """
    found: dict[str, Axes] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        name, equals, pattern = (piece.strip() for piece in part.partition("="))
        if not equals or name not in WHOLE:
            expected = f"expected ARRAY=AXES with ARRAY one of {', '.join(WHOLE)}"
            raise ValueError(f"layout {part!r}: {expected}{nearest(name, WHOLE)}")
        tokens = re.findall(r"\([^()]*\)|\w+", pattern)
        if "".join(tokens).replace(" ", "") != pattern.replace(" ", "") or not tokens:
            raise ValueError(f"layout {part!r}: expected names of axes such as 'b q d' or 'b q (h d)'")
        axes = tuple(tuple(token.strip("()").split()) if token != "1" else () for token in tokens)
        names = [name for axis in axes for name in axis]
        if len(set(names)) != len(names):
            raise ValueError(f"layout {part!r}: an axis appears twice")
        absent = [axis for axis in inner_of(name, axes) if axis not in names and (name, axis) not in MAY_LACK]
        if absent:
            raise ValueError(f"layout {part!r}: axis {absent[0]!r} of {name} is missing; it has {' '.join(OWN[name])}")
        if name == "lengths" and "k" in names:
            raise ValueError(f"layout {part!r}: lengths count keys, and have no axis 'k'")
        found[name] = axes
    lead = dict.fromkeys(n for axes in found.values() for axis in axes for n in axis if n not in INNER)
    return Layouts(MappingProxyType(found), tuple(lead))


def inner_of(name: str, axes: Axes) -> tuple[str, ...]:
    """Our own axes of an array, with ``d`` for ``v`` where the layout says that values are as wide as queries."""
    names = {n for axis in axes for n in axis}
    return tuple("d" if n == "v" and "v" not in names and "d" in names else n for n in WHOLE[name])


def sizes_of(layouts: Layouts, given: Mapping[str, Any]) -> dict[str, int]:
    """Length of every axis: the inner ones of the arrays, the leading ones of the broadcast batch, merged or filled up
    with 1.
    """
    arrays = {name: given[name] for name in OWN if name in given and hasattr(given[name], "shape")}
    sizes: dict[str, int] = {}
    for name, array in arrays.items():  # the query's width is d, whatever the key's
        for i, axis in enumerate(OWN[name]):
            sizes.setdefault(axis, int(array.shape[i - len(OWN[name])]))
    batch = batch_of(arrays)
    if layouts.axes and not layouts.lead and batch:
        raise NoPlaceError(f"the layout has no axis for a batch of shape {batch}")
    return sizes | dict(zip(layouts.lead, layouts.lead_axes(batch, batch), strict=True))


def varies(layouts: Layouts, name: str) -> tuple[bool, ...]:
    """For each leading axis, from the last one on, whether the layout of an array names it; nothing without a layout.

    Raises ValueError for a scale with other axes than leading ones.
    """
    if name not in layouts.axes:
        return ()
    names = {axis for merged in layouts.axes[name] for axis in merged}
    if names & INNER:
        axis = min(names & INNER)
        raise ValueError(f"layout: {name} has an axis {axis!r}; scales vary along leading axes alone")
    return tuple(axis in names for axis in reversed(layouts.lead))


def batch_of(arrays: Mapping[str, Any]) -> tuple[int, ...]:
    """The shape of the axes before each array's own, broadcast. Keys and values may have fewer heads than queries:
    it has the queries'.
    """
    shapes = {name: lead_of(name, array) for name, array in arrays.items() if name not in SCALES}
    heads = shapes["query"][-1:] if "query" in shapes else ()
    for name in ("key", "value"):
        own = shapes.get(name, ())
        if heads and own and own[-1] < heads[0] and heads[0] % own[-1] == 0:
            shapes[name] = (*own[:-1], 1)
    return np.broadcast_shapes(*shapes.values())


def lead_of(name: str, array: Any) -> tuple[int, ...]:
    """The shape of the axes before an array's own."""
    return tuple(array.shape[: array.ndim - len(WHOLE[name])])


class NoPlaceError(Unsupported):
    """The layout cannot hold the arrays."""


def fitted(batch: Sequence[int], count: int) -> tuple[int, ...]:
    """The batch's shape as ``count`` axes: filled up with ones before, or its first axes merged."""
    if count == 0:
        return ()
    if len(batch) <= count:
        return (1,) * (count - len(batch)) + tuple(batch)
    first = len(batch) - count + 1
    return (math.prod(batch[:first]), *batch[first:])


def to_theirs(layouts: Layouts, name: str, array: Any, batch: tuple[int, ...], sizes: Mapping[str, int]) -> Any:
    """Our array in their layout; differentiable where torch is."""
    if name not in layouts.axes:
        return array
    return laid(array, lambda own: _to_theirs(layouts, name, own, batch, sizes))


def _to_theirs(layouts: Layouts, name: str, array: Any, batch: tuple[int, ...], sizes: Mapping[str, int]) -> Any:
    inner = inner_of(name, layouts.axes[name])
    flat = [n for axis in layouts.axes[name] for n in axis]
    if name == "lengths":
        array = _as_array(array, len(batch), sizes["q"] if "q" in flat else 1)
    elif not inner and not batch:
        array = array.reshape(())  # one head, which has no axis
    elif inner != WHOLE[name]:
        array = _widened(array, sizes["d"])
    lead, core = lead_of(name, array), tuple(array.shape[array.ndim - len(inner) :])
    sizes = {**sizes, **dict(zip(inner, map(int, core), strict=True))}
    own = layouts.lead_axes(lead, batch)
    if layouts.grouped and name in GROUPED and batch and lead and lead[-1] < batch[-1]:
        batch = (*batch[:-1], int(lead[-1]))  # grouped heads: as many as it has
        sizes = {**sizes, **dict(zip(layouts.lead, layouts.lead_axes(batch, batch), strict=True))}
    full = expanded(array, (*batch, *core))
    full = full.reshape((*(sizes[n] for n in layouts.lead), *core))
    have = [*layouts.lead, *inner]
    for n in [n for n in layouts.lead if n not in flat]:
        if own[layouts.lead.index(n)] != 1:
            raise NoPlaceError(f"the layout of {name} has no axis {n!r}, and the batch has {sizes[n]} of it")
        full = full[(slice(None),) * have.index(n) + (0,)]
        have.remove(n)
    for n in [n for n in inner if n not in flat]:
        place = have.index(n)
        one = full[(slice(None),) * place + (slice(0, 1),)]
        # What gradients are asked of has one row, and the sum over queries for it; truth values may be repeated.
        if sizes[n] != 1 and (name != "mask" or not bool((full == one).all())):
            raise NoPlaceError(f"the {name} has no axis of queries in its layout, and is another for each of them")
        full = full[(slice(None),) * place + (0,)]
        have.remove(n)
    for n in (n for n in flat if n not in have):
        full = expanded(full.reshape((1, *full.shape)), (sizes[n], *full.shape))
        have.insert(0, n)
    full = permuted(full, [have.index(n) for n in flat])
    return full.reshape(tuple(math.prod(sizes[n] for n in axis) for axis in layouts.axes[name]))


def to_ours(layouts: Layouts, name: str, array: Any, batch: tuple[int, ...], sizes: Mapping[str, int]) -> Any:
    """Their output in our layout. Raises NoAnswerError for a shape that is not the declared one."""
    if name not in layouts.axes:
        return array
    wanted = tuple(math.prod(sizes[n] for n in axis) for axis in layouts.axes[name])
    if tuple(array.shape) != wanted:
        raise NoAnswerError(f"{name} has shape {tuple(array.shape)}, expected {wanted} from the layout")
    flat = [n for axis in layouts.axes[name] for n in axis]
    foreign = [n for n in flat if n not in (*layouts.lead, *inner_of(name, layouts.axes[name]))]
    if foreign:
        raise NoPlaceError(f"the layout repeats {name} along {foreign[0]!r}, which its gradient has to be summed over")
    inner = inner_of(name, layouts.axes[name])
    ours = [n for n in (*layouts.lead, *inner) if n in flat]

    def change(own: Any) -> Any:
        split = own.reshape(*(sizes[n] for n in flat))
        whole = permuted(split, [flat.index(n) for n in ours]).reshape(*batch, *(sizes[n] for n in inner))
        return whole if inner == OWN[name] else whole[..., : sizes["v"]]

    return laid(array, change)


def _as_array(lengths: Any, batch: int, queries: int) -> Any:
    """Lengths (), (b,) or (b, n_q) with an axis for each of the batch, one of ``queries`` and one of length one."""
    shape = tuple(lengths.shape)
    whole = lengths.reshape(*shape[:1], *(1,) * (batch - len(shape[:1])), *(shape[1:] or (1,)), 1)
    return expanded(whole, (*whole.shape[:-2], max(int(whole.shape[-2]), queries), 1))


def _widened(array: Any, width: int) -> Any:
    missing = width - int(array.shape[-1])
    if missing < 0:
        raise NoPlaceError(f"values of width {array.shape[-1]} are wider than the layout's {width}")
    if hasattr(array, "__array_namespace__"):
        return array.__array_namespace__().pad(array, [(0, 0)] * (array.ndim - 1) + [(0, missing)])
    import torch

    return torch.nn.functional.pad(array, (0, missing))
