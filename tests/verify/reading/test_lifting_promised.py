"""What is declared of every call is part of the derivation that a program is put beside."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from attnproof.verify.checking.reading import read


def _scores(query: Tensor, key: Tensor) -> Tensor:
    return query @ key.mT / math.sqrt(query.shape[-1])


def memory(query: Tensor, key: Tensor) -> Tensor:
    return torch.softmax(_scores(query, key), -1) @ key


def scaled_memory(query: Tensor, key: Tensor) -> Tensor:
    return torch.softmax(_scores(query, key), -1) @ (2 * key)


def softmax_one(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    powers = torch.exp(_scores(query, key))
    return powers / (powers.sum(-1, keepdim=True) + 1) @ value


def softmax_one_of_shifted(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scores = _scores(query, key)
    powers = torch.exp(scores - scores.amax(-1, keepdim=True))
    return powers / (powers.sum(-1, keepdim=True) + 1) @ value


def capped(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return torch.softmax(50.0 * torch.tanh(_scores(query, key) / 50.0), -1) @ value


def windowed(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scores = _scores(query, key)
    n_q, n_k = scores.shape[-2:]
    whole = torch.ones(n_q, n_k, dtype=torch.bool)
    hidden = whole.triu(1 + n_k - n_q) | whole.tril(n_k - n_q - 3)
    return torch.softmax(scores.masked_fill(hidden, -math.inf), -1) @ value


def cached(query: Tensor, key: Tensor, value: Tensor, scale_key: Tensor, scale_value: Tensor) -> Tensor:
    k, v = key.to(query.dtype) * scale_key, value.to(query.dtype) * scale_value
    return torch.softmax(_scores(query, k), -1) @ v


def cached_with_one_scale(query: Tensor, key: Tensor, value: Tensor, scale_key: Tensor, scale_value: Tensor) -> Tensor:
    return cached(query, key, value, scale_key, scale_key + 0 * scale_value)


STORED = ("key=fp8_e4m3", "value=fp8_e4m3")


@pytest.mark.parametrize(
    ("function", "declared", "gradients"),
    [
        (memory, {"same": ("key=value",)}, {"query", "key"}),
        (softmax_one, {"always": ("sink=0",)}, {"query", "key", "value"}),
        (capped, {"always": ("softcap=50",)}, {"query", "key", "value"}),
        (windowed, {"always": ("causal", "window=2")}, {"query", "key", "value"}),
        (cached, {"stored": STORED}, {"query"}),
    ],
)
def test_what_is_promised_and_kept_is_equal(function: Any, declared: dict[str, Any], gradients: set[str]) -> None:
    found = read(function, "scaled_dot", **declared)
    assert found.equal, found.text()
    assert {name for name, said in found.gradients.items() if said == "equal"} == gradients


@pytest.mark.parametrize(
    ("function", "declared", "words"),
    [
        (scaled_memory, {"same": ("key=value",)}, "2 k·exp"),
        (softmax_one_of_shifted, {"always": ("sink=0",)}, "no softmax"),
        (capped, {"always": ("softcap=30",)}, "the soft-cap is 50; derived: 30"),
        (windowed, {"always": ("causal", "window=3")}, "the window keeps no j ≥ i - 3"),
        (capped, {"always": ("causal",)}, "causal is not used"),
        (cached_with_one_scale, {"stored": STORED}, "s_k"),
    ],
)
def test_what_is_promised_and_not_kept_is_a_difference(function: Any, declared: dict[str, Any], words: str) -> None:
    found = read(function, "scaled_dot", **declared)
    assert found.verdict == "different"
    assert any(words in said for said in found.differences), found.differences


@pytest.mark.parametrize("always", ["slopes", "window=9"])
def test_what_cannot_be_told_is_refused(always: str) -> None:
    with pytest.raises(ValueError, match=r"read cannot write|leaves no trace"):
        read(capped, "scaled_dot", always=(always,))
