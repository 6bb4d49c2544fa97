"""The least mean of sech² over a layer-normalised vector of odd width: behind claim T8.

Convexity alone (any distribution of mean 0 and mean square 1) has the minimum sech²(1), half the mass at ±1:
an odd number of units cannot be halved, so the proof must count them. It bounds sech² on each side of 0 by a parabola
of its own. Both have the same linear and the same quadratic coefficient, so that the constraints fix their sum, and
each touches sech² at the value that the minimum has on its side:

    sech²(x) ≥ c₊ − B x − G x²   for x ≥ 0, with equality at a = √r only,      r = m/(m + 1), ab = 1
    sech²(x) ≥ c₋ − B x − G x²   for x < 0, with equality at −b = −1/√r only

Summed over k numbers x ≥ 0 and 2m + 1 − k others: k c₊ + (2m + 1 − k) c₋ − G (2m + 1). As c₊ > c₋ this is least at the
smallest k, m + 1, and there it is the value at the vector that touches everywhere. The first bound needs r ≥ 2/3, that
is m ≥ 2; width 3 has a proof of its own.
"""

from __future__ import annotations

from typing import Final

from flint import arb
from sympy import Expr, Integer, Rational, Symbol, cos, cosh, oo, pi, sech, sin, sqrt, symbols, tanh

from attnproof.derivations.lemmas.checks.enclosing import ball, floor_of
from attnproof.derivations.lemmas.sech_squared_convex import CURVATURE, SECH2, T
from attnproof.derivations.proof.claim import Lemma
from attnproof.derivations.proof.met import Because
from attnproof.derivations.proof.rules import All, Cases, Computed, Differentiated, Enclosed, Field, Sign, Solver, Tends
from attnproof.derivations.proof.rules.domain import ZERO
from attnproof.derivations.proof.steps import closed
from attnproof.derivations.propositions.proposition import Both, Either, eq, le, lt

HALF = Symbol("m", integer=True, positive=True)
ABOVE = Symbol("k", integer=True, nonnegative=True)  # how many numbers are not negative
LOW, HIGH, FALL_LOW, FALL_HIGH, AT_LOW, AT_HIGH = symbols("a b P Q f_a f_b", positive=True)  # P, Q: −(sech²)' at a, b
GROWTH, BEND = symbols("B G", positive=True)
COUNT, ONE_SIDE, OTHER_SIDE, SHARE, THETA, X, Y, Z = symbols("m p q u theta x y z", real=True)
ONE = Integer(1)
VALUE, SLOPE, CURVE, THIRD, OTHER_THIRD = symbols("f_0 f_1 f_2 v w", real=True)  # of f at 1

QUADRATIC = (FALL_LOW + FALL_HIGH) / (2 * (LOW + HIGH))  # G
LINEAR = (HIGH * FALL_LOW - LOW * FALL_HIGH) / (LOW + HIGH)  # B
PLUS = AT_LOW + LINEAR * LOW + QUADRATIC * LOW**2  # c₊
MINUS = AT_HIGH - LINEAR * HIGH + QUADRATIC * HIGH**2  # c₋
FALL = 2 * tanh(T) / cosh(T) ** 2  # −(sech²)'
BENDS = 2 * (1 - SHARE) * (3 * SHARE - 1)  # (sech²)'' in u = tanh²
SHRINKS = -2 / (T**2 * cosh(T) ** 4)
THIRD_PART: Final = Rational(1, 3)
CIRCLE = [sqrt(2) * cos(THETA + 2 * pi * k / 3) for k in range(3)]
LEAST_OF_THREE = (2 * sech(1 / sqrt(2)) ** 2 + sech(sqrt(2)) ** 2) / 3
CONVEX_TO, END = Rational(15, 100), Rational(53, 100)
LEVEL = "lemmas.sech_squared_odd_width:touching_level_below"
PIECES = "lemmas.checks.width_three:"


def normalised(low: Expr, high: Expr) -> Solver:
    """For ``a² = low`` and ``b² = high``: m + 1 times a and m times −b have the mean 0 and the mean square 1."""
    given = (eq(LOW**2 * (COUNT + 1), low), eq(HIGH**2 * COUNT, high), le(ONE, COUNT))
    mean, square = (COUNT + 1) * LOW - COUNT * HIGH, (COUNT + 1) * LOW**2 + COUNT * HIGH**2
    return Solver(Both((eq(mean, ZERO), eq(square, 2 * COUNT + 1), eq(LOW * HIGH, ONE))), given)


def touches(linear: Expr, quadratic: Expr) -> All:
    """``sech²(y) ± B y + G y²`` has slope 0 at a (sign +) and at b (sign −)."""
    at_low, at_high = -FALL_LOW + linear + 2 * quadratic * LOW, -FALL_HIGH - linear + 2 * quadratic * HIGH
    return All((Field(at_low, ZERO), Field(at_high, ZERO)))


def bends_once(level: Rational) -> All:
    """``(sech²)''``, in u, grows up to ``level`` and is not negative from there on."""
    slope = 8 - 12 * SHARE
    return All(
        (
            Differentiated(BENDS, SHARE, slope),
            Solver(lt(ZERO, slope), (le(ZERO, SHARE), le(SHARE, level))),
            Solver(le(ZERO, BENDS), (le(level, SHARE), le(SHARE, ONE))),
        )
    )


def starts_with(sign: int) -> All:
    """The slope of ``sech²(y) + sign B y + G y²`` (t for y), and what it starts with at 0."""
    slope = -FALL + sign * GROWTH + 2 * BEND * T
    whole = SECH2 + sign * GROWTH * T + BEND * T**2
    return All((Differentiated(whole, T, slope), Tends(slope, T, ZERO, sign * GROWTH)))


def touching_level_below(low: Rational, pieces: int, decimals: int) -> Rational:
    """A number with so many decimals that c₊ is below for every r in [``low``, 1], by enclosures over equal pieces."""
    half = (1 - low) / pieces / 2
    return -floor_of([-_level(ball(low + (2 * k + 1) * half) + arb(0, ball(half))) for k in range(pieces)], decimals)


def _level(ratio: arb) -> arb:
    """An enclosure of ``c₊`` for all r in the ball ``ratio``."""
    a = ratio.sqrt()
    b = 1 / a
    (at_a, fall_a), (_, fall_b) = ((x.sech() ** 2, 2 * x.sech() ** 2 * x.tanh()) for x in (a, b))
    return at_a + (b * fall_a - a * fall_b) / (a + b) * a + (fall_a + fall_b) / (2 * (a + b)) * a * a


def apart(difference: Expr) -> All:
    """``c₊ − c₋`` is ``difference``, positive where f_a > f_b and P >= Q."""
    given = (lt(AT_HIGH, AT_LOW), le(FALL_HIGH, FALL_LOW))
    return All((Field(PLUS - MINUS, difference), Solver(lt(ZERO, difference), given)))


def summed_bound(more: Expr, fewer: Expr) -> Field:
    """``k c₊ + (2m + 1 − k) c₋ − G (2m + 1)`` is ``more f_a + fewer f_b + (k − m − 1)(c₊ − c₋)``, where ``b = 1/a`` and
    ``m = a²/(1 − a²)``.
    """
    width, needed = 2 * HALF + 1, HALF + 1
    found = ABOVE * PLUS + (width - ABOVE) * MINUS - QUADRATIC * width
    stated = more * AT_LOW + fewer * AT_HIGH + (ABOVE - needed) * (PLUS - MINUS)
    in_a = {HALF: LOW**2 / (1 - LOW**2), HIGH: 1 / LOW}
    return Field(found.subs(in_a), stated.subs(in_a), given=(lt(ZERO, 1 - LOW**2),))


def one_side_has(more: int) -> Solver:
    """Of p numbers >= 0 and q <= 0, at least 2m + 1 together, one is more than ``m + more``."""
    sides = Either((lt(COUNT + more, ONE_SIDE), lt(COUNT + more, OTHER_SIDE)))
    return Solver(sides, (le(2 * COUNT + 1, ONE_SIDE + OTHER_SIDE),))


def turned(angle: Expr) -> All:
    """Turned by ``angle``, the second and third of the three numbers are the first and second with the sign changed."""
    c, s = cos(THETA), sin(THETA)
    after = (c / 2 - sqrt(3) * s / 2, s / 2 + sqrt(3) * c / 2)
    return All(
        (
            Field(cos(THETA + angle), after[0]),
            Field(sin(THETA + angle), after[1]),
            *(Field(_of_three(k, *after), -_of_three(k - 1, c, s)) for k in (1, 2)),
        )
    )


def _of_three(k: int, c: Expr, s: Expr) -> Expr:
    """``cos(θ + 2πk/3)`` for cosine and sine of θ."""
    return c if k == 0 else -c / 2 - (3 - 2 * k) * sqrt(3) * s / 2


def excess(factor: Expr) -> Tends:
    """For ``V(r) = (f(r) + r f(1/r))/(1 + r)`` and r = m/(m + 1): ``(V(r) − f(1))/(1 − r)²`` tends to
    ``factor f''(1)``.

    f is written out to second order around 1, with remainders of third order.
    """
    r = HALF / (HALF + 1)
    at_r = VALUE + SLOPE * (r - 1) + CURVE * (r - 1) ** 2 / 2 + THIRD * (r - 1) ** 3
    at_inverse = VALUE + SLOPE * (1 / r - 1) + CURVE * (1 / r - 1) ** 2 / 2 + OTHER_THIRD * (1 / r - 1) ** 3
    return Tends(((at_r + r * at_inverse) / (1 + r) - VALUE) * (HALF + 1) ** 2, HALF, oo, factor * CURVE)


def scale_of_excess(expected: Expr) -> Field:
    """``d² − 1`` at ``d = 2m + 1`` times ``(1 − r)²/2``, ``r = m/(m + 1)``."""
    return Field(((2 * HALF + 1) ** 2 - 1) * (1 - HALF / (HALF + 1)) ** 2 / 2, expected)


TWICE_R = 2 * HALF / (HALF + 1)

LEMMA = Lemma(
    name="sech_squared_odd_width",
    title="The least mean of sech² at odd widths",
    statement=(
        r"Let $x_1, \dots, x_d$ have mean 0 and mean square 1, $d = 2m + 1 \ge 3$. Then $\sum_i "
        r"\operatorname{sech}^2(x_i) \ge (m+1) \operatorname{sech}^2\sqrt{m/(m+1)} + m "
        r"\operatorname{sech}^2\sqrt{(m+1)/m}$, with equality exactly when, up to the sign of the whole vector, $m + "
        r"1$ of them are $\sqrt{m/(m+1)}$ and $m$ are $-\sqrt{(m+1)/m}$. The mean exceeds $f(1)$, $f(x) = "
        r"\operatorname{sech}^2\sqrt x$, by $2 f''(1)/(d^2 - 1)$, up to a factor that tends to 1."
    ),
    assumptions={"Real numbers; d odd and at least 3.": "ranges"},
    met={
        "sech_squared_convex": {
            "x ≥ 0; derivatives at x > 0, where x = t².": (
                Because("x = t² is the square of a unit; the quotient by t and its slope are taken at t > 0"),
            ),
        },
    },
    steps=(
        closed(
            "the vector of m + 1 times a = √(m/(m + 1)) and m times −b, b = √((m + 1)/m), has mean 0 and mean square 1",
            normalised(COUNT, COUNT + 1),
        ),
        closed(
            "two parabolas with the same coefficients B = (bP − aQ)/(a + b) and G = (P + Q)/(2(a + b)) touch sech²: "
            "slope 0 at a (for x ≥ 0) and at −b (for x < 0); P, Q are −(sech²)' at a, b",
            touches(LINEAR, QUADRATIC),
        ),
        closed("P and Q are positive, so G is", Sign(ZERO, "<", QUADRATIC)),
        closed(
            "B, by the quotients of P, Q",
            Field(LINEAR, LOW * HIGH / (LOW + HIGH) * (FALL_LOW / LOW - FALL_HIGH / HIGH)),
        ),
        closed("the slope of sech²", Differentiated(SECH2, T, -FALL)),
        closed(
            "the quotient −(sech²)'(t)/t = −2 f'(t²) falls with t: its slope has the bracket of f'', f being strictly "
            "convex",
            Differentiated(FALL / T, T, SHRINKS * CURVATURE),
            uses=("sech_squared_convex",),
        ),
        closed("times what is below 0: with a < b, B is positive", Sign(SHRINKS, "<", ZERO)),
        closed("the second derivative", Differentiated(SECH2, T, BENDS.subs(SHARE, tanh(T) ** 2), 2)),
        closed(
            "in u = tanh² t it grows up to u = 1/3 and is not negative beyond: with 2G > 0 added it changes its sign "
            "at most once, from − to +, and the slope of sech² ± By + Gy² falls, then rises",
            bends_once(THIRD_PART),
        ),
        closed("as u grows with t", All((Differentiated(tanh(T) ** 2, T, FALL), Sign(ZERO, "<", FALL)))),
        closed(
            "x = −y < 0 (t for y): the slope starts below 0, falls, then rises, so it has one zero, at b, and is "
            "negative before and positive after it: b is the only minimum",
            starts_with(-1),
        ),
        closed("x = y ≥ 0: the slope starts above 0", starts_with(1)),
        closed(
            "m ≥ 2: r is at least 2/3",
            Solver(le(Rational(2, 3), COUNT / (COUNT + 1)), (le(Integer(2), COUNT),)),
        ),
        closed(
            "so the zero of the slope at a = √r is where it rises already (u > 1/3), and the slope is negative just "
            "before a: the function rises from 0, falls to a and rises; it is least at 0 or at a alone",
            Enclosed(tanh(sqrt(Rational(2, 3))) ** 2, THIRD_PART),
        ),
        closed(
            "at a, c₊ = sech² a + B a + G a² is smaller than at 0, where it is 1, for r from 2/3 to 1 (ball "
            "arithmetic over 32 pieces): a is the only minimum",
            Computed(LEVEL, (Rational(2, 3), 32, 3), Rational(961, 1000)),
        ),
        closed(
            "c₊ and c₋ with f_a = sech² a, f_b = sech² b, which falls, as −(sech²)' does beyond u = 1/3",
            apart(AT_LOW - AT_HIGH + (LOW + HIGH) * (FALL_LOW - FALL_HIGH) / 2),
        ),
        closed(
            "k numbers are not negative; mean and mean square give the sums of the parabolas, k c₊ + (d − k) c₋ − B·0 "
            "− G d, with b = 1/a and m = a²/(1 − a²): (m + 1) f_a + m f_b + (k − m − 1)(c₊ − c₋)",
            summed_bound(HALF + 1, HALF),
        ),
        closed(
            "numbers ≥ 0 and numbers ≤ 0 are at least d together, so of one kind there are more than m; if it is the "
            "second, all signs are changed, which changes no sech²: k ≥ m + 1. Equality: k = m + 1 and every number "
            "where its parabola touches",
            one_side_has(0),
        ),
        closed(
            "width 3: with cos θ = x/√2 and sin θ = (z − y)/√6, every such vector lies on one circle",
            Solver(
                Both((eq(X**2 / 2 + (Z - Y) ** 2 / 6, ONE), eq(Y, -X / 2 - (Z - Y) / 2), eq(Z, -X / 2 + (Z - Y) / 2))),
                (eq(X + Y + Z, ZERO), eq(X**2 + Y**2 + Z**2, Integer(3))),
            ),
        ),
        closed(
            "of the points √2 (cos θ, cos(θ + 2π/3), cos(θ + 4π/3))",
            All(tuple(Field(CIRCLE[k] / sqrt(2), _of_three(k, cos(THETA), sin(THETA))) for k in (1, 2))),
        ),
        closed(
            "width 3: a turn by π/3 changes all signs and the order (from the first to the third, by its form, then "
            "on), another sign of θ the order: the sum of sech², F, is even in θ with period π/3",
            turned(pi / 3),
        ),
        closed("half a period is all there is", Enclosed(pi / 6, high=END)),
        closed(
            "width 3: F'' exceeds a number above 0 up to 0.15, and F beyond exceeds F(0) by one (enclosures over "
            "pieces)",
            All(
                (
                    Computed(PIECES + "least_curvature", (CONVEX_TO, 30, 1), Rational(11, 10)),
                    Computed(PIECES + "least_rise", (Rational(0), CONVEX_TO, END, 76, 4), Rational(175, 10000)),
                )
            ),
        ),
        closed(
            "width 3: θ = 0 is the vector with the sign changed, one unit √2 and two −1/√2",
            Cases(eq(sum((sech(z) ** 2 for z in CIRCLE), ZERO) / 3, LEAST_OF_THREE), ((THETA, (ZERO,)),)),
        ),
        closed(
            "the minimum as a function of r = m/(m + 1), V(r) = (f(r) + r f(1/r))/(1 + r), for any smooth f with f_0, "
            "f_1, f_2 for f, f', f'' at 1, bounded remainders v and w: (V − f(1))/(1 − r)²",
            excess(Rational(1, 2)),
        ),
        closed("d² − 1 times (1 − r)²/2", scale_of_excess(TWICE_R)),
        closed("so the excess times d² − 1 tends to f''(1) times", Tends(TWICE_R, HALF, oo, Integer(2))),
    ),
    altered={
        "unequal numbers at ±1": normalised(COUNT + 1, COUNT),
        "the other sign of B": touches(-LINEAR, QUADRATIC),
        "G without its half": touches(LINEAR, 2 * QUADRATIC),
        "half the fall of B's quotient": Differentiated(FALL / T, T, SHRINKS * CURVATURE / 2),
        "the second derivative grows up to u = 3/4": bends_once(Rational(3, 4)),
        "not negative from u = 1/4": bends_once(Rational(1, 4)),
        "u(a) > 1/2": Enclosed(tanh(sqrt(Rational(2, 3))) ** 2, Rational(1, 2)),
        "c₊ − c₋ without its half": apart(AT_LOW - AT_HIGH + (LOW + HIGH) * (FALL_LOW - FALL_HIGH)),
        "units in other numbers": summed_bound(HALF, HALF + 1),
        "m + 2 numbers of one kind": one_side_has(1),
        "the parabola at width 3 too, r = 1/2": Computed(LEVEL, (Rational(1, 2), 64, 3), Rational(961, 1000)),
        "least at θ = ½ for width 3": Computed(
            PIECES + "least_rise", (Rational(1, 2), CONVEX_TO, END, 76, 4), Rational(175, 10000)
        ),
        "a shorter period": turned(pi / 6),
        "an arc that is too short": Enclosed(pi / 6, high=Rational(52, 100)),
        "half the excess": excess(Rational(1, 4)),
        "a scale without 2": scale_of_excess(TWICE_R / 2),
    },
    references=("Boyd, Vandenberghe 2004, Convex Optimization, chapter 5 (Lagrangian lower bounds)",),
)
