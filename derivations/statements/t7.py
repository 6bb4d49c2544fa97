"""T7, formally: tanh saturates, and how fast the gradient of an additive score vanishes."""

from __future__ import annotations

from typing import Final

from sympy import Abs, Expr, Integer, Rational, Symbol, exp, log, oo, sech, tanh

from attnproof.derivations.bounds.formats import FORMATS
from attnproof.derivations.language.notation import D_A, D_K, D_Q, N_K, N_Q, A, I, J, Tensor, index
from attnproof.derivations.language.rounded import rounded
from attnproof.derivations.language.system import Equation, total
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
    Proposition,
    Size,
    Slope,
    Stated,
    Where,
    eq,
    le,
    lt,
)
from attnproof.derivations.scores import FAMILIES
from attnproof.derivations.statements._pieces import STEP, moved, scores
from attnproof.derivations.statements._rounding import E_MAX, P, fl

G: Final = index("g")
Z, DECAY = Symbol("z", real=True), Symbol("q", real=True)
TANH, SLOPE = Tensor("tanh", "y", (), "intermediate"), Tensor("slope", "s", (), "intermediate")
LOSS: Final = Abs(SLOPE[()] / sech(Z) ** 2 - 1)
SYSTEM: Final = FAMILIES["additive"].system.resolve()
PRE: Final = SYSTEM.equations[0].rhs  # of query i, key j and unit a


def in_fp64(z: int, says: Proposition) -> Proposition:
    """``says`` of 1 − tanh² z as it is computed in fp64: tanh z rounded, its square rounded, the difference rounded."""

    def fp64(value: Expr) -> Expr:
        return rounded(value, *map(Integer, FORMATS["fp64"]))

    steps = (
        Equation(TANH, (), fp64(tanh(Z))),
        Equation(SLOPE, (), fp64(1 - fp64(TANH[()] ** 2))),
    )
    return Every((Number(Z),), If(eq(Z, Integer(z)), Where(steps, says)))


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
        "rounded_to_0",
        "a correctly rounded tanh z is 1 from ½ (p + 2) ln 2 on (a format of p bits), and 1 − tanh² z computed as 0",
        Every(
            (Size(P), Size(E_MAX, 2), Number(Z)),
            If(
                le((P + 2) * log(2) * Rational(1, 2), Z),
                Both((eq(fl(tanh(Z)), Integer(1)), eq(fl(1 - fl(fl(tanh(Z)) ** 2)), Integer(0)))),
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
    Stated(
        "loss_at_18",
        "in fp64 the relative error of 1 − tanh² z, computed, is between 4.2 % and 4.3 % at z = 18",
        in_fp64(18, Both((le(Rational(42, 1000), LOSS), le(LOSS, Rational(43, 1000))))),
    ),
    Stated("loss_at_20", "and 100 % at z = 20", in_fp64(20, eq(LOSS, Integer(1)))),
)

OUTSIDE: Final = ()
