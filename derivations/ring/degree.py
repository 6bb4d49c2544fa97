"""Degrees of elements in the random numbers that they are made of: how sure an equality is.

The coefficient of ε^r of an element is ``N_r / (A B^r)`` with polynomials in the random numbers of degrees

    deg N_r <= top + r · slope,    deg A <= below,    deg B <= ratio

A root of degree m counts as a number of an m-th of its radicand's degree. The rules follow from multiplying out: see
``attnproof.derivations.lemmas.ring_equality``.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

CAP = 2**40  # no bound: a degree that says nothing about primes below 2³¹


class Degree(NamedTuple):
    """A bound for every element of an array; ``opaque``: it rests on functions that are not interpreted (erf)."""

    top: int = 0
    slope: int = 0
    below: int = 0
    ratio: int = 0
    opaque: int = 0

    def capped(self) -> Degree:
        """The same with numbers that cannot overflow."""
        return Degree(*(min(x, CAP) for x in self))

    def of(self, order: int) -> int:
        """What bounds the degree of the numerator of every coefficient below ε^order."""
        return min(self.top + (order - 1) * self.slope, CAP)


CONSTANT = Degree()
RANDOM = Degree(top=1)


def largest(degrees: Iterable[Degree]) -> Degree:
    """A bound for elements of each."""
    return Degree(*map(max, zip(*degrees, strict=True)))


def add(x: Degree, y: Degree) -> Degree:
    """``x ± y``, over the product of the denominators."""
    if not (x.below or x.ratio or y.below or y.ratio):
        return Degree(max(x.top, y.top), max(x.slope, y.slope), 0, 0, x.opaque | y.opaque)
    return Degree(
        max(x.top + y.below, y.top + x.below),
        max(x.slope + y.ratio, y.slope + x.ratio),
        x.below + y.below,
        x.ratio + y.ratio,
        x.opaque | y.opaque,
    ).capped()


def multiply(x: Degree, y: Degree) -> Degree:
    """``x · y``"""
    return Degree(
        x.top + y.top,
        max(x.slope + y.ratio, y.slope + x.ratio),
        x.below + y.below,
        x.ratio + y.ratio,
        x.opaque | y.opaque,
    ).capped()


def total(x: Degree, terms: int) -> Degree:
    """A sum of so many elements."""
    if terms <= 1 or not (x.below or x.ratio):
        return x
    more = terms - 1
    return Degree(x.top + more * x.below, x.slope + more * x.ratio, terms * x.below, terms * x.ratio, x.opaque).capped()


def power(x: Degree, exponent: int) -> Degree:
    """``x^n``, n >= 0"""
    if exponent == 0:
        return CONSTANT
    return Degree(
        exponent * x.top,
        x.slope + (exponent - 1) * x.ratio,
        exponent * x.below,
        exponent * x.ratio,
        x.opaque,
    ).capped()


def reciprocal(x: Degree) -> Degree:
    """``1/x``: coefficient r over N_0 · (N_0 B)^r."""
    return Degree(x.below, x.top + x.slope, x.top, x.top + x.ratio, x.opaque).capped()


def exponential(x: Degree) -> Degree:
    """``E(x)``: coefficient r over (A B)^r, constant term 1."""
    return Degree(0, max(x.top + x.ratio, x.slope + x.below), 0, x.below + x.ratio, x.opaque).capped()


def root(x: Degree, exponent: Fraction) -> Degree:
    """``x^α``, α = ±n/m: x₀^α (1 + …)^α with a series in x/x₀. With x₀ = N/A, x₀^(1/m) is (N A^(m − 1))^(1/m) / A."""
    m, n = exponent.denominator, abs(exponent.numerator)
    over, under = -(-(x.top + (m - 1) * x.below) // m), x.below
    if exponent < 0:
        over, under = under, over
    return Degree(n * over, x.top + x.slope, n * under, x.top + x.ratio, x.opaque).capped()


def stacked(degrees: npt.NDArray[np.int64]) -> Degree:
    """A bound for all of many elements, rows of ``degrees``."""
    return Degree(*degrees.max(axis=0).tolist()) if len(degrees) else CONSTANT
