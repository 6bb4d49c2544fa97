"""A program's own numbers are tried in the quick profile, too: lengths of blocks, and scores beyond its constants."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

import attnproof


def streaming(*, first: float = -torch.inf, inverse: bool = False) -> Any:
    def attend(query: Tensor, key: Tensor, value: Tensor, block: int = 32) -> Tensor:
        largest = torch.full((*query.shape[:-1], 1), first, dtype=query.dtype)
        total = torch.zeros_like(largest)
        result = torch.zeros((*query.shape[:-1], value.shape[-1]), dtype=query.dtype)
        for start in range(0, key.shape[-2], block):
            scores = query @ key[..., start : start + block, :].mT * query.shape[-1] ** -0.5
            larger = torch.maximum(largest, scores.amax(-1, keepdim=True))
            powers = (scores - larger).exp()
            again = (larger - largest if inverse and start else largest - larger).exp()
            total = total * again + powers.sum(-1, keepdim=True)
            result = result * again + powers @ value[..., start : start + block, :]
            largest = larger
        return result / total.clamp_min(1e-30)

    return attend


def _checked(function: Any, name: str) -> Any:
    return attnproof.check(function, "scaled_dot", profile="quick", properties=(name,), dtypes=("fp64",), shrink=False)


@pytest.mark.parametrize("name", ["algebra", "range through query and key"])
def test_blocks_that_are_right_pass(name: str) -> None:
    found = _checked(streaming(), name)
    assert found.ok, found.summary()


def test_what_is_wrong_from_the_second_block_on_is_found() -> None:
    assert not _checked(streaming(inverse=True), "algebra").ok


def test_a_first_maximum_that_all_scores_are_below_is_found() -> None:
    found = _checked(streaming(first=-5e4), "range through query and key")
    assert "every score −2^17" in found.summary()
    assert not found.ok


class Buffered(torch.nn.Module):
    """Causal by a buffer of so many positions."""

    def __init__(self, most: int = 64) -> None:
        super().__init__()
        self.register_buffer("seen", torch.ones(most, most, dtype=torch.bool).tril())

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        n_q, n_k = query.shape[-2], key.shape[-2]
        scores = query @ key.mT * query.shape[-1] ** -0.5
        return scores.masked_fill(~self.seen[n_k - n_q : n_k, :n_k], -torch.inf).softmax(-1) @ value


class Jumping(Buffered):
    """No buffer, but what raises at one more than a tile, and not beyond."""

    def forward(self, query: Tensor, key: Tensor, value: Tensor, tile: int = 32) -> Tensor:
        if 2 * tile < key.shape[-2] <= 2 * tile + 1:
            raise IndexError("out of the tile")
        return torch.softmax(query @ key.mT * query.shape[-1] ** -0.5, -1) @ value


def test_a_size_that_is_the_largest_is_no_error() -> None:
    found = attnproof.check(
        Buffered, "scaled_dot", profile="quick", properties=("algebra",), dtypes=("fp64",), shrink=False,
        build="", always=("causal",),
    )  # fmt: skip
    assert found.ok, found.summary()
    assert "takes no sizes as" in found.summary(verbose=True)


def test_what_raises_in_the_midst_is_an_error() -> None:
    found = attnproof.check(
        Jumping, "scaled_dot", profile="standard", properties=("algebra",), dtypes=("fp64",), shrink=False, build=""
    )
    assert not found.ok
    assert any(each.outcome == "error" for each in found.findings)
