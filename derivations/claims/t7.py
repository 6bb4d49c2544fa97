"""T7: tanh saturates: the derivative of the additive score, how fast it vanishes, and two ways to compute it."""

from __future__ import annotations

from flint import arb, ctx
from sympy import Expr, Symbol, cosh, exp, log, simplify, tanh

from attnproof.derivations.language.notation import D_A, D_K, N_K, A, F, I, J, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import KEY, PREACTIVATION, V_HIDDEN, WEIGHT_KEY
from attnproof.derivations.lemmas.tanh_rounds_to_one import PRECISION, THRESHOLD, Z
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.met import Assumed
from attnproof.derivations.proof.rules import All, Along, Computed, Field, Sign
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.scores import FAMILIES

UNITS, SCORES = FAMILIES["additive"].system.resolve().equations  # z and e = Σ_a v_a tanh z_a
KEY_DOT = Tensor("tangent_key", "k_dot", (N_K, D_K), "tangent")
PRE = UNITS.rhs
SCORE = put(SCORES.rhs, PREACTIVATION, lambda i, j, a: PRE.subs({I: i, J: j, A: a}, simultaneous=True))

POSITIVE = Symbol("z_+", positive=True)
LEVEL = Symbol("q", positive=True)
#: e^(-2|z|), in (0, 1]: written as 1/(1 + r) with r >= 0
R = Symbol("r", nonnegative=True)
DECAY = 1 / (1 + R)

STABLE = 4 * exp(-2 * POSITIVE) / (1 + exp(-2 * POSITIVE)) ** 2


def along(slope: Expr) -> Expr:
    """``Σ_a v_a slope_a (W_h k̇)_a``: e's derivative along a direction k̇ of the key, for units with these slopes."""
    return total(V_HIDDEN[A] * slope * total(WEIGHT_KEY[A, F] * KEY_DOT[J, F], (F, D_K)), (A, D_A))


def rates(lower: Expr, upper: Expr) -> All:
    """``lower <= 4 q/(1 + q)² <= upper`` for q = e^(−2|z|) in (0, 1], which is 1/(1 + r), r >= 0."""
    value = 4 * DECAY / (1 + DECAY) ** 2
    return All((Sign(lower, "≤", value), Sign(value, "≤", upper)))


def past_threshold(bits: Expr) -> Sign:
    """``2^bits`` is not below ``e^(2 z)`` at the threshold z from which a rounded tanh is 1."""
    return Sign(simplify(exp(2 * THRESHOLD)), "≤", 2**bits)


def loss_in_double(z: int) -> tuple[int, int]:
    """Between which whole thousandths the relative error of ``1 - y·y`` lies in double precision, y the double nearest
    to tanh z.

    Python's float operations round correctly; tanh(z) and sech²(z) are enclosed in balls. Raises ValueError if two
    doubles, or two pairs of thousandths, are near.
    """
    with ctx.workprec(300):
        ball = arb(z).tanh()
        y, other = float(ball.lower()), float(ball.upper())
        if y != other:
            raise ValueError(f"the balls do not tell the double nearest to tanh {z}")
        error = 1000 * abs(arb(1.0 - y * y) * arb(z).cosh() ** 2 - 1)
        below, above = error.floor().unique_fmpz(), error.ceil().unique_fmpz()
        if below is None or above is None:
            raise ValueError(f"the balls do not tell the thousandths of the error at {z}")
        return int(below), int(above)


CLAIM = Claim(
    id="T7",
    title="Saturation of tanh",
    usual=(
        "tanh saturates: the gradient of the additive score with respect to a key vanishes for large pre-activations."
    ),
    statement=(
        r"$\partial e/\partial h = W_h^\top (v \odot \operatorname{sech}^2(z))$, and with $q = e^{-2|z|}$, $q \le "
        r"\operatorname{sech}^2(z) = 4q/(1+q)^2 \le 4q$: each unit's part decays exactly at the rate $e^{-2|z_a|}$. "
        r"$1-\tanh^2 z$ is the same function and a different program: with correctly rounded tanh in precision $p$ it "
        r"is 0 for all $z \ge \tfrac{p+2}{2}\ln 2$ (19.06 in double precision) and its relative error in double "
        r"precision is between 4.2 % and 4.3 % at $z = 18$ and 100 % at $z = 20$."
    ),
    assumptions={
        "Real query, key and parameters of any sizes.": "domain",
        "For the statements about programs: tanh and the operations are correctly rounded, ties to even.": "rounding",
    },
    met={
        "tanh_rounds_to_one": {
            "Round to nearest, ties to even.": (Assumed("For the statements about programs"),),
        },
    },
    steps=(
        closed(
            "the derivative along any direction of the key; tanh' = 1 − tanh²",
            Along(SCORE, ((KEY, KEY_DOT),), along(1 - tanh(PRE) ** 2)),
        ),
        closed("tanh and cosh written in exponentials", Field(1 - tanh(Z) ** 2, 1 / cosh(Z) ** 2)),
        closed("numerator and denominator times e^(−2z)", Field(1 / cosh(POSITIVE) ** 2, STABLE)),
        closed("q = e^(−2|z|) = 1/(1 + r) is at most 4q/(1 + q)², and that at most 4q", rates(DECAY, 4 * DECAY)),
        closed(
            "½(p + 2) ln 2, where e^(2z) is 2^(p + 2) …", Field(exp((PRECISION + 2) * log(2)), 2 ** (PRECISION + 2))
        ),
        closed(
            "… is past the argument from which a rounded tanh is 1; 1 − 1·1 is 0",
            past_threshold(PRECISION + 2),
            uses=("tanh_rounds_to_one",),
        ),
        closed(
            "double precision at z = 18: the relative error, between so many thousandths",
            Computed("claims.t7:loss_in_double", (18,), (42, 43)),
        ),
        closed("double precision at z = 20: all of it", Computed("claims.t7:loss_in_double", (20,), (1000, 1000))),
    ),
    altered={
        "the first power of sech": Field(1 - tanh(Z) ** 2, 1 / cosh(Z)),
        "the slope 1 − tanh in place of 1 − tanh²": Along(SCORE, ((KEY, KEY_DOT),), along(1 - tanh(PRE))),
        "sech² at most 3q": rates(DECAY, 3 * DECAY),
        "0 from ½(p + 1) ln 2 on": past_threshold(PRECISION + 1),
        "the same loss at z = 17": Computed("claims.t7:loss_in_double", (17,), (42, 43)),
    },
    scores=("additive", "concat"),
    tables=("saturation",),
    references=("Bahdanau, Cho, Bengio 2015, Neural Machine Translation by Jointly Learning to Align and Translate",),
)
