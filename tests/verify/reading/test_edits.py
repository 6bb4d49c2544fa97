"""A program that one change of the derivation explains, in all its results, is told that change."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from attnproof.verify.checking.check import check

ALONE = "query=q d, key=k d, value=k v, context=q v"
BATCH = "query=b q d, key=b k d, value=b k v, context=b q v"
HEADS = "query=b h q d, key=b h k d, value=b h k v, context=b h q v"
NEVER = -math.inf


def told(function: Callable[..., Any], layout: str, **how: Any) -> str:
    usual: dict[str, Any] = {"profile": "quick", "dtypes": ("fp64",), "shrink": False, "properties": ("algebra",)}
    return check(function, "scaled_dot", layout=layout, **(usual | how)).diagnosis


def scores_of(query: Tensor, key: Tensor) -> Tensor:
    return query @ key.mT / math.sqrt(query.shape[-1])


def of(scores: Tensor, value: Tensor) -> Tensor:
    return scores.softmax(-1).nan_to_num() @ value


def padded(query: Tensor, key: Tensor, value: Tensor, lengths: Tensor | None = None) -> Tensor:
    scores = scores_of(query, key)
    if lengths is None:
        return of(scores, value)
    return of(scores.masked_fill(torch.arange(key.shape[1]) > lengths[:, None, None], NEVER), value)


def late(query: Tensor, key: Tensor, value: Tensor, causal: bool = False) -> Tensor:
    weights = scores_of(query, key).softmax(-1)
    offset = key.shape[-2] - query.shape[-2]
    return (weights.tril(offset) if causal else weights) @ value


def narrow(query: Tensor, key: Tensor, value: Tensor, window: int | None = None) -> Tensor:
    scores = scores_of(query, key)
    rows = torch.arange(query.shape[-2])[:, None] + key.shape[-2] - query.shape[-2]
    gap = (rows - torch.arange(key.shape[-2])).abs()
    return of(scores if window is None else scores.masked_fill(gap > window - 1, NEVER), value)


def sloped(query: Tensor, key: Tensor, value: Tensor, slopes: Tensor | None = None) -> Tensor:
    scores = scores_of(query, key)
    rows = torch.arange(query.shape[-2])[:, None] + key.shape[-2] - query.shape[-2]
    gap = (rows - torch.arange(key.shape[-2])).abs()
    return of(scores if slopes is None else scores - slopes[0] * gap, value)


def largest(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scores = scores_of(query, key)
    if key.shape[-2] > 4:
        scores = scores.masked_fill(scores < scores.topk(4, -1).values[..., -1:], NEVER)
    return of(scores, value)


def capped(
    query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None, softcap: float | None = None
) -> Tensor:
    scores = scores_of(query, key) + (0.0 if bias is None else bias)
    return of(scores if softcap is None else softcap * torch.tanh(scores / softcap), value)


def neighbours(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return of(scores_of(query, key), value.roll(-1, 0))


def merged(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    found = of(scores_of(query, key), value)
    b, h, q, v = found.shape
    return found.transpose(1, 2).reshape(b, h, q, v)


def turned(query: Tensor, key: Tensor, value: Tensor, **tables: Tensor) -> Tensor:
    if not tables:
        return of(scores_of(query, key), value)

    def rotated(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        one, two = x.chunk(2, -1)
        return torch.cat([one * cos + two * sin, two * cos - one * sin], -1)

    turned_query = rotated(query, tables["cos_query"], tables["sin_query"])
    return of(scores_of(turned_query, rotated(key, tables["cos_key"], tables["sin_key"])), value)


def filled(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    more = -key.shape[-2] % 4
    return of(
        scores_of(query, torch.nn.functional.pad(key, (0, 0, 0, more))), torch.nn.functional.pad(value, (0, 0, 0, more))
    )


def across(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return scores_of(query, key).softmax(-3) @ value


class Backward(torch.autograd.Function):
    """A right forward pass; ``how`` says what is wrong backwards."""

    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, v: Tensor, drop: Tensor, how: str) -> Tensor:
        weights = scores_of(q, k).softmax(-1)
        ctx.save_for_backward(q, k, v, weights, drop)
        ctx.how = how
        return (weights * drop) @ v

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Any:
        q, k, v, weights, drop = ctx.saved_tensors
        how, scale = ctx.how, q.shape[-1] ** -0.5
        grad_weights = grad @ v.mT * (1.0 if how == "undropped" else drop)
        total = (weights * grad_weights).sum(-2 if how == "other axis" else -1, keepdim=True)
        grad_scores = (weights if how != "no weights" else 1.0) * (grad_weights - total) * scale
        grad_key = grad_scores.mT @ q / (scale if how == "unscaled" else 1.0)
        return grad_scores @ k, grad_key, (weights * drop).mT @ grad, None, None


def backwards(how: str) -> Callable[..., Tensor]:
    def attend(query: Tensor, key: Tensor, value: Tensor, dropout: Tensor | None = None) -> Tensor:
        drop = query.new_ones(()) if dropout is None else dropout
        found: Tensor = Backward.apply(query, key, value, drop, how)  # type: ignore[no-untyped-call]
        return found

    return attend


@pytest.mark.parametrize(
    ("function", "layout", "takes", "words"),
    [
        pytest.param(padded, BATCH, "lengths", "the lengths let one key too many be seen", id="padded"),
        pytest.param(late, ALONE, "causal", "weights are hidden by causal after the softmax", id="late"),
        pytest.param(narrow, ALONE, "window", "the window is both exclusive (declared: both inclusive)", id="narrow"),
        pytest.param(sloped, HEADS, "slopes", "the slope of the first head is used for all heads", id="sloped"),
        pytest.param(largest, ALONE, "", "only the 4 largest scores of each query are kept", id="largest"),
        pytest.param(capped, ALONE, "bias,softcap", "the bias is added before the soft-cap", id="capped"),
        pytest.param(neighbours, BATCH, "", "element after it", id="neighbours"),
        pytest.param(merged, HEADS, "", "the result is handed back with heads and queries", id="merged"),
        pytest.param(across, HEADS, "", "softmax runs over the heads, not over the keys", id="across"),
        pytest.param(filled, ALONE, "", "padding that is not hidden", id="filled"),
        pytest.param(turned, ALONE, "rotary", "sin_query and sin_key are of the other sign", id="turned"),
    ],
)
def test_a_wrong_result(function: Callable[..., Any], layout: str, takes: str, words: str) -> None:
    named = tuple(takes.split(",")) if takes else ()
    contract = {"causal": "bottom-right", "window": "both inclusive"}
    assert words in told(function, layout, takes=named, contract=contract)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("unscaled", "the gradient of key: 1/√d is missing as a factor"),
        ("no weights", "the gradient of logits: the weights are missing as a factor"),
        ("other axis", "a sum runs over the queries, not over the keys"),
        ("undropped", "the gradient of weights: the dropout is missing as a factor"),
    ],
)
def test_a_wrong_gradient(how: str, words: str) -> None:
    takes = ("dropout",) if how == "undropped" else ()
    contract = {"dropout": "included"}
    assert words in told(backwards(how), ALONE, takes=takes, contract=contract)


def test_another_tensor_is_handed_back() -> None:
    def attend(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor]:
        scores = scores_of(query, key)
        return scores.softmax(-1) @ value, scores

    layout = f"{ALONE}, weights=q k"
    assert "what is handed back as weights is the scores" in told(attend, layout, outputs=("context=0", "weights=1"))


def test_a_change_explains_wrong_answers_of_several_sizes() -> None:
    """At one of them, with so few queries, a window of earlier keys alone would do as well."""

    def attend(query: Tensor, key: Tensor, value: Tensor, window: int | None = None) -> Tensor:
        scores = scores_of(query, key)
        if window is None:
            return of(scores, value)
        keys = torch.arange(key.shape[-2])
        rows = torch.arange(query.shape[-2])[:, None] + key.shape[-2] - query.shape[-2]
        return of(scores.masked_fill(((rows - keys).abs() > window) & (keys > 0), NEVER), value)

    contract = {"causal": "bottom-right", "window": "both inclusive"}
    assert "the first key is always seen" in told(attend, ALONE, takes=("window",), contract=contract)


def test_nothing_is_named_where_nothing_is_wrong() -> None:
    assert "NO FAULT FOUND" in told(backwards(""), ALONE)
