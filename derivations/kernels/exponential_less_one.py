"""``e^x − 1`` for x <= 0 from the program of ``attnproof.derivations.kernels.exponential``, and the proof that it errs
relative to itself.

The same ``x = k ln 2 + r`` and polynomial ``1 + r h(r)``; the result is ``fma(2^k, r h, 2^k − 1)``. In ball arithmetic,
with errors in u:

k = 0    x = r exactly, and ``2^k − 1 = 0``: the result is the rounded product r h, and ``h(r)`` is compared with
         ``(e^r − 1)/r = ∫₀¹ e^{tr} dt``.
k < 0    ``r h`` is off by A, absolutely; beside 1 − e^x, which is at least ``1 − e^{22/63}/2``, that is A 2^k.
         ``2^k − 1`` is exact down to k = −p, and there 2^k no longer matters.
"""

from __future__ import annotations

from functools import lru_cache

from flint import arb, ctx

from attnproof.derivations.kernels.exponential import (
    BITS,
    PIECES,
    REACH,
    Exponential,
    ball,
    exponential,
    horner,
    nearest_is_close,
    reduction_error,
)
from attnproof.derivations.kernels.exponential import difference as of_exponential


@lru_cache
def relative_error(name: str) -> float:
    """An upper bound of ``|result/(e^x − 1) − 1|`` in units of ``u = 2^-p``, x < 0 (``float32``, ``float64``)."""
    program = exponential(name)
    with ctx.workprec(BITS):
        if not nearest_is_close(program):
            raise ArithmeticError("the reduced argument leaves the interval of the proof")
        u = arb(2) ** -program.precision
        near = max((_near_zero(program, n, u) for n in range(PIECES)), key=lambda x: float(x.upper()))
        absolute = max((_absolute(program, n, u) for n in range(PIECES)), key=lambda x: float(x.upper()))
        beyond = arb(0)
        for k in range(-1, -program.precision - 1, -1):
            scale = arb(2) ** k
            beyond = beyond.max(scale * absolute / (1 - scale * ball(REACH).exp()) * (1 + u) + u)
        # further below: 2^k − 1 is rounded, e^x is less than u
        tiny = (u * absolute + u) / (1 - 2 * u) * (1 + u) + u
        return float((near.max(beyond).max(tiny) / u).upper())


def _near_zero(program: Exponential, piece: int, u: arb) -> arb:
    """K = 0, r in a piece of [−REACH, 0]: the relative error of the rounded product ``r h(r)``."""
    width = REACH / PIECES
    middle, radius = ball(-REACH + width * piece + width / 2), ball(width / 2)
    r = arb(middle.mid(), float(radius.upper()) * (1 + 1e-12))
    _, rounding = horner(program.coefficients[1:], r, u)
    smallest = ((r.exp() - 1) / r).lower() if piece < PIECES - 1 else (1 + r / 2).lower()  # (e^r − 1)/r > 1 + r/2
    off = (_difference(program, middle, radius) + rounding) / smallest
    return (1 + off) * (1 + u) - 1


def _absolute(program: Exponential, piece: int, u: arb) -> arb:
    """R in a piece of [−REACH, REACH]: ``|r̂ ĥ rounded − (e^r − 1)|``, r being off itself."""
    width = 2 * REACH / PIECES
    middle, radius = ball(-REACH + width * piece + width / 2), ball(width / 2)
    r = arb(middle.mid(), float(radius.upper()) * (1 + 1e-12))
    value, rounding = horner(program.coefficients[1:], r, u)
    product = abs(r) * (abs(value) + rounding)
    moved = r.exp() * ((u * reduction_error(program)).exp() - 1)
    return arb((of_exponential(program, middle, radius) + abs(r) * rounding + u * product + moved).upper())


def _difference(program: Exponential, middle: arb, radius: arb) -> arb:
    """``|h(r) − ∫₀¹ e^{tr} dt|`` at most on a piece left of 0, by both Taylor series about its middle.

    The j-th derivative of the integral is ``∫ t^j e^{tr} dt``: between 0 and 1/(j + 1), and by parts
    ``(e^r − j ∫ t^{j−1} e^{tr} dt)/r``.
    """
    poly = [ball(c) for c in program.coefficients[1:]]
    order, power, factorial, total = len(poly), arb(1), 1, arb(0)
    integral = (middle.exp() - 1) / middle
    for j in range(order):
        here = sum((c * middle**m for m, c in enumerate(poly)), arb(0))
        total += abs(here - integral) * power / factorial
        poly = [(m + 1) * c for m, c in enumerate(poly[1:])]
        power, factorial = power * radius, factorial * (j + 1)
        integral = (middle.exp() - (j + 1) * integral) / middle
    return arb((total + power / factorial / (order + 1)).upper())
