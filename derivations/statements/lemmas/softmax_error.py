"""Errors of computed softmax weights, formally."""

from __future__ import annotations

from typing import Final

from sympy import Abs, KroneckerDelta, Max, Symbol, exp

from attnproof.derivations.language.notation import N_K, L, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Index,
    Number,
    Size,
    Stated,
    Where,
    le,
)
from attnproof.derivations.statements._parts import ALPHA
from attnproof.derivations.statements.lemmas.softmax_shift import BETA, BOTH, LOGITS, SHIFTS

K: Final = index("k")
THETA: Final = Tensor("most_shifts", "theta", (N_K,))
UP, DOWN = (Tensor(name, letter, (), "intermediate") for name, letter in (("up", "U"), ("down", "D")))
EXACT, MOVED, LOST, RHO, LAMBDA, B, R = (
    Symbol(letter, real=True) for letter in ("x", "y", "z", "rho", "lambda", "b", "r")
)


def extreme(target: Tensor, sign: int) -> Equation:
    """What the weight of key k moves by where its own exponent moves by ``sign`` θ, all others the other way."""
    own, others = exp(sign * THETA[K]), exp(-sign * THETA[L])
    other = 1 - KroneckerDelta(K, L)
    return Equation(
        target,
        (),
        ALPHA[K]
        * total(other * ALPHA[L] * (own - others), (L, N_K))
        / (ALPHA[K] * own + total(other * ALPHA[L] * others, (L, N_K))),
    )


STATEMENT: Final = (
    Stated(
        "shift",
        "exponents that shift by at most θ move a weight by at most the larger of two extremes in size",
        Every(
            (Size(N_K), Array(LOGITS), Array(SHIFTS), Array(THETA), Index(K, N_K)),
            If(
                Every((Index(L, N_K),), le(Abs(SHIFTS[L]), THETA[L])),
                Where(
                    (*BOTH, extreme(UP, 1), extreme(DOWN, -1)),
                    le(Abs(BETA[K] - ALPHA[K]), Max(Abs(UP[()]), Abs(DOWN[()]))),
                ),
            ),
        ),
    ),
    Stated(
        "in_all",
        "of a weight moved by at most b, with λ lost and a factor within 1 ± ρ: the error in all",
        Every(
            tuple(map(Number, (EXACT, MOVED, LOST, RHO, LAMBDA, B, R))),
            If(
                Both((le(Abs(MOVED - EXACT), B), le(Abs(R), RHO), le(Abs(LOST), LAMBDA))),
                le(
                    Abs((MOVED + LOST) * (1 + R) - EXACT),
                    B + RHO * (Abs(EXACT) + B) + (1 + RHO) * LAMBDA,
                ),
            ),
        ),
    ),
)

OUTSIDE: Final = ()
