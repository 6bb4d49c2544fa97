"""Every single way in which an array's elements stand at wrong places: for one array, or alike for several.

Along one axis all are the first, or in reverse order, or each its neighbour's; two axes are exchanged where they are of
one length, or split and merged in the other order (a view where a transpose is due, ``repeat`` for
``repeat_interleave``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Final

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
# The names of the axes behind the batch.
CORES: Final = {
    "query": ("query", "feature"),
    "key": ("key", "feature"),
    "value": ("key", "channel"),
    "context": ("query", "channel"),
    "weights": ("query", "key"),
    "bias": ("query", "key"),
    "dropout": ("query", "key"),
}
BATCH: Final = ("batch element", "head", "head of a group")
TOGETHER: Final = (("key", "value"), ("query", "key"), ("query", "key", "value"))


def axes_of(name: str, ndim: int) -> tuple[str, ...]:
    """The names of all axes of an array of the truth."""
    core = CORES.get(name, ("row", "column")[:ndim] if ndim <= 2 else ())
    lead = ndim - len(core)
    batch = (
        ("batch element", "head", "head of a group")[:lead] if lead <= 3 else tuple(f"axis {k}" for k in range(lead))
    )
    return (*batch, *core)[:ndim] if lead >= 0 else ("element",) * ndim


def moves(shape: Sequence[int], axes: Sequence[str]) -> Iterator[tuple[str, Places]]:
    """Words, and which element stands at each place, for an array of this shape."""
    here = np.arange(int(np.prod(shape)), dtype=np.int64).reshape(shape)
    for axis, word in enumerate(axes):
        yield from _along(here, axis, word)
    batch = sum(word in BATCH for word in axes)
    if batch > 1:  # a program may have them as one axis
        flat = here.reshape((-1, *here.shape[batch:]))
        yield from ((words, found.reshape(here.shape)) for words, found in _along(flat, 0, "element"))
    for one, other in combinations(range(len(shape)), 2):
        if min(shape[one], shape[other]) < 2:
            continue
        pair = f"{_several(axes[one])} and {_several(axes[other])}"
        if shape[one] == shape[other]:
            yield f"with {pair} exchanged (transposed)", here.swapaxes(one, other)
        for turned in (False, True):
            found = _split_otherwise(here, one, other, turned=turned)
            how = "merged" if turned else "split"
            yield f"with {pair} {how} in the other order", found


def _along(here: Places, axis: int, word: str) -> Iterator[tuple[str, Places]]:
    length = here.shape[axis]
    if length > 1:
        yield f"of the first {word} for every {word}", np.broadcast_to(np.take(here, [0], axis), here.shape)
        yield f"of the last {word} for every {word}", np.broadcast_to(np.take(here, [length - 1], axis), here.shape)
        yield f"in the reverse order of {_several(word)}", np.flip(here, axis)
        yield f"of the {word} after it", np.roll(here, -1, axis)
        yield f"of the {word} before it", np.roll(here, 1, axis)


def _split_otherwise(here: Places, one: int, other: int, *, turned: bool) -> Places:
    """Two axes as a view of the memory in which they lie the other way round, or were written that way."""
    last = np.moveaxis(here, (one, other), (-2, -1))
    flat = last.swapaxes(-1, -2) if turned else last
    found = flat.reshape(last.shape) if turned else last.reshape(flat.shape[:-2] + last.shape[:-3:-1]).swapaxes(-1, -2)
    return np.moveaxis(found, (-2, -1), (one, other))


def _several(word: str) -> str:
    head, of, rest = word.partition(" of ")
    return (f"{head[:-1]}ies" if head.endswith("ry") else f"{head}s") + of + rest
