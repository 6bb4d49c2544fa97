"""How much n roundings can make a value or a sum grow: valid for every n, unlike Higham's γ_n."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer, Symbol, symbols

from attnproof.derivations.lemmas.rounding import U, factor_within
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import bounded_on_box, nonnegative, vanishes

EXCESS = Symbol("g", nonnegative=True)  # G = 1 + g is the largest factor (1 − u)^−n
G = 1 + EXCESS
COUNT = Symbol("n", integer=True, nonnegative=True)
SMALL = Symbol("u", positive=True)
P, Q = symbols("p q", positive=True)
S, T = symbols("s t", real=True)


def downwards(bound: Expr) -> bool:
    """What falls to 1/G is off by ``1 − 1/G``, at most ``bound``."""
    return nonnegative(bound - (1 - 1 / G))


def sums(bound: Expr) -> bool:
    """``p (1 + s) + q (1 + t)`` with factors within 1 ± g is off by at most ``bound``; by induction so is any sum."""
    return bounded_on_box(P * (1 + S) + Q * (1 + T) - P - Q, {S: EXCESS, T: EXCESS}, bound)


def one_more(power: Expr) -> bool:
    """``(1 − n u)(1 − u) >= power``, what Bernoulli's inequality ``(1 − u)^n >= 1 − n u`` needs for n + 1."""
    return nonnegative((1 - COUNT * SMALL) * (1 - SMALL) - power)


def higham(gamma: Expr) -> bool:
    """``1/(1 − n u) − 1`` is ``gamma``."""
    return vanishes(1 / (1 - COUNT * SMALL) - 1 - gamma)


LEMMA = Lemma(
    name="growth_of_roundings",
    title="What many roundings do to a value",
    statement=(
        r"A product of n factors $(1 + \delta_k)^{\pm 1}$, $|\delta_k| \le u < 1$, lies between $(1 - u)^n$ and $G = "
        r"(1 - u)^{-n}$, and $|\prod - 1| \le G - 1$. A sum of terms $p_k$, each with such a factor, is off by at most "
        r"$(G - 1)\sum_k |p_k|$. Where $nu < 1$, $G - 1 \le \gamma_n = \frac{nu}{1 - nu}$."
    ),
    assumptions={"Relative errors below 1 in size.": "rounding"},
    steps=(
        Step(
            "each factor, and n of them",
            r"1 - u \le (1 + \delta)^{\pm 1} => \le \frac{1}{1 - u}",
            partial(factor_within, 1 / (1 - U)),
            uses=("rounding",),
        ),
        Step("downwards it is off by less than upwards", r"1 - \frac{1}{G} => \le G - 1", partial(downwards, G - 1)),
        Step(
            "a sum of terms with a factor each",
            r"|p(1 + s) + q(1 + t) - p - q|,\ |s|, |t| \le G - 1 => \le (G - 1)(|p| + |q|)",
            partial(sums, EXCESS * (P + Q)),
        ),
        Step(
            "Bernoulli's inequality, by induction",
            r"(1 - nu)(1 - u) => \ge 1 - (n + 1)u",
            partial(one_more, 1 - (COUNT + 1) * SMALL),
        ),
        Step(
            "so Higham's constant is no smaller",
            r"(1 - u)^{-n} - 1 \le \frac{1}{1 - nu} - 1 => \gamma_n",
            partial(higham, COUNT * SMALL / (1 - COUNT * SMALL)),
        ),
    ),
    altered={
        "half the growth covers what falls": partial(downwards, EXCESS / 2),
        "the growth of one of two terms": partial(sums, EXCESS * P),
        "half of the new rounding": partial(one_more, 1 - (COUNT + Integer(1) / 2) * SMALL),
        "γ_n without its denominator": partial(higham, COUNT * SMALL),
    },
    references=("Higham 2002, Accuracy and Stability of Numerical Algorithms, lemma 3.1",),
)
