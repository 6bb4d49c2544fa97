"""Rounding to nearest: its error, sums that it leaves alone, and long sums. Behind claim B1."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Symbol, simplify, symbols

from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import nonnegative, same

P = Symbol("p", integer=True, positive=True)  # bits
E, G = symbols("e g", integer=True)  # exponents
F = Symbol("f", nonnegative=True)  # 1 + f is a significand
MORE_1, MORE_2 = symbols("n_1 n_2", integer=True, nonnegative=True)  # a sum of 1 + n numbers
U = 1 / (1 + Symbol("r", positive=True))  # a unit roundoff below 1
UNIT = 2**-P


def half_spacing(bound: Expr) -> bool:
    """Half the spacing ``2^(e − p + 1)`` of the numbers from ``2^e`` on is at most ``bound`` of ``x = 2^e (1 + f)``."""
    return nonnegative(simplify((bound * 2**E * (1 + F) - 2 ** (E - P + 1) / 2) / 2 ** (E - P)))


def nearly_attained(share: Expr) -> bool:
    """``x = 2^e (1 + u)`` is half way between ``2^e`` (even) and its neighbour: rounding moves it by ``share`` u x."""
    x, down = 2**E * (1 + UNIT), 2**E
    half_way = simplify(2 * (x - down) - 2 ** (E - P + 1)) == 0
    return bool(half_way) and bool(simplify((x - down) / (UNIT * x) - share) == 0)


def subnormal_sums(spacing: Expr) -> bool:
    """Numbers are multiples of ``spacing = 2^(e_min − p + 1)``: sums below ``2^e_min`` are fewer than 2^p of it."""
    least = 2**E  # the least normal number
    multiples = simplify(least / spacing)
    return bool(simplify(spacing - 2 ** (E - P + 1)) == 0) and nonnegative(simplify((2**P - multiples) / 2**P))


def first_missing(number: Expr) -> bool:
    """Multiples m 2^g: m <= 2^p − 1 are significands, 2^p a power of two, ``number`` = 2^p + 1 odd and too long."""
    follows = simplify(number - 2**P - 1) == 0
    return bool(follows) and bool(number.is_odd) and bool((number - (2**P - 1)).is_positive)


def factor_within(upper: Expr) -> bool:
    """A factor 1 ± u lies between ``1/upper`` and ``upper``."""
    return nonnegative(simplify(upper - (1 + U))) and same(1 / upper, 1 - U)


def additions(count: Expr) -> bool:
    """The rounded sum of two rounded sums, of 1 + n_1 and 1 + n_2 terms >= 0: ``count`` factors (additions) suffice,
    for 1 + n_1 + n_2 + 1 terms: each part brings its own n, a mean of their factors lies between them, one more for the
    addition; and 0 for one term.
    """
    total = MORE_1 + MORE_2 + 1  # additions of all 2 + n_1 + n_2 terms
    enough = all(nonnegative(count - own - 1) for own in (MORE_1, MORE_2))
    return enough and bool(simplify(count - total) == 0)


LEMMA = Lemma(
    name="rounding",
    title="Rounding to nearest",
    statement=(
        r"With $u = 2^{-p}$, a sum of two numbers of a format is computed with a relative error of at most u, also "
        r"where it is subnormal. It is exact if both are multiples of $2^g$ and it is at most $2^{p+g}$ in size; "
        r"$2^g(2^p + 1)$ is the first multiple that is missing. A sum of n terms $\ge 0$, in any order, carries a "
        r"factor between $(1 - u)^{n-1}$ and $(1 - u)^{-(n-1)}$."
    ),
    assumptions={
        "Binary format with p bits and subnormals, round to nearest with ties to even, no overflow.": "rounding"
    },
    steps=(
        Step(
            "half the spacing, in the normal range",
            r"\tfrac12\, 2^{e-p+1} => \le u\, 2^e (1 + f)",
            partial(half_spacing, UNIT),
        ),
        Step(
            "nearly attained just above a power of two, where a tie goes to it",
            r"x = 2^e(1 + u):\ |\mathrm{fl}(x) - x| => \frac{1}{1 + u}\, u\, x",
            partial(nearly_attained, 1 / (1 + UNIT)),
        ),
        Step(
            "a sum among the subnormals is exact: a multiple of their spacing",
            r"2^{e_{\min}} / 2^{e_{\min} - p + 1} => \le 2^p",
            partial(subnormal_sums, 2 ** (E - P + 1)),
        ),
        Step(
            "the first multiple of 2^g that is missing",
            r"2^p + 1 => \text{odd},\ > 2^p - 1",
            partial(first_missing, 2**P + 1),
        ),
        Step("both sides of 1", r"1 - u \le 1 \pm u => \le \frac{1}{1 - u}", partial(factor_within, 1 / (1 - U))),
        Step(
            "induction over the tree of additions",
            r"\max(n_1, n_2) + 1 => \le n_1 + n_2 + 1",
            partial(additions, MORE_1 + MORE_2 + 1),
        ),
    ),
    altered={
        "half the unit roundoff": partial(half_spacing, UNIT / 2),
        "the whole of u x is reached": partial(nearly_attained, 2 ** (0 * P)),
        "the spacing of the next binade": partial(subnormal_sums, 2 ** (E - P + 2)),
        "2^p is missing": partial(first_missing, 2**P),
        "1 + u/2 covers the factor": partial(factor_within, 1 + U / 2),
        "no factor for the last addition": partial(additions, MORE_1 + MORE_2),
    },
    references=("Higham 2002, Accuracy and Stability of Numerical Algorithms, sections 2.1, 2.2 and 4.2",),
)
