"""What a relative error of the product AB does to 2/(1 + AB) and to 4AB/(1 + AB)²."""

from __future__ import annotations

from functools import partial

from sympy import Integer

from attnproof.derivations.lemmas.checks.separated_tanh import (
    C_LARGE,
    C_SMALL,
    factor_kept,
    product_too_large,
    product_too_small,
)
from attnproof.derivations.proof.claim import Lemma, Step

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
        Step(
            "a product off by a factor c ≤ 1: at most (1 − c)/(2c)",
            r"\frac{2}{1 + cP} - \frac{2}{1 + P} => \le \frac{1 - c}{2c}",
            partial(product_too_small, (1 - C_SMALL) / (2 * C_SMALL)),
        ),
        Step(
            "a product off by a factor c ≥ 1: at most (c − 1)/2",
            r"\frac{2}{1 + P} - \frac{2}{1 + cP} => \le \frac{c - 1}{2}",
            partial(product_too_large, (C_LARGE - 1) / 2),
        ),
        Step(
            "the derivative, c ≤ 1",
            r"\frac{c(1 + P)^2}{(1 + cP)^2} => \in [c, 1/c]",
            partial(factor_kept, C_SMALL, 1 / C_SMALL, C_SMALL),
        ),
        Step(
            "the derivative, c ≥ 1",
            r"\frac{c(1 + P)^2}{(1 + cP)^2} => \in [1/c, c]",
            partial(factor_kept, 1 / C_LARGE, C_LARGE, C_LARGE),
        ),
    ),
    altered={
        "half the bound for c ≤ 1": partial(product_too_small, (1 - C_SMALL) / (4 * C_SMALL)),
        "half the bound for c ≥ 1": partial(product_too_large, (C_LARGE - 1) / 4),
        "a derivative that never grows": partial(factor_kept, C_SMALL, Integer(1), C_SMALL),
    },
)
