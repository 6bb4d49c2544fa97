"""T7, formally: tanh saturates, and how fast the gradient of an additive score vanishes."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Integer, Rational, Symbol, exp, log, oo, sech, tanh

from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, A, I, J, index, size
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import (
    KEY,
    QUERY,
    V_HIDDEN,
    WEIGHT_KEY,
    WEIGHT_QUERY,
)
from attnproof.derivations.propositions.proposition import (
    Array,
    Both,
    Every,
    If,
    Index,
    Limit,
    Number,
    Size,
    Slope,
    Stated,
    eq,
    le,
    lt,
)
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.statements._pieces import STEP, moved, scores

G: Final = index("g")
Z, DECAY = Symbol("z", real=True), Symbol("q", real=True)
PRECISION: Final = size("p")
SYSTEM: Final = FAMILIES["additive"].system.resolve()
PRE: Final = SYSTEM.equations[0].rhs  # of query i, key j and unit a

STATEMENT: Final = (
    Stated(
        "gradient",
        "the derivative of the score by a component of the key is W_hᵀ (v ⊙ sech²(z))",
        Every(
            (
                *(Size(N_Q), Size(N_K), Size(D_Q), Size(D_K), Size(D_A)),
                *(Array(QUERY), Array(KEY), Array(WEIGHT_QUERY), Array(WEIGHT_KEY), Array(V_HIDDEN)),
                *(Index(I, N_Q), Index(J, N_K), Index(G, D_K)),
            ),
            Slope(
                moved(scores(SYSTEM), KEY, J, G),
                STEP,
                Integer(0),
                total(WEIGHT_KEY[A, G] * V_HIDDEN[A] * sech(PRE) ** 2, (A, D_A)),
            ),
        ),
    ),
    Stated(
        "decay",
        "with q = e^(−2|z|), sech²(z) = 4q/(1 + q)² lies between q and 4q",
        Every(
            (Number(Z), Number(DECAY)),
            If(
                eq(DECAY, exp(-2 * Abs(Z))),
                Both(
                    (
                        eq(sech(Z) ** 2, 4 * DECAY / (1 + DECAY) ** 2),
                        le(DECAY, sech(Z) ** 2),
                        le(sech(Z) ** 2, 4 * DECAY),
                    )
                ),
            ),
        ),
    ),
    Stated(
        "rate",
        "it decays exactly like 4 e^(−2|z|)",
        Both(
            (
                Limit(exp(2 * Z) * sech(Z) ** 2, Z, oo, Integer(4)),
                Limit(exp(-2 * Z) * sech(Z) ** 2, Z, -oo, Integer(4)),
            )
        ),
    ),
    Stated(
        "same_function",
        "1 − tanh² is the same function",
        Every((Number(Z),), eq(1 - tanh(Z) ** 2, sech(Z) ** 2)),
    ),
    Stated(
        "nearest_to_1",
        "tanh z is at least half way from 1 − 2^−p, the number before 1, to 1 from ½ (p + 2) ln 2 on: then 1 − 1·1 = 0",
        Every(
            (Size(PRECISION), Number(Z)),
            If(
                le((PRECISION + 2) * log(2) * Rational(1, 2), Z),
                le(1 - Integer(2) ** (-PRECISION) * Rational(1, 2), tanh(Z)),
            ),
        ),
    ),
    Stated(
        "nearest_to_1_in_numbers",
        "which is 19.06 in double precision, p = 53, to two places",
        Both(
            (lt(Rational("19.055"), 55 * log(2) * Rational(1, 2)), lt(55 * log(2) * Rational(1, 2), Rational("19.065")))
        ),
    ),
)

OUTSIDE: Final = (
    "The relative errors of the code 1 - tanh^2 at z = 18 and z = 20.",
    "Rounding itself: the propositions say from where on 1 is the nearest number.",
)
