"""Mistakes that have a form of their own are named, with the line: parts that are not rescaled, terms that are scaled
with the product, numbers that are drawn.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
from torch import Tensor

from attnproof.verify.checking.check import check

BLOCK = 2


def scores_of(query: Tensor, key: Tensor) -> Tensor:
    return query @ key.mT / math.sqrt(query.shape[-1])


def streamed(query: Tensor, key: Tensor, value: Tensor, *, forgets: str = "") -> Tensor:
    """The online softmax; ``forgets`` to rescale one of its two running sums, or the blocks before the last in one."""
    largest = query.new_full((*query.shape[:-1], 1), -torch.inf)
    total, context = torch.zeros_like(largest), query.new_zeros((*query.shape[:-1], value.shape[-1]))
    for start in range(0, key.shape[-2], BLOCK):
        scores = scores_of(query, key[..., start : start + BLOCK, :])
        new = torch.maximum(largest, scores.amax(-1, keepdim=True))
        powers, factor = (scores - new).exp(), (largest - new).exp()
        total = (total * (forgets != "blocks") if forgets in ("total", "blocks") else total * factor) + powers.sum(
            -1, keepdim=True
        )
        context = (context if forgets == "context" else context * factor) + powers @ value[
            ..., start : start + BLOCK, :
        ]
        largest = new
    return context / total


def averaged(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Two parts of the keys, merged without their weights."""
    parts = [(scores_of(query, k), v) for k, v in zip(key.tensor_split(2, -2), value.tensor_split(2, -2), strict=True)]
    return torch.stack([scores.softmax(-1) @ v for scores, v in parts if v.shape[-2]]).mean(0)


def _first(function: Callable[..., Any], **how: Any) -> str:
    usual: dict[str, Any] = {"profile": "quick", "dtypes": ("fp64",), "shrink": False, "properties": ("algebra",)}
    return check(function, "scaled_dot", **(usual | how)).diagnosis


FIRST_BLOCKS = "keys 0 to 1 and keys 2 to 3"


@pytest.mark.parametrize(
    ("function", "keys"),
    [
        (partial(streamed, forgets="context"), FIRST_BLOCKS),
        pytest.param(partial(streamed, forgets="total"), FIRST_BLOCKS, marks=pytest.mark.slow),
        pytest.param(averaged, "keys 0 to 3 and keys 4 to 6", marks=pytest.mark.slow),
    ],
)
def test_parts_that_are_not_rescaled(function: Callable[..., Any], keys: str) -> None:
    found = _first(function)
    assert f"sums over {keys} are added" in found
    assert "test_causes.py:" in found.split("are added (")[1].split(")")[0]


def test_a_quotient_of_sums_over_different_keys() -> None:
    found = _first(partial(streamed, forgets="blocks"))
    assert "a sum over keys 0 to 6 is divided by one over key 6 (aten.div.Tensor at test_causes.py:" in found


def test_parts_that_are_rescaled_are_right() -> None:
    assert "NO FAULT FOUND" in _first(streamed)


def of_alibi(where: str) -> Callable[..., Tensor]:
    def attend(query: Tensor, key: Tensor, value: Tensor, slopes: Tensor) -> Tensor:
        n_q, n_k = query.shape[-2], key.shape[-2]
        gap = (torch.arange(n_q)[:, None] + n_k - n_q - torch.arange(n_k)).abs()
        added = -slopes[:, None, None] * gap
        product = query @ key.mT
        root = math.sqrt(query.shape[-1])
        scores = (product + added) / root if where == "with it" else product / root - added
        return scores.softmax(-1) @ value

    return attend


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("with it", "ALiBi is divided by √d (aten.div"),
        pytest.param("away", "ALiBi is subtracted (aten.sub", marks=pytest.mark.slow),
    ],
)
def test_what_is_added_is_not_scaled_with_the_product(where: str, words: str) -> None:
    assert words in _first(of_alibi(where), takes=("slopes",))


def test_numbers_that_are_drawn_are_the_cause() -> None:
    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return torch.nn.functional.dropout(scores_of(query, key).softmax(-1), 0.2) @ value

    torch.manual_seed(1)  # two draws may be alike
    found = _first(attend, properties=("algebra", "repeatable"))
    assert "two equal calls differ" in found
    assert "by random numbers" in found


def test_what_narrows_is_named_where_the_ring_sees_no_difference() -> None:
    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return scores_of(query, key).softmax(-1).bfloat16().to(value.dtype) @ value

    assert "rounds to bf16" in _first(attend, shrink=True)


def test_a_constant_of_a_narrow_format_is_named() -> None:
    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        scale = torch.tensor(query.shape[-1] ** -0.5, dtype=torch.float16).to(query.dtype)
        return (query @ key.mT * scale).softmax(-1) @ value

    assert "a constant of fp16 (aten._to_copy" in _first(attend, properties=("layout",), shrink=True)


@pytest.mark.slow
def test_a_step_beside_one_that_is_there_is_named() -> None:
    def turned(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        one, two = x.chunk(2, -1)
        return torch.cat([one * cos - two * sin, two * cos + one * sin], -1)

    def attend(
        query: Tensor,
        key: Tensor,
        value: Tensor,
        cos_query: Tensor,
        sin_query: Tensor,
        cos_key: Tensor,
        sin_key: Tensor,
    ) -> Tensor:
        backwards = turned(query, cos_query, -sin_query)
        return scores_of(backwards, turned(key, cos_key, sin_key)).softmax(-1) @ value

    found = _first(attend, takes=("rotary",))
    assert "the rotated key can be found in it" in found
    assert "the rotated query cannot" in found


def test_the_end_of_a_band_is_counted_from_numbers_of_positions() -> None:
    def attend(query: Tensor, key: Tensor, value: Tensor, causal: bool = False) -> Tensor:
        scores = scores_of(query, key)
        n_q, n_k = scores.shape[-2:]
        hidden = torch.ones(n_q, n_k, dtype=torch.bool).triu(n_k - n_q + 2)
        return (scores.masked_fill(hidden, -torch.inf) if causal else scores).softmax(-1) @ value

    assert "causal keeps j ≤ 1 + i + n_k - n_q" in _first(attend, takes=("causal",))


def test_a_sink_that_takes_no_part_is_no_crash() -> None:
    def attend(query: Tensor, key: Tensor, value: Tensor, sink: Tensor | None = None) -> Tensor:
        scores = scores_of(query, key)
        if sink is None:
            return scores.softmax(-1) @ value
        powers = (scores - scores.amax(-1, keepdim=True)).exp()
        return powers @ value / (powers.sum(-1, keepdim=True) + torch.exp(sink))

    assert "FAULT FOUND (algebra)" in _first(attend, takes=("sink",))


def test_what_is_seen_is_told_of_a_mask_that_is_wrong_only_where_it_is_square() -> None:
    def attend(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
        scores = scores_of(query, key)
        if mask is None:
            return scores.softmax(-1) @ value
        whole = mask.mT if mask.shape[-1] == mask.shape[-2] else mask
        return scores.masked_fill(~whole, -torch.inf).softmax(-1) @ value

    assert "the mask is transposed" in _first(attend, takes=("mask",))


def test_heads_of_keys_that_take_no_part_are_named() -> None:
    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        share = query.shape[1] // key.shape[1]
        first = key[:, :1] if share > 1 else key
        return scores_of(query, first).softmax(-1) @ value.repeat_interleave(share, 1)

    layout = "query=b h q d, key=b h k d, value=b h k v, context=b h q v"
    assert "key is taken of the first head for every head" in _first(attend, takes=("groups",), layout=layout)


def test_the_plainest_failure_is_told() -> None:
    """Of the gradient that is wrong, where no other is the same tensor's."""

    class Attend(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, value: Tensor, weights: Tensor, drop: Tensor) -> Tensor:
            ctx.save_for_backward(value, weights, drop)
            return (weights * drop) @ value

        @staticmethod
        def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
            value, weights, drop = ctx.saved_tensors
            return weights.mT @ grad, grad @ value.mT * drop, None

    def attend(query: Tensor, key: Tensor, value: Tensor, dropout: Tensor | None = None) -> Tensor:
        drop = query.new_ones(()) if dropout is None else dropout
        found: Tensor = Attend.apply(value, scores_of(query, key).softmax(-1), drop)  # type: ignore[no-untyped-call]
        return found

    assert "the gradient of value: the weights stand for the weights after dropout: grad.value: " in _first(
        attend, takes=("dropout",)
    )


def test_a_factor_of_the_scores_is_named_where_it_depends_on_heads() -> None:
    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        share = query.shape[1] // key.shape[1]
        keys, values = (x.repeat_interleave(share, 1) for x in (key, value))
        return (query @ keys.mT / math.sqrt(share * query.shape[-1])).softmax(-1) @ values

    layout = "query=b h q d, key=b h k d, value=b h k v, context=b h q v"
    found = _first(attend, takes=("groups",), layout=layout)
    assert "the scores have a factor that is not theirs (aten.div.Tensor at test_causes.py:" in found


class KeepsItsMask(torch.nn.Module):
    """The first mask of these shapes is that of all later calls."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[Any, Tensor] = {}

    def forward(self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
        scores = scores_of(query, key)
        if mask is not None:
            self.kept.setdefault(scores.shape, mask)
        mask = self.kept.get(scores.shape)
        return (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(-1) @ value


def test_a_mask_that_is_kept_is_state() -> None:
    found = _first(KeepsItsMask, takes=("mask",), build="")
    assert "FAULT FOUND (state)" in found
    assert "is right where nothing was asked before" in found


def test_keys_that_are_left_out_come_before_the_form_of_the_weights() -> None:
    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        whole = key.shape[-2] // 4 * 4 or key.shape[-2]
        return scores_of(query, key[..., :whole, :]).softmax(-1) @ value[..., :whole, :]

    found = _first(attend)
    assert "keys those from 4 on are not seen" in found.split(";")[0]
    assert "which is no softmax" in found
