"""The mean of the exponential of a standard normal variable."""

from __future__ import annotations

from functools import partial

from sympy import exp

from attnproof.derivations.lemmas.checks.concentration import DENSITY, SLACK, Z, moment_generating
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import same

MEAN = exp(SLACK**2 / 2)

LEMMA = Lemma(
    name="normal_exponential",
    title="The exponential of a normal variable",
    statement=r"$E[e^{sZ}] = e^{s^2/2}$ for standard normal $Z$ and every real $s$.",
    assumptions={"Z is standard normal.": "distribution"},
    steps=(
        Step(
            "completing the square moves the density by s, which leaves its integral 1",
            r"e^{sz} \varphi(z) => e^{s^2/2} \varphi(z - s)",
            partial(same, exp(SLACK * Z) * DENSITY, MEAN * DENSITY.subs(Z, Z - SLACK)),
        ),
        Step("the integral in closed form", "E[e^{sZ}] => e^{s^2/2}", partial(moment_generating, MEAN)),
    ),
    altered={"the density moved by 2s": partial(same, exp(SLACK * Z) * DENSITY, MEAN * DENSITY.subs(Z, Z - 2 * SLACK))},
)
