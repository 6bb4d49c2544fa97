"""What a target does unasked: it is right where it is declared, and wrong where it is not."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import attnproof
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.making import make_target
from attnproof.verify.detection.ordinary import ordinary
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import SETTINGS
from attnproof.verify.options import Profile
from attnproof.verify.properties.always import paper_slopes, truth_of
from attnproof.verify.properties.examine import examine
from attnproof.verify.targets import torch_target
from attnproof.verify.targets.target import Target, plain

ORDINARY = {target.name: target for target in ordinary()}


def fails(target: Target, profile: Profile, properties: list[str]) -> bool:
    found = examine(target, profile, dtypes=("fp64",), properties=properties, first_failure=True)
    return bool(found.failures)


@pytest.mark.parametrize("dtypes", [("fp64",), pytest.param(("bf16", "fp32", "fp16"), marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", ORDINARY)
def test_what_is_right_is_not_accused(name: str, dtypes: tuple[str, ...]) -> None:
    found = examine(ORDINARY[name], "quick", dtypes=dtypes)
    assert [(f.property, f.quantity, f.reason) for f in found.bad] == []
    assert found.counts["pass"] > 0


@pytest.mark.parametrize("name", [name for name, target in ORDINARY.items() if target.always])
def test_undeclared_it_is_wrong(name: str) -> None:
    bare = replace(ORDINARY[name], always=())
    assert fails(bare, "standard", ["values", "batch apart"])


@pytest.mark.parametrize("name", [name for name, target in ORDINARY.items() if target.always])
def test_declared_and_not_done_it_is_wrong(name: str) -> None:
    wrong = replace(ORDINARY["a mask of keys alone"], always=ORDINARY[name].always, takes=())
    assert fails(wrong, "standard", ["values", "batch apart"])


def test_the_truth_has_what_is_always_done_and_the_request_keeps_what_it_hands_over() -> None:
    target: Target = ORDINARY["always causal and capped"]
    request = plain(make_case("scaled_dot", SETTINGS["base"], "normal", "fp64", 0))
    truth = truth_of(target, request)
    assert truth.inputs["softcap"] == 30.0
    assert np.isneginf(truth.inputs["bias"]).tolist() == [[False] * 3 + [True] * 2, [False] * 4 + [True], [False] * 5]
    assert "bias" not in request.given
    assert truth_of(target, request) is truth
    said = replace(request, given={**request.given, "softcap": np.asarray(2.0), "causal": False})
    assert truth_of(target, said) is said.case


@pytest.mark.parametrize("name", [name for name, target in ORDINARY.items() if target.always])
def test_composed_questions_have_it_too(name: str) -> None:
    """Right in the ring, forward and backward, and wrong there where it is not declared."""
    target = replace(ORDINARY[name], dtypes=("fp64",))
    found = examine(target, "quick", properties=["algebra", "pairs of features"])
    assert [(f.property, f.reason) for f in found.bad] == []
    read = {f.quantity for f in found.findings if f.property == "algebra" and f.outcome == "pass"}
    assert read >= {"context", "grad.query", "grad.value"}, found.counts
    assert fails(replace(target, always=()), "quick", ["algebra"])


def test_declared_and_not_done_it_is_wrong_in_composed_questions() -> None:
    wrong = replace(ORDINARY["a mask of keys alone"], always=(("window", 1.0),), takes=(), dtypes=("fp64",))
    for name in ("algebra", "pairs of features"):
        assert fails(wrong, "quick", [name])


def test_what_is_no_number_of_the_format_is_not_asked() -> None:
    target = replace(ORDINARY["softmax₁"], always=(("sink", 0.3),), dtypes=("bf16",))
    with pytest.raises(ValueError, match="nothing to ask"):
        examine(target, "quick", properties=["pairs of features"])


def test_slopes_are_the_papers() -> None:
    assert paper_slopes(8) == tuple(2.0**-k for k in range(1, 9))
    assert paper_slopes(3) == (2.0**-4, 2.0**-8, 2.0**-2)
    assert paper_slopes(1) == (2.0**-8,)


@pytest.mark.parametrize(("step", "right"), [(2, True), (1, False)])
def test_slopes_of_heads_that_are_no_power_of_two(step: int, right: bool) -> None:
    """Beyond four heads every other slope of eight is the paper's, not the first: told apart from two more heads on."""

    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        heads, n_q, n_k = query.shape[-3], query.shape[-2], key.shape[-2]
        power = 1 << (heads.bit_length() - 1)
        slopes = [2 ** (-8 * (k + 1) / power) for k in range(power)]
        more = [2 ** (-4 * (k + 1) / power) for k in range(2 * power)][::step][: heads - power]
        gap = (torch.arange(n_k) - torch.arange(n_k - n_q, n_k)[:, None]).abs()
        added = torch.tensor(slopes + more, dtype=query.dtype)[:, None, None] * gap
        return (query @ key.mT / math.sqrt(query.shape[-1]) - added).softmax(-1) @ value

    target = torch_target("attend", "scaled_dot", attend, always=(("slopes", 1.0),), dtypes=("fp64",))
    failures = examine(target, "quick", properties=["pairs of features"]).failures
    assert {f.draw.setting.batch[-1] for f in failures if f.draw} == (set() if right else {6})


def test_slopes_that_are_taken_and_not_handed_over_are_the_targets_own() -> None:
    declared = Declaration("x", "scaled_dot", takes=("slopes",), arguments=("slopes=",))
    assert make_target(declared, lambda query, key, value: value).always == (("slopes", 1.0),)


@pytest.mark.parametrize("text", ["softcap", "softcap=0", "sink=inf", "causal=1", "mask", "window=x"])
def test_what_cannot_be_always_done_is_bad_input(text: str) -> None:
    with pytest.raises(ValueError, match="always"):
        Declaration("x", "scaled_dot", always=(text,))


def _capped_unless_told(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, softcap: float = 50.0) -> Any:
    scores = query @ key.mT / query.shape[-1] ** 0.5
    return torch.softmax(softcap * torch.tanh(scores / softcap), -1) @ value


def _never_told(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, softcap: float = 50.0) -> Any:
    return _capped_unless_told(query, key, value, 30.0 if softcap == 50.0 else softcap)


@pytest.mark.parametrize(("function", "right"), [(_capped_unless_told, True), (_never_told, False)])
def test_a_default_is_what_a_call_has_unless_it_is_told(function: Any, right: bool) -> None:
    names = ("algebra", "values", "pairs of features")
    found = attnproof.check(
        function,
        "scaled_dot",
        profile="quick",
        takes=("softcap",),
        properties=names,
        dtypes=("fp64",),
        shrink=False,
    )
    assert found.ok is right, found.summary()


def test_the_alignment_of_a_default_is_found_by_asking() -> None:
    def attend(query: Any, key: Any, value: Any, causal: bool = True) -> Any:
        scores = query @ key.mT / query.shape[-1] ** 0.5
        seen = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
        return (scores.masked_fill(~seen, -torch.inf) if causal else scores).softmax(-1) @ value

    report = attnproof.check(
        attend, "scaled_dot", takes=("causal",), profile="quick", properties=("values", "combinations")
    )
    assert report.ok, report.summary()
