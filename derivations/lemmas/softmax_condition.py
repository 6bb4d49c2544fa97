"""How far softmax weights move when logits move: the sharp bounds, at every number of keys. Behind claim B1."""

from __future__ import annotations

from sympy import Expr, Integer, Rational, exp, symbols, tanh

from attnproof.derivations.language.notation import N_K, J, L, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.lemmas.softmax_shift import LOGITS, SHIFTS, moved, weight
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.met import Assumed
from attnproof.derivations.proof.rules import Differentiated, Equal, Field, Sign, Solver, Squares
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed, identity
from attnproof.derivations.propositions.proposition import Both, eq, le, lt

ROOM = Tensor("room", "s", (N_K,))  # s_l² is what the factor of key l misses to the largest one
TOP = Tensor("top", "M", ())[()]
SHARE, RATIO = symbols("alpha R", positive=True)
OTHERS, DELTA = symbols("beta Delta", nonnegative=True)  # β = 1 − α
GROWTH, PART = symbols("w a", real=True)  # w = exp(Δ), a share
OWN, MEAN = symbols("x y", real=True)  # logarithms of factors

GROWN = exp(LOGITS[L])
SQUARES = total(GROWN * ROOM[L] ** 2, (L, N_K))
#: a mean with positive weights is below the largest: ``M Σ a_l − Σ a_l (M − s_l²)`` is a sum of squares
MEAN_BELOW = (TOP * total(GROWN, (L, N_K)) - total(GROWN * (TOP - ROOM[L] ** 2), (L, N_K)), SQUARES)
AFTER = weight(J) * exp(SHIFTS[J]) / total(exp(SHIFTS[L]) * GROWN, (L, N_K)) * total(GROWN, (L, N_K))

#: the weight after, in the quotient R of the own factor and the mean of the others, and how it grows with R
MOVED = SHARE * RATIO / (SHARE * RATIO + OTHERS)
SLOPE = SHARE * OTHERS / (SHARE * RATIO + OTHERS) ** 2
GROWS = Differentiated(MOVED, RATIO, SLOPE)

HALF = (GROWTH - 1) / (GROWTH + 1)
INSIDE = (lt(ZERO, PART), le(PART, Integer(1)), le(Integer(1), GROWTH))


def change(quotient: Expr) -> Expr:
    """``α' − α`` for the quotient R, with a for α."""
    return PART * quotient / (PART * quotient + 1 - PART) - PART


def within(bound: Expr, quotient: Expr = GROWTH**2, sign: int = 1) -> Solver:
    """The change is at most ``bound``, for all 0 < α <= 1 <= w."""
    return Solver(le(sign * change(quotient), bound), INSIDE)


def logarithm(bound: Expr) -> Solver:
    """Own factor and mean in ``[e^(−Δ), e^Δ]``: the log of their quotient is at most ``bound`` in size."""
    given = (le(-DELTA, OWN), le(OWN, DELTA), le(-DELTA, MEAN), le(MEAN, DELTA))
    return Solver(Both((le(-bound, OWN - MEAN), le(OWN - MEAN, bound))), given)


def attained(bound: Expr) -> Solver:
    """At ``α = 1/(1 + w)`` the change is ``bound``."""
    return Solver(eq(change(GROWTH**2), bound), (eq(PART * (1 + GROWTH), Integer(1)), le(Integer(1), GROWTH)))


LEMMA = Lemma(
    name="softmax_condition",
    title="How far weights move with their logits",
    statement=(
        r"If every logit moves by at most $\Delta$, then for any number of keys $|\ln(\alpha'_i/\alpha_i)| \le "
        r"2\Delta$, the log-odds of two keys move by at most $2\Delta$, and $|\alpha'_i - \alpha_i| \le "
        r"\tanh(\Delta/2)$. The last is attained at $\alpha_i = 1/(1 + e^{\Delta})$ with the own logit moved by "
        r"$\Delta$, all others by $-\Delta$."
    ),
    assumptions={"A softmax over the keys alone; finite logits.": "normaliser"},
    met={
        "softmax_shift": {
            "A softmax over the keys alone; finite logits.": (Assumed("A softmax"),),
        },
    },
    steps=(
        identity("the weights after, in those before", moved(J, SHIFTS), AFTER, uses=("softmax_shift",)),
        identity(
            "a mean of factors M − s² lies below the largest, M (and, with the signs changed, above the least)",
            *MEAN_BELOW,
        ),
        closed("by what is not negative", Squares(SQUARES)),
        closed(
            "logarithms of the own factor and of the mean, or of the factors of two keys: both within ± Δ",
            logarithm(2 * DELTA),
        ),
        closed("with R, the own factor over the mean of the others, and β = 1 − α: the weight", GROWS),
        closed("grows with R", Sign(ZERO, "≤", SLOPE)),
        closed("at the largest R = w², w = exp(Δ), with a for α", within(HALF)),
        closed("at the least R = 1/w²", within(HALF, 1 / GROWTH**2, -1)),
        closed("in Δ", Field((exp(DELTA) - 1) / (exp(DELTA) + 1), tanh(DELTA / 2))),
        closed("attained at α = 1/(1 + w)", attained(HALF)),
    ),
    altered={
        "half the bound on the log": logarithm(DELTA),
        "a mean above the largest": Squares(-SQUARES),
        "no mean below": Equal(moved(J, SHIFTS), weight(J) * exp(SHIFTS[J])),
        "nine tenths of the bound": within(HALF * Rational(9, 10)),
        "nine tenths of the bound downwards": within(HALF * Rational(9, 10), 1 / GROWTH**2, -1),
        "tanh Δ in place of tanh(Δ/2)": Field((exp(DELTA) - 1) / (exp(DELTA) + 1), tanh(DELTA)),
        "attained at twice the bound": attained(2 * HALF),
        "a slope without the square": Differentiated(MOVED, RATIO, SHARE * OTHERS / (SHARE * RATIO + OTHERS)),
    },
    references=(
        "Blanchard, D. Higham, N. Higham 2021, Accurately computing the log-sum-exp and softmax functions, section 3",
    ),
)
