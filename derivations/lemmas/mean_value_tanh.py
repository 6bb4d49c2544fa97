"""How far tanh and sech² move with their argument: behind the bounds of tanh, its derivative and the soft-cap."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Rational, Symbol, diff, sech, sqrt, tanh

from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import nonnegative, vanishes

Z = Symbol("z", nonnegative=True)
LEVEL = Symbol("t", nonnegative=True)  # tanh z
STEEPEST = Rational(4, 9) * sqrt(3)


def slope(expected: Expr) -> bool:
    """The derivative of tanh."""
    return vanishes(diff(tanh(Z), Z) - expected)


def slope_of_slope(expected: Expr) -> bool:
    """The derivative of sech² is ``expected``: minus a product of nonnegative factors, so <= 0 for z >= 0."""
    return vanishes(diff(sech(Z) ** 2, Z) - expected) and nonnegative(-expected)


def steepest(bound: Expr) -> bool:
    """``bound − 2t(1 − t²) = 2 (t − 1/√3)² (t + 2/√3)``, which is >= 0 for t >= 0."""
    left = 2 * (LEVEL - 1 / sqrt(3)) ** 2 * (LEVEL + 2 / sqrt(3))
    return vanishes(bound - 2 * LEVEL * (1 - LEVEL**2) - left)


def attained(bound: Expr) -> bool:
    """At ``t = 1/√3`` the slope of sech² is ``bound``."""
    return vanishes((2 * LEVEL * (1 - LEVEL**2)).subs(LEVEL, 1 / sqrt(3)) - bound)


LEMMA = Lemma(
    name="mean_value_tanh",
    title="tanh and its derivative move with their argument",
    statement=(
        r"For $|\hat{z} - z| \le \Delta$, $z_- = \max(|z| - \Delta, 0)$ and $z_+ = |z| + \Delta$: $|\tanh \hat{z} - "
        r"\tanh z| \le \Delta\, \operatorname{sech}^2 z_-$ and $|\operatorname{sech}^2 \hat{z} - \operatorname{sech}^2 "
        r"z| \le \Delta \min(2 \tanh z_+ \operatorname{sech}^2 z_-,\ \tfrac{4}{3\sqrt3})$."
    ),
    assumptions={
        "Real arguments; both functions depend on |z| up to sign, and between the two all magnitudes are within [z₋, "
        "z₊].": "domain"
    },
    steps=(
        Step("mean value theorem", r"\frac{d}{dz} \tanh z => \operatorname{sech}^2 z", partial(slope, sech(Z) ** 2)),
        Step(
            "sech² falls with |z|, with a slope whose factors grow and fall",
            r"\frac{d}{dz} \operatorname{sech}^2 z => -2 \tanh z\, \operatorname{sech}^2 z \le 0",
            partial(slope_of_slope, -2 * tanh(Z) * sech(Z) ** 2),
        ),
        Step(
            "and is nowhere steeper than at tanh² = 1/3, with t = tanh z",
            r"\tfrac{4}{3\sqrt3} - 2t(1 - t^2) => 2 (t - \tfrac{1}{\sqrt3})^2 (t + \tfrac{2}{\sqrt3}) \ge 0",
            partial(steepest, STEEPEST),
        ),
        Step(
            "where it is attained",
            r"2t(1 - t^2),\ t = \tfrac{1}{\sqrt3} => \tfrac{4}{3\sqrt3}",
            partial(attained, STEEPEST),
        ),
    ),
    altered={
        "the slope of tanh without the square": partial(slope, sech(Z)),
        "a derivative that grows": partial(slope_of_slope, 2 * tanh(Z) * sech(Z) ** 2),
        "half the steepest slope": partial(steepest, STEEPEST / 2),
        "a slope of 1": partial(attained, STEEPEST / STEEPEST),
    },
)
