"""Integration by parts against the normal density (Stein's identity)."""

from __future__ import annotations

from functools import partial

from sympy import Expr, Function, Integer, diff, exp, expand

from attnproof.derivations.lemmas.checks.concentration import DENSITY, Z
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import same, tends_to

G = Function("g")


def product_rule(density: Expr, expected: Expr) -> bool:
    """``(g φ)' = expected · φ`` for every differentiable g."""
    return bool(expand((diff(G(Z) * density, Z) - expected * density) / density) == 0)


def dies_out(power: int) -> bool:
    """``e^(−z²/2) <= 1/(1 + z²/2)``, and ``|z|^power`` times it tends to 0: so does g φ for bounded g, both ways."""
    envelope = Z**power / (1 + Z**2 / 2)
    even = same(DENSITY, DENSITY.subs(Z, -Z))
    return even and tends_to(envelope, Z, Integer(0))


LEMMA = Lemma(
    name="normal_by_parts",
    title="Integration by parts under a normal law",
    statement=r"$E[Z g(Z)] = E[g'(Z)]$ for standard normal $Z$ and differentiable $g$ with $g$ and $g'$ bounded.",
    assumptions={"g is differentiable, g and g' are bounded, so that both means exist.": "smoothness"},
    steps=(
        Step(
            "derivative of g times the density",
            r"(g \varphi)' => (g' - z g)\,\varphi",
            partial(product_rule, DENSITY, diff(G(Z), Z) - Z * G(Z)),
        ),
        Step(
            "g times the density vanishes at both ends",
            r"|g(z)|\,\varphi(z) => \le \frac{c}{\sqrt{2\pi}\,(1 + z^2/2)} \to 0",
            partial(dies_out, 0),
            uses=("exponential_tangent",),
        ),
    ),
    altered={
        "the opposite sign": partial(product_rule, DENSITY, diff(G(Z), Z) + Z * G(Z)),
        "a density of variance 1/2": partial(product_rule, exp(-(Z**2)), diff(G(Z), Z) - Z * G(Z)),
        "an envelope that need not vanish": partial(dies_out, 2),
    },
    references=("Stein 1981, Estimation of the mean of a multivariate normal distribution",),
)
