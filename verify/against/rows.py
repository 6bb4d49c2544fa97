"""Large results judged at some of their rows: drawn at random, with a stated probability of missing a fault, and those
where tiles begin and end.

Which arguments a row of the result needs is found at small sizes: along an axis of the result, what stands at place t
is made of place t of some arguments and of all of the others. For floating-point arguments the recorded operations
decide that (``dependence``). Masks and other whole numbers, and that a row does not depend on where it stands, are
tried at small sizes: the function on some rows has to give, exactly, those rows of the function on all. A program that
masks by the place of a row in its own array is none of those: hand the mask over.

*How sure.* F of N rows are wrong; m different ones are drawn, every set alike. No wrong one is among them with
probability C(N − F, m)/C(N, m) = Π_{i<m} (1 − F/(N − i)) ≤ (1 − F/N)^m.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

import numpy as np

from attnproof.verify.against.dependence import Dependence
from attnproof.verify.against.enclosing import Enclosed, enclosed
from attnproof.verify.against.evaluations import evaluations
from attnproof.verify.against.listening import Heard, framework_of, heard, is_real, mapped
from attnproof.verify.against.theirs import RaisedError
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.recording.recording import NotReadError
from attnproof.verify.targets.saying import came_to
from attnproof.verify.unit import generator

Function = Callable[..., Any]
LONG: Final = 48  # axes longer than that are shortened where dependence is looked for
SHORT: Final = 5  # to that, and one more for each other length
MOST: Final = 64  # ways to hand over masks that are tried
TILES: Final = (64, 128)  # whose edges are looked at where nothing is known of the program
SHARES: Final = (0.5, 0.1, 0.05, 0.01)


@dataclass(frozen=True)
class Sample:
    """Rows that were chosen.

    shape  of the axes that rows are counted along: (batch, head, row) say
    drawn  places in it, at random
    edges  places in it, chosen for what they are
    """

    shape: tuple[int, ...]
    drawn: tuple[tuple[int, ...], ...]
    edges: tuple[tuple[int, ...], ...] = ()

    def missed(self, share: float) -> float:
        """The probability that no drawn row is among the wrong ones, where these are a share of all (at least one)."""
        count, m = math.prod(self.shape), len(self.drawn)
        wrong = max(1, math.ceil(share * count))
        if m > count - wrong:
            return 0.0
        return math.exp(math.fsum(math.log1p(-wrong / (count - i)) for i in range(m)))

    def groups(self) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
        """(place along all axes but the last, rows there), each place once."""
        found: dict[tuple[int, ...], set[int]] = {}
        for place in (*self.edges, *self.drawn):
            found.setdefault(place[:-1], set()).add(place[-1])
        for lead, rows in sorted(found.items()):
            yield lead, tuple(sorted(rows))

    def __str__(self) -> str:
        chances = ", ".join(f"{share:.0%} of the rows {self.missed(share):.2g}" for share in SHARES)
        return (
            f"{len(self.drawn)} of {math.prod(self.shape)} rows at random and {len(self.edges)} at edges; "
            f"a fault is missed with probability at most, where it touches {chances}"
        )


def sample(shape: Sequence[int], count: int, seed: int = 0, tiles: Iterable[int] = TILES) -> Sample:
    """So many rows at random, all different; and the first, the last, and those before and after the first and the last
    edge between tiles of these lengths, at one place along the other axes each.

    Raises ValueError for a count below 1.
    """
    if count < 1:
        raise ValueError(f"{count} rows cannot be drawn; rows= is at least 1")
    total = math.prod(shape)
    random = generator(seed, "rows", *map(str, shape))
    places = random.choice(total, size=min(count, total), replace=False)
    drawn = tuple(tuple(int(k) for k in np.unravel_index(int(place), shape)) for place in sorted(places))
    lead = [int(random.integers(length)) for length in shape[:-1]]
    return Sample(tuple(shape), drawn, tuple((*lead, row) for row in edges(shape[-1], tiles)))


def edges(length: int, tiles: Iterable[int] = ()) -> tuple[int, ...]:
    """The first row, the last, and those on both sides of the first and the last edge of tiles."""
    found = {0, length - 1}
    for tile in tiles:
        if 1 < tile < length:
            last = (length - 1) // tile * tile
            found |= {tile - 1, tile, last - 1, last}
    return tuple(sorted(found))


@dataclass(frozen=True)
class Axis:
    """An axis of the results along which they fall apart; ``arguments``: number of an array -> its axis."""

    results: int
    arguments: Mapping[int, int]


@dataclass(frozen=True)
class Rows:
    """What a function's results fall apart into: ``axes``, the one of rows last."""

    axes: tuple[Axis, ...]

    def at(self, inputs: Sequence[Any], lead: Sequence[int], rows: Sequence[int]) -> list[Any]:
        """The arguments that these rows need."""
        places = [*([place] for place in lead), list(rows)]

        def taken(k: int, array: Any) -> Any:
            for axis, where in zip(self.axes, places, strict=True):
                if k in axis.arguments:
                    array = _take(array, axis.arguments[k], where)
            return array

        return numbered(inputs, taken)

    def of(self, result: Any, lead: Sequence[int], rows: Sequence[int]) -> Any:
        """These rows of a result."""
        for axis, where in zip(self.axes, [*([place] for place in lead), list(rows)], strict=True):
            result = _take(result, axis.results, where)
        return result

    def place(self, lead: Sequence[int], rows: Sequence[int], index: Sequence[int]) -> list[int]:
        """The place in the whole result of a place among these rows."""
        found = list(index)
        for axis, where in zip(self.axes, [*([place] for place in lead), list(rows)], strict=True):
            if axis.results < len(found):
                found[axis.results] = where[found[axis.results]]
        return found

    def shape(self, result: Any) -> tuple[int, ...]:
        """How many places there are along each of the axes."""
        return tuple(int(result.shape[axis.results]) for axis in self.axes)


def rows_of(function: Function, inputs: Sequence[Any], result: Any) -> Rows:
    """What ``function(*inputs)``, which is shaped like ``result`` (one array, or the first of several), falls apart
    into. Nothing is evaluated at full size.

    Raises NotReadError, with the reason, where no axis of rows is found.
    """
    short, found = _asked_small(function, inputs, tuple(result.shape))
    ids = found.recording.calls[-1].results[next(iter(found.results))]
    if ids.ndim != len(result.shape):
        raise NotReadError(f"at small sizes the reference gives {ids.ndim} axes, and {len(result.shape)} are expected")
    able = {axis: mine for axis in range(ids.ndim) if ids.shape[axis] > 1 and (mine := _axis(found, ids, axis))}
    last = ids.ndim - 1
    if any(result.shape[axis] > LONG or result.shape[axis] >= result.shape[last] for axis in able.keys() - {last}):
        able.pop(last, None)  # features: they are judged all
    if not able:
        raise NotReadError("no row of the result depends on a row of an argument alone")
    real = [k for k, array in enumerate(_arrays(short)) if is_real(array)]
    order = sorted(able, key=lambda axis: (result.shape[axis], -axis))
    given = [Axis(axis, {real[k]: own for k, own in able[axis].items()}) for axis in order]
    return _tried(function, short, found, given)


def _asked_small(function: Function, inputs: Sequence[Any], shape: tuple[int, ...]) -> tuple[list[Any], Heard]:
    """The arguments with their long axes shortened, the width last of all, and what the function did with them."""
    arrays = [array for array in _arrays(inputs) if array.ndim]
    every = {size for array in arrays for size in array.shape if size > LONG} | {size for size in shape if size > LONG}
    widths = {int(arrays[0].shape[-1])} if arrays else set()
    for wanted in (every - widths, every):
        lengths = {size: SHORT + k for k, size in enumerate(sorted(wanted))}
        short = _shorter(inputs, lengths)
        try:
            return short, heard(function, short)
        except RaisedError as error:  # a function that does not take these sizes says so in its own way
            refused = error.theirs
    raise NotReadError(f"at small sizes the reference {came_to(refused)}") from refused


def _axis(found: Heard, ids: Any, axis: int) -> dict[int, int]:
    """The floating-point inputs, by number, of which a place along an axis of the result needs that place alone."""
    mine: dict[int, int] = {}
    for name, given in found.recording.calls[-1].inputs.items():
        for own in range(given.ndim):
            if given.shape[own] != ids.shape[axis] or given.shape[own] < 2:
                continue
            labels = Dependence(found.recording, name, own)
            along = all(
                axis < each.ndim and labels.along(each, axis) for each in found.recording.calls[-1].results.values()
            )
            if along and all(labels.decided(choice) for choice in found.recording.choices):
                mine[int(name[2:])] = own
    return mine


def _tried(function: Function, short: Sequence[Any], found: Heard, given: list[Axis]) -> Rows:
    """With the axes of arrays of whole numbers, as the function wants them; leading axes that it takes no part of are
    left whole.
    """
    whole, arrays = enclosed_alone(found), _arrays(short)
    random = generator(0, "rows tried")
    *lead, last = given
    for axes in ([*lead, last], [last]):
        options = [_options(arrays, axis, found) for axis in axes]
        for ways in list(product(*options))[:MOST]:
            rows = Rows(
                tuple(Axis(axis.results, {**axis.arguments, **way}) for axis, way in zip(axes, ways, strict=True))
            )
            if all(_same(rows, function, short, whole, random) for _ in range(2)):
                return rows
    raise NotReadError(
        "the reference on some rows is not those rows of the reference on all: a row depends on where it stands "
        "(a causal mask made inside, say); hand over what tells rows apart, the mask, as an argument"
    )


def _options(arrays: Sequence[Any], axis: Axis, found: Heard) -> list[dict[int, int]]:
    """Ways in which arrays of whole numbers may go along: by none of their axes, or by one of the same length."""
    length = next(iter(found.results.values())).shape[axis.results]
    choices: list[list[dict[int, int]]] = []
    for k, array in enumerate(arrays):
        if not is_real(array):
            fitting = [own for own, size in enumerate(array.shape) if size == length]
            choices.append([*({k: own} for own in fitting), {}])
    return [{k: own for part in way for k, own in part.items()} for way in product(*choices)]


def _same(rows: Rows, function: Function, short: Sequence[Any], whole: Mapping[str, Enclosed], random: Any) -> bool:
    """Whether the function on some rows gives those rows, within the radii of both."""
    shape = rows.shape(next(iter(whole.values())).value)
    lead = [int(random.integers(length)) for length in shape[:-1]]
    some = sorted(int(k) for k in random.choice(shape[-1], size=max(1, shape[-1] // 2), replace=False))
    try:
        again = enclosed_alone(heard(function, rows.at(short, lead, some)))
    except RaisedError:  # a function that does not take these shapes is not tried with them
        return False
    return all(
        _alike(rows.of(each.value, lead, some), rows.of(each.radius, lead, some), again[name])
        for name, each in whole.items()
    )


def _alike(value: Array, radius: Array, other: Enclosed) -> bool:
    if value.shape != other.value.shape:
        return False
    near = np.abs(value - other.value) <= 2.0 * (radius + other.radius)
    same = (value == other.value) | (np.isnan(value) & np.isnan(other.value))
    return bool(np.all(near | same))


def enclosed_alone(found: Heard) -> dict[str, Enclosed]:
    """The results' enclosures, whatever computes them."""
    return enclosed(found.recording, evaluations("fp64"))


def numbered(inputs: Sequence[Any], function: Callable[[int, Any], Any]) -> list[Any]:
    """The arguments with every array replaced, given its number and the array."""
    framework, count = framework_of(inputs), iter(range(1 << 30))
    return [mapped(x, lambda array: function(next(count), array), framework, every=True) for x in inputs]


def _arrays(inputs: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    numbered(inputs, lambda _, array: found.append(array))
    return found


def _shorter(inputs: Sequence[Any], lengths: Mapping[int, int]) -> list[Any]:
    """With axes of these lengths shortened, all of one length alike."""

    def cut(_: int, array: Any) -> Any:
        return array[tuple(slice(0, lengths.get(size, size)) for size in array.shape)] if array.ndim else array

    return numbered(inputs, cut)


def _take(array: Any, axis: int, where: Sequence[int]) -> Any:
    """These places along an axis, of an array of any library."""
    index = (*(slice(None),) * (axis % array.ndim), list(where))
    return array[index] if not hasattr(array, "at") else array.take(np.asarray(where), axis=axis)
