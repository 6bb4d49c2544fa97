"""Claim T10: decided by its steps, each of which carries the verdict; altered statements are rejected."""

from __future__ import annotations

import numpy as np
import pytest
from mpmath import mp
from sympy import Integer, cosh, exp, pi, sqrt

from attnproof.derivations.calculus.canonical import equal
from attnproof.derivations.claims import CLAIMS, t10
from attnproof.derivations.claims.checks import freezing as f
from attnproof.derivations.claims.decision import decide
from attnproof.derivations.language.system import total
from attnproof.derivations.lemmas import largest_normal
from attnproof.derivations.lemmas.checks import concentration as c

CLAIM = t10.CLAIM


def test_it_is_decided_by_its_steps():
    decision = decide(CLAIM)
    assert CLAIMS["T10"] is CLAIM
    assert decision.verdict == "qualified", decision.reason


I, J, L, N_K = t10.I, t10.J, t10.L, t10.N_K
ALTERED = {
    "1/S": lambda: c.inverse_square(1 / c.S),
    "twice 1/S²": lambda: c.inverse_square(2 / c.S**2),
    "φ once too often": lambda: c.independent(c.PHI ** (c.MORE + 1)),
    "a multiple of φ": lambda: c.independent((2 * c.PHI) ** c.MORE),
    "n - 1 before the integral": lambda: c.enumerated(c.N - 1, c.N - 1, 3),
    "φ^n": lambda: c.enumerated(c.N, c.N, 3),
    "a normal variable of variance 2": lambda: c.moment_generating(exp(c.SLACK**2)),
    "the exponent d in the density of chi": lambda: c.chi(c.WIDTH),
    "the mean score not subtracted": lambda: c.slope(c.softmax(I) * c.SCORE[I]),
    "the sign of the mean score": lambda: c.slope(
        c.softmax(I) * (c.SCORE[I] + total(c.softmax(L) * c.SCORE[L], (L, N_K)))
    ),
    "pairs of the other order": lambda: c.associated((1 - exp(c.SIGMA * c.SLACK)) * c.SLACK),
    "another pair": lambda: c.associated((exp(c.SIGMA * c.SLACK) - 2) * c.SLACK),
    "1/n² at no spread": lambda: c.uniform(1 / c.N**2),
    "n others": lambda: c.one_hot(1 / (1 + c.N * exp(-c.SIGMA * c.GAP))),
    "no decay of the others": lambda: c.one_hot(1 / c.N),
    "twice the pair": lambda: c.pair_share(1 / (2 * cosh(c.Z / 2) ** 2)),
    "half the density": lambda: c.pair_mean(1 / (4 * sqrt(pi) * c.SIGMA)),
    "the density of one score": lambda: c.pair_mean(1 / (sqrt(2 * pi) * c.SIGMA)),
    "unordered pairs": lambda: c.lost(t10.LOST / 2),
    "1/√(d - 1)": lambda: c.radius(1 / sqrt(c.WIDTH - 1)),
    "1/√d": lambda: c.radius(1 / sqrt(c.WIDTH)),
    "the mean of exp without σ²/2": lambda: c.log_normal(Integer(1), exp(2 * c.SIGMA**2)),
    "the square of the mean": lambda: c.log_normal(exp(c.SIGMA**2 / 2), exp(c.SIGMA**2)),
    "half the bound": lambda: c.spread_out(t10.FEW / 2),
    "d instead of 2d over ln n": lambda: c.many_keys(t10.MANY - c.WIDTH / c.log(c.N), t10.FEW),
    "a bound that falls with σ": lambda: c.many_keys(t10.MANY, t10.FEW.subs(c.SIGMA, 1 / c.SIGMA)),
    "a bound that does not fall": lambda: c.spread_out(t10.FEW * c.N),
    "a weight's slope without 1 − α": lambda: f.own_slope(c.SIGMA * f.SHARE),
    "an upper end below M/σ": lambda: f.upper_end(f.MAXIMUM / (2 * c.SIGMA)),
    "a lower end without s²": lambda: f.lower_end(f.MAXIMUM / (c.SIGMA - f.EDGE)),
    "a lower end for every σ": lambda: f.lower_end(f.MAXIMUM / c.SIGMA - f.EDGE / c.SIGMA),
    "δ/β in place of δ/(β − 1)": lambda: f.in_ratio(t10.LOWER_END, (1 - f.DELTA) / f.BETA),
    "a head of width d − 1": lambda: f.of_a_head(sqrt(2 * f.LOGARITHM / (c.WIDTH - 1))),
    "a rate of 1/ln n": lambda: f.closes(
        f.CONSTANT / ((f.BETA - 1) * f.LOGARITHM), (f.CONSTANT / ((f.BETA - 1) * f.EPSILON)) ** 2
    ),
    "a gap that stays": lambda: f.closes(f.CONSTANT / (f.BETA - 1), f.EPSILON),
    "d without its factor": lambda: f.more_than(
        (c.WIDTH + 16) / f.LOGARITHM, t10.MANY.subs(c.log(c.N), f.LOGARITHM), f.LOGARITHM, c.WIDTH
    ),
    "15 in place of 16": lambda: f.more_than(
        (2 * c.WIDTH + 15) / f.LOGARITHM, t10.MANY.subs(c.log(c.N), f.LOGARITHM), f.LOGARITHM, c.WIDTH
    ),
}


@pytest.mark.parametrize("name", ALTERED)
def test_altered_statements_are_rejected(name):
    assert not ALTERED[name]()


def test_the_law_of_the_scores_needs_both_sums():
    """Without the sum over the components the scores would have variance q_r², not |q|²."""
    left, right = CLAIM.steps[3].by.left, CLAIM.steps[3].by.right
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
        assert 1 - squares.mean() <= float(t10.LOST.subs({c.N: 8, c.SIGMA: sigma}))
        assert squares.mean() <= float(t10.FEW.subs({c.N: 8, c.SIGMA: sigma}))
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
