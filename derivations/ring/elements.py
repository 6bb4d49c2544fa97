"""Functions of elements: E(t) = exp(εt) and what is a ratio of such, formal logarithms, and what stays a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import numpy as np
import numpy.typing as npt

from attnproof.derivations.ring import degree as degrees
from attnproof.derivations.ring.arithmetic import SMALL
from attnproof.derivations.ring.formal import present, without_log
from attnproof.derivations.ring.kinds import FINITE, MINUS, NAN, PLUS, UNDECIDED, UNSIGNED
from attnproof.derivations.ring.parts import Log
from attnproof.derivations.ring.powers import Powers
from attnproof.derivations.ring.trigonometric import cosine_and_sine
from attnproof.derivations.ring.uninterpreted import odd_random

Mask = npt.NDArray[np.bool_]


class Elements(Powers):
    """Arrays of elements of F_p[ε]/ε^k: see ``Parts`` for what they hold, ``Ring`` for where they come from."""

    def exp(self) -> Self:
        """E(x); 0 at −∞ and at large negative constants, +∞ at +∞ and at large ones, W^c E(a) at a + c log W."""
        if self.plain:
            return self.new(self.ring.arithmetic.exponential(self.series), degrees.exponential(self.degree))

        def of(x: Self) -> Self:
            return x._without_log().exp() * x._exponential_of_log()

        return self._bounded(of, self.like(0), self.special(PLUS))

    def exp2(self) -> Self:
        """2^x = E(x ln 2)"""
        return (self * self.irrational("ln2")).exp()

    def expm1(self) -> Self:
        """E(x) − 1"""
        return self.exp() - 1

    def tanh(self) -> Self:
        """(E(2x) − 1) / (E(2x) + 1)"""

        def of(x: Self) -> Self:
            e = (x + x).exp()
            return (e - 1) / (e + 1)

        return self._bounded(of, self.like(-1), self.like(1))

    def sigmoid(self) -> Self:
        """E(x) / (1 + E(x))"""

        def of(x: Self) -> Self:
            e = x.exp()
            return e / (e + 1)

        return self._bounded(of, self.like(0), self.like(1))

    def sech(self) -> Self:
        """2 E(x) / (E(x)² + 1)"""

        def of(x: Self) -> Self:
            e = x.exp()
            return 2 * e / (e * e + 1)

        return self._bounded(of, self.like(0), self.like(0))

    def sinh(self) -> Self:
        """(E(x) − E(−x)) / 2"""
        return (self.exp() - (-self).exp()) / 2

    def cosh(self) -> Self:
        """(E(x) + E(−x)) / 2"""
        return (self.exp() + (-self).exp()) / 2

    def log(self) -> Self:
        """The formal logarithm of a series with a constant term; −∞ at 0, undecided at any other series."""
        kind, zero, unit = self.kinds(), self.zeros(), (self.series[:, 0] != 0).all(0)
        finite = np.select([zero, self.is_formal() | ~unit], [MINUS, UNDECIDED], FINITE)
        kind = np.select([kind == FINITE, kind == PLUS, kind == MINUS], [finite, PLUS, NAN], kind)
        kind = np.where(kind == UNSIGNED, UNDECIDED, kind).astype(np.uint8)
        log = Log(np.ones((2, *self.shape), np.int64), self.series, self.degree)
        series = np.zeros((2, 1, *self.shape), np.int64)
        return self.whole(series, kind, log, None, degrees.CONSTANT)

    def log2(self) -> Self:
        """``log x · log₂ e``"""
        return self.log() * self.irrational("log2e")

    def log1p(self) -> Self:
        """``log(1 + x)``"""
        return (self + 1).log()

    def cos(self) -> Self:
        """The even part of exp(iεx), as a series; NaN at ±∞."""
        return self._turning(0)

    def sin(self) -> Self:
        """The odd part of exp(iεx) over i, as a series; NaN at ±∞."""
        return self._turning(1)

    def erf(self) -> Self:
        """An uninterpreted odd function: the same random value for the same argument. ±1 at ±∞."""
        return self._bounded(lambda x: x.uninterpreted("erf"), self.like(-1), self.like(1))

    def _turning(self, part: int) -> Self:
        infinite = (self.kinds() == PLUS) | (self.kinds() == MINUS) | (self.kinds() == UNSIGNED)
        unknown = self.is_formal() | (self.kinds() != FINITE)
        series = cosine_and_sine(self.ring.arithmetic, self.series)[part]
        found = self.new(series, degrees.exponential(self.degree)).mark(unknown, self)
        return found.put(infinite, self.special(NAN))

    def atan(self) -> Self:
        """An uninterpreted odd function, undecided at ±∞ (±π/2)."""
        return self.uninterpreted("atan")

    def uninterpreted(self, name: str) -> Self:
        """A function of which nothing is known but that it is odd: a random value for each argument, −f(x) at −x.

        That elements differ which rest on one is no proof.
        """
        found = self.new(odd_random(self.ring, name, self.series), degrees.RANDOM._replace(rests=degrees.UNKNOWN))
        return found.mark(self.is_formal() | (self.kinds() != FINITE), self)

    def _exponential_of_log(self) -> Self:
        """``W^c`` of ``c log W``; c a small fraction, else undecided."""
        found = self.like(1).broadcast_to(self.shape)
        if self.logarithm is None:
            return found
        here = present(self.logarithm)
        argument = self.new(self.logarithm.argument, self.logarithm.degree)
        scales, which = self.ring.field.distinct(np.where(here, self.logarithm.scale, 1))
        for number, scale in enumerate(scales.T):
            exponent = self.ring.small(scale)
            part = self.special(UNDECIDED) if exponent is None else argument.power(exponent)
            if scales.shape[1] == 1 and part.shape == self.shape:
                return part  # 1 to any power where there is no logarithm
            found = found.put(here & (which == number), part)
        return found

    def _without_log(self) -> Self:
        return self.new(self.series, self.degree)

    def _bounded(self, function: Callable[[Self], Self], below: Self, above: Self) -> Self:
        """A function of finite elements that has limits at −∞ and +∞, large constants included."""
        if self.kind is None and self.large is None:
            return function(self)
        kind = self.kinds()
        signs = np.select([kind == PLUS, kind == MINUS], [1, -1], 0).astype(np.int8)
        unknown = (kind == NAN) | (kind == UNDECIDED) | (kind == UNSIGNED)
        if self.large is not None:
            large = self.large_signs()
            here = (self.large.which != 0) & (large != SMALL)
            signs = np.where(here, large, signs).astype(np.int8)
            unknown |= here & (large == 0)
        gone = (signs != 0) | unknown
        log = self.logarithm and without_log(self.logarithm, gone)
        bounded = self.whole(np.where(gone, 0, self.series), None, log, None, self.degree)
        found = function(bounded).put(signs < 0, below).put(signs > 0, above)
        return found.mark(unknown, self)

    def mark(self, where: Mask, source: Self) -> Self:
        """NaN ``where`` the source is, undecided at the other places of ``where``."""
        if not where.any():
            return self
        kind = np.where(source.kinds() == NAN, NAN, UNDECIDED)
        kind = np.where(where, kind, self.kinds()).astype(np.uint8)
        return self.whole(self.series, kind, self.logarithm, self.large, self.degree)
