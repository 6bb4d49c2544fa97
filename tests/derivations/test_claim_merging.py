"""Claim A4: wrong merges are rejected, right ones stay within the bound of rounding."""

from __future__ import annotations

import math

import numpy as np
import pytest
from mpmath import mp
from sympy import exp

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.claims import a4


def without_rescaling(x: a4.Partial, y: a4.Partial) -> a4.Partial:
    return a4.larger(x[0], y[0]), x[1] + y[1], x[2] + y[2]


def first_maximum(x: a4.Partial, y: a4.Partial) -> a4.Partial:
    return x[0], x[1] + y[1] * exp(y[0] - x[0]), x[2] + y[2] * exp(y[0] - x[0])


def second_halved(x: a4.Partial, y: a4.Partial) -> a4.Partial:
    m, sum_, weighted = a4.merge(x, y)
    return m, sum_ / 2, weighted


def test_wrong_merges_are_rejected():
    assert a4.commutative(first_maximum).holds() is False
    assert a4.associative(second_halved).holds() is False


def test_the_order_of_unlike_maxima_must_be_known():
    with pytest.raises(ValueError, match="not known"):
        a4.larger(a4.M_1, a4.M_2)


def test_sums_without_rescaling_are_no_one_pass_result():
    """Commutative and associative alone do not make a merge right."""
    assert a4.commutative(without_rescaling).holds()
    assert a4.associative(without_rescaling).holds()
    merged = without_rescaling((a4.M, a4.FIRST[0], a4.FIRST[1]), (a4.M, a4.SECOND[0], a4.SECOND[1]))
    assert not equal(merged[1], a4.WHOLE[0])


@pytest.mark.parametrize("tree", ["stream", "balanced"])
def test_merged_programs_stay_within_the_rounding_bound(tree):
    """Double precision against 60 digits; glibc's exp is within 1 ulp, ε = 2u."""
    unit = 2.0**-53
    for seed in range(5):
        rng = np.random.default_rng(seed)
        scores, values = rng.normal(size=64) * 8, rng.normal(size=64)
        states = [(float(e), 1.0, float(v)) for e, v in zip(scores, values, strict=True)]
        depth = 0
        while len(states) > 1:
            depth += 1
            pairs = [states[:2]] if tree == "stream" else [states[k : k + 2] for k in range(0, len(states), 2)]
            states = [merged_in_float(*pair) for pair in pairs] + (states[2:] if tree == "stream" else [])
        with mp.workdps(60):
            terms = [mp.exp(mp.mpf(float(e)) - max(scores)) for e in scores]
            exact = mp.fdot(terms, map(float, values)) / mp.fsum(terms)
            size = mp.fdot(terms, map(abs, map(float, values))) / mp.fsum(terms)
            error = abs(mp.mpf(states[0][2] / states[0][1]) - exact)
        budget = depth * (2 * unit / (1 - unit) + 2 * unit / (1 - 2 * unit)) + unit * float(np.ptp(scores))
        assert error <= float(np.expm1(2 * budget + unit / (1 - unit))) * size


def merged_in_float(x, y):
    m = max(x[0], y[0])
    f, g = math.exp(x[0] - m), math.exp(y[0] - m)
    return m, x[1] * f + y[1] * g, x[2] * f + y[2] * g
