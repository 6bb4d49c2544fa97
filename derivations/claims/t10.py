"""T10: how many keys an unscaled head sees: the mean of Σα² as an integral, its bounds and its limits, with proofs."""

from __future__ import annotations

from dataclasses import replace

from sympy import (
    Add,
    Expr,
    Integer,
    Symbol,
    binomial,
    erf,
    exp,
    gamma,
    oo,
    pi,
    sqrt,
    symbols,
)

from attnproof.derivations.claims.checks import few_keys, freezing
from attnproof.derivations.claims.checks.cited import BILLINGSLEY, MEANS_MULTIPLY, ONE_LAW
from attnproof.derivations.claims.checks.two_points import MASS, X, Y
from attnproof.derivations.language.notation import N_K, D, I, J, L, R, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.met import Assumed, Because, Shown
from attnproof.derivations.proof.rules import (
    All,
    Cited,
    Computed,
    Differentiated,
    Equal,
    Field,
    FromZero,
    Induction,
    Integrated,
    Tends,
)
from attnproof.derivations.proof.rules.orders import PREVIOUS
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import le

SIGMA, S, T, RADIUS, PHI, FACTOR = symbols("sigma S t r phi c", positive=True)
SLACK, GAP = Symbol("s", nonnegative=True), Symbol("gamma", positive=True)
Z = Symbol("z", real=True)
MORE = Symbol("m", integer=True, nonnegative=True)
ZERO, ONE = Integer(0), Integer(1)

QUERY, COEFFICIENT = Tensor("query", "q", (D,)), Tensor("coefficient", "s", (N_K,))
ALPHA, SCORE = Tensor("weights", "alpha", (N_K,)), Tensor("standard", "z", (N_K,))
SCALE = Tensor("sigma", "sigma", ())[()]
FIRST, POINT = Tensor("first", "alpha_i", ()), Tensor("point", "x", ())

SQUARED, FOURTH = total(ALPHA[I] ** 2, (I, N_K)), total(ALPHA[I] ** 2 * SCORE[I], (I, N_K))
DENSITY = exp(-(Z**2) / 2) / sqrt(2 * pi)


def softmax(index: Expr, letter: Symbol) -> Expr:
    """``exp(σ z_i)/Σ_j exp(σ z_j)``, ``letter`` for j."""
    return exp(SCALE * SCORE[index]) / total(exp(SCALE * SCORE[letter]), (letter, N_K))


def _two_points(keys: int) -> Expr:
    """The mean of Σα² over the number of keys whose exponential is x."""
    return Add(
        *(
            binomial(keys, k)
            * MASS**k
            * (1 - MASS) ** (keys - k)
            * (k * X**2 + (keys - k) * Y**2)
            / (k * X + (keys - k) * Y) ** 2
            for k in range(keys + 1)
        )
    )


PRODUCT = Induction(PHI**MORE, MORE, ONE, PREVIOUS * PHI)

_STEPS_OF_THE_INTEGRAL = (
    closed(
        "integration by parts, S > 0",
        Integrated(T * exp(-T * S), T, ZERO, oo, 1 / S**2, -(T / S + 1 / S**2) * exp(-T * S)),
    ),
    closed("independence, key by key", MEANS_MULTIPLY),
    closed("so the mean of e^(−t(X_1 + … + X_m)) is a power of φ = E[e^(−tX)]: one factor more for each key", PRODUCT),
    closed(
        "with S = X_1 + … + X_n the mean of Σα² is n E[X_1²/S²]; both steps together",
        Cited(
            r"t\, X_1^2 e^{-t S} \ge 0",
            r"E\left[\int_0^\infty t\, X_1^2 e^{-t S} dt\right] = \int_0^\infty t\, E[X_1^2 e^{-t S}]\, dt",
            f"Tonelli's theorem: {BILLINGSLEY}",
        ),
    ),
    closed(
        "checked besides for two points x and y with probabilities p and 1 − p, n up to 4, outcome by outcome and by "
        "the integral",
        All(
            tuple(
                Computed(f"claims.checks.two_points:{road}", (n,), _two_points(n))
                for n in (1, 2, 3, 4)
                for road in ("by_outcomes", "by_integral")
            )
        ),
    ),
)
_STEPS_OF_THE_HEAD = (
    identity(
        "all scores of one query, components of keys independent: the exponent of their joint generating function is "
        "that of independent normal scores of variance |q|²",
        total((COEFFICIENT[J] * QUERY[R]) ** 2 / 2, (J, N_K), (R, D)),
        total(QUERY[R] ** 2, (R, D)) * total(COEFFICIENT[J] ** 2, (J, N_K)) / 2,
        uses=("normal_exponential",),
    ),
    closed(
        "Laplace transform of the square of one component of the query",
        Integrated(
            exp(-SLACK * Z**2) * DENSITY,
            Z,
            -oo,
            oo,
            1 / sqrt(1 + 2 * SLACK),
            erf(Z * sqrt((1 + 2 * SLACK) / 2)) / (2 * sqrt(1 + 2 * SLACK)),
        ),
    ),
    closed(
        "of |q|²: one factor more for each component, d = m of them",
        Induction((1 + 2 * SLACK) ** (-MORE / 2), MORE, ONE, PREVIOUS / sqrt(1 + 2 * SLACK)),
    ),
    closed(
        "the density of chi gives the same, c = 1 + 2s: with x = c r²/2 it is x^(d/2 − 1) e^(−x)/Γ(d/2), whose "
        "integral is 1, times dx/dr times c^(−d/2)",
        Field(
            RADIUS ** (D - 1) * exp(-FACTOR * RADIUS**2 / 2) / (2 ** (D / 2 - 1) * gamma(D / 2)),
            POINT[()] ** (D / 2 - 1) * exp(-POINT[()]) / gamma(D / 2) * (FACTOR * RADIUS) * FACTOR ** (-D / 2),
            definitions=(Equation(POINT, (), FACTOR * RADIUS**2 / 2),),
        ),
    ),
    closed("so the scores of one query are independent normal ones, and |q| is chi_d", ONE_LAW),
)
_STEPS_OF_THE_SPREAD = (
    closed(
        "derivative of the weights by the spread",
        Differentiated(softmax(I, J), SCALE, softmax(I, J) * (SCORE[I] - total(softmax(L, J) * SCORE[L], (L, N_K)))),
    ),
    identity(
        "its effect on the sum of squares as a sum over pairs (the weights sum to 1)",
        2 * FOURTH * total(ALPHA[J], (J, N_K)) - 2 * SQUARED * total(ALPHA[J] * SCORE[J], (J, N_K)),
        total(ALPHA[I] * ALPHA[J] * (ALPHA[I] - ALPHA[J]) * (SCORE[I] - SCORE[J]), (I, N_K), (J, N_K)),
    ),
    closed(
        "no pair is negative: the larger score, by s, has the larger weight, e^(σs) times the other, φ; hence the mean "
        "grows with σ",
        All(
            (
                Field(
                    (FIRST[()] - PHI) * SLACK,
                    PHI * (exp(SIGMA * SLACK) - 1) * SLACK,
                    definitions=(Equation(FIRST, (), PHI * exp(SIGMA * SLACK)),),
                ),
                FromZero(ONE, "≤", exp(SIGMA * SLACK), variable=SLACK),
            )
        ),
    ),
    identity("no spread: the weights are equal", total(1 / N_K**2, (I, N_K)), 1 / N_K),
    closed(
        "boundless spread: no two scores are equal, so one key leads by some γ > 0",
        Cited(
            r"Z_1, Z_2 \text{ independent standard normal, so that } Z_1 - Z_2 \text{ has a density}",
            r"P(Z_1 = Z_2) = 0",
            f"laws with densities: {BILLINGSLEY}",
        ),
    ),
    closed(
        "each other key has at most e^(−σγ) of its weight, so that Σα² tends to 1",
        All(
            (
                FromZero(exp(-SIGMA * (GAP + SLACK)), "≤", exp(-SIGMA * GAP), variable=SLACK),
                Equal(total(exp(-SIGMA * GAP), (L, N_K - 1)), (N_K - 1) * exp(-SIGMA * GAP)),
                Tends(1 / (1 + (N_K - 1) * exp(-SIGMA * GAP)) ** 2, SIGMA, oo, ONE),
            )
        ),
    ),
    closed(
        "both limits pass to the mean",
        Cited(
            r"0 \le \sum_i \alpha_i^2 \le 1",
            r"\lim E\left[\sum_i \alpha_i^2\right] = E\left[\lim \sum_i \alpha_i^2\right]",
            f"bounded convergence: {BILLINGSLEY}",
        ),
    ),
)
CLAIM = Claim(
    id="T10",
    title="The law of saturation",
    usual="Unscaled heads of great width attend to very few keys.",
    headline=(
        "For normal queries and keys, as `d → ∞` at fixed `n`; at fixed width the keys seen grow with `n` without "
        "bound. The law `1 − √(2 ln n)/σ`, at fixed `σ/√(2 ln n) > 1`, is proved with explicit errors."
    ),
    statement=(
        r"Let the keys be standard normal. Given the query, the scores $q \cdot k_j$ of $n$ keys are independent "
        r"$N(0, \sigma^2)$ with $\sigma = |q|$, and with $X = e^{\sigma Z}$: $E[\sum_i \alpha_i^2] = n \int_0^\infty "
        r"t\,E[X^2 e^{-tX}]\,E[e^{-tX}]^{n-1}\,dt$. It is at least $1/n$ and grows with $\sigma$, to 1; for a "
        r"standard normal query $|q|$ has the law $\chi_d$, over which it is averaged. Its inverse is the number of "
        r"keys that the head effectively sees. Few keys at a fixed $n$ and great width: $1 - E[\sum_i \alpha_i^2] \le "
        r"\frac{n(n-1)}{2\sqrt{\pi}\,\sigma}$, in the mean over the query at most $\frac{n(n-1)}{2\sqrt{\pi (d-2)}}$ "
        r"and at most $\sqrt{2 \ln(n)/(d - 2)}$ for $d \ge 3$: one key is left as $d \to \infty$. Not at a fixed "
        r"width and many keys: $E[\sum_i \alpha_i^2] \le (8 e^{\sigma^2} - 4)/n$, in the mean over the query at most "
        r"$(2d + 16)/\ln n$, so the number of keys grows without bound with $n$. In between, with $s = \sqrt{2 \ln "
        r"n}$ and $M = E[\max_i Z_i] \le s$: for $\sigma > s$, at every $n \ge 2$, $\frac{\sigma M - "
        r"s^2}{\sigma(\sigma - s)} \le 1 - E[\sum_i \alpha_i^2] \le \frac{M}{\sigma} \le \frac{s}{\sigma}$. As $M \ge "
        r"s\,(1 - 15.5/\sqrt{\ln n})$, for $n \to \infty$ at a fixed $\beta = \sigma/s > 1$: $E[\sum_i \alpha_i^2] "
        r"\to 1 - 1/\beta = 1 - \sqrt{2 \ln n}/\sigma$, the freezing of the random energy model, and at every n "
        r"$|E[\sum_i \alpha_i^2] - (1 - 1/\beta)| \le (1 - M/s)/(\beta - 1)$. At practical $n$ that limit is far from "
        r"reached: how many keys, the integral says."
    ),
    assumptions={
        "Dot scores without a scale, n ≥ 2 keys, no mask, no bias; weights are a softmax over the keys.": "normaliser",
        "Keys have independent standard normal components, independent of each other and of the query.": "independence",
        "For the average over |q|: the query has independent standard normal components.": "independence",
        "Real numbers.": "domain",
    },
    met={
        "normal_exponential": {
            "Z is standard normal.": (
                Assumed("Keys have independent"),
                Because("a score of a fixed query is |q| times a standard normal variable"),
            ),
        },
        "normal_by_parts": {
            "g is differentiable, g and g' are bounded, so that both means exist.": (
                Because("g is the weight as a function of its own Z: between 0 and 1, with a slope of at most σ/4"),
            ),
        },
        "log_sum_exp": {
            "Real scores z, any number of keys.": (Because("the scores of n keys"),),
        },
        "largest_normal": {
            "Independent standard normal variables, n ≥ 2.": (
                Assumed("Dot scores without a scale"),
                Shown("all scores of one query"),
            ),
        },
        "jensen_logarithm": {
            "Y > 0, and E[Y] is finite.": (
                Because("Y is a sum of exponentials of normal variables, whose means are finite"),
            ),
        },
    },
    steps=(
        *_STEPS_OF_THE_INTEGRAL,
        *_STEPS_OF_THE_HEAD,
        *_STEPS_OF_THE_SPREAD,
        *few_keys.STEPS,
        *freezing.STEPS,
    ),
    altered={
        "φ once too often in the product": replace(PRODUCT, value=PHI ** (MORE + 1)),
        "the bound for unordered pairs only": replace(few_keys.PAIRS, right=few_keys.LOST / 2),
        "half of (8 exp(σ²) − 4)/n": replace(few_keys.CHEBYSHEV, right=few_keys.FEW / 2),
        "2M/σ − s/σ as upper end, below M/σ": replace(
            freezing.UPPER_END,
            statement=le(freezing.FIELD / SIGMA, (2 * freezing.MAXIMUM - freezing.EDGE) / SIGMA),
        ),
        "M/σ as lower end": replace(freezing.LOWER_END, statement=le(freezing.MAXIMUM / SIGMA, freezing.FIELD / SIGMA)),
        "the width d without its factor 2": replace(
            few_keys.BEYOND, statement=le(few_keys.SEEN, (D + 16) / few_keys.LOGARITHM)
        ),
    },
    scores=("dot",),
    tables=("saturation",),
    counterexample=(
        "import numpy as np\n"
        "rng = np.random.default_rng(0)\n"
        "def keys_seen(d, n, trials=200):   # 1 over the mean of the sum of squared weights, no scale\n"
        "    squares = 0.0\n"
        "    for _ in range(trials):\n"
        "        e = rng.normal(size=(n, d)) @ rng.normal(size=d)\n"
        "        a = np.exp(e - e.max()); a /= a.sum(); squares += np.sum(a**2) / trials\n"
        "    return 1 / squares\n"
        "print(keys_seen(256, 16), keys_seen(2, 16), keys_seen(2, 4096))   # width 256: about one key; width 2: more "
        "with n"
    ),
    references=("Derrida 1981, Random-energy model: an exactly solvable model of disordered systems (the limit)",),
)
