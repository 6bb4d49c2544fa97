"""A rounding as a factor exp(λ) with a bound on λ: so that the bounds of several add up."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from sympy import Expr, exp, log, symbols

from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import nonnegative, nonnegative_from_zero, same

S, T = symbols("s t", nonnegative=True)


def one_rounding(bound: Callable[[Expr], Expr]) -> bool:
    """``|ln(1 + δ)| <= bound(u)`` for ``|δ| <= u < 1``, with u = s/(1 + s): the logarithm grows, so δ = ± u decides."""
    u = S / (1 + S)
    up, down = bound(u) - (log(1 + 2 * S) - log(1 + S)), bound(u) - log(1 + S)  # 1 + u, 1/(1 − u)
    logarithms = same(1 + u, (1 + 2 * S) / (1 + S)) and same(1 / (1 - u), 1 + S)
    return logarithms and all(nonnegative_from_zero(side, S) for side in (up, down))


def within(upper: Expr) -> bool:
    """``exp(−B) <= exp(θ) <= upper`` for θ = ±(B − s), 0 <= s: a sum of positive terms stays within the factor."""
    return nonnegative_from_zero(upper - exp(T - S), S) and nonnegative_from_zero(exp(-T + S) - exp(-T), S)


def deviation(bound: Expr) -> bool:
    """``|exp(θ) − 1| <= bound`` for |θ| <= T: both ends, the exponential being monotone."""
    above = bound - (exp(T) - 1)
    below = bound - (1 - exp(-T))
    return all(nonnegative(side) or nonnegative_from_zero(side, T) for side in (above, below))


def _over(u: Expr) -> Expr:
    return u / (1 - u)


def _itself(u: Expr) -> Expr:
    return u


LEMMA = Lemma(
    name="rounding_as_factor",
    title="Roundings as factors",
    statement=(
        r"A relative error of at most $u < 1$ is a factor $e^\lambda$ with $|\lambda| \le \frac{u}{1 - u}$. A factor "
        r"$e^\theta$ with $|\theta| \le B$ lies in $[e^{-B}, e^B]$, as does every mean of such factors, and $|e^\theta "
        r"- 1| \le e^B - 1$."
    ),
    assumptions={"Relative errors below 1 in size.": "ranges"},
    steps=(
        Step(
            "a rounding as a factor",
            r"|\ln(1 + \delta)|,\ |\delta| \le u => \le \frac{u}{1-u}",
            partial(one_rounding, _over),
        ),
        Step(
            "every term of a sum of positive terms lies within the factors, so the sum does",
            r"e^{\theta},\ |\theta| \le B => e^{-B} \le e^{\theta} \le e^{B}",
            partial(within, exp(T)),
        ),
        Step(
            "its distance from 1", r"|e^{\theta} - 1|,\ |\theta| \le B => \le e^{B} - 1", partial(deviation, exp(T) - 1)
        ),
    ),
    altered={
        "u in place of u/(1 − u)": partial(one_rounding, _itself),
        "half the factor": partial(within, exp(T) / 2),
        "the distance downwards only": partial(deviation, 1 - exp(-T)),
    },
    references=("Higham 2002, Accuracy and Stability of Numerical Algorithms, chapter 3",),
)
