"""T7: tanh saturates: the derivative of the additive score, how fast it vanishes, and two ways to compute it."""

from __future__ import annotations

from functools import partial

from flint import arb, ctx
from sympy import Expr, Rational, Symbol, cosh, exp, log, simplify, tanh

from attnproof.derivations.language.notation import D_A, D_K, N_K, A, F, I, J, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import KEY, PREACTIVATION, V_HIDDEN, WEIGHT_KEY
from attnproof.derivations.lemmas.tanh_rounds_to_one import PRECISION, THRESHOLD, Z
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.reasoning import nonnegative, vanishes
from attnproof.derivations.proof.rules import Along
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


def slope_of_tanh(expected: Expr) -> bool:
    """``1 − tanh² z = expected`` for every real z."""
    return vanishes(1 - tanh(Z) ** 2 - expected)


def stable_form(expected: Expr) -> bool:
    """``sech²(z)`` for z >= 0 equals ``expected``."""
    return vanishes(1 / cosh(POSITIVE) ** 2 - expected)


def between(lower: Expr, upper: Expr) -> bool:
    """``lower <= 4 q/(1 + q)² <= upper`` for q = exp(-2|z|) in (0, 1]."""
    value = (4 * LEVEL / (1 + LEVEL) ** 2).subs(LEVEL, DECAY)
    return nonnegative(value - lower.subs(LEVEL, DECAY)) and nonnegative(upper.subs(LEVEL, DECAY) - value)


def beyond(threshold: Expr) -> bool:
    """``threshold`` is not below the argument from which a rounded tanh is 1: ``e^(2 threshold) >= 2^(p+2) − 1``."""
    return bool(simplify(exp(2 * threshold) - exp(2 * THRESHOLD)).is_nonnegative)


def loss_in_double(z: int, low: Rational, high: Rational) -> bool:
    """Relative error of ``1 - y·y`` in double precision, y the double nearest to tanh z, lies in [low, high].

    Python's float operations round correctly; tanh(z) and sech²(z) are enclosed in balls. Raises ValueError if two
    doubles are near.
    """
    with ctx.workprec(300):
        ball = arb(z).tanh()
        y, other = float(ball.lower()), float(ball.upper())
        if y != other:
            raise ValueError(f"the balls do not tell the double nearest to tanh {z}")
        error = abs(arb(1.0 - y * y) * arb(z).cosh() ** 2 - 1)
        return bool(error >= arb(low.p) / low.q) and bool(error <= arb(high.p) / high.q)


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
    steps=(
        closed(
            "the derivative along any direction of the key; tanh' = 1 − tanh²",
            Along(SCORE, ((KEY, KEY_DOT),), along(1 - tanh(PRE) ** 2)),
        ),
        Step(
            "written in exponentials",
            r"1 - \tanh^2 z => \operatorname{sech}^2 z",
            partial(slope_of_tanh, 1 / cosh(Z) ** 2),
        ),
        Step(
            "definition of cosh, numerator and denominator times e^{-2z}",
            r"\operatorname{sech}^2(z) => 4 e^{-2z}/(1 + e^{-2z})^2",
            partial(stable_form, STABLE),
        ),
        Step(
            "factors of the two differences are nonnegative for 0 < q <= 1",
            r"4 q/(1 + q)^2 => q \le 4 q/(1 + q)^2 \le 4 q",
            partial(between, LEVEL, 4 * LEVEL),
        ),
        Step(
            "past the argument from which a rounded tanh is 1; 1 − 1·1 is 0",
            r"\tfrac{p+2}{2} \ln 2 => \ge \tfrac12 \ln(2^{p+2} - 1)",
            partial(beyond, (PRECISION + 2) * Rational(1, 2) * log(2)),
            uses=("tanh_rounds_to_one",),
        ),
        Step(
            "double precision at z = 18",
            r"|\mathrm{fl}(1 - y^2)/\operatorname{sech}^2(18) - 1| => \in [0.042, 0.043]",
            partial(loss_in_double, 18, Rational(42, 1000), Rational(43, 1000)),
        ),
        Step(
            "double precision at z = 20",
            r"|\mathrm{fl}(1 - y^2)/\operatorname{sech}^2(20) - 1| => 1",
            partial(loss_in_double, 20, Rational(1), Rational(1)),
        ),
    ),
    altered={
        "the first power of sech": partial(slope_of_tanh, 1 / cosh(Z)),
        "the slope 1 − tanh in place of 1 − tanh²": Along(SCORE, ((KEY, KEY_DOT),), along(1 - tanh(PRE))).holds,
        "sech² at most 3q": partial(between, LEVEL, 3 * LEVEL),
        "0 from ½(p + 1) ln 2 on": partial(beyond, (PRECISION + 1) * Rational(1, 2) * log(2)),
        "the same loss at z = 17": partial(loss_in_double, 17, Rational(42, 1000), Rational(43, 1000)),
    },
    scores=("additive", "concat"),
    tables=("saturation",),
    references=("Bahdanau, Cho, Bengio 2015, Neural Machine Translation by Jointly Learning to Align and Translate",),
)
