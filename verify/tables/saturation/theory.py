"""Expectations of softmax weights over n independent scores, as integrals with a proven quadrature error.

Let e_1 .. e_n be independent with one law, X = exp(e), S = Σ X_j, α_j = X_j / S and φ_m(t) = E[X^m exp(-tX)]. From
1/S^m = (1/Γ(m)) ∫_0^∞ t^(m-1) exp(-tS) dt and independence (Fubini; all integrands are positive):

    E[Σ α^m]     = n/Γ(m) ∫ t^(m-1) φ_m(t) φ_0(t)^(n-1) dt
    E[(Σ α²)²]   = n/Γ(4) ∫ t³ φ_4 φ_0^(n-1) dt + n(n-1)/Γ(4) ∫ t³ φ_2² φ_0^(n-2) dt
    E[log S]     = ∫ (exp(-t) - φ_0(t)^n) dt/t                      (Frullani)
    E[entropy]   = E[log S] - n ∫ E[e X exp(-tX)] φ_0(t)^(n-1) dt
    E[max α]     = Σ_x e^x ∫ (G_x(t)^n - G_{x-}(t)^n) dt,  G_x(t) = E[exp(-tX); e <= x]   (a law on finitely many
                 points)
    E[‖J‖_F²]    = E[Σ α²] - 2 E[Σ α³] + E[(Σ α²)²]                  (J = diag α - α αᵀ)

Quadrature: t = e^y and the trapezoid rule with step h over y. For one outcome with sum S the integrand e^{my} e^{-S
e^y} is analytic for |Im y| < π/2 and on the line Im y = a its integral is at most cos(a)^(-m) times the value itself,
so the trapezoid rule's relative error is at most 2 cos(a)^(-m) / (exp(2πa/h) - 1) (Trefethen and Weideman 2014, theorem
5.1), outcome by outcome and therefore in expectation. For log S the same argument gives |log S| cos(a)^(-1) in place of
the value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

STEP: Final = 0.2  # of the trapezoid rule in y = log t
STRIP: Final = 1.2  # the line Im y = a on which the integrand is bounded; any a < π/2 is valid
LOWER_TAIL: Final = 40.0  # y starts where tS <= exp(-40): the omitted part is below exp(-40) relatively
UPPER_TAIL: Final = 4.5  # y ends where tS >= exp(4.5) = 90: the omitted part is below 90^4 exp(-90)
NEGLIGIBLE: Final = 1e-18  # probability of a point of the law that is left out
UNIT_ROUNDOFF: Final = 2.0**-53

QUANTITIES: Final = ("largest weight", "sum of squares", "entropy", "jacobian norm")


@dataclass(frozen=True)
class Law:
    """A law of one score on finitely many points.

    support  (K,) increasing scores
    mass     (K,) their probabilities
    defect   bound on |E_law[Q] - E_true[Q]| / range(Q), for a law that stands in for another one (0: it is the law
             itself)
    """

    support: Array
    mass: Array
    defect: float = 0.0


@dataclass(frozen=True)
class Expectation:
    """A value and a bound on its error."""

    value: float
    error: float


def sign_sum_law(terms: int, spacing: float, keys: int) -> Law:
    """The law of ``spacing · Σ`` of ``terms`` independent signs: points ``spacing (2k - terms)``, binomial masses.

    Points with probability below ``NEGLIGIBLE`` are left out; ``defect`` accounts for ``keys`` scores.
    """
    if terms < 1 or not spacing > 0:
        raise ValueError(f"a sum of signs needs terms >= 1 and spacing > 0, got {terms} and {spacing}")
    counts = np.arange(terms + 1)
    mass = np.array([math.comb(terms, int(k)) / 2**terms for k in counts])
    kept = mass >= NEGLIGIBLE
    missing = float(keys * NEGLIGIBLE * np.count_nonzero(~kept))
    return Law(np.asarray(spacing * (2.0 * counts[kept] - terms)), mass[kept], missing)


def normal_law(sigma: float, keys: int) -> Law:
    """A law on a grid that replaces ``keys`` independent N(0, sigma²) scores with a proven defect.

    Replacing one normal score at a time by the grid law costs at most the trapezoid error of z -> Q(.., σz, ..) against
    the normal density. With the score continued to Im(σz) <= θ the weights obey |α_i| <= α_i / cos θ, so each
    quantity Q (over its range) stays below M(θ) there, and the error is at most 2 M exp(a²/2) / (exp(2πa/h) - 1), a =
    θ/σ.
    """
    if not sigma > 0:
        raise ValueError(f"a normal law needs sigma > 0, got {sigma}")
    theta = STRIP
    largest = 8 * math.cos(theta) ** -4 * (1 + 2 * theta)  # covers every quantity of QUANTITIES but the maximum
    wanted = 1e-13
    strip = min(theta / sigma, 6.0)
    step = 2 * math.pi * strip / math.log(1 + 2 * keys * largest * math.exp(strip**2 / 2) / wanted)
    half = math.ceil(9.2 / step)
    z = step * np.arange(-half, half + 1)
    mass = step * np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)
    return Law(np.asarray(sigma * z), np.asarray(mass / mass.sum()), wanted + keys * 1e-19)


def _powers(a: Array, b: Array, count: int) -> Array:
    """``(a^count - b^count)/(a - b) = Π_j (a^(2^j) + b^(2^j))`` for a power of two: all terms are positive."""
    result = np.ones_like(a)
    while count > 1:
        result *= a + b
        a, b = a * a, b * b
        count //= 2
    return result


def expectations(law: Law, keys: int) -> Mapping[str, Expectation]:
    """E of every quantity of ``QUANTITIES`` (entropy in nats) for ``keys`` (a power of two >= 2) independent scores.

    The maximum is meant for a law that is exact (ties included), not for a grid that stands in for a continuous one.
    Raises ValueError when ``keys`` is not a power of two.
    """
    if keys < 2 or keys & (keys - 1):
        raise ValueError(f"the number of keys must be a power of two >= 2, got {keys}")
    e, p = law.support, law.mass
    low = -LOWER_TAIL - math.log(keys) - max(float(e[-1]), 0.0)
    high = UPPER_TAIL - min(float(e[0]), 0.0)
    y = np.arange(math.floor(low / STEP), math.ceil(high / STEP) + 1) * STEP
    w = np.minimum(y[:, None] + e[None, :], 40.0)  # log(tX); beyond 40 exp(-exp(w)) is zero anyway
    decay = np.exp(-np.exp(w))
    one = p * np.exp(w) * decay  # p t X exp(-tX), point by point
    grown = np.exp(w)
    phi0 = decay @ p
    moment = {1: one.sum(axis=1), 2: (one * grown).sum(axis=1)}
    moment[3] = (one * grown**2).sum(axis=1)
    moment[4] = (one * grown**3).sum(axis=1)
    rest = phi0 ** (keys - 1)
    power = {m: keys / math.factorial(m - 1) * STEP * float(moment[m] @ rest) for m in (1, 2, 3, 4)}
    pairs = keys * (keys - 1) / 6 * STEP * float(moment[2] ** 2 @ phi0 ** (keys - 2))
    log_sum = STEP * float(np.sum(np.exp(-np.exp(y)) - phi0**keys))
    mean_score = keys * STEP * float((one @ e) @ rest)
    upto = np.cumsum(p * decay, axis=1)
    below = np.concatenate([np.zeros((len(y), 1)), upto[:, :-1]], axis=1)
    largest = STEP * float(np.sum(one * _powers(upto, below, keys)))

    reach = float(np.max(np.abs(e))) + math.log(keys)
    relative = 2 * math.cos(STRIP) ** -4 / math.expm1(2 * math.pi * STRIP / STEP)
    # rounding: sums of positive terms; 50 u |w| is the effect of a rounded exponent through exp(-exp(w)) where it
    # counts
    relative += (len(e) + len(y) + 16 * keys + 50 * float(np.max(np.abs(w)))) * UNIT_ROUNDOFF
    squares = power[2]
    values = {
        "largest weight": (largest, 1.0),
        "sum of squares": (squares, 1.0),
        "entropy": (log_sum - mean_score, 3 * reach + len(y) * STEP),
        "jacobian norm": (squares - 2 * power[3] + power[4] + pairs, 4.0),
    }
    return {name: Expectation(value, scale * relative + scale * law.defect) for name, (value, scale) in values.items()}


def jacobian_norm(weights: Array) -> Array:
    """``‖J‖_F² = Σ α_i² ((Σ_{j≠i} α_j)² + Σ_{j≠i} α_j²)`` of weights (..., n): no cancellation near one-hot weights."""
    others = weights @ (1.0 - np.eye(weights.shape[-1]))
    squares = (weights**2) @ (1.0 - np.eye(weights.shape[-1]))
    return np.asarray(np.sum(weights**2 * (others**2 + squares), axis=-1))


def measured_quantities(weights: Array) -> dict[str, Array]:
    """Every quantity of ``QUANTITIES`` of weights (..., n), entropy in nats."""
    logs = np.log(weights, out=np.zeros_like(weights), where=weights > 0)
    return {
        "largest weight": weights.max(axis=-1),
        "sum of squares": np.sum(weights**2, axis=-1),
        "entropy": -np.sum(weights * logs, axis=-1),
        "jacobian norm": jacobian_norm(weights),
    }
