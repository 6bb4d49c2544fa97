"""``E[tanh(X) tanh(X')]`` of two correlated normal variables by two nested trapezoidal rules with a proven error. For
claim T5.

With ``X = σ(√ρ S + √(1−ρ) U)`` and X' the same with another U, the expectation is ``E[g(S)²]``,
``g(s) = E[tanh(X) | S = s]``: no Hermite polynomial and no series in ρ is used.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.tables.saturation.theory import UNIT_ROUNDOFF, Expectation

END: Final = 9.0  # where the sums are cut
STRIPS: Final = 40.0  # a step is 2π/STRIPS of the narrower strip: e^(−40) is left
WIDEST: Final = 2.0  # strip at most


def shared(sigma: float, correlation: float) -> Expectation:
    """The expectation for X, X' ~ N(0, σ²) with the correlation ρ, in fp64.

    Errors. ``|tanh(x + iy)| <= 1`` for |y| <= π/4, so that as functions of S and of U the integrands are at most
    ``φ(x) e^(a²/2)`` on |Im| <= a, with σ√ρ a <= π/4 and σ√(1−ρ) a <= π/4: each rule is off by at most
    ``2 e^(a²/2)/(e^(2πa/h) − 1)`` (Trefethen, Weideman 2014, theorem 5.1), and the terms beyond the last node add less
    than ``2(h φ + ∫ φ)``. An error δ of g changes g² by at most 2δ + δ². Rounding: relative errors of the masses
    (exponents up to END²/2) and of the arguments (up to 2σ END), and sums of N terms.

    Raises ValueError unless σ > 0 and 0 <= ρ <= 1.
    """
    if not (sigma > 0 and 0 <= correlation <= 1):
        raise ValueError(f"σ > 0 and a correlation in [0, 1] are needed, got {sigma} and {correlation}")
    outer, inner = sigma * math.sqrt(correlation), sigma * math.sqrt(1 - correlation)
    strips = [min(math.pi / (4 * part), WIDEST) if part else WIDEST for part in (outer, inner)]
    step = 2 * math.pi * min(strips) / STRIPS
    x = step * np.arange(-math.ceil(END / step), math.ceil(END / step) + 1)
    mass: Array = step * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    given = np.tanh(outer * x[:, None] + inner * x[None, :]) @ mass
    value = float(mass @ given**2)

    last = float(x[-1])
    beyond = 2 * step * math.exp(-(last**2) / 2) + math.erfc(last / math.sqrt(2))
    off = [2 * math.exp(a**2 / 2) / math.expm1(min(2 * math.pi * a / step, 700.0)) + beyond for a in strips]
    rounding = 4 * UNIT_ROUNDOFF * (len(x) + 2 * END**2 + 8 * sigma * END + 20)
    return Expectation(value, off[0] + 3 * off[1] + rounding)
