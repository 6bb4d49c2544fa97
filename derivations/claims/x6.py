"""X6: a bilinear score of rank r by 4r tanh units, the size of its weights, and what rounding leaves of it."""

from __future__ import annotations

from sympy import Expr, Integer, Rational, symbols

from attnproof.derivations.claims.checks import limits_of_units as limits
from attnproof.derivations.language.notation import D_K, D_Q, F, I, J, R, Tensor, index, size
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.language.tensors import KEY, QUERY, WEIGHT
from attnproof.derivations.lemmas import tanh_product as units
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.met import Assumed, Because
from attnproof.derivations.proof.rules import All, Cited, Corners, Field, Squares
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import lt
from attnproof.derivations.scores import FAMILIES

RANK = size("m")  # the rank; r is a feature of the query
B = index("b")  # one of the products
LEFT = Tensor("left", "X", (RANK, D_Q), "parameter")
RIGHT = Tensor("right", "Y", (RANK, D_K), "parameter")
BILINEAR = FAMILIES["bilinear"].system.resolve().equations[-1].rhs

EPS, KAPPA, C, GAMMA, COUNT, H, RADIUS = symbols("epsilon kappa c gamma r h R", positive=True)
UNIT, OFF, FACTOR = symbols("t delta theta", real=True)

TRUNCATION = COUNT * units.RATE * H**2 * RADIUS**4
NORM = 4 * COUNT / (3 * H**2)
BEST = (Rational(30, 41) * KAPPA) ** Rational(1, 4) / RADIUS
LEAST = 2 * COUNT * RADIUS**2 * (Rational(328, 135) * KAPPA) ** Rational(1, 2)


def left(b: Expr, i: Expr) -> Expr:
    """``x[b] = Σ_r X[b,r] q[i,r]``."""
    return total(LEFT[b, R] * QUERY[i, R], (R, D_Q))


def right(b: Expr, j: Expr) -> Expr:
    """``y[b] = Σ_f Y[b,f] k[j,f]``."""
    return total(RIGHT[b, F] * KEY[j, F], (F, D_K))


FACTORED = put(BILINEAR, WEIGHT, lambda r, f: total(LEFT[B, r] * RIGHT[B, f], (B, RANK)))
PRODUCTS = total(left(B, I) * right(B, J), (B, RANK))
SQUARES = total(((left(B, I) + right(B, J)) ** 2 - (left(B, I) - right(B, J)) ** 2) / 4, (B, RANK))


def output_weights(norm: Expr) -> Field:
    """Four units for each of r products, each of output weight ``1/(4 h² |tanh''(b)|)``: ``Σ|v| = norm``."""
    curvature = Equation(Tensor("curvature", "c", ()), (), units.CURVATURE)
    return Field(4 * COUNT / (4 * H**2 * -curvature.lhs), norm, definitions=(curvature,))


def step_for(tolerance: Expr, step: Expr, weight: Expr) -> All:
    """The truncation error at h² = ``step`` is ``tolerance``, and each output weight is then ``weight``."""
    squared = Equation(Tensor("squared_step", "s", ()), (), step)
    error = COUNT * units.RATE * squared.lhs * RADIUS**4
    there = (lt(ZERO, squared.lhs),)
    return All(
        (
            Field(error, tolerance, there, definitions=(squared,)),
            Field(1 / (3 * squared.lhs), weight, there, definitions=(squared,)),
        )
    )


def one_unit(bound: Expr) -> Corners:
    """``(t + δ)(1 + θ) − t`` with |t| <= 1, |δ| <= c, |θ| <= γ is at most ``bound``: affine in each variable."""
    return Corners((UNIT + OFF) * (1 + FACTOR) - UNIT, ((UNIT, Integer(1)), (OFF, C), (FACTOR, GAMMA)), bound)


def total_error(step: Expr) -> Expr:
    """Truncation and rounding at ``h = step``."""
    return (TRUNCATION + KAPPA * NORM).subs(H, step)


def best_value(step: Expr, value: Expr) -> Field:
    """The bound at ``h = step`` is ``value``."""
    taken = Equation(Tensor("step", "h", ()), (), step)
    error = total_error(H).subs(H, taken.lhs)
    return Field(error, value, (lt(ZERO, taken.lhs),), definitions=(taken,))


def least(value: Expr) -> All:
    """``A h² + B/h² − value = (√A h − √B/h)²``, a square, hence no h > 0 has a smaller bound."""
    root = (COUNT * units.RATE) ** Rational(1, 2) * RADIUS**2 * H
    other = (KAPPA * Rational(4, 3) * COUNT) ** Rational(1, 2) / H
    square = (root - other) ** 2
    return All((Field(total_error(H) - value, square), Squares(square)))


CLAIM = Claim(
    id="X6",
    title="Imitating a bilinear score with tanh units",
    usual="A few hidden units are enough to imitate a bilinear score.",
    headline=(
        "`4r` units for rank `r` on a bounded set, as closely as you like in real numbers; in fp32, `R = 1`, the "
        "proved bound on the error is least at a step of 0.02 to 0.03 and of order `√u`, the measured error at 0.010 "
        "to 0.015."
    ),
    statement=(
        r"In real numbers $4r$ units are, for every $\varepsilon > 0$: with $W = \sum_b X_b^T Y_b$ of $r$ products, "
        r"$|X_b q|, |Y_b k| \le R$, bias $\operatorname{artanh}\tfrac12$ and step $h$ the score of $4r$ units is "
        r"within $\tfrac{82}{45} r h^2 R^4$ of $q^T W k$. The price is their weights: $1/(3h^2)$ each, "
        r"$\tfrac{82}{135} r R^4/\varepsilon$ for an error of $\varepsilon$, with opposite signs. If each computed "
        r"tanh is off by at most $c$ and each term of the sum by a factor within $1 \pm \gamma$, rounding adds at most "
        r"$4r\kappa/(3h^2)$ with $\kappa = c + \gamma + c\gamma$. The sum of the two bounds is least at $h = "
        r"(30\kappa/41)^{1/4}/R$, where it is $2rR^2\sqrt{328\kappa/135}$: of the order of $\sqrt{\kappa}$, hence, for "
        r"$c$ and $\gamma$ of the order of $u$, of $\sqrt{u}$, not $u$. That is an upper bound only: in fp32, with $R "
        r"= 1$ and four units, it is least at a step of 0.02 to 0.03 ($\kappa$ from $7u$ to $14u$). A step below "
        r"$u/(4R)$ is lost in the bias, and the computed score of four units is 0. No finite number of units is exact "
        r"on any interval of $x = y$, or near on a set on which $|x y|$ is unbounded; it is within $\varepsilon$ of $x "
        r"y$ on $[-R, R]^2$ only with $\sum_a |v_a| \ge R^2 - \varepsilon$."
    ),
    assumptions={
        "A set on which every |X_b q| and |Y_b k| is at most R.": "norms",
        "For rounding: c includes the error of the argument; for 4r terms summed in any order γ = (4r + 1)u/(1 − (4r + "
        "1)u) < 1.": "rounding",
        "For the step lost in the bias: h(x ± y) is computed without error; sums are rounded to nearest, ties to even, "
        "to 5 bits or more.": "rounding",
        "That γ counts 4r − 1 additions, a product, the rounded output weight; no overflow, no underflow.": "rounding",
        "The rounding part is an upper bound only; 4r need not be the smallest number of units.": "convention",
    },
    met={
        "tanh_derivatives": {
            "Every order k >= 0.": (Because("the orders are those of a Taylor series"),),
        },
        "tanh_product": {
            "Exact real numbers.": (
                Because("the step speaks of real numbers; what rounding adds has steps of its own"),
            ),
            "Four units are enough; they are not claimed to be the fewest.": (Assumed("The rounding part"),),
        },
    },
    steps=(
        closed(
            "a score s of any number of units, |s| ≤ V, is bounded by its output weights: one unit more, of |v| = a",
            limits.bounded_by_weights(limits.SUM + limits.SIZE),
        ),
        closed(
            "so none comes near a product p = x y on a set on which it is unbounded",
            limits.leaves_the_product(limits.SUM + 2 * limits.EPS),
            refutes=True,
        ),
        closed(
            "and a score e within ε at x = y = R has output weights of that size",
            limits.weights_needed(limits.RADIUS**2 - limits.EPS),
        ),
        closed(
            "tanh is analytic, |tanh^(k)| ≤ 2^k k!: its Taylor terms at the radius 1/3 are at most (2/3)^k",
            limits.analytic(limits.THIRD),
            uses=("tanh_derivatives",),
        ),
        closed(
            "so a score equal to the product on an interval x = y would be so everywhere, and is not",
            Cited(
                r"f,\ g \text{ real analytic on } \mathbb{R},\ f = g \text{ on an interval}",
                r"f = g \text{ on } \mathbb{R}",
                "identity theorem: Krantz, Parks 2002, A Primer of Real Analytic Functions",
            ),
        ),
        identity("a sum of products of one feature each, at every rank and width", FACTORED, PRODUCTS),
        identity("each product by polarisation", SQUARES, PRODUCTS),
        closed(
            "the error of one product by four units, at most (82/45) h² R⁴",
            units.product_error(units.RATE),
            uses=("tanh_product",),
        ),
        closed("the output weights together, c being tanh'' at the bias", output_weights(NORM)),
        closed(
            "the step s = h² for an error of ε, and the weights that it costs",
            step_for(EPS, 45 * EPS / (82 * COUNT * RADIUS**4), 82 * COUNT * RADIUS**4 / (135 * EPS)),
        ),
        closed("rounding of one unit, at the corners", one_unit(C + GAMMA + C * GAMMA)),
        closed("both bounds at the best step h = (30κ/41)^(1/4)/R", best_value(BEST, LEAST)),
        closed("no step has a smaller one: the difference is a square", least(LEAST)),
        closed(
            "a step below u/(4R) is lost in the bias: in units of the spacing, the bias is nearer to the sum than any "
            "other number d away; artanh ½ has room on both sides in the formats of 8 to 53 bits; four equal units of "
            "two signs each cancel in every order, all partial sums being 0, 1 or 2 times one number",
            limits.absorbed(limits.U / (4 * limits.RADIUS)),
            refutes=True,
        ),
    ),
    altered={
        "a bound that does not grow with the units": limits.bounded_by_weights(limits.SUM),
        "a product as far out as the weights is out of reach": limits.leaves_the_product(limits.SUM),
        "weights of total size R²": limits.weights_needed(limits.RADIUS**2),
        "Taylor terms at the radius 1/2": limits.analytic(Rational(1, 2)),
        "a step of twice the size is lost in the bias": limits.absorbed(limits.U / (2 * limits.RADIUS)),
        "output weights of half the size": output_weights(NORM / 2),
        "rounding of one unit without its product": one_unit(C + GAMMA),
        "half the least bound": least(LEAST / 2),
    },
    scores=("bilinear", "additive", "concat"),
    counterexample=(
        "import numpy as np\n"
        "x, y = np.random.default_rng(0).uniform(-1, 1, (2, 10000))\n"
        "def error(h, kind):\n"
        "    u, w, g, b = (np.asarray(a, kind) for a in (x, y, h, np.arctanh(0.5)))\n"
        "    t = [np.tanh(b + z * g) for z in (u + w, -u - w, u - w, w - u)]\n"
        "    return float(abs((t[2] + t[3] - t[0] - t[1]) / (3 * g * g) - x * y).max())\n"
        "for kind in (np.float32, np.float64):\n"
        "    print([error(h, kind) for h in (1e-1, 1e-2, 1e-4, 1e-6)])   # four units: smaller steps end up worse"
    ),
    references=(FAMILIES["additive"].source, "Higham 2002, Accuracy and Stability of Numerical Algorithms"),
)
