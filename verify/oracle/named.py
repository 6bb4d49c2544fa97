"""Arrays of balls whose axes are named by index symbols: broadcasting, products and contractions.

Elements are python-flint ``arb`` balls in NumPy object arrays; every operation rounds outward at the precision in force
(``flint.ctx.prec``). A sum over shared axes goes through ``arb_mat`` wherever it has the form of a matrix product.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt
from flint import arb_mat
from sympy import Symbol

Balls = npt.NDArray[np.object_]


def balls(values: Iterable[object], shape: tuple[int, ...]) -> Balls:
    """An object array of ``shape`` filled with ``values`` in C order (``np.array`` would look inside them)."""
    filled = np.empty(math.prod(shape), object)
    filled[:] = list(values)
    return filled.reshape(shape)


@dataclass(frozen=True, eq=False)
class Named:
    """``data[x_1, x_2, ...]`` with the index symbols ``axes = (x_1, x_2, ...)``, all different."""

    axes: tuple[Symbol, ...]
    data: Balls

    @cached_property
    def places(self) -> dict[Symbol, int]:
        """The number of each axis; a look-up by hash costs less than SymPy's comparison of symbols."""
        return {axis: number for number, axis in enumerate(self.axes)}

    def length(self, axis: Symbol) -> int:
        """The length of an axis; 1 where this array does not have it."""
        place = self.places.get(axis)
        return 1 if place is None else int(self.data.shape[place])

    def ordered(self, axes: Sequence[Symbol]) -> Balls:
        """The data with ``axes`` in this order; an axis that this array lacks gets length 1."""
        own = [self.places[axis] for axis in axes if axis in self.places]
        return self.data.transpose(own).reshape([self.length(axis) for axis in axes])


def scalar(value: object) -> Named:
    """A single ball."""
    return Named((), balls([value], ()))


def union(*operands: Named) -> tuple[Symbol, ...]:
    """All axes of the operands, in order of first appearance."""
    return tuple(dict.fromkeys(axis for operand in operands for axis in operand.axes))


def add(left: Named, right: Named) -> Named:
    """Elementwise sum, broadcast over the union of the axes."""
    axes = union(left, right)
    return Named(axes, _array(left.ordered(axes) + right.ordered(axes)))


def multiply(left: Named, right: Named) -> Named:
    """Elementwise product, broadcast over the union of the axes."""
    axes = union(left, right)
    return Named(axes, _array(left.ordered(axes) * right.ordered(axes)))


def total(operand: Named, over: Sequence[Symbol]) -> Named:
    """Sum over some of the operand's axes."""
    if not over:
        return operand
    positions = tuple(operand.places[axis] for axis in over)
    kept = tuple(axis for axis in operand.axes if axis not in over)
    return Named(kept, _array(np.add.reduce(operand.data, axis=positions)))


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
    shared = [x for x in left.axes if x in right.places and x not in summed]
    inner = [x for x in left.axes if x in right.places and x in summed]
    rows = [x for x in left.axes if x not in right.places and x not in summed]
    columns = [x for x in right.axes if x not in left.places and x not in summed]
    if not (inner and rows and columns):
        return total(multiply(left, right), over)
    n, m, p = (math.prod(f.length(x) for x in axes) for f, axes in ((left, rows), (left, inner), (right, columns)))
    stacked_left = left.ordered([*shared, *rows, *inner]).reshape(-1, n * m)
    stacked_right = right.ordered([*shared, *inner, *columns]).reshape(-1, m * p)
    product = [
        entry
        for a, b in zip(stacked_left, stacked_right, strict=True)
        for entry in (arb_mat(n, m, a.tolist()) * arb_mat(m, p, b.tolist())).entries()
    ]
    lengths = [*(left.length(x) for x in [*shared, *rows]), *(right.length(x) for x in columns)]
    return Named((*shared, *rows, *columns), balls(product, tuple(lengths)))


def _holders(axis: Symbol, factors: Sequence[Named]) -> int:
    return sum(axis in f.places for f in factors)


def _cost(left: Named, right: Named) -> int:
    return math.prod(max(left.length(axis), right.length(axis)) for axis in union(left, right))


def _array(result: object) -> Balls:
    """NumPy turns a 0-d object result into its element; turn it back."""
    return result if isinstance(result, np.ndarray) else balls([result], ())
