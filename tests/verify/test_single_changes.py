"""The one change with which the derivation is the program is named, whatever features it is about."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from attnproof.verify.checking.check import check

HEADS = "query=b h q d, key=b h k d, value=b h k v, context=b h q v"


def first(function: Callable[..., Any], score: str = "scaled_dot", **how: Any) -> str:
    usual: dict[str, Any] = {"profile": "quick", "dtypes": ("fp64",), "shrink": False, "properties": ("algebra",)}
    return check(function, score, **(usual | how)).diagnosis


def scores_of(query: Tensor, key: Tensor) -> Tensor:
    return query @ key.mT / math.sqrt(query.shape[-1])


def sunk(query: Tensor, key: Tensor, value: Tensor, *, sinks: Tensor | None = None) -> Tensor:
    scores = query @ key.mT
    if sinks is not None:
        scores = torch.cat([scores, sinks.view(-1, 1, 1).expand(*scores.shape[:-1], 1)], -1)
    weights = (scores / math.sqrt(query.shape[-1])).softmax(-1)
    return weights[..., : key.shape[-2]] @ value


def dropped(query: Tensor, key: Tensor, value: Tensor, *, dropout: Tensor | None = None) -> Tensor:
    scores = scores_of(query, key)
    powers = (scores - scores.amax(-1, keepdim=True)).exp() * (1.0 if dropout is None else dropout)
    return powers @ value / powers.sum(-1, keepdim=True)


def sloped(query: Tensor, key: Tensor, value: Tensor, *, slopes: Tensor | None = None) -> Tensor:
    scores = scores_of(query, key)
    n_q, n_k = scores.shape[-2:]
    if slopes is not None and n_q > 3:
        far = (torch.arange(n_q)[:, None] - torch.arange(n_k)).abs()
        scores = scores - slopes[:, None, None] * far
    return scores.softmax(-1) @ value


def clamped(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return scores_of(query, key).clamp(max=12.0).softmax(-1) @ value


class Backward(torch.autograd.Function):
    """A right forward pass; ``how`` says what its backward pass forgets."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, hidden: Tensor | None, how: str) -> Tensor:
        group = q.shape[1] // k.shape[1] if how == "group" else 1
        k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        scores = scores_of(q, k)
        weights = (scores if hidden is None else scores.masked_fill(hidden, -torch.inf)).softmax(-1)
        ctx.save_for_backward(q, k, v, weights)
        ctx.how, ctx.group = how, group
        return weights @ v

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        (grad,), (q, k, v, weights) = grads, ctx.saved_tensors
        if ctx.how == "window":
            weights = scores_of(q, k).softmax(-1)
        seen = slice(0, 64) if ctx.how == "channel" else slice(None)
        towards = grad[..., seen] @ v[..., seen].mT
        into = weights * (towards - (towards * weights).sum(-1, keepdim=True)) / math.sqrt(q.shape[-1])
        keys, values = into.mT @ q, weights.mT @ grad
        return into @ k, keys[:, :: ctx.group], values[:, :: ctx.group], None, None


def grouped(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return Backward.apply(query, key, value, None, "group")


def narrow(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return Backward.apply(query, key, value, None, "channel")


def windowed(query: Tensor, key: Tensor, value: Tensor, *, window: int | None = None) -> Tensor:
    hidden = None
    if window is not None:
        n_q, n_k = query.shape[-2], key.shape[-2]
        hidden = (torch.arange(n_q)[:, None] + n_k - n_q - torch.arange(n_k)).abs() > window
    return Backward.apply(query, key, value, hidden, "window")


def with_lse(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
    scores = scores_of(query, key)
    powers = (scores - scores.amax(-1, keepdim=True)).exp()
    total = powers.sum(-1)
    return powers @ value / total[..., None], total.log()


def multiplied(query: Tensor, key: Tensor, value: Tensor, *, mask: Tensor | None = None) -> Tensor:
    scores = scores_of(query, key)
    return (scores if mask is None else scores * mask).softmax(-1) @ value


def with_epsilon(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scores = scores_of(query, key)
    powers = (scores - scores.amax(-1, keepdim=True)).exp()
    return powers @ value / (powers.sum(-1, keepdim=True) + 0.125)


def narrow_scale(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scale = torch.tensor(query.shape[-1] ** -0.5, dtype=torch.bfloat16).to(query.dtype)
    return (query * scale @ key.mT).softmax(-1) @ value


def clipped(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scores = scores_of(query, key)
    powers = (scores - scores.amax(-1, keepdim=True)).clamp(min=-0.5).exp()
    return powers @ value / powers.sum(-1, keepdim=True)


TAKES = {"sunk": "sinks", "dropped": "dropout", "sloped": "slopes", "windowed": "window", "multiplied": "mask"}


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (sunk, "the sinks are divided by √d"),
        (dropped, "dropout is applied before the weights are normalised"),
        (sloped, "ALiBi is not used"),
        (grouped, "is that of the first head of each group alone, not the sum"),
        (windowed, "in the gradients the window is not used"),
        (clipped, "exponents are cut off at -0.5 (aten.exp"),
        (multiplied, "scores are q·k / √d where mask, and 0 elsewhere: not −∞"),
        (with_epsilon, "1 / 8 is added to the sum of the exponentials that are relative to the maximum"),
        (narrow_scale, "1/√d is rounded to bf16"),
        pytest.param(clamped, "are cut off at 12 (aten.", marks=pytest.mark.slow),
        pytest.param(
            narrow, "of the context's cotangent takes no part in the gradient of query", marks=pytest.mark.slow
        ),
    ],
)
def test_the_change_is_named(function: Callable[..., Any], words: str) -> None:
    takes = TAKES.get(function.__name__)
    contract = {"groups": "consecutive", "polarity": "true attends", "window": "both inclusive"}
    contract |= {"causal": "bottom-right"}
    how: dict[str, Any] = {"layout": HEADS, "contract": contract}
    how |= {"takes": ("groups",)} if function is grouped else {"takes": (takes,)} if takes else {}
    how |= {"profile": "standard"} if function in (clamped, grouped, narrow, narrow_scale) else {}
    assert words in first(function, **how)


def test_a_log_sum_exp_without_the_maximum() -> None:
    assert "the log-sum-exp lacks the maximum" in first(with_lse, outputs=("context=0", "lse=1"))


def test_slopes_that_are_aligned_otherwise_than_causal() -> None:
    def attention(
        query: Tensor, key: Tensor, value: Tensor, *, slopes: Tensor | None = None, causal: bool = False
    ) -> Tensor:
        scores = scores_of(query, key)
        n_q, n_k = scores.shape[-2:]
        if slopes is not None:
            scores = scores - slopes[:, None, None] * (torch.arange(n_q)[:, None] - torch.arange(n_k)).abs()
        if causal:
            scores = scores.masked_fill(torch.ones(n_q, n_k, dtype=torch.bool).triu(n_k - n_q + 1), -torch.inf)
        return scores.softmax(-1) @ value

    contract = {"causal": "bottom-right", "alibi": "distance"}
    assert "ALiBi is top-left" in first(attention, layout=HEADS, takes=("slopes", "causal"), contract=contract)


def test_a_weight_that_is_transposed_where_it_is_square() -> None:
    def attention(query: Tensor, key: Tensor, value: Tensor, weight: Tensor) -> Tensor:
        weight = weight.mT if weight.shape[-1] == weight.shape[-2] else weight
        return (query @ weight @ key.mT).softmax(-1) @ value

    found = first(attention, "bilinear", profile="standard")
    assert "weight is transposed where it is square" in found


def test_queries_that_are_repeated_in_another_order() -> None:
    def attention(query: Tensor, key: Tensor, value: Tensor, weight_query: Any, weight_key: Any, v: Any) -> Tensor:
        n_q, n_k = query.shape[1], key.shape[1]
        hidden = (query @ weight_query.mT).repeat(1, n_k, 1) + (key @ weight_key.mT).repeat(1, n_q, 1)
        return (hidden.tanh() @ v).view(-1, n_q, n_k).softmax(-1) @ value

    layout = "query=b q d, key=b k d, value=b k v, context=b q v"
    found = first(attention, "additive", layout=layout)
    assert "what tanh is taken of stands in another order than queries and keys: that of query 1, key 1" in found
