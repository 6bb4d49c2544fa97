"""``e^x`` from multiplications and additions, with a proved error: what kernels use that can call no library function
lane by lane.

``x = k ln 2 + r`` with integer k; ``e^x = 2^k (1 + r + r² g(r))`` with a polynomial g. g interpolates at Chebyshev
points, its coefficients are rounded to the format; ln 2 is split in two numbers, the first short enough that
``x − k·high`` is exact. ``relative_error`` encloses in ball arithmetic what is left: the polynomial's own error, the
roundings of its Horner scheme (each step one fused multiply-add) and of r.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Final

from flint import arb, ctx, fmpq
from mpmath import mp, mpf

BITS: Final = 256
TERMS: Final = 60  # of a series; the proof does not rely on it
PIECES: Final = 256  # of the interval of r, in the proof
REACH: Final = Fraction(22, 63)  # |r| is at most this; ln 2/2 = 0.34657…, 22/63 = 0.34920…


@dataclass(frozen=True)
class Exponential:
    """The numbers of the program in one format.

    precision     bits p of the significand
    largest       the largest exponent e_max; arguments are within ±(e_max − 1) ln 2, so that 2^k is a normal number
    coefficients  of ``1 + r + r² g(r)``, the constant first; numbers of the format
    log2e         1/ln 2, rounded
    high, low     of ln 2
    magic         ``x + magic`` has the integer nearest to x in its last bits
    """

    precision: int
    largest: int
    coefficients: tuple[Fraction, ...]
    log2e: Fraction
    high: Fraction
    low: Fraction
    magic: Fraction

    @property
    def edge(self) -> float:
        """The largest argument, and minus the least one, that is a number of at most 12 bits."""
        with ctx.workprec(BITS):
            bound = float((self.largest - 1) * arb.const_log2())
        return int(bound * 16) / 16


FORMATS: Final = {"float32": (24, 127, 6), "float64": (53, 1023, 11)}  # precision, largest exponent, degree


@lru_cache
def exponential(name: str) -> Exponential:
    """The program for ``float32`` or ``float64``."""
    precision, largest, degree = FORMATS[name]
    with mp.workprec(BITS):
        reach = mpf(REACH.numerator) / REACH.denominator
        count = degree - 1
        nodes = [reach * mp.cos(mp.pi * (2 * n + 1) / (2 * count)) for n in range(count)]
        values = [mp.fsum(r**n / mp.factorial(n + 2) for n in range(TERMS)) for r in nodes]  # (e^r − 1 − r)/r²
        inner = _interpolated(nodes, values)
        ln2 = mp.ln2
        short = largest.bit_length()
        high = _rounded(ln2, precision - short)
        low = _rounded(ln2 - mpf(high.numerator) / high.denominator, precision)
        return Exponential(
            precision,
            largest,
            (Fraction(1), Fraction(1), *(_rounded(c, precision) for c in inner)),
            _rounded(1 / ln2, precision),
            high,
            low,
            Fraction(3 * 2 ** (precision - 2)),
        )


def _interpolated(nodes: list[mpf], values: list[mpf]) -> list[mpf]:
    """Coefficients of the polynomial through the points, the constant first."""
    matrix = mp.matrix([[x**n for n in range(len(nodes))] for x in nodes])
    return list(mp.lu_solve(matrix, mp.matrix(values)))


def _rounded(x: mpf, bits: int) -> Fraction:
    """The nearest number of so many bits."""
    exponent = mp.frexp(x)[1]
    scaled = mp.nint(mp.ldexp(x, bits - exponent))
    found: Fraction = Fraction(int(scaled)) * Fraction(2) ** (exponent - bits)
    return found


def ball(x: Fraction) -> arb:
    """``x`` as a ball."""
    return arb(fmpq(x.numerator, x.denominator))


def reduction_error(program: Exponential) -> arb:
    """``|r̂ − (x − k ln 2)|`` at most, in units of u: one rounding of a number up to REACH, and what high and low lose
    of ln 2.

    ``x − k·high`` is exact: k has no more bits than high lacks, and for k ≠ 0 the difference, below 1/2, is a multiple
    of 2^-(p + 1).
    """
    u = arb(2) ** -program.precision
    lost = program.largest * abs(arb.const_log2() - ball(program.high) - ball(program.low))
    return ball(REACH) + lost / u


def nearest_is_close(program: Exponential) -> bool:
    """``|x − k ln 2| <= REACH`` for the program's k: nearest to x log2e, two roundings and log2e's own apart."""
    u = arb(2) ** -program.precision
    turns = program.largest + 1
    # fl(x log2e + magic) is one rounding to an integer: off by 1/2, and by what log2e's rounding does to x/ln 2
    off = arb(1) / 2 + turns * abs(ball(program.log2e) * arb.const_log2() - 1)
    return bool(off * arb.const_log2() + turns * u * u < ball(REACH))


def relative_error(name: str) -> arb:
    """An upper bound of ``|result/e^x − 1|`` in units of ``u = 2^-p``, for every x within ±edge."""
    program = exponential(name)
    with ctx.workprec(BITS):
        if not nearest_is_close(program):
            raise ArithmeticError("the reduced argument leaves the interval of the proof")
        u = arb(2) ** -program.precision
        worst = arb(0)
        for n in range(PIECES):
            low = -REACH + 2 * REACH * Fraction(n, PIECES)
            middle, radius = ball(low + REACH / PIECES), ball(REACH / PIECES)
            worst = worst.max(_on(program, middle, radius, u))
        # r's own error moves e^r by that factor; the product of both factors is kept
        moved = (u * reduction_error(program)).exp() - 1
        return ((1 + worst) * (1 + moved) - 1) / u


def _on(program: Exponential, middle: arb, radius: arb, u: arb) -> arb:
    """The polynomial's and the Horner scheme's relative errors for ``|r − middle| <= radius``."""
    r = arb(middle.mid(), float(radius.upper()) * (1 + 1e-12))
    _, rounding = horner(program.coefficients, r, u)
    smallest = r.exp().lower()
    # p − exp by its Taylor polynomial about the middle: values of derivatives there, the last one over the piece
    return (arb(difference(program, middle, radius).upper()) + rounding) / smallest


def horner(coefficients: tuple[Fraction, ...], r: arb, u: arb) -> tuple[arb, arb]:
    """The polynomial at ``r``, and what the roundings of its scheme, one fused multiply-add a step, add up to."""
    value, rounding = ball(coefficients[-1]), arb(0)
    for c in reversed(coefficients[:-1]):
        value = value * r + ball(c)
        rounding = (rounding * abs(r) + u * abs(value).upper()) * (1 + u)
    return value, arb(rounding.upper())


def difference(program: Exponential, middle: arb, radius: arb) -> arb:
    """``|p(r) − e^r|`` at most."""
    order = len(program.coefficients)
    poly = [ball(c) for c in program.coefficients]
    total, power, factorial = arb(0), arb(1), 1
    for n in range(order + 1):
        here = sum((c * middle**m for m, c in enumerate(poly)), arb(0)) if poly else arb(0)
        total += abs(here - middle.exp()) * power / factorial
        poly = [(m + 1) * c for m, c in enumerate(poly[1:])]
        power, factorial = power * radius, factorial * (n + 1)
    return total + (middle + radius).exp() * power / factorial
