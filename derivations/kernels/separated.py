"""Additive scores by separated exponentials alone, no fractions folded: where the form holds, and how far off it is.

With ``A = e^{2a}``, ``B = e^{2b}`` normal numbers no product is ``0 · ∞``: ``P = AB`` lies in [0, ∞], ``1 + P`` in [1,
∞], f in [0, 1], whatever is rounded on the way. An overflow of P gives f = 0 where f is below half the smallest normal
number, an underflow f = 1.

``f = 1/(1 + P)`` is off by the roundings of the sum and of the quotient, relative to f <= 1, and by what P is off,
``|P f'(P)| <= 1/4`` of it.
"""

from __future__ import annotations

from flint import arb, ctx
from sympy import Integer, Rational, Symbol, diff, factor, fraction

from attnproof.derivations.kernels.exponential import BITS, FORMATS, exponential
from attnproof.derivations.kernels.folding import PRODUCT, unit_in_product

STEEPEST = Rational(1, 4)


def edge(name: str) -> float:
    """The largest |a| and |b| of the separated form: ``e^{±2a}`` are normal numbers of ``float32`` or ``float64``."""
    return exponential(name).edge / 2


def edge_holds(name: str, exp_units: float) -> bool:
    """With exponentials off by ``exp_units · u`` they are still normal numbers at the edge, proved in balls."""
    precision, largest, _ = FORMATS[name]
    with ctx.workprec(BITS):
        off = arb(exp_units) * arb(2) ** -precision
        low, high = (-2 * arb(edge(name))).exp() * (1 - off), (2 * arb(edge(name))).exp() * (1 + off)
        return bool(low >= arb(2) ** (1 - largest)) and bool(
            high < arb(2) ** (largest + 1) * (1 - arb(2) ** -precision)
        )


def steepest_holds() -> bool:
    """``|P f'(P)| <= STEEPEST``: the difference is a square over a square."""
    _, _, inverse = unit_in_product()
    off = factor(STEEPEST + PRODUCT * diff(inverse, PRODUCT))
    top, bottom = fraction(off)
    root = Symbol("root", real=True)
    squares = ((PRODUCT - 1) ** 2 - top).expand() == 0 and (4 * (PRODUCT + 1) ** 2 - bottom).expand() == 0
    return bool(squares) and bool((root**2).is_nonnegative) and diff(inverse, PRODUCT).subs(PRODUCT, Integer(1)) < 0


def unit_error(name: str, exp_units: float) -> float:
    """A bound of ``|T̂ − tanh(a + b)|/u``, ``T̂ = 1 − 2 f̂`` exactly, exponentials off by ``exp_units · u``."""
    precision, _, _ = FORMATS[name]
    with ctx.workprec(BITS):
        u = arb(2) ** -precision
        of_product = (1 + arb(exp_units) * u) ** 2 * (1 + u) - 1
        # P f' <= 1/4 at every P between the exact one and the computed one, which differ by a factor 1/(1 − off) at
        # most
        of_fraction = ((1 + u) / (1 - u)) ** 2 - 1 + of_product / (4 * (1 - of_product))
        return float((2 * of_fraction / u).upper())
