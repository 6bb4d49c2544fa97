"""Arrays of balls whose axes are named by index symbols, before their numbers are known: broadcasting, products and
contractions are laid out once, and carried out for any numbers.

Elements are python-flint ``arb`` balls in NumPy object arrays; every operation rounds outward at the precision in force
(``flint.ctx.prec``). A sum over shared axes goes through ``arb_mat`` wherever it has the form of a matrix product.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from types import EllipsisType
from typing import Final

import numpy as np
import numpy.typing as npt
from flint import arb_mat
from sympy import Dummy, Symbol

Balls = npt.NDArray[np.object_]
Known = dict[str, Balls]  # tensors by name, and what several expressions share, by a number behind a blank
Block = tuple[int | slice | EllipsisType, ...]  # a place in an array
Data = Callable[[Known], Balls]

# The axis of all elements of a batch. It stands first, is never summed, and changes nothing of how one element alone is
# evaluated.
BATCH: Final = Dummy("batch")


def balls(values: Iterable[object], shape: tuple[int, ...]) -> Balls:
    """An object array of ``shape`` filled with ``values`` in C order (``np.array`` would look inside them)."""
    filled = np.empty(math.prod(shape), object)
    filled[:] = list(values)
    return filled.reshape(shape)


@dataclass(frozen=True, eq=False)
class Named:
    """An array with the index symbols ``axes``, all different, and its lengths along them; ``data`` makes it of what is
    known.
    """

    axes: tuple[Symbol, ...]
    shape: tuple[int, ...]
    data: Data

    @cached_property
    def places(self) -> dict[Symbol, int]:
        """The number of each axis; a look-up by hash costs less than SymPy's comparison of symbols."""
        return {axis: number for number, axis in enumerate(self.axes)}

    def length(self, axis: Symbol) -> int:
        """The length of an axis; 1 where this array does not have it."""
        place = self.places.get(axis)
        return 1 if place is None else self.shape[place]

    def ordered(self, axes: Sequence[Symbol]) -> Data:
        """The data with ``axes`` in this order; an axis that this array lacks gets length 1."""
        own = [self.places[axis] for axis in axes if axis in self.places]
        shape, data = tuple(self.length(axis) for axis in axes), self.data
        if own == sorted(own):
            return data if shape == self.shape else lambda known: data(known).reshape(shape)
        return lambda known: data(known).transpose(own).reshape(shape)


def scalar(value: Callable[[], object]) -> Named:
    """A single ball, made at the precision in force."""
    return Named((), (), lambda _: balls([value()], ()))


def union(*operands: Named) -> tuple[Symbol, ...]:
    """All axes of the operands, in order of first appearance."""
    found = dict.fromkeys(axis for operand in operands for axis in operand.axes)
    return (BATCH, *(axis for axis in found if axis is not BATCH)) if BATCH in found else tuple(found)


def add(left: Named, right: Named) -> Named:
    """Elementwise sum, broadcast over the union of the axes."""
    axes = union(left, right)
    a, b = left.ordered(axes), right.ordered(axes)
    return Named(axes, _lengths(axes, left, right), lambda known: _array(a(known) + b(known)))


def multiply(left: Named, right: Named) -> Named:
    """Elementwise product, broadcast over the union of the axes."""
    axes = union(left, right)
    a, b = left.ordered(axes), right.ordered(axes)
    return Named(axes, _lengths(axes, left, right), lambda known: _array(a(known) * b(known)))


def total(operand: Named, over: Sequence[Symbol]) -> Named:
    """Sum over some of the operand's axes."""
    if not over:
        return operand
    positions, data = tuple(operand.places[axis] for axis in over), operand.data
    kept = tuple(axis for axis in operand.axes if axis not in over)
    return Named(kept, _lengths(kept, operand), lambda known: _array(np.add.reduce(data(known), axis=positions)))


def contract(factors: Sequence[Named], over: Sequence[Symbol]) -> Named:
    """``Σ_over Π factors``, two factors at a time, cheapest pair first, each axis summed as soon as only one pair has
    it.

    Every axis in ``over`` must belong to at least one factor.
    """
    remaining = [total(f, [x for x in over if x in f.places and _holders(x, factors) == 1]) for f in factors]
    while len(remaining) > 1:
        left, right = min(combinations(remaining, 2), key=lambda pair: _cost(*pair))
        others = [f for f in remaining if f is not left and f is not right]
        done = [x for x in union(left, right) if x in over and not _holders(x, others)]
        remaining = [*others, _pair(left, right, done)]
    return remaining[0]


def _pair(left: Named, right: Named, over: Sequence[Symbol]) -> Named:
    """``Σ_over left · right``: matrix products where both sides have axes of their own, else elementwise.

    Both have every axis in ``over``: `contract` sums an axis of one factor alone before any product.
    """
    summed = set(over)
    shared = [x for x in left.axes if x in right.places and x not in summed and x is not BATCH]
    inner = [x for x in left.axes if x in right.places and x in summed]
    rows = [x for x in left.axes if x not in right.places and x is not BATCH and x not in summed]
    columns = [x for x in right.axes if x not in left.places and x is not BATCH and x not in summed]
    if not (inner and rows and columns):
        return total(multiply(left, right), over)
    n, m, p = (math.prod(f.length(x) for x in axes) for f, axes in ((left, rows), (left, inner), (right, columns)))
    a = _stacked(left.ordered([BATCH, *shared, *rows, *inner]), left.length(BATCH), n, m)
    b = _stacked(right.ordered([BATCH, *shared, *inner, *columns]), right.length(BATCH), m, p)
    axes = (*[x for x in union(left, right) if x is BATCH], *shared, *rows, *columns)
    shape = _lengths(axes, left, right)

    def product(known: Known) -> Balls:
        stacks = zip(*_as_long_as_the_other(a(known), b(known)), strict=True)
        pairs = (pair for each in stacks for pair in zip(*each, strict=True))
        return balls([entry for one, other in pairs for entry in (one * other).entries()], shape)

    return Named(axes, shape, product)


def _stacked(data: Data, batch: int, rows: int, columns: int) -> Callable[[Known], list[list[arb_mat]]]:
    """For each element of the batch the matrices of what is shared."""

    def matrices(known: Known) -> list[list[arb_mat]]:
        return [
            [arb_mat(rows, columns, one.tolist()) for one in each.reshape(-1, rows * columns)]
            for each in data(known).reshape(batch, -1)
        ]

    return matrices


def _as_long_as_the_other(
    one: list[list[arb_mat]], other: list[list[arb_mat]]
) -> tuple[list[list[arb_mat]], list[list[arb_mat]]]:
    """Both of the batch's length; what is the same for every element of the batch is made once."""
    length = max(len(one), len(other))
    return one * (length // len(one)), other * (length // len(other))


def _holders(axis: Symbol, factors: Sequence[Named]) -> int:
    return sum(axis in f.places for f in factors)


def _cost(left: Named, right: Named) -> int:
    return math.prod(max(left.length(axis), right.length(axis)) for axis in union(left, right) if axis is not BATCH)


def _lengths(axes: Sequence[Symbol], *operands: Named) -> tuple[int, ...]:
    return tuple(max(operand.length(axis) for operand in operands) for axis in axes)


def _array(result: object) -> Balls:
    """NumPy turns a 0-d object result into its element; turn it back."""
    return result if isinstance(result, np.ndarray) else balls([result], ())
