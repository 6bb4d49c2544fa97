"""Numbers of two recordings as expressions in sizes.

The same program is recorded at two sets of sizes, prime and pairwise different (``FIRST``, ``SECOND``). A number that
stands at the same place of both recordings is then a pair: (7, 13) is d, (0.378, 0.277) is d^(−1/2), (0.125, 0.125) is
the number 1/8, whatever the sizes are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations, permutations, product
from typing import Final

import numpy as np
from sympy import Expr, Integer, Rational, Symbol, log, sqrt

from attnproof.derivations.language.notation import D_A, D_K, D_Q, D_V, N_K, N_Q, D, size

B = size("b")  # of the batch
H = size("h")  # heads, a second axis of the batch
Pair = tuple[float, float]

# n_q < n_k, so that no causal mask hides a whole row; the other pairs so that sums and differences are told apart.
PRIMES: Final[Mapping[Symbol, tuple[int, int]]] = {
    N_Q: (3, 5),
    N_K: (5, 11),
    D: (7, 13),
    D_Q: (7, 13),
    D_K: (11, 7),
    D_V: (13, 19),
    D_A: (17, 23),
    B: (2, 3),
    H: (3, 2),
}
EVEN: Final = (14, 34)  # features in pairs; half of them is no other size, and none and 1 or 2 more
LN2 = Symbol("ln2", positive=True)  # kept apart, so that e^(x ln 2) and log₂e cancel
LARGEST_DENOMINATOR: Final = 4096
# A number that the program computed in a few fp64 operations is within this of what it stands for.
CLOSE: Final = 2.0**-49
FAR: Final = 4  # positions beyond a number of keys or queries that somebody counts from there
SHORT: Final = 8  # digits of a decimal that somebody has written
EXPONENTS: Final = (-Rational(1, 2), Integer(-1), Rational(1, 2), Integer(1), Integer(-2), Integer(2))
EXPONENTS_TOO: Final = (-Rational(1, 4), Rational(1, 4), -Rational(3, 2), Rational(3, 2))


class CannotLiftError(Exception):
    """A part of a recording is no index notation; the message says what, and ``where`` the line."""

    def __init__(self, what: str, where: str = "") -> None:
        super().__init__(f"{what}, at {where}" if where else what)


@dataclass(frozen=True)
class Sizes:
    """What pairs stand for.

    lengths  size symbol -> its two values
    scalars  symbol of a number that was handed over (a scale, a soft-cap) -> its two values
    """

    lengths: Mapping[Symbol, tuple[int, int]]
    scalars: Mapping[Symbol, Pair] = field(default_factory=dict)
    _whole: dict[tuple[int, int], Expr] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for expression, pair in self._candidates():
            self._whole.setdefault(pair, expression)

    def _candidates(self) -> list[tuple[Expr, tuple[int, int]]]:
        """Whole numbers that are made of sizes, the simplest first."""
        own = list(self.lengths.items())
        found: list[tuple[Expr, tuple[int, int]]] = [(symbol, pair) for symbol, pair in own]
        found += [(s / 2, (a // 2, b // 2)) for s, (a, b) in own if a % 2 == b % 2 == 0]
        found += [(s - 1, (a - 1, b - 1)) for s, (a, b) in own]
        found += [(s + 1, (a + 1, b + 1)) for s, (a, b) in own]
        for (s, (a, b)), (t, (c, d)) in combinations(own, 2):
            found += [(s + t, (a + c, b + d)), (s * t, (a * c, b * d))]
            found += [(s - t, (a - c, b - d)), (t - s, (c - a, d - b))]
        for (s, (a, b)), (t, (c, d)) in product(own, own):
            found += [(s - t + e, (a - c + e, b - d + e)) for e in (-1, 1) if s != t]
            found += [(s * t - s, (a * c - a, b * d - b))]
        found += [(s + e, (a + e, b + e)) for s, (a, b) in own for e in (-2, 2, 3, 4)]
        found += [(2 * s, (2 * a, 2 * b)) for s, (a, b) in own]
        if {N_Q, N_K} <= self.lengths.keys():  # ends of windows
            (a, b), (c, d) = self.lengths[N_K], self.lengths[N_Q]
            found += [(N_K - N_Q + e, (a - c + e, b - d + e)) for e in (-4, -3, -2, 2, 3, 4)]
        return found

    def whole(self, pair: tuple[int, int]) -> Expr:
        """A pair of whole numbers. Raises CannotLiftError where it is nothing known."""
        if pair[0] == pair[1]:
            return Integer(pair[0])
        if pair in self._whole:
            return self._whole[pair]
        opposite = (-pair[0], -pair[1])
        if opposite in self._whole:
            return -self._whole[opposite]
        raise CannotLiftError(f"{pair[0]} at one set of sizes and {pair[1]} at another")

    def offset(self, pair: tuple[int, int]) -> Expr:
        """A number of positions, by numbers of queries and keys where it is one of these: a width that is the same at
        both sets of sizes is not what a position is counted by.
        """
        keys, queries = self.lengths[N_K], self.lengths[N_Q]
        for base, own in ((N_K - N_Q, np.subtract(keys, queries)), (N_K, keys), (-N_Q, np.negative(queries))):
            beyond = np.subtract(pair, own)
            if beyond[0] == beyond[1] and abs(beyond[0]) <= FAR:
                return base + Integer(int(beyond[0]))
        return self.whole(pair)

    def merged(self, pair: tuple[int, int]) -> list[tuple[tuple[int, int], ...]]:
        """The lengths of three or four axes of which an axis of this length may be made, in every order."""
        if pair[0] == pair[1] or pair in self._whole:
            return []
        known = list(self.lengths.values())
        return [
            order
            for count in (3, 4)
            for chosen in combinations(known, count)
            if all(math.prod(each[run] for each in chosen) == pair[run] for run in (0, 1))
            for order in permutations(chosen)
        ]

    def number(self, pair: Pair) -> Expr:
        """A pair of real numbers. Raises CannotLiftError where it is nothing known."""
        if pair[0] == pair[1]:
            for symbol, values in self.scalars.items():
                if values == pair:
                    return symbol
            return exact(pair[0])
        if all(value == int(value) for value in pair if math.isfinite(value)) and all(map(math.isfinite, pair)):
            try:
                return self.whole((int(pair[0]), int(pair[1])))
            except CannotLiftError:
                pass  # a product with a number, perhaps
        found = self._power(pair)
        if found is None:
            raise CannotLiftError(f"the number {pair[0]:.6g} at one set of sizes and {pair[1]:.6g} at another")
        return found

    def _power(self, pair: Pair) -> Expr | None:
        """``r · base^e`` with a simple number r."""
        bases: list[tuple[Expr, Pair]] = [*self.scalars.items(), *self.lengths.items()]
        products = [(s * t, (a * c, b * d)) for (s, (a, b)), (t, (c, d)) in combinations(bases, 2)]
        sums = [(s + t, (a + c, b + d)) for (s, (a, b)), (t, (c, d)) in combinations(self.lengths.items(), 2)]
        logarithms = [(log(s), (math.log(a), math.log(b))) for s, (a, b) in self.lengths.items()]
        for candidates, exponents in (
            (bases, EXPONENTS),
            (bases, EXPONENTS_TOO),
            (products, EXPONENTS),
            (sums, EXPONENTS),
            (logarithms, EXPONENTS),
        ):
            for (base, values), exponent in product(candidates, exponents):
                rest = [number / value ** float(exponent) for number, value in zip(pair, values, strict=True)]
                factor = simple(rest[0]) if math.isclose(*rest, rel_tol=CLOSE) else None
                if factor is not None:
                    return factor * base**exponent
        for (s, a), (t, b) in product(bases, bases):  # two sizes with different exponents, √n / d
            for e, f in product(EXPONENTS[:4], EXPONENTS[:4]):
                values = [x ** float(e) * y ** float(f) for x, y in zip(a, b, strict=True)]
                rest = [number / value for number, value in zip(pair, values, strict=True)]
                if math.isclose(*rest, rel_tol=CLOSE) and simple(rest[0]) is not None:
                    return simple(rest[0]) * s**e * t**f
        return None


def exact(value: float) -> Expr:
    """The number that a program's constant stands for; at the worst the decimal that Python prints."""
    found = simple(value)
    return Rational(Fraction(repr(value))) if found is None else found


def simple(value: float) -> Expr | None:
    """A fraction, its root, either times ln 2 or log₂e, or a short decimal; None for anything else."""
    if not math.isfinite(value):
        return None
    decimal = Fraction(repr(value))
    if len(str(decimal.numerator).rstrip("0").lstrip("-")) <= SHORT and _is_decimal(decimal.denominator):
        return Rational(decimal)
    for factor, unit in ((1.0, Integer(1)), (math.log(2), LN2), (1 / math.log(2), 1 / LN2)):
        near = value / factor
        fraction = Fraction(near).limit_denominator(LARGEST_DENOMINATOR)
        if fraction and math.isclose(fraction, near, rel_tol=CLOSE):
            return Rational(fraction) * unit
        square = Fraction(near * near).limit_denominator(LARGEST_DENOMINATOR)
        if square and math.isclose(math.sqrt(square), abs(near), rel_tol=CLOSE):
            return sqrt(Rational(square)) * unit * (1 if near > 0 else -1)
    return None


def _is_decimal(denominator: int) -> bool:
    for prime in (2, 5):
        while denominator % prime == 0:
            denominator //= prime
    return denominator == 1
