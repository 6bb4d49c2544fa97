"""Self-attention by one tensor is read at the first queries; a projection that is the identity is none."""

from __future__ import annotations

import math
from typing import Any, Final

import pytest
import torch
from torch import Tensor, nn

import attnproof

ONE: Final[dict[str, Any]] = {"same": ("query=key=value",), "arguments": ("query=x",)}


class Layer(nn.Module):
    """One projection for queries, keys and values, with heads."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)

    def forward(self, x: Tensor, causal: bool = False) -> Tensor:
        shape = (*x.shape[:2], 3, self.heads, x.shape[-1] // self.heads)
        query, key, value = self.qkv(x).reshape(shape).permute(2, 0, 3, 1, 4).unbind(0)
        scores = query @ key.mT * shape[-1] ** -0.5
        if causal:
            scores = scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -math.inf)
        context: Tensor = self.out((scores.softmax(-1) @ value).transpose(1, 2).reshape(x.shape))
        return context


LAYER: Final[dict[str, Any]] = {
    "build": "width=h*d, heads=h",
    "layout": "query=b q (h d), key=b k (h d), value=b k (h d), context=b q (h d)",
    "parameters": ("qkv.weight=[eye; eye; eye]", "qkv.bias=0", "out.weight=eye", "out.bias=0"),
}


def plain(x: Tensor) -> Tensor:
    return torch.softmax(x @ x.mT / math.sqrt(x.shape[-1]), -1) @ x


def wide(x: Tensor) -> Tensor:
    return torch.softmax(x @ x.mT / x.shape[-1], -1) @ x


def masked(x: Tensor, mask: Tensor) -> Tensor:
    return (x @ x.mT / math.sqrt(x.shape[-1])).masked_fill(~mask, -math.inf).softmax(-1) @ x


def square(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    assert query.shape == key.shape
    return torch.softmax(query @ key.mT / math.sqrt(query.shape[-1]), -1) @ value


@pytest.mark.parametrize(
    ("function", "declared", "options"),
    [
        (plain, ONE, ()),
        (masked, {**ONE, "takes": ("mask",)}, ("mask",)),
        (square, {"equal": ("q=k",)}, ()),
        (Layer, {**ONE, **LAYER}, ()),
        (Layer, {**ONE, **LAYER, "takes": ("causal",)}, ("mask j ≤ i",)),
    ],
)
def test_as_many_queries_as_keys(function: Any, declared: dict[str, Any], options: tuple[str, ...]) -> None:
    found = attnproof.read(function, score="scaled_dot", **declared)
    assert found.equal, found.text()
    assert found.options == options
    assert not found.gradients  # they are sums over all queries
    assert "the first 3 of 5 and 5 of 11 queries, not that of the others" in found.notes[-1]


def test_what_is_wrong_is_told_by_formula() -> None:
    found = attnproof.read(wide, score="scaled_dot", **ONE)
    assert found.differs
    assert "q·q / d; scaled_dot: q·q / √d" in found.text()


def test_projections_that_are_the_identity() -> None:
    class Projected(nn.Module):
        def __init__(self, width: int) -> None:
            super().__init__()
            self.first, self.last = nn.Linear(width, width), nn.Linear(width, width)

        def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
            scores = self.first(query) @ self.first(key).mT / math.sqrt(query.shape[-1])
            context: Tensor = self.last(scores.softmax(-1) @ value)
            return context

    names = ("first.weight=eye", "first.bias=0", "last.weight=eye", "last.bias=0")
    found = attnproof.read(Projected, score="scaled_dot", build="width=d", equal=("d_v=d",), parameters=names)
    assert found.equal, found.text()
    assert set(found.gradients) == {"query", "key", "value"}
    twice = ("first.weight=2*eye", *names[1:])
    other = attnproof.read(Projected, score="scaled_dot", build="width=d", equal=("d_v=d",), parameters=twice)
    assert other.differs, other.text()
