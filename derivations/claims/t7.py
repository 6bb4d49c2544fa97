"""T7: tanh saturates: the derivative of the additive score, how fast it vanishes, and two ways to compute it."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Rational, Symbol, cosh, diff, exp, log, simplify, symbols, tanh

from derivations.claim import Claim, Step
from derivations.claims.reasoning import nonnegative, same

H, C, W, V, Z = symbols("h c w v z", real=True)
POSITIVE = Symbol("z_+", positive=True)
LEVEL = Symbol("q", positive=True)
PRECISION = Symbol("p", integer=True, positive=True)
#: e^(-2|z|), in (0, 1]: written as 1/(1 + r) with r >= 0
R = Symbol("r", nonnegative=True)
DECAY = 1 / (1 + R)

STABLE = 4 * exp(-2 * POSITIVE) / (1 + exp(-2 * POSITIVE)) ** 2


def unit_derivative(expected: Expr) -> bool:
    """One hidden unit as a function of one component h of the key, all else in c: ``∂/∂h v tanh(w h + c)``, ``sech = 1/cosh``."""
    return same((diff(V * tanh(W * H + C), H) - expected).rewrite(exp), 0 * H)


def stable_form(expected: Expr) -> bool:
    """``sech²(z)`` for z >= 0 equals ``expected``."""
    return bool(simplify(((1 / cosh(POSITIVE)) ** 2 - expected).rewrite(exp)) == 0)


def between(lower: Expr, upper: Expr) -> bool:
    """``lower <= 4 q/(1 + q)² <= upper`` for q = exp(-2|z|) in (0, 1]."""
    value = (4 * LEVEL / (1 + LEVEL) ** 2).subs(LEVEL, DECAY)
    return nonnegative(value - lower.subs(LEVEL, DECAY)) and nonnegative(upper.subs(LEVEL, DECAY) - value)


def rounds_to_one(threshold: Expr) -> bool:
    """``1 - tanh z = 2q/(1+q) <= 2q``, and ``2 exp(-2 z)`` at ``threshold`` is 2^-(p+1), half the spacing below 1 (a tie goes to 1)."""
    below = nonnegative((2 * LEVEL - 2 * LEVEL / (1 + LEVEL)).subs(LEVEL, DECAY))
    return below and same(simplify(2 * exp(-2 * threshold)), Rational(1, 2) * 2 ** (-PRECISION))


def loss_in_double(z: int, low: Expr, high: Expr) -> bool:
    """Relative error of ``1 - y·y`` in double precision, y the double nearest to tanh z, lies in [low, high].

    Python's float operations round correctly; tanh(z) and sech²(z) are evaluated to 60 digits first.
    """
    y = float(tanh(Rational(z)).evalf(60))
    exact = (1 / cosh(Rational(z)) ** 2).evalf(60)
    error = abs(Rational(1.0 - y * y) / exact - 1)
    return bool(low <= error) and bool(error <= high)


CLAIM = Claim(
    id="T7",
    title="Saturation of tanh",
    usual="tanh saturates: the gradient of the additive score with respect to a key vanishes for large pre-activations.",
    statement=(
        r"$\partial e/\partial h = W_h^\top (v \odot \operatorname{sech}^2(z))$, and with $q = e^{-2|z|}$, "
        r"$q \le \operatorname{sech}^2(z) = 4q/(1+q)^2 \le 4q$: each unit's part decays exactly at the rate $e^{-2|z_a|}$. "
        r"$1-\tanh^2 z$ is the same function and a different program: with correctly rounded tanh in precision $p$ it is 0 for all "
        r"$z \ge \tfrac{p+2}{2}\ln 2$ (19.06 in double precision) and its relative error in double precision is between 4.2 % and 4.3 % "
        r"at $z = 18$ and 100 % at $z = 20$."
    ),
    assumptions=(
        "Real query, key and parameters of any sizes.",
        "For the statements about programs: tanh and the operations are correctly rounded, to nearest with ties to even.",
    ),
    steps=(
        Step(
            "one unit and one component of the key, everything else constant; the sum over units is the matrix product",
            r"\partial_h\, v \tanh(w h + c)",
            r"v\, w \operatorname{sech}^2(w h + c)",
            partial(unit_derivative, V * W / cosh(W * H + C) ** 2),
        ),
        Step(
            "definition of cosh, numerator and denominator times e^{-2z}",
            r"\operatorname{sech}^2(z)",
            r"4 e^{-2z}/(1 + e^{-2z})^2",
            partial(stable_form, STABLE),
        ),
        Step(
            "factors of the two differences are nonnegative for 0 < q <= 1",
            r"4 q/(1 + q)^2",
            r"q \le 4 q/(1 + q)^2 \le 4 q",
            partial(between, LEVEL, 4 * LEVEL),
        ),
        Step(
            "half the spacing below 1 is 2^{-p-1}",
            r"1 - \tanh z \le 2 e^{-2z} \le 2^{-p-1}",
            r"z \ge \tfrac{p+2}{2} \ln 2",
            partial(rounds_to_one, (PRECISION + 2) * Rational(1, 2) * log(2)),
        ),
        Step(
            "double precision at z = 18",
            r"|\mathrm{fl}(1 - y^2)/\operatorname{sech}^2(18) - 1|",
            r"\in [0.042, 0.043]",
            partial(loss_in_double, 18, Rational(42, 1000), Rational(43, 1000)),
        ),
        Step(
            "double precision at z = 20",
            r"|\mathrm{fl}(1 - y^2)/\operatorname{sech}^2(20) - 1|",
            "1",
            partial(loss_in_double, 20, Rational(1), Rational(1)),
        ),
    ),
    if_proved="proved",
    scores=("additive", "concat"),
    tables=("saturation",),
    counterexample=(
        "import numpy as np\n"
        "z = np.array([18.0, 20.0]); q = np.exp(-2 * z)\n"
        "print((1 - np.tanh(z) ** 2) / (4 * q / (1 + q) ** 2))  # 1 would be right; 0.957 and 0 come out"
    ),
    references=("Bahdanau, Cho, Bengio 2015, Neural Machine Translation by Jointly Learning to Align and Translate",),
)
