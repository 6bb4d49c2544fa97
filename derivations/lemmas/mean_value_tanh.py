"""How far tanh and sech² move with their argument: behind the bounds of tanh, its derivative and the soft-cap."""

from __future__ import annotations

from sympy import Expr, Integer, Symbol, sech, sqrt, symbols, tanh

from attnproof.derivations.bounds.elementwise import STEEPEST_SECH2, tanh_error
from attnproof.derivations.bounds.parameters import EPS_TANH, OMEGA_TANH
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import Cases, Cited, Corners, Differentiated, Field, Sign
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import eq

Z = Symbol("z", nonnegative=True)
LEVEL = Symbol("t", nonnegative=True)  # tanh z
FALL = -2 * tanh(Z) * sech(Z) ** 2
SLOPE = 2 * LEVEL * (1 - LEVEL**2)
LEFT = 2 * (LEVEL - 1 / sqrt(3)) ** 2 * (LEVEL + 2 / sqrt(3))
AT = ((LEVEL, (1 / sqrt(3),)),)
ERROR = Symbol("E", nonnegative=True)  # Δ; |z| = m + Δ, so that z₋ is m
LEAST = Symbol("m", nonnegative=True)
S, RELATIVE, ABSOLUTE = symbols("s delta omega", real=True)
IN_USE = tanh_error(LEAST + ERROR, ERROR)


def computed(bound: Expr) -> Corners:
    """A tanh of what is off by Δ, computed with errors of its own: at most ``bound`` off."""
    box = ((S, ERROR * sech(LEAST) ** 2), (RELATIVE, EPS_TANH), (ABSOLUTE, OMEGA_TANH))
    level = tanh(LEAST + ERROR)
    return Corners((level + S) * (1 + RELATIVE) + ABSOLUTE - level, box, bound)


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
        closed("the slope with t = tanh z, below its largest size", Field(STEEPEST_SECH2 - SLOPE, LEFT)),
        closed("by what is not negative", Sign(Integer(0), "≤", LEFT)),
        closed("where it is attained", Cases(eq(SLOPE, STEEPEST_SECH2), AT)),
        closed("so the bound in use, with the errors of tanh itself; |z| = m + E, z₋ = m, Δ = E", computed(IN_USE)),
    ),
    altered={
        "the slope of tanh without the square": Differentiated(tanh(Z), Z, sech(Z)),
        "a derivative that grows": Differentiated(sech(Z) ** 2, Z, -FALL),
        "half the steepest slope": Field(STEEPEST_SECH2 / 2 - SLOPE, LEFT),
        "the function's own error of tanh z alone": computed(IN_USE - EPS_TANH * ERROR * sech(LEAST) ** 2),
        "a slope of 1": Cases(eq(SLOPE, Integer(1)), AT),
    },
)
