"""Sums, products and quotients of arrays of elements, with broadcasting."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from attnproof.derivations.ring import degree as degrees
from attnproof.derivations.ring import kinds
from attnproof.derivations.ring.degree import Degree
from attnproof.derivations.ring.field import Residues
from attnproof.derivations.ring.formal import (
    add_large,
    add_log,
    multiply_large,
    present,
    scale_log,
    without_large,
    without_log,
)
from attnproof.derivations.ring.kinds import FINITE, MINUS, NAN, PLUS, PRODUCT, SUM, UNDECIDED, UNSIGNED, Kinds
from attnproof.derivations.ring.parts import Large, Log, Parts, log_of

_MANY = 1024
OVERFLOW = 745  # exp(±745) is 0 or ∞ in float64
SMALL = 2
Operand = Any  # elements, a number (int, Fraction, float: its exact value), or an array of integers


class Arithmetic(Parts):
    """Elements with + − · / and integer powers; numbers join as the constants that they are."""

    def __add__(self, other: Operand) -> Self:
        return self._sum(self.like(other), 1)

    def __radd__(self, other: Operand) -> Self:
        return self.like(other)._sum(self, 1)

    def __sub__(self, other: Operand) -> Self:
        return self._sum(self.like(other), -1)

    def __rsub__(self, other: Operand) -> Self:
        return self.like(other)._sum(self, -1)

    def __mul__(self, other: Operand) -> Self:
        return self._product(self.like(other))

    def __rmul__(self, other: Operand) -> Self:
        return self.like(other)._product(self)

    def __truediv__(self, other: Operand) -> Self:
        return self._product(self.like(other).reciprocal())

    def __rtruediv__(self, other: Operand) -> Self:
        return self.like(other)._product(self.reciprocal())

    def __neg__(self) -> Self:
        negative = self.ring.field.reduce(-self.series)
        if self.plain:
            return self.new(negative, self.degree)
        kind = None if self.kind is None else kinds.NEGATED[self.kind]
        log = self.logarithm
        if log is not None:
            log = Log(
                log.scale,
                self.ring.arithmetic.inverse(log.argument),
                degrees.reciprocal(log.degree, number=log.argument.shape[1] == 1),
            )
        large = self.large and Large(self.large.which, self.ring.field.reduce(-self.large.factor))
        return self.whole(negative, kind, log, large, self.degree)

    def like(self, other: Operand) -> Self:
        """``other`` as elements of the same ring."""
        if isinstance(other, type(self)):
            return other
        if isinstance(other, int):
            return self.number(self.ring.integer(other))
        array = np.asarray(other, object)
        values, back = _distinct(array)
        residues = np.stack([self.ring.field.rational(value) for value in values], axis=1)
        return self.new(residues[:, None, back.reshape(array.shape)], degrees.CONSTANT)

    def whole(self, series: Residues, kind: Kinds | None, log: Log | None, large: Large | None, degree: Degree) -> Self:
        """Elements with all their parts; what is no finite number has no other part."""
        if kind is not None and kind.any():
            log = log and without_log(log, kind != FINITE)
            large = large and without_large(large, kind != FINITE)
            series = np.where(kind == FINITE, series, 0)
        else:
            kind = None
        if log is not None and not present(log).any():
            log = None
        if large is not None and not large.which.any():
            large = None
        return type(self)(self.ring, series, kind, log, large, degree)

    def _sum(self, other: Self, sign: int) -> Self:
        if not (self.plain and other.plain):
            return self._whole_sum(other if sign > 0 else -other)
        series = self.ring.arithmetic.add(self.series, other.series, sign)
        return type(self)(self.ring, series, degree=degrees.add(self.degree, other.degree))

    def _whole_sum(self, other: Self) -> Self:
        x, y = self._matched(other)
        series = self.ring.arithmetic.add(x.series, y.series)
        kind = SUM[x.kinds(), y.kinds()]
        log, undecided = add_log(self.ring, x, y)
        kind = np.where(undecided & (kind == FINITE), UNDECIDED, kind).astype(np.uint8)
        return self.whole(series, kind, log, add_large(self.ring, x, y), degrees.add(self.degree, other.degree))

    def _product(self, other: Self) -> Self:
        degree = degrees.multiply(self.degree, other.degree)
        if self.plain and other.plain:
            return type(self)(self.ring, self.ring.arithmetic.multiply(self.series, other.series), degree=degree)
        x, y = self._matched(other)
        series = self.ring.arithmetic.multiply(x.series, y.series)
        kind: Kinds | None = None
        if x.kind is not None or y.kind is not None:
            kind = PRODUCT[x._classes(y.kinds()), y._classes(x.kinds())]
        log: Log | None = None
        if x.logarithm is not None or y.logarithm is not None:
            log, undecided = x._scaled(y)
            kind = np.zeros(x.shape, np.uint8) if kind is None else kind
            kind = np.where(undecided & (kind == FINITE), UNDECIDED, kind).astype(np.uint8)
        large = multiply_large(self.ring, x, y, (x.moves() | x.is_formal(), y.moves() | y.is_formal()))
        return self.whole(series, kind, log, large, degree)

    def _scaled(self, other: Self) -> tuple[Log, npt.NDArray[np.bool_]]:
        """The logarithm in a product: that of one, times the other where that is a number of the field, else it is
        undecided.
        """
        formal, factor = self.is_formal(), other.is_formal()
        left = scale_log(self.ring, without_log(log_of(self), factor), other.series[:, 0])
        right = scale_log(self.ring, without_log(log_of(other), formal), self.series[:, 0])
        merged = Log(
            np.where(formal, left.scale, right.scale),
            self.ring.arithmetic.multiply(left.argument, right.argument),  # one of them is 1
            degrees.largest((left.degree, right.degree)),
        )
        return merged, (formal & factor) | (formal & other.moves()) | (factor & self.moves())

    def is_formal(self) -> npt.NDArray[np.bool_]:
        """Which have a logarithm in them."""
        return np.zeros(self.shape, np.bool_) if self.logarithm is None else present(self.logarithm)

    def alike(self) -> bool:
        """Whether all elements are the same random number (asked of random numbers alone)."""
        if self.degree.top == 0 and self.degree.whole:
            return False
        flat = self.series.reshape(*self.series.shape[:2], -1)
        return flat.shape[2] > 0 and bool((flat == flat[..., :1]).all())

    def moves(self) -> npt.NDArray[np.bool_]:
        """Which are no numbers of the field: coefficients beyond ε^0."""
        return np.asarray(self.series[:, 1:].any((0, 1)))

    def zeros(self) -> npt.NDArray[np.bool_]:
        """Which are exactly 0."""
        return np.asarray(~self.series.any((0, 1)) & (self.kinds() == FINITE) & ~self.is_formal())

    def signs(self, where: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
        """±1 for constants whose sign the ring knows, 0 for all else, and elsewhere than ``where``."""
        where = where & ~self.moves() & ~self.is_formal() & (self.kinds() == FINITE)
        numbers, which = self.ring.field.distinct(np.where(where, self.series[:, 0], 0))
        if numbers.shape[1] > _MANY:  # no constants of a program
            return np.zeros(self.shape, np.int8)
        return np.array([self.ring.sign(number) for number in numbers.T], np.int8)[which]

    def _classes(self, facing: Kinds) -> Kinds:
        infinite = (facing == PLUS) | (facing == MINUS) | (facing == UNSIGNED)
        return kinds.factor_classes(self.kinds(), self.zeros(), self.signs(infinite))

    def _matched(self, other: Self) -> tuple[Self, Self]:
        shape = np.broadcast_shapes(self.shape, other.shape)
        return self.broadcast_to(shape), other.broadcast_to(shape)

    def reciprocal(self) -> Self:
        """1/x; 1/0 is ∞ of unknown sign, 1/x undecided where x ≠ 0 has no constant term or a formal part."""
        series = self.ring.arithmetic.inverse(self.series)
        degree = degrees.reciprocal(self.degree, number=self.series.shape[1] == 1, alike=self.alike())
        unit = (self.series[:, 0] != 0).all(0)
        if self.plain and unit.all():
            return type(self)(self.ring, series, degree=degree)
        own = self.kinds()
        infinite = (own == PLUS) | (own == MINUS) | (own == UNSIGNED)
        finite = np.select([self.zeros(), self.is_formal() | ~unit], [UNSIGNED, UNDECIDED], FINITE)
        kind = np.select([own == FINITE, infinite], [finite, FINITE], own).astype(np.uint8)
        series = np.where((own == FINITE) & unit, series, 0)
        return self.whole(series, kind, None, None, degree)

    def large_signs(self) -> npt.NDArray[np.int8]:
        """±1 where an element has the mark of a large constant and its sign is known, ``SMALL`` where so little of it
        is left that it hides nothing, else 0.
        """
        found = np.zeros(self.shape, np.int8)
        if self.large is not None:
            for which in set(self.large.which[self.large.which > 0].tolist()):
                numbers, back = self.ring.field.distinct(np.where(self.large.which == which, self.large.factor, 0))
                if numbers.shape[1] <= _MANY:
                    found += np.array([self._large_sign(which, number) for number in numbers.T], np.int8)[back]
        return found

    def _large_sign(self, which: int, factor: Residues) -> int:
        times = self.ring.field.lift((int(factor[0]), int(factor[1])))
        if times is not None and abs(times) * self.ring.larges[which - 1] <= OVERFLOW:
            return SMALL if times else 0
        return self.ring.sign(factor)

    def settle(self, values: npt.NDArray[np.float64]) -> Self:
        """With signs taken from the values that another arithmetic found there, where the ring cannot tell: of ∞, and
        of marks whose sign is not known, which become ∞ where the value is beyond what exp has in float64. To be called
        on a result that may be infinite, and on the argument of a function with limits.
        """
        unsigned = self.kinds() == UNSIGNED
        if self.large is not None:
            unknown = (self.large.which != 0) & (self.large_signs() == 0) & (np.abs(values) > OVERFLOW)
            unsigned |= unknown
        if not unsigned.any():
            return self
        infinite = (self.kinds() != UNSIGNED) | np.isinf(values)
        seen = np.select(
            [np.isnan(values), infinite & (values > 0), infinite & (values < 0)], [NAN, PLUS, MINUS], UNSIGNED
        )
        kind = np.where(unsigned, seen, self.kinds()).astype(np.uint8)
        return self.whole(self.series, kind, self.logarithm, self.large, self.degree)


def _distinct(array: npt.NDArray[np.object_]) -> tuple[list[Fraction], npt.NDArray[np.int64]]:
    """The exact values in an array, each once, and where each entry's is."""
    found: dict[Fraction, int] = {}
    back = [found.setdefault(Fraction(value), len(found)) for value in array.ravel().tolist()]
    return list(found) or [Fraction(0)], np.array(back, np.int64)
