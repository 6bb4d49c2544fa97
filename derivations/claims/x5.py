"""X5: what the additive score can approximate, without and with a bias."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from sympy import Expr, Integer, Rational, Symbol, exp, factorial

from attnproof.derivations.claims.checks import universality as reach
from attnproof.derivations.claims.checks.universality import EPS, FREE, LARGEST, SUM, VARIABLES, weights
from attnproof.derivations.language.notation import I, J
from attnproof.derivations.language.tensors import SCORES
from attnproof.derivations.lemmas.odd_score import ADDITIVE, BIASED
from attnproof.derivations.lemmas.tanh_product import RATE, product_error
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.rules import Equal
from attnproof.derivations.proof.steps import identity
from attnproof.derivations.scores import FAMILIES

ORDER = Symbol("k")
OTHER_KEY = Symbol("other")  # the score of another key


def unit(rule: str, score: Expr, bias: bool, uses: tuple[str, ...]) -> Step:
    """The step that writes tanh units along directions of [s; h] as an additive score."""
    return replace(identity(rule, reach.with_weights(score), reach.ridges(bias)), uses=uses)


OUT_OF_REACH = (
    Step(
        "the score cancels from the errors at a point and its opposite",
        "(f(s, h) - e) + (f(-s, -h) + e) => f(s, h) + f(-s, -h)",
        partial(reach.even_part, reach.ERRORS, reach.F_PLUS + reach.F_MINUS),
        uses=("odd_score",),
    ),
    Step(
        "and from the errors of the log-odds of two keys",
        "(g - (e - e')) + (g^- + (e - e')) => g + g^-",
        partial(reach.even_part, reach.ODDS_ERRORS, reach.F_PLUS - reach.G_PLUS + reach.F_MINUS - reach.G_MINUS),
        uses=("odd_score",),
    ),
    Step(
        "half the sum, or the difference, of two errors is at most the larger",
        r"|a \pm b|/2 => \le \max(|a|, |b|)",
        partial(reach.half_sum, LARGEST),
    ),
    Step(
        "the dot product is even, positive where the key is the query: no score without bias comes near it",
        r"s \cdot h + (-s) \cdot (-h),\ h = s => 2 \textstyle\sum_r s_r^2 > 0 \text{ for } s \ne 0",
        partial(reach.even_and_positive, reach.DOT),
        refutes=True,
        uses=("odd_score",),
    ),
)

WITHOUT_BIAS = (
    Step(
        "what is odd of a power: a polynomial's odd part has its odd orders only",
        r"\tfrac12 \left(x^k - (-x)^k\right) => x^k \text{ for odd } k,\ 0 \text{ for even}",
        partial(reach.odd_parts_of_powers, Integer(1)),
    ),
    Step(
        "for odd f the odd part of a polynomial is no further away than the polynomial (which is near by Weierstrass)",
        r"f - \tfrac12 (p - p^-) = \tfrac12 \left((f - p) - (f^- - p^-)\right) => \le \max |f - p|",
        partial(reach.error_of_odd_part, LARGEST),
        uses=("bernstein",),
    ),
    unit(
        "odd powers of directions by differences at b = 0: units of the score as written",
        ADDITIVE,
        False,
        ("iterated_differences", "tanh_powers"),
    ),
    Step(
        "the odd part of any f is within reach, and leaves its even part: the distance is exactly that",
        r"f - \tfrac12 (f - f^-) => \tfrac12 (f + f^-)",
        partial(reach.left_by_odd_part, reach.EVEN_PART),
    ),
    Step(
        "so do the log-odds",
        r"g - \tfrac12 (g - g^-) => \tfrac12 (g + g^-)",
        partial(reach.left_of_log_odds, reach.EVEN_PART - reach.EVEN_OTHER),
    ),
)

WITH_BIAS = (
    Step(
        "a polynomial in all N features of s, h within ε/2: the degree such that the modulus of continuity is small",
        r"\omega(2R/\sqrt n) \le \frac{2 \varepsilon}{N + 4}"
        r" => \left(1 + \tfrac N4\right) \omega(2R/\sqrt n) \le \tfrac{\varepsilon}{2}",
        partial(reach.degree, 2 * EPS / (VARIABLES + 4), EPS / 2),
        uses=("bernstein",),
    ),
    Step(
        "each of its monomials by powers of whole-number directions: polarisation, equal variables allowed",
        r"s^\alpha h^\beta,\ |\alpha| + |\beta| = k"
        r" => \frac{1}{k!} \textstyle\sum_S (-1)^{k - |S|} (\omega_S \cdot [s; h])^k",
        partial(reach.by_ridges, 1 / factorial(ORDER)),
        uses=("iterated_differences",),
    ),
    unit("each such power by units of the score with a bias", BIASED, True, ("tanh_powers",)),
    Step(
        "the errors of the powers, each at most a constant times h, add up; A is the sum of the constants",
        r"h = \frac{\varepsilon}{2 A} => \textstyle\sum_i |c_i| C_i h \le \tfrac{\varepsilon}{2}",
        partial(reach.sum_of_errors, EPS / (2 * SUM)),
        uses=("tanh_powers",),
    ),
)

FOR_WEIGHTS = (
    Step(
        "weights fix the scores of a query up to a term in s alone: their quotients are the log-odds",
        r"\alpha_j / \alpha_l => e^{e_j - e_l}",
        partial(reach.odds_of_weights, exp(SCORES[I, J] - OTHER_KEY)),
    ),
    identity(
        "and a term in s alone never changes them: an f whose even part is free of h has the weights of its odd part",
        weights(SCORES[I, J] + FREE[()]),
        weights(SCORES[I, J]),
    ),
    Step(
        "scores within ε of others: each weight within a factor",
        r"e^{-\varepsilon} \le e^{e'_j - e_j} \le e^{\varepsilon} => \alpha'_j \le e^{2 \varepsilon} \alpha_j",
        partial(reach.factor_of_weights, reach.GROWTH**2),
    ),
    Step(
        "a product of two numbers by four units",
        r"\left|\textstyle\sum_{a=1}^{4} v_a \tanh(z_a) - x y\right| => \le \tfrac{82}{45} h^2 R^4",
        product_error(RATE).holds,
        uses=("tanh_product",),
    ),
)

CLAIM = Claim(
    id="X5",
    title="Universality of the additive score",
    usual="By the universal approximation theorem additive attention can represent any continuous scoring function.",
    headline=(
        "With a bias inside tanh yes, on compact sets (four units: a product within `(82/45) h² R⁴`). Without "
        "one, on boxes symmetric about 0, only odd functions; for weights, those whose even part does not depend "
        "on the key."
    ),
    statement=(
        r"With a bias inside tanh every continuous f on a box is approximated to within any $\varepsilon > 0$, and the "
        r"weights to within a factor $e^{\pm 2\varepsilon}$; a product of two numbers by four units, within "
        r"$\tfrac{82}{45} h^2 R^4$ on $[-R, R]^2$ for every $h > 0$. Not as written, without bias: $e(-s, -h) = -e(s, "
        r"h)$. On a box symmetric about 0 what is approximated is exactly the odd continuous functions; the distance "
        r"of any continuous f from the scores of all numbers of units is $\sup |f(s, h) + f(-s, -h)|/2$. As weights, "
        r"exactly those f are within reach for which $f(s, h) + f(-s, -h)$ does not depend on h: with $g = f(s, h) - "
        r"f(s, h')$, $g^- = f(-s, -h) - f(-s, -h')$ the log-odds are off by $\sup |g + g^-|/2$ at best, for the dot "
        r"product $\sup |s \cdot (h - h')|$."
    ),
    assumptions={
        "Exact real numbers; any number of hidden units and any real weights; query and key of any widths.": "domain",
        "f is continuous on a box [−R, R]^N of all N features of s and h; on another compact set it has a continuous "
        "extension to a box (Tietze).": "smoothness",
        "cited, not proved: Tietze's extension, and that on a box f is uniformly continuous (Heine).": "smoothness",
        "The weights are a softmax over the keys; every key may stand beside every other.": "normaliser",
        "The numbers of units are upper bounds by construction; none is claimed to be the fewest.": "convention",
    },
    steps=(*OUT_OF_REACH, *WITHOUT_BIAS, *WITH_BIAS, *FOR_WEIGHTS),
    altered={
        "the errors at a point and its opposite show the odd part": partial(
            reach.even_part, reach.ERRORS, reach.F_PLUS - reach.F_MINUS
        ),
        "half the sum of two errors is at most half the larger": partial(reach.half_sum, LARGEST / 2),
        "what is left of f is its odd part": partial(reach.left_by_odd_part, reach.ODD_PART),
        "powers of directions without a bias are units with one": Equal(reach.ridges(True), reach.ridges(False)).holds,
        "polarisation without the factor 1/k!": partial(reach.by_ridges, Integer(1)),
        "weights within a factor e^ε": partial(reach.factor_of_weights, reach.GROWTH),
        "the rate 81/45": product_error(Rational(81, 45)).holds,
    },
    scores=("additive", "concat"),
    counterexample=(
        "import numpy as np\n"
        "r = np.random.default_rng(0)\n"
        "W_s, W_h, v = r.normal(size=(3, 50))        # any weights, no bias\n"
        "def e(s, h): return v @ np.tanh(W_s * s + W_h * h)\n"
        "print(e(1, 1) + e(-1, -1))                  # 0, where the product gives 1 + 1: one of the two is off by 1 at "
        "least\n"
        "x, y, h, b = 0.7, -0.4, 1e-3, np.arctanh(0.5)\n"
        "z = h * np.array([x + y, -x - y, x - y, y - x])\n"
        "print(np.array([-1, -1, 1, 1]) / (3 * h**2) @ np.tanh(b + z))   # with a bias: -0.28"
    ),
    references=(
        FAMILIES["additive"].source,
        "Leshno, Lin, Pinkus, Schocken 1993, Multilayer feedforward networks with a nonpolynomial activation function",
    ),
)
