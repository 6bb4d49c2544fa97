"""A4: partial softmax results (maximum, sum, weighted sum) and their merge, exactly and with rounding."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import permutations
from math import exp as float_exp

from sympy import Expr, Integer, Symbol, diff, exp, expand, nan, oo, symbols

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.notation import D_V, N_K, J, L, P, Tensor, index, size
from attnproof.derivations.language.system import total
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.identities import split_sum
from attnproof.derivations.proof.reasoning import bounded_on_box, same
from attnproof.derivations.proof.steps import identity

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


def _agree(x: Partial, y: Partial) -> bool:
    return all(equal(a, b) for a, b in zip(x, y, strict=True))


def commutative(merge_: Callable[[Partial, Partial], Partial]) -> bool:
    """``x ∘ y = y ∘ x`` in both orders of the maxima."""
    return all(
        _agree(merge_((a, L_1, O_1), (b, L_2, O_2)), merge_((b, L_2, O_2), (a, L_1, O_1)))
        for a, b in permutations((M, M + S))
    )


def associative(merge_: Callable[[Partial, Partial], Partial]) -> bool:
    """``(x ∘ y) ∘ z = x ∘ (y ∘ z)`` in all orders of the three maxima m, m + s, m + s + t with s, t >= 0."""
    for a, b, c in permutations((M, M + S, M + S + T)):
        x, y, z = (a, L_1, O_1), (b, L_2, O_2), (c, L_3, O_3)
        if not _agree(merge_(merge_(x, y), z), merge_(x, merge_(y, z))):
            return False
    return True


def neutral(empty: Partial) -> bool:
    """``x ∘ empty = x``: the rescaled sums of the empty result vanish, and those of x stay."""
    scale = exp(empty[0] - M)
    return bool(empty[0] - M == -oo) and same(L_1 + empty[1] * scale, L_1) and same(O_1 + empty[2] * scale, O_1)


def undefined(difference: Callable[[Expr, Expr], Expr], m: Expr) -> bool:
    """The difference of two equal maxima m is not a number."""
    return bool(difference(m, m) is nan)


def symmetric_program(maximum: str, addition: str) -> bool:
    """The program of the merge is the same with its arguments exchanged, up to the order in commutative operations."""

    def operation(name: str, *arguments: object) -> object:
        ordered = sorted(arguments, key=str) if name in {maximum, addition} else arguments
        return (name, *ordered)

    def program(x: str, y: str) -> object:
        m = operation("max", f"m_{x}", f"m_{y}")
        scaled = [operation("times", f"l_{z}", operation("exp", operation("minus", f"m_{z}", m))) for z in (x, y)]
        return m, operation("plus", *scaled)

    return program("x", "y") == program("y", "x")


def in_float(values: tuple[float, float, float]) -> bool:
    """Three keys of score 0 with these values, in double precision: the two orders of merging differ in the context."""

    def rounded(x: tuple[float, float, float], y: tuple[float, float, float]) -> tuple[float, float, float]:
        m = max(x[0], y[0])
        f, g = float_exp(x[0] - m), float_exp(y[0] - m)
        return m, x[1] * f + y[1] * g, x[2] * f + y[2] * g

    a, b, c = ((0.0, 1.0, value) for value in values)
    left, right = rounded(rounded(a, b), c), rounded(a, rounded(b, c))
    return left[2] / left[1] != right[2] / right[1]


def one_merge(added: Expr) -> bool:
    """A merge that raises the maximum by s: the logarithm of a contribution moves by at most ``added``, and ``added``
    sums up to ``D (2 u' + ε') + u (m − e)`` over D merges.

    The program multiplies by ``exp(−s (1 + δ))`` with a rounding for the exponential, the product and the sum, the
    exact value by ``exp(−s)``; u' and ε' bound the logarithms of the roundings.
    """
    delta, by_exp, by_product, by_sum = symbols("delta lambda_1 lambda_2 lambda_3", real=True)
    moved = (-S * (1 + delta) + by_exp + by_product + by_sum) - (-S)
    box = {delta: U, by_exp: EXP_LOG, by_product: U_LOG, by_sum: U_LOG}
    score = ALL[J]

    def budget(depth: Expr, maximum: Expr) -> Expr:
        return depth * PER_MERGE + U * (maximum - score)

    adds_up = same(budget(Integer(0), score), Integer(0)) and same(budget(DEPTH + 1, M + S) - budget(DEPTH, M), added)
    affine = (
        all(not diff(moved, x).free_symbols & set(box) for x in box) and expand(moved).subs(dict.fromkeys(box, 0)) == 0
    )
    largest = sum((abs(diff(moved, x)) * size_ for x, size_ in box.items()), Integer(0))
    return adds_up and bool(affine) and same(largest, added)


def quotient(bound: Expr) -> bool:
    """``e^(θ_1) / e^(θ_2) · e^λ``, |θ| <= B and |λ| <= u': the exponent is within ± ``bound``, and reaches it."""
    exponent = NUMERATOR - DENOMINATOR + DIVISION
    box = {NUMERATOR: BUDGET, DENOMINATOR: BUDGET, DIVISION: U_LOG}
    ends = {NUMERATOR: BUDGET, DENOMINATOR: -BUDGET, DIVISION: U_LOG}
    parts = same(exp(NUMERATOR) / exp(DENOMINATOR) * exp(DIVISION), exp(exponent))
    return parts and bounded_on_box(exponent, box, bound) and same(exponent.subs(ends), bound)


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
    steps=(
        Step(
            "both orders of the maxima",
            r"(m_1, \ell_1, o_1) \circ (m_2, \ell_2, o_2) => (m_2, \ell_2, o_2) \circ (m_1, \ell_1, o_1)",
            partial(commutative, merge),
        ),
        Step(
            "all six orders of the maxima, equal ones included",
            r"(x \circ y) \circ z => x \circ (y \circ z)",
            partial(associative, merge),
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
        Step(
            "a block without keys adds nothing",
            r"(m_1, \ell_1, o_1) \circ (-\infty, 0, 0) => (m_1, \ell_1, o_1)",
            partial(neutral, (-oo, Integer(0), Integer(0))),
        ),
        Step(
            "two blocks without keys: the exponent is not defined",
            r"(-\infty) - (-\infty) => \text{undefined}",
            partial(undefined, lambda a, b: a - b, -oo),
        ),
        Step(
            "exchanging the arguments exchanges those of a maximum and of a sum only: commutative with rounding too",
            r"\operatorname{fl}(x \circ y) => \operatorname{fl}(y \circ x)",
            partial(symmetric_program, "max", "plus"),
        ),
        Step(
            "not associative with rounding: three equal scores, values 0.1, 0.2, 0.3 in double precision",
            r"\operatorname{fl}((x \circ y) \circ z) => \ne \operatorname{fl}(x \circ (y \circ z))",
            partial(in_float, (0.1, 0.2, 0.3)),
            refutes=True,
        ),
        Step(
            "a merge that raises the maximum by s: a product, a sum, e^x of the rounded −s; raises add up to m − e",
            r"D\,c + u\,(m - e_j) => (D + 1)\,c + u\,(m + s - e_j),\ c = 2u' + \epsilon'",
            partial(one_merge, PER_MERGE + U * S),
            uses=("rounding_as_factor",),
        ),
        Step(
            "numerator, denominator, division: the coefficient of each V is its weight times a factor e^θ, the "
            "denominator is a mean of factors, |θ| ≤ T = 2B + u/(1 − u)",
            r"B + B + u' => T,\quad |\hat c - c| \le (e^T - 1) \textstyle\sum_j \alpha_j |V_j|",
            partial(quotient, 2 * BUDGET + U_LOG),
            uses=("rounding_as_factor",),
        ),
    ),
    altered={
        "exact values in place of 0.1, 0.2, 0.3: no order matters": partial(in_float, (0.25, 0.5, 0.75)),
        "a merge whose exponential is exact": partial(one_merge, 2 * U_LOG + U * S),
        "a division that is exact": partial(quotient, 2 * BUDGET),
        "a finite maximum for a block without keys": partial(neutral, (Integer(0), Integer(1), Integer(0))),
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
