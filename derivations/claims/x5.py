"""X5: what the additive score can approximate, without and with a bias."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Symbol, expand, symbols

from derivations.claim import Claim, Step
from derivations.claims import tanh_units as units
from derivations.claims.reasoning import bounded_on_box
from derivations.identities import identity
from derivations.lemmas.odd_score import ADDITIVE as WRITTEN_OUT
from derivations.lemmas.odd_score import opposite
from derivations.scores import FAMILIES

F_PLUS, F_MINUS, E = symbols("f_+ f_- e", real=True)  # f and the score at (s, h); f at (−s, −h)
G_PLUS, G_MINUS, E_OTHER = symbols("g_+ g_- e_o", real=True)  # the same at another key
FIRST, SECOND = symbols("a b", real=True)  # the errors at a point and at its opposite
LARGEST = Symbol("m", positive=True)
DOT = FAMILIES["dot"].system.resolve().equations[-1].rhs


def even_part(errors: Expr, combination: Expr) -> bool:
    """The sum of the errors at a point and its opposite is free of the score."""
    return bool(expand(errors - combination) == 0) and not expand(errors).has(E, E_OTHER)


def half_sum(bound: Expr) -> bool:
    """Two errors of at most m: half their sum is at most ``bound``."""
    return bounded_on_box((FIRST + SECOND) / 2, {FIRST: LARGEST, SECOND: LARGEST}, bound)


ERRORS = (F_PLUS - E) + (F_MINUS + E)
ODDS_ERRORS = ((F_PLUS - G_PLUS) - (E - E_OTHER)) + ((F_MINUS - G_MINUS) + (E - E_OTHER))

CLAIM = Claim(
    id="X5",
    title="Universality of the additive score",
    usual="By the universal approximation theorem additive attention can represent any continuous scoring function.",
    statement=(
        r"Not as written, without bias: the score is odd, $e(-s, -h) = -e(s, h)$. On a set symmetric about 0 its distance in the supremum norm "
        r"from any $f$ is at least $\sup |f(s, h) + f(-s, -h)|/2$, at every width; for the dot product, which is even, the score 0 is a best "
        r"one. Nor do the weights: with $g = f(s, h) - f(s, h')$ and $g^- = f(-s, -h) - f(-s, -h')$ the largest error of the log-odds is at least "
        r"$|g + g^-|/2$, for the dot product $|s \cdot (h - h')|$, so out of reach is every $f$ whose even part depends on $h$. "
        r"With a bias the product of two numbers is within reach: four units with output weights $\pm 1/(3h^2)$ are within "
        r"$\tfrac{82}{45} h^2 R^4$ of $xy$ on $[-R, R]^2$, for every $h > 0$."
    ),
    assumptions=(
        "Exact real numbers; any number of hidden units and any real weights for what is out of reach.",
        "For what is out of reach: the set of pairs (s, h) is symmetric about 0; the weights are a softmax over the keys.",
        "For the form with bias only the product is proved: that it approximates every continuous function is cited, not proved here.",
        "Four units are enough; they are not claimed to be the fewest.",
    ),
    steps=(
        identity("tanh is odd: without bias so is the score, at every width", opposite(WRITTEN_OUT), -WRITTEN_OUT),
        Step(
            "the score cancels from the errors at a point and its opposite",
            r"(f(s, h) - e) + (f(-s, -h) + e)",
            r"f(s, h) + f(-s, -h)",
            partial(even_part, ERRORS, F_PLUS + F_MINUS),
        ),
        Step(
            "and from the errors of the log-odds of two keys",
            r"(g - (e - e')) + (g^- + (e - e'))",
            r"g + g^-",
            partial(even_part, ODDS_ERRORS, F_PLUS - G_PLUS + F_MINUS - G_MINUS),
        ),
        Step(
            "half the sum of two errors is at most the larger",
            r"|a + b|/2",
            r"\le \max(|a|, |b|)",
            partial(half_sum, LARGEST),
        ),
        identity("the dot product is even: nothing of it is within reach", opposite(DOT), DOT),
        Step(
            "the curvature at the bias b = artanh(1/2)",
            r"\tanh''(b)",
            r"-\tfrac34",
            partial(units.curvature, units.CURVATURE),
        ),
        Step(
            "no root of either difference for tanh in [−1, 1] (Sturm)",
            r"|\tanh''''|",
            r"< \tfrac{41}{10}",
            partial(units.fourth_derivative, units.FOURTH),
        ),
        Step(
            "what a second difference misses: 0 at 0 with three derivatives, the fourth at most 2M",
            r"|f(b + z) - 2 f(b) + f(b - z) - z^2 f''(b)|",
            r"\le \tfrac{1}{12} M z^4",
            partial(units.second_difference, units.M * units.Z**4 / 12),
        ),
        Step(
            "the constant cancels: four units, output weights ±1/(3h²)",
            r"\frac{\Delta_{h(x+y)} - \Delta_{h(x-y)}}{4 h^2 \tanh''(b)}",
            r"\textstyle\sum_{a=1}^{4} v_a \tanh(z_a)",
            partial(units.polarised, units.UNITS, 1 / (4 * units.H**2 * units.CURVATURE)),
        ),
        Step(
            "polarisation",
            r"\tfrac14 ((x + y)^2 - (x - y)^2)",
            r"x y",
            partial(units.polarisation, units.X * units.Y),
        ),
        Step(
            "both remainders together, x² and y² at most R²",
            r"\frac{41}{10} \cdot \frac{h^2 ((x + y)^4 + (x - y)^4)}{36}",
            r"\le \tfrac{82}{45} h^2 R^4",
            partial(units.product_error, units.RATE),
        ),
    ),
    if_proved="qualified",
    scores=("additive", "concat"),
    counterexample=(
        "import numpy as np\n"
        "r = np.random.default_rng(0)\n"
        "W_s, W_h, v = r.normal(size=(3, 50))        # any weights, no bias\n"
        "def e(s, h): return v @ np.tanh(W_s * s + W_h * h)\n"
        "print(e(1, 1) + e(-1, -1))                  # 0, where the product gives 1 + 1: one of the two is off by 1 at least\n"
        "x, y, h, b = 0.7, -0.4, 1e-3, np.arctanh(0.5)\n"
        "z = h * np.array([x + y, -x - y, x - y, y - x])\n"
        "print(np.array([-1, -1, 1, 1]) / (3 * h**2) @ np.tanh(b + z))   # with a bias: -0.28"
    ),
    references=(
        FAMILIES["additive"].source,
        "Leshno, Lin, Pinkus, Schocken 1993, Multilayer feedforward networks with a nonpolynomial activation function",
    ),
)
