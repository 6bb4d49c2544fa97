"""Rounding to nearest, formally."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Integer, Symbol

from attnproof.derivations.language.notation import Tensor, index, size
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Either,
    Every,
    If,
    Index,
    Not,
    Number,
    Proposition,
    Size,
    Some,
    Stated,
    eq,
    le,
)
from attnproof.derivations.statements._rounding import (
    E_MAX,
    LEAST_NORMAL,
    ROUNDOFF,
    P,
    fl,
    in_any_order,
    number,
    parts,
)

X, Y, D, SCALE = (Symbol(letter, real=True) for letter in "xyds")
G, M = index("g"), index("m")
N, J = size("n"), index("j")
POWER_OF_TWO: Final = Either((eq(SCALE, Integer(2) ** G), eq(SCALE, 1 / Integer(2) ** G)))  # of any whole exponent
A, B, C, E = (index(letter) for letter in "abce")
TERMS: Final = Tensor("terms", "w", (N,))
SUMS: Final = parts("sums", "S", N)
COMPUTED, EXACT = SUMS[0, N], total(TERMS[J], (J, N))
FORMAT: Final = (Size(P), Size(E_MAX, 2))
POWER: Final = (Size(G, 0), Number(SCALE))


def multiple(of: Expr, one: Expr, other: Expr) -> Proposition:
    """A whole number, ``one − other``, times the power of two."""
    return eq(of, (one - other) * SCALE)


STATEMENT: Final = (
    Stated(
        "sum_of_two",
        "a sum of two numbers of a format is computed with a relative error of at most u = 2^(−p)",
        Every(
            (*FORMAT, Number(X), Number(Y)),
            If(
                Both((number(X), number(Y))),
                Some((Number(D),), Both((le(Abs(D), ROUNDOFF), eq(fl(X + Y), (X + Y) * (1 + D))))),
            ),
        ),
    ),
    Stated(
        "exact",
        "it is exact if both are multiples of one power of two, 2^g, and it is at most 2^(p + g) in size",
        Every(
            (*FORMAT, *POWER, *(Size(each, 0) for each in (A, B, C, E)), Number(X), Number(Y)),
            If(
                Both(
                    (
                        POWER_OF_TWO,
                        number(X),
                        number(Y),
                        multiple(X, A, B),
                        multiple(Y, C, E),
                        le(Abs(X + Y), Integer(2) ** P * SCALE),
                    )
                ),
                eq(fl(X + Y), X + Y),
            ),
        ),
    ),
    Stated(
        "first_missing",
        "of the multiples of 2^g, from the least positive number on, 2^p + 1 is the first that is missing",
        Every(
            (*FORMAT, *POWER),
            If(
                Both((POWER_OF_TWO, le(2 * LEAST_NORMAL * ROUNDOFF, SCALE))),
                Both(
                    (
                        Every(
                            (Size(M, 0),),
                            If(le(M, Integer(2) ** P), number(M * SCALE)),
                        ),
                        Not(number(Integer(2) ** P * SCALE + SCALE)),
                    )
                ),
            ),
        ),
    ),
    Stated(
        "sum_of_many",
        "a sum of n terms that are not negative, in any order, carries a factor of n − 1 roundings",
        Every(
            (*FORMAT, Size(N), Array(TERMS), Array(SUMS)),
            If(
                Both(
                    (
                        Every((Index(J, N),), Both((number(TERMS[J]), le(Integer(0), TERMS[J])))),
                        in_any_order(SUMS, lambda j: TERMS[j]),
                    )
                ),
                Both(
                    (
                        le((1 - ROUNDOFF) ** N * EXACT, (1 - ROUNDOFF) * COMPUTED),
                        le((1 - ROUNDOFF) ** N * COMPUTED, (1 - ROUNDOFF) * EXACT),
                    )
                ),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
