"""The law of saturation: certified means by a second road, and rows that fail for a wrong law or wrong weights."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import mpmath
import numpy as np
import pytest

from attnproof.verify.implementations import builtin as implementations
from attnproof.verify.options import Options
from attnproof.verify.outcome import NEEDS_REASON
from attnproof.verify.tables.saturation import law as saturation_law
from attnproof.verify.tables.saturation.average import head_mean_squares, mean_squares
from attnproof.verify.tables.saturation.theory import Expectation, expectations, normal_law

STANDARD = Options(profile="standard", dtypes=("fp64",), devices=("cpu",))


@pytest.mark.parametrize(("sigma", "n"), [(1.0, 3), (4.0, 100), (8.0, 4096)])
def test_the_mean_agrees_with_nested_quadrature(sigma, n):
    """Gauss-Legendre in place of both trapezoid rules."""
    found = mean_squares(sigma, (n,))[n]
    nodes, weights = np.polynomial.legendre.leggauss(600)
    z, p = 9 * nodes, 9 * weights * np.exp(-((9 * nodes) ** 2) / 2) / np.sqrt(2 * np.pi)
    low, high = -20 - 9 * sigma - np.log(n), 5 + 9 * sigma
    y = (low + high) / 2 + (high - low) / 2 * nodes
    grown = np.exp(np.minimum(y[:, None] + sigma * z, 40.0))
    phi0, phi2 = np.exp(-grown) @ p, (grown**2 * np.exp(-grown)) @ p
    want = n * (high - low) / 2 * float(weights @ (phi2 * phi0 ** (n - 1)))
    assert found.value == pytest.approx(want, abs=1e-8)


def test_two_keys_agree_with_mpmath():
    sigma = 32.0
    found = mean_squares(sigma, (2,))[2]

    def integrand(g):
        a = 1 / (1 + mpmath.exp(-g))
        return (a**2 + (1 - a) ** 2) * mpmath.npdf(g, 0, sigma * mpmath.sqrt(2))

    want = 2 * mpmath.quad(integrand, [0, 5, 20, 60, 150, 400])
    assert abs(found.value - float(want)) <= found.error + 1e-12


@pytest.mark.parametrize(("sigma", "n"), [(1.0, 16), (4.0, 4096), (8.0, 256)])
def test_other_steps_and_the_other_quadrature_agree_within_the_errors(sigma, n):
    found, finer = (mean_squares(sigma, (n,), step)[n] for step in (0.2, 0.13))
    table = expectations(normal_law(sigma, n), n)["sum of squares"]
    assert abs(found.value - finer.value) <= found.error + finer.error
    assert abs(found.value - table.value) <= found.error + table.error


def test_a_coarse_step_is_known_to_be_coarse():
    assert mean_squares(4.0, (16,), 2.0)[16].error > 1e-3


def test_four_digits_are_certified_everywhere():
    for sigma in (0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0):
        for n, found in mean_squares(sigma, (1, 2, 16, 100, 1024, 4096)).items():
            assert found.error < 5e-6 * found.value, (sigma, n)
    assert mean_squares(4.0, (1,))[1].value == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize(("width", "n"), [(16, 16), (16, 256), (64, 4096)])
def test_the_mean_over_the_query_agrees_with_gauss_legendre(width, n):
    found = head_mean_squares(width, (n,))[n]
    nodes, weights = np.polynomial.legendre.leggauss(60)
    low, high = max(np.sqrt(width) - 6, 0.3), np.sqrt(width) + 6
    r = (low + high) / 2 + (high - low) / 2 * nodes
    log_density = np.log(2) * (1 - width / 2) - float(mpmath.loggamma(width / 2)) + (width - 1) * np.log(r) - r**2 / 2
    values = np.array([mean_squares(float(s), (n,))[n].value for s in r])
    want = (high - low) / 2 * float(weights @ (np.exp(log_density) * values))
    assert found.value == pytest.approx(want, abs=1e-8)
    assert found.error < 5e-9


def test_the_proved_bounds_hold():
    """1/n and its growth with σ, the two bounds of claim T10."""
    for n in (16, 4096):
        values = [mean_squares(sigma, (n,))[n].value for sigma in (0.5, 1.0, 4.0, 32.0)]
        assert 1 / n < values[0] < values[1] < values[2] < values[3] < 1
    assert 1 - mean_squares(32.0, (2,))[2].value <= 2 / (2 * np.sqrt(np.pi) * 32)
    assert mean_squares(1.0, (4096,))[4096].value <= (8 * np.e - 4) / 4096


def test_bad_arguments_are_refused():
    with pytest.raises(ValueError, match="sigma and step"):
        mean_squares(0.0, (2,))
    with pytest.raises(ValueError, match="every count"):
        mean_squares(1.0, (0,))
    with pytest.raises(ValueError, match="width and counts"):
        head_mean_squares(0, (2,))


CASES = [{"kind": "law", "size": 8.0}, {"kind": "head", "size": 16.0}]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["kind"])
def test_rows_pass(case):
    rows = saturation_law.run(case, STANDARD)
    assert {row.verdict for row in rows} == {"pass"}
    assert [row.n for row in rows] == list(saturation_law.COUNTS)
    for row in rows:
        assert (row.reason is not None) == (row.verdict in NEEDS_REASON)
        assert 0 < row.uncertainty < row.detectable
    assert rows == saturation_law.run(case, STANDARD)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["kind"])
def test_a_wrong_law_is_seen(monkeypatch, case):
    right = saturation_law.theories(case["kind"], case["size"])
    wrong = {n: Expectation(found.value + 0.15, found.error) for n, found in right[0].items()}
    monkeypatch.setattr(saturation_law, "theories", lambda *_: (wrong, right[1]))
    assert {row.verdict for row in saturation_law.run(case, STANDARD)} == {"fail"}


def test_scaled_scores_are_seen(monkeypatch):
    """An implementation that divides by the root of the width, at width 16."""
    honest = implementations.IMPLEMENTATIONS[saturation_law.IMPLEMENTATION]

    def forward(_, inputs, dtype, device):
        return honest.forward("dot", {**inputs, "query": inputs["query"] / 4}, dtype, device)

    faulty = MappingProxyType({honest.name: replace(honest, forward=forward)})
    monkeypatch.setattr(saturation_law, "IMPLEMENTATIONS", faulty)
    assert {row.verdict for row in saturation_law.run(CASES[1], STANDARD)} == {"fail"}


def test_both_ways_to_draw_a_head_have_one_law():
    rng = np.random.default_rng(0)
    vectors = saturation_law.draw("head", 16.0, 16, "standard", rng)
    components = saturation_law.draw("head", 1024.0, 16, "standard", rng)
    assert vectors[1].shape[-1] == 16
    assert components[1].shape[-1] == 1
    for width, (query, key) in ((16, vectors), (1024, components)):
        scores = np.einsum("tqr,tkr->tk", query, key)
        assert np.mean(scores**2) == pytest.approx(width, rel=0.05)


def test_no_unit_where_it_cannot_run():
    assert saturation_law.plan_law(Options("quick")) == []
    assert saturation_law.plan_law(replace(STANDARD, dtypes=("fp16",))) == []
    assert saturation_law.plan_law(replace(STANDARD, scores=("additive",))) == []
    units = saturation_law.plan_law(STANDARD)
    assert len(units) == len(saturation_law.SIGMAS) + len(saturation_law.WIDTHS)
