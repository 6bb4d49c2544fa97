"""How far weights move with their logits, formally."""

from __future__ import annotations

from typing import Final

from sympy import Abs, KroneckerDelta, Symbol, exp, log, tanh

from attnproof.derivations.language.notation import N_K, I, L, index
from attnproof.derivations.propositions.proposition import (
    Array,
    Binder,
    Every,
    If,
    Index,
    Number,
    Proposition,
    Size,
    Stated,
    Where,
    eq,
    le,
)
from attnproof.derivations.statements._parts import ALPHA
from attnproof.derivations.statements.lemmas.softmax_shift import BETA, BOTH, LOGITS, SHIFTS

K: Final = index("k")
DELTA: Final = Symbol("Delta", real=True)
WITHIN: Final = Every((Index(L, N_K),), le(Abs(SHIFTS[L]), DELTA))


def moved(says: Proposition, *more: Binder, given: Proposition = WITHIN) -> Proposition:
    """``says`` of the weights before and after, for logits that move by at most Δ."""
    return Every(
        (Size(N_K), Array(LOGITS), Array(SHIFTS), Number(DELTA), Index(I, N_K), *more), If(given, Where(BOTH, says))
    )


STATEMENT: Final = (
    Stated(
        "logarithm",
        "where logits move by at most Δ, the logarithm of a weight moves by at most 2Δ",
        moved(le(Abs(log(BETA[I] / ALPHA[I])), 2 * DELTA)),
    ),
    Stated(
        "log_odds",
        "so do the log-odds of two keys",
        moved(le(Abs(log(BETA[I] / BETA[K]) - log(ALPHA[I] / ALPHA[K])), 2 * DELTA), Index(K, N_K)),
    ),
    Stated("weight", "and the weight by at most tanh(Δ/2)", moved(le(Abs(BETA[I] - ALPHA[I]), tanh(DELTA / 2)))),
    Stated(
        "attained",
        "which it does at 1/(1 + e^Δ), its own logit moved by Δ and all others by −Δ",
        moved(
            If(eq(ALPHA[I], 1 / (1 + exp(DELTA))), eq(BETA[I] - ALPHA[I], tanh(DELTA / 2))),
            given=Every((Index(L, N_K),), eq(SHIFTS[L], (2 * KroneckerDelta(I, L) - 1) * DELTA)),
        ),
    ),
)

OUTSIDE: Final = ()
