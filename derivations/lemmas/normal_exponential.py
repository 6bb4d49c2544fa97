"""The mean of the exponential of a standard normal variable."""

from __future__ import annotations

from sympy import Symbol, erf, exp, oo, sqrt

from attnproof.derivations.lemmas.checks.concentration import DENSITY, Z
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import Field, Integrated
from attnproof.derivations.proof.steps import closed

S = Symbol("s", real=True)
MEAN = exp(S**2 / 2)
WEIGHTED = exp(S * Z) * DENSITY
PRIMITIVE = MEAN * erf((Z - S) / sqrt(2)) / 2

LEMMA = Lemma(
    name="normal_exponential",
    title="The exponential of a normal variable",
    statement=r"$E[e^{sZ}] = e^{s^2/2}$ for standard normal $Z$ and every real $s$.",
    assumptions={"Z is standard normal.": "distribution"},
    steps=(
        closed("completing the square moves the density by s", Field(WEIGHTED, MEAN * DENSITY.subs(Z, Z - S))),
        closed("so the mean is an error function's change", Integrated(WEIGHTED, Z, -oo, oo, MEAN, PRIMITIVE)),
    ),
    altered={
        "the density moved by 2s": Field(WEIGHTED, MEAN * DENSITY.subs(Z, Z - 2 * S)),
        "a mean of exp(s²)": Integrated(WEIGHTED, Z, -oo, oo, MEAN**2, PRIMITIVE),
    },
)
