"""What is read beside what is declared to follow the scores: another normaliser, and what is made of the context."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

import attnproof

POST = "tanh(weight_c [context query])"


def by_softmax(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.mT).softmax(-1) @ value


def by_sigmoid(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.mT).sigmoid() @ value


def of_shifted(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    shift = torch.log(torch.tensor(float(key.shape[-2]), dtype=query.dtype))
    return (query @ key.mT - shift).sigmoid() @ value


def luong(query: Tensor, key: Tensor, value: Tensor, weight_c: Tensor) -> Tensor:
    return torch.tanh(torch.cat([by_softmax(query, key, value), query], -1) @ weight_c.mT)


def luong_halved(query: Tensor, key: Tensor, value: Tensor, weight_c: Tensor) -> Tensor:
    context = by_softmax(query / 2, key, value)
    return torch.tanh(torch.cat([context, query], -1) @ weight_c.mT)


@pytest.mark.parametrize(
    ("function", "normaliser"), [(by_sigmoid, "sigmoid"), (of_shifted, "sigmoid-log(n)"), (by_softmax, "softmax")]
)
def test_a_normaliser_is_proved_with_its_gradients(function: Callable[..., Tensor], normaliser: str) -> None:
    found = attnproof.read(function, "dot", normaliser=normaliser)
    assert found.equal, found.text()
    assert found.score == ("dot" if normaliser == "softmax" else f"dot | {normaliser}")


def test_another_normaliser_is_a_difference() -> None:
    found = attnproof.read(by_softmax, "dot", normaliser="sigmoid")
    assert found.differs
    assert found.differences == ("weights: a softmax over the keys; derived: sigmoid",)
    assert attnproof.read(by_sigmoid, "dot").differs
    assert attnproof.read(of_shifted, "dot", normaliser="sigmoid").differs


def test_what_is_made_of_the_context_is_part_of_the_derivation() -> None:
    found = attnproof.read(luong, "dot", post=POST, gradients=False)
    assert found.equal, found.text()
    assert found.score == f"dot | softmax | {POST}"
    wrong = attnproof.read(luong_halved, "dot", post=POST, gradients=False)
    assert wrong.differences == ("scores: q·k / 2; dot: q·k (1 / 2 times it)",)


@pytest.mark.slow
def test_gradients_through_what_is_made_of_the_context() -> None:
    found = attnproof.read(luong, "dot", post=POST)
    assert found.equal, found.text()
    assert found.gradients["weight_c"] == "equal"
