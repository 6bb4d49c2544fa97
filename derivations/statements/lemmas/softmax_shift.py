"""Softmax sees differences, formally."""

from __future__ import annotations

from typing import Final

from sympy import exp, log

from attnproof.derivations.language.notation import N_K, I, J, L, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import Array, Every, Iff, Index, Size, Stated, Where, eq
from attnproof.derivations.statements._parts import ALPHA, softmax

LOGITS: Final = Tensor("logits", "t", (N_K,))
SHIFTS: Final = Tensor("shifts", "x", (N_K,))
BETA: Final = Tensor("shifted_weights", "beta", (N_K,), "intermediate")
K: Final = index("k")
SHIFTED: Final = Equation(BETA, (J,), exp(LOGITS[J] + SHIFTS[J]) / total(exp(LOGITS[L] + SHIFTS[L]), (L, N_K)))
BOTH: Final = (softmax(LOGITS, ALPHA), SHIFTED)

STATEMENT: Final = (
    Stated(
        "quotient",
        "the quotient of two weights is the exponential of the difference of their logits",
        Every(
            (Size(N_K), Array(LOGITS), Index(I, N_K), Index(K, N_K)),
            Where((softmax(LOGITS, ALPHA),), eq(ALPHA[I] / ALPHA[K], exp(LOGITS[I] - LOGITS[K]))),
        ),
    ),
    Stated(
        "log_odds",
        "shifts move the log-odds of two keys by the difference of theirs",
        Every(
            (Size(N_K), Array(LOGITS), Array(SHIFTS), Index(I, N_K), Index(K, N_K)),
            Where(BOTH, eq(log(BETA[I] / BETA[K]), log(ALPHA[I] / ALPHA[K]) + SHIFTS[I] - SHIFTS[K])),
        ),
    ),
    Stated(
        "unchanged",
        "all weights stay as they are exactly if all shifts are equal",
        Every(
            (Size(N_K), Array(LOGITS), Array(SHIFTS)),
            Where(
                BOTH,
                Iff(
                    Every((Index(I, N_K),), eq(BETA[I], ALPHA[I])),
                    Every((Index(I, N_K), Index(K, N_K)), eq(SHIFTS[I], SHIFTS[K])),
                ),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
