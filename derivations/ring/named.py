"""Arrays of ring elements whose axes are named by index symbols, behind batch axes that all of them have."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np

from attnproof.derivations.ring.elements import Elements
from attnproof.derivations.ring.kinds import MINUS


@dataclass(frozen=True, eq=False)
class Named:
    """``data[b_1, …, x_1, x_2, …]``: ``axes`` names the index symbols ``x_1, x_2, …``, all different.

    Batch axes have their length or 1.
    """

    axes: tuple[str, ...]
    data: Elements

    @cached_property
    def batch(self) -> tuple[int, ...]:
        """The lengths of the batch axes."""
        return self.data.shape[: self.data.ndim - len(self.axes)]

    def length(self, axis: str) -> int:
        """The length of an axis; 1 where this array does not have it."""
        return self.data.shape[len(self.batch) + self.axes.index(axis)] if axis in self.axes else 1

    def ordered(self, axes: Sequence[str]) -> Elements:
        """The data with ``axes`` in this order; an axis that this array lacks gets length 1."""
        if tuple(axes) == self.axes:
            return self.data
        batch = self.batch
        own = [len(batch) + self.axes.index(axis) for axis in axes if axis in self.axes]
        if len(own) != len(self.axes):
            raise ValueError(f"axes {self.axes} do not fit into {tuple(axes)}")
        moved = self.data.transpose([*range(len(batch)), *own])
        return moved.reshape([*batch, *(self.length(axis) for axis in axes)])


def union(*operands: Named) -> tuple[str, ...]:
    """All axes of the operands, in order of first appearance."""
    return tuple(dict.fromkeys(axis for operand in operands for axis in operand.axes))


def add(left: Named, right: Named) -> Named:
    """Elementwise sum."""
    axes = union(left, right)
    return Named(axes, left.ordered(axes) + right.ordered(axes))


def multiply(left: Named, right: Named) -> Named:
    """Elementwise product."""
    axes = union(left, right)
    return Named(axes, left.ordered(axes) * right.ordered(axes))


def total(operand: Named, over: Sequence[str]) -> Named:
    """Sum over some of the operand's axes."""
    if not over:
        return operand
    places = [len(operand.batch) + operand.axes.index(axis) for axis in over]
    return Named(tuple(axis for axis in operand.axes if axis not in over), operand.data.sum(places))


def contract(factors: Sequence[Named], over: Sequence[str]) -> Named:
    """``Σ_over Π factors``, two at a time, cheapest pair first, each axis summed as soon as only one pair has it."""
    remaining = [total(f, [x for x in over if x in f.axes and _holders(x, factors) == 1]) for f in factors]
    while len(remaining) > 1:
        left, right = min(combinations(remaining, 2), key=lambda pair: _cost(*pair))
        others = [f for f in remaining if f is not left and f is not right]
        done = [x for x in union(left, right) if x in over and not _holders(x, others)]
        remaining = [*others, _pair(left, right, done)]
    return remaining[0]


def softmax(logits: Named, summed: str, free: str) -> Named:
    """``exp(t) / Σ exp(t)``; 0 in rows that are −∞ throughout."""
    axes = (*(axis for axis in logits.axes if axis != summed), summed)
    rows = logits.ordered(axes)
    numerators = rows.exp()
    weights = numerators / numerators.sum(-1).reshape([*rows.shape[:-1], 1])
    masked = (rows.kinds() == MINUS).all(-1, keepdims=True)
    weights = weights.put(np.broadcast_to(masked, rows.shape), weights.like(0))
    return Named(tuple(free if axis == summed else axis for axis in axes), weights)


def _pair(left: Named, right: Named, over: Sequence[str]) -> Named:
    """``Σ_over left · right``, as a product of matrices where there is one."""
    shared = [x for x in left.axes if x in right.axes and x not in over]
    inner = [x for x in left.axes if x in right.axes and x in over]
    rows = [x for x in left.axes if x not in right.axes]
    columns = [x for x in right.axes if x not in left.axes]
    if not (inner and rows and columns) or not (left.data.plain and right.data.plain):
        return total(multiply(left, right), over)
    lengths = {x: max(left.length(x), right.length(x)) for x in union(left, right)}
    n, m, p = (math.prod(lengths[x] for x in axes) for axes in (rows, inner, columns))
    a = left.ordered([*shared, *rows, *inner]).reshape([*left.batch, *(lengths[x] for x in shared), n, m])
    b = right.ordered([*shared, *inner, *columns]).reshape([*right.batch, *(lengths[x] for x in shared), m, p])
    product = a @ b
    axes = (*shared, *rows, *columns)
    lead = product.shape[: product.ndim - 2 - len(shared)]
    return Named(axes, product.reshape([*lead, *(lengths[x] for x in axes)]))


def _holders(axis: str, factors: Sequence[Named]) -> int:
    return sum(axis in f.axes for f in factors)


def _cost(left: Named, right: Named) -> int:
    return math.prod(max(left.length(axis), right.length(axis)) for axis in union(left, right))
