"""T9: subtracting the maximum: what it leaves unchanged, what it prevents, and what stays undefined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sympy import Expr, Integer, Rational, Symbol, exp, log, symbols

from attnproof.derivations.bounds.formats import FORMATS, LAST_FINITE, LAST_ZERO, following
from attnproof.derivations.claims.checks.exponential_edges import Edge
from attnproof.derivations.language.notation import N_K, J, L, Tensor
from attnproof.derivations.language.system import Equation, total
from attnproof.derivations.proof.claim import Claim, Step
from attnproof.derivations.proof.met import Assumed, Because
from attnproof.derivations.proof.rules import All, Cited, Computed, Enclosed, Equal, FromZero, Sign, Squares
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.scores import FAMILIES

E, ZEROS = Tensor("scores", "e", (N_K,)), Tensor("zeros", "x", (N_K,))
GAPS = Tensor("gaps", "s", (N_K - 1,))  # from the maximum to each of the other scores
M = Tensor("m", "m", ())[()]
SLACK, REST = symbols("s R", nonnegative=True)
X = Symbol("x", positive=True)
OTHERS = (L, N_K - 1)
ZERO, ONE, HALF, THIRD = Integer(0), Integer(1), Rational(1, 2), Rational(1, 3)

SUMMED = total(exp(-GAPS[L]), OTHERS)
TERM = FromZero(exp(-SLACK), "≤", ONE, variable=SLACK)
MOST = Equal(N_K - (1 + SUMMED), total(1 - exp(-GAPS[L]), OTHERS))
LOSS = Sign(X / (1 + X + REST), "≤", X)


def counting(name: str, count: int) -> All:
    """``count`` is a number of the format, and ``count + 1`` is half way to the next one: the tie goes to ``count``."""
    return All(
        tuple(
            Computed("bounds.formats:nearest", (Integer(number), name), Integer(value))
            for number, value in ((count - 1, count - 1), (count, count), (count + 1, count))
        )
    )


def threshold(name: str, edge: Edge, x: Rational) -> All:
    """``x``, of the format, is the last number with ``e^x`` below the edge: the next one is above its logarithm."""
    p, e_max = FORMATS[name]
    if edge == "overflow":  # half way from the largest number to 2^(e_max + 1)
        level = (e_max + 1) * log(2) + log(1 - Rational(1, 2 ** (p + 1)))
    else:  # half the smallest number
        level = -(p + e_max - 1) * log(2)
    above = following(x, name)
    return All((Enclosed(level, x, above), Computed("bounds.formats:following", (x, name), above)))


def program(which: str, shifted: str, expected: tuple[Expr | str, ...]) -> All:
    """The weights of the program for the scores called ``which``, in every format."""
    return All(
        tuple(
            Computed("claims.checks.exponential_edges:weights_of", (which, name, shifted), expected) for name in FORMATS
        )
    )


_EXACT = (
    identity(
        "the common factor e^(−m) cancels, whatever m is",
        exp(E[J] - M) / total(exp(E[L] - M), (L, N_K)),
        exp(E[J]) / total(exp(E[L]), (L, N_K)),
    ),
    closed(
        "no exponent is positive, e_j = m − s, so no term exceeds 1; with rounding too: it is monotone, and 0 and 1 "
        "are numbers",
        TERM,
    ),
    closed("the key with the maximum gives 1, exactly; what the others add to it is not negative", Squares(SUMMED)),
    closed("and what is missing to n is a sum of what the other terms miss to 1, which is not negative", MOST),
    closed(
        "a term x exceeds its weight, the maximum's being 1: one that underflows costs at most half the least number",
        LOSS,
    ),
    *(
        closed(
            f"{name}: rounded sums of k terms stay within k, up to this k, 2^{p}; one term at a time they end there",
            counting(name, 2**p),
            uses=("rounding",),
        )
        for name, (p, _) in FORMATS.items()
    ),
)
_EDGES: tuple[tuple[Edge, Mapping[str, Rational], str], ...] = (
    ("overflow", LAST_FINITE, "the last number with a finite exponential"),
    ("underflow", LAST_ZERO, "the last number whose exponential is 0"),
)
_THRESHOLDS = tuple(
    closed(
        f"{name}: {float(x)!r} is {which}: it and the next one enclose the logarithm of the edge",
        threshold(name, edge, x),
    )
    for edge, table, which in _EDGES
    for name, x in table.items()
)


def _program(
    rule: str, which: str, expected: tuple[Expr | str, ...], shifted: str = "shifted", *, refutes: bool = False
) -> Step:
    return closed(rule, program(which, shifted, expected), refutes=refutes)


_PROGRAMS = (
    closed(
        "what a program computes there",
        Cited(
            r"0/0,\quad \infty/\infty,\quad \infty - \infty,\quad \text{an operand NaN}",
            r"\text{NaN}",
            "operations with NaN, invalid operations: IEEE 754-2019, sections 6.2 and 7.2",
        ),
    ),
    identity(
        "n terms that are 0 have the sum 0, at every n: the weights are 0/0",
        total(ZEROS[L], (L, N_K)),
        ZERO,
        definitions=(Equation(ZEROS, (L,), ZERO),),
    ),
    _program(
        "not shifted, all scores at the last number with exponential 0: 0/0, in every format",
        "three that underflow",
        ("NaN",) * 3,
        "not shifted",
    ),
    _program("the same scores shifted: 1/(1 + 1 + 1)", "three that underflow", (THIRD,) * 3),
    _program(
        "not shifted, 0 and a score above the last number with finite exponential: ∞/∞, in every format",
        "one that overflows",
        ("NaN", ZERO),
        "not shifted",
    ),
    _program(
        "not shifted, two scores whose exponentials are just finite: their sum is not, and the weights are 0",
        "two just finite",
        (ZERO, ZERO),
        "not shifted",
    ),
    _program("the same scores shifted: 1/(1 + 1)", "two just finite", (HALF, HALF)),
    _program(
        "shifted, the largest number and its negative: their difference overflows to −∞, whose exponential is 0",
        "the extremes",
        (ONE, ZERO),
    ),
    _program("shifted, one key masked by −∞, the other's score 0", "one masked", (ONE, ZERO)),
    _program("shifted, every key masked: (−∞) − (−∞)", "all masked", ("NaN", "NaN"), refutes=True),
    _program(
        "shifted, +∞ and 0: ∞ − ∞, the term is undefined, and with it the sum and every weight",
        "one infinite",
        ("NaN", "NaN"),
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
        r"$[1, n]$, every weight a number in $[0, 1]$; beside keys masked by $-\infty$ too, whose weights are 0. "
        r"Without it every key with a score above 11.0859375 in fp16 or 88.5 in bf16, or from 88.72284 on in fp32, "
        r"from 709.7828 on in fp64, has the weight $\infty/\infty$, NaN, and every other key then has 0; two scores "
        r"at the last number below that, and none above it, give every key the weight 0, since the sum overflows; "
        r"and if every score is at most $-17.34375$, $-93$, $-103.9721$, $-745.1333$, every weight is 0/0. Undefined "
        r"even with it: every key masked, $-\infty - (-\infty)$, and $+\infty$ among the scores; each makes every "
        r"weight NaN. A difference that overflows to $-\infty$ is harmless: its term is 0, as the exact one's is. "
        r"The rounding of $e_j - m$ is that of B1."
    ),
    assumptions={
        "Unchanged: finite real scores, exact arithmetic, any number of keys.": "ranges",
        "In programs, exp and each operation are correctly rounded, ties to even; subnormals are kept; p ≤ e_max.": (
            "rounding"
        ),
        "The rounded denominator: the sum is in the format, n ≤ 2^p or the terms are added one at a time.": "rounding",
    },
    met={
        "rounding": {
            "Binary format with p bits and subnormals, round to nearest with ties to even, no overflow.": (
                Assumed("In programs"),
                Assumed("The rounded denominator"),
                Because("a sum of n ≤ 2^p terms of at most 1 is far from overflow"),
            ),
        },
    },
    steps=(*_EXACT, *_THRESHOLDS, *_PROGRAMS),
    altered={
        "terms at most one half": replace(TERM, right=HALF),
        "a denominator below n": replace(MOST, left=N_K - 1 - (1 + SUMMED)),
        "a loss of the square": replace(LOSS, right=X**2),
        "sums that count exactly twice as far, in fp16": counting("fp16", 2**12),
        "the next number is the last with a finite exponential, in fp32": threshold(
            "fp32", "overflow", following(LAST_FINITE["fp32"], "fp32")
        ),
        "every key masked gives equal weights": program("all masked", "shifted", (HALF, HALF)),
        "without the shift very negative scores share the weight": program(
            "three that underflow", "not shifted", (THIRD,) * 3
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
