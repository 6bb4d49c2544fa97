"""The limit of Σα² for many keys and a spread σ = β √(2 ln n), β > 1 (claim T10): the mean stays between two bounds.

``s = √(2 ln n)``, ``M = E[max Z]``, ``m = E[Σ α Z]``, g and h the means of the logarithm of the sum of exponentials at
the spreads σ and s.
"""

from __future__ import annotations

from typing import Final

from sympy import Expr, Integer, Symbol, exp, oo, sqrt, symbols

from attnproof.derivations.language.notation import N_K, I, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.proof.claim import Step
from attnproof.derivations.proof.rules import All, Differentiated, Field, Sign, Solver, Tends
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import Both, le, lt

Z, FIELD, MAXIMUM, EDGE, UPPER, LOWER = symbols("z m M s g h", real=True)
SIGMA, GAP, LOGARITHM, EPSILON, OTHERS = symbols("sigma gamma L epsilon T", positive=True)
DELTA = Symbol("delta", nonnegative=True)
CONSTANT: Final = Symbol("C", positive=True)  # that of the lemma on the largest of n normal variables
BETA: Final = 1 + GAP
MORE: Final = Symbol("k", integer=True, nonnegative=True)  # d − 3

ALPHA = Tensor("weights", "alpha", (N_K,))
SPREAD, LARGEST, ENOUGH = Tensor("sigma", "sigma", ()), Tensor("largest", "M", ()), Tensor("enough", "L", ())
SHARE = Tensor("share", "w", ())
SCALE = SPREAD[()]

WEIGHT = exp(SIGMA * Z) / (exp(SIGMA * Z) + OTHERS)
RATE = CONSTANT / (GAP * sqrt(LOGARITHM))


def lower_end(sigma: Expr, maximum: Expr) -> Expr:
    """``(σM − s²)/(σ(σ − s))``."""
    return (sigma * maximum - EDGE**2) / (sigma * (sigma - EDGE))


UPPER_END = Solver(
    Both((le(FIELD / SIGMA, MAXIMUM / SIGMA), le(MAXIMUM / SIGMA, EDGE / SIGMA))),
    (le(FIELD, MAXIMUM), le(MAXIMUM, EDGE)),
)
LOWER_END = Solver(
    le(lower_end(SIGMA, MAXIMUM), FIELD / SIGMA),
    (
        lt(EDGE, SIGMA),
        lt(Integer(0), EDGE),
        le(UPPER - LOWER, (SIGMA - EDGE) * FIELD),
        le(SIGMA * MAXIMUM, UPPER),
        le(LOWER, EDGE**2),
    ),
)

STEPS: tuple[Step, ...] = (
    closed(
        "a weight moves with its own z, T being the sum of the other exponentials; it lies between 0 and 1, so the "
        "mean E[α Z] = E[∂α/∂Z] is integrated by parts",
        All(
            (
                Differentiated(WEIGHT, Z, SIGMA * WEIGHT * (1 - WEIGHT)),
                Sign(Integer(0), "<", WEIGHT),
                Sign(WEIGHT, "<", Integer(1)),
            )
        ),
        uses=("normal_by_parts",),
    ),
    identity(
        "over all keys: as the weights sum to 1, E[Σ α Z] = σ (1 − E[Σα²]), at every n and σ",
        total(SCALE * ALPHA[I] * (1 - ALPHA[I]), (I, N_K)),
        SCALE * (total(ALPHA[I], (I, N_K)) - total(ALPHA[I] ** 2, (I, N_K))),
    ),
    closed(
        "so 1 − E[Σα²] is m/σ, m = E[Σ α Z]: the weighted mean is below the maximum, whose mean M is at most s = "
        "√(2 ln n)",
        UPPER_END,
        uses=("log_sum_exp", "largest_normal"),
    ),
    closed(
        "mean over the query, d = k + 3: with L = ln n, and w for E[1/|q|], which is at most this",
        Field(
            sqrt(2 * LOGARITHM) * SHARE[()],
            sqrt(2 * LOGARITHM / (MORE + 1)),
            definitions=(Equation(SHARE, (), 1 / sqrt(MORE + 1)),),
        ),
        uses=("largest_normal",),
    ),
    closed(
        "the tangent at σ > s of the mean log of the sum of exponentials, g there, is below it at s, where it is h: "
        "g ≥ σM and h ≤ s²",
        LOWER_END,
        uses=("log_sum_exp", "jensen_logarithm", "normal_exponential"),
    ),
    closed(
        "the same with σ = βs, β = 1 + γ, and M = (1 − δ) s: 1/β less δ/(β − 1)",
        Field(
            lower_end(SPREAD[()], LARGEST[()]),
            1 / BETA - DELTA / GAP,
            given=(lt(Integer(0), EDGE),),
            definitions=(Equation(SPREAD, (), BETA * EDGE), Equation(LARGEST, (), EDGE * (1 - DELTA))),
        ),
    ),
    closed(
        "δ is at most C/√(ln n): the distance δ/γ from 1/β falls with L = ln n",
        All(
            (
                Differentiated(RATE, LOGARITHM, -CONSTANT / (2 * GAP * LOGARITHM * sqrt(LOGARITHM))),
                Sign(-CONSTANT / (2 * GAP * LOGARITHM * sqrt(LOGARITHM)), "<", Integer(0)),
            )
        ),
        uses=("largest_normal",),
    ),
    closed(
        "it is ε at this L, so below ε from there on, and tends to 0",
        All(
            (
                Field(
                    CONSTANT / (GAP * sqrt(ENOUGH[()])),
                    EPSILON,
                    definitions=(Equation(ENOUGH, (), (CONSTANT / (GAP * EPSILON)) ** 2),),
                ),
                Tends(RATE, LOGARITHM, oo, Integer(0)),
            )
        ),
        uses=("largest_normal",),
    ),
)
