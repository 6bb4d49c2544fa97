"""Roundings as factors, formally."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Integer, Symbol, exp

from attnproof.derivations.language.notation import N_K, J, L, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Index,
    Number,
    Size,
    Some,
    Stated,
    eq,
    le,
    lt,
)

D, U, LAMBDA, THETA, B = (Symbol(letter, real=True) for letter in ("d", "u", "lambda", "theta", "B"))
SHARES: Final = Tensor("shares", "p", (N_K,))
MANY: Final = Tensor("exponents", "y", (N_K,))
MEAN: Final = total(SHARES[J] * exp(MANY[J]), (J, N_K))
WITHIN: Final = le(Abs(THETA), B)

STATEMENT: Final = (
    Stated(
        "factor",
        "a relative error d of at most u < 1 is a factor e^λ with |λ| at most u/(1 − u)",
        Every(
            (Number(D), Number(U)),
            If(
                Both((le(Abs(D), U), lt(U, Integer(1)))),
                Some((Number(LAMBDA),), Both((eq(1 + D, exp(LAMBDA)), le(Abs(LAMBDA), U / (1 - U))))),
            ),
        ),
    ),
    Stated(
        "range",
        "a factor e^θ with |θ| at most B lies between e^(−B) and e^B",
        Every((Number(THETA), Number(B)), If(WITHIN, Both((le(exp(-B), exp(THETA)), le(exp(THETA), exp(B)))))),
    ),
    Stated(
        "mean",
        "so does every mean of such factors",
        Every(
            (Size(N_K), Array(SHARES), Array(MANY), Number(B)),
            If(
                Both(
                    (
                        Every((Index(L, N_K),), Both((le(Integer(0), SHARES[L]), le(Abs(MANY[L]), B)))),
                        eq(total(SHARES[J], (J, N_K)), Integer(1)),
                    )
                ),
                Both((le(exp(-B), MEAN), le(MEAN, exp(B)))),
            ),
        ),
    ),
    Stated(
        "distance",
        "and its distance from 1 is at most e^B − 1",
        Every((Number(THETA), Number(B)), If(WITHIN, le(Abs(exp(THETA) - 1), exp(B) - 1))),
    ),
)

OUTSIDE: Final = ()
