"""The minimum of mean sech² over layer-normalised vectors of width 3, by exact symmetry and ball arithmetic (a part of
T8).

With ε = 0 they are ``z_k = √2 cos(θ + 2πk/3)``: a circle. ``F(θ) = Σ_k sech²(z_k)`` is even and has the period π/3, so
θ in [0, π/6] is all there is. Close to 0 F is convex, and further away it is larger than F(0).
"""

from __future__ import annotations

from flint import arb, fmpq
from sympy import Expr, Matrix, Rational, Symbol, cos, eye, pi, sqrt

from attnproof.derivations.proof.reasoning import same

THETA = Symbol("theta", real=True)
#: the plane of vectors with mean 0: z = √3 (u cos θ − w sin θ)
U = sqrt(Rational(2, 3)) * Matrix([1, -Rational(1, 2), -Rational(1, 2)])
W = sqrt(Rational(2, 3)) * Matrix([0, sqrt(3) / 2, -sqrt(3) / 2])


def unit(k: int) -> Expr:
    """``z_k`` at the angle θ."""
    return sqrt(2) * cos(THETA + 2 * pi * k / 3)


def covers_every_vector(first: Matrix, second: Matrix) -> bool:
    """``first``, ``second``, (1, 1, 1)/√3 are orthonormal, z is √3 (first cos θ − second sin θ): mean 0, square 1."""
    basis = Matrix.hstack(first, second, Matrix([1, 1, 1]) / sqrt(3))
    turned = sqrt(3) * (first * cos(THETA) - second * cos(THETA - pi / 2))
    on_circle = all(same(unit(k).expand(trig=True), turned[k].expand(trig=True)) for k in range(3))
    return on_circle and basis.T * basis == eye(3)


def symmetric(period: Expr) -> bool:
    """Turning by ``period`` changes all signs and the units' order, the sign of θ the order: sech² is even."""
    turned = all(
        same((unit(k).subs(THETA, THETA + period) + unit((k - 1) % 3)).expand(trig=True), 0 * THETA) for k in range(3)
    )
    mirrored = all(same(unit(k).subs(THETA, -THETA).expand(trig=True), unit(-k).expand(trig=True)) for k in range(3))
    return turned and mirrored


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


def least_at(angle: fmpq, convex_to: fmpq, end: fmpq, pieces: int) -> bool:
    """F(θ) > F(angle), 0 < θ <= ``end``, at least π/6: convex up to ``convex_to``, larger by enclosures beyond."""
    least, _ = _total(arb(angle))
    width = end / pieces
    for k in range(pieces):
        low = width * k
        value, curvature = _total(arb(low + width / 2, width / 2))
        if not (curvature > 0 if low + width <= convex_to else value > least):
            return False
    return bool(arb(end) >= arb.pi() / 6)
