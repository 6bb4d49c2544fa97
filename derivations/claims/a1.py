"""A1: softmax attention as Nadaraya-Watson regression, and what the Gaussian kernel needs."""

from __future__ import annotations

from sympy import Expr, Integer, Rational, exp, sqrt, symbols

from attnproof.derivations.language.notation import D_V, N_K, D, J, L, P, R, Tensor, index
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.rules import Cases, Equal, Field
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import Both, eq, ne

M = index("m")
Q = Tensor("query", "q", (D,))  # one query
K = Tensor("key", "k", (N_K, D))
V = Tensor("value", "V", (N_K, D_V))
SQUARE = Tensor("square", "rho", ())  # the squared norm that all keys share

Q_SQUARED = total(Q[R] ** 2, (R, D))


def k_squared(j: Expr) -> Expr:
    """``|k_j|²``."""
    return total(K[j, R] ** 2, (R, D))


def score(j: Expr) -> Expr:
    """``qᵀk_j/√d``."""
    return total(Q[R] * K[j, R], (R, D)) / sqrt(D)


def exponent(j: Expr) -> Expr:
    """``−|q − k_j|²/(2√d)``: the Gaussian's exponent ``−|q − k_j|²/(2h²)`` with ``h = d^(1/4)``."""
    return -total((Q[R] - K[j, R]) ** 2, (R, D)) / (2 * sqrt(D))


def bias(j: Expr) -> Expr:
    """``−|k_j|²/(2√d)``."""
    return -k_squared(j) / (2 * sqrt(D))


def regression(logits: dict[str, Expr]) -> Expr:
    """Nadaraya-Watson: ``Σ_j K_j V_j / Σ_l K_l`` with ``K = exp(logit)``; ``logits`` by summation index."""
    return total(exp(logits["j"]) * V[J, P], (J, N_K)) / total(exp(logits["l"]), (L, N_K))


def weight(logits: dict[str, Expr]) -> Expr:
    """The share of key j: its softmax weight, or its kernel over the sum of all kernels."""
    return exp(logits["j"]) / total(exp(logits["l"]), (L, N_K))


def attention(logits: dict[str, Expr]) -> Expr:
    """``Σ_j α_j V_j`` with the softmax weights of the logits."""
    return total(weight(logits) * V[J, P], (J, N_K))


SCORE = {"j": score(J), "l": score(L)}
GAUSSIAN = {"j": exponent(J), "l": exponent(L)}
BIASED = {"j": score(J) + bias(J), "l": score(L) + bias(L)}
CORRECTED = {"j": exponent(J) - bias(J), "l": exponent(L) - bias(L)}
COMMON = {"j": score(J) - SQUARE[()] / (2 * sqrt(D)), "l": score(L) - SQUARE[()] / (2 * sqrt(D))}


def log_odds_moved(i: Expr, j: Expr) -> Expr:
    """Log-odds of keys i and j under the Gaussian kernel, less those under softmax."""
    return (exponent(i) - exponent(j)) - (score(i) - score(j))


BANDWIDTH = Tensor("bandwidth", "h", ())
QUERY_1, QUERY_2, KEY_1, KEY_2, KEY_3, KEY_4 = POINTS = symbols("q_1 q_2 k_1 k_2 k_3 k_4", real=True)


def bandwidth(value: Expr) -> Field:
    """``2 h² = 2√d``, the denominator of the exponent, for the bandwidth ``value``."""
    return Field(2 * BANDWIDTH[()] ** 2, 2 * sqrt(D), definitions=(Equation(BANDWIDTH, (), value),))


def no_kernel_of_the_difference(*values: int) -> Cases:
    """Two queries, each with two keys, of width 1, with the same differences ``q − k_j``, for which softmax has
    different log-odds.

    A kernel that is a function of the difference alone, whichever it is, has the same weights in both.
    """
    alike = (eq(QUERY_1 - KEY_1, QUERY_2 - KEY_3), eq(QUERY_1 - KEY_2, QUERY_2 - KEY_4))
    apart = ne(QUERY_1 * KEY_1 - QUERY_1 * KEY_2, QUERY_2 * KEY_3 - QUERY_2 * KEY_4)
    return Cases(Both((*alike, apart)), tuple((x, (Integer(v),)) for x, v in zip(POINTS, values, strict=True)))


def differs(query: int, first: int, second: int) -> Cases:
    """At width 1, where √d is 1: two keys whose log-odds under the Gaussian kernel are not those under softmax."""
    gaussian = ((QUERY_1 - KEY_2) ** 2 - (QUERY_1 - KEY_1) ** 2) / 2
    values = ((QUERY_1, query), (KEY_1, first), (KEY_2, second))
    return Cases(ne(QUERY_1 * KEY_1 - QUERY_1 * KEY_2, gaussian), tuple((x, (Integer(v),)) for x, v in values))


CLAIM = Claim(
    id="A1",
    title="Attention as kernel regression",
    usual="Softmax attention is Nadaraya-Watson regression.",
    headline=(
        "With the kernel `exp(q·k/√d)`; with the Gaussian kernel of bandwidth `d^(1/4)` exactly for keys of equal "
        "norm, or with a bias per key."
    ),
    statement=(
        r"With the kernel $e^{q^\top k/\sqrt d}$ it is, for all queries, keys and values. Nadaraya and Watson weigh by "
        r"a kernel of the difference $q - k$: no such kernel, of whatever form, gives the weights of softmax for all "
        r"queries and keys. With the Gaussian kernel $e^{-|q-k|^2/(2h^2)}$ of bandwidth $h = d^{1/4}$ the regression "
        r"is softmax attention with the bias $-|k_j|^2/(2\sqrt d)$ on the logit of key $j$; softmax attention without "
        r"a bias is that regression with each key's kernel multiplied by $e^{|k_j|^2/(2\sqrt d)}$. The log-odds of "
        r"keys $i, j$ differ by $(|k_j|^2 - |k_i|^2)/(2\sqrt d)$ whatever the query: the weights are the same exactly "
        r"when all keys have the same norm."
    ),
    assumptions={
        "Scaled dot score, real query and keys of one width d.": "domain",
        "The values are the responses, the keys the design points, the query the point of evaluation.": "convention",
    },
    steps=(
        identity("with its own kernel attention is the regression", attention(SCORE), regression(SCORE)),
        identity(
            "the score by the distance and the norms",
            score(J),
            exponent(J) + Q_SQUARED / (2 * sqrt(D)) + k_squared(J) / (2 * sqrt(D)),
        ),
        closed("the bandwidth", bandwidth(D ** Rational(1, 4))),
        identity(
            "each weight: the norm of the query cancels, that of the key is a bias", weight(BIASED), weight(GAUSSIAN)
        ),
        identity("each weight: softmax attention by the corrected Gaussian kernel", weight(SCORE), weight(CORRECTED)),
        identity(
            "equal norms, |k_j|² = ρ: the bias is the same for all keys and cancels", weight(COMMON), weight(SCORE)
        ),
        identity(
            "the log-odds differ by the squared norms: equal weights need equal norms",
            log_odds_moved(J, M),
            (k_squared(M) - k_squared(J)) / (2 * sqrt(D)),
        ),
        closed(
            "no kernel of q − k alone: query 0 with keys 0 and 1, query 1 with keys 1 and 2 have equal differences, "
            "and other log-odds",
            no_kernel_of_the_difference(0, 1, 0, 1, 1, 2),
            refutes=True,
        ),
        closed(
            "the Gaussian kernel, an exact case, d = 1: keys 1 and 2, query 1",
            differs(1, 1, 2),
            refutes=True,
        ),
    ),
    altered={
        "the Gaussian kernel without a bias": Equal(weight(SCORE), weight(GAUSSIAN)),
        "the bandwidth √d": bandwidth(sqrt(D)),
        "keys of equal norm differ": differs(1, 1, -1),
        "no kernel of the difference even where query and keys stay the same": no_kernel_of_the_difference(
            0, 0, 0, 1, 0, 1
        ),
    },
    scores=("scaled_dot",),
    counterexample=(
        "import numpy as np\n"
        "def normalised(t): return np.exp(t - t.max()) / np.exp(t - t.max()).sum()\n"
        "q, k = np.array([1.0, 0.0]), np.array([[1.0, 0.0], [3.0, 0.0]]); d = 2\n"
        "gaussian = normalised(-((q - k) ** 2).sum(1) / (2 * np.sqrt(d)))\n"
        "print(normalised(k @ q / np.sqrt(d)), gaussian)  # the largest weight on another key\n"
        "print(normalised(k @ q / np.sqrt(d) - (k ** 2).sum(1) / (2 * np.sqrt(d))) - gaussian)  # with the bias: 0"
    ),
    references=(
        "Nadaraya 1964, On Estimating Regression; Watson 1964, Smooth Regression Analysis",
        "Tsai et al. 2019, Transformer Dissection: attention through the lens of kernel",
    ),
)
