"""How much n roundings can make a value or a sum grow: valid for every n, unlike Higham's γ_n."""

from __future__ import annotations

from sympy import Expr, Integer, Rational, symbols

from attnproof.derivations.lemmas.rounding import U as UNIT
from attnproof.derivations.lemmas.rounding import factor_within
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.met import Because
from attnproof.derivations.proof.rules import Corners, Field, Solver
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import le, lt

G, N, U, POWER = symbols("G n u B", real=True)  # G = (1 − u)^−n, B = (1 − u)^n
P, Q, EXCESS = symbols("p q g", nonnegative=True)  # g = G − 1
S, T = symbols("s t", real=True)
SUM, BOX = P * (1 + S) + Q * (1 + T) - P - Q, ((S, EXCESS), (T, EXCESS))
BERNOULLI = (le(1 - N * U, POWER), le(ZERO, U), lt(U, Integer(1)), le(ZERO, N))


def downwards(bound: Expr) -> Solver:
    """What falls to 1/G is off by ``1 − 1/G``, at most ``bound``."""
    return Solver(le(1 - 1 / G, bound), (le(Integer(1), G),))


def one_more(share: Expr) -> Solver:
    """``(1 − u)^(n + 1) >= 1 − (n + share) u`` if ``(1 − u)^n >= 1 − n u``."""
    return Solver(le(1 - (N + share) * U, POWER * (1 - U)), BERNOULLI)


def higham(gamma: Expr) -> Solver:
    """``1/B − 1 <= gamma``."""
    return Solver(le(1 / POWER - 1, gamma), (*BERNOULLI, lt(N * U, Integer(1))))


LEMMA = Lemma(
    name="growth_of_roundings",
    title="What many roundings do to a value",
    statement=(
        r"A product of n factors $(1 + \delta_k)^{\pm 1}$, $|\delta_k| \le u < 1$, lies between $(1 - u)^n$ and $G = "
        r"(1 - u)^{-n}$, and $|\prod - 1| \le G - 1$. A sum of terms $p_k$, each with such a factor, is off by at most "
        r"$(G - 1)\sum_k |p_k|$. Where $nu < 1$, $G - 1 \le \gamma_n = \frac{nu}{1 - nu}$."
    ),
    assumptions={"Relative errors below 1 in size.": "rounding"},
    met={
        "rounding": {
            "Binary format with p bits and subnormals, round to nearest with ties to even, no overflow.": (
                Because(
                    "only the algebra of factors 1 + δ is used, which needs no format: δ is a real number, |δ| ≤ u < 1"
                ),
            ),
        },
    },
    steps=(
        closed("each factor, and so n of them", factor_within(1 / (1 - UNIT)), uses=("rounding",)),
        closed("downwards, to 1/G, it is off by less than upwards", downwards(G - 1)),
        closed(
            "a sum of terms of sizes p and q with a factor each, within 1 ± g, signs put into s and t; so by induction "
            "any sum",
            Corners(SUM, BOX, EXCESS * (P + Q)),
        ),
        closed("Bernoulli's inequality for B = (1 − u)^n, by induction", one_more(Integer(1))),
        closed("so Higham's constant is no smaller than 1/B − 1", higham(1 / (1 - N * U) - 1)),
        closed("which is", Field(1 / (1 - N * U) - 1, N * U / (1 - N * U), given=(lt(ZERO, 1 - N * U),))),
    ),
    altered={
        "half the growth covers what falls": downwards((G - 1) / 2),
        "the growth of one of two terms": Corners(SUM, BOX, EXCESS * P),
        "half of the new rounding": one_more(Rational(1, 2)),
        "γ_n without its denominator": higham(N * U),
    },
    references=("Higham 2002, Accuracy and Stability of Numerical Algorithms, lemma 3.1",),
)
