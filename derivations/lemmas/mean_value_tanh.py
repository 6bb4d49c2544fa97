"""How far tanh and sech² move with their argument: behind the bounds of tanh, its derivative and the soft-cap."""

from __future__ import annotations

from sympy import Integer, Rational, Symbol, sech, sqrt, tanh

from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import Cases, Cited, Differentiated, Field, Sign
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import eq

Z = Symbol("z", nonnegative=True)
LEVEL = Symbol("t", nonnegative=True)  # tanh z
STEEPEST = Rational(4, 9) * sqrt(3)
FALL = -2 * tanh(Z) * sech(Z) ** 2
SLOPE = 2 * LEVEL * (1 - LEVEL**2)
LEFT = 2 * (LEVEL - 1 / sqrt(3)) ** 2 * (LEVEL + 2 / sqrt(3))
AT = ((LEVEL, (1 / sqrt(3),)),)

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
        closed(
            "mean value theorem",
            Cited(
                r"f \in \{\tanh, \operatorname{sech}^2\},\ |\hat{z} - z| \le \Delta",
                r"|f(\hat{z}) - f(z)| \le \Delta\, |f'(\zeta)|,\ z_- \le |\zeta| \le z_+",
                "mean value theorem: Rudin 1976, Principles of Mathematical Analysis, theorem 5.10",
            ),
        ),
        closed("the slope of tanh", Differentiated(tanh(Z), Z, sech(Z) ** 2)),
        closed("tanh grows", Sign(Integer(0), "<", sech(Z) ** 2)),
        closed("the slope of sech²", Differentiated(sech(Z) ** 2, Z, FALL)),
        closed("sech² falls with |z|, with a slope whose factors grow and fall", Sign(FALL, "≤", Integer(0))),
        closed("the slope with t = tanh z, below its largest size", Field(STEEPEST - SLOPE, LEFT)),
        closed("by what is not negative", Sign(Integer(0), "≤", LEFT)),
        closed("where it is attained", Cases(eq(SLOPE, STEEPEST), AT)),
    ),
    altered={
        "the slope of tanh without the square": Differentiated(tanh(Z), Z, sech(Z)),
        "a derivative that grows": Differentiated(sech(Z) ** 2, Z, -FALL),
        "half the steepest slope": Field(STEEPEST / 2 - SLOPE, LEFT),
        "a slope of 1": Cases(eq(SLOPE, Integer(1)), AT),
    },
)
