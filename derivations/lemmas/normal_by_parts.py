"""Integration by parts against the normal density (Stein's identity)."""

from __future__ import annotations

from sympy import Function, Integer, Symbol, diff, exp, oo, pi, sqrt

from attnproof.derivations.lemmas.checks.concentration import DENSITY, Z
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import All, Cited, Differentiated, Solver, Tends
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import le

G = Function("g")
BOUND = Symbol("c", nonnegative=True)  # of |g|
SIZE, EXPONENTIAL = Symbol("a", nonnegative=True), Symbol("E", positive=True)  # |g(z)|, exp(-z²/2)
ENVELOPE = BOUND / (sqrt(2 * pi) * (1 + Z**2 / 2))
BY_PARTS = (diff(G(Z), Z) - Z * G(Z)) * DENSITY
BELOW = (le(SIZE, BOUND), le(EXPONENTIAL, 1 / (1 + Z**2 / 2)))

LEMMA = Lemma(
    name="normal_by_parts",
    title="Integration by parts under a normal law",
    statement=r"$E[Z g(Z)] = E[g'(Z)]$ for standard normal $Z$ and differentiable $g$ with $g$ and $g'$ bounded.",
    assumptions={"g is differentiable, g and g' are bounded, so that both means exist.": "smoothness"},
    steps=(
        closed("derivative of g times the density", Differentiated(G(Z) * DENSITY, Z, BY_PARTS)),
        closed(
            "its size a E/√(2π), where a = |g(z)| is at most c and E = exp(−z²/2)",
            Solver(le(SIZE * EXPONENTIAL, BOUND / (1 + Z**2 / 2)), BELOW),
            uses=("exponential_tangent",),
        ),
        closed(
            "so it vanishes at both ends",
            All((Tends(ENVELOPE, Z, oo, Integer(0)), Tends(ENVELOPE, Z, -oo, Integer(0)))),
        ),
        closed(
            "the derivative, everywhere defined and integrable, has the integral 0",
            Cited(
                r"f = g \varphi,\ f(z) \to 0 \text{ for } z \to \pm\infty,\ \textstyle\int |f'| < \infty",
                r"\textstyle\int f' = E[g'(Z)] - E[Z g(Z)] = 0",
                "fundamental theorem of calculus, the derivative integrable: Rudin 1987, Real and Complex Analysis",
            ),
        ),
    ),
    altered={
        "the opposite sign": Differentiated(G(Z) * DENSITY, Z, (diff(G(Z), Z) + Z * G(Z)) * DENSITY),
        "a density of variance 1/2": Differentiated(G(Z) * exp(-(Z**2)), Z, (diff(G(Z), Z) - Z * G(Z)) * exp(-(Z**2))),
        "an envelope that need not vanish": Tends(Z**2 * ENVELOPE, Z, oo, Integer(0)),
    },
    references=("Stein 1981, Estimation of the mean of a multivariate normal distribution",),
)
