"""Levels of features at which programs take another way: numbers that count as false, and a row without a key."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from attnproof.verify.outcome import FAIL
from attnproof.verify.properties.choosing import settled_choice
from attnproof.verify.properties.examine import examine
from attnproof.verify.targets import Target, torch_target


def scores_of(query: Any, key: Any, scale: Any = None) -> Any:
    return query @ key.mT * (query.shape[-1] ** -0.5 if scale is None else scale)


def with_sink(scores: Any, value: Any, sink: Any) -> Any:
    if sink is None:
        return scores.softmax(-1) @ value
    extra = torch.as_tensor(sink, dtype=scores.dtype).expand(*scores.shape[:-1], 1)
    return torch.cat([scores, extra], -1).softmax(-1)[..., :-1] @ value


def right(query: Any, key: Any, value: Any, scale: Any = None, sink: Any = None) -> Any:
    return with_sink(scores_of(query, key, scale), value, sink)


def scale_or_default(query: Any, key: Any, value: Any, scale: Any = None, sink: Any = None) -> Any:
    return with_sink(scores_of(query, key, scale or None), value, sink)


def sink_if_true(query: Any, key: Any, value: Any, scale: Any = None, sink: Any = None) -> Any:
    return with_sink(scores_of(query, key, scale), value, sink if sink is not None and bool(sink != 0) else None)


def zero_rows(query: Any, key: Any, value: Any, mask: Any = None) -> Any:
    """masked_fill lets no NaN flow back."""
    scores = scores_of(query, key)
    weights = (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(-1)
    return torch.where(torch.isnan(weights), 0.0, weights) @ value


def nan_flows_back(query: Any, key: Any, value: Any, mask: Any = None) -> Any:
    scores = scores_of(query, key)
    if mask is not None:
        scores = scores + torch.zeros(mask.shape, dtype=scores.dtype).masked_fill(~mask, -torch.inf)
    weights = scores.softmax(-1)
    return torch.where(torch.isnan(weights), 0.0, weights) @ value


def target(function: Any, *takes: str) -> Target:
    return torch_target(function.__name__, "scaled_dot", function, takes=takes, dtypes=("fp64",))


def failing(asked: Target, name: str) -> str:
    found = examine(asked, "standard", 0, properties=(name,)).findings
    return next((str(each.reason) for each in found if each.outcome == FAIL), "")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["algebra", "pairs of features"])
def test_numbers_that_count_as_false(name: str) -> None:
    assert failing(target(right, "scale", "sink"), name) == ""
    assert "scale (zero)" in failing(target(scale_or_default, "scale", "sink"), name)
    assert "sink (zero)" in failing(target(sink_if_true, "scale", "sink"), name)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["algebra", "pairs of features"])
def test_who_answers_0_for_a_row_without_a_key_owes_its_gradients(name: str) -> None:
    assert settled_choice(target(zero_rows, "mask"), "fp64", "cpu", 0)["masked_row"] == "zero"
    assert failing(target(zero_rows, "mask"), name) == ""
    assert "mask (whole row)" in failing(target(nan_flows_back, "mask"), name)
