"""Evidence for T5: thirty digits of E[tanh²(σZ)], the part of the additive score that keys share, and the bilinear
score enumerated.

The certified integrals are ``attnproof.verify.tables.variance.integrals``. Beside them stand mpmath's quadrature at 40
digits, whose error is its own estimate and no bound, and nested trapezoidal rules with a proven one. Bilinear scores of
two-valued entries are enumerated, every outcome of the query, the weights and both keys, in integers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Final

import mpmath
import numpy as np
from flint import arb
from sympy import Expr, ImmutableMatrix, Integer, diag, eye, zeros

from attnproof.derivations.claims import t5
from attnproof.derivations.language.notation import D_K, D_Q
from attnproof.derivations.moments import bilinear
from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.evidence.measuring.nested_trapezoids import shared
from attnproof.verify.evidence.row import axis, exactly, figure, judged, series
from attnproof.verify.options import Options
from attnproof.verify.tables.variance.integrals import BITS, precision, shared_moment, tanh_moment
from attnproof.verify.unit import Result

SIGMAS: Final = (0.5, 1.0, 2.0, 5.0)
RHO: Final = 0.5  # σ_s = σ_h: query and key move z alike
DIGITS: Final = 30  # certified
QUAD_DIGITS: Final = 40  # mpmath works with
QUAD_ROUNDING: Final = 1e-38  # some 300 positive terms, their sum below 1, each good to a few units of 2^−136
CUTS: Final = (0, 4, 16)  # ∫_16^∞ φ < 1e-57
SIZES: Final = ((1, 1), (1, 2), (2, 1), (2, 2), (2, 3))  # d_q, d_k
WIDE: Final = (*SIZES, (3, 2), (3, 3))  # in the other profiles than quick
HALVES: Final = range(-6, 9)  # σ of the figure is 2^(k/2); every other one in the quick profile
TERMS: Final = 10  # of Mehler's series in the figure, drawn in the middle of what is left: at most ρ^TERMS/2 away


@dataclass(frozen=True)
class Entries:
    """Independent entries ``mean ± spread`` with probability ½ each, of the query, of the weights (mean 0) and of the
    keys.
    """

    query: tuple[int, int]
    weight: int
    key: tuple[int, int]


LAWS: Final = {"signs": Entries((0, 1), 1, (0, 1)), "means": Entries((1, 2), 3, (1, 1))}


def rows(options: Options) -> list[Result]:
    """Rows of digits, of the shared part, of the bilinear score at each size, and the figure."""
    quick = options.profile == "quick"
    found = [digits(sigma) for sigma in SIGMAS] + [shared_part(sigma) for sigma in (SIGMAS[1::2] if quick else SIGMAS)]
    for d_q, d_k in SIZES if quick else WIDE:
        for name in LAWS:
            found += random_weights(name, d_q, d_k)
        found += fixed(d_q, d_k)
    return [*found, drawn(HALVES[:: 2 if quick else 1])]


@cache
def by_quadrature(sigma: float) -> tuple[mpmath.mpf, mpmath.mpf]:
    """``2 ∫_0^16 tanh²(σx) φ(x) dx`` by mpmath's tanh-sinh rule, and the error that it states."""
    with mpmath.workdps(QUAD_DIGITS):
        value, error = mpmath.quad(lambda x: 2 * mpmath.tanh(sigma * x) ** 2 * mpmath.npdf(x), CUTS, error=True)
    return value, error


def digits(sigma: float) -> Result:
    """The certified value beside mpmath's; a pass also needs a radius that leaves ``DIGITS`` digits."""
    certified, (value, stated) = tanh_moment(2, sigma), by_quadrature(sigma)
    radius, error = float(certified.rad()), float(stated) + QUAD_ROUNDING
    with precision(BITS):
        apart = float(abs(arb(certified.mid()) - arb(mpmath.nstr(value, QUAD_DIGITS))).upper())
    narrow = radius <= 10.0**-DIGITS * float(certified.mid()) / 2
    wrong = f"they are {apart:.3g} apart" if apart > radius + error else None
    wrong = wrong if narrow else f"fewer than {DIGITS} digits: radius {radius:.3g}"
    what = (
        f"E[tanh²(σZ)] at σ = {sigma:g}, certified to {DIGITS} digits, and by mpmath at {QUAD_DIGITS} "
        "(its error is an estimate)"
    )
    theory, within = "T_2(σ) = ∫ tanh²(σx) φ(x) dx in ball arithmetic", radius + error
    numbers = certified.str(DIGITS, radius=False), mpmath.nstr(value, DIGITS)
    where = {"implementation": "mpmath tanh-sinh quadrature", "dtype": "multiprecision"}
    return judged("T5", f"digits/sigma={sigma:g}", what, theory, *numbers, within, wrong, seen=2 * within, where=where)


def shared_part(sigma: float) -> Result:
    """Mehler's series in ball arithmetic, and the nested rules."""
    certified, nested = shared_moment(sigma, RHO), shared(sigma, RHO)
    value, radius = float(certified.mid()), float(certified.rad())
    slack = radius + nested.error
    wrong = None
    if not abs(value - nested.value) <= slack:
        wrong = f"{value:.12g} and {nested.value:.12g} differ by more than {slack:.2g}"
    what = f"part of the additive score's variance that keys share, per unit of Σv², at σ = {sigma:g} and ρ = {RHO:g}"
    theory, where = "Σ a_n² ρ^n, a_n = E[tanh(σZ) He_n(Z)]/√(n!)", {"implementation": "nested trapezoidal rules"}
    numbers, where = (value, nested.value, slack, wrong), where | {"dtype": "fp64"}
    return judged("T5", f"shared/sigma={sigma:g}", what, theory, *numbers, seen=2 * slack, where=where)


def signs(count: int) -> Array:
    """Every outcome of ``count`` signs: ±1, int64 (2^count, count)."""
    return np.asarray(1 - 2 * ((np.arange(2**count)[:, None] >> np.arange(count)) & 1))


def covariance(left: Array, right: Array) -> Fraction:
    """``E[xy] − E[x] E[y]`` over equally likely outcomes, int64 (outcomes,); exact."""
    total = len(left)
    return Fraction(int(left @ right), total) - Fraction(int(left.sum()), total) * Fraction(int(right.sum()), total)


def random_weights(name: str, d_q: int, d_k: int) -> list[Result]:
    """Variance and shared part when query, weights and keys are all random."""
    law = LAWS[name]
    parts = np.split(signs(d_q + d_q * d_k + 2 * d_k), np.cumsum((d_q, d_q * d_k, d_k)), axis=1)
    query = law.query[0] + law.query[1] * parts[0]
    weight = law.weight * parts[1].reshape(-1, d_q, d_k)
    first, second = (
        np.einsum("or,orf,of->o", query, weight, law.key[0] + law.key[1] * part, optimize=True) for part in parts[2:]
    )
    values = {
        D_Q: d_q,
        D_K: d_k,
        t5.W_2: law.weight**2,
        t5.Q_2: law.query[0] ** 2 + law.query[1] ** 2,
        t5.K_2: law.key[0] ** 2 + law.key[1] ** 2,
        t5.K_1: law.key[0],
    }
    measured = {"variance": covariance(first, first), "shared": covariance(first, second)}
    formulas = {"variance": t5.BILINEAR_VARIANCE, "shared": t5.BILINEAR_SHARED}
    return [
        enumerated(f"{name}/{quantity}", (d_q, d_k), str(formulas[quantity]), formulas[quantity].subs(values), seen)
        for quantity, seen in measured.items()
    ]


def fixed(d_q: int, d_k: int) -> list[Result]:
    """Variance when query and keys, only the weights, or weights and query are fixed; the rest are signs."""
    query, key = np.array([1, 2, -1])[:d_q], np.array([2, -1, 3])[:d_k]
    weight = np.array([[2, -1, 1], [1, 3, -2], [-1, 1, 4]])[:d_q, :d_k]
    outcomes = signs(d_q + d_k)
    drawn_query, drawn_key = outcomes[:, :d_q], outcomes[:, d_q:]
    cases = {
        "weight random": (
            signs(d_q * d_k) @ np.outer(query, key).ravel(),
            bilinear.variance(Integer(1), Integer(int(query @ query)), Integer(int(key @ key))),
            "σ_W² |q|² |k|²",
        ),
        "key random": (drawn_key @ weight.T @ query, _second(weight, query, random_query=False), "σ_k² |Wᵀq|²"),
        "query and key random": (
            np.einsum("or,rf,of->o", drawn_query, weight, drawn_key),
            _second(weight, np.zeros(d_q, dtype=int), random_query=True),
            "σ_q² σ_k² ‖W‖²",
        ),
    }
    return [
        enumerated(name, (d_q, d_k), theory, value, covariance(score, score))
        for name, (score, value, theory) in cases.items()
    ]


def _second(weight: Array, mean: Array, *, random_query: bool) -> Expr:
    """The derived variance for fixed weights: query with this mean and signs or nothing around it, keys of signs."""
    d_q, d_k = weight.shape
    spread = eye(d_q) if random_query else zeros(d_q)
    centre = ImmutableMatrix([int(x) for x in mean])
    matrix = ImmutableMatrix(weight.tolist())
    found = bilinear.fixed_weight(
        matrix, centre, ImmutableMatrix(spread), ImmutableMatrix(zeros(d_k, 1)), ImmutableMatrix(diag(*[1] * d_k))
    )
    return found[1]


def enumerated(name: str, size: tuple[int, int], theory: str, expected: Expr, seen: Fraction) -> Result:
    """A row of the enumeration."""
    what = f"bilinear score, {name.replace('/', ', ')}, d_q = {size[0]}, d_k = {size[1]}, every outcome enumerated"
    name = f"bilinear/{name.replace(' ', '-')}/{size[0]}x{size[1]}"
    return exactly("T5", name, what, theory, Fraction(int(expected.p), int(expected.q)), seen)


def drawn(halves: Sequence[int]) -> Result:
    """Variance and shared part per unit of Σv² against σ."""
    sigmas = [2.0 ** (k / 2) for k in halves]
    nested = [shared(sigma, RHO) for sigma in SIGMAS]
    lines = [
        series("variance, T₂(σ), certified", sigmas, [float(tanh_moment(2, s).mid()) for s in sigmas]),
        series(
            f"shared by all keys, ρ = {RHO:g}, Mehler's series",
            sigmas,
            [float(shared_moment(s, RHO, terms=TERMS).mid()) for s in sigmas],
        ),
        series("min(σ², 1)", sigmas, [min(s**2, 1.0) for s in sigmas], "bound"),
        series("variance, mpmath's quadrature", SIGMAS, [float(by_quadrature(s)[0]) for s in SIGMAS], "points"),
        series(
            "shared, nested trapezoidal rules",
            SIGMAS,
            [one.value for one in nested],
            "points",
            low=[one.value - one.error for one in nested],
            high=[one.value + one.error for one in nested],
        ),
    ]
    caption = (
        "The variance saturates at 1; at wide spreads the keys share a third of it when query and key move z alike "
        "(ρ = ½), and softmax drops that part."
    )
    axes = axis("σ, deviation of the pre-activation", "log2"), axis("variance of the additive score / Σv²")
    return figure("T5", "Variance of the additive score, and the part that all keys share", *axes, lines, caption)
