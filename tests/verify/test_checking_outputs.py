"""Weights and scores beside a context whose layout is declared: found by asking, or one failure that hides nothing."""

from __future__ import annotations

import math
from typing import Any, Final

import pytest
import torch
from torch import Tensor

from attnproof.verify.checking.check import check
from attnproof.verify.checking.report import Report
from attnproof.verify.outcome import DIFFERS, FAIL

HEADS: Final = "query=b q h d, key=b k h d, value=b k h v, context=b q h v"


def inside(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
    """Weights (b, h, q, k), computed in fp32."""
    scores = torch.einsum("bqhd,bkhd->bhqk", query, key) / math.sqrt(query.shape[-1])
    weights = torch.softmax(scores, -1, dtype=torch.float32).to(query.dtype)
    return torch.einsum("bhqk,bkhd->bqhd", weights, value), weights


def queries_first(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
    context, weights = inside(query, key, value)
    return context, weights.transpose(1, 2)


def merged(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
    context, weights = inside(query, key, value)
    return context, weights.flatten(0, 1)


def averaged(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
    context, weights = inside(query, key, value)
    return context, weights.mean(1)


def _checked(function: Any) -> Report:
    names = ("values", "layout", "algebra")
    outputs = ("context=0", "weights=1")
    return check(function, "scaled_dot", profile="quick", properties=names, layout=HEADS, outputs=outputs, shrink=False)


@pytest.mark.parametrize(("function", "axes"), [(inside, "b h q k"), (queries_first, "b q h k"), (merged, "(b h) q k")])
def test_the_layout_of_weights_is_found(function: Any, axes: str) -> None:
    found = _checked(function)
    assert found.ok, found.summary()
    assert found.observed["weights layout"] == axes
    assert [each.property for each in found.of(DIFFERS)] == ["values"]  # that it computes in fp32 is told


def test_weights_that_have_lost_an_axis_are_one_failure() -> None:
    found = _checked(averaged)
    assert [(each.property, each.finding.quantity) for each in found.of(FAIL)] == [("layout", "weights")]
    assert "shape (2, 4, 5), expected (2, 3, 4, 5)" in found.diagnosis
    assert [each.property for each in found.of(DIFFERS)] == ["values"]
