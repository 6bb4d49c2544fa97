"""How far a computed log-sum-exp may be off. Behind its error bound."""

from __future__ import annotations

from sympy import Expr, Integer, exp, log, symbols

from attnproof.derivations.bounds import softmax
from attnproof.derivations.bounds.growth import Reductions
from attnproof.derivations.bounds.parameters import EPS_EXP, EPS_LOG, OMEGA_LOG, U
from attnproof.derivations.language.notation import N_K, L
from attnproof.derivations.language.system import total
from attnproof.derivations.lemmas.softmax_condition import MEAN_BELOW, ROOM, SQUARES
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.met import Assumed, Because
from attnproof.derivations.proof.rules import Equal, Field, Sign, Squares
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import lt

THETA, TOTAL, GROWTH = symbols("theta s G", positive=True)
REST, VALUE, ERROR, RELATIVE = symbols("r x e delta", nonnegative=True)
BELOW_ONE = total(1 - ROOM[L] ** 2, (L, N_K))
MISSED = total(ROOM[L] ** 2, (L, N_K))
MOVED = log(exp(THETA) * TOTAL) - log(TOTAL)
COMPUTED = (VALUE + ERROR) * (1 + RELATIVE) - VALUE
LARGEST, MOVED_BY, LOST = symbols("T D lambda", nonnegative=True)  # max |t|, max Δt
OF_SUM = -N_K * log(1 - U) + 2 * N_K * LOST
OF_LOG = EPS_LOG * (log(N_K) + OF_SUM + EPS_EXP) + OMEGA_LOG


def in_use(off: Expr) -> Field:
    """The bound in use is that of a sum which is ``off`` before it is rounded."""
    bound = softmax.log_sum_exp_error(LARGEST, MOVED_BY, THETA, N_K, Reductions(), LOST)
    return Field(bound, off + U * (LARGEST + MOVED_BY + log(N_K) + off), given=(lt(ZERO, 1 - U),))


LEMMA = Lemma(
    name="log_sum_exp_error",
    title="Errors of a computed log-sum-exp",
    statement=(
        r"Exponents that shift by at most $\theta$ move $\ln \sum_l e^{t_l}$ by at most $\theta$. With the maximum "
        r"subtracted the sum lies in $[1, n]$; a factor of it within $[1/G, G]$ becomes an absolute error of at most "
        r"$\ln G$; and the last sum, of a result x that is off by e, costs $e + u(|x| + e)$ in all."
    ),
    assumptions={"Finite logits, any number of keys.": "domain"},
    met={
        "softmax_condition": {
            "A softmax over the keys alone; finite logits.": (
                Assumed("Finite logits"),
                Because("the sum is the one that a softmax over these keys divides by"),
            ),
        },
        "growth_of_roundings": {
            "Relative errors below 1 in size.": (Because("G = (1 − u)^(−n) has u < 1"),),
        },
    },
    steps=(
        identity(
            "every factor of a term is at most M = exp(θ), here M − s²: so is that of the sum",
            *MEAN_BELOW,
            uses=("softmax_condition",),
        ),
        closed("by what is not negative; the same with the signs changed", Squares(SQUARES)),
        closed("its logarithm moves by θ", Field(MOVED, THETA)),
        closed("with the maximum subtracted one term is 1, the others r together", Sign(Integer(1), "≤", 1 + REST)),
        identity("and none, 1 − s², is larger: the sum is below n by", N_K - BELOW_ONE, MISSED),
        closed("which is not negative", Squares(MISSED)),
        closed(
            "a factor between 1/G and G of the sum becomes absolute: the logarithms of both are of one size",
            Field(-log(1 / GROWTH), log(GROWTH)),
            uses=("growth_of_roundings", "order_of_summation"),
        ),
        closed(
            "the last sum, of x off by e, is rounded, here with δ = u",
            Field(COMPUTED, ERROR + RELATIVE * (VALUE + ERROR)),
        ),
        closed(
            "so the bound in use: n − 1 additions, one rounding of the sum, n λ lost of it, the logarithm's own error",
            in_use(THETA + OF_SUM + OF_LOG),
        ),
    ),
    altered={
        "half the shift": Field(MOVED, THETA / 2),
        "a sum of at least 2": Sign(Integer(2), "≤", 1 + REST),
        "a sum of n − 1 at most": Equal(N_K - 1 - BELOW_ONE, MISSED),
        "half of ln G": Field(-log(1 / GROWTH), log(GROWTH) / 2),
        "the bound in use without the logarithm's own error": in_use(THETA + OF_SUM),
        "the error itself not rounded": Field(COMPUTED, ERROR + RELATIVE * VALUE),
    },
    references=(
        "Blanchard, D. Higham, N. Higham 2021, Accurately computing the log-sum-exp and softmax functions, section 4",
    ),
)
