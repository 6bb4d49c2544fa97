"""What the bounds know about an array: its values, how far those are off, how far an implementation may be off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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

    @cached_property
    def size(self) -> Array:
        """An upper bound of |x|."""
        return np.asarray((np.abs(self.value) + self.radius) * UP)

    @property
    def standing(self) -> Array:
        """An upper bound of what stands for |x| in an implementation's sums, before rounding errors."""
        return self.size if self.summed is None else self.summed

    @cached_property
    def computed_size(self) -> Array:
        """An upper bound of |x̂|."""
        return np.asarray((self.size + self.error) * UP)


def exact(labels: str, value: Array) -> Operand:
    """An input: representable in the format, so free of error. −∞ becomes a mask."""
    masked = np.isneginf(value)
    numbers = np.where(masked, 0.0, value)
    zero = np.zeros_like(numbers)
    return Operand(labels, numbers, zero, zero, np.abs(numbers), masked if masked.any() else None)


def esum(
    arrays: Mapping[int, Array], labels: Mapping[int, str], out: str, lengths: Mapping[str, int], over: str
) -> Array:
    """``Σ_over ∏ arrays`` as an array with axes ``out`` (length 1 where no array has the label).

    A label of ``over`` that no array has multiplies by its length. ∞ · 0 gives NaN, which ``up`` turns into ∞.
    """
    plan = _plan(tuple([labels[k] for k in arrays]), out, over, tuple(lengths.items()))
    if not arrays:
        return np.full(plan.shape, plan.factor)
    with np.errstate(all="ignore"):
        product = np.einsum(plan.expression, *arrays.values(), optimize=plan.pairwise)
    return np.asarray(product, dtype=np.float64).reshape(plan.shape) * plan.factor


@dataclass(frozen=True)
class _Plan:
    """How ``esum`` asks einsum: the bounds of one case ask for the same few sums thousands of times."""

    expression: str
    shape: tuple[int, ...]
    factor: float
    pairwise: bool


@lru_cache(maxsize=1 << 14)
def _plan(labels: tuple[str, ...], out: str, over: str, lengths: tuple[tuple[str, int], ...]) -> _Plan:
    length, present = dict(lengths), "".join(labels)
    kept = "".join(letter for letter in out if letter in present)
    steps = prod(length[letter] for letter in set(present)) if len(labels) > 2 else 0
    return _Plan(
        expression=",".join(labels) + "->" + kept,
        shape=tuple(length[letter] if letter in present else 1 for letter in out),
        factor=float(prod(length[letter] for letter in over if letter not in present)),
        pairwise=steps > WORTH_PLANNING,
    )
