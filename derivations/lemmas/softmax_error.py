"""How far computed softmax weights may be off. Behind the error bounds of the weights."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Symbol, exp, log, symbols

from attnproof.derivations.lemmas.softmax_condition import RATIO, SHARE, pair_form
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import nonnegative, same, vanishes

THETA = Symbol("theta", positive=True)  # largest shift of the own exponent
OTHERS = Symbol("S", positive=True)  # Σ over the other keys of α_l e^(∓θ_l)
ROOM = Symbol("r", positive=True)
EPS = 1 / (1 + ROOM)  # 0 < ε < 1
LOSS = 1 / (2 + ROOM)  # 0 < n λ < 1/2
MOVE, WEIGHT, RHO, LOST = symbols("beta alpha rho lambda", nonnegative=True)


def exponent(bound: Expr) -> bool:
    """A factor 1 ± ε of an exponential as a shift of its exponent: within ± ``bound``."""
    grown = exp(bound) - (1 + EPS)
    return vanishes(exp(-bound) - (1 - EPS)) and nonnegative(grown.simplify())


def quotient(moved: Expr) -> bool:
    """α e^θ over ``α e^θ + S``, less α."""
    own = SHARE * exp(THETA)
    return vanishes(own / (own + OTHERS) - SHARE - moved)


def whole_sums(numerator: Expr) -> bool:
    """The other keys' part of ``Σ_l α_l (e^θ − y_l)``, ``Σ_l α_l = 1``, y_j the own one's: ``numerator`` remains."""
    own, every = symbols("y T", positive=True)  # y_j and Σ_l α_l y_l over all keys
    left = (exp(THETA) - every) - SHARE * (exp(THETA) - own)
    return same(left, numerator.subs(OTHERS, every - SHARE * own))


def lost_in_the_sum(bound: Expr) -> bool:
    """A sum that is short by a share x = n λ < 1/2: its reciprocal grows by ``1/(1 − x) <= bound``."""
    return nonnegative((bound - 1 / (1 - LOST)).subs(LOST, LOSS))


def rounded(total: Expr) -> bool:
    """A moved weight ``α + β``, a factor 1 + ρ, and λ lost before it: the deviation from α is ``total``."""
    return same((1 + RHO) * (WEIGHT + MOVE + LOST) - WEIGHT, total)


LEMMA = Lemma(
    name="softmax_error",
    title="Errors of computed softmax weights",
    statement=(
        r"Exponents that shift by at most $\theta_l$ move $\alpha_j$ by at most $\beta_j$, the larger in size of "
        r"$\alpha_j \frac{\sum_{l \ne j} \alpha_l (e^{\pm\theta_j} - e^{\mp\theta_l})}{\alpha_j e^{\pm\theta_j} + "
        r"\sum_{l \ne j} \alpha_l e^{\mp\theta_l}}$. With a factor within $1 \pm \rho$ and $\lambda$ lost to "
        r"underflow, $|\hat\alpha_j - \alpha_j| \le \beta_j + \rho(\alpha_j + \beta_j) + (1 + \rho)\lambda$."
    ),
    assumptions={
        "A softmax over the keys alone; finite logits; exp errs by less than its value; $n\\lambda < 1/2$.": "rounding"
    },
    steps=(
        Step(
            "a relative error of exp shifts the exponent",
            r"1 \pm \varepsilon => \in [e^{-x}, e^x],\ x = -\ln(1 - \varepsilon)",
            partial(exponent, -log(1 - EPS)),
            uses=("rounding_as_factor",),
        ),
        Step(
            "the weight grows with its own factor over the mean of the others, a mean within theirs",
            r"\frac{d}{dR}\, \frac{\alpha R}{\alpha R + 1 - \alpha} => \ge 0",
            partial(pair_form, SHARE * (1 - SHARE) / (SHARE * RATIO + 1 - SHARE) ** 2),
            uses=("softmax_condition",),
        ),
        Step(
            "at the extreme: the own exponent one way, all others the other way",
            r"\frac{\alpha e^\theta}{\alpha e^\theta + S} - \alpha"
            r" => \alpha\, \frac{(1 - \alpha) e^\theta - S}{\alpha e^\theta + S}",
            partial(quotient, SHARE * ((1 - SHARE) * exp(THETA) - OTHERS) / (SHARE * exp(THETA) + OTHERS)),
        ),
        Step(
            "in sums over all keys, whose own part is taken out",
            r"\textstyle\sum_l \alpha_l (e^\theta - y_l) - \alpha_j (e^\theta - y_j) => (1 - \alpha) e^\theta - S",
            partial(whole_sums, (1 - SHARE) * exp(THETA) - OTHERS),
        ),
        Step(
            "a sum that is short by nλ",
            r"\frac{1}{1 - n\lambda},\ n\lambda < \tfrac12 => \le 1 + 2n\lambda",
            partial(lost_in_the_sum, 1 + 2 * LOST),
        ),
        Step(
            "roundings and losses",
            r"(1 + \rho)(\alpha + \beta + \lambda) - \alpha => \beta + \rho(\alpha + \beta) + (1 + \rho)\lambda",
            partial(rounded, MOVE + RHO * (WEIGHT + MOVE) + (1 + RHO) * LOST),
            uses=("growth_of_roundings", "order_of_summation"),
        ),
    ),
    altered={
        "ε itself as the shift": partial(exponent, EPS),
        "the others' factors left at 1": partial(
            quotient, SHARE * (1 - SHARE) * (exp(THETA) - 1) / (SHARE * exp(THETA) + OTHERS)
        ),
        "the own part left in": partial(whole_sums, exp(THETA) - OTHERS),
        "1 + nλ": partial(lost_in_the_sum, 1 + LOST),
        "the rounding of α alone": partial(rounded, MOVE + RHO * WEIGHT + (1 + RHO) * LOST),
    },
    references=(
        "Blanchard, D. Higham, N. Higham 2021, Accurately computing the log-sum-exp and softmax functions, section 3",
    ),
)
