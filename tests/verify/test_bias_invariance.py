"""The bias invariance table: right implementations pass, planted faults fail, bounds and exactness hold."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.implementations import builtin as implementations
from attnproof.verify.options import Options
from attnproof.verify.outcome import NEEDS_REASON, OUTCOMES
from attnproof.verify.tables.bias_invariance import exact
from attnproof.verify.tables.bias_invariance import part as bias_invariance
from attnproof.verify.tables.bias_invariance.cases import KEYS, PARTS, base_inputs, magnitudes
from attnproof.verify.tables.rounding import rounding_of, softmax
from attnproof.verify.unit import run_unit

HONEST = implementations.IMPLEMENTATIONS["reference-numpy"]
QUICK = Options(profile="quick", dtypes=("fp64", "fp16"), devices=("cpu",))
DOUBLE = replace(QUICK, dtypes=("fp64",))


def rows_of(monkeypatch, implementation, part, score, options=QUICK):
    monkeypatch.setattr(bias_invariance, "IMPLEMENTATIONS", MappingProxyType({implementation.name: implementation}))
    return bias_invariance.run({"part": part, "score": score}, options)


def changed(alter):
    """The reference with its inputs altered before it computes."""

    def forward(score, inputs, dtype, device):
        return HONEST.forward(score, alter(dict(inputs)), dtype, device)

    return replace(HONEST, forward=forward)


def failing(rows, part=None):
    return {row.id.split("/")[2] for row in rows if row.verdict == "fail" and part in {None, row.part}}


CASES = [
    *(("shared", score) for score in ("dot", "additive")),
    *(("per-key", score) for score in ("dot", "concat")),
    *(("projections", score) for score in ("dot", "scaled_dot", "bilinear", "additive", "concat")),
    *(("inside-tanh", score) for score in ("additive", "concat")),
]


@pytest.mark.parametrize(("part", "score"), CASES)
def test_the_reference_passes_and_rows_are_complete(monkeypatch, part, score):
    rows = rows_of(monkeypatch, HONEST, part, score)
    assert {row.verdict for row in rows} <= {"pass", "abstain"}
    assert "pass" in {row.verdict for row in rows}
    for row in rows:
        assert row.verdict in OUTCOMES
        assert (row.reason is not None) == (row.verdict in NEEDS_REASON)
        assert row.grade in {"exact", "bound"}
    assert len({row.id for row in rows}) == len(rows)


def test_equality_to_the_last_bit_is_claimed_and_found_where_sums_are_exact(monkeypatch):
    rows = rows_of(monkeypatch, HONEST, "shared", "dot")
    exact = [row for row in rows if row.grade == "exact" and row.prediction == "unchanged"]
    assert exact
    assert all(row.uncertainty == 0 and row.measured == 0 for row in exact)
    assert {row.dtype for row in exact} == {"fp64", "fp16"}


def test_a_bias_on_one_key_only_is_seen(monkeypatch):
    def first_key_only(inputs):
        if "bias" in inputs:
            inputs["bias"] = inputs["bias"] * (np.arange(KEYS) == 0)
        return inputs

    with np.errstate(invalid="ignore"):
        rows = rows_of(monkeypatch, changed(first_key_only), "shared", "dot", DOUBLE)
    assert "shared" in failing(rows)
    assert "shared-rounded" in failing(rows)


def test_a_bias_before_the_soft_cap_is_seen(monkeypatch):
    def capped(score, inputs, dtype, device):
        return HONEST.forward(score, {**inputs, "softcap": np.array(2.0)}, dtype, device)

    def before_the_cap(score, inputs, dtype, device):
        given = dict(inputs)
        shift = given.pop("bias")[..., :1] * 0.5  # shifts each score through the query's first component
        query = np.concatenate([given["query"], shift], axis=-1)
        given |= {"query": query, "key": np.concatenate([given["key"], np.ones((KEYS, 1))], axis=-1)}
        return capped(score, given, dtype, device)

    with np.errstate(over="ignore", invalid="ignore"):
        rows = rows_of(monkeypatch, replace(HONEST, forward=before_the_cap), "shared", "dot", DOUBLE)
    assert "shared" in failing(rows)


@pytest.mark.parametrize("score", ["dot", "concat"])
def test_an_ignored_bias_per_key_is_seen(monkeypatch, score):
    def ignored(inputs):
        return {name: value for name, value in inputs.items() if name != "bias"}

    assert failing(rows_of(monkeypatch, changed(ignored), "per-key", score)) == {"per-key"}


def test_a_bias_per_key_with_the_wrong_sign_is_seen(monkeypatch):
    def negated(inputs):
        return {**inputs, "bias": -inputs["bias"]}

    assert failing(rows_of(monkeypatch, changed(negated), "per-key", "dot")) == {"per-key"}


def test_normalised_keys_are_seen_to_break_the_redundancy(monkeypatch):
    def normalised(inputs):
        return {**inputs, "key": inputs["key"] / np.linalg.norm(inputs["key"], axis=-1, keepdims=True)}

    assert failing(rows_of(monkeypatch, changed(normalised), "projections", "dot", DOUBLE), "key projection")


def test_a_bias_inside_tanh_on_the_wrong_side_is_seen(monkeypatch):
    def outside(score, inputs, dtype, device):
        given = {name: value for name, value in inputs.items() if name != "bias_hidden"}
        return HONEST.forward(score, given, dtype, device)

    rows = rows_of(monkeypatch, replace(HONEST, forward=outside), "inside-tanh", "additive", DOUBLE)
    assert failing(rows) == {"inside-tanh"}


def test_nan_is_never_a_pass(monkeypatch):
    def nan(score, inputs, dtype, device):
        result = HONEST.forward(score, inputs, dtype, device)
        return {**result, "weights": result["weights"] * np.nan}

    rows = rows_of(monkeypatch, replace(HONEST, forward=nan), "projections", "dot", DOUBLE)
    assert {row.verdict for row in rows} == {"fail"}


def test_another_value_than_the_declared_one_differs_by_contract(monkeypatch):
    def zero(score, inputs, dtype, device):
        result = HONEST.forward(score, inputs, dtype, device)
        return {**result, "weights": np.nan_to_num(result["weights"])}

    rows = rows_of(monkeypatch, replace(HONEST, forward=zero), "shared", "dot", DOUBLE)
    undefined = [row for row in rows if row.prediction == "undefined"]
    assert {row.verdict for row in undefined} == {"differs by contract"}
    assert {row.returned for row in undefined} == {"zero"}


def test_magnitudes_reach_from_tiny_to_the_largest_number():
    for dtype, form in FORMATS.items():
        for profile in ("quick", "standard", "thorough"):
            sizes = magnitudes(dtype, profile)
            assert sizes == sorted(sizes)
            assert (sizes[0], sizes[-2], sizes[-1]) == (2.0**-20, 2.0**form.emax, form.max)


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("part", PARTS)
def test_inputs_are_values_of_the_format(dtype, part):
    for score in ("dot", "scaled_dot", "bilinear") if part != "inside-tanh" else ("additive", "concat"):
        for experiment in PARTS[part](score, dtype, Options(profile="standard"), np.random.default_rng(0)):
            for inputs in (experiment.before, *experiment.after):
                for name, array in inputs.items():
                    if (
                        part == "projections"
                        and name == "key"
                        and experiment.size > 2.0 ** (FORMATS[dtype].precision - 5)
                    ):
                        continue  # rounding the key is then part of what the row is about
                    assert FORMATS[dtype].representable(array).all(), (experiment.name, name)


@pytest.mark.parametrize(
    ("array", "expected"),
    [([0.75, -2.0], 0.25), ([8.0, 24.0], 8.0), ([0.0], np.inf), ([1.0 + 2.0**-52], 2.0**-52), ([5e-324], 2.0**-1074)],
)
def test_the_grid_is_the_largest_power_of_two_that_divides_everything(array, expected):
    assert exact.grid(np.array(array)) == expected


@pytest.mark.parametrize("dtype", ["bf16", "fp16", "fp32"])
def test_exactness_is_claimed_only_where_rounding_to_the_format_changes_nothing(dtype):
    """Bias by bias: where the model says exact, the rounded logits are the logits; some bias is beyond that."""
    inputs = base_inputs("dot", np.random.default_rng(0))
    form, rounding = FORMATS[dtype], rounding_of(HONEST, dtype)
    claimed = []
    for size in magnitudes(dtype, "thorough"):
        given = {**inputs, "bias": np.full((4, KEYS), size)}
        claimed.append(exact.exact_logits("dot", given, rounding, dtype))
        if claimed[-1]:
            total = exact.raw_scores("dot", inputs) + size
            np.testing.assert_array_equal(form.round(total), total)
    assert any(claimed)
    assert not all(claimed)


@pytest.mark.parametrize("score", ["dot", "scaled_dot", "bilinear", "additive", "concat"])
def test_the_model_agrees_with_the_reference_in_double_precision(score):
    inputs = base_inputs(score, np.random.default_rng(5))
    weights = HONEST.forward(score, inputs, "fp64", "cpu")["weights"]
    np.testing.assert_allclose(softmax(exact.logits(score, inputs)), weights, rtol=1e-12)
    np.testing.assert_allclose(exact.from_uniform(exact.logits(score, inputs)), weights - 1 / KEYS, atol=1e-14)
    np.testing.assert_allclose(exact.raw_scores(score, inputs), HONEST.forward(score, inputs, "fp64", "cpu")["scores"])


def test_a_soft_cap_on_scores_known_up_to_a_shift_is_refused():
    inputs = {**base_inputs("additive", np.random.default_rng(0)), "softcap": np.array(2.0)}
    with pytest.raises(ValueError, match="soft-cap"):
        exact.logits("additive", inputs)


def test_units_run_by_name_and_reproduce():
    options = Options(profile="quick", dtypes=("fp64",), devices=("cpu",), scores=("concat",))
    units = bias_invariance.plan(options)
    assert {unit.arguments["score"] for unit in units} == {"concat"}
    assert run_unit(units[0], options) == run_unit(units[0], options)


def test_what_cannot_run_is_reported_with_its_reason(monkeypatch):
    rows = rows_of(monkeypatch, HONEST, "per-key", "dot", Options(profile="quick", dtypes=("bf16",), devices=("cuda",)))
    assert [row.verdict for row in rows] == ["unsupported"]
    assert rows[0].reason


@pytest.mark.parametrize("part", ["per-key", "inside-tanh"])  # "projections" has rows of several parts
def test_rows_that_cannot_run_have_the_same_part_as_those_that_do(part):
    rows = bias_invariance.run({"part": part, "score": "additive"}, Options(profile="quick", dtypes=("bf16",)))
    assert {row.verdict for row in rows} >= {"unsupported", "pass"}
    assert {row.part for row in rows} == {part.replace("-", " ")}
