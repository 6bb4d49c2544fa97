"""Claim B1 in floating point: its bounds, and scores whose sums with a bias are ties, in ball arithmetic.

The sums ``2^k (1 + a u)`` with odd a are half way between two numbers, and ties to even takes neighbouring ones
opposite ways.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import permutations
from typing import Final

from flint import arb, ctx

from attnproof.verify.arithmetic.formats import Format

BITS: Final = 160
OFFSETS: Final = (-3, -1, 1, 3, 5, 7)  # odd a
MOST_KEYS: Final = 404  # 1 + e^6: the others of a key at Δ = 2


@dataclass(frozen=True)
class Pair:
    """One key with score ``own`` among ``others`` keys of score ``other``, all to be shifted by ``bias = 2^k``."""

    bias: float
    own: float
    other: float
    others: int

    @property
    def keys(self) -> int:
        """The number n of keys."""
        return self.others + 1

    @property
    def largest(self) -> float:
        """E = max |e|."""
        return max(abs(self.own), abs(self.other))


@dataclass(frozen=True)
class Bounds:
    """Bounds on the weight's deviation and on that of the log-odds; ``beside`` is the part of the latter that is not
    the addition's.
    """

    weight: arb
    odds: arb
    beside: arb


def pairs(form: Format, exponent: int) -> list[Pair]:
    """All ordered pairs of ``OFFSETS`` at the bias 2^exponent, those whose weights stay normal.

    As many other keys as make a weight near ½ of the key that moves by 2Δ (Δ = u 2^k): e^(3Δ).
    """
    delta = math.ldexp(form.unit_roundoff, exponent)
    others = max(1, min(MOST_KEYS - 1, round(math.exp(min(3 * delta, 10.0)))))
    found = []
    for own, other in permutations(OFFSETS, 2):
        pair = Pair(math.ldexp(1.0, exponent), own * delta, other * delta, others)
        # the computed log-odds are off by 2Δ and far less than 1 besides; the sum is at most n
        if abs(pair.own - pair.other) + 2 * delta + 1 + math.log(pair.keys) < -math.log(form.smallest_normal):
            found.append(pair)
    return found


def bounds(pair: Pair, form: Format, exp_error: float) -> Bounds:
    """The bounds of the claim; ``exp_error`` is h, the relative error of the exponential."""
    with ctx.workprec(BITS):
        u, size, most = arb(form.unit_roundoff), arb(abs(pair.bias)), arb(pair.largest)
        added = u * (size + most)
        beside = u * (2 * most + 2 * added) - (1 - arb(exp_error)).log()
        logit = added + beside
        each = -(1 - u).log()
        weight = (logit / 2).tanh() + (each * (pair.keys + 1)).exp() - 1
        return Bounds(weight, 2 * logit + 4 * each, 2 * beside + 4 * each)


def exact_weight(pair: Pair) -> arb:
    """The weight of the own key, which no shared bias changes."""
    with ctx.workprec(BITS):
        return 1 / (1 + pair.others * (arb(pair.other) - arb(pair.own)).exp())


def deviations(pair: Pair, exact: arb, own: float, other: float) -> tuple[arb, arb]:
    """How far computed weights, of the own key and of another, leave the exact one and the exact log-odds."""
    with ctx.workprec(BITS):
        return abs(arb(own) - exact), abs((arb(own) / arb(other)).log() - (arb(pair.own) - arb(pair.other)))


def upper(value: arb) -> float:
    """A float not below the ball."""
    return math.nextafter(float(value.upper()), math.inf)


def exponents(form: Format, step: int) -> Iterator[int]:
    """Exponents k from −4 to p + 1, every ``step``-th and p itself, where Δ = 1."""
    yield from sorted({*range(form.precision + 1, -5, -step), form.precision, form.precision // 3 * 2})
