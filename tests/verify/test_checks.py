"""The checks themselves: they cover what they say, and wrong implementations do not get through."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType, SimpleNamespace

import numpy as np
import pytest

from attnproof.impl.reference import numpy_attention
from attnproof.reports.commands import main as cli
from attnproof.reports.commands.folder import DEFAULT_OUT
from attnproof.verify.comparisons import checks
from attnproof.verify.implementations.builtin import (
    IMPLEMENTATIONS,
    Implementation,
    Inputs,
    Values,
    by_name,
    in_arrays,
)
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import SETTINGS, settings_for
from attnproof.verify.options import DTYPES, SCORES, Options
from attnproof.verify.unit import run_unit

CPU = Options(devices=("cpu",))
REFERENCE = IMPLEMENTATIONS["reference-numpy"]


def only(monkeypatch: pytest.MonkeyPatch, implementation: Implementation) -> None:
    monkeypatch.setattr(checks, "EVERY", MappingProxyType({implementation.name: implementation}))


def outcomes(rows) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for row in rows:
        found.setdefault(row.quantity, set()).add(row.outcome)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("dtype", DTYPES)
def test_nothing_correct_is_accused(score: str, dtype: str) -> None:
    arguments = {"score": score, "dtype": dtype, "setting": "every_option"}
    rows = checks.run(arguments, CPU)
    wrong = [row.id for row in rows if row.outcome in ("fail", "error")]
    assert not wrong
    assert sum(row.outcome == "pass" for row in rows) > 20
    assert all((row.reason is None) == (row.outcome == "pass") for row in rows)
    assert len({row.id for row in rows}) == len(rows)


def test_every_quantity_of_every_implementation_is_compared() -> None:
    case = make_case("additive", SETTINGS["every_option"], "normal", "fp64", 0)
    rows = checks.check_case(case, CPU)
    names = {f"grad.{name}" for name in case.inputs} | {"scores", "weights", "context"}
    for implementation in ("generated-numpy", "generated-torch", "reference-numpy", "reference-torch"):
        assert {row.quantity for row in rows if row.implementation == implementation} == names
    assert [row.outcome for row in rows if row.implementation == "torch-sdpa"] == ["unsupported"]


def test_what_cannot_run_says_so() -> None:
    case = make_case("dot", SETTINGS["base"], "normal", "bf16", 0)
    rows = checks.check_case(case, Options(devices=("cpu", "cuda")))
    reasons = {(row.implementation, row.device): (row.outcome, row.reason) for row in rows}
    assert reasons["reference-numpy", "cpu"] == ("unsupported", "NumPy has no bf16")
    assert reasons["reference-numpy", "cuda"][0] == "unsupported"


def test_cuda_without_a_device_is_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    case = make_case("dot", SETTINGS["base"], "normal", "fp32", 0)
    rows = [row for row in checks.check_case(case, Options(devices=("cuda",))) if "torch" in row.implementation]
    assert rows
    assert {(row.outcome, row.reason) for row in rows} == {("skipped", "no CUDA device")}


def with_forward(change) -> Implementation:
    def forward(score: str, inputs: Inputs, dtype: str, device: str) -> Values:
        return change(REFERENCE.forward(score, inputs, dtype, device))

    return replace(REFERENCE, name="wrong", forward=forward)


def with_gradients(change) -> Implementation:
    def gradients(score, inputs, grad_context, dtype, device):
        return change(REFERENCE.gradients(score, inputs, grad_context, dtype, device))

    return replace(REFERENCE, name="wrong", gradients=gradients)


@pytest.mark.parametrize("dtype", ["fp64", "fp32", "fp16"])
@pytest.mark.parametrize(
    ("quantity", "implementation"),
    [
        ("scores", with_forward(lambda v: v | {"scores": v["scores"] / 2})),
        ("weights", with_forward(lambda v: v | {"weights": v["weights"][..., ::-1]})),
        ("context", with_forward(lambda v: v | {"context": np.zeros_like(v["context"])})),
        ("grad.query", with_gradients(lambda v: v | {"query": -v["query"]})),
        ("grad.v", with_gradients(lambda v: v | {"v": -v["v"]})),
        ("grad.bias", with_gradients(lambda v: v | {"bias": np.full_like(v["bias"], np.nan)})),
    ],
)
def test_a_wrong_implementation_fails_in_that_quantity_only(
    monkeypatch: pytest.MonkeyPatch, dtype: str, quantity: str, implementation: Implementation
) -> None:
    only(monkeypatch, implementation)
    case = make_case("additive", SETTINGS["every_option"], "normal", dtype, 0)
    found = outcomes(checks.check_case(case, CPU))
    assert found.pop(quantity) == {"fail"}
    assert set().union(*found.values()) <= {"pass", "abstain"}


def weighing(factor: float) -> Implementation:
    """Our own in NumPy with its context times a factor, so that what it is seen to do is what it returned."""

    def attention(score, given):
        found = numpy_attention.attention(score, given)
        return SimpleNamespace(weights=found.weights, context=found.context * np.asarray(factor, found.context.dtype))

    gradients = by_name(numpy_attention.gradients)
    outputs = ("weights", "context")
    return in_arrays("weighing", "numpy", ("scaled_dot",), by_name(attention), gradients, outputs=outputs)


@pytest.mark.parametrize(("factor", "outcome"), [(1.0, "pass"), (1.5, "abstain")])
def test_where_a_bound_tells_nothing_the_operations_tell_right_from_wrong(
    monkeypatch: pytest.MonkeyPatch, factor: float, outcome: str
) -> None:
    only(monkeypatch, weighing(factor))
    case = make_case("scaled_dot", SETTINGS["base"], "shifted", "fp16", 0)
    found = {row.quantity: row for row in checks.check_case(case, CPU)}
    assert found["context"].outcome == outcome
    assert (found["weights"].outcome, found["weights"].judged_by) == ("pass", "operations")
    monkeypatch.setattr(checks, "second_opinion", lambda *_, **__: {})
    assert {row.outcome for row in checks.check_case(case, CPU)} == {"abstain"}


def test_what_another_answered_is_no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked again it is right: what it had returned is not, and its operations do not make it so."""
    right = weighing(1.0)

    def forward(score, inputs, dtype, device):
        found = right.forward(score, inputs, dtype, device)
        return found | {"context": found["context"] * 1.5}

    only(monkeypatch, replace(right, forward=forward))
    case = make_case("scaled_dot", SETTINGS["base"], "shifted", "fp16", 0)
    found = outcomes(checks.check_case(case, CPU))
    assert (found["weights"], found["context"]) == ({"pass"}, {"abstain"})


def test_an_implementation_that_raises_is_an_error_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(score, inputs, dtype, device):
        raise RuntimeError("no such kernel")

    only(monkeypatch, replace(REFERENCE, name="broken", forward=fall))
    rows = checks.check_case(make_case("dot", SETTINGS["base"], "normal", "fp64", 0), CPU)
    assert [(row.outcome, row.reason) for row in rows] == [("error", "broken raised RuntimeError: no such kernel")]


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_mask_by_a_finite_constant_fails_under_deep_scores_only(monkeypatch: pytest.MonkeyPatch, dtype: str) -> None:
    torch_reference = IMPLEMENTATIONS["reference-torch"]

    def forward(score, inputs, dtype, device):
        weak = {**inputs, "bias": np.where(np.isneginf(inputs["bias"]), -1e4, inputs["bias"])}
        return torch_reference.forward(score, weak, dtype, device)

    only(monkeypatch, replace(torch_reference, name="wrong", forward=forward))
    assert "fail" not in outcomes(checks.check_case(make_case("dot", SETTINGS["masked"], "normal", dtype, 0), CPU))
    found = outcomes(checks.check_case(make_case("dot", SETTINGS["masked"], "deep", dtype, 0), CPU))
    assert found["weights"] == found["context"] == {"fail"}


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_derivative_of_tanh_without_correct_digits_fails(monkeypatch: pytest.MonkeyPatch, dtype: str) -> None:
    """``1 − tanh²``, declared as it is, has a bound to match; declared as ``sech²`` it fails."""
    honest = IMPLEMENTATIONS["reference-torch"]
    case = make_case("additive", SETTINGS["base"], "saturated", dtype, 0)
    only(monkeypatch, honest)
    assert outcomes(checks.check_case(case, CPU))["grad.key"] <= {"pass", "abstain"}
    only(monkeypatch, replace(honest, tanh_derivative="sech2"))
    assert outcomes(checks.check_case(case, CPU))["grad.key"] == {"fail"}


@pytest.mark.parametrize(
    ("quantity", "implementation"),
    [
        ("weights", with_forward(lambda v: {name: array for name, array in v.items() if name != "weights"})),
        ("grad.key", with_gradients(lambda v: {name: array for name, array in v.items() if name != "key"})),
        ("grad.w", with_gradients(lambda v: v | {"w": v["key"]})),
    ],
)
def test_what_is_not_returned_or_not_declared_fails(
    monkeypatch: pytest.MonkeyPatch, quantity: str, implementation: Implementation
) -> None:
    only(monkeypatch, implementation)
    found = outcomes(checks.check_case(make_case("dot", SETTINGS["base"], "normal", "fp64", 0), CPU))
    assert found.pop(quantity) == {"fail"}
    assert set().union(*found.values()) == {"pass"}


def test_every_combination_is_planned() -> None:
    for profile in ("quick", "standard"):
        planned = {unit.id for unit in checks.plan(Options(profile=profile))}
        assert len(planned) == len(SCORES) * len(settings_for(profile)) * len(DTYPES)


def test_a_unit_gives_the_same_rows_twice() -> None:
    unit = checks.plan(CPU)[0]
    assert run_unit(unit, CPU) == run_unit(unit, CPU)


def test_the_command_that_repeats_a_comparison_is_understood_and_keeps_the_report() -> None:
    options = Options(profile="quick", seed=7, devices=("cpu",))
    row = checks.check_case(make_case("dot", SETTINGS["base"], "normal", "fp32", 7), options)[0]
    words = row.reproduce.split()
    assert words[0] == "attnproof"
    given = cli.parser().parse_args(words[1:])
    assert (given.profile, given.seed, given.only, given.dtype, given.device) == (
        "quick",
        7,
        ["dot"],
        ["fp32"],
        ["cpu"],
    )
    assert given.out.resolve() != DEFAULT_OUT
