"""What a target refuses is no error where it is several features, and is named: which features it never answered."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

import attnproof
from attnproof.verify.checking.refusals import refused
from attnproof.verify.checking.report import Report
from attnproof.verify.outcome import PASS, UNSUPPORTED
from attnproof.verify.properties import Finding

CONTRACT = {"window": "both inclusive", "masked_row": "nan", "causal": "bottom-right", "polarity": "true attends"}


def attend(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None = None,
    causal: bool = False,
    window: int | None = None,
) -> Tensor:
    if causal and window is not None:
        raise NotImplementedError("causal: not with a window")
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    n_q, n_k = scores.shape[-2:]
    gap = torch.arange(n_q)[:, None] + n_k - n_q - torch.arange(n_k)
    seen = torch.ones(n_q, n_k, dtype=torch.bool)
    if causal:
        seen = seen & (gap >= 0)
    if window is not None:
        seen = seen & (gap.abs() <= window)
    if mask is not None:
        seen = seen & mask
    return scores.masked_fill(~seen, -torch.inf).softmax(-1) @ value


def test_what_a_property_that_passes_did_not_ask_is_said_once() -> None:
    findings = [Finding(outcome, why, property="values") for outcome, why in ((PASS, None), (UNSUPPORTED, "no way"))]
    assert Report("a:b", "dot", (*findings, findings[1])).summary().count("not asked  values: no way") == 1


def without_windows(query: Tensor, key: Tensor, value: Tensor, window: int | None = None) -> Tensor:
    if window is not None:
        raise attnproof.Unsupported("windows")
    return attend(query, key, value)


def test_two_features_that_are_refused_together_are_named_once() -> None:
    report = attnproof.check(
        attend,
        "scaled_dot",
        profile="quick",
        takes=("mask", "causal", "window"),
        dtypes=("fp64",),
        properties=("algebra", "masks", "masked keys unseen"),
        contract=CONTRACT,
        shrink=False,
    )
    assert report.ok, report.summary()
    found = refused(report)
    assert list(found.never) == ["causal with window"]
    said = f"{report.target} raised NotImplementedError: causal: not with a window"
    lines = report.summary().splitlines()
    assert f"  refused  {found.questions} questions of features together" in lines
    assert f"    never asked: causal with window: {said}" in lines
    assert report.summary().count("never asked") == 1
    assert report.plain()["not_asked"]["refused"] == [{"features": ["causal", "window"], "why": said}]


@pytest.mark.parametrize("takes", [("window",)])
def test_a_feature_that_is_refused_by_itself_is_named_alone(takes: tuple[str, ...]) -> None:
    report = attnproof.check(
        without_windows,
        "scaled_dot",
        profile="quick",
        takes=takes,
        dtypes=("fp64",),
        properties=("algebra",),
        contract=CONTRACT,
        shrink=False,
    )
    assert [*refused(report).never] == ["window"]
    assert "windows" in report.summary()
