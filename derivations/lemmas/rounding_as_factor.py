"""A rounding as a factor exp(λ) with a bound on λ: so that the bounds of several add up."""

from __future__ import annotations

from sympy import Expr, exp, log, symbols

from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import All, Field, FromZero
from attnproof.derivations.proof.steps import closed

S, B = symbols("s B", nonnegative=True)
U = S / (1 + S)  # every u in [0, 1)


def logarithms(bound: Expr) -> All:
    """``|ln(1 + δ)| <= bound`` for ``|δ| <= u < 1``: the logarithm grows, so δ = ± u decides."""
    return All((FromZero(log(1 + U), "≤", bound, variable=S), FromZero(log(1 + S), "≤", bound, variable=S)))


def within(upper: Expr) -> All:
    """``exp(−B) <= exp(θ) <= upper`` for θ = ±(B − s), 0 <= s."""
    return All((FromZero(exp(B - S), "≤", upper, variable=S), FromZero(exp(-B), "≤", exp(S - B), variable=S)))


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
        closed(
            "u = s/(1 + s): then u/(1 − u) is s, and 1/(1 − u)", All((Field(U / (1 - U), S), Field(1 / (1 - U), 1 + S)))
        ),
        closed("the logarithms of 1 + u and of 1/(1 − u), at s = 0 both 0", logarithms(S)),
        closed("a factor exp(θ), θ = B − s or s − B; sums of positive terms stay within such factors", within(exp(B))),
        closed("its distance from 1, downwards", FromZero(1 - exp(-B), "≤", exp(B) - 1, variable=B, order=2)),
    ),
    altered={
        "u in place of u/(1 − u)": logarithms(U),
        "half the factor": within(exp(B) / 2),
        "the distance downwards only": FromZero(exp(B) - 1, "≤", 1 - exp(-B), variable=B, order=2),
    },
    references=("Higham 2002, Accuracy and Stability of Numerical Algorithms, chapter 3",),
)
