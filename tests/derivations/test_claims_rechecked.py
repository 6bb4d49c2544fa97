"""The instances that decide S1, C2, G1, G2, A1, A2, A3 and A6, found again in plain Python, and what their new steps
reject.
"""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from mpmath import mp
from sympy import Abs, Integer, Rational, Symbol, cos, exp, log, sqrt

from attnproof.derivations.claims import CLAIMS, a1, a6, c2
from attnproof.derivations.proof.points import nonzero_at_points
from attnproof.derivations.proof.rules import RuleError, Smooth

MINE = ("S1", "S2", "S3", "S4", "S5", "S6", "C1", "C2", "G1", "G2", "A1", "A2", "A3", "A6")
QUALIFIED = {"C2", "G2", "A1", "A2", "A3", "A6"}


def dot(x, y):
    return sum(a * b for a, b in zip(x, y, strict=True))


@pytest.mark.parametrize("name", MINE)
def test_the_verdict_follows_from_the_steps(name):
    claim = CLAIMS[name]
    assert claim.earned == ("qualified" if name in QUALIFIED else "proved")
    assert (claim.counterexample is not None) == any(step.refutes for step in claim.steps)


def test_without_its_refuting_steps_a_claim_is_not_qualified():
    for name in QUALIFIED:
        claim = CLAIMS[name]
        assert replace(claim, steps=tuple(replace(step, refutes=False) for step in claim.steps)).earned == "proved"


def test_cauchy_and_schwarz_on_every_small_vector_of_integers():
    values = range(-2, 3)
    for width in (1, 2, 3):
        vectors = list(product(values, repeat=width))
        for s in vectors:
            for h in vectors:
                left, right = dot(s, h) ** 2, dot(s, s) * dot(h, h)
                parallel = any(s) and all(dot(s, s) * b == dot(s, h) * a for a, b in zip(s, h, strict=True))
                assert left <= right
                assert (left == right) == parallel or not any(s)


def test_the_longer_key_of_s1():
    s, aligned, other = (1, 0), (1, 0), (2, 2)
    assert dot(s, other) > dot(s, aligned)
    assert dot(s, other) ** 2 < dot(s, s) * dot(other, other)


def test_the_variance_of_a_detector_over_every_pattern_of_signs():
    """White noise of ±1 in each feature, every pattern with the same probability: exact."""
    for h in ((1, -2, 3), (0, 5, 1, 1)):
        outputs = [dot(h, noise) for noise in product((-1, 1), repeat=len(h))]
        assert sum(outputs) == 0
        assert Fraction(sum(x * x for x in outputs), len(outputs)) == dot(h, h)


def test_the_blocks_of_a_sum():
    for p, q in ((1, 1), (2, 5), (4, 3)):
        g = [Fraction(7 * m * m + 3, m + 2) for m in range(p + q)]
        assert sum(g) == sum(g[m] for m in range(p)) + sum(g[p + f] for f in range(q))


def test_where_the_layer_is_smooth():
    x = Symbol("x", real=True)
    assert Smooth(x**3 + exp(-x)).holds()
    assert not Smooth(sqrt(x**2)).holds()
    assert not Smooth(cos(x) * Abs(x)).holds()
    for undefined in (1 / x, sqrt(x), log(x)):
        with pytest.raises(RuleError):
            Smooth(undefined).holds()


def test_the_cheaper_score_of_c2_by_integers():
    d, n, units = 4096, 16, 32
    additive = (2 * d * units + units, units * n * 2 * d + units * n * n, 2 * n * units + n * n * units + n * n)
    bilinear = (d * d, n * d * d + n * n * d, n * d + n * n)
    costs = zip(c2.PARAMETERS, c2.WORK, c2.MEMORY, strict=True)
    at = {c2.D: d, c2.N: n, c2.D_A: units}
    assert [tuple(c2.equal_sizes(cost).subs(at) for cost in found) for found in costs] == [additive, bilinear]
    assert all(a < b for a, b in zip(additive, bilinear, strict=True))
    assert not c2._at(16, 16, 16).holds()


def test_constants_that_differ_from_zero():
    assert nonzero_at_points(sqrt(2) + sqrt(3) - sqrt(10))
    assert not nonzero_at_points(Integer(0))
    assert not nonzero_at_points(log(4) - 2 * log(2))
    assert nonzero_at_points(Symbol("x", positive=True))
    with mp.workdps(50):
        assert abs(mp.tanh(2) - 2 * mp.tanh(1)) > mp.mpf("0.1")  # G2: not affine in the key


def test_no_kernel_of_the_difference_by_numbers():
    weights = []
    for query, keys in ((0, (0, 1)), (1, (1, 2))):
        powers = [math.exp(query * key) for key in keys]
        weights.append(powers[0] / sum(powers))
    assert weights[0] == 0.5
    assert weights[1] < 0.3
    assert not a1.no_kernel_of_the_difference(0, 0, 0, 1, 0, 1).holds()
    assert not a1.no_kernel_of_the_difference(0, 1, 0, 1, 1, 3).holds()


def test_graph_attention_by_fractions():
    """A2: the two units prefer their own key by 1 − λ, one unit does not turn the order."""
    for slope in (Fraction(0), Fraction(1, 5), Fraction(99, 100)):

        def phi(x, slope=slope):
            return x if x >= 0 else slope * x

        score = [[-phi(s - h) - phi(h - s) for h in (0, 1)] for s in (0, 1)]
        assert score[0][0] - score[0][1] == score[1][1] - score[1][0] == 1 - slope
        one = [[-phi(s - h) for h in (0, 1)] for s in (0, 1)]
        assert not ((one[0][0] > one[0][1]) and (one[1][0] < one[1][1]))
        assert not ((one[0][0] < one[0][1]) and (one[1][0] > one[1][1]))


def test_occupancies_by_fractions():
    activities = (Fraction(1), Fraction(1))
    occupancies = [one / (1 + sum(activities)) for one in activities]
    assert occupancies == [Fraction(1, 3)] * 2
    assert [one / sum(occupancies) for one in occupancies] == [one / sum(activities) for one in activities]


def test_the_vectors_that_exceed_the_bounds_of_a6():
    ones = (1, 1, 1, 1)
    assert dot(ones, ones) == len(ones)  # root mean square 1
    assert dot(ones, ones) ** 2 > len(ones)  # 4 > √4, squared
    shifted = (1 + 1, -1 - 1)  # (1, −1) has mean 0 and variance 1; gain 1, offset (1, −1)
    assert Fraction(dot(shifted, shifted) ** 2, 2) > 2  # (8/√2)² > (√2)²


@pytest.mark.parametrize(
    "check",
    [
        a6.gains_at_width(2, Rational(99, 100)).holds,
        a6.below_one_at_width(3, Integer(0)).holds,
    ],
)
def test_the_solver_rejects_what_is_false(check):
    assert check() is False
