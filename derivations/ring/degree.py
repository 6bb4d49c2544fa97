"""Degrees of elements in the random numbers that they are made of: how sure an equality is.

The coefficient of ε^r of an element is ``N_r / (A B^r)`` with polynomials in the random numbers of degrees

    deg N_r <= top + r · slope,    deg A <= below,    deg B <= ratio

A root of degree m counts as a number of an m-th of its radicand's degree. Where all elements have the same A and B they
are ``shared``, and a sum has them once. The rules follow from multiplying out: see
``attnproof.derivations.lemmas.ring_degree``.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from fractions import Fraction
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

CAP: Final = 2**40  # no bound: a degree that says nothing about primes below 2³¹
_OWN = 2**39
ROWS, UNKNOWN = 1, 2
_fresh = itertools.count(_OWN)


class Degree(NamedTuple):
    """A bound for every element of an array.

    rests   ``ROWS``: on rows of random numbers drawn so that their norms have roots; ``UNKNOWN``: on roots of something
            else, or on functions that are not interpreted (erf), so that no probability is known
    shared  a number, not 0, that stands for one A and one B, which all elements of an array, and of every other array
            with this number, have; 0 where they have their own
    """

    top: int = 0
    slope: int = 0
    below: int = 0
    ratio: int = 0
    rests: int = 0
    shared: int = 0

    @property
    def whole(self) -> bool:
        """No denominators."""
        return not (self.below or self.ratio)

    def of(self, order: int) -> int:
        """What bounds the degree of the numerator of every coefficient below ε^order."""
        return min(self.top + (order - 1) * self.slope, CAP)


CONSTANT: Final = Degree()
RANDOM: Final = Degree(top=1)


def fresh() -> int:
    """A number for denominators that have none."""
    return next(_fresh)


def largest(degrees: Iterable[Degree]) -> Degree:
    """A bound for elements of each."""
    found = list(degrees)
    if len(found) == 1:
        return found[0]
    return stacked(np.array(found, np.int64))


def stacked(rows: npt.NDArray[np.int64]) -> Degree:
    """A bound for all of many elements, rows of ``rows``."""
    if not len(rows):
        return CONSTANT
    top, slope, below, ratio, rests, _ = rows.max(axis=0).tolist()
    if not (below or ratio):
        return Degree(top, slope, 0, 0, rests)
    whole = (rows[:, 2] == 0) & (rows[:, 3] == 0)
    numbers = rows[~whole, 5]
    if (numbers != numbers[0]).any() or not numbers[0]:
        return Degree(top, slope, below, ratio, rests)
    if whole.any():  # over the denominators that the others have
        top = max(top, int(rows[whole, 0].max()) + below)
        slope = max(slope, int(rows[whole, 1].max()) + ratio)
    return _capped(top, slope, below, ratio, rests, int(numbers[0]))


def add(x: Degree, y: Degree) -> Degree:
    """``x ± y``, over the product of the denominators, or the shared ones."""
    rests = max(x.rests, y.rests)
    if (x.whole and y.whole) or (x.shared and x.shared == y.shared):
        return Degree(max(x.top, y.top), max(x.slope, y.slope), x.below, x.ratio, rests, x.shared)
    return _capped(
        max(x.top + y.below, y.top + x.below),
        max(x.slope + y.ratio, y.slope + x.ratio),
        x.below + y.below,
        x.ratio + y.ratio,
        rests,
        _both(x, y),
    )


def multiply(x: Degree, y: Degree) -> Degree:
    """``x · y``"""
    return _capped(
        x.top + y.top,
        max(x.slope + y.ratio, y.slope + x.ratio),
        x.below + y.below,
        x.ratio + y.ratio,
        max(x.rests, y.rests),
        _both(x, y),
    )


def total(x: Degree, terms: int) -> Degree:
    """A sum of so many elements."""
    if terms <= 1 or x.whole or x.shared:
        return x
    more = terms - 1
    return _capped(x.top + more * x.below, x.slope + more * x.ratio, terms * x.below, terms * x.ratio, x.rests)


def power(x: Degree, exponent: int) -> Degree:
    """``x^n``, n >= 0"""
    if exponent == 0:
        return CONSTANT
    n = exponent
    shared = _derived("power", n, x.shared)
    return _capped(n * x.top, x.slope + (n - 1) * x.ratio, n * x.below, n * x.ratio, x.rests, shared)


def reciprocal(x: Degree, *, number: bool = False, alike: bool = False) -> Degree:
    """``1/x``: coefficient r over N_0 · (N_0 B)^r.

    number  no coefficients but that of ε^0: A/N_0
    alike   all elements are the same one
    """
    slope, ratio = (0, 0) if number else (x.top + x.slope, x.top + x.ratio)
    return _capped(x.below, slope, x.top, ratio, x.rests, _over_first("reciprocal", x, alike))


def exponential(x: Degree) -> Degree:
    """``E(x)``: coefficient r over (A B)^r, constant term 1."""
    shared = _derived("exponential", 0, x.shared)
    return _capped(0, max(x.top + x.ratio, x.slope + x.below), 0, x.below + x.ratio, x.rests, shared)


def root(x: Degree, exponent: Fraction, *, number: bool = False, alike: bool = False) -> Degree:
    """``x^α``, α = ±n/m: x₀^α (1 + …)^α with a series in x/x₀. With x₀ = N/A, x₀^(1/m) is (N A^(m − 1))^(1/m) / A."""
    m, n = exponent.denominator, abs(exponent.numerator)
    over, under = -(-(x.top + (m - 1) * x.below) // m), x.below
    if exponent < 0:
        over, under = under, over
    slope, ratio = (0, 0) if number else (x.top + x.slope, x.top + x.ratio)
    return _capped(n * over, slope, n * under, ratio, x.rests, _over_first(f"root {exponent}", x, alike))


def _capped(top: int, slope: int, below: int, ratio: int, rests: int, shared: int = 0) -> Degree:
    """With numbers that cannot overflow."""
    return Degree(min(top, CAP), min(slope, CAP), min(below, CAP), min(ratio, CAP), rests, shared)


def _derived(operation: str, detail: int, *shared: int) -> int:
    """The number of denominators that an operation makes of others; 0 where one of those has none."""
    return hash((operation, detail, *sorted(shared))) % _OWN or 1 if all(shared) else 0


def _both(x: Degree, y: Degree) -> int:
    """The number of the product of two denominators."""
    if x.whole or y.whole:
        return x.shared or y.shared
    return _derived("both", 0, x.shared, y.shared)


def _over_first(operation: str, x: Degree, alike: bool) -> int:
    """The number of denominators that are made of N_0, which is a constant where its degree is 0, and of A and B."""
    if alike:
        return fresh()
    return 0 if x.top else _derived(operation, 0, x.shared)
