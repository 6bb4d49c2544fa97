"""Formulas without end: what a reading costs is counted, and it says what it left open."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

import attnproof
from attnproof.verify.reading.lifting import matching, normal
from attnproof.verify.reading.lifting.reading import LEFT_OPEN, TOO_MUCH


def attention(of_scores: Callable[[Tensor], Tensor] = lambda scores: scores) -> Callable[..., Tensor]:
    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return of_scores(query @ key.mT / math.sqrt(query.shape[-1])).softmax(-1) @ value

    return attend


def nested(scores: Tensor) -> Tensor:
    for _ in range(12):
        scores = torch.tanh(scores) + 0.5
    return scores


def doubling(scores: Tensor) -> Tensor:
    """Each step uses the one before twice: written out it has as many parts as two to the number of steps."""
    for _ in range(20):
        scores = scores + torch.tanh(scores)
    return scores


def test_functions_of_functions_are_real_numbers() -> None:
    """SymPy takes tanh of what may be complex apart into real and imaginary parts, twelve deep in minutes."""
    found = attnproof.read(attention(nested), "scaled_dot", gradients=False)
    (words,) = found.differences
    assert words.count("tanh(") == 12
    assert "(tanh added)" in words


def test_a_formula_that_is_too_large_is_not_written() -> None:
    found = attnproof.read(attention(doubling), "scaled_dot")
    assert found.verdict == "different"
    assert found.differs
    assert found.differences == (f"scores: other than the derivation's ({TOO_MUCH})",)
    assert [equation.target.name for equation in found.equations] == ["weights", "context"]


def test_what_is_left_open_is_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (matching, normal):
        monkeypatch.setattr(module, "MOST_STEPS", 5)
    found = attnproof.read(attention(), "scaled_dot")
    assert found.verdict == "undecided"
    assert not found.differs
    assert not found.equal
    assert LEFT_OPEN in found.notes
