"""Integrals of the variance table: certified enclosures by two roads, and rows that carry their width."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from flint import arb

from attnproof.verify.options import Options
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.statistics import MeanTest
from attnproof.verify.tables.variance import theory
from attnproof.verify.tables.variance import (
    weights as variance_weights,
)
from attnproof.verify.tables.variance.integrals import (
    BITS,
    hermite_coefficient,
    precision,
    shared_moment,
    tanh_moment,
    tanh_moment_by_trapezoids,
)
from attnproof.verify.tables.variance.judge import Found, judge

QUICK = Options(profile="quick")


@pytest.mark.parametrize("sigma", [0.25, 1.0, 4.0])
def test_certified_integrals_against_mpmath(sigma: float) -> None:
    with mpmath.workdps(25):
        for order in (2, 8):
            value = mpmath.quad(lambda x, m=order: mpmath.tanh(sigma * x) ** m * mpmath.npdf(x), [-16, -2, 0, 2, 16])
            found = tanh_moment(order, sigma)
            assert abs(float(found.mid()) - value) < 1e-14
            assert float(found.rad()) < 1e-30
        value = mpmath.quad(lambda x: mpmath.tanh(sigma * x) * (x**3 - 3 * x) * mpmath.npdf(x), [-16, -2, 0, 2, 16])
        assert abs(float(hermite_coefficient(3, sigma).mid()) - value**2 / 6) < 1e-14


@pytest.mark.parametrize("sigma", [0.25, 4.0])
def test_two_certified_roads_overlap_and_are_narrow(sigma: float) -> None:
    for order in (2, 8):
        first, second = tanh_moment(order, sigma), tanh_moment_by_trapezoids(order, sigma)
        assert first.overlaps(second)
        assert float(second.rad()) < 1e-30
        with precision(BITS):
            assert not first.overlaps(second + arb(1e-25))
    wide = tanh_moment_by_trapezoids(2, sigma, step=1)  # too coarse a step: the error says so
    assert wide.overlaps(tanh_moment(2, sigma))
    assert float(wide.rad()) > 1e-6


def test_wide_enclosures_are_an_abstention(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        variance_weights, "tanh_moment_by_trapezoids", lambda order, sigma: tanh_moment(order, sigma) + arb(0, 0.5)
    )
    assert {row.verdict for row in variance_weights.integral_rows({"variance": 1.0}, QUICK)} == {ABSTAIN}


def test_the_width_of_an_enclosure_is_part_of_the_uncertainty() -> None:
    """Where query and key parts are strongly correlated the shared part is known to a few digits only."""
    null = theory.additive_null(16, 0.25, 8.0, 0.5)
    assert null.error["shared part"] == null.error["half difference"] > 1e-5
    exact = theory.additive_null(16, 0.25, 0.5, 0.5)
    assert exact.error["shared part"] < 1e-12
    for statistic in ("shared part", "half difference", "variance"):
        test = MeanTest(null.spread[statistic], 1000, 1e-6)
        row = judge(null, statistic, Found(test, 0.0, 0.0), 2.0)
        assert row["uncertainty"] == 4 * (test.half_width + null.error.get(statistic, 0.0))
        assert row["theory_error"] == 4 * null.error.get(statistic, 0.0)
        inside = judge(null, statistic, Found(test, test.half_width + null.error.get(statistic, 0.0), 0.0))
        assert inside["verdict"] != FAIL


def test_disjoint_enclosures_are_a_failed_row(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {row.verdict for row in variance_weights.integral_rows({"variance": 1.0}, QUICK)} == {PASS}
    monkeypatch.setattr(variance_weights, "tanh_moment", lambda order, sigma: tanh_moment(order, sigma * 1.0001))
    assert {row.verdict for row in variance_weights.integral_rows({"variance": 1.0}, QUICK)} == {FAIL}


def test_shared_moment_between_its_ends() -> None:
    assert float(shared_moment(1.0, 0.0)) == 0
    assert shared_moment(1.0, 1.0).contains(tanh_moment(2, 1.0))
    nodes, weights = np.polynomial.hermite_e.hermegauss(120)
    weights = weights / weights.sum()
    given_query = np.tanh(math.sqrt(0.5) * (nodes[:, None] + nodes)) @ weights  # E[tanh(A + B) | A]
    found = shared_moment(1.0, 0.5)
    assert abs(float(found.mid()) - float(weights @ given_query**2)) < 1e-7
    assert float(found.rad()) < 1e-6


def test_integrals_name_bad_input() -> None:
    for call in (lambda: tanh_moment(3, 1.0), lambda: tanh_moment(2, -1.0), lambda: shared_moment(1.0, 2.0)):
        with pytest.raises(ValueError, match=r"order|σ|correlation"):
            call()
    with pytest.raises(ValueError, match="not negative"):
        hermite_coefficient(-1, 1.0)
    assert hermite_coefficient(2, 1.0) == arb(0)
