"""T9: subtracting the maximum: what it leaves unchanged, what it prevents, and what stays undefined."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from sympy import Expr, Integer, Rational, Sum, Symbol, exp, nan, oo, simplify, symbols

from attnproof.derivations.bounds.formats import FORMATS, LAST_FINITE, LAST_ZERO, following
from attnproof.derivations.claims.checks.exponential_edges import Edge, gives, last_before
from attnproof.derivations.language.notation import N_K, J, L, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.reasoning import nonnegative, nonnegative_from_zero
from attnproof.derivations.proof.steps import identity
from attnproof.derivations.scores import FAMILIES

E = Tensor("scores", "e", (N_K,))
M = Tensor("m", "m", ())[()]
N, K = symbols("n k", integer=True, positive=True)
SLACK = Symbol("s", nonnegative=True)
X, Y, REST = symbols("x y R", positive=True)


def at_most_one(bound: Expr) -> bool:
    """``e^(e_j − m) <= bound`` with ``e_j = m − s``, s >= 0."""
    return nonnegative_from_zero(bound - exp(-SLACK), SLACK)


def denominator(low: Expr, high: Expr) -> bool:
    """The key with the maximum gives 1, each of the n − 1 others between 0 and 1."""
    least = exp(Integer(0)) + Sum(Integer(0), (K, 1, N - 1)).doit()
    most = exp(Integer(0)) + Sum(Integer(1), (K, 1, N - 1)).doit()
    return bool(simplify(least - low) == 0) and bool(simplify(most - high) == 0)


def counts_exactly(name: str, count: int) -> bool:
    """Whole numbers up to ``count`` are of the format, ``count + 1`` is half way between two: the tie goes to
    ``count``.

    So rounded sums of k terms in [0, 1] stay within k <= count, rounding being monotone; one term at a time they end
    there.
    """
    p, e_max = FORMATS[name]
    represented = (count - 1).bit_length() <= p and count == 2 ** (count.bit_length() - 1) and count <= 2**e_max
    spacing = Rational(2) ** (count.bit_length() - p)
    return represented and spacing == 2 and (count / spacing) % 2 == 0


def small_loss(bound: Expr) -> bool:
    """The weight of a term x beside the maximum's 1: ``x/(1 + x + R) <= bound``."""
    return nonnegative(bound - X / (1 + X + REST))


def undefined(numerator: Expr, others: Expr) -> bool:
    """``numerator/(numerator + others)`` is not a number."""
    return bool(numerator / (numerator + others) is nan)


def _program(
    rule: str, which: str, before: str, after: str, expected: tuple[Expr, ...], *, shifted: bool, refutes: bool = False
) -> Step:
    return Step(rule, f"{before} => {after}", partial(gives, which, expected, shifted=shifted), refutes)


HALF, THIRD, ONE, ZERO = Rational(1, 2), Rational(1, 3), Integer(1), Integer(0)
_EXACT = (
    identity(
        "the common factor e^(−m) cancels, whatever m is",
        exp(E[J] - M) / total(exp(E[L] - M), (L, N_K)),
        exp(E[J]) / total(exp(E[L]), (L, N_K)),
    ),
    Step(
        "no exponent is positive, so no term exceeds 1; with rounding too: it is monotone, and 0 and 1 are numbers",
        r"e^{e_j - m},\ e_j = m - s,\ s \ge 0 => \le 1",
        partial(at_most_one, Integer(1)),
    ),
    Step(
        "the key with the maximum gives 1, exactly; each other one between 0 and 1",
        r"\sum_j e^{e_j - m} => \in [1, n]",
        partial(denominator, Integer(1), N),
    ),
    Step(
        "a term exceeds its weight, the maximum being 1: one that underflows costs at most half the least number",
        r"\frac{x}{1 + x + R} => \le x",
        partial(small_loss, X),
    ),
    *(
        Step(
            f"{name}: rounded sums of k terms stay within k, up to this k; one term at a time they end there",
            rf"\sum_j \mathrm{{fl}}(e^{{e_j - m}}) => \in [1, n],\ n \le 2^{{{p}}}",
            partial(counts_exactly, name, 2**p),
        )
        for name, (p, _) in FORMATS.items()
    ),
)
_EDGES: tuple[tuple[Edge, Mapping[str, Rational], str, str], ...] = (
    ("overflow", LAST_FINITE, "infinity", r"e^x < 2^{{{e}}}(1 - 2^{{-{p}}}) => x \le {x}"),
    ("underflow", LAST_ZERO, "0", r"e^x < 2^{{-{t}}} => x \le {x}"),
)
_THRESHOLDS = tuple(
    Step(
        f"{name}: adjacent numbers, their exponentials enclosed in balls on both sides of the edge to {result}",
        formula.format(e=e_max + 1, p=p + 1, t=p + e_max - 1, x=repr(float(x))),
        partial(last_before, name, edge, x),
    )
    for edge, table, result, formula in _EDGES
    for name, x in table.items()
    for p, e_max in (FORMATS[name],)
)
_PROGRAMS = (
    Step(
        "n terms that are 0, at every n",
        r"0 / \sum_j 0 => \text{undefined}",
        partial(undefined, ZERO, Sum(ZERO, (K, 1, N - 1)).doit()),
    ),
    Step(
        "an infinite term, whatever the finite sum R of the others",
        r"\infty / (\infty + R) => \text{undefined}",
        partial(undefined, oo, REST),
    ),
    Step(
        "an undefined term makes the sum, and so every weight, undefined",
        r"x / (x + R + \text{NaN}) => \text{undefined}",
        partial(undefined, X, REST + nan),
    ),
    _program(
        "not shifted, all scores at the last number with exponential 0: 0/0, in every format",
        "three that underflow",
        r"0 / (0 + 0 + 0)",
        r"\text{NaN}",
        (nan,) * 3,
        shifted=False,
    ),
    _program(
        "the same scores shifted", "three that underflow", r"1/(1 + 1 + 1)", r"\tfrac13", (THIRD,) * 3, shifted=True
    ),
    _program(
        "not shifted, a score above the last number with finite exponential: ∞/∞, in every format",
        "one that overflows",
        r"\infty/(\infty + 1)",
        r"\text{NaN}",
        (nan, ZERO),
        shifted=False,
    ),
    _program(
        "not shifted, two scores whose exponentials are just finite: their sum is not, and the weights are 0",
        "two just finite",
        r"x/\mathrm{fl}(x + x)",
        "0",
        (ZERO, ZERO),
        shifted=False,
    ),
    _program("the same scores shifted", "two just finite", r"1/(1 + 1)", r"\tfrac12", (HALF, HALF), shifted=True),
    _program(
        "shifted, the largest number and its negative: their difference overflows to −∞, whose exponential is 0",
        "the extremes",
        r"e^{-\infty}/(1 + 0)",
        r"0",
        (ONE, ZERO),
        shifted=True,
    ),
    _program("shifted, one key masked by −∞", "one masked", r"e^{-\infty - 0}/(1 + 0)", "0", (ONE, ZERO), shifted=True),
    _program(
        "shifted, every key masked",
        "all masked",
        r"(-\infty) - (-\infty)",
        r"\text{NaN}",
        (nan, nan),
        shifted=True,
        refutes=True,
    ),
    _program(
        "shifted, +∞ among the scores: its own term is undefined, and with it the sum and every weight",
        "one infinite",
        r"\infty - \infty",
        r"\text{NaN}",
        (nan, nan),
        shifted=True,
        refutes=True,
    ),
)

CLAIM = Claim(
    id="T9",
    title="Subtracting the maximum",
    usual="Subtracting the maximum leaves the weights unchanged and prevents overflow.",
    headline=("And the 0/0 of very negative scores; not `+∞` among the scores, nor rows whose keys are all masked."),
    statement=(
        r"For finite scores it does: every exponent is at most 0, every term at most 1, the denominator within "
        r"$[1, n]$. Without it a score above 11.0859375 in fp16 or 88.5 in bf16, or from 88.72284 on in fp32, from "
        r"709.7828 on in fp64, gives $\infty/\infty$; two scores at the last number below that give weights 0, "
        r"since the sum overflows; and if every score is at most $-17.34375$, $-93$, $-103.9721$, $-745.1333$, the "
        r"weights are 0/0. Undefined even with it: every key masked, $-\infty - (-\infty)$, and $+\infty$ among "
        r"the scores, which makes every weight NaN. A difference that overflows to $-\infty$ is harmless. The "
        r"rounding of $e_j - m$ is that of B1."
    ),
    assumptions={
        "Unchanged: finite real scores, exact arithmetic, any number of keys.": "ranges",
        "In programs, exp and each operation are correctly rounded, ties to even; subnormals are kept.": "rounding",
        "The rounded denominator: the sum is in the format, n ≤ 2^p or the terms are added one at a time.": "rounding",
    },
    steps=(*_EXACT, *_THRESHOLDS, *_PROGRAMS),
    altered={
        "a denominator below n": partial(denominator, ONE, N - 1),
        "sums that count exactly twice as far, in fp16": partial(counts_exactly, "fp16", 2**12),
        "the next number is the last with a finite exponential, in fp32": partial(
            last_before, "fp32", "overflow", following(LAST_FINITE["fp32"], "fp32")
        ),
        "every key masked gives equal weights": partial(gives, "all masked", (HALF, HALF), shifted=True),
        "without the shift very negative scores share the weight": partial(
            gives, "three that underflow", (THIRD,) * 3, shifted=False
        ),
    },
    scores=tuple(FAMILIES),
    tables=("saturation",),
    counterexample=(
        "import numpy as np\n"
        "def softmax(t, m): return np.exp(t - m) / np.exp(t - m).sum()\n"
        "with np.errstate(all='ignore'):\n"
        "    for t in ([800.0, 0.0], [-800.0, -800.0], [-np.inf, -np.inf], [np.inf, 0.0]):\n"
        "        t = np.array(t)\n"
        "        print(softmax(t, 0.0), softmax(t, t.max()))  # the first two are repaired, the last two are NaN still"
    ),
    references=("Blanchard, D. Higham, N. Higham 2021, Accurately computing the log-sum-exp and softmax functions",),
)
