"""What the bounds know about an array: its values, how far those are off, how far an implementation may be off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import prod

import numpy as np

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.bounds.rounding import UP, Mask

WORTH_PLANNING = 1 << 15  # products above which einsum gains more by pairwise contraction than planning it costs
BATCH = "Z"  # the label of the one axis that holds all batch dimensions; other labels are lower-case letters


@dataclass(frozen=True)
class Operand:
    """An array with labelled axes, in the sense of ``einsum``.

    labels  one letter per axis
    value   float64 approximation x̃ of the exact array x
    radius  ``|x̃ − x| ≤ radius``: the bounds' own rounding errors
    error   ``|x̂ − x| ≤ error`` for every x̂ that an implementation with the given arithmetic may compute
    scale   size of the terms that x is made of, ``≥ |x|`` up to radius: what a wrong sign or a lost term would be off
            by
    masked  where x is −∞ (the other four are 0 there); None: nowhere
    summed  an upper bound of what stands for |x| in an implementation's sums, where that may be larger; None: x itself
    """

    labels: str
    value: Array
    radius: Array
    error: Array
    scale: Array
    masked: Mask | None = None
    summed: Array | None = None
    _renamed: dict[str, Operand] = field(default_factory=dict, init=False, compare=False, repr=False)

    def renamed(self, labels: str) -> Operand:
        """The same under other labels; made once, so that what is cached of it is cached for all who ask."""
        if labels == self.labels:
            return self
        if labels not in self._renamed:
            rest = (self.value, self.radius, self.error, self.scale, self.masked, self.summed)
            self._renamed[labels] = Operand(labels, *rest)
        return self._renamed[labels]

    @cached_property
    def size(self) -> Array:
        """An upper bound of |x|."""
        return np.asarray((np.abs(self.value) + self.radius) * UP)

    @cached_property
    def inexact(self) -> bool:
        """Whether the value is off anywhere."""
        return bool(self.radius.any())

    @cached_property
    def erring(self) -> bool:
        """Whether an implementation's may be, beyond that."""
        return bool(self.error.any())

    @property
    def standing(self) -> Array:
        """An upper bound of what stands for |x| in an implementation's sums, before rounding errors."""
        return self.size if self.summed is None else self.summed

    @cached_property
    def computed_size(self) -> Array:
        """An upper bound of |x̂|."""
        return np.asarray((self.size + self.error) * UP)

    @cached_property
    def range(self) -> tuple[float, float]:
        """The least and the largest of that."""
        return extent(self.computed_size)

    @cached_property
    def own_range(self) -> tuple[float, float]:
        """The least and the largest upper bound of |x|."""
        return extent(self.size)


def extent(sizes: Array) -> tuple[float, float]:
    """The least and the largest of an array of sizes; of NaN both are."""
    return float(sizes.min()), float(sizes.max(initial=0.0))


def exact(labels: str, value: Array) -> Operand:
    """An input: representable in the format, so free of error. −∞ becomes a mask."""
    masked = np.isneginf(value)
    numbers = np.where(masked, 0.0, value)
    zero = np.zeros_like(numbers)
    return Operand(labels, numbers, zero, zero, np.abs(numbers), masked if masked.any() else None)


Lengths = tuple[tuple[str, int], ...]  # of every label; hashable


@dataclass(frozen=True)
class Sums:
    """``Σ_over ∏ arrays`` for arrays whose axes have these ``labels``, or for some of them, as arrays with axes ``out``
    (length 1 where no array has the label).

    A label of ``over`` that no array has multiplies by its length. ∞ · 0 gives NaN, which ``up`` turns into ∞; the
    caller ignores what NumPy says about it.
    """

    labels: tuple[str, ...]
    out: str
    over: str
    lengths: Lengths
    _plans: dict[tuple[int, ...], _Plan] = field(default_factory=dict, init=False, compare=False, repr=False)

    def of(self, arrays: Mapping[int, Array]) -> Array:
        """The sum of the products of some of the arrays, by their number."""
        which = tuple(arrays)
        plan = self._plans.get(which)
        if plan is None:
            plan = self._plans[which] = _plan([self.labels[k] for k in which], self.out, self.over, self.lengths)
        if plan.alone:
            return arrays[which[0]]
        if not which:
            return np.full(plan.shape, plan.factor)
        product = np.einsum(plan.expression, *arrays.values(), optimize=plan.pairwise)
        found = np.asarray(product, dtype=np.float64).reshape(plan.shape)
        return found if plan.factor == 1.0 else found * plan.factor


# The bounds of one case ask for the same few sums thousands of times.
sums = lru_cache(maxsize=1 << 14)(Sums)


@dataclass(frozen=True)
class _Plan:
    """How einsum is asked; ``alone``: not at all, the one array is the sum."""

    expression: str
    shape: tuple[int, ...]
    factor: float
    pairwise: bool
    alone: bool


def _plan(labels: Sequence[str], out: str, over: str, lengths: Lengths) -> _Plan:
    length, present = dict(lengths), "".join(labels)
    kept = "".join(letter for letter in out if letter in present)
    steps = prod(length[letter] for letter in set(present)) if len(labels) > 2 else 0
    factor = float(prod(length[letter] for letter in over if letter not in present))
    return _Plan(
        expression=",".join(labels) + "->" + kept,
        shape=tuple(length[letter] if letter in present else 1 for letter in out),
        factor=factor,
        pairwise=steps > WORTH_PLANNING,
        alone=len(labels) == 1 and labels[0] == out and factor == 1.0,
    )
