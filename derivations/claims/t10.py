"""T10: how many keys an unscaled head sees: the mean of Σα² as an integral, its bounds and its limits, with proofs."""

from __future__ import annotations

from functools import partial

from sympy import cosh, exp, log, pi, sqrt

from attnproof.derivations.claims.checks.freezing import (
    BETA,
    CONSTANT,
    DELTA,
    EDGE,
    EPSILON,
    LOGARITHM,
    MAXIMUM,
    SHARE,
    closes,
    in_ratio,
    lower_end,
    more_than,
    of_a_head,
    own_slope,
    upper_end,
)
from attnproof.derivations.language.notation import N_K, D, I, J, L, R
from attnproof.derivations.language.system import total
from attnproof.derivations.lemmas.checks.concentration import (
    ALPHA,
    COEFFICIENT,
    GAP,
    MORE,
    PHI,
    QUERY,
    SCALE,
    SCORE,
    SIGMA,
    SLACK,
    WIDTH,
    N,
    S,
    Z,
    associated,
    chi,
    enumerated,
    independent,
    inverse_square,
    log_normal,
    lost,
    many_keys,
    one_hot,
    pair_mean,
    pair_share,
    radius,
    slope,
    softmax,
    spread_out,
    uniform,
)
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.steps import identity

SQUARED, FOURTH = total(ALPHA[I] ** 2, (I, N_K)), total(ALPHA[I] ** 2 * SCORE[I], (I, N_K))
LOST = N * (N - 1) / (2 * sqrt(pi) * SIGMA)
FEW = (8 * exp(SIGMA**2) - 4) / N
LOWER_END = (SIGMA * MAXIMUM - EDGE**2) / (SIGMA * (SIGMA - EDGE))
MANY = 2 * WIDTH / log(N) + (8 * sqrt(N) - 4) / N

_STEPS_OF_THE_INTEGRAL = (
    Step("integration by parts, S > 0", r"\int_0^\infty t\,e^{-tS}\,dt => 1/S^2", partial(inverse_square, 1 / S**2)),
    Step(
        "independence: the factors of a product, by induction over the keys",
        r"E\left[e^{-t(X_1 + \dots + X_m)}\right] => E\left[e^{-tX}\right]^m",
        partial(independent, PHI**MORE),
    ),
    Step(
        "both together, integral and expectation exchanged (Tonelli: the integrand is not negative); "
        "checked besides outcome by outcome, two points with symbolic masses, n up to 4",
        r"E[\textstyle\sum_i \alpha_i^2] = n\,E[X_1^2/S^2] => n \int_0^\infty t\,E[X^2 e^{-tX}]\,E[e^{-tX}]^{n-1}\,dt",
        partial(enumerated, N, N - 1, 4),
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
    Step(
        "Laplace transform of |q|², for d squares and by the density of |q|",
        "E[e^{-s|q|^2}] = (1 + 2s)^{-d/2}"
        r" => \frac{2^{1-d/2}}{\Gamma(d/2)} \int_0^\infty r^{d-1} e^{-r^2/2} e^{-s r^2}\,dr",
        partial(chi, WIDTH - 1),
    ),
)
_STEPS_OF_THE_SPREAD = (
    Step(
        "derivative of the weights by the spread",
        r"\partial_\sigma \alpha_i => \alpha_i (z_i - \textstyle\sum_l \alpha_l z_l)",
        partial(slope, softmax(I) * (SCORE[I] - total(softmax(L) * SCORE[L], (L, N_K)))),
    ),
    identity(
        "its effect on the sum of squares as a sum over pairs (the weights sum to 1)",
        2 * FOURTH * total(ALPHA[J], (J, N_K)) - 2 * SQUARED * total(ALPHA[J] * SCORE[J], (J, N_K)),
        total(ALPHA[I] * ALPHA[J] * (ALPHA[I] - ALPHA[J]) * (SCORE[I] - SCORE[J]), (I, N_K), (J, N_K)),
    ),
    Step(
        "no pair is negative: the larger score has the larger weight; hence the mean grows with σ",
        r"(\alpha_i - \alpha_j)(z_i - z_j) => \alpha_j (e^{\sigma s} - 1) s \ge 0,\ s = z_i - z_j \ge 0",
        partial(associated, (exp(SIGMA * SLACK) - 1) * SLACK),
    ),
    Step(
        "no spread: equal weights; the limit passes to the mean because 0 ≤ Σα² ≤ 1",
        r"\sigma \to 0:\ \textstyle\sum_i \alpha_i^2 => 1/n",
        partial(uniform, 1 / N),
    ),
    Step(
        "boundless spread: no two scores are equal, with probability 1, so one key leads by some γ > 0",
        r"\textstyle\sum_i \alpha_i^2 \ge (1 + (n - 1) e^{-\sigma\gamma})^{-2} => \to 1",
        partial(one_hot, 1 / (1 + (N - 1) * exp(-SIGMA * GAP))),
    ),
)
_STEPS_OF_THE_BOUNDS = (
    Step(
        "two keys among n, without the others",
        r"\alpha_i \alpha_j => \le \tfrac14 \operatorname{sech}^2((e_i - e_j)/2)",
        partial(pair_share, 1 / (4 * cosh(Z / 2) ** 2)),
    ),
    Step(
        "its mean: an integral of 1 times the largest density of the difference",
        r"E[\alpha_i \alpha_j] => \le \frac{1}{2\sqrt{\pi}\,\sigma}",
        partial(pair_mean, 1 / (2 * sqrt(pi) * SIGMA)),
    ),
    Step(
        "over all ordered pairs",
        r"1 - E[\textstyle\sum_i \alpha_i^2] = \sum_{i \ne j} E[\alpha_i \alpha_j]"
        r" => \le \frac{n(n-1)}{2\sqrt{\pi}\,\sigma}",
        partial(lost, LOST),
    ),
    Step(
        "mean over the query, d ≥ 3: 1/r is below its tangent in 1/r², whose mean is 1/(d − 2)",
        r"E[1/|q|] => \le 1/\sqrt{d - 2}",
        partial(radius, 1 / sqrt(WIDTH - 2)),
    ),
    Step(
        "moments of the exponential of a score",
        r"E[X],\ E[X^2] => e^{\sigma^2/2},\ e^{2\sigma^2}",
        partial(log_normal, exp(SIGMA**2 / 2), exp(2 * SIGMA**2)),
        uses=("normal_exponential",),
    ),
    Step(
        "Chebyshev for S below half its mean, where Σα² ≤ 1; elsewhere S is replaced by half its mean",
        r"E[\textstyle\sum_i \alpha_i^2]"
        r" => \le \frac{4 \operatorname{Var} X}{n E[X]^2} + \frac{4 E[X^2]}{n E[X]^2} = \frac{8 e^{\sigma^2} - 4}{n}",
        partial(spread_out, FEW),
    ),
    Step(
        "mean over the query: Markov for |q|² > r², where Σα² ≤ 1; the bound at r elsewhere; r² = ln(n)/2",
        r"\frac{d}{r^2} + \frac{8 e^{r^2} - 4}{n} => = \frac{2d}{\ln n} + \frac{8\sqrt{n} - 4}{n}",
        partial(many_keys, MANY, FEW),
    ),
    Step(
        "so a head of any width d sees more than K keys once ln n > K (2d + 16): the usual statement fails",
        r"\frac{2d}{\ln n} + \frac{8\sqrt{n} - 4}{n} => \le \frac{2d + 16}{\ln n}",
        partial(more_than, (2 * WIDTH + 16) / LOGARITHM, MANY.subs(log(N), LOGARITHM), LOGARITHM, WIDTH),
        refutes=True,
        uses=("exponential_tangent",),
    ),
)
_STEPS_OF_THE_LIMIT = (
    Step(
        "a weight moves with its own z; it lies between 0 and 1, so its mean is integrated by parts",
        r"\partial \alpha_i / \partial Z_i,\quad E[\alpha_i Z_i] = E[\partial \alpha_i / \partial Z_i]"
        r" => \sigma \alpha_i (1 - \alpha_i)",
        partial(own_slope, SIGMA * SHARE * (1 - SHARE)),
        uses=("normal_by_parts",),
    ),
    identity(
        "over all keys: as the weights sum to 1, E[Σ α Z] = σ (1 − E[Σα²]), at every n and σ",
        total(SCALE * ALPHA[I] * (1 - ALPHA[I]), (I, N_K)),
        SCALE * (total(ALPHA[I], (I, N_K)) - SQUARED),
    ),
    Step(
        "the weighted mean is below the maximum, whose mean M is below s = √(2 ln n)",
        r"1 - E[\textstyle\sum_i \alpha_i^2] = \tfrac1\sigma E[\sum_i \alpha_i Z_i]"
        r" => \le \frac{M}{\sigma} \le \frac{s}{\sigma}",
        partial(upper_end, MAXIMUM / SIGMA),
        uses=("log_sum_exp", "largest_normal"),
    ),
    Step(
        "mean over the query, d ≥ 3",
        r"M\, E[1/|q|] \le s\, E[1/|q|] => \le \sqrt{\frac{2 \ln n}{d - 2}}",
        partial(of_a_head, sqrt(2 * LOGARITHM / (WIDTH - 2))),
        uses=("largest_normal",),
    ),
    Step(
        "the tangent at σ > s of g, the log of the sum of exponentials, is below g at s; E g(σ) ≥ σM, E g(s) ≤ s²",
        r"1 - E[\textstyle\sum_i \alpha_i^2] \ge \frac{E[g(\sigma)] - E[g(s)]}{\sigma (\sigma - s)}"
        r" => \ge \frac{\sigma M - s^2}{\sigma (\sigma - s)}",
        partial(lower_end, LOWER_END),
        uses=("log_sum_exp", "jensen_logarithm", "normal_exponential"),
    ),
    Step(
        "the same with σ = βs and M = (1 − δ) s",
        r"\frac{\sigma M - s^2}{\sigma (\sigma - s)}"
        r" => \frac1\beta \left(1 - \frac{\delta \beta}{\beta - 1}\right) = \frac1\beta - \frac{\delta}{\beta - 1}",
        partial(in_ratio, LOWER_END, (1 - DELTA * BETA / (BETA - 1)) / BETA),
    ),
    Step(
        "δ is at most C/√(ln n): the distance from 1/β is below ε once ln n > C²/((β − 1) ε)²",
        r"\frac{\delta}{\beta - 1} \le \frac{C}{(\beta - 1) \sqrt{\ln n}} => \to 0",
        partial(closes, CONSTANT / ((BETA - 1) * sqrt(LOGARITHM)), (CONSTANT / ((BETA - 1) * EPSILON)) ** 2),
        uses=("largest_normal",),
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
        r"Let the keys be standard normal. Given the query, the scores $q \cdot k_j$ of $n$ keys are independent $N(0, "
        r"\sigma^2)$ with $\sigma = |q|$, and with $X = e^{\sigma Z}$: $E[\sum_i \alpha_i^2] = n \int_0^\infty "
        r"t\,E[X^2 e^{-tX}]\,E[e^{-tX}]^{n-1}\,dt$. It grows with $\sigma$ from $1/n$ to 1; for a standard normal "
        r"query $|q|$ has the law $\chi_d$, over which it is averaged. Its inverse is the number of keys that the head "
        r"effectively sees. Few keys at a fixed $n$ and great width: $1 - E[\sum_i \alpha_i^2] \le "
        r"\frac{n(n-1)}{2\sqrt{\pi}\,\sigma}$, in the mean over the query at most $\frac{n(n-1)}{2\sqrt{\pi (d-2)}}$ "
        r"and at most $\sqrt{2 \ln(n)/(d - 2)}$ for $d \ge 3$: one key is left as $d \to \infty$. Not at a fixed width "
        r"and many keys: $E[\sum_i \alpha_i^2] \le (8 e^{\sigma^2} - 4)/n$, in the mean over the query at most $(2d + "
        r"16)/\ln n$, so the number of keys grows without bound with $n$. In between, with $s = \sqrt{2 \ln n}$ and $M "
        r"= E[\max_i Z_i] \le s$: for $\sigma > s$, at every $n \ge 2$, $\frac{\sigma M - s^2}{\sigma(\sigma - s)} \le "
        r"1 - E[\sum_i \alpha_i^2] \le \frac{M}{\sigma} \le \frac{s}{\sigma}$. As $M \ge s\,(1 - 15.5/\sqrt{\ln n})$, "
        r"for $n \to \infty$ at a fixed $\beta = \sigma/s > 1$: $E[\sum_i \alpha_i^2] \to 1 - 1/\beta = 1 - \sqrt{2 "
        r"\ln n}/\sigma$, the freezing of the random energy model, and at every n $|E[\sum_i \alpha_i^2] - (1 - "
        r"1/\beta)| \le (1 - M/s)/(\beta - 1)$. At practical $n$ that limit is far from reached: how many keys, the "
        r"integral says."
    ),
    assumptions={
        "Dot scores without a scale, n ≥ 2 keys, no mask, no bias; weights are a softmax over the keys.": "normaliser",
        "Keys have independent standard normal components, independent of each other and of the query.": "independence",
        "For the average over |q|: the query has independent standard normal components.": "independence",
        "Real numbers.": "domain",
        "cited, not proved: Tonelli's theorem (integral and mean change places)": "moments",
        "cited, not proved: a limit passes to the mean where the values stay between 0 and 1": "moments",
        "cited, not proved: a generating function or Laplace transform belongs to one law only": "distribution",
        "cited, not proved: two independent normal variables are equal with probability 0": "distribution",
    },
    steps=(
        *_STEPS_OF_THE_INTEGRAL,
        *_STEPS_OF_THE_HEAD,
        *_STEPS_OF_THE_SPREAD,
        *_STEPS_OF_THE_BOUNDS,
        *_STEPS_OF_THE_LIMIT,
    ),
    altered={
        "φ once too often in the product": partial(independent, PHI ** (MORE + 1)),
        "the bound for unordered pairs only": partial(lost, LOST / 2),
        "half of (8 exp(σ²) − 4)/n": partial(spread_out, FEW / 2),
        "2M/σ − s/σ as upper end, below M/σ": partial(upper_end, (2 * MAXIMUM - EDGE) / SIGMA),
        "M/σ as lower end": partial(lower_end, MAXIMUM / SIGMA),
        "the width d without its factor 2": partial(
            more_than, (WIDTH + 16) / LOGARITHM, MANY.subs(log(N), LOGARITHM), LOGARITHM, WIDTH
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
