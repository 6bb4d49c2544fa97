"""Why a right formula leaves the range is named: what was subtracted from the scores, and what stands for −∞."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from attnproof.verify.checking.check import check
from attnproof.verify.outcome import FAIL


def scores_of(query: Tensor, key: Tensor) -> Tensor:
    return query @ key.mT / math.sqrt(query.shape[-1])


def filled(query: Tensor, key: Tensor, value: Tensor, *, mask: Tensor | None = None) -> Tensor:
    scores = scores_of(query, key)
    return (scores if mask is None else scores.masked_fill(~mask, -65504.0)).softmax(-1) @ value


def added(query: Tensor, key: Tensor, value: Tensor, *, mask: Tensor | None = None) -> Tensor:
    scores = scores_of(query, key)
    if mask is not None:
        scores = scores + (~mask).to(scores.dtype) * -5e4
    return scores.softmax(-1) @ value


def over_all(query: Tensor, key: Tensor, value: Tensor, *, mask: Tensor | None = None) -> Tensor:
    scores = scores_of(query, key)
    powers = (scores - scores.amax(-1, keepdim=True)).exp()
    powers = powers if mask is None else powers.where(mask, 0.0)
    return powers / powers.sum(-1, keepdim=True) @ value


def plain(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    powers = scores_of(query, key).exp()
    return powers @ value / powers.sum(-1, keepdim=True)


@pytest.mark.parametrize(
    ("function", "among", "words"),
    [
        (filled, "masked keys unseen", "masked scores are -65504, which is not below every score (aten."),
        (added, "masked keys unseen", "masked scores have -50000 added, which is not below every score (aten."),
        (over_all, "low visible scores", "is not the largest visible one of each query: exponentials vanish (aten.exp"),
        (plain, "range through query and key", "the maximum is not subtracted from the scores: exponentials overflow"),
    ],
)
def test_the_reason_is_named(function: Callable[..., Any], among: str, words: str) -> None:
    takes = () if function is plain else ("mask",)
    contract = {"polarity": "true attends"}
    how: dict[str, Any] = {"takes": takes, "contract": contract, "dtypes": ("fp64",)}
    found = check(function, "scaled_dot", profile="quick", properties=("algebra", among), **how)
    assert "FAULT FOUND (range)" in found.diagnosis
    assert words in found.diagnosis


def test_a_word_for_rows_without_a_key_is_offered_where_they_get_it() -> None:
    def first_key(query: Tensor, key: Tensor, value: Tensor, *, lengths: Tensor | None = None) -> Tensor:
        scores = scores_of(query, key)
        if lengths is not None:
            last = lengths.clamp(min=1)[:, None, None]
            scores = scores.masked_fill(torch.arange(key.shape[-2]) >= last, -torch.inf)
        return scores.softmax(-1) @ value

    layout = "query=b q d, key=b k d, value=b k v, context=b q v"
    how: dict[str, Any] = {"takes": ("lengths",), "contract": {"masked_row": "zero"}, "dtypes": ("fp64",)}
    found = check(first_key, "scaled_dot", profile="quick", properties=("algebra",), layout=layout, **how)
    assert "the lengths of 0 let a key be seen" in found.diagnosis
    assert "masked_row" not in found.summary()


def test_keys_that_are_centred_are_right_where_key_and_value_are_one() -> None:
    def centred(query: Tensor, key: Tensor, value: Tensor, *, mask: Tensor | None = None) -> Tensor:
        scores = scores_of(query, key - key.mean(-2, keepdim=True))
        return (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(-1) @ value

    contract = {"polarity": "true attends"}
    how: dict[str, Any] = {"takes": ("mask",), "contract": contract, "dtypes": ("fp64",)}
    found = check(centred, "scaled_dot", properties=("pairs of features",), shrink=False, **how)
    assert not any(finding.outcome == FAIL for finding in found.findings)


def test_numpy_arrays_that_a_layout_does_not_repeat_can_be_written_to() -> None:
    def scaled_in_place(query: Any, key: Any, value: Any) -> Any:
        query *= query.dtype.type(query.shape[-1] ** -0.5)
        scores = query @ key.T
        powers = np.exp(scores - scores.max(1, keepdims=True))
        return powers @ value / powers.sum(1, keepdims=True)

    layout = "query=q d, key=k d, value=k v, context=q v"
    how: dict[str, Any] = {"framework": "numpy", "gradients": False, "layout": layout, "dtypes": ("fp64",)}
    found = check(scaled_in_place, "scaled_dot", profile="quick", properties=("algebra",), shrink=False, **how)
    assert "changed its arguments in place: query" in found.diagnosis
