"""What is kept between calls, told from a wrong formula by a target that nothing was asked of before."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import pytest
import torch
from copied_processes import copy_processes

from attnproof.verify.checking import loading
from attnproof.verify.checking.check import check
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.making import make_target
from attnproof.verify.checking.working import Plan, chosen, events
from attnproof.verify.outcome import ERROR, FAIL, PASS
from attnproof.verify.properties import PROPERTIES, Finding
from attnproof.verify.properties.examine import examine
from attnproof.verify.targets import torch_target

KEPT: Final = """
import torch
kept = {}
def attend(query, key, value, mask=None):
    scores = query @ key.mT / query.shape[-1] ** 0.5
    if mask is not None:
        mask = kept.setdefault(scores.shape, mask)
        scores = scores.masked_fill(~mask, -torch.inf)
    return scores.softmax(-1) @ value
def half_bias(query, key, value, bias=None):
    scores = query @ key.mT / query.shape[-1] ** 0.5
    return (scores if bias is None else scores + bias.half()).softmax(-1) @ value
"""


@pytest.fixture
def place(tmp_path: Path) -> str:
    path = tmp_path / "keeps.py"
    path.write_text(KEPT, encoding="utf-8")
    return str(path)


def found(name: str, takes: str, prop: str) -> list[Finding]:
    declared = Declaration(name, "scaled_dot", takes=(takes,), dtypes=("fp64",))
    plan = Plan("quick", 0, chosen((prop,)), shrink=False)
    parts = [each.value for each in events(make_target(declared), plan) if each.kind == "findings"]
    return [finding for part in parts for finding in part if finding.outcome == FAIL]


def test_a_module_is_executed_again_beside_the_one_that_is_there(place: str) -> None:
    one = loading.load(f"{place}:kept")
    one["a"] = 1
    assert loading.load(f"{place}:kept") is one
    with loading.afresh(f"{place}:attend", f"{place}:attend", "json:loads", ""):
        other = loading.load(f"{place}:kept")
        assert other == {}
        assert loading.load(f"{place}:kept") is other  # one module for all that is named of it
        loads = loading.load("json:loads")
    assert loading.load(f"{place}:kept") is one
    assert loads is not loading.load("json:loads") is loading.load("json:loads")


def test_a_file_that_changed_is_another_module(place: str) -> None:
    one = loading.load(f"{place}:kept")
    path = Path(place)
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert loading.load(f"{place}:kept") is not one


FORWARD_KEEPS: Final = """
import numpy as np

last = {}


def attend(query, key, value):
    scores = query @ key.T / np.sqrt(query.shape[-1])
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    last["weights"] = powers / powers.sum(-1, keepdims=True)
    return last["weights"] @ value


def backward(query, key, value, grad_context):
    weights = last["weights"]
    part = grad_context @ value.T
    part = weights * (part - (part * weights).sum(-1, keepdims=True)) / np.sqrt(query.shape[-1])
    return {"query": part @ key, "key": part.T @ query, "value": weights.T @ grad_context}
"""


def test_a_backward_finds_what_its_forward_keeps_in_the_file_of_both(tmp_path: Path) -> None:
    path = tmp_path / "layer.py"
    path.write_text(FORWARD_KEEPS, encoding="utf-8")
    layout = "query=q d, key=k d, value=k v, context=q v"
    names = ("gradient subsets", "range through query and key")
    declared = Declaration(
        f"{path}:attend", "scaled_dot", framework="numpy", layout=layout, backward=f"{path}:backward", dtypes=("fp64",)
    )
    target = make_target(declared)
    assert target.fresh is not None
    for each in (target, target.fresh()):
        findings = examine(each, properties=names).findings
        # what takes single sequences is asked for what other sizes than those of a batch show
        assert {finding.property for finding in findings if finding.outcome == PASS} == set(names)
        assert not [finding for finding in findings if finding.outcome in (FAIL, ERROR)]


def test_a_mask_that_is_kept_by_sizes_is_state(place: str) -> None:
    failing = found(f"{place}:attend", "mask", "algebra")
    assert failing
    assert {each.kind for each in failing} == {"state"}
    assert all("is the formula's where nothing was asked before" in str(each.reason) for each in failing)
    assert found(f"{place}:attend", "mask", "nothing kept")[0].kind == "state"


def test_what_is_wrong_at_once_is_no_state(place: str) -> None:
    """Its bias is first handed over after calls without one."""
    assert [each.kind for each in found(f"{place}:half_bias", "bias", "nothing kept")] == [None]


def filled_in_place(query: Any, key: Any, value: Any, bias: Any = None, mask: Any = None) -> Any:
    scores = query @ key.mT / query.shape[-1] ** 0.5
    if mask is not None and bias is not None:
        with torch.no_grad():
            bias.masked_fill_(~mask.broadcast_to(bias.shape), -torch.inf)
    scores = scores if bias is None else scores + bias
    return (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(-1) @ value


def test_arguments_changed_in_place_by_a_pair_of_features_only() -> None:
    target = torch_target("filled", "scaled_dot", filled_in_place, takes=("bias", "mask"))
    failing = [
        f for f in examine(target, "standard", 0, properties=("pairs of features",)).findings if f.outcome == FAIL
    ]
    assert {each.kind for each in failing} == {"state"}
    assert "changed its arguments in place: bias" in str(failing[0].reason)
    assert "inputs untouched" in PROPERTIES


def test_the_line_says_state(place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    copy_processes(monkeypatch)
    asked: dict[str, Any] = {"takes": ("mask",), "properties": ("algebra",), "profile": "quick", "shrink": False}
    report = check(f"{place}:attend", "scaled_dot", **asked)
    assert "FAULT FOUND (state), context: " in report.summary()
