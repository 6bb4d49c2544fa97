"""The inequality of Cauchy and Schwarz, formally."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Integer, Symbol, sqrt

from attnproof.derivations.language.notation import D, F, R, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import (
    Array,
    Every,
    If,
    Iff,
    Index,
    Number,
    Size,
    Some,
    Stated,
    eq,
    le,
    ne,
)

S: Final = Tensor("query", "s", (D,))
H: Final = Tensor("key", "h", (D,))
SCALE: Final = Symbol("lambda", real=True)
PRODUCT: Final = Abs(total(S[R] * H[R], (R, D)))
LENGTHS: Final = sqrt(total(S[R] ** 2, (R, D))) * sqrt(total(H[R] ** 2, (R, D)))

STATEMENT: Final = (
    Stated(
        "inequality",
        "the product of two vectors is at most that of their lengths in size",
        Every((Size(D), Array(S), Array(H)), le(PRODUCT, LENGTHS)),
    ),
    Stated(
        "equality",
        "for s that is not 0, with equality exactly when h is a multiple of s",
        Every(
            (Size(D), Array(S), Array(H)),
            If(
                Some((Index(F, D),), ne(S[F], Integer(0))),
                Iff(eq(PRODUCT, LENGTHS), Some((Number(SCALE),), Every((Index(F, D),), eq(H[F], SCALE * S[F])))),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
