"""The rounding bounds of the tables, against operations that err as much as the bounds allow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from attnproof.verify.arithmetic.backends import arithmetic
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS
from attnproof.verify.tables.rounding import gradient_bound, jacobian_bound, quantity_bounds, rounding_of
from attnproof.verify.tables.saturation import stats as saturation_stats
from attnproof.verify.tables.saturation.theory import measured_quantities

REFERENCE = IMPLEMENTATIONS["reference-torch"]
FUSED = IMPLEMENTATIONS["torch-sdpa"]


def softmax(scores):
    grown = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return grown / grown.sum(axis=-1, keepdims=True)


def adversarial_softmax(scores, r, favoured):
    """Every operation errs by the most that the contract allows, in favour of one weight."""
    sign = np.where(np.arange(len(scores)) == favoured, 1.0, -1.0)
    shifted = (scores - scores.max()) * (1 - sign * r.unit)
    grown = np.exp(shifted) * (1 + sign * r.fast_exp)
    total = grown.sum() * (1 - r.wide) ** (len(scores) - 1) * (1 - r.unit)
    return grown * (1 + r.unit) / total


@pytest.mark.parametrize("dtype", FORMATS)
def test_the_softmax_bound_covers_the_worst_allowed_errors_and_is_not_far_above(dtype):
    rounding = rounding_of(REFERENCE, dtype)
    scores = np.array([0.0, -1.0, -2.5, -0.5])
    bound = float(rounding.softmax(4, np.ptp(scores)))
    exact = softmax(scores)
    worst = max(abs(np.log(adversarial_softmax(scores, rounding, i) / exact)[i]) for i in range(4))
    assert worst <= bound <= 3 * worst


@pytest.mark.parametrize("dtype", FORMATS)
def test_exact_logits_leave_out_the_subtraction_only(dtype):
    rounding = rounding_of(REFERENCE, dtype)
    assert 0 < float(rounding.softmax(16, 8.0, exact_logits=True)) < float(rounding.softmax(16, 8.0))
    assert float(rounding.softmax(16, 0.0)) == float(rounding.softmax(16, 8.0, exact_logits=True))


def test_a_bound_that_has_no_meaning_is_infinite():
    assert np.isinf(rounding_of(REFERENCE, "bf16").softmax(16, 100.0))
    half = rounding_of(IMPLEMENTATIONS["reference-numpy"], "fp16")  # sums in single, but not for this test
    assert np.isinf(replace(half, wide=half.unit).accumulate(2**12))


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("implementation", [REFERENCE, FUSED], ids=lambda i: i.name)
@pytest.mark.parametrize("device", ["cpu", "cuda"])
def test_the_constants_are_those_of_the_backend(implementation, dtype, device):
    rounding, how = rounding_of(implementation, dtype, device), arithmetic(implementation, dtype, device)
    unit = FORMATS[dtype].unit_roundoff
    assert rounding.unit == unit
    assert rounding.fast_exp == how.softmax_exp.relative * unit
    assert rounding.elementary >= max(how.exp.relative, how.tanh.relative) * unit
    assert rounding.accumulate(1) > unit
    assert rounding.tiny >= (how.softmax_exp.absolute + 1) * FORMATS[dtype].smallest_subnormal
    assert rounding.bias_format == ("fp32" if implementation is FUSED and dtype in {"bf16", "fp16"} else dtype)
    assert rounding.fused == (implementation is FUSED)


@pytest.mark.parametrize("dtype", ["fp64", "fp32"])
def test_a_weight_that_a_fused_kernel_flushes_is_within_its_bound(dtype):
    """A weight just below the smallest normal number is flushed to zero by exp_u20: an error of that number, not of a
    subnormal.
    """
    smallest = FORMATS[dtype].smallest_normal
    assert rounding_of(FUSED, dtype).tiny >= smallest
    assert rounding_of(REFERENCE, dtype).tiny < 1e-6 * smallest


@pytest.mark.parametrize("dtype", ["bf16", "fp16"])
def test_nothing_is_assumed_about_accumulation_where_nothing_is_known(dtype):
    assert rounding_of(REFERENCE, dtype, "cuda").wide == FORMATS[dtype].unit_roundoff
    assert rounding_of(REFERENCE, dtype, "cpu").wide == FORMATS["fp32"].unit_roundoff


@pytest.mark.parametrize("log", [1e-8, 1e-3, 0.1])
def test_quantities_move_by_no_more_than_their_bounds(log):
    rng = np.random.default_rng(0)
    weights = softmax(3 * rng.normal(size=(50, 8)))
    exact = measured_quantities(weights)
    bounds = quantity_bounds(exact, np.full(50, log), 8, 1e-300)
    largest = dict.fromkeys(exact, 0.0)
    for _ in range(100):
        moved = measured_quantities(weights * np.exp(log * rng.choice([-1.0, 1.0], weights.shape)))
        for name, value in moved.items():
            ratio = np.abs(value - exact[name]) / bounds[name]
            largest[name] = max(largest[name], float(ratio.max()))
    evaluation = (
        32 * 2.0**-53 / log
    )  # the quantities themselves are off by a few u, the bounds are about log times them
    assert all(0.3 < ratio <= 1 + evaluation for ratio in largest.values()), largest


@pytest.mark.parametrize("dtype", ["fp64", "bf16"])
def test_gradients_move_by_no_more_than_their_bounds(dtype):
    rng = np.random.default_rng(1)
    rounding = rounding_of(REFERENCE, dtype)
    keys, log = 8, float(rounding.softmax(8))
    largest = [0.0, 0.0]
    for _ in range(200):
        weights = softmax(2 * rng.normal(size=keys))
        computed = weights * np.exp(log * rng.choice([-1.0, 1.0], keys))
        squares = np.sum(weights**2)
        error = gradient_bound(rounding, np.array(log), keys, squares, 1.0)

        def product(a, g, slip):
            mean = (a @ g) * (1 + slip * (rounding.accumulate(keys) + rounding.unit))
            return a * (g - mean) * (1 + slip * 3 * rounding.unit)

        g = rng.choice([-1.0, 1.0], keys)
        found = np.linalg.norm(product(computed, g, rng.choice([-1, 1])) - product(weights, g, 0))
        largest[0] = max(largest[0], float(found / error))
        columns = [product(computed, e, rng.choice([-1, 1])) - product(weights, e, 0) for e in np.eye(keys)]
        norm = np.linalg.norm(np.diag(weights) - np.outer(weights, weights))
        error = jacobian_bound(rounding, np.array(log), keys, norm, squares, 1.0)
        largest[1] = max(largest[1], float(np.linalg.norm(columns) / error))
    assert all(0.1 < ratio <= 1 for ratio in largest), largest


def test_bets_do_not_look_ahead():
    x = np.random.default_rng(2).uniform(size=50)
    other = x.copy()
    other[30:] = 1 - other[30:]
    one, two = (saturation_stats._bets(values, 0.01) for values in (x, other))
    np.testing.assert_array_equal(one[:31], two[:31])
    assert not np.array_equal(one, two)
