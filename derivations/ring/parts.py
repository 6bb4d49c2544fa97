"""Elements of the ring in arrays: what they are made of, and everything that only moves them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import numpy as np
import numpy.typing as npt

from attnproof.derivations.ring import degree as degrees
from attnproof.derivations.ring.constants import Factor
from attnproof.derivations.ring.degree import Degree
from attnproof.derivations.ring.field import DRAWS, Residues
from attnproof.derivations.ring.ground import FACTOR_DEGREES, Ground
from attnproof.derivations.ring.kinds import Kinds

Ids = npt.NDArray[np.int64]
P = TypeVar("P", bound="Parts")


@dataclass(frozen=True, eq=False)
class Log:
    """``scale · log argument``: scale (2, *shape) in the field, argument (2, m, *shape) with its degree; 1 · log 1
    where there is none.
    """

    scale: Residues
    argument: Residues
    degree: Degree = degrees.CONSTANT


@dataclass(frozen=True, eq=False)
class Large:
    """How often a large constant Ω is in an element: its number in the ring, from 1, 0 for none, −1 where nothing is
    known (*shape), and the factor (2, *shape). The series has its value in it: this is but a mark.
    """

    which: npt.NDArray[np.int64]
    factor: Residues


@dataclass(frozen=True, eq=False, repr=False)
class Parts:
    """An array of elements ``series + scale · log argument``, with marks of large constants, or ±∞, NaN, undecided.

    series  (2, m, *shape): two draws, m <= k coefficients of ε^0 … ε^(m − 1); 0 where the element is no finite number
    kind    of ``attnproof.derivations.ring.kinds``, shape ``shape``; None: all are finite
    logarithm, large  None where no element has that part
    degree  a bound for every element, for how sure an equality is
    """

    ring: Ground
    series: Residues
    kind: Kinds | None = None
    logarithm: Log | None = None
    large: Large | None = None
    degree: Degree = degrees.CONSTANT

    def __repr__(self) -> str:
        return f"{type(self).__name__} of shape {self.shape}, order {self.ring.order}"

    __array_ufunc__ = None  # NumPy leaves `array * elements` to the elements

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array of elements."""
        return self.series.shape[2:]

    @property
    def ndim(self) -> int:
        """Its number of axes."""
        return self.series.ndim - 2

    @property
    def size(self) -> int:
        """How many elements."""
        return math.prod(self.shape)

    @property
    def plain(self) -> bool:
        """All are finite numbers with nothing beside it."""
        return self.kind is None and self.logarithm is None and self.large is None

    def kinds(self) -> Kinds:
        """(*shape), also where all are finite."""
        return np.zeros(self.shape, np.uint8) if self.kind is None else self.kind

    def new(self, series: Residues, degree: Degree, kind: Kinds | None = None) -> Self:
        """Elements of the same ring; those that are no finite numbers are 0."""
        if kind is not None:
            if not kind.any():
                kind = None
            elif series[..., kind != 0].any():
                series = np.where(kind == 0, series, 0)
        return type(self)(self.ring, series, kind, degree=degree)

    def take(self, ids: Ids) -> Self:
        """Those at flat places, in the shape of ``ids``."""

        def moved(x: npt.NDArray[Any], lead: int) -> npt.NDArray[Any]:
            return x.reshape(*x.shape[:lead], -1)[..., ids]

        log = self.logarithm
        if log is not None:
            log = Log(moved(log.scale, 1), moved(log.argument, 2), log.degree)
        large = self.large and Large(moved(self.large.which, 0), moved(self.large.factor, 1))
        kind = None if self.kind is None else moved(self.kind, 0)
        return type(self)(self.ring, moved(self.series, 2), kind, log, large, self.degree)

    def __getitem__(self, where: Any) -> Self:
        """As NumPy indexes arrays of this shape."""
        return self.take(np.asarray(self.places()[where]))

    def __len__(self) -> int:
        return self.shape[0]

    def places(self) -> Ids:
        """Flat places, in this shape."""
        return np.arange(self.size).reshape(self.shape)

    def reshape(self, *shape: int | Sequence[int]) -> Self:
        """As in NumPy."""
        new = self._lengths(shape)
        if self.plain:
            known = tuple(self.places().reshape(new).shape) if -1 in new else new
            return type(self)(self.ring, self.series.reshape(*self.series.shape[:2], *known), degree=self.degree)
        return self.take(self.places().reshape(new))

    def transpose(self, *axes: int | Sequence[int]) -> Self:
        """As in NumPy."""
        order = self._lengths(axes) if axes else tuple(reversed(range(self.ndim)))
        if self.plain:
            moved = self.series.transpose(0, 1, *(2 + a % self.ndim for a in order))
            return type(self)(self.ring, moved, degree=self.degree)
        return self.take(self.places().transpose(order))

    def broadcast_to(self, shape: Sequence[int]) -> Self:
        """As in NumPy."""
        shape = tuple(shape)
        if shape == self.shape:
            return self
        return self.take(np.broadcast_to(self.places(), shape))

    def put(self, where: npt.NDArray[np.bool_], other: Self) -> Self:
        """With the elements of ``other``, which broadcasts, ``where`` that is True."""
        if not where.any():
            return self
        places = np.broadcast_to(other.places(), self.shape) + self.size
        both = joined([self.reshape(self.size), other.reshape(other.size)])
        return both.take(np.where(where, places, self.places()))

    def special(self, kind: int) -> Self:
        """One element that is no finite number."""
        zero = np.zeros((DRAWS, 1), np.int64)
        return type(self)(self.ring, zero, np.array(kind, np.uint8))

    def number(self, residues: Residues, degree: Degree = degrees.CONSTANT) -> Self:
        """One number (2,) of the field."""
        return type(self)(self.ring, residues.reshape(DRAWS, 1), degree=degree)

    def irrational(self, name: Factor) -> Self:
        """One of the ring's irrational constants: ``ln2``, ``log2e`` …"""
        return self.number(self.ring.factor(name), FACTOR_DEGREES[name])

    @staticmethod
    def _lengths(given: Sequence[int | Sequence[int]]) -> tuple[int, ...]:
        if len(given) == 1 and not isinstance(given[0], int | np.integer):
            return tuple(given[0])
        return tuple(int(x) for x in given)  # type: ignore[arg-type]  # integers: the other form is above


def joined(parts: Sequence[P], axis: int = 0) -> P:
    """Arrays of elements one after the other along an axis, as ``numpy.concatenate``."""
    if not parts:
        raise ValueError("expected at least one array of elements, got none")
    first, terms = parts[0], max(part.series.shape[1] for part in parts)
    axis %= first.ndim

    def join(arrays: list[npt.NDArray[Any]], lead: int) -> npt.NDArray[Any]:
        return np.concatenate(arrays, axis=lead + axis)

    series = join([padded(part.series, terms) for part in parts], 2)
    kind = None if all(p.kind is None for p in parts) else join([p.kinds() for p in parts], 0)
    log: Log | None = None
    large: Large | None = None
    if any(p.logarithm for p in parts):
        logs = [log_of(p) for p in parts]
        length = max(one.argument.shape[1] for one in logs)
        argument = join([padded(o.argument, length) for o in logs], 2)
        log = Log(join([o.scale for o in logs], 1), argument, degrees.largest(o.degree for o in logs))
    if any(p.large for p in parts):
        both = [large_of(p) for p in parts]
        large = Large(join([o.which for o in both], 0), join([o.factor for o in both], 1))
    return type(first)(first.ring, series, kind, log, large, degrees.largest(part.degree for part in parts))


def padded(series: Residues, terms: int) -> Residues:
    """With so many coefficients."""
    missing = terms - series.shape[1]
    if missing <= 0:
        return series
    return np.concatenate([series, np.zeros((DRAWS, missing, *series.shape[2:]), np.int64)], axis=1)


def log_of(x: Parts) -> Log:
    """Its logarithmic part, ``1 · log 1`` where it has none."""
    return x.logarithm or Log(np.ones((DRAWS, *x.shape), np.int64), np.ones((DRAWS, 1, *x.shape), np.int64))


def large_of(x: Parts) -> Large:
    """Its marks of large constants, none where it has none."""
    return x.large or Large(np.zeros(x.shape, np.int64), np.zeros((DRAWS, *x.shape), np.int64))
