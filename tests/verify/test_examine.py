"""Examining targets: contracts, selections, what is declared and what is found out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from attnproof.verify.detection.correct import correct
from attnproof.verify.faults import faults, parts
from attnproof.verify.outcome import DIFFERS, FAIL, PASS, SKIPPED, UNSUPPORTED
from attnproof.verify.properties import PROPERTIES, Finding
from attnproof.verify.properties.examine import examine
from attnproof.verify.targets import Answer, Request, Target, numpy_target, torch_target
from attnproof.verify.targets.contract import CHOICES, Contract

SOUND = parts.target("sound", parts.assemble())


def outcomes(target: Target, name: str, **how) -> set[str]:
    found = examine(target, "quick", properties=[name], dtypes=how.pop("dtypes", ("fp32",)), **how)
    return {finding.outcome for finding in found.findings}


def test_a_choice_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="masked_row is 'ones'; expected one of zero, nan"):
        Contract(masked_row="ones")  # type: ignore[arg-type]
    assert all(CHOICES[name] for name in CHOICES)


def test_what_is_not_declared_is_found_out_and_never_wrong() -> None:
    target = faults()["fully masked row gives NaN"].wrong
    undeclared = replace(target, contract=replace(target.contract, masked_row=None))
    assert outcomes(target, "masked row") == {FAIL}
    assert outcomes(undeclared, "masked row") == {DIFFERS}
    assert examine(undeclared, "quick", properties=["masked row"], dtypes=("fp32",)).observed == {"masked_row": "nan"}
    declared = replace(target, contract=replace(target.contract, masked_row="nan"))
    assert outcomes(declared, "masked row") == {PASS}


def test_the_other_alignment_is_found_out() -> None:
    target = faults()["causal mask aligned top-left instead of bottom-right"].wrong
    # Windows of the correct parts stay at the bottom right, so only the flag is left to this target.
    causal = replace(target, takes=("causal",), contract=replace(target.contract, causal=None))
    found = examine(causal, "quick", properties=["masks"], dtypes=("fp32",))
    assert found.observed["causal"] == "top-left"
    assert found.failures == ()
    assert outcomes(replace(causal, contract=replace(target.contract, causal="top-left")), "masks") == {PASS}
    assert FAIL in outcomes(replace(causal, contract=replace(target.contract, causal="bottom-right")), "masks")


def test_the_other_polarity_is_right_where_it_is_declared() -> None:
    target = faults()["mask polarity reversed"].wrong
    assert FAIL in outcomes(target, "masks")
    assert outcomes(replace(target, contract=replace(target.contract, polarity="true masks")), "masks") == {PASS}


def test_a_property_that_cannot_be_asked_says_why() -> None:
    bare = torch_target("bare", "scaled_dot", parts.assemble(), dtypes=("fp32",))
    found = examine(bare, "quick")
    reasons = {finding.property: finding.reason for finding in found.findings if finding.outcome == UNSUPPORTED}
    assert reasons["scale"] == "takes no scale"
    assert reasons["masked row"] == "takes neither a mask nor a bias, nor lengths"
    assert found.bad == ()


def test_an_empty_selection_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown property 'vibes'; known properties: algebra, values"):
        examine(SOUND, "quick", properties=["vibes"])
    with pytest.raises(ValueError, match="nothing to ask sound"):
        examine(SOUND, "quick", properties=[])


def test_a_missing_device_is_skipped_and_never_a_pass() -> None:
    import torch

    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    found = examine(SOUND, "quick", properties=["values"], devices=("cuda",))
    assert {(f.outcome, f.reason) for f in found.findings} == {(SKIPPED, "no CUDA device")}


def test_a_shape_that_is_wrong_is_a_failure_not_a_crash() -> None:
    target = torch_target("transposed", "scaled_dot", lambda **g: parts.assemble()(**g).mT, dtypes=("fp32",))
    assert FAIL in outcomes(target, "values")


def test_a_declared_output_that_does_not_come_is_an_error_of_the_target() -> None:
    target = torch_target("short", "scaled_dot", parts.assemble(), outputs=("context", "weights"), dtypes=("fp32",))
    found = examine(target, "quick", properties=["values"])
    assert "returned 1 results; expected context, weights" in str(found.bad[0].reason)


def test_numpy_functions_without_a_backward_pass_are_judged_forward_only() -> None:
    def attention(query, key, value):
        scores = query @ np.swapaxes(key, -1, -2) / np.sqrt(np.asarray(query.shape[-1], query.dtype))
        powers = np.exp(scores - scores.max(-1, keepdims=True))
        return powers / powers.sum(-1, keepdims=True) @ value

    target = numpy_target("plain", "scaled_dot", attention, dtypes=("fp64", "fp32"))
    found = examine(target, "quick")
    assert found.bad == ()
    assert not any(finding.quantity.startswith("grad.") for finding in found.findings)


def test_a_missing_gradient_is_seen() -> None:
    def ask(request: Request) -> Answer:
        answer = SOUND.ask(request)
        return Answer(answer.outputs, {n: g for n, g in answer.gradients.items() if n != "key"})

    target = replace(SOUND, ask=ask, dtypes=("fp32",))
    assert FAIL in outcomes(target, "gradient subsets")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["torch SDPA math", "torch SDPA flash attention", "nn.MultiheadAttention, one head"])
def test_torch_is_not_accused(name: str) -> None:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what kernels say about kernels that they do not take
        found = examine(correct()[name], "quick")
    assert [(f.property, f.reason) for f in found.bad] == []


def test_a_finding_needs_a_reason_unless_it_passed() -> None:
    with pytest.raises(ValueError, match="needs a reason"):
        Finding(FAIL)
    with pytest.raises(ValueError, match="expected one of"):
        Finding("fine")


def test_properties_say_what_they_expose() -> None:
    assert all(each.says and each.name == name for name, each in PROPERTIES.items())
