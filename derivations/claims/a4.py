"""A4: partial softmax results (maximum, sum, weighted sum) and their merge, exactly and with rounding."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from math import exp as float_exp

from sympy import Expr, Integer, Symbol, exp, expand, oo, symbols

from attnproof.derivations.language.notation import D_V, N_K, J, L, P, Tensor, index, size
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.proof.claim import Claim
from attnproof.derivations.proof.identities import split_sum
from attnproof.derivations.proof.met import Assumed
from attnproof.derivations.proof.rules import All, Computed, Corners, Equal, Field, Tends
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed, identity

Partial = tuple[
    Expr, Expr, Expr
]  # maximum m, sum ℓ of exp(e − m), sum o of exp(e − m) V for one component of the values

N_1, N_2, R, F = size("n_1"), size("n_2"), index("r"), index("f")
E = Tensor("scores", "e", (N_1 + N_2,))
V = Tensor("value", "V", (N_1 + N_2, D_V))
ALL = Tensor("all_scores", "e", (N_K,))
ALL_V = Tensor("all_values", "V", (N_K, D_V))
M, M_1, M_2 = (Tensor(name, name, ())[()] for name in ("m", "m_1", "m_2"))
L_1, L_2, O_1, O_2, L_3, O_3 = (Tensor(n, n, ())[()] for n in ("l_1", "l_2", "o_1", "o_2", "l_3", "o_3"))
S, T = symbols("s t", nonnegative=True)
U, DEPTH = Symbol("u", positive=True), Symbol("D", integer=True, nonnegative=True)
U_LOG, EXP_LOG = symbols("u' epsilon'", positive=True)  # u/(1 − u) and ε/(1 − ε), bounds on |ln(1 + δ)|
BUDGET = Symbol("B", positive=True)
NUMERATOR, DENOMINATOR, DIVISION = symbols("theta_1 theta_2 lambda", real=True)
PER_MERGE = 2 * U_LOG + EXP_LOG
DELTA, BY_EXP, BY_PRODUCT, BY_SUM = symbols("delta lambda_1 lambda_2 lambda_3", real=True)
SCORE, X = symbols("e x", real=True)
LARGEST = ("max", "m_x", "m_y")
PROGRAM = (
    LARGEST,
    (
        "plus",
        ("times", "l_x", ("exp", ("minus", "m_x", LARGEST))),
        ("times", "l_y", ("exp", ("minus", "m_y", LARGEST))),
    ),
)


def larger(a: Expr, b: Expr) -> Expr:
    """The larger one of two maxima whose difference has a known sign. Raises ValueError where it has not."""
    for one, other in ((a, b), (b, a)):
        if expand(one - other).is_nonnegative:
            return one
    raise ValueError(f"the order of {a} and {b} is not known")


def merge(x: Partial, y: Partial) -> Partial:
    """Both partial results brought to the larger maximum, then added."""
    m = larger(x[0], y[0])
    f, g = exp(x[0] - m), exp(y[0] - m)
    return m, x[1] * f + y[1] * g, x[2] * f + y[2] * g


def first_maximum(x: Partial, y: Partial) -> Partial:
    """A wrong merge: both brought to the first maximum."""
    return x[0], x[1] + y[1] * exp(y[0] - x[0]), x[2] + y[2] * exp(y[0] - x[0])


def named(word: str, rhs: Expr) -> Equation:
    """A number by a name, so that a step can show both sides before they are written out."""
    return Equation(Tensor(word, word, ()), (), rhs)


def commutative(merge_: Callable[[Partial, Partial], Partial]) -> All:
    """``x ∘ y = y ∘ x`` in both orders of the maxima; of ℓ, as o has the same equation."""
    parts = []
    for a, b in permutations((M, M + S)):
        x, y = (a, L_1, O_1), (b, L_2, O_2)
        there, back = named("x", merge_(x, y)[1]), named("y", merge_(y, x)[1])
        parts.append(Equal(there.lhs, back.lhs, definitions=(there, back)))
    return All(tuple(parts))


def associative(merge_: Callable[[Partial, Partial], Partial]) -> All:
    """``(x ∘ y) ∘ z = x ∘ (y ∘ z)`` in all orders of the three maxima m, m + s, m + s + t with s, t >= 0; of ℓ."""
    parts = []
    for a, b, c in permutations((M, M + S, M + S + T)):
        x, y, z = (a, L_1, O_1), (b, L_2, O_2), (c, L_3, O_3)
        first, last = named("x", merge_(merge_(x, y), z)[1]), named("z", merge_(x, merge_(y, z))[1])
        parts.append(Equal(first.lhs, last.lhs, definitions=(first, last)))
    return All(tuple(parts))


def merge_program(x: str, y: str) -> tuple[object, ...]:
    """The program of a merge, as a tree of its operations; the arguments of a maximum and of a sum, which are
    commutative in IEEE 754 too, in alphabetical order.
    """

    def operation(name: str, *arguments: object) -> tuple[object, ...]:
        ordered = sorted(arguments, key=str) if name in {"max", "plus"} else arguments
        return (name, *ordered)

    m = operation("max", f"m_{x}", f"m_{y}")
    scaled = [operation("times", f"l_{z}", operation("exp", operation("minus", f"m_{z}", m))) for z in (x, y)]
    return m, operation("plus", *scaled)


def two_orders(*values: str) -> tuple[str, str]:
    """Three keys of score 0 with these values, in double precision: the contexts of ``(a ∘ b) ∘ c`` and
    ``a ∘ (b ∘ c)``.
    """

    def rounded(x: tuple[float, float, float], y: tuple[float, float, float]) -> tuple[float, float, float]:
        m = max(x[0], y[0])
        f, g = float_exp(x[0] - m), float_exp(y[0] - m)
        return m, x[1] * f + y[1] * g, x[2] * f + y[2] * g

    a, b, c = ((0.0, 1.0, float(value)) for value in values)
    left, right = rounded(rounded(a, b), c), rounded(a, rounded(b, c))
    return str(left[2] / left[1]), str(right[2] / right[1])


def one_merge(added: Expr) -> Corners:
    """A merge that raises the maximum by s: the logarithm of a contribution moves by at most ``added``.

    The program multiplies by ``exp(−s (1 + δ))`` with a rounding for the exponential, the product and the sum, the
    exact value by ``exp(−s)``; u' and ε' bound the logarithms of the roundings.
    """
    moved = (-S * (1 + DELTA) + BY_EXP + BY_PRODUCT + BY_SUM) - (-S)
    return Corners(moved, ((DELTA, U), (BY_EXP, EXP_LOG), (BY_PRODUCT, U_LOG), (BY_SUM, U_LOG)), added)


def budget(depth: Expr, maximum: Expr) -> Expr:
    """What may have been added to the logarithm of a contribution of score e below ``depth`` merges."""
    return depth * PER_MERGE + U * (maximum - SCORE)


def quotient(bound: Expr) -> Corners:
    """``e^(θ_1) / e^(θ_2) · e^λ``, |θ| <= B and |λ| <= u': the exponent is within ± ``bound``."""
    box = ((NUMERATOR, BUDGET), (DENOMINATOR, BUDGET), (DIVISION, U_LOG))
    return Corners(NUMERATOR - DENOMINATOR + DIVISION, box, bound)


def block(e: Callable[[Expr], Expr], v: Callable[[Expr], Expr], n: Expr, m: Expr) -> tuple[Expr, Expr]:
    """``Σ exp(e − m)`` and ``Σ exp(e − m) V`` over the n keys of one block."""
    return total(exp(e(R) - m), (R, n)), total(exp(e(R) - m) * v(R), (R, n))


FIRST = block(lambda r: E[r], lambda r: V[r, P], N_1, M_1)
SECOND = block(lambda r: E[N_1 + r], lambda r: V[N_1 + r, P], N_2, M_2)
WHOLE = (
    split_sum(total(exp(E[J] - M), (J, N_1 + N_2)), N_1, (R, F)),
    split_sum(total(exp(E[J] - M) * V[J, P], (J, N_1 + N_2)), N_1, (R, F)),
)

CLAIM = Claim(
    id="A4",
    title="Streaming softmax",
    usual="The merge of partial softmax results equals the one-pass result.",
    headline=("Exactly, in real numbers; with rounding it is commutative, not associative, and within a proved bound."),
    statement=(
        r"A block of keys is kept as $(m, \ell, o)$: the maximum of its scores, $\ell = \sum_j e^{e_j - m}$, $o = "
        r"\sum_j e^{e_j - m} V_j$. With real numbers the merge $m = \max(m_1, m_2)$, $\ell = \ell_1 e^{m_1 - m} + "
        r"\ell_2 e^{m_2 - m}$, $o$ likewise, is commutative and associative, gives what one pass over both blocks "
        r"gives at all sizes, and $o/\ell$ is the context of attention. A block without keys, $(-\infty, 0, 0)$, is "
        r"neutral, but merging two of them needs a case of its own. With rounding the merge is still commutative, no "
        r"longer associative: the result depends on the order in its last bits. For every order, with at most $D$ "
        r"merges above any key, $|\hat c - c| \le (e^{2B + u/(1-u)} - 1) \sum_j \alpha_j |V_j|$ with $B = "
        r"D\,(\tfrac{2u}{1-u} + \tfrac{\epsilon}{1-\epsilon}) + u\,(\max e - \min e)$."
    ),
    assumptions={
        "Finite scores, taken as given; at least one key that is not masked.": "ranges",
        "Rounding: unit roundoff u < 1, exponentials within 1 ± ε, ε < 1, no underflow, no overflow.": "rounding",
        "Rounding: every key enters as (e, 1, V) exactly, and there is one division at the end.": "rounding",
        "Commutative with rounding: addition and maximum are commutative, as in IEEE 754, and no product is fused with "
        "the sum.": "rounding",
    },
    met={
        "rounding_as_factor": {
            "Relative errors below 1 in size.": (Assumed("Rounding: unit roundoff"),),
        },
    },
    steps=(
        closed(
            "commutative: both orders of the maxima m and m + s; ℓ of x ∘ y and of y ∘ x, o has the same equation",
            commutative(merge),
        ),
        closed(
            "associative: all six orders of the maxima m, m + s, m + s + t; ℓ of (x ∘ y) ∘ z and of x ∘ (y ∘ z)",
            associative(merge),
        ),
        identity(
            "the sum over two blocks from the sums of each, whatever the three reference points",
            WHOLE[0],
            exp(M_1 - M) * FIRST[0] + exp(M_2 - M) * SECOND[0],
        ),
        identity(
            "the weighted sum over two blocks likewise", WHOLE[1], exp(M_1 - M) * FIRST[1] + exp(M_2 - M) * SECOND[1]
        ),
        identity(
            "the quotient is the context, whatever the reference point",
            total(exp(ALL[J] - M) * ALL_V[J, P], (J, N_K)) / total(exp(ALL[L] - M), (L, N_K)),
            total(exp(ALL[J]) / total(exp(ALL[L]), (L, N_K)) * ALL_V[J, P], (J, N_K)),
        ),
        closed(
            "a block without keys adds nothing: its sums are 0, and so is the factor of its maximum −∞",
            Tends(exp(X - M), X, -oo, ZERO),
        ),
        closed(
            "two blocks without keys: −∞ − (−∞) is not defined, the difference depends on the way there",
            All((Tends((M - X) - (-X), X, oo, M), Tends((-X) - (-2 * X), X, oo, oo))),
        ),
        closed(
            "exchanging the arguments exchanges those of a maximum and of a sum only: commutative with rounding too",
            All(
                (
                    Computed("claims.a4:merge_program", ("x", "y"), PROGRAM),
                    Computed("claims.a4:merge_program", ("y", "x"), PROGRAM),
                )
            ),
        ),
        closed(
            "not associative with rounding: three equal scores, values 0.1, 0.2, 0.3 in double precision, both orders",
            Computed("claims.a4:two_orders", ("0.1", "0.2", "0.3"), ("0.20000000000000004", "0.19999999999999998")),
            refutes=True,
        ),
        closed(
            "a merge that raises the maximum by s: e^x of the rounded −s, a product, a sum",
            one_merge(PER_MERGE + U * S),
            uses=("rounding_as_factor",),
        ),
        closed(
            "raises add up to m − e: what D merges may have added, and one more",
            Field(budget(DEPTH + 1, M + S), budget(DEPTH, M) + PER_MERGE + U * S),
        ),
        closed(
            "numerator, denominator, division: the coefficient of each V is its weight times a factor e^θ, the "
            "denominator is a mean of factors, |θ| ≤ T = 2B + u/(1 − u): |ĉ − c| ≤ (e^T − 1) Σ α |V|",
            quotient(2 * BUDGET + U_LOG),
            uses=("rounding_as_factor",),
        ),
    ),
    altered={
        "exact values in place of 0.1, 0.2, 0.3: the order matters": Computed(
            "claims.a4:two_orders", ("0.25", "0.5", "0.75"), ("0.5", "0.49999999999999994")
        ),
        "a merge that keeps the first maximum": commutative(first_maximum),
        "a merge whose exponential is exact": one_merge(2 * U_LOG + U * S),
        "a merge more that costs a rounding less": Field(
            budget(DEPTH + 1, M + S), budget(DEPTH, M) + U_LOG + EXP_LOG + U * S
        ),
        "a division that is exact": quotient(2 * BUDGET),
        "the factor of a block without keys is 1": Tends(exp(X - M), X, -oo, Integer(1)),
    },
    counterexample=(
        "import numpy as np\n"
        "def merge(x, y):\n"
        "    m = max(x[0], y[0]); f, g = np.exp(x[0] - m), np.exp(y[0] - m)\n"
        "    return m, x[1] * f + y[1] * g, x[2] * f + y[2] * g\n"
        "x, y, z = [(0.0, 1.0, value) for value in (0.1, 0.2, 0.3)]\n"
        "left, right = merge(merge(x, y), z), merge(x, merge(y, z))\n"
        "print(left[2] / left[1], right[2] / right[1])  # 0.20000000000000004 and 0.19999999999999998\n"
        "print(merge(x, y) == merge(y, x))              # True"
    ),
    references=(
        "Milakov, Gimelshein 2018, Online normalizer calculation for softmax",
        "Dao et al. 2022, FlashAttention",
    ),
)
