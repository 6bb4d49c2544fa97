"""E[Σα²] of n independent normal scores of deviation σ, and its mean over σ = |q|, with proven errors (claim T10).

With t = e^y and X = e^{σZ}:  E[Σα²] = n ∫ E[(tX)² exp(-tX)] E[exp(-tX)]^(n-1) dy. Both expectations are replaced by
                              sums over a
grid of scores with the same step as the grid of y, so that they are convolutions of positive sequences; both
replacements are trapezoid rules with the errors of ``saturation_theory``. Its weight M is here cos(θ)^-2: only Σα² is
wanted.

The mean over |q| ~ chi_d is a trapezoid rule in u = log σ. The mean is ∫ Σα²(s) Π_j N(s_j; 0, σ²) ds; at Im u = θ the
modulus of each normal density integrates to cos(2θ)^(-1/2), and that of the density of u to cos(2θ)^(-d/2), while 0 <=
Σα² <= 1. Hence the error is at most 2 cos(2θ)^(-(n+d)/2) / (exp(2πθ/h) - 1), and this bound determines the step h.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.tables.saturation.theory import STRIP, UNIT_ROUNDOFF, Expectation

Array = npt.NDArray[np.float64]

STEP: Final = 0.2  # of the scores and of y
REACH: Final = 8.3  # the grid of scores ends at REACH·σ; the tail beyond is in the error
LOWER_TAIL: Final = 20.0  # y starts where tS <= exp(-20): the omitted part is below exp(-40)/2
UPPER_TAIL: Final = 4.5  # y ends where tS >= exp(4.5) = 90: the omitted part is below 91 exp(-90)
WANTED: Final = 2e-9  # error of the rule over |q|
NEGLIGIBLE: Final = 1e-10  # of the largest term of that rule; what lies beyond is in the error


def _exp_terms(w: Array) -> tuple[Array, Array]:
    """``exp(-e^w)`` and ``e^(2w) exp(-e^w)``; beyond w = 40 both are zero anyway."""
    grown = np.exp(np.minimum(w, 40.0))
    decay = np.exp(-grown)
    return decay, grown**2 * decay


def grid(sigma: float, counts: Sequence[int], step: float) -> tuple[Array, Array, Array]:
    """The normal scores z with their masses, as far as REACH, and the points y + σz where the integrands are evaluated.

    Raises ValueError for sigma <= 0, step <= 0 or a number of keys below 1.
    """
    if not (sigma > 0 and step > 0 and counts and min(counts) >= 1):
        raise ValueError(f"sigma and step must be > 0 and every count >= 1, got {sigma}, {step}, {tuple(counts)}")
    half = math.ceil(REACH * sigma / step)
    z = np.asarray(step / sigma * np.arange(-half, half + 1), dtype=np.float64)
    mass = np.exp(-(z**2) / 2)
    mass /= mass.sum()
    first = math.floor((-LOWER_TAIL - math.log(max(counts))) / step) - half
    last = math.ceil(UPPER_TAIL / step) + half
    return z, mass, np.asarray(step * np.arange(first - half, last + half + 1), dtype=np.float64)


def mean_squares(sigma: float, counts: Sequence[int], step: float = STEP) -> Mapping[int, Expectation]:
    """``E[Σα²]`` for every number of keys in ``counts``, scores independent N(0, sigma²).

    Raises ValueError for sigma <= 0, step <= 0 or a number of keys below 1.
    """
    z, mass, w = grid(sigma, counts, step)
    phi0, phi2 = (np.convolve(terms, mass, "valid") for terms in _exp_terms(w))

    half = len(z) // 2
    a = min(STRIP / sigma, 2 * math.pi * sigma / step)  # the line Im z = a
    largest = math.cos(min(a * sigma, STRIP)) ** -2
    over_scores = 2 * largest * math.exp(a**2 / 2) / math.expm1(min(2 * math.pi * a * sigma / step, 700.0))
    tail = math.erfc(half * step / sigma / math.sqrt(2))
    rule = 2 * math.cos(STRIP) ** -2 / math.expm1(2 * math.pi * STRIP / step)
    found = {}
    for n in counts:
        value = n * step * float(phi2 @ phi0 ** (n - 1))
        # sums of positive terms, n factors; (2 + e^w) u |w| is the effect of a rounded exponent, with e^w <= 50 where
        # it counts
        rounding = 2 * UNIT_ROUNDOFF * (n * (len(mass) + 2 * float(np.abs(w).max()) + 250) + len(phi0))
        found[n] = Expectation(value, n * (4 * over_scores + 2 * tail) + rule + rounding * value + 1e-16)
    return found


def head_mean_squares(width: int, counts: Sequence[int], wanted: float = WANTED) -> Mapping[int, Expectation]:
    """``E[Σα²]`` of an unscaled head: standard normal query and keys of ``width`` components, for every number of keys.

    Raises ValueError for a width below 1 or a number of keys below 1.
    """
    if width < 1 or not counts or min(counts) < 1:
        raise ValueError(f"width and counts must be >= 1, got {width} and {tuple(counts)}")
    size = max(counts) + width
    theta = min(math.sqrt(math.log(2 / wanted) / size), 0.6)
    grown = math.cos(2 * theta) ** (-size / 2)
    h = 2 * math.pi * theta / math.log1p(2 * grown / wanted)

    def density(u: float) -> float:
        return math.exp((1 - width / 2) * math.log(2) - math.lgamma(width / 2) + width * u - math.exp(2 * u) / 2)

    top = round(math.log(width) / 2 / h)
    bounds, error = [], wanted
    for direction in (-1, 1):  # the density is log-concave in u: beyond an end its terms fall at least geometrically
        k = top
        while density(h * k) > NEGLIGIBLE * density(h * top):
            k += direction
        ratio = density(h * (k + direction)) / density(h * k)
        error += h * density(h * k) / (1 - ratio)
        bounds.append(k - direction)
    total, slack = dict.fromkeys(counts, 0.0), dict.fromkeys(counts, 0.0)
    for k in range(bounds[0], bounds[1] + 1):
        weight = h * density(h * k)
        for n, found in mean_squares(math.exp(h * k), counts).items():
            total[n] += weight * found.value
            slack[n] += weight * found.error
    # the density's logarithm is a difference of numbers of size width·log(width), each rounded
    logs = 8 * UNIT_ROUNDOFF * (width * (abs(math.log(width)) + 10) + 100)
    return {n: Expectation(total[n], error + slack[n] + logs * total[n]) for n in counts}
