"""The exclusive-or task, formally: attend to the key that agrees in the first feature and differs in the second.

Features take the two values ``low`` and 1; a constant feature 1 may follow them on the query, on the key or on both.
*Ranking*: the target outscores the other keys of its query. *Threshold*: one number lies below the scores of all
targets and above all others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sympy import Expr, Integer, Symbol

from attnproof.derivations.language.notation import R, Tensor
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Either,
    Every,
    If,
    Index,
    Number,
    Proposition,
    Some,
    eq,
    lt,
    ne,
)

Score = Callable[[Tensor, Tensor], Expr]
THETA: Final = Symbol("theta", real=True)
ONE: Final = Integer(1)


@dataclass(frozen=True)
class Encoding:
    """The two values of a feature, ``low`` and 1, and where a constant feature 1 is appended."""

    low: int
    on_query: bool
    on_key: bool

    @property
    def name(self) -> str:
        """``bits_none``, ``signs_query`` ..."""
        places = {(False, False): "none", (True, True): "both", (True, False): "query", (False, True): "key"}
        return f"{'bits' if self.low == 0 else 'signs'}_{places[self.on_query, self.on_key]}"

    @property
    def title(self) -> str:
        """``features 0 and 1, a constant on the query``."""
        places = {(False, False): "no constant", (True, True): "a constant on both", (True, False): "a constant on the "
                  "query", (False, True): "a constant on the key"}  # fmt: skip
        return f"features {'0' if self.low == 0 else '−1'} and 1, {places[self.on_query, self.on_key]}"

    @property
    def query(self) -> Tensor:
        """The query that the score sees."""
        return Tensor("query", "s", (Integer(2 + self.on_query),))

    def key(self, letter: str) -> Tensor:
        """A key that the score sees."""
        return Tensor("key", letter, (Integer(2 + self.on_key),))

    def is_point(self, vector: Tensor) -> Proposition:
        """The first two components are features, a third one is the constant."""
        values = Every((Index(R, Integer(2)),), Either((eq(vector[R], Integer(self.low)), eq(vector[R], ONE))))
        return values if vector.shape == (2,) else Both((values, eq(vector[Integer(2)], ONE)))


ENCODINGS: Final = tuple(
    Encoding(low, *constant)
    for low in (0, -1)
    for constant in ((False, False), (True, True), (True, False), (False, True))
)


def is_target(query: Tensor, key: Tensor) -> Proposition:
    """The key agrees with the query in the first feature and differs in the second."""
    return Both((eq(key[Integer(0)], query[Integer(0)]), ne(key[ONE], query[ONE])))


def is_other(query: Tensor, key: Tensor) -> Proposition:
    """The key is not the target."""
    return Either((ne(key[Integer(0)], query[Integer(0)]), eq(key[ONE], query[ONE])))


def ranking(encoding: Encoding, score: Score) -> Proposition:
    """Every query's target outscores its other keys."""
    s, h, g = encoding.query, encoding.key("h"), encoding.key("g")
    return Every(
        (Array(s), Array(h), Array(g)),
        If(
            Both((*map(encoding.is_point, (s, h, g)), is_target(s, h), is_other(s, g))),
            lt(score(s, g), score(s, h)),
        ),
    )


def threshold(encoding: Encoding, score: Score) -> Proposition:
    """One number lies between the scores of the targets and those of all others."""
    s, h = encoding.query, encoding.key("h")
    return Some(
        (Number(THETA),),
        Every(
            (Array(s), Array(h)),
            If(
                Both((encoding.is_point(s), encoding.is_point(h))),
                Both((If(is_target(s, h), lt(THETA, score(s, h))), If(is_other(s, h), lt(score(s, h), THETA)))),
            ),
        ),
    )
