"""How far softmax weights move when logits move: the sharp bounds, at every number of keys. Behind claim B1."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Gt, Integer, Le, Lt, Symbol, diff, exp, log, symbols, tanh

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.language.notation import N_K, J, L, Tensor
from attnproof.derivations.language.system import total
from attnproof.derivations.lemmas.softmax_shift import LOGITS, SHIFTS, weight
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.identities import is_sum_of_squares, put
from attnproof.derivations.proof.reasoning import nonnegative, same, vanishes
from attnproof.derivations.proof.smt import proves

ROOM = Tensor("room", "s", (N_K,))  # s_l² is what the factor of key l misses to the largest one
TOP = Tensor("top", "M", ())[()]
SHARE, GROWTH, EXCESS = symbols("alpha w r", positive=True)
RATIO, DELTA = symbols("R Delta", positive=True)
REST = Symbol("q", positive=True)  # α = 1/(1 + q) lies in (0, 1)


def reweighted(expected: Expr) -> bool:
    """The weight of key j after shifts x_l, in the weights before: at every number of keys."""
    return equal(put(weight(J), LOGITS, lambda key: LOGITS[key] + SHIFTS[key]), expected)


def below_the_top(sign: int) -> bool:
    """A mean with positive weights is below the largest: ``Σ a_l M − Σ a_l (M − sign s_l²)`` is a sum of squares."""
    grown = exp(LOGITS[L])
    mean = total(grown * (TOP - sign * ROOM[L] ** 2), (L, N_K))
    squares = total(grown * ROOM[L] ** 2, (L, N_K))
    return equal(TOP * total(grown, (L, N_K)) - mean, squares) and is_sum_of_squares(squares)


def pair_form(expected: Expr) -> bool:
    """With the factors' quotient R (own over mean of the others), ``α' = α R/(α R + 1 − α)``; it grows with R, with
    ``expected`` as its slope.
    """
    moved = SHARE * RATIO / (SHARE * RATIO + 1 - SHARE)
    inside = {SHARE: 1 / (1 + REST)}
    return vanishes(diff(moved, RATIO) - expected) and nonnegative(expected.subs(inside))


def change(quotient: Expr) -> Expr:
    """``α' − α`` for the quotient R."""
    return SHARE * quotient / (SHARE * quotient + 1 - SHARE) - SHARE


def square_left(bound: Expr, sign: int = 1) -> bool:
    """``bound − (change at R = w^(±2), of its own sign)``, with w = 1 + r, is a square over positive factors."""
    own = SHARE if sign > 0 else 1 - SHARE  # the share of what grows
    gap = bound - sign * change(GROWTH ** (2 * sign))
    square = (GROWTH - 1) * (1 - own * (1 + GROWTH)) ** 2 / ((GROWTH + 1) * (1 + own * (GROWTH**2 - 1)))
    inside = {GROWTH: 1 + EXCESS, SHARE: 1 / (1 + REST)}
    return vanishes(gap - square) and nonnegative(square.subs(inside))


def solved(bound: Expr) -> bool:
    """A second road to the same inequality: an SMT solver decides it for all 0 < α < 1 <= w."""
    return proves(Le(change(GROWTH**2), bound), [Lt(SHARE, 1), Gt(GROWTH, 1)])


def attained(bound: Expr) -> bool:
    """At ``α = 1/(1 + w)`` the change is ``bound``."""
    return vanishes(change(GROWTH**2).subs(SHARE, 1 / (1 + GROWTH)) - bound)


def as_tanh(bound: Expr) -> bool:
    """``(w − 1)/(w + 1)`` at ``w = e^Δ`` is ``bound``."""
    return vanishes((exp(DELTA) - 1) / (exp(DELTA) + 1) - bound)


def logarithm(bound: Expr) -> bool:
    """Factors and mean in ``[e^(−Δ), e^Δ]``: the log of own over mean is at most ``bound``; its slope is positive."""
    return same(log(exp(DELTA) / exp(-DELTA)).expand(force=True), bound) and nonnegative(diff(bound, DELTA))


HALF = (GROWTH - 1) / (GROWTH + 1)

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
    steps=(
        Step(
            "the weights after, in those before",
            r"\frac{e^{t_j + x_j}}{\sum_l e^{t_l + x_l}} => \frac{\alpha_j e^{x_j}}{\sum_l \alpha_l e^{x_l}}",
            partial(
                reweighted,
                weight(J)
                * exp(SHIFTS[J])
                / total(exp(SHIFTS[L]) * exp(LOGITS[L]), (L, N_K))
                * total(exp(LOGITS[L]), (L, N_K)),
            ),
            uses=("softmax_shift",),
        ),
        Step(
            "a mean of factors lies below the largest (and, with the signs changed, above the least)",
            r"\textstyle\sum_l a_l M - \sum_l a_l (M - s_l^2) => \textstyle\sum_l a_l s_l^2 \ge 0",
            partial(below_the_top, 1),
        ),
        Step(
            "own factor and mean both within e^(±Δ)",
            r"\ln\frac{\alpha'_i}{\alpha_i} \le \ln\frac{e^{\Delta}}{e^{-\Delta}} => 2\Delta",
            partial(logarithm, 2 * DELTA),
        ),
        Step(
            "with R, the own factor over the mean of the others: the weight grows with R",
            r"\frac{d}{dR}\, \frac{\alpha R}{\alpha R + 1 - \alpha}"
            r" => \frac{\alpha(1 - \alpha)}{(\alpha R + 1 - \alpha)^2} \ge 0",
            partial(pair_form, SHARE * (1 - SHARE) / (SHARE * RATIO + 1 - SHARE) ** 2),
        ),
        Step(
            "at the largest R = w², w = e^Δ: what is left of the bound is a square",
            r"\frac{w - 1}{w + 1} - (\alpha' - \alpha)"
            r" => \frac{(w - 1)(1 - \alpha(1 + w))^2}{(w + 1)(1 + \alpha(w^2 - 1))} \ge 0",
            partial(square_left, HALF),
        ),
        Step(
            "at the least R = w^(−2): the same with 1 − α for α",
            r"\frac{w - 1}{w + 1} - (\alpha - \alpha') => \ge 0",
            partial(square_left, HALF, -1),
        ),
        Step(
            "a second road: an SMT solver decides the inequality",
            r"\alpha' - \alpha => \le \frac{w - 1}{w + 1},\quad 0 < \alpha < 1 < w",
            partial(solved, HALF),
        ),
        Step("in Δ", r"\frac{e^\Delta - 1}{e^\Delta + 1} => \tanh(\Delta/2)", partial(as_tanh, tanh(DELTA / 2))),
        Step(
            "attained", r"\alpha = \frac{1}{1 + w} => \alpha' - \alpha = \frac{w - 1}{w + 1}", partial(attained, HALF)
        ),
    ),
    altered={
        "half the bound on the log": partial(logarithm, DELTA),
        "a mean above the largest": partial(below_the_top, -1),
        "no mean below": partial(reweighted, weight(J) * exp(SHIFTS[J])),
        "nine tenths of the bound": partial(square_left, HALF * Integer(9) / 10),
        "nine tenths of the bound, for the solver": partial(solved, HALF * Integer(9) / 10),
        "tanh Δ in place of tanh(Δ/2)": partial(as_tanh, tanh(DELTA)),
        "attained at twice the bound": partial(attained, 2 * HALF),
        "a slope without the square": partial(pair_form, SHARE * (1 - SHARE) / (SHARE * RATIO + 1 - SHARE)),
    },
    references=(
        "Blanchard, D. Higham, N. Higham 2021, Accurately computing the log-sum-exp and softmax functions, section 3",
    ),
)
