"""What a relative error of the product AB does to 2/(1 + AB) and to 4AB/(1 + AB)²."""

from __future__ import annotations

from sympy import Expr, Integer, symbols

from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import Solver
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import Both, le, lt

P, C = symbols("P c", real=True)
CHANGE = 2 / (1 + C * P) - 2 / (1 + P)
RATIO = C * (1 + P) ** 2 / (1 + C * P) ** 2
SMALL, LARGE = (lt(ZERO, P), lt(ZERO, C), le(C, Integer(1))), (lt(ZERO, P), le(Integer(1), C))


def within(low: Expr, of: Expr, high: Expr) -> Both:
    """``low <= of <= high``."""
    return Both((le(low, of), le(of, high)))


LEMMA = Lemma(
    name="perturbed_product",
    title="A product in the separated form that is off by a factor",
    statement=(
        r"For $P > 0$ and a factor $c > 0$: $\left|\frac{2}{1 + cP} - \frac{2}{1 + P}\right| \le \frac{1 - c}{2c}$ for "
        r"$c \le 1$ and $\le \frac{c - 1}{2}$ for $c \ge 1$; and $\frac{4cP}{(1 + cP)^2}$ is $\frac{4P}{(1 + P)^2}$ "
        r"times a factor between c and 1/c."
    ),
    assumptions={"P > 0, as a product of exponentials is.": "ranges"},
    steps=(
        closed("a product off by a factor c ≤ 1", Solver(within(ZERO, CHANGE, (1 - C) / (2 * C)), SMALL)),
        closed("a product off by a factor c ≥ 1", Solver(within(ZERO, -CHANGE, (C - 1) / 2), LARGE)),
        closed("the derivative, c ≤ 1", Solver(within(C, RATIO, 1 / C), SMALL)),
        closed("the derivative, c ≥ 1", Solver(within(1 / C, RATIO, C), LARGE)),
    ),
    altered={
        "half the bound for c ≤ 1": Solver(within(ZERO, CHANGE, (1 - C) / (4 * C)), SMALL),
        "half the bound for c ≥ 1": Solver(within(ZERO, -CHANGE, (C - 1) / 4), LARGE),
        "a derivative that never grows": Solver(within(C, RATIO, Integer(1)), SMALL),
    },
)
