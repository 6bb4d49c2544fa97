"""A product of two numbers by four tanh units: second differences at ``b = artanh(1/2)``, with a bound on what they
miss.

``4 x y = (x + y)² − (x − y)²``, and ``h² x² tanh''(b)`` is close to ``tanh(b + h x) − 2 tanh(b) + tanh(b − h x)``. The
constant ``2 tanh(b)`` cancels in the difference of the two squares: four units are left.
"""

from __future__ import annotations

from functools import partial

from sympy import Expr, Function, Integer, Poly, Rational, Symbol, atanh, diff, expand, integrate, symbols, tanh

from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import nonnegative, same

X, Y, B, Z = symbols("x y b z", real=True)
T = Symbol("t", real=True)  # tanh
H, M, RADIUS = symbols("h M R", positive=True)
SPARE_X, SPARE_Y = symbols("p q", nonnegative=True)  # R² − x², R² − y²

CENTRE = atanh(Rational(1, 2))
CURVATURE = Rational(-3, 4)
FOURTH = Rational(41, 10)
RATE = Rational(82, 45)


def in_tanh(order: int) -> Expr:
    """The derivative of tanh as a polynomial in t = tanh: ``dt/dz = 1 − t²``."""
    found: Expr = T
    for _ in range(order):
        found = expand(diff(found, T) * (1 - T**2))
    return found


def curvature(value: Expr) -> bool:
    """``tanh''(b)`` at ``tanh(b) = 1/2``."""
    return same(in_tanh(2).subs(T, tanh(CENTRE)), value) and same(diff(tanh(Z), Z, 2).subs(Z, CENTRE), value)


def fourth_derivative(bound: Expr) -> bool:
    """``|tanh''''| < bound``: as polynomials in t both differences have no root in [−1, 1] (Sturm), and are > 0."""
    both = (Poly(bound - in_tanh(4), T), Poly(bound + in_tanh(4), T))
    return all(p.eval(0) > 0 and p.count_roots(-1, 1) == 0 for p in both)


def second_difference(bound: Expr) -> bool:
    """For any f with ``|f''''| <= M``: ``g(z) = f(b + z) − 2 f(b) + f(b − z) − z² f''(b)`` is at most ``bound`` in
    size, z >= 0.

    g and its first three derivatives are 0 at 0 and its fourth is ``f''''(b + z) + f''''(b − z)``, at most 2M:
    integrated four times.
    """
    f = Function("f")
    gap = f(B + Z) - 2 * f(B) + f(B - Z) - Z**2 * diff(f(B), B, 2)
    at_zero = [diff(gap, Z, order).subs(Z, 0).doit() for order in range(4)]
    top = diff(gap, Z, 4).doit() - (diff(f(B + Z), B, 4) + diff(f(B - Z), B, 4)).doit()
    size: Expr = 2 * M
    for _ in range(4):
        size = integrate(size, (Z, 0, Z))
    return all(bool(expand(x) == 0) for x in (*at_zero, top)) and bool(expand(size - bound) == 0)


def polarised(units: Expr, factor: Expr) -> bool:
    """``units`` is ``factor`` times the difference of the second differences at ``x + y`` and at ``x − y``."""

    def second(z: Expr) -> Expr:
        return tanh(B + H * z) - 2 * tanh(B) + tanh(B - H * z)

    return bool(expand(units - factor * (second(X + Y) - second(X - Y))) == 0)


UNITS = (tanh(B + H * (X + Y)) + tanh(B - H * (X + Y)) - tanh(B + H * (X - Y)) - tanh(B - H * (X - Y))) / (
    4 * H**2 * CURVATURE
)


def polarisation(value: Expr) -> bool:
    """What the quadratic terms give, ``((x + y)² − (x − y)²)/4``, is ``value``."""
    quarter = ((X + Y) ** 2 - (X - Y) ** 2) / 4
    return bool(expand(quarter - value) == 0)


def product_error(rate: Expr) -> bool:
    """The remainders ``M (h z)⁴/12``, ``z = x ± y``, over ``4 h² |tanh''(b)|``: ``rate · h² R⁴``; ``x², y² <= R²``."""
    missed = FOURTH * H**4 * ((X + Y) ** 4 + (X - Y) ** 4) / 12 / (4 * H**2 * -CURVATURE)
    spare = Poly(expand(rate * H**2 * RADIUS**4 - missed), X, Y)
    # even in x and in y: put x² = u, y² = w with u = R² − p, w = R² − q; then R² >= p and R² >= q
    if any(i % 2 or j % 2 for i, j in spare.monoms()):
        return False
    u, w = symbols("u w", nonnegative=True)
    in_squares: Expr = sum((c * u ** (i // 2) * w ** (j // 2) for (i, j), c in spare.terms()), Integer(0))
    # R² = u + p = w + q: a product of two such gives each of R⁴ = (u + p)², (w + q)², (u + p)(w + q)
    fourth = {"u": (u + SPARE_X) ** 2, "w": (w + SPARE_Y) ** 2, "uw": (u + SPARE_X) * (w + SPARE_Y)}
    mixed = (fourth["u"] + fourth["w"] + 6 * fourth["uw"]) / 8
    return nonnegative(expand(in_squares.subs(RADIUS**4, mixed)))


FOUR_UNITS = 1 / (4 * H**2 * CURVATURE)

LEMMA = Lemma(
    name="tanh_product",
    title="A product of two numbers by four tanh units",
    statement=(
        r"With $b = \operatorname{artanh} \tfrac12$: $\frac{1}{3h^2}\left(\tanh(b + h(x - y)) + \tanh(b - h(x - y)) - "
        r"\tanh(b + h(x + y)) - \tanh(b - h(x + y))\right)$ is within $\tfrac{82}{45} h^2 R^4$ of $xy$ for $|x|, |y| "
        r"\le R$ and every $h > 0$."
    ),
    assumptions={
        "Exact real numbers.": "domain",
        "Four units are enough; they are not claimed to be the fewest.": "convention",
    },
    steps=(
        Step("the curvature at the bias b = artanh(1/2)", r"\tanh''(b) => -\tfrac34", partial(curvature, CURVATURE)),
        Step(
            "no root of either difference for tanh in [−1, 1] (Sturm)",
            r"|\tanh''''| => < \tfrac{41}{10}",
            partial(fourth_derivative, FOURTH),
        ),
        Step(
            "what a second difference misses: 0 at 0 with three derivatives, the fourth at most 2M",
            r"|f(b + z) - 2 f(b) + f(b - z) - z^2 f''(b)| => \le \tfrac{1}{12} M z^4",
            partial(second_difference, M * Z**4 / 12),
        ),
        Step(
            "the constant cancels: four units, output weights ±1/(3h²)",
            r"\frac{\Delta_{h(x+y)} - \Delta_{h(x-y)}}{4 h^2 \tanh''(b)} => \textstyle\sum_{a=1}^{4} v_a \tanh(z_a)",
            partial(polarised, UNITS, FOUR_UNITS),
        ),
        Step("polarisation", r"\tfrac14 ((x + y)^2 - (x - y)^2) => x y", partial(polarisation, X * Y)),
        Step(
            "both remainders together, x² and y² at most R²",
            r"\frac{41}{10} \cdot \frac{h^2 ((x + y)^4 + (x - y)^4)}{36} => \le \tfrac{82}{45} h^2 R^4",
            partial(product_error, RATE),
        ),
    ),
    altered={
        "the curvature 3/4": partial(curvature, -CURVATURE),
        "a fourth derivative of at most 4": partial(fourth_derivative, Integer(4)),
        "half the remainder": partial(second_difference, M * Z**4 / 24),
        "the rate 81/45": partial(product_error, Rational(81, 45)),
    },
)
