"""The bounds of whole cases: no correct implementation exceeds them, wrong results do, and so do bounds with a term
left out.
"""

from dataclasses import replace

import numpy as np
import pytest
from parameters import ordinary

from attnproof.verify.arithmetic.backends import arithmetic, backend
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.bounds import OUTPUTS, Bound, api, bounds, interpreter
from attnproof.verify.bounds.api import forward_bounds
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS, availability
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import SETTINGS
from attnproof.verify.oracle import certified

ALL_SCORES = ("dot", "scaled_dot", "bilinear", "additive", "concat")
TINY = "base", "one_key", "broadcast", "every_option"


def certified_for(case, *limits):
    return certified(case, {q: np.minimum.reduce([limit[q].bound for limit in limits]) for q in limits[0]})


def computed(implementation, case):
    result = dict(implementation.forward(case.score, case.inputs, case.dtype, "cpu"))
    found = implementation.gradients(case.score, case.inputs, case.grad_context, case.dtype, "cpu")
    return result | {f"grad.{name}": value for name, value in found.items()}


def able(case):
    return [i for i in IMPLEMENTATIONS.values() if availability(i, case.score, case.dtype, "cpu", case.options) is None]


def case_of(score, setting="base", input_class="normal", dtype="fp32", seed=0):
    return make_case(score, SETTINGS[setting], input_class, dtype, seed)


@pytest.mark.parametrize("dtype", ordinary(FORMATS, "fp32", "bf16"))
@pytest.mark.parametrize("score", ALL_SCORES)
def test_no_correct_implementation_exceeds_its_bound(score, dtype):
    for number, setting in enumerate(TINY):
        case = case_of(score, setting, ("normal", "large", "tied", "normal")[number], dtype, seed=3)
        implementations = able(case)
        limits = {i.name: bounds(case, arithmetic(i, dtype)) for i in implementations}
        truth = certified_for(case, *limits.values())
        for implementation in implementations:
            for quantity, got in computed(implementation, case).items():
                limit = limits[implementation.name][quantity]
                assert limit.bound.shape == limit.scale.shape == got.shape
                assert np.all(truth[quantity].error(got) <= limit.bound), (setting, implementation.name, quantity)
                if dtype in ("fp32", "fp64"):
                    assert limit.meaningful
                    assert limit.reasons == ()


@pytest.mark.parametrize("score", ALL_SCORES)
def test_the_bounds_own_values_are_within_their_radius(score):
    case = case_of(score, "every_option", dtype="fp64")
    (found,) = api._evaluations(case, backend("numpy", "fp64"))
    truth = certified_for(case, bounds(case, backend("numpy", "fp64")))
    for quantity in truth:
        operand = found.known[quantity.replace("grad.", "grad_")]
        values, radius = (part.reshape(truth[quantity].shape) for part in (operand.value, operand.radius))
        assert np.all(truth[quantity].error(values) <= radius)
        assert np.all(np.abs(truth[quantity].midpoint()) <= operand.size.reshape(radius.shape) * (1 + 1e-15))


@pytest.mark.parametrize("score", ALL_SCORES)
def test_a_result_beyond_its_bound_is_told_from_a_right_one(score):
    case = case_of(score, "every_option")
    limits = bounds(case, backend("numpy", "fp32"))
    truth = certified_for(case, limits)
    for quantity, limit in limits.items():
        right = truth[quantity].midpoint()
        worst = np.unravel_index(np.argmax(limit.bound), limit.bound.shape)
        wrong = right.copy()
        wrong[worst] += 1.01 * limit.bound[worst]
        assert np.all(truth[quantity].error(right) <= limit.bound)
        assert np.any(truth[quantity].error(wrong) > limit.bound)
        assert np.any(truth[quantity].error(np.zeros_like(right)) > limit.bound)
        assert np.any(truth[quantity].error(-right) > limit.bound)


FAULTS = {
    "scale 1/d instead of 1/√d": ("scores", lambda r, i: r["scores"] / np.sqrt(i["query"].shape[-1])),
    "no −ρ in the softmax's adjoint": ("grad.query", lambda r, _: r["no_rho"]),
    "weights not normalised": ("weights", lambda r, _: r["weights"] * 1.001),
    "context with keys in reverse order": ("context", lambda r, i: r["weights"][..., ::-1] @ i["value"]),
    "gradient of the values without weights": ("grad.value", lambda _, i: np.ones_like(i["value"])),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_exceed_the_bounds(fault):
    case = case_of("scaled_dot")
    limits = bounds(case, backend("numpy", "fp32"))
    truth = certified_for(case, limits)
    right = {quantity: truth[quantity].midpoint() for quantity in limits}
    upstream = case.grad_context @ case.inputs["value"].T
    right["no_rho"] = (right["weights"] * upstream) @ case.inputs["key"] / np.sqrt(case.inputs["key"].shape[-1])
    quantity, wrong = FAULTS[fault]
    assert np.any(truth[quantity].error(wrong(right, case.inputs)) > 10 * limits[quantity].bound)


def test_the_inaccurate_derivative_of_tanh_is_caught_by_the_bound_of_the_accurate_one():
    """1 − tanh² at saturation: declared it passes, undeclared it fails."""
    case = case_of("additive", "base")
    inputs = {
        **case.inputs,
        "weight_query": case.inputs["weight_query"] * 4,
        "weight_key": case.inputs["weight_key"] * 4,
    }
    case = Case("additive", inputs, case.grad_context, dtype="fp32")
    by_autograd = IMPLEMENTATIONS["reference-torch"]
    limit, undeclared = bounds(case, arithmetic(by_autograd, "fp32")), bounds(case, backend("torch", "fp32"))
    truth = certified_for(case, limit, undeclared)
    got = computed(by_autograd, case)
    names = [q for q in got if q.startswith("grad.")]
    assert all(np.all(truth[q].error(got[q]) <= limit[q].bound) for q in names)
    ratio = max(np.max(undeclared[q].bound / limit[q].bound) for q in names)
    assert ratio <= 1.0 + 1e-9
    assert any(np.any(undeclared[q].bound < 0.9 * limit[q].bound) for q in names)


def without(monkeypatch, name, change):
    """The bounds with one rule weakened, computed afresh."""
    real = getattr(interpreter, name)
    monkeypatch.setattr(interpreter, name, lambda operand, *rest, **named: change(real, operand, *rest, **named))
    return api._bounds


def test_a_bound_without_the_softmaxs_propagation_is_exceeded(monkeypatch):
    """Large scores in fp16: the logits' rounding is what matters, and dropping it must show."""
    case = case_of("dot", "base", "large", "fp16")
    honest = bounds(case, backend("torch", "fp16"))
    weaker = without(monkeypatch, "softmax_rule", lambda rule, x, a: rule(replace(x, error=np.zeros_like(x.error)), a))
    weak = weaker(case, backend("torch", "fp16"))
    truth = certified_for(case, honest)
    got = computed(IMPLEMENTATIONS["reference-torch"], case)["weights"]
    assert np.all(truth["weights"].error(got) <= honest["weights"].bound)
    assert np.any(truth["weights"].error(got) > weak["weights"].bound)


def test_a_bound_without_tanhs_propagation_is_exceeded(monkeypatch):
    inputs = {
        "query": np.full((1, 4), 500.0),
        "key": np.full((1, 4), -500.25),
        "value": np.ones((1, 1)),
        "weight_query": np.full((1, 4), 1.0625),
        "weight_key": np.full((1, 4), 1.0625),
        "v": np.ones(1),
    }
    case = Case(
        "additive", inputs, np.ones((1, 1)), dtype="fp16"
    )  # z = −1.0625 exactly; 2125 and −2126.0625 are rounded
    honest = bounds(case, backend("torch", "fp16"))
    rule = interpreter.FUNCTION_BOUNDS["tanh"]
    weaker = {"tanh": lambda x, arithmetic: rule(replace(x, error=np.zeros_like(x.error)), arithmetic)}
    monkeypatch.setattr(interpreter, "FUNCTION_BOUNDS", {**interpreter.FUNCTION_BOUNDS, **weaker})
    weak = api._bounds(case, backend("torch", "fp16"))
    truth = certified_for(case, honest)
    got = computed(IMPLEMENTATIONS["reference-torch"], case)["scores"]
    assert np.all(truth["scores"].error(got) <= honest["scores"].bound)
    assert np.any(truth["scores"].error(got) > weak["scores"].bound)


def test_masked_keys_and_rows_have_exact_zeros():
    case = case_of("additive", "masked_row", "normal", "bf16")
    limits = bounds(case, backend("torch", "bf16"))
    masked = np.isneginf(case.inputs["bias"])
    row = masked.all(axis=-1)
    assert row.any()
    assert np.all(limits["weights"].bound[masked] == 0)
    assert np.all(limits["context"].bound[row] == 0)
    assert np.all(limits["grad.bias"].bound[masked] == 0)
    assert np.all(limits["grad.query"].bound[row] == 0)
    assert np.all(limits["weights"].bound[~masked] > 0)


def test_shapes_with_broadcast_batches_and_sums_over_them():
    case = case_of("additive", "broadcast")
    limits = bounds(case, backend("numpy", "fp32"))
    assert limits["scores"].bound.shape == (2, 3, 2, 3)
    for name, array in case.inputs.items():
        assert limits[f"grad.{name}"].bound.shape == array.shape
    assert set(limits) == {*OUTPUTS, *(f"grad.{name}" for name in case.inputs)}


def test_overflow_abstains_with_a_reason():
    inputs = {"query": np.full((1, 4), 300.0), "key": np.full((2, 4), 300.0), "value": np.ones((2, 1))}
    case = Case("dot", inputs, np.ones((1, 1)), dtype="fp16")
    limits = bounds(case, backend("numpy", "fp16"))
    assert np.all(limits["scores"].bound == np.inf)
    assert "scores may overflow fp16" in limits["scores"].reasons
    assert not limits["scores"].meaningful
    assert limits["grad.value"].reasons
    wide = bounds(Case("dot", inputs, np.ones((1, 1)), dtype="bf16"), backend("torch", "bf16"))
    assert np.all(np.isfinite(wide["scores"].bound))
    assert wide["scores"].reasons == ()


def test_a_sum_over_the_batch_may_overflow():
    inputs = {"query": np.ones((2, 1, 1)), "key": np.ones((1, 1)), "value": np.ones((1, 1))}
    case = Case("dot", inputs, np.full((2, 1, 1), 40000.0), dtype="fp16")
    limit = bounds(case, backend("numpy", "fp16"))["grad.value"]
    assert np.all(limit.bound == np.inf)
    assert any("overflow" in reason for reason in limit.reasons)


def test_a_format_the_framework_lacks_has_no_bound_for_weights():
    case = case_of("dot", dtype="bf16")
    limits = bounds(case, backend("numpy", "bf16"))
    assert np.all(limits["weights"].bound == np.inf)
    assert limits["weights"].reasons


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_inputs_that_are_no_numbers_are_refused(bad):
    inputs = {"query": np.ones((1, 1)), "key": np.ones((1, 1)), "value": np.full((1, 1), bad)}
    with pytest.raises(ValueError, match="value is NaN or infinite"):
        bounds(Case("dot", inputs, np.ones((1, 1))), backend("numpy", "fp64"))
    inputs = {"query": np.full((1, 1), -np.inf), "key": np.ones((1, 1)), "value": np.ones((1, 1))}
    with pytest.raises(ValueError, match="query is NaN or infinite"):
        bounds(Case("dot", inputs, np.ones((1, 1))), backend("numpy", "fp64"))


def test_meaningful():
    one = np.ones(2)
    assert Bound(0.2 * one, one).meaningful
    assert not Bound(0.5 * one, one).meaningful
    assert not Bound(one, one).meaningful
    assert not Bound(np.array([0.0, np.inf]), one).meaningful
    assert not Bound(one, np.zeros(2)).meaningful
    assert not Bound(one, np.full(2, np.inf)).meaningful
    assert Bound(np.zeros(2), np.zeros(2)).meaningful


def test_meaningful_is_counted_by_scale():
    """Many elements that vanish beside two others do not matter, those two do."""
    scale = np.array([1.0, 1.0, *[1e-9] * 20])
    vanishing = np.full(22, 1e-8)
    assert Bound(vanishing, scale).meaningful
    assert Bound(np.where(scale == 1.0, [0.5, *[0.1] * 21], 0.0), scale).meaningful
    assert not Bound(np.where(scale == 1.0, 0.5, 0.0), scale).meaningful


def test_no_bound_may_reach_the_largest_scale():
    scale = np.array([1.0, 1.0, 0.01])
    assert Bound(np.array([0.1, 0.1, 0.9]), scale).meaningful
    assert not Bound(np.array([0.1, 0.1, 1.0]), scale).meaningful


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_where_a_bound_tells_half_of_the_scale_is_rejected_whatever_its_own_error(sign):
    """The reason for the rule: half of the terms lost or doubled, and the largest error in the other direction."""
    scale = np.linspace(0.1, 3.0, 30)
    limit = Bound(scale * np.linspace(0.0, 0.5, 30), scale)
    answer = scale + sign * (0.5 * scale - limit.bound)
    rejected = np.abs(answer - scale) > limit.bound
    assert np.array_equal(limit.told, rejected)


def test_one_key_gradients_are_judged_by_the_size_of_what_cancels():
    """α = 1, so every gradient through the softmax is exactly 0: the bound is far below the terms that cancel."""
    case = case_of("scaled_dot", "one_key")
    limit = bounds(case, backend("numpy", "fp32"))["grad.query"]
    assert limit.meaningful
    assert np.max(limit.bound) < 1e-4 * np.max(limit.scale)


def test_results_are_kept_with_the_case():
    case = case_of("dot")
    assert bounds(case, backend("numpy", "fp32")) is bounds(case, backend("numpy", "fp32"))
    assert bounds(case, backend("torch", "fp32")) is not bounds(case, backend("numpy", "fp32"))
    other = backend("numpy", "fp32", tanh_derivative="one_minus_tanh2")
    assert bounds(case, other) is bounds(case, backend("numpy", "fp32"))  # there is no tanh
    case = case_of("additive")
    assert bounds(case, other) is not bounds(case, backend("numpy", "fp32"))


def test_a_fused_kernel_has_bounds_at_least_as_large():
    case = case_of("scaled_dot", "wide")
    plain, fused = bounds(case, backend("torch", "fp32")), bounds(case, backend("torch", "fp32", fused=True))
    assert all(np.all(fused[q].bound >= plain[q].bound) for q in plain)


@pytest.mark.parametrize("score", ["scaled_dot", "additive"])
def test_bounds_of_outputs_alone_are_the_same(score: str) -> None:
    case = make_case(score, SETTINGS["every_option"], "normal", "fp32", 0)
    how = arithmetic(IMPLEMENTATIONS["reference-torch"], "fp32")
    alone, together = forward_bounds(case, how), bounds(case, how)
    assert set(alone) == {"scores", "weights", "context"}
    for name, found in alone.items():
        np.testing.assert_array_equal(found.bound, together[name].bound)
        np.testing.assert_array_equal(found.scale, together[name].scale)
