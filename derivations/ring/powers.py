"""Powers and roots of elements."""

from __future__ import annotations

from fractions import Fraction
from typing import Self

import numpy as np
import numpy.typing as npt

from attnproof.derivations.ring import degree as degrees
from attnproof.derivations.ring.constants import DENOMINATOR, recognise
from attnproof.derivations.ring.formal import MIXED
from attnproof.derivations.ring.kinds import FINITE, MINUS, NAN, PLUS, UNDECIDED, UNSIGNED
from attnproof.derivations.ring.parts import Large
from attnproof.derivations.ring.reductions import Reducing


class Powers(Reducing):
    """Elements with real powers whose exponent is a fraction."""

    def power(self, exponent: Fraction | float) -> Self:
        """x^α. A root needs a square (even roots) as constant term, or an exact 0, else it is undecided.

        exponent  a fraction; 0.3333333333333333, whose denominator is above 4096, is what it means: 1/3
        """
        exponent = Fraction(exponent)
        if exponent.denominator > DENOMINATOR:
            meant = recognise(float(exponent))
            exponent = meant.rational if (meant.root, meant.factor) == (1, "1") else exponent
        if exponent.denominator == 1:
            return self._whole_power(int(exponent))
        field, order = self.ring.field, exponent.denominator
        start = field.root(self.series[:, :1], order)
        own, zero = self.kinds(), self.zeros()
        unit = (self.series[:, 0] != 0).all(0)
        if order % 2 == 0:
            unit &= field.is_square(self.series[:, 0]).all(0)
        if start is None:
            unit, start = np.zeros_like(unit), np.zeros_like(self.series[:, :1])
        if exponent < 0:
            start = field.inverse(start)
        start = self.ring.arithmetic.power(start, abs(exponent.numerator))
        series = self.ring.arithmetic.root_from(self.series, start, exponent)
        up = exponent > 0
        finite = np.select([zero, self.is_formal() | ~unit], [FINITE if up else PLUS, UNDECIDED], FINITE)
        kind = np.select(
            [own == FINITE, own == PLUS, own == MINUS, own == UNSIGNED],
            [finite, PLUS if up else FINITE, NAN if order % 2 == 0 else UNDECIDED, UNDECIDED],
            own,
        ).astype(np.uint8)
        series = np.where((own == FINITE) & ~zero, series, 0)
        large = None
        if up and self.large is not None:
            large = Large(np.where(self.large.which != 0, MIXED, 0), 0 * self.large.factor)
        degree = degrees.root(self.degree, exponent, number=self.series.shape[1] == 1, alike=self.alike())
        degree = degree._replace(rests=self._rests(order, unit & (own == FINITE)))
        return self.whole(series, kind, None, large, degree)

    def _rests(self, order: int, taken: npt.NDArray[np.bool_]) -> int:
        """On what roots rest, those that have a value. Of what is a square whatever is drawn, (x − y)², the root is
        x − y or its opposite by chance, unlike that of the squared norm of a row.
        """
        degree = self.degree
        constant = degree.top == 0 and degree.below == 0  # the constant term: no root of random numbers
        known = constant or not taken.any() or (order == 2 and self.ring.of_norms(self.series[:, 0, taken]))
        return degree.rests if known else degrees.UNKNOWN

    def _whole_power(self, exponent: int) -> Self:
        if exponent < 0:
            return self._whole_power(-exponent).reciprocal()
        if exponent == 1:
            return self
        if self.plain:
            series = self.ring.arithmetic.power(self.series, exponent)
            return self.new(series, degrees.power(self.degree, exponent))
        found = self.like(1).broadcast_to(self.shape)
        for bit in f"{exponent:b}" if exponent else "":
            found = found * found
            if bit == "1":
                found = found * self
        return found

    def sqrt(self) -> Self:
        """The root that is a square itself: √a √b = √(ab)."""
        return self.power(Fraction(1, 2))

    def rsqrt(self) -> Self:
        """1/√x"""
        return self.power(Fraction(-1, 2))
