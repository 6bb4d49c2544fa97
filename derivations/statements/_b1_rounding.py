"""B1 with rounding: the computed weights beside a shared bias, every operation's result exact · (1 + δ), |δ| ≤ u."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Integer, Symbol, exp, log, tanh

from attnproof.derivations.language.notation import N_K, I, J, L, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.propositions.proposition import (
    Array,
    Binder,
    Both,
    Compare,
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
    lt,
)

E: Final = Tensor("scores", "e", (N_K,))
LOGITS: Final = Tensor("logits", "t", (N_K,), "intermediate")
REDUCED: Final = Tensor("reduced", "s", (N_K,), "intermediate")
EXPONENTIALS: Final = Tensor("exponentials", "p", (N_K,), "intermediate")
SUMS: Final = Tensor("sums", "T", (N_K,))
ADDING, REDUCING, RAISING, SUMMING, INVERTING, DIVIDING = (
    Tensor(f"error_{name}", f"delta_{name}", (N_K,)) for name in ("add", "reduce", "raise", "sum", "inv", "div")
)
ALPHA: Final = Tensor("weights", "alpha", (N_K,), "intermediate")
COMPUTED: Final = Tensor("computed_weights", "beta", (N_K,), "intermediate")
B, MOST, UNIT, H, BOUND = (Symbol(letter, real=True) for letter in ("b", "E_max", "u", "h", "D"))
TOP, LAST, K = index("m"), index("q"), index("k")
ZERO, ONE = Integer(0), Integer(1)
FURTHER: Final = UNIT * (1 + 2 * UNIT) * (Abs(B) + MOST) + 2 * UNIT * MOST - log(1 - H)


def within(errors: Tensor, bound: Expr) -> Proposition:
    """Every one of ``errors`` is at most ``bound`` in size."""
    return Every((Index(J, N_K),), le(Abs(errors[J]), bound))


def computed(says: Proposition) -> Proposition:
    """``says`` of the weights as they are computed: add, subtract the largest, exponentiate, sum, divide."""
    given = Both(
        (
            *(le(ZERO, UNIT), lt(UNIT, ONE), le(ZERO, H), lt(H, ONE)),
            *(within(E, MOST), within(RAISING, H)),
            *(within(errors, UNIT) for errors in (ADDING, REDUCING, SUMMING, INVERTING, DIVIDING)),
        )
    )
    steps = (
        Equation(REDUCED, (J,), (LOGITS[J] - LOGITS[TOP]) * (1 + REDUCING[J])),
        Equation(EXPONENTIALS, (J,), exp(REDUCED[J]) * (1 + RAISING[J])),
    )
    summed = Both(
        (
            eq(SUMS[0], EXPONENTIALS[0]),
            Every(
                (Index(K, N_K),),
                If(
                    Compare(K + 1, "≤", LAST, whole=True),
                    eq(SUMS[K + 1], (SUMS[K] + EXPONENTIALS[K + 1]) * (1 + SUMMING[K + 1])),
                ),
            ),
        )
    )
    weights = (
        Equation(COMPUTED, (J,), EXPONENTIALS[J] / SUMS[LAST] * (1 + INVERTING[J]) * (1 + DIVIDING[J])),
        Equation(ALPHA, (J,), exp(E[J]) / total(exp(E[L]), (L, N_K))),
    )
    errors = (ADDING, REDUCING, RAISING, SUMMING, INVERTING, DIVIDING)
    arrays: tuple[Binder, ...] = tuple(map(Array, (E, SUMS, *errors)))
    numbers: tuple[Binder, ...] = tuple(map(Number, (B, MOST, UNIT, H, BOUND)))
    return Every(
        (Size(N_K), Index(TOP, N_K), Index(LAST, N_K), *arrays, *numbers),
        If(
            Both((Compare(LAST + 1, "=", N_K, whole=True), eq(BOUND, FURTHER), given)),
            Where(
                (Equation(LOGITS, (J,), (E[J] + B) * (1 + ADDING[J])),),
                If(
                    Every((Index(J, N_K),), le(LOGITS[J], LOGITS[TOP])),
                    Where(steps, If(summed, Where(weights, Every((Index(I, N_K),), says)))),
                ),
            ),
        ),
    )


ROUNDING: Final = (
    Stated(
        "rounded_log_ratio",
        "with rounding: how far the logarithm of a computed weight over the exact one is from 0",
        computed(
            Both(
                (
                    lt(ZERO, COMPUTED[I]),
                    le(Abs(log(COMPUTED[I] / ALPHA[I])), 2 * BOUND - (N_K + 1) * log(1 - UNIT)),
                )
            )
        ),
    ),
    Stated(
        "rounded_weight",
        "and how far the computed weight is from the exact one",
        computed(le(Abs(COMPUTED[I] - ALPHA[I]), tanh(BOUND / 2) + 1 / (1 - UNIT) ** (N_K + 1) - 1)),
    ),
)
