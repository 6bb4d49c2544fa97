"""The tail of the normal law between two elementary functions."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer, diff, pi, sqrt

from attnproof.derivations.lemmas.checks.concentration import DENSITY, X, Z
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import nonnegative, tends_to

PHI = DENSITY.subs(Z, X)
LOWER, UPPER = X / (1 + X**2) * PHI, PHI / X


def falls_slower(bound: Expr) -> bool:
    """``Q − bound`` falls for x > 0: its derivative is ``−φ − bound'``, Q' being −φ."""
    return nonnegative((PHI + diff(bound, X)) / PHI)


def falls_faster(bound: Expr) -> bool:
    """``bound − Q`` falls for x > 0."""
    return nonnegative((-PHI - diff(bound, X)) / PHI)


def dies_out(bound: Expr) -> bool:
    """``0 <= bound <= 1/(√(2π) x)``, which tends to 0; φ is at most 1/√(2π), its exponent being not positive."""
    share = bound / PHI  # at most 1/x
    exponent = bool((-(X**2) / 2).is_nonpositive)
    small = nonnegative(1 / X - share) and nonnegative(share)
    return exponent and small and tends_to(1 / (sqrt(2 * pi) * X), X, Integer(0))


LEMMA = Lemma(
    name="normal_tail",
    title="The tail of the normal law",
    statement=(
        r"$\frac{x}{1 + x^2}\,\varphi(x) \le Q(x) \le \frac1x\,\varphi(x)$ for $x > 0$, "
        r"$Q(x) = \int_x^\infty \varphi$."
    ),
    assumptions={"φ is the standard normal density, whose tail integral Q tends to 0.": "distribution"},
    steps=(
        Step(
            "the difference from below falls",
            r"\tfrac{d}{dx}\left(Q - \tfrac{x}{1+x^2} \varphi\right) => -\frac{2 \varphi}{(1 + x^2)^2} \le 0",
            partial(falls_slower, LOWER),
        ),
        Step(
            "and it tends to 0, so it is never negative", r"\tfrac{x}{1+x^2} \varphi => \to 0", partial(dies_out, LOWER)
        ),
        Step(
            "the difference from above falls",
            r"\tfrac{d}{dx}\left(\tfrac1x \varphi - Q\right) => -\frac{\varphi}{x^2} \le 0",
            partial(falls_faster, UPPER),
        ),
        Step("and it tends to 0 as well", r"\tfrac1x \varphi => \to 0", partial(dies_out, UPPER)),
    ),
    altered={
        "the upper bound from below": partial(falls_slower, UPPER),
        "the lower bound from above": partial(falls_faster, LOWER),
        "a bound x φ, which does not fall below 1/x": partial(dies_out, X * PHI),
    },
    references=("Gordon 1941, Values of Mills' ratio of area to bounding ordinate",),
)
