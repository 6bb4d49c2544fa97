"""Claim T8 and the lemmas under it: every step carries the verdict, altered statements are rejected, and the least mean
of sech² is found again by roads of their own: exact fractions, mpmath, and a search.
"""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from mpmath import mp

from attnproof.derivations.claims import t8
from attnproof.derivations.lemmas import sech_squared_convex as convex
from attnproof.derivations.lemmas import sech_squared_odd_width as odd

HALF, T = odd.HALF, convex.T


def test_it_is_qualified_by_its_lemmas():
    assert t8.CLAIM.earned == "qualified"
    assert any(step.refutes for step in t8.CLAIM.steps)
    assert {name for step in t8.CLAIM.steps for name in step.uses} >= {convex.LEMMA.name, odd.LEMMA.name}


def sech2(x):
    return 1 / np.cosh(x) ** 2


def least(m: int) -> float:
    return ((m + 1) * sech2(np.sqrt(m / (m + 1))) + m * sech2(np.sqrt((m + 1) / m))) / (2 * m + 1)


def normalise(x):
    x = x - x.mean(axis=1, keepdims=True)
    return x / np.sqrt((x**2).mean(axis=1, keepdims=True))


@pytest.mark.parametrize("width", [2, 3, 4, 5, 7, 9, 11])
def test_a_search_finds_the_stated_minimum_and_nothing_below(width):
    """Projected gradient descent from random, heavy-tailed and almost balanced vectors, in plain NumPy."""
    random = np.random.default_rng(width)
    x = random.normal(size=(600, width))
    x[200:400] **= 3
    x[400:] = np.sign(x[400:]) + 0.01 * random.normal(size=(200, width))
    z = normalise(x)
    stated = least(width // 2) if width % 2 else float(sech2(1.0))
    for _ in range(800):
        slope = -2 * sech2(z) * np.tanh(z)
        slope -= slope.mean(axis=1, keepdims=True)
        slope -= z * (slope * z).mean(axis=1, keepdims=True)
        z = normalise(z - 0.3 * slope)
    found = sech2(z).mean(axis=1)
    assert found.min() >= stated - 1e-14  # a few roundings of numbers below 1
    assert found.min() <= stated + 1e-12  # descent converges to it
    best = np.sort(z[found.argmin()])
    best = best if width % 2 == 0 or best[width // 2] > 0 else -best[::-1]
    low = width // 2
    values = [-np.sqrt((width - low) / low)] * low + [np.sqrt(low / (width - low))] * (width - low)
    assert np.allclose(best, values, atol=1e-5)  # the square root of the descent's error in the value


def parabolas(m: int):
    """a, b, B, G, c₊, c₋ for width 2m + 1, in mpmath."""
    a, b = mp.sqrt(mp.mpf(m) / (m + 1)), mp.sqrt(mp.mpf(m + 1) / m)
    fall_a, fall_b = (2 * mp.sech(x) ** 2 * mp.tanh(x) for x in (a, b))
    linear, quadratic = (b * fall_a - a * fall_b) / (a + b), (fall_a + fall_b) / (2 * (a + b))
    plus = mp.sech(a) ** 2 + linear * a + quadratic * a**2
    return a, b, linear, quadratic, plus, mp.sech(b) ** 2 - linear * b + quadratic * b**2


@pytest.mark.parametrize("m", [2, 3, 4, 10, 1000])
def test_the_parabolas_lie_below_and_their_sum_is_the_minimum(m):
    """In mpmath with 40 digits, on a grid; and the bound at every number k of units that are not negative."""
    with mp.workdps(40):
        a, b, linear, quadratic, plus, minus = parabolas(m)
        grid = [mp.mpf(k) / 50 for k in range(401)]
        for centre, sign, level in ((a, 1, plus), (b, -1, minus)):
            gaps = [(y, mp.sech(y) ** 2 + sign * linear * y + quadratic * y**2 - level) for y in grid]
            assert all(gap > 0 for y, gap in gaps if y != centre)
            assert min(gaps, key=lambda pair: pair[1])[0] - centre < mp.mpf(1) / 50
        assert minus < plus < 1
        d = 2 * m + 1
        bounds = [k * plus + (d - k) * minus - quadratic * d for k in range(m + 1, d)]
        assert bounds == sorted(bounds)
        assert mp.almosteq(bounds[0], (m + 1) * mp.sech(a) ** 2 + m * mp.sech(b) ** 2, rel_eps=mp.mpf(10) ** -35)


def test_width_three_needs_its_own_proof():
    """There the parabola through a passes above sech²(0) = 1, so that the bound is false."""
    assert parabolas(1)[4] > 1


def test_the_sum_of_the_bounds_in_fractions():
    """k c₊ + (d − k) c₋ − G d in exact fractions, at rational a, for any values of sech² and its slope."""
    for a, k in ((Fraction(4, 5), 3), (Fraction(9, 10), 7), (Fraction(1, 3), 2)):
        b, m = 1 / a, a**2 / (1 - a**2)
        fall_a, fall_b, at_a, at_b = Fraction(3, 4), Fraction(2, 7), Fraction(5, 9), Fraction(1, 11)
        linear, quadratic = (b * fall_a - a * fall_b) / (a + b), (fall_a + fall_b) / (2 * (a + b))
        plus, minus = at_a + linear * a + quadratic * a**2, at_b - linear * b + quadratic * b**2
        assert k * plus + (2 * m + 1 - k) * minus - quadratic * (2 * m + 1) == (
            (m + 1) * at_a + m * at_b + (k - m - 1) * (plus - minus)
        )


def test_the_excess_at_odd_widths():
    """(d² − 1) times the excess over sech²(1), in mpmath: it tends to 2 f''(1), by numeric differentiation."""
    with mp.workdps(40):
        limit = 2 * mp.diff(lambda x: mp.sech(mp.sqrt(x)) ** 2, 1, 2)
        for m in (10, 100, 10000):
            value = (m + 1) * mp.sech(mp.sqrt(mp.mpf(m) / (m + 1))) ** 2 + m * mp.sech(mp.sqrt(mp.mpf(m + 1) / m)) ** 2
            gap = ((2 * m + 1) ** 2 - 1) * (value / (2 * m + 1) - mp.sech(1) ** 2)
            assert abs(gap - limit) < 2 / mp.mpf(m) ** 2
        assert 0.630 < limit < 0.631
