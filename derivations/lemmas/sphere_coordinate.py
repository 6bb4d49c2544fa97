"""Even moments of one coordinate of a uniform unit vector, at symbolic width: behind claim T3.

For d >= 2, where the coordinate has a density; layer-normalised vectors are the same in d − 1 dimensions.
"""

from __future__ import annotations

from sympy import Expr, Integer, Symbol, sqrt, symbols

from attnproof.derivations.language.notation import D
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import All, Cited, Computed, Differentiated, Field, Solver, Tends
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import eq, le, lt

T = Symbol("t", positive=True)  # the density is even
RADIUS = Symbol("c", positive=True)  # of the slice: √(1 − t²)
HALF = Symbol("p", integer=True, positive=True)  # half the order
EXCESS = Symbol("m", integer=True, nonnegative=True)  # d − 2
# the moments of order 2p and 2p − 2; p, d and the correlation of two components as numbers
HIGHER, LOWER, ORDER, WIDTH, OFF = symbols("a b p d c", real=True)
INSIDE = (lt(ZERO, 1 - T**2),)
WHOLE = T ** (2 * HALF - 1) * (1 - T**2) ** ((D - 1) / 2)
RELATIVE = (2 * HALF - 1) / T - (D - 1) * T / (1 - T**2)
COMBINED = ((2 * HALF - 1) * (1 - T**2) - (D - 1) * T**2) / (T * (1 - T**2))


def density(power: Expr) -> Field:
    """The slice is a sphere of radius c in d − 1 dimensions; times the arc over dt that is ``c^power``."""
    return Field(RADIUS ** (D - 2) * sqrt(1 + (1 - RADIUS**2) / RADIUS**2), RADIUS**power)


def ratio(value: Expr) -> Solver:
    """The slope integrated over [−1, 1] is 0: the moment of order 2p is ``value`` times that of 2p − 2."""
    integral = (2 * ORDER - 1) * (LOWER - HIGHER) - (WIDTH - 1) * HIGHER
    return Solver(eq(HIGHER, value * LOWER), (eq(integral, ZERO), le(Integer(1), ORDER), le(Integer(2), WIDTH)))


def layer_normalised(variance: Expr) -> Field:
    """``tr Σ²``, Σ with 1 on the diagonal and −1/(d − 1) off it, is ``variance``."""
    return Field(D + D * (D - 1) * (-1 / (D - 1)) ** 2, variance, least=((D, 2),))


def moment(width: Expr, order: int, value: Expr) -> Computed:
    """The closed form in use."""
    return Computed("moments.quadratic:sphere_moment", (width, order), value)


SECOND = moment(D, 2, 1 / D)
LAYER_NORMALISED = All(
    (
        Computed("moments.quadratic:layer_norm_moment", (D, 2), D**2 / (D - 1)),
        Solver(eq(OFF, -1 / (WIDTH - 1)), (eq(1 + (WIDTH - 1) * OFF, ZERO), le(Integer(2), WIDTH))),
        layer_normalised(D**2 / (D - 1)),
    )
)

LEMMA = Lemma(
    name="sphere_coordinate",
    title="One coordinate of a uniform unit vector",
    statement=(
        r"For every width $d \ge 2$ one coordinate has the density $\propto (1 - t^2)^{(d-3)/2}$ and "
        r"$E[u^{2p}] = \frac{2p-1}{d+2p-2} E[u^{2p-2}]$. For isotropic layer-normalised vectors "
        r"$\operatorname{Var}(q\cdot k) = d^2/(d-1)$."
    ),
    assumptions={
        "The direction is uniform; layer normalisation: uniform in the hyperplane of sum 0, ε = 0.": "distribution"
    },
    steps=(
        closed(
            "slices of the sphere, and the length of the arc over dt",
            Cited(
                r"u \text{ uniform on the unit sphere of } \mathbb{R}^d",
                r"u_1 \text{ has a density} \propto r(t)^{d-2} \sqrt{1 + r'(t)^2},\ r(t) = \sqrt{1 - t^2}",
                "marginal density: Fang, Kotz, Ng 1990, Symmetric Multivariate and Related Distributions",
            ),
        ),
        closed("the slope of the radius", Differentiated(sqrt(1 - T**2), T, -T / sqrt(1 - T**2), 1, INSIDE)),
        closed("whose square is (1 − c²)/c², with c = √(1 − t²): the density", density(D - 3)),
        closed(
            "a function that is 0 at both ends, over (−1, 1)", Differentiated(WHOLE, T, WHOLE * RELATIVE, 1, INSIDE)
        ),
        closed("its slope is the density times t^(2p − 2) and the numerator", Field(RELATIVE, COMBINED, given=INSIDE)),
        closed(
            "as 1 − t², here t, to the power (d − 1)/2, d = m + 2, is", Tends(T ** ((EXCESS + 1) / 2), T, ZERO, ZERO)
        ),
        closed(
            "so its slope has the mean 0: with a = E[u^(2p)] and b = E[u^(2p − 2)]",
            ratio((2 * ORDER - 1) / (WIDTH + 2 * ORDER - 2)),
        ),
        closed("the closed form in use: the ratios from order 0 on", All((moment(D, 0, Integer(1)), SECOND))),
        closed(
            "orders 4 and 6",
            All((moment(D, 4, 3 / (D * (D + 2))), moment(D, 6, 15 / (D * (D + 2) * (D + 4))))),
        ),
        closed(
            "layer-normalised: the sphere of radius √d in d − 1 dimensions; and the trace of Σ², whose rows have sum 0",
            LAYER_NORMALISED,
        ),
    ),
    altered={
        "the density of d + 1 dimensions": density(D - 2),
        "a ratio of one dimension more": ratio((2 * ORDER - 1) / (WIDTH + 2 * ORDER - 1)),
        "a second moment of 1/(d − 1)": moment(D, 2, 1 / (D - 1)),
        "layer-normalised scores of variance d": layer_normalised(D),
    },
)
