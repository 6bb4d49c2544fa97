"""X6: a bilinear score of rank r by 4r tanh units, the size of its weights, and what rounding leaves of it."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer, Rational, symbols

from attnproof.derivations.claims.checks import limits_of_units as limits
from attnproof.derivations.language.notation import D_K, D_Q, F, I, J, R, Tensor, index, size
from attnproof.derivations.language.system import total
from attnproof.derivations.language.tensors import KEY, QUERY, WEIGHT
from attnproof.derivations.lemmas import tanh_product as units
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.identities import put
from attnproof.derivations.proof.reasoning import bounded_on_box, same
from attnproof.derivations.proof.steps import identity
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


def output_weights(norm: Expr) -> bool:
    """Four units for each of r products, each of output weight ``1/(4 h² |tanh''(b)|)``: ``Σ|v| = norm``."""
    return units.curvature(units.CURVATURE).holds() and same(4 * COUNT / (4 * H**2 * -units.CURVATURE), norm)


def step_for(tolerance: Expr, step: Expr, weight: Expr) -> bool:
    """The truncation error at h² = ``step`` is ``tolerance``, and each output weight is then ``weight``."""
    return same(TRUNCATION.subs(H, step ** Rational(1, 2)), tolerance) and same(1 / (3 * step), weight)


def one_unit(bound: Expr) -> bool:
    """``(t + δ)(1 + θ) − t`` with |t| <= 1, |δ| <= c, |θ| <= γ is at most ``bound``: affine in each variable."""
    return bounded_on_box((UNIT + OFF) * (1 + FACTOR) - UNIT, {UNIT: Integer(1), OFF: C, FACTOR: GAMMA}, bound)


def total_error(step: Expr) -> Expr:
    """Truncation and rounding at ``h = step``."""
    return (TRUNCATION + KAPPA * NORM).subs(H, step)


def best_value(step: Expr, value: Expr) -> bool:
    """The bound at ``h = step`` is ``value``."""
    return same(total_error(step), value)


def least(value: Expr) -> bool:
    """``A h² + B/h² − value = (√A h − √B/h)²``, a square, hence no h > 0 has a smaller bound."""
    root = (COUNT * units.RATE) ** Rational(1, 2) * RADIUS**2 * H
    other = (KAPPA * Rational(4, 3) * COUNT) ** Rational(1, 2) / H
    square = (root - other) ** 2
    return same(total_error(H) - value, square) and bool(square.is_nonnegative)


CLAIM = Claim(
    id="X6",
    title="Imitating a bilinear score with tanh units",
    usual="A few hidden units are enough to imitate a bilinear score.",
    headline=(
        "`4r` units for rank `r` on a bounded set, as closely as you like in real numbers; in fp32 the proved "
        "bound on the error is least at a step of 0.02 to 0.03 and of order `√u`, the measured error at 0.010 to "
        "0.015."
    ),
    statement=(
        r"In real numbers $4r$ units are, for every $\varepsilon > 0$: with $W = \sum_b X_b^T Y_b$ of $r$ products, "
        r"$|X_b q|, |Y_b k| \le R$, bias $\operatorname{artanh}\tfrac12$ and step $h$ the score of $4r$ units is "
        r"within $\tfrac{82}{45} r h^2 R^4$ of $q^T W k$. The price is their weights: $1/(3h^2)$ each, "
        r"$\tfrac{82}{135} r R^4/\varepsilon$ for an error of $\varepsilon$, with opposite signs. If each computed "
        r"tanh is off by at most $c$ and each term of the sum by a factor within $1 \pm \gamma$, rounding adds at most "
        r"$4r\kappa/(3h^2)$ with $\kappa = c + \gamma + c\gamma$. The sum of the two bounds is least at $h = "
        r"(30\kappa/41)^{1/4}/R$, where it is $2rR^2\sqrt{328\kappa/135}$: of the order of $\sqrt{u}$, not $u$. That "
        r"is an upper bound only: in fp32, with $R = 1$ and four units, it is least at a step of 0.02 to 0.03 "
        r"($\kappa$ from $7u$ to $14u$), the measured error at 0.010 to 0.015. A step below $u/(4R)$ is lost in the "
        r"bias, and the computed score is 0. No finite number of units is exact on any interval of $x = y$, or near on "
        r"a set on which $|x y|$ is unbounded; it is within $\varepsilon$ of $x y$ on $[-R, R]^2$ only with $\sum_a "
        r"|v_a| \ge R^2 - \varepsilon$."
    ),
    assumptions={
        "A set on which every |X_b q| and |Y_b k| is at most R.": "norms",
        "For rounding: c includes the error of the argument; for 4r terms summed in any order γ = (4r + 1)u/(1 − (4r + "
        "1)u) < 1.": "rounding",
        "For the step lost in the bias: h(x ± y) is computed without error; sums are rounded to nearest.": "rounding",
        "That γ counts 4r − 1 additions, a product, the rounded output weight; no overflow, no underflow.": "rounding",
        "The rounding part is an upper bound only; 4r need not be the smallest number of units.": "convention",
    },
    steps=(
        Step(
            "a score of any number of units is bounded by its output weights: one unit more",
            r"|s + v_a \tanh(z_a)|,\ |s| \le V => \le V + |v_a|",
            partial(limits.bounded_by_weights, limits.SUM + limits.SIZE),
        ),
        Step(
            "so none comes near a product on a set on which the product is unbounded",
            r"|x y - e|,\ |e| \le V,\ |x y| \ge V + 2 \varepsilon => > \varepsilon",
            partial(limits.leaves_the_product, limits.SUM + 2 * limits.EPS),
            refutes=True,
        ),
        Step(
            "and a score within ε at x = y = R has output weights of that size",
            r"R^2 - \varepsilon \le e \le \textstyle\sum_a |v_a| => \textstyle\sum_a |v_a| \ge R^2 - \varepsilon",
            partial(limits.weights_needed, limits.RADIUS**2 - limits.EPS),
        ),
        Step(
            "tanh is analytic: a score equal to the product on an interval x = y would be so everywhere, and is not",
            r"\frac{|\tanh^{(k)}|}{k!} \cdot 3^{-k} => \le \left(\tfrac23\right)^k",
            partial(limits.analytic, limits.THIRD),
            uses=("tanh_derivatives",),
        ),
        identity("a sum of products of one feature each, at every rank and width", FACTORED, PRODUCTS),
        identity("each product by polarisation", SQUARES, PRODUCTS),
        Step(
            "the error of one product by four units",
            r"\left|\textstyle\sum_{a=1}^{4} v_a \tanh(z_a) - x y\right| => \le \tfrac{82}{45} h^2 R^4",
            units.product_error(units.RATE).holds,
            uses=("tanh_product",),
        ),
        Step(
            "the output weights together", r"\textstyle\sum_a |v_a| => \frac{4r}{3h^2}", partial(output_weights, NORM)
        ),
        Step(
            "the step for an error of ε, and the weights that it costs",
            r"h^2 = \frac{45 \varepsilon}{82 r R^4} => \frac{1}{3h^2} = \frac{82 r R^4}{135 \varepsilon}",
            partial(step_for, EPS, 45 * EPS / (82 * COUNT * RADIUS**4), 82 * COUNT * RADIUS**4 / (135 * EPS)),
        ),
        Step(
            "rounding of one unit, at the corners",
            r"|(t + \delta)(1 + \theta) - t| => \le c + \gamma + c \gamma",
            partial(one_unit, C + GAMMA + C * GAMMA),
        ),
        Step(
            "both bounds at the best step",
            r"\tfrac{82}{45} r h^2 R^4 + \frac{4 r \kappa}{3 h^2},\ h = (30\kappa/41)^{1/4}/R"
            r" => 2 r R^2 \sqrt{328 \kappa/135}",
            partial(best_value, BEST, LEAST),
        ),
        Step(
            "no step has a smaller one: the difference is a square",
            r"\tfrac{82}{45} r h^2 R^4 + \frac{4 r \kappa}{3 h^2} - 2 r R^2 \sqrt{328 \kappa/135}"
            r" => \left(\sqrt{\tfrac{82 r}{45}} R^2 h - \sqrt{\tfrac{4 r \kappa}{3}} / h\right)^2",
            partial(least, LEAST),
        ),
        Step(
            "a step lost in the bias: its sum with the bias rounds to the bias, all four units are equal and cancel",
            r"h < \frac{u}{4R}:\ \operatorname{fl}(\hat b \pm h z) = \hat b"
            r" => \hat t + \hat t - \hat t - \hat t = 0,\ \text{error } |x y|",
            partial(limits.absorbed, limits.U / (4 * limits.RADIUS)),
            refutes=True,
        ),
    ),
    altered={
        "a bound that does not grow with the units": partial(limits.bounded_by_weights, limits.SUM),
        "a product as far out as the weights is out of reach": partial(limits.leaves_the_product, limits.SUM),
        "a step of twice the size is lost in the bias": partial(limits.absorbed, limits.U / (2 * limits.RADIUS)),
        "output weights of half the size": partial(output_weights, NORM / 2),
        "rounding of one unit without its product": partial(one_unit, C + GAMMA),
        "half the least bound": partial(least, LEAST / 2),
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
