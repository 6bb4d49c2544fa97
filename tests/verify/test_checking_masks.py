"""Masks as people hand them over: their layout found by asking, keys alone, required, beside a setup; and no accusation
of what is right.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pytest
import torch
from torch import Tensor

import attnproof
from attnproof.verify.checking.declared import Declaration, make_target
from attnproof.verify.checking.neutral import arguments, neutral, required

HEADS = "query=b h q d, key=b h k d, value=b h k v, context=b h q v"
PLAIN = "query=b q d, key=b k d, value=b k v, context=b q v"
MERGED = "query=b q (h d), key=b k (h d), value=b k (h d), context=b q (h d)"
ASKED = ("masks", "masked keys unseen", "masked row", "nothing kept")


def attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -torch.inf)
    dead = torch.isneginf(scores).all(-1, keepdim=True)
    return torch.softmax(scores.masked_fill(dead, 0), -1).masked_fill(dead, 0) @ value


def four_axes(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    if mask is not None and mask.ndim != 4:
        raise ValueError(f"a mask has four axes, not {mask.ndim}")
    return attention(query, key, value, mask)


def without_heads(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    return four_axes(query, key, value, mask[:, None])


def padding(query: Tensor, key: Tensor, value: Tensor, key_padding_mask: Tensor) -> Tensor:
    return attention(query, key, value, ~key_padding_mask[:, None, :])


def torch_heads(query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None) -> Tensor:
    layer = torch.nn.MultiheadAttention(query.shape[-1], 3, batch_first=True, dtype=query.dtype)
    result: Tensor = layer(query, key, value, attn_mask=attn_mask, need_weights=False)[0]
    return result


class Padded(torch.nn.Module):
    def forward(self, query: Tensor, key: Tensor, value: Tensor, lengths: Tensor | None = None) -> Tensor:
        shown = None if lengths is None else torch.arange(key.shape[-2]) < lengths[..., None, None]
        return attention(query, key, value, shown)


def nothing(module: Any, given: Any) -> dict[str, Tensor]:
    return {}


def layout_of(function: Any, layout: str, **declared: Any) -> tuple[Any, bool]:
    target = make_target(Declaration("x", "scaled_dot", layout=layout, takes=("mask",), **declared), function)
    call: Any = target.ask
    return call.function.layouts.axes.get("mask"), target.padding


@pytest.mark.parametrize(
    ("function", "layout", "name", "expected"),
    [
        (four_axes, HEADS, "mask", (("b",), ("h",), ("q",), ("k",))),
        (without_heads, HEADS, "mask", (("b",), ("q",), ("k",))),
        (torch_heads, MERGED, "attn_mask", (("b", "h"), ("q",), ("k",))),
        (padding, PLAIN, "key_padding_mask", (("b",), ("k",))),
    ],
)
def test_the_layout_of_a_mask_is_found(function: Any, layout: str, name: str, expected: Any) -> None:
    assert layout_of(function, layout, arguments=(f"mask={name}",)) == (expected, expected[-2] != ("q",))


def test_what_answers_in_no_layout_keeps_the_mask_as_it_is() -> None:
    def never(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
        raise RuntimeError("no kernel")

    assert layout_of(never, HEADS) == (None, False)


@pytest.mark.parametrize(
    ("function", "declared"),
    [
        (four_axes, {"layout": HEADS}),
        (without_heads, {"layout": HEADS}),
        (
            padding,
            {"layout": PLAIN, "arguments": ("mask=key_padding_mask",), "contract": {"polarity": "true masks"}},
        ),
    ],
)
def test_what_is_right_is_not_accused(function: Any, declared: Any) -> None:
    report = attnproof.check(
        function, "scaled_dot", properties=ASKED, dtypes=("fp32",), takes=("mask",), shrink=False, **declared
    )
    assert [(f.property, f.reason) for f in report.findings if f.outcome in ("fail", "error")] == []
    assert any(f.outcome == "pass" and f.property == "masked keys unseen" for f in report.findings)


def test_a_mask_of_keys_that_leaks_is_caught() -> None:
    def leaks(query: Tensor, key: Tensor, value: Tensor, key_padding_mask: Tensor) -> Tensor:
        scores = query @ key.mT / math.sqrt(query.shape[-1])
        return torch.softmax(scores + torch.where(key_padding_mask, -3.0, 0.0)[:, None, :].to(scores.dtype), -1) @ value

    report = attnproof.check(
        leaks,
        "scaled_dot",
        properties=ASKED,
        dtypes=("fp32",),
        takes=("mask",),
        layout=PLAIN,
        arguments=("mask=key_padding_mask",),
        contract={"polarity": "true masks"},
        shrink=False,
    )
    assert {f.property for f in report.findings if f.outcome == "fail"} >= {"masks", "masked keys unseen"}


def test_lengths_arrive_beside_a_setup() -> None:
    report = attnproof.check(
        Padded,
        "scaled_dot",
        properties=("masks", "masked keys unseen"),
        dtypes=("fp64",),
        takes=("lengths",),
        build="",
        setup=f"{__name__}:nothing",
        shrink=False,
    )
    assert report.ok, report.summary()


def test_fp32_inside_half_precision_behind_a_layout() -> None:
    """A batch that the layout spreads is summed outside the target, of gradients that were rounded."""

    def wide(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return attention(query.float(), key.float(), value.float()).to(query.dtype)

    report = attnproof.check(
        wide,
        "scaled_dot",
        properties=("values", "layout", "combinations"),
        dtypes=("bf16",),
        profile="quick",
        layout=HEADS,
        contract={"computes_in": "fp32"},
        shrink=False,
    )
    assert report.ok, report.summary()


def test_a_masked_row_may_be_the_mean_in_the_accuracy_that_is_declared() -> None:
    def single(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
        scores = (query @ key.mT / math.sqrt(query.shape[-1])).float()
        if mask is not None:
            scores = scores.masked_fill(~mask, -1e30)
        return (scores.softmax(-1) @ value.float()).to(query.dtype)

    report = attnproof.check(
        single,
        "scaled_dot",
        properties=("masked row",),
        dtypes=("fp64",),
        takes=("mask",),
        contract={"computes_in": "fp32", "masked_row": "uniform"},
        shrink=False,
    )
    assert report.ok, report.summary()


def test_an_adapter_may_say_that_it_is_not_made_for_a_request() -> None:
    def several(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        if query.shape[-2] == 1:
            raise attnproof.Unsupported("two queries or more")
        return attention(query, key, value)

    report = attnproof.check(several, "scaled_dot", properties=("values",), dtypes=("fp64",), shrink=False)
    counts = Counter(finding.outcome for finding in report.findings)
    assert report.ok
    assert counts["pass"] > 0
    assert counts["unsupported"] > 0
    assert counts["error"] == 0
    refused = next(f for f in report.findings if f.outcome == "unsupported")
    assert "two queries or more" in str(refused.reason)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        ("width=d*w", "no size 'w'"),
        ("width=d, depth=3", "unexpected keyword argument 'depth'"),
        (None, "missing a required"),
    ],
)
def test_a_build_that_cannot_be_is_bad_input(build: str | None, message: str) -> None:
    class Layer(torch.nn.Module):
        def __init__(self, width: int) -> None:
            super().__init__()
            self.width = width

    with pytest.raises(ValueError, match=message):
        attnproof.check(Layer, "scaled_dot", build=build)


def test_what_is_required_is_what_has_no_default() -> None:
    assert required(padding) == {"query", "key", "value", "key_padding_mask"}
    assert required(Padded()) == {"query", "key", "value"}
    assert required(torch.softmax) == frozenset()  # no signature


def test_neutral_values_change_nothing() -> None:
    given = {"query": torch.ones(2, 3, 4), "key": torch.ones(2, 5, 4)}
    found = neutral(arguments(("mask", "bias", "lengths", "dropout", "window", "rotary")), given, (2,), "true masks")
    assert not found["mask"].any()
    assert found["mask"].shape == (3, 5)
    assert found["bias"].abs().sum() == 0
    assert found["lengths"].tolist() == [5, 5]
    assert found["dropout"].min() == 1
    assert found["window"] == 8
    assert found["cos_key"].min() == 1
    assert found["sin_query"].max() == 0
