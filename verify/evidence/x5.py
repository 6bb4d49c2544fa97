"""X5 in ball arithmetic: the constructions of its proof, their errors enclosed, against what is proved of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import combinations, product
from math import comb, factorial
from typing import Final

from flint import arb, ctx, fmpq

from attnproof.derivations.lemmas.tanh_derivatives import centre, in_tanh
from attnproof.verify.evidence import row
from attnproof.verify.options import Options
from attnproof.verify.unit import Result

PRECISION: Final = 400  # bits; what divides by h^k loses at most 6 · 30 of them
STEPS: Final = {"quick": (1, 5, 10, 20), "standard": range(0, 25, 2), "thorough": range(31)}  # h = 2^−e
GRID: Final = {"quick": 4, "standard": 6, "thorough": 16}  # points on [−1, 1] in steps of 1/GRID
ORDERS: Final = {"quick": 4, "standard": 6, "thorough": 8}
DEGREES: Final = {"quick": (4, 16), "standard": (4, 16, 36), "thorough": (4, 16, 36, 100)}
CUBIC: Final = {(2, 1): fmpq(1), (1, 2): fmpq(-1, 2), (0, 2): fmpq(1, 3), (1, 1): fmpq(2)}  # s²h − sh²/2 + h²/3 + 2sh


def rows(options: Options) -> list[Result]:
    """Product, corner, powers, a cubic by units with a bias, Bernstein polynomials of a corner; a figure."""
    before, ctx.prec = ctx.prec, PRECISION
    try:
        steps, grid = list(STEPS[options.profile]), _grid(GRID[options.profile])
        errors = {e: max((_product_error(e, x, y) for x, y in product(grid, repeat=2)), key=_upper) for e in steps}
        bounds = {e: arb(82) / 45 / 4**e for e in steps}
        return [
            _within(
                "product",
                f"four units for x y on [−1, 1]², {len(grid) ** 2} points, steps from 2^{-steps[0]} to 2^{-steps[-1]}",
                "error <= 82/45 h²",
                (errors[e] / bounds[e] for e in steps),
            ),
            *(_corner(e) for e in steps if e >= 5),
            *(_power(k, grid) for k in range(1, ORDERS[options.profile] + 1)),
            _within(
                "cubic",
                "s²h − sh²/2 + h²/3 + 2sh by units with a bias along whole-number directions, step 2^-12",
                "error <= h Σ|c_i| C_i",
                _cubic(grid, 12),
            ),
            _within(
                "bernstein",
                "Bernstein polynomials of |s − h| on [−1, 1]², exact arithmetic on a grid",
                "error <= (1 + 2/4) √2 · 2/√n",
                (_bernstein(n) / (arb(3) / 2 * arb(2).sqrt() * 2 / arb(n).sqrt()) for n in DEGREES[options.profile]),
            ),
            row.figure(
                "X5",
                "A product by four tanh units",
                row.axis("step h", "log2"),
                row.axis("largest error on [−1, 1]²", "log10"),
                [
                    row.series("bound 82/45 h²", [2.0**-e for e in steps], [float(bounds[e]) for e in steps], "bound"),
                    row.series(
                        "error in ball arithmetic",
                        [2.0**-e for e in steps],
                        [_upper(errors[e]) for e in steps],
                        "points",
                    ),
                ],
                "In real numbers the error of four units falls with the square of the step, close below its bound.",
            ),
        ]
    finally:
        ctx.prec = before


def _grid(count: int) -> list[fmpq]:
    return [fmpq(i, count) for i in range(-count, count + 1)]


def _upper(ball: arb) -> float:
    """A float64 that is not below any number of the ball."""
    return float(ball.upper()) * (1 + 2.0**-50)


def _within(name: str, what: str, theory: str, ratios: Iterable[arb]) -> Result:
    """A row for quotients error/bound, each a ball: all of them certainly at most 1."""
    found = list(ratios)
    largest = max(map(_upper, found))
    passes = all(bool(ratio <= 1) for ratio in found)  # a quotient of sizes is not negative
    wrong, theory = None if passes else f"error/bound is {largest}", f"{theory}: the quotient of the two lies in [0, 1]"
    numbers = 0.5, largest, 0.5, wrong
    return row.judged(
        "X5", name, what, theory, *numbers, seen=max(0.0, 1 - largest), where={"implementation": "python-flint"}
    )


def _product_error(e: int, x: fmpq, y: fmpq) -> arb:
    """Error of the four units at the step 2^−e."""
    h, b = arb(2) ** -e, arb(0.5).atanh()
    units = [(b + h * arb(z)).tanh() for z in (x - y, y - x, x + y, -x - y)]
    return abs((units[0] + units[1] - units[2] - units[3]) / (3 * h * h) - arb(x * y))


def _corner(e: int) -> Result:
    """At x = y = 1 the error is ``h²/3 · tanh''''(b)/tanh''(b)`` up to ``2 M (2h)^6/720`` over ``3h²``, M the sixth
    derivative's bound.
    """
    h, half = arb(2) ** -e, fmpq(1, 2)
    leading = arb(_at(4, half) / _at(2, half) / 3) * h * h
    sixth = sum(abs(int(c)) for c in in_tanh(6).all_coeffs())
    rest = 2 * sixth * (2 * h) ** 6 / 720 / (3 * h * h)
    found = _product_error(e, fmpq(1), fmpq(1))
    gap = abs(found - abs(leading))
    wrong, what = (
        None if gap <= rest else f"differs by {gap.str(5)}",
        f"error of the four units at x = y = 1, step 2^-{e}",
    )
    numbers = float(abs(leading)), float(found.mid()), _upper(rest), wrong
    theory = "h²/3 · |tanh''''(b)/tanh''(b)| + O(h⁴)"
    return row.judged("X5", f"corner/2^-{e}", what, theory, *numbers, where={"implementation": "python-flint"})


def _at(order: int, t: fmpq) -> fmpq:
    """The derivative of tanh of this order where tanh is t."""
    total = fmpq(0)
    for coefficient in in_tanh(order).all_coeffs():
        total = total * t + int(coefficient)
    return total


def _differences(k: int, t: fmpq, h: arb, z: arb) -> arb:
    """``z^k`` by k + 1 units: the k-th difference of tanh at ``artanh(t)`` with the step hz, over ``h^k P_k(t)``."""
    b = arb(t).atanh()
    total: arb = sum(((-1) ** (k - j) * comb(k, j) * (b + j * h * z).tanh() for j in range(k + 1)), arb(0))
    return total / (h**k * arb(_at(k, t)))


def _bound(k: int, t: fmpq, h: arb, z: arb) -> arb:
    """``k 2^k (k+1)!/p · h |z|^(k+1)``."""
    size: arb = k * 2**k * factorial(k + 1) / abs(arb(_at(k, t))) * h * abs(z) ** (k + 1)
    return size


def _centre(k: int) -> fmpq:
    found = centre(k)
    return fmpq(int(found.p), int(found.q))


def _power(k: int, grid: list[fmpq]) -> Result:
    """z^k at both kinds of points b, steps 2^−10 and 2^−20; z = 0, where both sides are 0, is left out."""
    points = [_centre(k), *([fmpq(0)] if k % 2 else [])]
    ratios = (
        abs(_differences(k, t, h, arb(z)) - arb(z) ** k) / _bound(k, t, h, arb(z))
        for t, h, z in product(points, (arb(2) ** -10, arb(2) ** -20), grid)
        if z != 0
    )
    where = "artanh " + " and ".join(str(t) for t in points)
    return _within(
        f"power/{k}", f"z^{k} on [−1, 1] by {k + 1} units at b = {where}", "error <= k 2^k (k+1)!/p h |z|^(k+1)", ratios
    )


def _cubic(grid: list[fmpq], e: int) -> Iterator[arb]:
    """Error over bound at every point where the bound is not 0: monomials by polarisation, powers by differences."""
    h = arb(2) ** -e
    for s, key in product(grid, repeat=2):
        value, bound = arb(0), arb(0)
        for (first, second), coefficient in CUBIC.items():
            order = first + second
            factors = (s,) * first + (key,) * second
            for part in range(order + 1):
                for chosen in combinations(factors, part):
                    along = arb(sum(chosen, fmpq(0)))
                    share = arb(coefficient) / factorial(order)
                    value += (-1) ** (order - part) * share * _differences(order, _centre(order), h, along)
                    bound += abs(share) * _bound(order, _centre(order), h, along)
        exact = sum((c * s**a * key**b for (a, b), c in CUBIC.items()), fmpq(0))
        if bound > 0:
            yield abs(value - arb(exact)) / bound


def _bernstein(n: int) -> arb:
    """The largest error of the Bernstein polynomial of degree n in each of s and h for ``|s − h|``, on a grid, in exact
    arithmetic.

    ``x = 2c − 1``; ``|s − h|`` moves by at most √2 times the distance.
    """
    worst = Fraction(0)
    at = [Fraction(i, 4) for i in range(5)]
    weights = {c: [comb(n, k) * c**k * (1 - c) ** (n - k) for k in range(n + 1)] for c in at}
    for c, other in product(at, repeat=2):
        value = sum(
            weights[c][k] * weights[other][j] * abs(Fraction(2 * (k - j), n))
            for k in range(n + 1)
            for j in range(n + 1)
        )
        worst = max(worst, abs(value - abs(2 * c - 2 * other)))
    return arb(fmpq(worst.numerator, worst.denominator))
