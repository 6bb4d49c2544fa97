"""How far a computed log-sum-exp may be off. Behind its error bound."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer, Symbol, exp, log, symbols

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.notation import N_K, L
from attnproof.derivations.language.system import total
from attnproof.derivations.lemmas.softmax_condition import ROOM, TOP, below_the_top
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import nonnegative, same

THETA, TOTAL = symbols("theta s", positive=True)
REST = Symbol("r", nonnegative=True)
COUNT = Symbol("n", positive=True)
G = 1 + Symbol("g", positive=True)
VALUE, ERROR, RELATIVE = symbols("x e delta", nonnegative=True)


def moved(bound: Expr) -> bool:
    """A sum of exponentials times e^θ: its logarithm moves by ``bound``."""
    return same(log(exp(THETA) * TOTAL).expand(force=True) - log(TOTAL), bound)


def between(least: Expr) -> bool:
    """With the row maximum subtracted one term is 1 and no other is larger: the sum is ``least`` plus what is not
    negative, and n less squares.
    """
    others = total(TOP - ROOM[L] ** 2, (L, N_K))
    return nonnegative(1 + REST - least) and equal(N_K * TOP - others, total(ROOM[L] ** 2, (L, N_K)))


def as_shift(bound: Expr) -> bool:
    """A factor within 1/G and G of the sum moves the logarithm by at most ``bound``, both ways."""
    return same(log(G), bound) and same(-log(1 / G).expand(force=True), bound)


def last_sum(total_error: Expr) -> bool:
    """``m + log ŝ``, the logarithm off by e, rounded once with relative error δ: off by ``total_error``."""
    return same((VALUE + ERROR) * (1 + RELATIVE) - VALUE, total_error)


LEMMA = Lemma(
    name="log_sum_exp_error",
    title="Errors of a computed log-sum-exp",
    statement=(
        r"Exponents that shift by at most $\theta$ move $\ln \sum_l e^{t_l}$ by at most $\theta$. With the maximum "
        r"subtracted the sum lies in $[1, n]$; a factor of it within $[1/G, G]$ becomes an absolute error of at most "
        r"$\ln G$; and the last sum, of a result x that is off by e, costs $e + u(|x| + e)$ in all."
    ),
    assumptions={"Finite logits, any number of keys.": "domain"},
    steps=(
        Step(
            "every term, and so the sum, within e^(±θ) of itself",
            r"\textstyle\sum_l a_l M - \sum_l a_l (M - s_l^2) => \textstyle\sum_l a_l s_l^2 \ge 0",
            partial(below_the_top, 1),
            uses=("softmax_condition",),
        ),
        Step("its logarithm", r"\ln(e^\theta s) - \ln s => \theta", partial(moved, THETA)),
        Step("one term is 1, none is larger", r"1 \le \hat{s} => \le n", partial(between, Integer(1))),
        Step(
            "relative errors of the sum become absolute",
            r"\ln G => -\ln \tfrac1G",
            partial(as_shift, log(G)),
            uses=("growth_of_roundings", "order_of_summation"),
        ),
        Step(
            "the last sum is rounded",
            "(x + e)(1 + u) - x => e + u(x + e)",
            partial(last_sum, ERROR + RELATIVE * (VALUE + ERROR)),
        ),
    ),
    altered={
        "half the shift": partial(moved, THETA / 2),
        "a sum of at least 2": partial(between, Integer(2)),
        "half of ln G": partial(as_shift, log(G) / 2),
        "the error itself not rounded": partial(last_sum, ERROR + RELATIVE * VALUE),
    },
    references=(
        "Blanchard, D. Higham, N. Higham 2021, Accurately computing the log-sum-exp and softmax functions, section 4",
    ),
)
