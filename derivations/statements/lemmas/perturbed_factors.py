"""Sums of products of factors that are off, formally."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Symbol

from attnproof.derivations.language.notation import Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Index,
    Number,
    Size,
    Stated,
    le,
    lt,
)
from attnproof.derivations.statements._rounding import E_MAX, LEAST_NORMAL, ROUNDOFF, P, fl
from attnproof.derivations.statements.lemmas._products import K, N, partial, times

EXACT, OFF, ERRORS = (Tensor(name, letter, (N,)) for name, letter in (("exact", "x"), ("off", "y"), ("errors", "e")))
PRODUCTS: Final = tuple(partial(f"product_{letter}", letter) for letter in "XYAB")
OF_EXACT, OF_OFF, OF_SIZES, MOST = PRODUCTS
FACTORS: Final = Tensor("factors", "f", (N,))
G, Z, REST = (Symbol(letter, real=True) for letter in ("G", "z", "r"))
EACH_TERM, EACH_OFF, EACH_MOST = (
    Tensor(f"terms_{letter}", letter, (N,)) for letter in ("X", "Y", "B")
)  # of a sum: products, those computed, and of sizes with errors
LEAST: Final = 2 * LEAST_NORMAL * ROUNDOFF  # the least positive number

STATEMENT: Final = (
    Stated(
        "product",
        "a product of factors, each off by at most e, is off by at most the product of |x| + e less that of |x|",
        Every(
            (Size(N), *map(Array, (EXACT, OFF, ERRORS, *PRODUCTS))),
            If(
                Both(
                    (
                        Every((Index(K, N),), le(Abs(OFF[K] - EXACT[K]), ERRORS[K])),
                        times(OF_EXACT, EXACT[K]),
                        times(OF_OFF, OFF[K]),
                        times(OF_SIZES, Abs(EXACT[K])),
                        times(MOST, Abs(EXACT[K]) + ERRORS[K]),
                    )
                ),
                le(Abs(OF_OFF[N] - OF_EXACT[N]), MOST[N] - OF_SIZES[N]),
            ),
        ),
    ),
    Stated(
        "sum_of_products",
        "a sum of such products, each with a factor within 1 ± (G − 1), by at most G times these sums less the sizes",
        Every(
            (Size(N), *map(Array, (EACH_TERM, EACH_OFF, EACH_MOST, FACTORS)), Number(G)),
            If(
                Every(
                    (Index(K, N),),
                    Both(
                        (
                            le(Abs(EACH_OFF[K] - EACH_TERM[K]), EACH_MOST[K] - Abs(EACH_TERM[K])),
                            le(Abs(FACTORS[K] - 1), G - 1),
                        )
                    ),
                ),
                le(
                    Abs(total(FACTORS[K] * EACH_OFF[K], (K, N)) - total(EACH_TERM[K], (K, N))),
                    G * total(EACH_MOST[K], (K, N)) - total(Abs(EACH_TERM[K]), (K, N)),
                ),
            ),
        ),
    ),
    Stated(
        "underflow",
        "what underflows is off by at most half the least positive number, times what still comes, and at most doubles",
        Every(
            (Size(P), Size(E_MAX, 2), Number(Z), Number(REST)),
            If(
                lt(Abs(Z), LEAST_NORMAL),
                Both(
                    (
                        le(Abs(fl(Z) * REST - Z * REST), LEAST / 2 * Abs(REST)),
                        le(Abs(fl(Z)), 2 * Abs(Z)),
                    )
                ),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
