"""Certified digits of the integrals that the additive score's variance is made of, by ball arithmetic.

``E[f(Z)] = ∫ f(x) φ(x) dx``: python-flint's rigorous adaptive Gauss-Legendre quadrature (Johansson 2018) on [0, L], and
the rest beyond L enclosed by a Mill's-ratio bound. Nothing is evaluated in floating point without a ball around it. The
moments of tanh have a second, independent road: the trapezoidal rule with its proven error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from math import factorial
from typing import Any, Final

from flint import acb, arb, ctx, fmpq_poly

BITS: Final = 128  # working precision; the results carry more than 30 digits
CUT: Final = 16  # ∫_16^∞ φ < 1e-57


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """python-flint's working precision within a block."""
    before = ctx.prec
    ctx.prec = bits
    try:
        yield
    finally:
        ctx.prec = before


def _density(x: Any) -> Any:
    return (-x * x / 2).exp() / (2 * arb.pi()).sqrt()


def _half_line(f: Callable[[Any, bool], Any], tail: Any) -> Any:
    """``∫_0^∞ f``: the integral to CUT and a tail that is at most ``tail`` in size."""
    found = acb.integral(f, acb(0), acb(CUT)).real
    return found + tail * arb(0, 1)


def _tail(degree: int) -> Any:
    """Bound of ``∫_L^∞ x^n φ(x) dx`` for L = CUT > n: ``2 L^{n−1} φ(L)``.

    ``∫ x^n φ = L^{n−1} φ(L) + (n−1) ∫ x^{n−2} φ`` and the last integral is at most ``∫ x^n φ / L²``; so the whole is at
    most ``L^{n−1} φ(L) / (1 − (n−1)/L²)``, and the quotient is below 2 for ``n <= L²/2``.
    """
    if 2 * degree > CUT**2:
        raise ValueError(f"the tail bound needs a degree of at most {CUT**2 // 2}, got {degree}")
    return 2 * arb(CUT) ** (degree - 1) * _density(arb(CUT))


@lru_cache(maxsize=256)
def tanh_moment(order: int, sigma: float) -> arb:
    """``E[tanh^order(σZ)]`` for an even order >= 2, enclosed; σ >= 0 is the float64 number given, exactly.

    Raises ValueError for an odd or negative order or a negative σ.
    """
    if order < 2 or order % 2:
        raise ValueError(f"an even order of at least 2 is needed, got {order}")
    if not sigma >= 0:
        raise ValueError(f"σ is not negative, got {sigma}")
    with precision(BITS):
        s = arb(sigma)
        found: arb = 2 * _half_line(lambda x, _: (s * x).tanh() ** order * _density(x), _tail(0))
        return found


def tanh_moment_by_trapezoids(order: int, sigma: float, step: int = 100) -> arb:
    """The same for σ > 0 by ``h Σ f(jh)``, h = 1/step, in ball arithmetic: the second road.

    For f analytic in |Im x| < a with ``∫ |f(x + iy)| dx <= M`` there, the error over the whole line is at most
    ``2M / (e^{2πa/h} − 1)`` (Trefethen, Weideman 2014, theorem 5.1). ``|tanh(x + iy)| <= 1`` for ``|y| <= π/4``, so
    with ``a = min(π/(4σ), 2)`` it is ``|f| <= φ(x) e^{a²/2}`` and ``M = e^{a²/2}``. The terms beyond CUT add less than
    twice ``h φ(L) + ∫_L^∞ φ``, because φ falls.
    """
    if order < 2 or order % 2 or not sigma > 0:
        raise ValueError(f"an even order of at least 2 and σ > 0 are needed, got {order} and {sigma}")
    with precision(BITS):
        s, h = arb(sigma), arb(1) / step
        nodes = (h * j for j in range(1, CUT * step + 1))
        total: arb = 2 * h * sum(((s * x).tanh() ** order * _density(x) for x in nodes), arb(0))
        strip = (arb.pi() / (4 * s)).min(arb(2))
        error = 2 * (strip * strip / 2).exp() / ((2 * arb.pi() * strip / h).exp() - 1)
        beyond = 2 * (h * _density(arb(CUT)) + _tail(0))
        total += (error + beyond) * arb(0, 1)
        return total


@lru_cache(maxsize=1024)
def hermite_coefficient(order: int, sigma: float) -> arb:
    """``a_n² = E[tanh(σZ) He_n(Z)]² / n!``, enclosed; 0 for even n."""
    if order < 0:
        raise ValueError(f"the order is not negative, got {order}")
    if order % 2 == 0:
        return arb(0)
    with precision(BITS):
        s, poly = arb(sigma), _hermite(order)
        # |He_n(x)| <= (Σ |coefficients|) x^n for x >= 1
        size = sum((abs(arb(c)) for c in poly.coeffs()), arb(0))
        coefficients = [arb(c) for c in poly.coeffs()]

        def integrand(x: Any, _: bool) -> Any:
            value = acb(0)
            for c in reversed(coefficients):
                value = value * x + c
            return (s * x).tanh() * value * _density(x)

        found = 2 * _half_line(integrand, size * _tail(order))
        square: arb = found * found / factorial(order)
        return square


def _hermite(order: int) -> fmpq_poly:
    """He_n by ``He_{n+1} = x He_n − n He_{n−1}``."""
    before, now, x = fmpq_poly([0]), fmpq_poly([1]), fmpq_poly([0, 1])
    for n in range(order):
        before, now = now, x * now - n * before
    return now


@lru_cache(maxsize=64)
def shared_moment(sigma: float, correlation: float, terms: int = 24) -> arb:
    """``E[tanh(X) tanh(X')]`` for X, X' ~ N(0, σ²) with the given correlation in [0, 1], enclosed.

    ``terms`` of the series ``Σ a_n² ρ^n``; the rest lies in ``[0, ρ^terms (T_2 − Σ a_n²)]``
    (``attnproof.derivations.lemmas.mehler``).
    """
    if not 0 <= correlation <= 1:
        raise ValueError(f"the correlation lies in [0, 1], got {correlation}")
    with precision(BITS):
        rho, total, partial = arb(correlation), arb(0), arb(0)
        for n in range(terms):
            a = hermite_coefficient(n, sigma)
            total += a
            partial += a * rho**n
        rest = rho**terms * (tanh_moment(2, sigma) - total)
        return partial + rest * arb(0.5, 0.5)
