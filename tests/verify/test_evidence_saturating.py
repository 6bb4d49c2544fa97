"""Evidence for T1, T2, T6, T7 and T9: it passes here, falls when something is wrong, and its predictions hold by
another road.
"""

from __future__ import annotations

from fractions import Fraction

import mpmath
import numpy as np
import pytest

from attnproof.derivations.bounds import formats
from attnproof.derivations.claims import t6
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.evidence import t1, t2, t7, t9
from attnproof.verify.evidence import t6 as evidence_t6
from attnproof.verify.evidence.measuring import thresholds
from attnproof.verify.evidence.measuring.thresholds import Place
from attnproof.verify.options import Options
from attnproof.verify.outcome import FAIL, PASS, SKIPPED
from attnproof.verify.rows.tables import EvidenceRow

CPU = ("cpu",)
HALF, SINGLE, DOUBLE = (Place("torch", dtype, "cpu") for dtype in ("fp16", "fp32", "fp64"))
REAL = thresholds.computed


@pytest.mark.parametrize("module", [t1, t2, evidence_t6, t7, t9])
def test_it_passes_here(module):
    rows = module.rows(Options(profile="quick", devices=CPU, dtypes=("fp64", "fp16")))
    judged = [row for row in rows if isinstance(row, EvidenceRow)]
    assert [row.id for row in judged if row.verdict != PASS] == []
    assert len({row.id for row in judged}) == len(judged)


@pytest.mark.parametrize("module", [t2, evidence_t6, t7, t9])
def test_a_wanted_device_that_is_absent_is_named(module, monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    rows = module.rows(Options(profile="quick", devices=("cuda",), dtypes=("fp16",)))
    assert [row.verdict for row in rows] == [SKIPPED]


@pytest.mark.parametrize("name", FORMATS)
def test_numbers_and_values_go_both_ways(name):
    fmt = FORMATS[name]
    for x in (0.0, fmt.smallest_subnormal, fmt.smallest_normal, 1.0, 7.5, fmt.max):
        number = thresholds.number(fmt, x)
        assert thresholds.value(fmt, number) == x
        assert x == 0 or thresholds.value(fmt, number - 1) < x
    for x in (-1.0, 1 + fmt.unit_roundoff / 4 if name != "fp64" else -0.5):
        with pytest.raises(ValueError, match=name):
            thresholds.number(fmt, x)


@pytest.mark.parametrize("name", FORMATS)
def test_the_correct_thresholds_by_high_precision(name):
    """With mpmath at the number and at its neighbour: the midpoint lies between their tanh, or exp."""
    fmt = FORMATS[name]
    with mpmath.workprec(400):
        u, tiny = mpmath.mpf(2) ** -fmt.precision, mpmath.mpf(fmt.smallest_subnormal)
        power, low, high = mpmath.mpf(2) ** (fmt.emax + 1), *map(mpmath.mpf, map(str, map(float, t6.THRESHOLDS[name])))
        assert low <= mpmath.log(2 ** (fmt.precision + 2) - 1) / 2 <= high
        for predicted, function, edge in (
            (thresholds.tanh_is_one(fmt, 0.5), mpmath.tanh, 1 - u / 2),
            (thresholds.exp_is_infinite(fmt, 0.5), mpmath.exp, power * (1 - u / 2)),
            (thresholds.exp_is_zero(fmt, 0.5), lambda x: -mpmath.exp(-x), -tiny / 2),
            (thresholds.exp_is_subnormal(fmt, 0.5), lambda x: -mpmath.exp(-x), tiny / 2 - fmt.smallest_normal),
        ):
            first, before = (thresholds.value(fmt, predicted.correct - k) for k in (0, 1))
            assert function(mpmath.mpf(before)) < edge <= function(mpmath.mpf(first))
            assert predicted.earliest <= predicted.correct <= (predicted.latest or predicted.correct)
        last = float(formats.LAST_FINITE[name])
        assert thresholds.number(fmt, last) + 1 == thresholds.exp_is_infinite(fmt, 0.5).correct
        assert -thresholds.value(fmt, thresholds.exp_is_zero(fmt, 0.5).correct) == float(formats.LAST_ZERO[name])


def test_rounding_in_whole_numbers_is_that_of_numpy():
    rng = np.random.default_rng(0)
    for x in rng.uniform(0, 2, 200) * 2.0 ** rng.integers(-26, 3, 200):
        assert float(thresholds.nearest(FORMATS["fp16"], Fraction(x))) == float(np.float16(x))
    assert thresholds.nearest(FORMATS["fp64"], 1 - Fraction(1, 2**54)) == 1  # a tie


def patched(monkeypatch, change):
    """The library's function with its results changed: ``change(inputs, results)``."""

    def computed(framework, function, fmt, inputs, **options):
        return change(inputs, REAL(framework, function, fmt, inputs, **options))

    for module in (thresholds, evidence_t6, t9):
        monkeypatch.setattr(module, "computed", computed)


def failed(rows):
    return {row.id.split("/")[2] for row in rows if row.verdict == FAIL}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda x, y: np.where(np.abs(x) >= 4.0, np.sign(x), y), {"threshold"}),
        (lambda x, y: np.where(np.abs(y) == 1, y * (1 - 2.0**-11), y), {"threshold"}),
        (lambda x, y: np.where(x == 8.0, 0.5, y), {"threshold"}),  # not all of them
        (lambda x, y: np.where(x <= -4.0, -1.0, y), {"threshold"}),  # the negative side only
        (lambda x, y: np.where(np.abs(x) > 100, y * (1 + 2.0**-10), y), {"threshold", "largest"}),
    ],
)
def test_a_wrong_tanh_is_found(monkeypatch, change, expected):
    patched(monkeypatch, change)
    assert failed(evidence_t6.thresholds(HALF, (False, True))) == expected


def test_an_error_where_single_precision_saturates_is_found(monkeypatch):
    patched(monkeypatch, lambda x, y: np.where(x == 8.5, y - 5 * 2.0**-24, y))
    assert evidence_t6.error_where_it_saturates(SINGLE).verdict == FAIL


@pytest.mark.parametrize("wrong", [1.0, 1.0 + 3 * 2.0**-10])
def test_a_wrong_sum_is_found(monkeypatch, wrong):
    monkeypatch.setattr(evidence_t6, "saturated_scores", lambda name, place, v: [wrong, -wrong])
    assert "sum-of-2" in failed(evidence_t6.sums(HALF))


def test_a_sum_beyond_the_bound_is_found(monkeypatch):
    monkeypatch.setattr(evidence_t6, "saturated_scores", lambda name, place, v: [2.0 * sum(v), 0.0])
    assert failed(evidence_t6.sums(HALF)) == {"sum-of-2", "sum-of-64"}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda x, y: np.where(y < 2.0**-14, 0.0, y), "zero"),  # subnormals flushed
        (lambda x, y: np.where(y == 2.0**-14, 2.0**-14 - 2.0**-24, np.where(x < -9.5, 0.0, y)), "subnormal"),
        (lambda x, y: np.where(x > 11.0, np.inf, y), "infinite"),
        (lambda x, y: np.minimum(y, 65504.0), "infinite"),
    ],
)
def test_a_wrong_exp_is_found(monkeypatch, change, expected):
    patched(monkeypatch, change)
    assert expected in failed(t9.threshold(HALF, each) for each in t9.CHANGES)


def test_weights_that_are_not_as_declared_are_found(monkeypatch):
    assert t9.agrees((float("nan"), 0.0, None), np.array([np.nan, 0.0, 0.3]))
    for other in ([0.0, 0.0, 0.3], [np.nan, 1e-300, 0.3], [np.nan, 0.0, np.nan]):
        assert not t9.agrees((float("nan"), 0.0, None), np.array(other))
    monkeypatch.setattr(t9, "implemented", lambda name, place, logits: np.full(len(logits), 1 / len(logits)))
    assert t9.declared(HALF).verdict == FAIL
    patched(monkeypatch, lambda x, y: np.maximum(y, 2.0**-24))  # an exp that never underflows needs no shift
    assert failed(t9.programs(HALF)) >= {"as-is", "undefined"}


def test_another_program_for_the_slope_is_found(monkeypatch):
    y, naive = t7.naive(DOUBLE)
    monkeypatch.setattr(t7, "naive", lambda place: (y, naive + 2.0**-53))
    assert failed(t7._measured(DOUBLE)) >= {"roundings", "loss-at-18", "loss-at-20", "zero"}


@pytest.mark.parametrize("each", t7.PROGRAMS, ids=lambda each: each.name)
def test_an_error_of_twice_the_bound_is_found(each):
    exact = t7._floats(t7.exact_sech2())
    bound = each.bound(DOUBLE)
    assert np.max(t7.errors(exact + 2 * bound) / bound) > 1.5
    assert np.max(bound[:80] / exact[:80]) < 1e-6  # it says something where tanh is not saturated


def test_a_wrong_gradient_is_found(monkeypatch):
    logits, keys = t2.computed(DOUBLE, "generated-torch")
    for wrong_logits, wrong_keys, expected in (
        (logits * [1 + 1e-12, 1, 1, 1], keys, {"leader"}),
        (logits * [1, 1, 1 + 1e-12, 1], keys, {"others"}),
        (logits, keys * (1 + 1e-12), {"key"}),
    ):
        monkeypatch.setattr(t2, "computed", lambda place, name, a=wrong_logits, b=wrong_keys: (a, b))
        assert failed(t2._gradients(DOUBLE)) == expected


def test_the_exact_gradients_by_plain_arithmetic():
    """α_j (g_j − Σ α g) in fractions of mpmath's exponentials, and below the claim's bounds."""
    weights, gradients = t2.exact()
    with mpmath.workprec(300):
        for row, gap in enumerate(t2.GAPS):
            powers = [mpmath.exp(gap), 1, 1, 1]
            alphas = [x / mpmath.fsum(powers) for x in powers]
            mean = mpmath.fsum(a * g for a, g in zip(alphas, t2.UPSTREAM, strict=True))
            exact = [a * (g - mean) for a, g in zip(alphas, t2.UPSTREAM, strict=True)]
            assert np.allclose(gradients[row], [float(x) for x in exact], rtol=1e-15, atol=0)
            assert np.allclose(weights[row], [float(a) for a in alphas], rtol=1e-15, atol=0)
            assert abs(exact[0]) <= 6 * mpmath.exp(-gap)
            assert abs(exact[1]) <= 2 * mpmath.exp(-gap)


def test_another_norm_is_found():
    half = Fraction(1, 2)
    assert t1._exactly("x", "x", (half, half), half).verdict == PASS
    assert t1._exactly("x", "x", (half, half), Fraction(1, 3)).verdict == FAIL
    assert t1._exactly("x", "x", (Fraction(1, 3), Fraction(2, 3)), half).verdict == FAIL


def test_the_spectrum_is_that_of_numpy():
    weights = t1.rational([3, 1, 4, 1, 5])
    alpha = np.array([float(a) for a in weights])
    found = sorted(float(x) for x in t1.spectrum(weights))
    np.testing.assert_allclose(found, np.linalg.eigvalsh(np.diag(alpha) - np.outer(alpha, alpha)), atol=1e-14)
    spectra = [t1.spectrum(weights)]
    assert t1._largest(5, spectra).verdict == t1._least(5, spectra).verdict == PASS
    doubled = [[3 * x for x in spectra[0]]]
    assert t1._largest(5, doubled).verdict == FAIL
    assert t1._least(5, [[-x for x in spectra[0]]]).verdict == FAIL
