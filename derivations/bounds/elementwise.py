"""The rules for elementwise functions of a computed argument ẑ, ``|ẑ − z| ≤ Δz``: mean value theorem, then the
backend's error.

    tanh       Δz sech²(z₋) + ε (|tanh z| + Δz sech²(z₋)) + ω,                      z₋ = max(|z| − Δz, 0)
    sech²      Δz min(2 tanh(z₊) sech²(z₋), 4/(3√3)) + r sech²(z₋) + 4ω + η,        z₊ = |z| + Δz
    1/x        Δx / (|x| (|x| − Δx)) + ((1 − u)^−1 − 1) / (|x| − Δx) + η            where Δx < |x|

sech² is ``4w/(1 + w)²`` with ``w = exp(−2|z|)``, a relative error ``r = (1 + ε)(1 − u)^−5 − 1`` (``1 + w`` twice, the
square as a call of pow two, the quotient); or, declared, ``1 − tanh²``: then an absolute error
``r' = tanh²(z₊) ((1 + ε)² (1 + u)² − 1)`` and u of the result. Lemmas ``mean_value_tanh``, ``sech_squared_formula``.
"""

from __future__ import annotations

from typing import Final, Literal

from sympy import Expr, Integer, Max, Min, Rational, sech, sqrt, tanh

from attnproof.derivations.bounds.growth import grown
from attnproof.derivations.bounds.parameters import EPS_SECH, EPS_TANH, ETA, OMEGA_SECH, OMEGA_TANH, U

TanhDerivative = Literal["sech2", "one_minus_tanh2"]

# max |d sech²/dz| = max 2 tanh sech² = 4 / (3 √3), attained at tanh² = 1/3.
STEEPEST_SECH2: Final = Rational(4, 9) * sqrt(3)
SECH2_ROUNDINGS: Final = 5


def nearest(size: Expr, error: Expr) -> Expr:
    """``max(|z| − Δz, 0)``: the least magnitude between z and ẑ."""
    return size if error == 0 else Max(size - error, 0)


def tanh_error(argument: Expr, error: Expr) -> Expr:
    """Δ of ``tanh z`` for an element z and its error."""
    moved = error * sech(nearest(abs(argument), error)) ** 2
    result: Expr = moved + EPS_TANH * (abs(tanh(argument)) + moved) + OMEGA_TANH
    return result


def sech2_error(argument: Expr, error: Expr, derivative: TanhDerivative = "sech2") -> Expr:
    """Δ of ``sech² z`` by the formula that is declared."""
    low, high = nearest(abs(argument), error), abs(argument) + error
    steepest = 2 * tanh(high) * sech(low) ** 2
    moved = error * Min(steepest, STEEPEST_SECH2) if error != 0 else Integer(0)
    result: Expr = moved + sech2_own(sech(low) ** 2, tanh(high) ** 2, derivative)
    return result


def sech2_own(largest: Expr, largest_tanh2: Expr, derivative: TanhDerivative) -> Expr:
    """What the evaluation of sech² costs beyond its argument's error, for the largest sech² and tanh² there."""
    result: Expr
    if derivative == "sech2":
        relative = (1 + EPS_SECH) * grown(Integer(SECH2_ROUNDINGS)) - 1
        result = relative * largest + 4 * OMEGA_SECH + ETA
    else:
        squared = ((1 + EPS_TANH) ** 2 * (1 + U) ** 2 - 1) * largest_tanh2
        result = squared + U * (largest + squared) + 2 * OMEGA_TANH + ETA
    return result


def reciprocal_error(of: Expr, error: Expr) -> Expr:
    """Δ of ``1/x``; for ``Δx < |x|``."""
    least = abs(of) - error
    result: Expr = error / (abs(of) * least) + (grown(Integer(1)) - 1) / least + ETA
    return result
