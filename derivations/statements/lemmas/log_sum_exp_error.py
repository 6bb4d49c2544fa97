"""Errors of a computed log-sum-exp, formally."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Integer, Symbol, exp, log

from attnproof.derivations.language.largest import largest
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
    Stated,
    le,
    lt,
)

LOGITS, NEAR = Tensor("logits", "t", (N_K,)), Tensor("shifted", "y", (N_K,))
THETA, EXACT, OFF, G, U, D, E = (Symbol(letter, real=True) for letter in ("theta", "x", "z", "G", "u", "d", "e"))
SUM: Final = total(exp(LOGITS[L] - largest(LOGITS[J], J, N_K)), (L, N_K))


def log_sum(logits: Tensor) -> Expr:
    """``ln Σ exp(t_l)``."""
    return log(total(exp(logits[L]), (L, N_K)))


STATEMENT: Final = (
    Stated(
        "shift",
        "exponents that shift by at most θ move ln Σ e^t by at most θ",
        Every(
            (Size(N_K), Array(LOGITS), Array(NEAR), Number(THETA)),
            If(
                Every((Index(L, N_K),), le(Abs(NEAR[L] - LOGITS[L]), THETA)),
                le(Abs(log_sum(NEAR) - log_sum(LOGITS)), THETA),
            ),
        ),
    ),
    Stated(
        "range",
        "with the maximum subtracted the sum lies between 1 and n",
        Every((Size(N_K), Array(LOGITS)), Both((le(Integer(1), SUM), le(SUM, N_K)))),
    ),
    Stated(
        "factor",
        "a factor between 1/G and G becomes an absolute error of at most ln G",
        Every(
            (Number(EXACT), Number(OFF), Number(G)),
            If(
                Both((lt(Integer(0), EXACT), lt(Integer(0), G), le(EXACT / G, OFF), le(OFF, G * EXACT))),
                le(Abs(log(OFF) - log(EXACT)), log(G)),
            ),
        ),
    ),
    Stated(
        "last_sum",
        "of a result that is off by e and rounded the whole error is at most e + u (|x| + e)",
        Every(
            tuple(map(Number, (EXACT, OFF, E, U, D))),
            If(
                Both((le(Abs(OFF - EXACT), E), le(Abs(D), U))),
                le(Abs(OFF * (1 + D) - EXACT), E + U * (Abs(EXACT) + E)),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
