"""The exclusive-or task, its two criteria, and the plain arithmetic that checks certificates for it.

The task: features of query and key take two values; the *target* of a query is the key that matches it in the first
feature and differs in the second. *Ranking*: for each of the four queries its target strictly outscores the other three
keys. *Threshold*: one number lies below the scores of the four (query, target) pairs and above those of the other
twelve. A threshold implies the ranking.

A score that is linear in its unknowns (the entries of W) turns each criterion into strict linear inequalities. They
contradict each other if non-negative multipliers, not all 0, of their left-hand sides sum to 0 (Farkas): 0 > 0. Nothing
here searches: certificates are given and re-checked in exact rational arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any, Final

from flint import arb, fmpq
from sympy import Add, Expr, Rational, Symbol

Vector = tuple[int, ...]
Pair = tuple[Vector, Vector]  # the features of query and key, without constants
Functional = Mapping[Any, Fraction]  # coefficients of the unknowns; entries that are 0 are left out
Expansion = Callable[[Vector, Vector], Functional]  # the score of a query and a key as a functional
Multipliers = Mapping[Pair, int]
Score = Callable[[Vector, Vector], fmpq | arb]  # a comparison of balls is True only if it is certain

THRESHOLD: Final = "threshold"  # the unknown number of the threshold criterion


@dataclass(frozen=True)
class Encoding:
    """The two values of a feature, and whether a constant feature 1 is appended to the query and to the key."""

    low: int
    on_query: bool
    on_key: bool

    @property
    def features(self) -> str:
        """The values in words."""
        return "{0, 1}" if self.low == 0 else "{-1, +1}"

    @property
    def constant(self) -> str:
        """Where the constant feature stands: ``none``, ``both``, ``query`` or ``key``."""
        return {(False, False): "none", (True, True): "both", (True, False): "query", (False, True): "key"}[
            (self.on_query, self.on_key)
        ]

    def points(self) -> tuple[Vector, ...]:
        """The four vectors of two features."""
        return tuple(product((self.low, 1), repeat=2))

    def query(self, features: Vector) -> Vector:
        """The query that the score sees."""
        return (*features, 1) if self.on_query else features

    def key(self, features: Vector) -> Vector:
        """The key that the score sees."""
        return (*features, 1) if self.on_key else features

    def target(self, query: Vector) -> Vector:
        """The key that matches ``query`` in the first feature and differs in the second."""
        return query[0], self.low + 1 - query[1]


ENCODINGS: Final = tuple(
    Encoding(low, *constant)
    for low in (0, -1)
    for constant in ((False, False), (True, True), (True, False), (False, True))
)


def bilinear(query: Vector, key: Vector) -> Functional:
    """``Σ_rf query_r W_rf key_f`` in the unknowns ``W_rf``, over all real matrices."""
    return _tidy({(r, f): Fraction(a * b) for (r, a), (f, b) in product(enumerate(query), enumerate(key))})


def odd(query: Vector, key: Vector) -> Functional:
    """Any score with ``e(-s, -h) = -e(s, h)``, 0 at 0: its values at one of two opposite pairs are the unknowns."""
    pair = (query, key)
    opposite = (tuple(-x for x in query), tuple(-x for x in key))
    if pair == opposite:
        return {}
    return {max(pair, opposite): Fraction(1 if pair > opposite else -1)}


def anything(query: Vector, key: Vector) -> Functional:
    """A score with no relation between its values: nothing can be shown to be impossible for it."""
    return {(query, key): Fraction(1)}


def ranking(encoding: Encoding, expand: Expansion) -> dict[Pair, Functional]:
    """For each query and each key that is not its target: score of the target minus that of the key, to be > 0."""
    found: dict[Pair, Functional] = {}
    for query in encoding.points():
        target = encoding.target(query)
        for key in encoding.points():
            if key != target:
                score = expand(encoding.query(query), encoding.key(key))
                best = expand(encoding.query(query), encoding.key(target))
                found[query, key] = _plus(best, score, Fraction(-1))
    return found


def threshold(encoding: Encoding, expand: Expansion) -> dict[Pair, Functional]:
    """For each pair: score minus threshold for a target, threshold minus score otherwise, to be > 0."""
    found: dict[Pair, Functional] = {}
    for query, key in product(encoding.points(), repeat=2):
        above = _plus(expand(encoding.query(query), encoding.key(key)), {THRESHOLD: Fraction(1)}, Fraction(-1))
        sign = Fraction(1 if key == encoding.target(query) else -1)
        found[query, key] = _plus({}, above, sign)
    return found


def linear(functional: Functional) -> Expr:
    """The functional in real symbols: ``W_rf`` for an entry of W, ``theta`` for the threshold, ``e_`` for a score."""
    parts = (Rational(c.numerator, c.denominator) * _letter(unknown) for unknown, c in functional.items())
    return Add(*parts)


def _letter(unknown: Any) -> Symbol:
    if unknown == THRESHOLD:
        return Symbol("theta", real=True)
    if isinstance(unknown, int):  # a component of the query's functional of the key
        return Symbol(f"g_{unknown + 1}", real=True)
    first, second = unknown
    if isinstance(first, int):
        return Symbol(f"W_{first + 1}{second + 1}", real=True)
    signs = "".join({-1: "m", 0: "o", 1: "p"}[x] for x in (*first, *second))  # a value of the score, by its features
    return Symbol(f"e_{signs}", real=True)


def _plus(left: Functional, right: Functional, factor: Fraction) -> Functional:
    """``left + factor · right``."""
    total = dict(left)
    for unknown, coefficient in right.items():
        total[unknown] = total.get(unknown, Fraction(0)) + factor * coefficient
    return _tidy(total)


def _tidy(functional: Functional) -> Functional:
    return {unknown: coefficient for unknown, coefficient in functional.items() if coefficient != 0}
