"""X5: what the additive score can approximate, without and with a bias."""

from __future__ import annotations

from dataclasses import replace

from sympy import Expr, Integer, Rational, exp, factorial

from attnproof.derivations.claims.checks import universality as reach
from attnproof.derivations.claims.checks.universality import EPS, FREE, LARGEST, ORDER, SUM, VARIABLES, weights
from attnproof.derivations.language.notation import I, J
from attnproof.derivations.language.tensors import SCORES
from attnproof.derivations.lemmas.odd_score import ADDITIVE, BIASED
from attnproof.derivations.lemmas.tanh_product import RATE, product_error
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.met import Assumed, Because
from attnproof.derivations.proof.rules import Cited, Equal
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.scores import FAMILIES


def unit(rule: str, score: Expr, bias: bool, uses: tuple[str, ...]) -> Step:
    """The step that writes tanh units along directions of [s; h] as an additive score."""
    return replace(identity(rule, reach.with_weights(score), reach.ridges(bias)), uses=uses)


OUT_OF_REACH = (
    closed(
        "the score cancels from the errors d₁, d₂ at a point and its opposite, where it is −e",
        reach.mirrored_error(*reach.ERRORS, reach.F_PLUS + reach.F_MINUS),
        uses=("odd_score",),
    ),
    closed(
        "and from the errors of the log-odds of two keys, with g and e_o for f and the score at the other one",
        reach.mirrored_error(*reach.ODDS_ERRORS, reach.F_PLUS - reach.G_PLUS + reach.F_MINUS - reach.G_MINUS),
        uses=("odd_score",),
    ),
    closed("half the sum, or the difference, of two errors is at most the larger", reach.half_sum(LARGEST)),
    closed(
        "the dot product is even, positive where the key is the query, not 0: no score without bias comes near it",
        reach.even_and_positive(reach.DOT),
        refutes=True,
        uses=("odd_score",),
    ),
)

WITHOUT_BIAS = (
    closed(
        "what is odd of a power x^k, σ being (−1)^k: a polynomial's odd part has its odd orders only",
        reach.odd_parts_of_powers(Integer(1)),
    ),
    closed(
        "for odd f the odd part r of a polynomial p is no further away than the polynomial (which is near by "
        "Weierstrass): half the difference of its errors a and b",
        reach.error_of_odd_part(LARGEST),
        uses=("bernstein",),
    ),
    unit(
        "odd powers of directions by differences at b = 0: units of the score as written",
        ADDITIVE,
        False,
        ("iterated_differences", "tanh_powers"),
    ),
    closed(
        "the odd part o of any f is within reach, and leaves its even part: the distance is exactly that",
        reach.left_by_odd_part(reach.EVEN_PART),
    ),
    closed("so do the log-odds", reach.left_of_log_odds(reach.EVEN_PART - reach.EVEN_OTHER)),
)

WITH_BIAS = (
    closed(
        "a set that is no box",
        Cited(
            r"f \text{ continuous on a compact set}",
            r"f \text{ extends continuously to a box}",
            "Tietze's extension theorem: Munkres 2000, Topology, theorem 35.1",
        ),
    ),
    closed(
        "a modulus of continuity",
        Cited(
            r"f \text{ continuous on a box}",
            r"f \text{ uniformly continuous}",
            "Heine's theorem: Rudin 1976, Principles of Mathematical Analysis, theorem 4.19",
        ),
    ),
    closed(
        "a polynomial in all N features of s, h within ε/2: the degree such that the modulus of continuity is small",
        reach.degree(2 * EPS / (VARIABLES + 4), EPS / 2),
        uses=("bernstein",),
    ),
    closed(
        "each of its monomials by powers of whole-number directions: polarisation, equal variables allowed; multiplied "
        "out for the orders up to 3, for every order by the lemma",
        reach.by_ridges(1 / factorial(ORDER)),
        uses=("iterated_differences",),
    ),
    unit("each such power by units of the score with a bias", BIASED, True, ("tanh_powers",)),
    closed(
        "the errors a, b of the powers, each at most a constant times h, add up; A is the sum of the constants",
        reach.sum_of_errors(EPS / (2 * SUM)),
        uses=("tanh_powers",),
    ),
)

FOR_WEIGHTS = (
    closed(
        "weights fix the scores of a query up to a term in s alone: their quotients are the log-odds",
        reach.odds_of_weights(exp(SCORES[I, J] - SCORES[I, reach.M])),
    ),
    identity(
        "and a term in s alone never changes them: an f whose even part is free of h has the weights of its odd part",
        weights(SCORES[I, J] + FREE[()]),
        weights(SCORES[I, J]),
    ),
    closed(
        "scores within ε of others, c = e^ε: with E, S the exponential of one and the sum of all, and E', S' after the "
        "change, each weight stays within a factor c²",
        reach.factor_of_weights(reach.GROWTH**2),
    ),
    closed("a product of two numbers by four units, within (82/45) h² R⁴", product_error(RATE), uses=("tanh_product",)),
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
        "The weights are a softmax over the keys; every key may stand beside every other.": "normaliser",
        "The numbers of units are upper bounds by construction; none is claimed to be the fewest.": "convention",
    },
    met={
        "odd_score": {
            "Real weights of any size, no bias inside tanh.": (
                Assumed("Exact real numbers"),
                Because("the steps speak of the score without a bias"),
            ),
        },
        "bernstein": {
            "f is continuous on the closed box.": (Assumed("f is continuous"),),
            "Any number m of variables, any degree n >= 1.": (
                Because(
                    "the variables are the N features of s and h; the degree is as large as the modulus of "
                    "continuity asks for"
                ),
            ),
        },
        "iterated_differences": {
            "Any number m of differences, by induction; the empty one is g(b) itself.": (
                Because("as many differences as the power or the monomial has factors"),
            ),
        },
        "tanh_powers": {
            "k + 1 units are enough; they are not claimed to be the fewest.": (Assumed("The numbers of units"),),
        },
        "tanh_product": {
            "Exact real numbers.": (Assumed("Exact real numbers"),),
            "Four units are enough; they are not claimed to be the fewest.": (Assumed("The numbers of units"),),
        },
    },
    steps=(*OUT_OF_REACH, *WITHOUT_BIAS, *WITH_BIAS, *FOR_WEIGHTS),
    altered={
        "the errors at a point and its opposite show the odd part": reach.mirrored_error(
            *reach.ERRORS, reach.F_PLUS - reach.F_MINUS
        ),
        "half the sum of two errors is at most half the larger": reach.half_sum(LARGEST / 2),
        "what is left of f is its odd part": reach.left_by_odd_part(reach.ODD_PART),
        "powers of directions without a bias are units with one": Equal(reach.ridges(True), reach.ridges(False)),
        "polarisation without the factor 1/k!": reach.by_ridges(Integer(1)),
        "a step that leaves all of ε": reach.sum_of_errors(EPS / SUM),
        "weights within a factor e^ε": reach.factor_of_weights(reach.GROWTH),
        "the rate 81/45": product_error(Rational(81, 45)),
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
