"""Rotary positions are relative positions, formally."""

from __future__ import annotations

from typing import Final

from sympy import Expr, cos, sin

from attnproof.derivations.language.notation import I, J, Tensor, index, size
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Iff,
    Index,
    Proposition,
    Size,
    Some,
    Stated,
    eq,
)
from attnproof.derivations.statements._parts import same
from attnproof.derivations.statements.b4 import turned

LENGTH, PAIRS = size("n"), size("m")  # positions; pairs of features, g paired with m + g
G, K, L = index("g"), index("k"), index("l")
QUERY, KEY = Tensor("query", "q", (2 * PAIRS,)), Tensor("key", "h", (2 * PAIRS,))
ANGLES: Final = Tensor("angles", "theta", (LENGTH, PAIRS))
STEPS: Final = Tensor("steps", "omega", (PAIRS,))
PLACE: Final = index("p")


def score(query_at: Expr, key_at: Expr) -> Expr:
    """The dot product of query and key, each pair of features rotated by the angle of their positions."""
    query = turned(ANGLES[query_at, G], QUERY[G], QUERY[PAIRS + G])
    key = turned(ANGLES[key_at, G], KEY[G], KEY[PAIRS + G])
    return total(query[0] * key[0] + query[1] * key[1], (G, PAIRS))


def on_circle(angle: Expr, other: Expr) -> Proposition:
    """The angles are the same up to multiples of 2π."""
    return Both((eq(cos(angle), cos(other)), eq(sin(angle), sin(other))))


STATEMENT: Final = (
    Stated(
        "relative",
        "scores depend on i − j only, for all queries and keys, exactly if angles are linear in the position",
        Every(
            (Size(LENGTH), Size(PAIRS), Array(ANGLES)),
            Iff(
                Every(
                    (
                        *(Array(QUERY), Array(KEY)),
                        *(Index(each, LENGTH) for each in (I, J, K, L)),
                    ),
                    If(same(I + L, K + J), eq(score(I, J), score(K, L))),
                ),
                Some(
                    (Array(STEPS),),
                    Every(
                        (Index(PLACE, LENGTH), Index(G, PAIRS)),
                        on_circle(ANGLES[PLACE, G], ANGLES[0, G] + PLACE * STEPS[G]),
                    ),
                ),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
