"""How far computed softmax weights may be off. Behind the error bounds of the weights."""

from __future__ import annotations

from sympy import Expr, Integer, Rational, Symbol, exp, symbols

from attnproof.derivations.bounds import softmax
from attnproof.derivations.bounds.parameters import ETA
from attnproof.derivations.lemmas.softmax_condition import GROWS, SLOPE
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.met import Assumed, Because
from attnproof.derivations.proof.rules import Corners, Field, Sign, Solver
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import Both, eq, le, lt

SHARE, THETA = Symbol("alpha", positive=True), Symbol("theta", real=True)
OTHERS = Symbol("S", nonnegative=True)  # = Σ over the other keys of α_l e^(∓θ_l)
OWN, EVERY = symbols("y T", positive=True)  # y_j, and Σ_l α_l y_l over all keys
MOVE, RHO, LOST = symbols("beta rho lambda", nonnegative=True)
EPS, FACTOR, SHORT = symbols("epsilon E x", real=True)  # E = exp(−ln(1 − ε)), x = n λ

SHIFTED = SHARE * exp(THETA) / (SHARE * exp(THETA) + OTHERS) - SHARE
WHOLE = (exp(THETA) - EVERY) - SHARE * (exp(THETA) - OWN)
ROUNDED = (1 + RHO) * (SHARE + MOVE + LOST) - SHARE


S, GONE, DELTA, UNDER = symbols("s l delta omega", real=True)
IN_USE = softmax.softmax_error(SHARE, MOVE, 1 + RHO, LOST)


def computed(bound: Expr) -> Corners:
    """A weight that has moved and lost, with the roundings and an underflow of its own: at most ``bound`` off."""
    box = ((S, MOVE), (GONE, LOST), (DELTA, RHO), (UNDER, ETA))
    return Corners((SHARE + S + GONE) * (1 + DELTA) + UNDER - SHARE, box, bound)


def exponent(low: Expr) -> Solver:
    """A factor 1 ± ε of an exponential as a shift of its exponent: within ``low`` = 1/E and E."""
    given = (eq(FACTOR * (1 - EPS), Integer(1)), le(ZERO, EPS), lt(EPS, Integer(1)))
    return Solver(Both((le(low, 1 - EPS), le(1 + EPS, FACTOR))), given)


def lost_in_the_sum(bound: Expr) -> Solver:
    """A sum that is short by a share x = n λ ≤ 1/2: its reciprocal grows by ``1/(1 − x) <= bound``."""
    return Solver(le(1 / (1 - SHORT), bound), (le(ZERO, SHORT), le(SHORT, Rational(1, 2))))


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
        "A softmax over the keys alone; finite logits; exp errs by less than its value; $2n\\lambda\\le 1$.": "rounding"
    },
    met={
        "rounding_as_factor": {
            "Relative errors below 1 in size.": (Assumed("A softmax"),),
        },
        "softmax_condition": {
            "A softmax over the keys alone; finite logits.": (Assumed("A softmax"),),
        },
        "growth_of_roundings": {
            "Relative errors below 1 in size.": (
                Assumed("A softmax"),
                Because("nλ ≤ 1/2 leaves the sum above 0; each rounding is off by at most u < 1"),
            ),
        },
    },
    steps=(
        closed(
            "a relative error ε of exp shifts the exponent by −ln(1 − ε) at most, where E = exp(−ln(1 − ε))",
            exponent(1 / FACTOR),
            uses=("rounding_as_factor",),
        ),
        closed(
            "with R, the own factor over the mean of the others, a mean within theirs, and β = 1 − α: the weight",
            GROWS,
            uses=("softmax_condition",),
        ),
        closed("grows with R", Sign(ZERO, "≤", SLOPE)),
        closed(
            "at the extreme: the own exponent one way, all others the other way, S together",
            Field(SHIFTED, SHARE * ((1 - SHARE) * exp(THETA) - OTHERS) / (SHARE * exp(THETA) + OTHERS)),
        ),
        closed(
            "in sums over all keys, T = Σ α_l y_l, whose own part is taken out: S = T − α y",
            Field(WHOLE, (1 - SHARE) * exp(THETA) - (EVERY - SHARE * OWN)),
        ),
        closed("a sum that is short by x = nλ", lost_in_the_sum(1 + 2 * SHORT)),
        closed(
            "roundings and losses, of a weight that has moved by β",
            Field(ROUNDED, MOVE + RHO * (SHARE + MOVE) + (1 + RHO) * LOST),
            uses=("growth_of_roundings", "order_of_summation"),
        ),
        closed("so the bound in use, where the weight may underflow too", computed(IN_USE)),
    ),
    altered={
        "a shift that covers ε upwards only": exponent(1 / (1 + EPS)),
        "the others' factors left at 1": Field(
            SHIFTED, SHARE * (1 - SHARE) * (exp(THETA) - 1) / (SHARE * exp(THETA) + OTHERS)
        ),
        "the own part left in": Field(WHOLE, (1 - SHARE) * exp(THETA) - EVERY),
        "1 + nλ": lost_in_the_sum(1 + SHORT),
        "the bound in use without the last underflow": computed(IN_USE.subs(ETA, 0)),
        "the rounding of α alone": Field(ROUNDED, MOVE + RHO * SHARE + (1 + RHO) * LOST),
    },
    references=(
        "Blanchard, D. Higham, N. Higham 2021, Accurately computing the log-sum-exp and softmax functions, section 3",
    ),
)
