"""Claim T10: decided by its steps, each of which carries the verdict; altered statements are rejected."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from mpmath import mp

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.claims import CLAIMS, t10
from attnproof.derivations.claims.checks import few_keys, freezing, two_points
from attnproof.derivations.lemmas import largest_normal
from attnproof.derivations.proof.reasoning import same
from attnproof.derivations.propositions.proposition import le

CLAIM = t10.CLAIM


def test_it_is_qualified():
    assert CLAIMS["T10"] is CLAIM
    assert CLAIM.earned == "qualified"


ALTERED = {
    "φ^n before the integral": lambda: same(2 * two_points.by_integral(2), two_points.by_outcomes(2)),
    "unordered pairs": replace(few_keys.PAIRS, right=few_keys.LOST / 2).holds,
    "15 in place of 16": replace(
        few_keys.BEYOND,
        statement=le(few_keys.SEEN, (2 * few_keys.D + 15) / few_keys.LOGARITHM),
    ).holds,
    "a lower end without s²": replace(
        freezing.LOWER_END,
        statement=le(freezing.MAXIMUM / (freezing.SIGMA - freezing.EDGE), freezing.FIELD / freezing.SIGMA),
    ).holds,
    "an upper end below M/σ": replace(
        freezing.UPPER_END, statement=le(freezing.FIELD / freezing.SIGMA, freezing.MAXIMUM / (2 * freezing.SIGMA))
    ).holds,
}


@pytest.mark.parametrize("name", ALTERED)
def test_altered_statements_are_rejected(name):
    assert not ALTERED[name]()


def test_the_law_of_the_scores_needs_both_sums():
    """Without the sum over the components the scores would have variance q_r², not |q|²."""
    rule = next(step.by for step in CLAIM.steps if "all scores of one query" in step.rule)
    left, right = rule.left, rule.right
    assert equal(left, right)
    assert not equal(left, right / 2)


def test_the_bounds_hold_for_sampled_weights():
    """Both bounds, and the growth with σ for every sample by itself, in plain NumPy."""
    z = np.random.default_rng(0).normal(size=(4000, 8))
    before = np.full(4000, 1 / 8)
    for sigma in (0.1, 0.5, 2.0, 8.0, 64.0):
        grown = np.exp(sigma * (z - z.max(axis=1, keepdims=True)))
        squares = np.sum((grown / grown.sum(axis=1, keepdims=True)) ** 2, axis=1)
        assert np.all(squares >= before - 1e-12)
        assert 1 - squares.mean() <= float(few_keys.LOST.subs({few_keys.N: 8, few_keys.SIGMA: sigma}))
        assert squares.mean() <= float(few_keys.FEW.subs({few_keys.N: 8, few_keys.SIGMA: sigma}))
        before = squares


def mean_of_maximum(n):
    """By mpmath's quadrature of the density n φ Φ^(n−1)."""
    with mp.workdps(20):
        return mp.quad(lambda x: n * x * mp.npdf(x) * mp.ncdf(x) ** (n - 1), [-8, -2, 0, 1, 2, 3, 4, 5, 6, 8, 12])


@pytest.mark.parametrize("n", [2, 16, 256, 4096, 10**8])
def test_the_largest_of_n_lies_within_its_bounds(n):
    """s (1 − C/√(ln n)) <= M <= s with the constant of the lemma, and the mean of the largest by another road."""
    edge = mp.sqrt(2 * mp.log(n))
    constant = mp.mpf(str(float(largest_normal.CONSTANT)))
    maximum = mean_of_maximum(n)
    assert edge * (1 - constant / mp.sqrt(mp.log(n))) <= maximum <= edge
    if n == 2:
        assert abs(maximum - 1 / mp.sqrt(mp.pi)) < 1e-12


@pytest.mark.parametrize("x", [0.1, 1.0, 3.0, 8.0])
def test_the_tail_lies_within_its_bounds(x):
    tail = mp.erfc(x / mp.sqrt(2)) / 2
    assert x / (1 + x**2) * mp.npdf(x) <= tail <= mp.npdf(x) / x


def test_the_ends_hold_for_two_keys():
    """E[Σα²] of two keys is one integral, E[1 − sech²(σD/2)/2] with D ~ N(0, 2)."""
    edge, maximum = mp.sqrt(2 * mp.log(2)), 1 / mp.sqrt(mp.pi)
    for sigma in (1.5, 4, 32):
        lost = mp.quad(
            lambda z, s=sigma: mp.sech(s * z / mp.sqrt(2)) ** 2 / 2 * mp.npdf(z), [-8, -1, -0.1, 0, 0.1, 1, 8]
        )
        assert (sigma * maximum - edge**2) / (sigma * (sigma - edge)) <= lost <= maximum / sigma


def test_the_rate_of_the_limit_is_that_of_its_statement():
    assert 15.4 < float(largest_normal.CONSTANT) < 15.5
