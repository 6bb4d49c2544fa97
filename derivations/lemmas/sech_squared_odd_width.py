"""The least mean of sech² over numbers of mean 0 and mean square 1, at every odd width: behind claim T8.

The continuous relaxation (any distribution of mean 0 and mean square 1) has the minimum sech²(1), half the mass at ±1:
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

from functools import partial

from flint import arb, fmpq
from sympy import Expr, Function, Ge, Gt, Integer, Le, Or, Rational, Symbol, cosh, diff, pi, sech, sqrt, symbols, tanh

from attnproof.derivations.lemmas.checks.width_three import U, W, covers_every_vector, least_at, symmetric
from attnproof.derivations.lemmas.sech_squared_convex import CURVATURE, SECH2, T, vanishing
from attnproof.derivations.proof.claim import Lemma, Step
from attnproof.derivations.proof.reasoning import nonnegative, same, vanishes
from attnproof.derivations.proof.smt import proves

HALF = Symbol("m", integer=True, positive=True)
LARGER = Symbol("j", integer=True, nonnegative=True)  # m − 2
ABOVE = Symbol("k", integer=True, nonnegative=True)  # how many numbers are not negative
LOW, HIGH = Symbol("a", positive=True), Symbol("b", positive=True)
FALL_LOW, FALL_HIGH = Symbol("P", positive=True), Symbol("Q", positive=True)  # −d sech²/dx at a and b
AT_LOW, AT_HIGH = Symbol("f_a", positive=True), Symbol("f_b", positive=True)  # sech² there
RATIO, SHARE = Symbol("r", positive=True), Symbol("u", real=True)

QUADRATIC = (FALL_LOW + FALL_HIGH) / (2 * (LOW + HIGH))  # G
LINEAR = (HIGH * FALL_LOW - LOW * FALL_HIGH) / (LOW + HIGH)  # B
PLUS = AT_LOW + LINEAR * LOW + QUADRATIC * LOW**2  # c₊
MINUS = AT_HIGH - LINEAR * HIGH + QUADRATIC * HIGH**2  # c₋
GROWTH = Symbol("B", positive=True)

Levels = tuple[tuple[Expr, Expr], ...]  # (number of units, their common value)
ODD: Levels = ((HALF + 1, sqrt(HALF / (HALF + 1))), (HALF, -sqrt((HALF + 1) / HALF)))


def normalised(levels: Levels) -> bool:
    """The numbers of units are positive, the mean is 0 and the mean square 1."""
    count = sum((n for n, _ in levels), Integer(0))
    first = sum((n * x for n, x in levels), Integer(0)) / count
    second = sum((n * x**2 for n, x in levels), Integer(0)) / count
    return all(n.is_positive for n, _ in levels) and same(first, Integer(0)) and same(second, Integer(1))


def average(levels: Levels) -> Expr:
    """The mean of ``sech²`` over the units."""
    return sum((n * sech(x) ** 2 for n, x in levels), Integer(0)) / sum((n for n, _ in levels), Integer(0))


def attained(levels: Levels, value: Expr) -> bool:
    """A normalised vector whose mean of sech² is ``value``."""
    return normalised(levels) and same(average(levels), value)


def touches(linear: Expr, quadratic: Expr) -> bool:
    """``sech²(y) ± B y + G y²`` has slope 0 at a (sign +) and at b (sign −)."""
    return vanishes(-FALL_LOW + linear + 2 * quadratic * LOW) and vanishes(-FALL_HIGH - linear + 2 * quadratic * HIGH)


def positive_coefficients(linear: Expr, quadratic: Expr, factor: Expr) -> bool:
    """``quadratic`` is positive by its form; ``linear`` is positive for 0 < a < b: it is ``ab/(a + b)`` times
    ``P/a − Q/b``, and ``−(sech²)'(t)/t`` falls with t: its slope is ``factor``, negative by its form, times the bracket
    ``CURVATURE``, which the lemma about convexity shows to be positive.
    """
    fall = diff(-diff(SECH2, T) / T, T)
    factored = vanishes(linear - LOW * HIGH / (LOW + HIGH) * (FALL_LOW / LOW - FALL_HIGH / HIGH))
    signs = bool(quadratic.is_positive) and bool(factor.is_negative)
    return signs and factored and vanishing(fall - factor * CURVATURE)


def bends_once(level: Rational) -> bool:
    """``(sech²)''`` is a polynomial in u = tanh²: it grows up to ``level`` and is not negative from there on."""
    bend = 2 * (1 - SHARE) * (3 * SHARE - 1)
    grows = diff(tanh(T) ** 2, T) - 2 * tanh(T) / cosh(T) ** 2
    return (
        vanishing(diff(SECH2, T, 2) - bend.subs(SHARE, tanh(T) ** 2))
        and vanishing(grows)
        and bool((tanh(T) / cosh(T) ** 2).is_positive)
        and proves(Gt(diff(bend, SHARE), 0), [Ge(SHARE, 0), Le(SHARE, level)])
        and proves(Ge(bend, 0), [Ge(SHARE, level), Le(SHARE, 1)])
    )


def starts_with(sign: int, slope: Expr) -> bool:
    """The slope of ``sech²(y) + sign B y + G y²`` at y = 0 is ``slope``, whose sign is ``sign`` by its form."""
    found = diff(SECH2 + sign * GROWTH * T + QUADRATIC * T**2, T).subs(T, 0)
    return same(found, slope) and bool((sign * slope).is_positive)


def at_least(ratio: Rational, share: Rational) -> bool:
    """``m/(m + 1) >= ratio`` for m >= 2, and ``tanh²(√ratio) > share`` in ball arithmetic."""
    least = (HALF / (HALF + 1)).subs(HALF, 2 + LARGER) - ratio
    square = arb(fmpq(ratio.p, ratio.q)).sqrt().tanh() ** 2
    return nonnegative(least) and bool(square > arb(fmpq(share.p, share.q)))


def below_start(low: fmpq, pieces: int) -> bool:
    """``c₊ < 1 = sech²(0)`` for every r in [``low``, 1], by enclosures over equal pieces."""
    width = (1 - low) / pieces
    return all(bool(touching_level(arb(low + width * k + width / 2, width / 2)) < 1) for k in range(pieces))


def touching_level(ratio: arb) -> arb:
    """An enclosure of ``c₊`` for all r in the ball ``ratio``."""
    a = ratio.sqrt()
    b = 1 / a
    (at_a, fall_a), (_, fall_b) = ((x.sech() ** 2, 2 * x.sech() ** 2 * x.tanh()) for x in (a, b))
    return at_a + (b * fall_a - a * fall_b) / (a + b) * a + (fall_a + fall_b) / (2 * (a + b)) * a * a


def apart(difference: Expr) -> bool:
    """``c₊ − c₋`` is ``difference``, a sum of ``f_a − f_b`` and a positive multiple of ``P − Q >= 0``."""
    rise, gap = Symbol("f_a - f_b", positive=True), Symbol("P - Q", nonnegative=True)
    positive = difference.subs({AT_LOW: AT_HIGH + rise, FALL_LOW: FALL_HIGH + gap}).expand()
    return vanishes(PLUS - MINUS - difference) and bool(positive.is_positive)


def summed_bound(more: Expr, fewer: Expr) -> bool:
    """``k c₊ + (2m + 1 − k) c₋ − G (2m + 1)`` is ``more f_a + fewer f_b + (k − m − 1)(c₊ − c₋)``, where ab = 1 and
    ``a² = m/(m + 1)``: written in a, with ``m = a²/(1 − a²)``, an identity between rational functions.
    """
    width, needed = 2 * HALF + 1, HALF + 1
    found = ABOVE * PLUS + (width - ABOVE) * MINUS - QUADRATIC * width
    stated = more * AT_LOW + fewer * AT_HIGH + (ABOVE - needed) * (PLUS - MINUS)
    return vanishes((found - stated).subs({HALF: LOW**2 / (1 - LOW**2), HIGH: 1 / LOW}))


def one_side_has(more: int) -> bool:
    """Of ``p`` numbers >= 0 and ``q`` <= 0, at least 2m + 1 together, one is more than ``m + more``, by SMT solver."""
    p, q, m = symbols("p q m", real=True)
    return proves(Or(Gt(p, m + more), Gt(q, m + more)), [Ge(p + q, 2 * m + 1)])


def excess(factor: Expr) -> bool:
    """For smooth f, ``V(r) = (f(r) + r f(1/r))/(1 + r)``: V(1) = f(1), V'(1) = 0, V''(1) = ``factor`` f''(1)."""
    f = Function("f")
    value = (f(RATIO) + RATIO * f(1 / RATIO)) / (1 + RATIO)
    bend = diff(f(RATIO), RATIO, 2).subs(RATIO, 1).doit()
    at_one = [diff(value, RATIO, order).doit().subs(RATIO, 1).doit() for order in range(3)]
    return same(at_one[0], f(1)) and same(at_one[1], Integer(0)) and same(at_one[2], factor * bend)


def scale_of_excess(expected: Expr) -> bool:
    """``d² − 1`` at ``d = 2m + 1`` times ``(1 − r)²``, ``r = m/(m + 1)``, is ``expected``: it tends to 4 as r → 1."""
    found = ((2 * HALF + 1) ** 2 - 1) * (1 - HALF / (HALF + 1)) ** 2
    return vanishes(found - expected.subs(RATIO, HALF / (HALF + 1))) and vanishes(expected.subs(RATIO, 1) - 4)


TWO_AND_ONE: Levels = tuple((n.subs(HALF, 1), x.subs(HALF, 1)) for n, x in ODD)

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
    steps=(
        Step(
            "the vector has mean 0 and mean square 1",
            r"\left(m + 1 \times \sqrt{m/(m+1)},\ m \times -\sqrt{(m+1)/m}\right)"
            r" => \tfrac1d \textstyle\sum_i x_i = 0,\ \tfrac1d \sum_i x_i^2 = 1",
            partial(normalised, ODD),
        ),
        Step(
            "two parabolas with the same coefficients B, G touch sech²: slope 0 at a (for x ≥ 0) and at −b (for x < "
            "0); P, Q are −(sech²)' at a, b",
            r"B = \frac{b P - a Q}{a + b},\ G = \frac{P + Q}{2(a + b)} => -P + B + 2 G a = 0,\ -Q - B + 2 G b = 0",
            partial(touches, LINEAR, QUADRATIC),
        ),
        Step(
            "P and Q are positive, so G is; B is, since −(sech²)'(t)/t = −2 f'(t²) falls with t, f being strictly "
            "convex, and a < b",
            r"B = \frac{ab}{a + b}\left(\frac Pa - \frac Qb\right) => > 0",
            partial(positive_coefficients, LINEAR, QUADRATIC, -2 / (T**2 * cosh(T) ** 4)),
            uses=("sech_squared_convex",),
        ),
        Step(
            "the second derivative in u = tanh² t grows up to u = 1/3 and is not negative beyond: with 2G > 0 added it "
            "changes its sign at most once, from − to +, and the slope of sech² ± By + Gy² falls, then rises",
            r"(\operatorname{sech}^2)'' => 2 (1 - u)(3u - 1)",
            partial(bends_once, Rational(1, 3)),
        ),
        Step(
            "x = −y < 0: the slope starts below 0, falls, then rises, so it has one zero, at b, and is negative before "
            "and positive after it: b is the only minimum",
            r"\partial_y(\operatorname{sech}^2 y - B y + G y^2)|_{y = 0} => -B < 0",
            partial(starts_with, -1, -GROWTH),
        ),
        Step(
            "x = y ≥ 0: the slope starts above 0",
            r"\partial_y(\operatorname{sech}^2 y + B y + G y^2)|_{y = 0} => B > 0",
            partial(starts_with, 1, GROWTH),
        ),
        Step(
            "m ≥ 2: the zero of the slope at a is where it rises already (u > 1/3, tanh growing), so the slope is "
            "negative just before a: the function rises from 0, falls to a and rises; it is least at 0 or at a alone",
            r"\tanh^2 a \ge \tanh^2\sqrt{2/3} => > 1/3",
            partial(at_least, Rational(2, 3), Rational(1, 3)),
        ),
        Step(
            "at a it is smaller than at 0 (ball arithmetic over the whole interval): a is the only minimum",
            r"c_+ = \operatorname{sech}^2 a + B a + G a^2,\ \tfrac23 \le r \le 1 => < 1",
            partial(below_start, fmpq(2, 3), 32),
        ),
        Step(
            "sech² falls, −(sech²)' too beyond u = 1/3: with a < b the first difference is > 0, the second ≥ 0",
            r"c_+ - c_- => \operatorname{sech}^2 a - \operatorname{sech}^2 b + \tfrac12 (a + b)(P - Q) > 0",
            partial(apart, AT_LOW - AT_HIGH + (LOW + HIGH) * (FALL_LOW - FALL_HIGH) / 2),
        ),
        Step(
            "k numbers are not negative; mean and mean square give the sums of the parabolas",
            r"\textstyle\sum_i \operatorname{sech}^2(x_i) \ge k c_+ + (d - k) c_- - B \cdot 0 - G d"
            r" => (m + 1) \operatorname{sech}^2 a + m \operatorname{sech}^2 b + (k - m - 1)(c_+ - c_-)",
            partial(summed_bound, HALF + 1, HALF),
        ),
        Step(
            "numbers ≥ 0 and numbers ≤ 0 are at least d together, so of one kind there are more than m; if it is the "
            "second, all signs are changed, which changes no sech²: k ≥ m + 1. Equality: k = m + 1 and every number "
            "where its parabola touches",
            r"p + q \ge 2m + 1 => p > m \text{ or } q > m",
            partial(one_side_has, 0),
        ),
        Step(
            "width 3: an orthonormal basis, every such vector lies on one circle",
            r"x => \sqrt2\,(\cos\theta, \cos(\theta + \tfrac{2\pi}3), \cos(\theta + \tfrac{4\pi}3))",
            partial(covers_every_vector, U, W),
        ),
        Step(
            "width 3: the sum of sech² is even in θ, with period π/3",
            r"x(\theta + \tfrac{\pi}3),\ x(-\theta) => -x(\theta),\ x(\theta) \text{ up to order}",
            partial(symmetric, pi / 3),
        ),
        Step(
            "width 3: convex up to 0.15, enclosures above the value at 0 beyond",
            r"\textstyle\sum_i \operatorname{sech}^2(x_i(\theta)),\ 0 < \theta \le \tfrac{\pi}6"
            r" => > \textstyle\sum_i \operatorname{sech}^2(x_i(0))",
            partial(least_at, fmpq(0), fmpq(15, 100), fmpq(53, 100), 106),
        ),
        Step(
            "width 3: θ = 0 is the vector with the sign changed, one unit √2 and two −1/√2",
            r"\tfrac13 \textstyle\sum_i \operatorname{sech}^2(x_i(0))"
            r" => \tfrac13(2 \operatorname{sech}^2 \tfrac{1}{\sqrt 2} + \operatorname{sech}^2 \sqrt 2)",
            partial(attained, TWO_AND_ONE, (2 * sech(1 / sqrt(2)) ** 2 + sech(sqrt(2)) ** 2) / 3),
        ),
        Step(
            "the minimum as a function of r = m/(m + 1), for any smooth f: Taylor at r = 1",
            r"V(r) = \frac{f(r) + r f(1/r)}{1 + r} => V(1) = f(1),\ V'(1) = 0,\ V''(1) = f''(1)",
            partial(excess, Integer(1)),
        ),
        Step(
            "so the excess times d² − 1 tends to 2 f''(1)",
            r"(d^2 - 1) \tfrac12 (1 - r)^2 => 2 r \to 2",
            partial(scale_of_excess, 4 * RATIO),
        ),
    ),
    altered={
        "the other sign of B": partial(touches, -LINEAR, QUADRATIC),
        "the parabola at width 3 too, r = 1/2": partial(below_start, fmpq(1, 2), 64),
        "the second derivative grows up to u = 3/4": partial(bends_once, Rational(3, 4)),
        "units in other numbers": partial(summed_bound, HALF, HALF + 1),
        "m + 2 numbers of one kind": partial(one_side_has, 1),
        "half the excess": partial(excess, Rational(1, 2)),
        "least at θ = ½ for width 3": partial(least_at, fmpq(1, 2), fmpq(15, 100), fmpq(53, 100), 106),
    },
    references=("Boyd, Vandenberghe 2004, Convex Optimization, chapter 5 (Lagrangian lower bounds)",),
)
