"""The sum of sech² over layer-normalised vectors of width 3, enclosed by ball arithmetic (a part of T8).

With ε = 0 they are ``z_k = √2 cos(θ + 2πk/3)``: a circle. ``F(θ) = Σ_k sech²(z_k)`` is even and has the period π/3, so
θ in [0, π/6] is all there is. Close to 0 F is convex, and further away it is larger than F(0).
"""

from __future__ import annotations

from flint import arb, fmpq
from sympy import Rational

from attnproof.derivations.lemmas.checks.enclosing import ball, floor_of


def least_curvature(end: Rational, pieces: int, decimals: int) -> Rational:
    """A number with so many decimals that F'' exceeds on [0, ``end``], by enclosures over equal pieces."""
    return floor_of([curvature for _, curvature in _pieces(Rational(0), end, pieces)], decimals)


def least_rise(angle: Rational, start: Rational, end: Rational, pieces: int, decimals: int) -> Rational:
    """A number with so many decimals that ``F(θ) − F(angle)`` exceeds on [``start``, ``end``]."""
    least, _ = _total(ball(angle))
    return floor_of([value - least for value, _ in _pieces(start, end, pieces)], decimals)


def _pieces(start: Rational, end: Rational, pieces: int) -> list[tuple[arb, arb]]:
    low, width = fmpq(start.p, start.q), fmpq(end.p, end.q) - fmpq(start.p, start.q)
    half = width / pieces / 2
    return [_total(arb(low + (2 * k + 1) * half, half)) for k in range(pieces)]


def _total(theta: arb) -> tuple[arb, arb]:
    """Enclosures of F and of F'' for all angles in the ball θ."""
    value, curvature = arb(0), arb(0)
    for k in range(3):
        angle = theta + 2 * arb.pi() * k / 3
        z, slope = arb(2).sqrt() * angle.cos(), -arb(2).sqrt() * angle.sin()
        square, tanh = 1 / z.cosh() ** 2, z.tanh()
        value += square
        # (sech²)'' z'² + (sech²)' z'', with z'' = −z
        curvature += (4 * square * tanh**2 - 2 * square**2) * slope**2 + 2 * square * tanh * z
    return value, curvature
