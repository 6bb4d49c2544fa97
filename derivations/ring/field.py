"""Two prime fields side by side: arithmetic of residues in int64 arrays whose first axis is the draw.

A residue is below 2³¹; a product of two is below 2⁶² and is reduced before anything is added to it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

Residues = npt.NDArray[np.int64]

DRAWS = 2
_DIGITS = 53  # a float64 is a whole number below 2⁵³ times a power of two
_FEW = 256  # so many residues are inverted or raised to a power one by one; more, all at once
_LIFTED = 2**20  # numerators and denominators that `lift` looks for, of p₁ p₂ > 2⁶⁰ pairs of residues


@dataclass(frozen=True)
class Field:
    """F_p for two different primes; every array has shape ``(2, …)``, its residues in 0 … p − 1."""

    primes: tuple[int, int]

    @cached_property
    def modulus(self) -> Residues:
        """(2,)"""
        return np.array(self.primes, np.int64)

    def along(self, ndim: int) -> Residues:
        """The primes, shaped to broadcast along the first of ``ndim`` axes."""
        return self.modulus.reshape((DRAWS,) + (1,) * (ndim - 1))

    def reduce(self, x: Residues) -> Residues:
        """Any int64 to residues."""
        return x % self.along(x.ndim)

    def rational(self, value: Fraction | int) -> Residues:
        """(2,): the residues of a fraction. Raises ZeroDivisionError where a prime divides the denominator."""
        value = Fraction(value)
        return np.array([self._quotient(value, p) for p in self.primes], np.int64)

    @staticmethod
    def _quotient(value: Fraction, p: int) -> int:
        if value.denominator % p == 0:
            raise ZeroDivisionError(f"{value} has no value mod {p}")
        return value.numerator % p * pow(value.denominator, -1, p) % p

    def floats(self, values: npt.NDArray[np.float64]) -> Residues:
        """(2, …): the residues of finite numbers, which are whole numbers times powers of two."""
        mantissa, exponent = np.frexp(values)
        whole = np.ldexp(mantissa, _DIGITS).astype(np.int64)
        powers, back = np.unique(exponent.astype(np.int64) - _DIGITS, return_inverse=True)
        factors = np.array([[pow(2, n, p) for n in powers.tolist()] for p in self.primes], np.int64)
        shape = (DRAWS, *values.shape)
        return self.reduce(self.reduce(np.broadcast_to(whole, shape)) * factors[:, back].reshape(shape))

    def inverse(self, x: Residues) -> Residues:
        """1/x; 0 where x is 0."""
        flat = x.reshape(DRAWS, -1)
        if flat.shape[1] > 1 and (flat == flat[:, :1]).all():  # constant terms of exponentials, and of their sums
            return np.broadcast_to(self.inverse(flat[:, :1]), flat.shape).reshape(x.shape)
        if x.size <= _FEW:
            return self._each(x, lambda r, p: pow(r, -1, p) if r else 0)
        safe = np.where(flat == 0, 1, flat)
        if safe.shape[1] % 2:
            safe = np.concatenate([safe, np.ones((DRAWS, 1), np.int64)], axis=1)
        left, right = safe[:, ::2], safe[:, 1::2]
        both = self.inverse(self.reduce(left * right))  # 1/(ab) gives 1/a = b/(ab) and 1/b = a/(ab)
        out = np.empty_like(safe)
        out[:, ::2], out[:, 1::2] = self.reduce(both * right), self.reduce(both * left)
        return np.where(flat == 0, 0, out[:, : flat.shape[1]]).reshape(x.shape)

    def power(self, x: Residues, exponents: tuple[int, int]) -> Residues:
        """``x^n`` with one exponent >= 0 for each draw."""
        if x.size <= _FEW:
            return self._each(x, lambda r, p: pow(r, exponents[self.primes.index(p)], p))
        out = np.empty_like(x)
        for draw, (p, exponent) in enumerate(zip(self.primes, exponents, strict=True)):
            result, base = np.ones_like(x[draw]), x[draw]
            for bit in f"{exponent:b}":
                result = result * result % p
                if bit == "1":
                    result = result * base % p
            out[draw] = result
        return out

    def is_square(self, x: Residues) -> npt.NDArray[np.bool_]:
        """Whether x is a square, 0 included, in each draw."""
        return self.power(x, (self.primes[0] // 2, self.primes[1] // 2)) <= 1

    def root(self, x: Residues, degree: int) -> Residues | None:
        """The multiplicative root of that degree: an odd one of everything, √ of squares (else meaningless); None where
        the degree has none.
        """
        while degree % 2 == 0:
            x = self.power(x, (self.primes[0] // 4 + 1, self.primes[1] // 4 + 1))
            degree //= 2
        if degree == 1:
            return x
        if any(math.gcd(degree, p - 1) != 1 for p in self.primes):
            return None
        return self.power(x, (pow(degree, -1, self.primes[0] - 1), pow(degree, -1, self.primes[1] - 1)))

    @staticmethod
    def keys(x: Residues) -> Residues:
        """(…): one integer for each number x (2, …)."""
        keys: Residues = (x[0] << 31) | x[1]
        return keys

    @staticmethod
    def distinct(x: Residues) -> tuple[Residues, npt.NDArray[np.int64]]:
        """The different numbers (2, n) among those of x (2, …), and for each place of x which of them it is."""
        keys = Field.keys(x)
        found, back = np.unique(keys, return_inverse=True)
        return np.stack([found >> 31, found & (2**31 - 1)]), back.reshape(keys.shape)

    def lift(self, x: tuple[int, int]) -> Fraction | None:
        """The fraction with numerator and denominator up to 2²⁰ that has these residues; None where there is none.

        At most one has them; a random pair of residues has one with probability below 2⁻¹⁸.
        """
        p, q = self.primes
        modulus = p * q
        combined = (x[0] + p * ((x[1] - x[0]) * pow(p, -1, q) % q)) % modulus
        rest, (above, below) = combined, (modulus, 0)
        factor = 1
        while rest > _LIFTED:
            step = above // rest
            above, rest = rest, above - step * rest
            below, factor = factor, below - step * factor
        if abs(factor) > _LIFTED or factor == 0:
            return None
        return Fraction(rest, factor)

    def sign(self, x: tuple[int, int]) -> int:
        """The sign of a small fraction, or of the root of one, by its residues; 0 where it is neither.

        Roots that were taken here are squares, and small fractions (of primes up to ``SMOOTH``) are exactly if they are
        positive.
        """
        found = self.lift(x)
        if found is not None:
            return (found > 0) - (found < 0)
        p, q = self.primes
        if self.lift((x[0] * x[0] % p, x[1] * x[1] % q)) is None:
            return 0
        squares = [pow(r, m // 2, m) == 1 for r, m in zip(x, self.primes, strict=True)]
        return 0 if squares[0] != squares[1] else 1 if squares[0] else -1

    def _each(self, x: Residues, function: Callable[[int, int], int]) -> Residues:
        rows = x.reshape(DRAWS, -1).tolist()
        found = [[function(r, p) for r in row] for row, p in zip(rows, self.primes, strict=True)]
        return np.array(found, np.int64).reshape(x.shape)
