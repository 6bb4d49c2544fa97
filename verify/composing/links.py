"""How every element of what the truth is computed from is made of the elements that are handed over.

An element of the truth's inputs is ``factor · given[id] + plus``, or a constant where nothing is handed over for it
(``id`` < 0); ``plus`` is −∞ where it is masked. So the same links give the truth's inputs in any arithmetic, and carry
its gradients back to the arrays that were handed over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from attnproof.verify.arithmetic.formats import Array

Ids = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Link:
    """One array of the truth.

    name    of the array handed over that it is made of; empty where it is constant
    ids     which of its elements, flat, in the truth's shape; −1: none
    factor  a power of two
    plus    in the truth's shape: what is added; −∞ masks
    """

    name: str
    ids: Ids
    factor: float
    plus: Array

    def values(self, given: Array) -> Array:
        """The truth's array, in float64."""
        taken = np.where(self.ids < 0, 0.0, self.factor * given.ravel()[self.ids]) if self.name else 0.0
        return np.asarray(taken + self.plus)

    def carried(self, gradient: Array, size: int) -> Array:
        """A gradient of the truth's array as one of the array handed over, flat: summed over what is made of each."""
        found = np.zeros(size)
        np.add.at(found, self.ids[self.ids >= 0], self.factor * gradient[self.ids >= 0])
        return found

    @property
    def one_to_one(self) -> bool:
        """Whether every element handed over is in one place of the truth."""
        return bool(self.name) and bool((np.bincount(self.ids[self.ids >= 0], minlength=1) <= 1).all())


def linked(name: str, ids: Ids, factor: float = 1.0, plus: Array | float = 0.0) -> Link:
    """A link, its shape that of ``ids`` and ``plus`` together."""
    shape = np.broadcast_shapes(ids.shape, np.shape(plus))
    return Link(name, np.broadcast_to(ids, shape), factor, np.broadcast_to(np.asarray(plus, np.float64), shape))


def constant(values: Array) -> Link:
    """What is made of nothing that is handed over."""
    return Link("", np.full(np.shape(values), -1), 1.0, np.asarray(values, np.float64))


def numbered(shape: tuple[int, ...]) -> Ids:
    """The elements of an array, in its shape."""
    return np.arange(int(np.prod(shape)), dtype=np.int64).reshape(shape)
