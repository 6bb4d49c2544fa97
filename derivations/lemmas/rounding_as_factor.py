"""A rounding as a factor exp(λ) with a bound on λ: so that the bounds of several add up."""

from __future__ import annotations

from functools import partial

from sympy import Expr, exp

from attnproof.derivations.claim import Altered, Lemma, Step
from attnproof.derivations.claims.a4 import T, deviation, one_rounding, within


def _over(u: Expr) -> Expr:
    return u / (1 - u)


def _itself(u: Expr) -> Expr:
    return u


LEMMA = Lemma(
    name="rounding_as_factor",
    title="Roundings as factors",
    statement=(
        r"A relative error of at most $u < 1$ is a factor $e^\lambda$ with $|\lambda| \le \frac{u}{1 - u}$. A factor $e^\theta$ with "
        r"$|\theta| \le B$ lies in $[e^{-B}, e^B]$, as does every mean of such factors, and $|e^\theta - 1| \le e^B - 1$."
    ),
    assumptions=("Relative errors below 1 in size.",),
    kinds=("ranges",),
    steps=(
        Step(
            "a rounding as a factor",
            r"|\ln(1 + \delta)|,\ |\delta| \le u",
            r"\le \frac{u}{1-u}",
            partial(one_rounding, _over),
        ),
        Step(
            "every term of a sum of positive terms lies within the factors, so the sum does",
            r"e^{\theta},\ |\theta| \le B",
            r"e^{-B} \le e^{\theta} \le e^{B}",
            partial(within, exp(T)),
        ),
        Step(
            "its distance from 1",
            r"|e^{\theta} - 1|,\ |\theta| \le B",
            r"\le e^{B} - 1",
            partial(deviation, exp(T) - 1),
        ),
    ),
    altered=(
        Altered("u in place of u/(1 − u)", partial(one_rounding, _itself)),
        Altered("half the factor", partial(within, exp(T) / 2)),
        Altered("the distance downwards only", partial(deviation, 1 - exp(-T))),
    ),
    references=("Higham 2002, Accuracy and Stability of Numerical Algorithms, chapter 3",),
)
