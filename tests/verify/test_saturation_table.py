"""The saturation table: right implementations pass, planted faults fail, and the rows are complete."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from attnproof.verify.implementations import builtin as implementations
from attnproof.verify.options import PROFILES, Options
from attnproof.verify.outcome import NEEDS_REASON, OUTCOMES
from attnproof.verify.tables.saturation import (
    law as saturation_law,
)
from attnproof.verify.tables.saturation import (
    part as saturation,
)
from attnproof.verify.tables.saturation import (
    stats as saturation_stats,
)
from attnproof.verify.tables.saturation import (
    tanh as saturation_tanh,
)
from attnproof.verify.tables.saturation.inputs import Config
from attnproof.verify.unit import run_unit

HONEST = implementations.IMPLEMENTATIONS["reference-numpy"]
QUICK = Options(profile="quick", dtypes=("fp64", "fp16"), devices=("cpu",))


def rows_of(monkeypatch, implementation, config, options=QUICK):
    monkeypatch.setattr(saturation, "IMPLEMENTATIONS", MappingProxyType({implementation.name: implementation}))
    return saturation.run(
        {"score": config.score, "kind": config.kind, "d": config.d, "setting": config.setting}, options
    )


def verdicts(rows, quantity):
    found = {row.verdict for row in rows if row.quantity == quantity}
    assert found, f"no row about {quantity}"
    return found


CONFIGS = [
    Config("scaled_dot", "signs", 16),
    Config("bilinear", "signs", 16),
    Config("additive", "units", 16, 1.0),
    Config("dot", "normal", 16, 1.0),
]


@pytest.mark.parametrize("config", CONFIGS, ids=lambda c: c.id)
def test_the_reference_passes_and_rows_are_complete(monkeypatch, config):
    rows = rows_of(monkeypatch, HONEST, config)
    assert {row.verdict for row in rows} <= {"pass", "abstain"}
    assert "pass" in {row.verdict for row in rows}
    for row in rows:
        assert row.verdict in OUTCOMES
        assert (row.reason is not None) == (row.verdict in NEEDS_REASON)
        assert row.theory
        assert row.uncertainty > 0
        assert row.detectable >= row.uncertainty
    assert len({row.id for row in rows}) == len(rows)


def with_weights(change):
    """The reference with its weights (and context, as V = 1) changed."""

    def forward(score, inputs, dtype, device):
        result = HONEST.forward(score, inputs, dtype, device)
        weights = change(result["weights"])
        return {**result, "weights": weights, "context": weights}

    return replace(HONEST, forward=forward)


def with_score(score):
    """The reference that computes another score than it is asked for."""
    return replace(HONEST, forward=lambda _, inputs, dtype, device: HONEST.forward(score, inputs, dtype, device))


def test_a_forgotten_scale_is_seen(monkeypatch):
    rows = rows_of(monkeypatch, with_score("dot"), CONFIGS[0])
    assert all(verdicts(rows, q) == {"fail"} for q in ("largest weight", "sum of squares", "entropy"))


def test_slightly_wrong_weights_are_seen(monkeypatch):
    def sharper(weights):
        powered = weights**1.05
        return powered / powered.sum(axis=-1, keepdims=True)

    rows = rows_of(monkeypatch, with_weights(sharper), CONFIGS[0], replace(QUICK, dtypes=("fp64",)))
    assert verdicts(rows, "largest weight") == {"fail"}


def test_nan_weights_are_seen(monkeypatch):
    rows = rows_of(monkeypatch, with_weights(lambda weights: weights * np.nan), CONFIGS[0])
    assert verdicts(rows, "largest weight") == {"fail"}


def test_a_wrong_softmax_gradient_is_seen(monkeypatch):
    def gradients(score, inputs, grad_context, dtype, device):
        result = HONEST.gradients(score, inputs, grad_context, dtype, device)
        weights = HONEST.forward(score, inputs, dtype, device)["weights"]
        # drops ⟨α, g⟩: grad of the logits becomes α g
        query = inputs["query"] / np.sqrt(inputs["query"].shape[-1])
        return {**result, "key": (weights * grad_context).swapaxes(-1, -2) * query}

    rows = rows_of(monkeypatch, replace(HONEST, gradients=gradients), CONFIGS[0], replace(QUICK, dtypes=("fp64",)))
    assert verdicts(rows, "surviving share") == {"fail"}
    assert verdicts(rows, "jacobian identity") == {"fail"}
    assert "fail" not in verdicts(rows, "largest weight")


def test_a_wrong_theory_is_seen(monkeypatch):
    """Scores of twice the spread that theory speaks of: the implementation is right, the row fails all the same."""
    law = Config.law
    monkeypatch.setattr(Config, "law", lambda self, factor=1.0: law(self, 2 * factor))
    rows = rows_of(monkeypatch, HONEST, CONFIGS[0], replace(QUICK, dtypes=("fp64",)))
    assert verdicts(rows, "largest weight") == {"fail"}


def test_what_cannot_run_is_reported_with_its_reason(monkeypatch):
    options = Options(profile="quick", dtypes=("bf16",), devices=("cpu", "cuda"))
    rows = rows_of(monkeypatch, HONEST, CONFIGS[0], options)
    assert [row.verdict for row in rows] == ["unsupported", "unsupported"]
    assert all(row.reason for row in rows)


def tanh_rows(monkeypatch, implementation, sigma):
    monkeypatch.setattr(saturation_tanh, "IMPLEMENTATIONS", MappingProxyType({implementation.name: implementation}))
    options = Options(profile="quick", dtypes=("fp64",), devices=("cpu",))
    return saturation_tanh.run({"score": "additive", "sigma": sigma}, options)


def test_tanh_rows_pass_for_the_reference_and_fail_for_a_wrong_derivative(monkeypatch):
    rows = tanh_rows(monkeypatch, HONEST, 4.0)
    assert {row.verdict for row in rows} == {"pass"}

    def gradients(score, inputs, grad_context, dtype, device):
        result = HONEST.gradients(score, inputs, grad_context, dtype, device)
        return {**result, "key": result["key"] * (1 - 0.01 * np.tanh(np.abs(inputs["key"])))}

    rows = tanh_rows(monkeypatch, replace(HONEST, gradients=gradients), 4.0)
    assert {row.verdict for row in rows} == {"fail"}


@pytest.mark.parametrize("name", ["reference-numpy", "reference-torch", "generated-torch"])
def test_the_bound_of_sech2_holds_where_the_scores_lie_far_apart(name):
    """Then grad.bias is small, grad.key underflows in fp16, and their ratio is off by more than a few roundings."""
    implementation = implementations.IMPLEMENTATIONS[name]
    towards = np.sign(saturation_tanh.signed_v(saturation_tanh.UNITS))
    z = np.stack([3 * towards, -3 * towards])[None]
    rounding = saturation_tanh.rounding_of(implementation, "fp16")
    error = np.abs(saturation_tanh.read_sech2(implementation, "additive", z, "fp16", "cpu") - saturation_tanh.sech2(z))
    assert error.max() > 32 * rounding.tiny / saturation_tanh.V  # what grad.bias >= 1/8 would allow for underflow
    assert np.all(error <= saturation_tanh.sech2_bound(implementation, rounding, z))


def test_the_false_alarm_rate_covers_every_interval():
    for profile in PROFILES:
        sampled = 0
        for config in saturation.CONFIGS[profile]:
            sampled += 3 if config.kind == "normal" else 5
        sampled += 2 * sum(unit.function.endswith("saturation_tanh:run") for unit in saturation.plan(Options(profile)))
        sampled += len(saturation_law.COUNTS) * len(saturation_law.plan_law(Options(profile)))
        assert sampled <= saturation_stats.STATEMENTS
    assert pytest.approx(saturation_stats.FALSE_ALARM) == saturation_stats.ALPHA * saturation_stats.STATEMENTS


def test_units_run_by_name_and_reproduce():
    options = Options(profile="quick", dtypes=("fp64",), devices=("cpu",), scores=("concat",))
    units = saturation.plan(options)
    assert {unit.arguments["score"] for unit in units} == {"concat"}
    first, second = (run_unit(units[0], options) for _ in range(2))
    assert first == second
    assert run_unit(units[0], replace(options, seed=1)) != first
