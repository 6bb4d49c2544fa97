"""A product of two numbers by four tanh units: second differences at ``b = artanh(1/2)``, with a bound on what they
miss.

``4 x y = (x + y)² − (x − y)²``, and ``h² x² tanh''(b)`` is close to ``tanh(b + h x) − 2 tanh(b) + tanh(b − h x)``. The
constant ``2 tanh(b)`` cancels in the difference of the two squares: four units are left.
"""

from __future__ import annotations

from sympy import Expr, Function, Integer, Rational, Symbol, atanh, symbols, tanh

from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.rules import Cases, Cited, Differentiated, Field, Solver
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import Both, eq, le, lt

X, Y, B, Z = symbols("x y b z", real=True)
T = Symbol("t", real=True)  # tanh
H, M, RADIUS = symbols("h M R", positive=True)
VALUE, SLOPE, BEND, THIRD, ABOVE, BELOW = symbols("f_0 f_1 f_2 f_3 r s", real=True)  # derivatives at b, remainders
UNIT = Function("f")  # tanh

CENTRE = atanh(Rational(1, 2))
CURVATURE = Rational(-3, 4)
FOURTH = Rational(41, 10)
RATE = Rational(82, 45)
SECOND_IN_TANH = -2 * T * (1 - T**2)
FOURTH_IN_TANH = 8 * T * (1 - T**2) * (2 - 3 * T**2)


def curvature(value: Expr) -> Cases:
    """``tanh''(b)`` at ``tanh(b) = 1/2``."""
    return Cases(eq(SECOND_IN_TANH, value), ((T, (tanh(CENTRE),)),))


def fourth_derivative(bound: Expr) -> Solver:
    """``|tanh''''| < bound``, as a polynomial in t = tanh."""
    size = Both((lt(-bound, FOURTH_IN_TANH), lt(FOURTH_IN_TANH, bound)))
    return Solver(size, (lt(-Integer(1), T), lt(T, Integer(1))))


def _to_third_order(z: Expr) -> Expr:
    return VALUE + SLOPE * z + BEND * z**2 / 2 + THIRD * z**3 / 6


def second_difference(bound: Expr) -> Solver:
    """``f(b + z) − 2 f(b) + f(b − z) − z² f''(b)``, of remainders r and s of order four, is ``bound`` in size."""
    gap = (_to_third_order(Z) + ABOVE) - 2 * VALUE + (_to_third_order(-Z) + BELOW) - Z**2 * BEND
    each = tuple(part for r in (ABOVE, BELOW) for part in (le(-M * Z**4 / 24, r), le(r, M * Z**4 / 24)))
    return Solver(Both((le(-bound, gap), le(gap, bound))), each)


def _second(z: Expr) -> Expr:
    return UNIT(B + H * z) - 2 * UNIT(B) + UNIT(B - H * z)


FOUR_UNITS = 1 / (4 * H**2 * CURVATURE)
UNITS = (UNIT(B + H * (X + Y)) + UNIT(B - H * (X + Y)) - UNIT(B + H * (X - Y)) - UNIT(B - H * (X - Y))) * FOUR_UNITS
POLARISED = FOUR_UNITS * _second(X + Y) - FOUR_UNITS * _second(X - Y)
POLARISATION = ((X + Y) ** 2 - (X - Y) ** 2) / 4


def product_error(rate: Expr) -> Solver:
    """The remainders ``M (h z)⁴/12``, ``z = x ± y``, over ``4 h² |tanh''(b)|``, are at most ``rate · h² R⁴``."""
    missed = FOURTH * H**4 * ((X + Y) ** 4 + (X - Y) ** 4) / 12 * -FOUR_UNITS
    return Solver(le(missed, rate * H**2 * RADIUS**4), (le(X**2, RADIUS**2), le(Y**2, RADIUS**2)))


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
        closed("the second derivative", Differentiated(tanh(Z), Z, SECOND_IN_TANH.subs(T, tanh(Z)), 2)),
        closed("the curvature at the bias b, where t = tanh b", curvature(CURVATURE)),
        closed("the fourth derivative", Differentiated(tanh(Z), Z, FOURTH_IN_TANH.subs(T, tanh(Z)), 4)),
        closed("its size, with t = tanh", fourth_derivative(FOURTH)),
        closed(
            "Taylor's theorem at b",
            Cited(
                r"|f''''| \le M",
                r"|f(b \pm z) - (f(b) \pm z f'(b) + \tfrac12 z^2 f''(b) \pm \tfrac16 z^3 f'''(b))|"
                r" \le \tfrac{1}{24} M z^4",
                "Taylor's theorem: Rudin 1976, Principles of Mathematical Analysis, theorem 5.15",
            ),
        ),
        closed(
            "what a second difference misses, with remainders r at b + z and s at b − z, f_k for the derivatives at b",
            second_difference(M * Z**4 / 12),
        ),
        closed("with f for tanh, the constant cancels: four units, output weights ± 1/(3h²)", Field(POLARISED, UNITS)),
        closed("polarisation of what they are near to", Field(POLARISATION, X * Y)),
        closed("both remainders together, x² and y² at most R²", product_error(RATE)),
    ),
    altered={
        "the curvature 3/4": curvature(-CURVATURE),
        "a fourth derivative of at most 4": fourth_derivative(Integer(4)),
        "half the remainder": second_difference(M * Z**4 / 24),
        "a remainder of third order": second_difference(M * Z**3 / 12),
        "output weights of twice the size": Field(POLARISED, 2 * UNITS),
        "the square of x": Field(POLARISATION, X**2),
        "the rate 81/45": product_error(Rational(81, 45)),
    },
)
