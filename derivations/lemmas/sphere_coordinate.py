"""Even moments of one coordinate of a uniform unit vector, at symbolic width: behind claim T3.

For d >= 2, where the coordinate has a density; layer-normalised vectors are the same in d − 1 dimensions.
"""

from __future__ import annotations

from functools import partial

from sympy import Expr, Integer, Rational, Symbol, diff, limit, powsimp, simplify, sqrt

from attnproof.derivations.language.notation import D
from attnproof.derivations.lemmas.cumulants_add import same
from attnproof.derivations.moments.quadratic import sphere_moment
from attnproof.derivations.proof.claim import Lemma, Step

T = Symbol("t", positive=True)  # the density is even
HALF = Symbol("p", integer=True, positive=True)  # half the order
EXCESS = Symbol("c", positive=True)  # d − 1
POWER = (D - 3) / 2


def density(power: Expr) -> bool:
    """At height t the slice is a sphere of radius ``√(1−t²)``; times the arc over dt that is ``(1−t²)^power``."""
    radius = sqrt(1 - T**2)
    arc_squared = simplify(1 + diff(radius, T) ** 2)  # 1/(1 − t²)
    exponent = (D - 2) / 2 - Rational(1, 2)
    return same(arc_squared * (1 - T**2), Integer(1)) and same(exponent, power)


def recursion(ratio: Expr) -> bool:
    """``d/dt t^(2p−1) (1−t²)^((d−1)/2)`` over the density, ``(2p−1) (t^(2p−2) − t^(2p)/ratio)``, integrates to 0."""
    whole = T ** (2 * HALF - 1) * (1 - T**2) ** (POWER + 1)
    left = simplify(powsimp(diff(whole, T) / ((1 - T**2) ** POWER * T ** (2 * HALF - 2))))
    vanishes = limit(T ** (EXCESS / 2), T, 0, "+") == 0  # 1 − t² at the ends, to the power (d − 1)/2 > 0
    return bool(vanishes) and same(left, (2 * HALF - 1) * (1 - T**2 / ratio))


def closed(ratio: Expr) -> bool:
    """The closed form has this ratio at its first orders, starts with 1, and its first is ``d E[u²] = 1``."""
    orders = range(1, 7)
    ratios = all(same(sphere_moment(D, 2 * p), ratio.subs(HALF, p) * sphere_moment(D, 2 * p - 2)) for p in orders)
    return ratios and same(sphere_moment(D, 0), Integer(1)) and same(D * ratio.subs(HALF, 1), Integer(1))


def layer_normalised(variance: Expr) -> bool:
    """``d² E[u²]`` with u in d − 1 dimensions; and from ``tr Σ²``, 1 on the diagonal, ``1 + (d−1) c = 0`` off it."""
    off = -1 / (D - 1)
    solved = same(1 + (D - 1) * off, Integer(0))  # linear in c: no other solves it
    return solved and all(same(each, variance) for each in (D**2 * sphere_moment(D - 1, 2), D + D * (D - 1) * off**2))


RATIO = (2 * HALF - 1) / (D + 2 * HALF - 2)

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
        Step(
            "slices of the sphere, at symbolic d",
            r"(1-t^2)^{(d-2)/2}\sqrt{1 + \left(\tfrac{d}{dt}\sqrt{1-t^2}\right)^2} => (1-t^2)^{(d-3)/2}",
            partial(density, POWER),
        ),
        Step(
            "a derivative that integrates to 0 over [−1, 1]",
            r"\tfrac{d}{dt}\, t^{2p-1} (1-t^2)^{(d-1)/2} => E[u^{2p}] = \tfrac{2p-1}{d+2p-2} E[u^{2p-2}]",
            partial(recursion, RATIO),
        ),
        Step("the closed form; d E[u²] = 1 by symmetry", "E[u^2] => 1/d", partial(closed, RATIO)),
        Step(
            "layer-normalised: the sphere of radius √d in d − 1 dimensions, and the trace of Σ²",
            "d^2 E[u^2] => d^2/(d-1)",
            partial(layer_normalised, D**2 / (D - 1)),
        ),
    ),
    altered={
        "the density of d + 1 dimensions": partial(density, POWER + Rational(1, 2)),
        "a ratio of one dimension more": partial(recursion, (2 * HALF - 1) / (D + 2 * HALF - 1)),
        "layer-normalised scores of variance d": partial(layer_normalised, D),
    },
)
