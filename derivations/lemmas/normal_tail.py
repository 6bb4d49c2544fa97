"""The tail of the normal law between two elementary functions."""

from __future__ import annotations

from sympy import Function, Integer, diff, oo

from attnproof.derivations.lemmas.checks.concentration import DENSITY, X, Z
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import Cited, Differentiated, Sign, Tends
from attnproof.derivations.proof.steps import closed

PHI = DENSITY.subs(Z, X)
LOWER, UPPER = X / (1 + X**2) * PHI, PHI / X
Q = Function("Q")
#: the slopes of Q − LOWER and of UPPER − Q, once Q' = −φ is put in
FALL_BELOW, FALL_ABOVE = -2 * PHI / (1 + X**2) ** 2, -PHI / X**2
ZERO = Integer(0)

LEMMA = Lemma(
    name="normal_tail",
    title="The tail of the normal law",
    statement=(
        r"$\frac{x}{1 + x^2}\,\varphi(x) \le Q(x) \le \frac1x\,\varphi(x)$ for $x > 0$, "
        r"$Q(x) = \int_x^\infty \varphi$."
    ),
    assumptions={"φ is the standard normal density.": "distribution"},
    steps=(
        closed(
            "the tail of a convergent integral of a continuous function",
            Cited(
                r"Q(x) = \textstyle\int_x^\infty \varphi",
                r"Q' = -\varphi,\ Q(x) \to 0 \text{ for } x \to \infty",
                "fundamental theorem of calculus: Rudin 1976, Principles of Mathematical Analysis, theorem 6.20",
            ),
        ),
        closed(
            "the difference from below: with Q' = −φ only the last term is left",
            Differentiated(Q(X) - LOWER, X, diff(Q(X), X) + PHI + FALL_BELOW),
        ),
        closed("it falls", Sign(FALL_BELOW, "<", ZERO)),
        closed("and tends to 0 with Q, so it is never negative", Tends(LOWER, X, oo, ZERO)),
        closed("the difference from above", Differentiated(UPPER - Q(X), X, -diff(Q(X), X) - PHI + FALL_ABOVE)),
        closed("it falls", Sign(FALL_ABOVE, "<", ZERO)),
        closed("and tends to 0 as well", Tends(UPPER, X, oo, ZERO)),
    ),
    altered={
        "the upper bound from below": Differentiated(Q(X) - UPPER, X, diff(Q(X), X) + PHI + FALL_BELOW),
        "the lower bound from above": Differentiated(LOWER - Q(X), X, -diff(Q(X), X) - PHI + FALL_ABOVE),
        "a difference that grows": Sign(ZERO, "<", FALL_BELOW),
        "a bound that tends to 1": Tends(LOWER, X, oo, Integer(1)),
    },
    references=("Gordon 1941, Values of Mills' ratio of area to bounding ordinate",),
)
