"""The expectations of the saturation table against exact enumeration and independent integrals."""

from __future__ import annotations

from itertools import product

import mpmath
import numpy as np
import pytest

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.tables.saturation import part as saturation
from attnproof.verify.tables.saturation.inputs import Config, draw, hadamard, in_format
from attnproof.verify.tables.saturation.stats import bounded_mean_interval
from attnproof.verify.tables.saturation.tanh import layer_norm, mean_sech2, mean_sech2_normalised, sech2
from attnproof.verify.tables.saturation.theory import (
    QUANTITIES,
    expectations,
    jacobian_norm,
    measured_quantities,
    normal_law,
    sign_sum_law,
)


def softmax(scores):
    grown = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return grown / grown.sum(axis=-1, keepdims=True)


@pytest.mark.parametrize(("terms", "spacing", "keys"), [(1, 0.7, 2), (2, 1.0, 4), (3, 4.0, 4), (1, 30.0, 8)])
def test_the_integrals_agree_with_the_sum_over_all_outcomes(terms, spacing, keys):
    law = sign_sum_law(terms, spacing, keys)
    found = expectations(law, keys)
    outcomes = np.array(list(product(range(len(law.support)), repeat=keys)))
    probability = law.mass[outcomes].prod(axis=1)
    for name, values in measured_quantities(softmax(law.support[outcomes])).items():
        assert abs(found[name].value - float(values @ probability)) <= found[name].error + 1e-14, name


@pytest.mark.parametrize("sigma", [0.25, 1.0, 8.0])
def test_two_normal_scores_agree_with_an_independent_integral(sigma):
    found = expectations(normal_law(sigma, 2), 2)
    deviation = sigma * mpmath.sqrt(2)  # of the difference of two scores: α = 1/(1 + exp(-x))

    def expectation(function):
        points = [-8, -2, 0, 2, 8]
        return mpmath.quad(
            lambda z: function(1 / (1 + mpmath.exp(-deviation * z))) * mpmath.npdf(z), points, maxdegree=9
        )

    def squares(a):
        return a**2 + (1 - a) ** 2

    assert float(expectation(squares)) == pytest.approx(found["sum of squares"].value, abs=1e-10)
    norm = float(expectation(lambda a: 4 * (a * (1 - a)) ** 2))
    assert norm == pytest.approx(found["jacobian norm"].value, abs=1e-10)


def test_every_expectation_has_a_small_proven_error():
    for law in (sign_sum_law(256, 1.0, 16), sign_sum_law(4, 0.5, 16), normal_law(0.25, 16), normal_law(8.0, 16)):
        assert all(value.error < 1e-8 for value in expectations(law, 16).values())


def test_no_spread_means_uniform_weights():
    found = expectations(normal_law(1e-6, 16), 16)
    assert found["sum of squares"].value == pytest.approx(1 / 16, abs=1e-11)
    assert found["entropy"].value == pytest.approx(np.log(16), abs=1e-9)


def test_the_jacobian_norm_is_that_of_the_jacobian():
    weights = softmax(np.random.default_rng(0).normal(size=(5, 7)) * 3)
    jacobians = np.einsum("ti,ij->tij", weights, np.eye(7)) - np.einsum("ti,tj->tij", weights, weights)
    direct = np.sum(jacobians**2, axis=(1, 2))
    by_powers = np.sum(weights**2, 1) - 2 * np.sum(weights**3, 1) + np.sum(weights**2, 1) ** 2
    np.testing.assert_allclose(jacobian_norm(weights), direct, rtol=1e-13)
    np.testing.assert_allclose(by_powers, direct, rtol=1e-12)
    assert np.all(direct <= 0.25)


@pytest.mark.parametrize("keys", [0, 1, 3, 12])
def test_the_number_of_keys_must_be_a_power_of_two(keys):
    with pytest.raises(ValueError, match="power of two"):
        expectations(sign_sum_law(2, 1.0, 2), keys)


def test_bad_laws_are_refused():
    with pytest.raises(ValueError, match="terms >= 1"):
        sign_sum_law(0, 1.0, 2)
    with pytest.raises(ValueError, match="sigma > 0"):
        normal_law(0.0, 2)


def test_the_quantities_are_those_that_are_measured():
    assert tuple(measured_quantities(np.full((1, 4), 0.25))) == QUANTITIES


@pytest.mark.parametrize("p", [0.1, 0.5, 0.8])
@pytest.mark.parametrize("alpha", [0.5, 0.2])
def test_the_interval_misses_with_at_most_its_probability_over_all_sequences(p, alpha):
    """Exhaustive: every sequence of eight coin tosses with its probability."""
    missed = 0.0
    for sequence in product((0.0, 1.0), repeat=8):
        interval = bounded_mean_interval(np.array(sequence), alpha)
        if not interval.low <= p <= interval.high:
            missed += p ** sum(sequence) * (1 - p) ** (8 - sum(sequence))
    assert missed <= alpha


def test_the_interval_can_exclude_a_mean():
    x = np.random.default_rng(1).uniform(0.4, 0.6, 2000)
    interval = bounded_mean_interval(x, 1e-9)
    assert interval.low <= 0.5 <= interval.high
    assert interval.half_width < 0.03


@pytest.mark.parametrize(
    ("values", "alpha", "message"),
    [
        ([0.5, 1.1], 0.1, "lie in"),
        ([], 0.1, "at least one"),
        ([0.5], 0.0, "alpha"),
        ([float("nan")], 0.1, "lie in"),
    ],
)
def test_bad_samples_are_refused(values, alpha, message):
    with pytest.raises(ValueError, match=message):
        bounded_mean_interval(np.array(values), alpha)


@pytest.mark.parametrize("sigma", [0.25, 4.0])
def test_the_mean_of_sech2_agrees_with_mpmath(sigma):
    want = 2 * mpmath.quad(lambda z: mpmath.sech(sigma * z) ** 2 * mpmath.npdf(z), [0, 0.5, 2, 10])
    assert mean_sech2(sigma).value == pytest.approx(float(want), abs=1e-12)
    assert mean_sech2(sigma).error < 1e-12


def test_the_mean_of_sech2_after_layer_norm_agrees_with_a_sample_and_with_the_beta_law():
    units = 8
    z = layer_norm(np.random.default_rng(2).normal(size=(200_000, units)))
    sample = sech2(z).mean(axis=1)
    found = mean_sech2_normalised(units)
    assert abs(found.value - sample.mean()) < 6 * sample.std() / np.sqrt(len(sample))
    # z²/(units - 1) has the law Beta(1/2, (units - 2)/2)
    a, b = mpmath.mpf(1) / 2, mpmath.mpf(units - 2) / 2

    def density(x):
        return x ** (a - 1) * (1 - x) ** (b - 1) / mpmath.beta(a, b)

    want = mpmath.quad(lambda x: mpmath.sech(mpmath.sqrt((units - 1) * x)) ** 2 * density(x), [0, 0.01, 0.5, 1])
    assert found.value == pytest.approx(float(want), abs=1e-9)
    with pytest.raises(ValueError, match="at least 4"):
        mean_sech2_normalised(3)


def test_the_drawn_scores_follow_the_law_they_are_said_to_follow():
    rng = np.random.default_rng(3)
    for config in (
        Config("scaled_dot", "signs", 16),
        Config("additive", "units", 16, 1.0),
        Config("dot", "normal", 16, 2.0),
    ):
        scores = draw(config, 4000, rng).scores
        law = config.law()
        variance = float(law.mass @ law.support**2)
        centred = scores - (scores.mean() if config.kind == "units" else 0.0)
        assert np.mean(centred**2) == pytest.approx(variance, rel=0.05), config.id
        assert abs(np.corrcoef(scores[:, 0], scores[:, 1])[0, 1]) < 0.1


@pytest.mark.parametrize("dtype", FORMATS)
def test_inputs_are_values_of_the_format(dtype):
    for config in {config for configs in saturation.CONFIGS.values() for config in configs}:
        for name, array in in_format(draw(config, 4, np.random.default_rng(0)), dtype).items():
            assert FORMATS[dtype].representable(array).all(), (config.id, name)


def test_hadamard_rows_are_orthogonal():
    np.testing.assert_array_equal(hadamard(16) @ hadamard(16).T, 16 * np.eye(16))
