"""Masks as people hand them over: their layout found by asking, keys alone, required, beside a setup; and no accusation
of what is right.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import attnproof
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.making import make_target
from attnproof.verify.checking.neutral import arguments, neutral, required
from attnproof.verify.inputs.case import Case
from attnproof.verify.targets.target import FEATURES, Request, Unsupported

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


def seen_by(query: Tensor, key: Tensor, lengths: Tensor) -> Tensor:
    return torch.arange(key.shape[-2]) < lengths[..., None]


def of_elements(query: Tensor, key: Tensor, value: Tensor, lengths: Tensor | None = None) -> Tensor:
    if lengths is None:
        return attention(query, key, value)
    seen = seen_by(query, key, lengths).reshape(-1, *(1,) * (query.ndim - 2), key.shape[-2])
    return attention(query, key, value, seen)


def of_heads(query: Tensor, key: Tensor, value: Tensor, lengths: Tensor | None = None) -> Tensor:
    """Lengths of every element and head."""
    if lengths is not None and lengths.shape != query.shape[:-2]:
        raise ValueError("lengths (b, h)")
    return attention(query, key, value, None if lengths is None else seen_by(query, key, lengths)[..., None, :])


def of_queries(query: Tensor, key: Tensor, value: Tensor, lengths: Tensor | None = None) -> Tensor:
    if lengths is not None and lengths.shape != query.shape[:-1]:
        raise ValueError("lengths (b, q)")
    return attention(query, key, value, None if lengths is None else seen_by(query, key, lengths))


def of_queries_shifted(query: Tensor, key: Tensor, value: Tensor, lengths: Tensor | None = None) -> Tensor:
    """Each query is given the length of the one before."""
    return of_queries(query, key, value, None if lengths is None else lengths.roll(1, -1))


def keys_bias(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None) -> Tensor:
    """A bias of keys alone, (b, k), as a mask in single precision is written."""
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    if bias is not None:
        if bias.shape != (key.shape[0], key.shape[-2]):
            raise ValueError("bias (b, k)")
        scores = scores + bias.reshape(-1, *(1,) * (query.ndim - 2), key.shape[-2])
    dead = torch.isneginf(scores).all(-1, keepdim=True)
    return torch.softmax(scores.masked_fill(dead, 0), -1).masked_fill(dead, 0) @ value


def keys_bias_twice(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None) -> Tensor:
    return keys_bias(query, key, value, None if bias is None else 2 * bias)


def heads_only(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None) -> Tensor:
    if bias is not None and bias.ndim != 3:
        raise ValueError("bias (h, q, k)")
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    return torch.softmax(scores if bias is None else scores + bias, -1) @ value


def one_row(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    """A mask (b, 1, 1, k)."""
    if mask is not None and (mask.ndim != 4 or mask.shape[1:3] != (1, 1)):
        raise ValueError("mask (b, 1, 1, k)")
    return attention(query, key, value, mask)


def layout_of(function: Any, layout: str, name: str = "mask", **declared: Any) -> tuple[Any, bool]:
    target = make_target(Declaration("x", "scaled_dot", layout=layout, takes=(name,), **declared), function)
    call: Any = target.ask
    assert dict(target.laid_out).keys() <= {name}
    return call.function.layouts.axes.get(name), name in target.keys_alone


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


@pytest.mark.parametrize(
    ("function", "layout", "name", "expected"),
    [
        (of_elements, PLAIN, "lengths", (("b",),)),
        (of_elements, HEADS, "lengths", (("b",),)),
        (of_heads, HEADS, "lengths", (("b",), ("h",))),
        (of_queries, PLAIN, "lengths", (("b",), ("q",))),
        (heads_only, HEADS, "bias", (("h",), ("q",), ("k",))),
        (keys_bias, HEADS, "bias", (("b",), ("k",))),
        (one_row, HEADS, "mask", (("b",), (), (), ("k",))),
        (one_row, "", "mask", (("b",), (), (), ("k",))),
        (keys_bias, "", "bias", (("b",), ("k",))),
        (attention, "", "mask", None),
    ],
)
def test_other_layouts_are_found(function: Any, layout: str, name: str, expected: Any) -> None:
    keys = name != "lengths" and expected is not None and ("q",) not in expected
    assert layout_of(function, layout, name) == (expected, keys)


def test_a_layout_that_says_no_more_than_our_own_is_none() -> None:
    """A target that raises unless it is given a batch is not made right by giving it one."""

    def batched(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is not None and query.ndim < 3:
            raise ValueError("no batch")
        return attention(query, key, value, mask)

    assert layout_of(batched, "") == (None, False)


FEATURED = ("algebra", "masks", "low visible scores")


@pytest.mark.parametrize(
    ("function", "name", "layout", "right"),
    [
        (of_queries, "lengths", "lengths=b q", True),
        (of_queries_shifted, "lengths", "lengths=b q", False),
        (of_queries, "lengths", "", True),
        (keys_bias, "bias", "", True),
        (keys_bias_twice, "bias", "", False),
        (padding, "mask", "", True),
    ],
)
def test_what_is_asked_of_keys_alone_and_of_lengths(function: Any, name: str, layout: str, right: bool) -> None:
    """Composed questions, gradients too, where the layout is found and where it is declared."""
    renamed = {"arguments": ("mask=key_padding_mask",), "contract": {"polarity": "true masks"}}
    report = attnproof.check(
        function,
        "scaled_dot",
        profile="quick",
        properties=FEATURED,
        dtypes=("fp64",),
        takes=(name,),
        layout=f"{PLAIN}, {layout}",
        shrink=False,
        **(renamed if name == "mask" else {}),
    )
    assert report.ok is right, report.summary()
    outcomes = {verdict.property: verdict.outcome for verdict in report.verdicts}
    assert not right or {outcomes["algebra"], outcomes["masks"], outcomes["low visible scores"]} == {"pass"}, outcomes
    read = [f.quantity for f in report.findings if f.property == "algebra" and f.outcome == "pass"]
    assert ("grad.bias" in read) == (name == "bias" and right)


def test_lengths_have_no_axis_of_keys() -> None:
    with pytest.raises(ValueError, match="no axis 'k'"):
        Declaration("x", "dot", layout=f"{PLAIN}, lengths=b k")


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


class Listening(torch.nn.Module):
    """Notes what it is given."""

    given: frozenset[str] = frozenset()

    def forward(self, query: Tensor, key: Tensor, value: Tensor, **more: Any) -> Tensor:
        Listening.given |= {*more}
        return attention(query, key, value)


def test_every_feature_arrives_beside_a_setup() -> None:
    """But for what a setup is there to fill in, and heads of keys, which are no argument."""
    features = tuple(name for name in FEATURES if name not in ("bias_hidden", "groups"))
    declared = Declaration("x", "scaled_dot", takes=features, build="", setup=f"{__name__}:nothing")
    target = make_target(declared, Listening)
    Listening.given = frozenset()
    every = {name: np.ones((3, 3)) for name in arguments(features)}
    inputs = {"query": np.ones((2, 3, 4)), "key": np.ones((2, 3, 4)), "value": np.ones((2, 3, 4))}
    case = Case("scaled_dot", inputs, np.ones((2, 3, 4)))
    target.ask(Request(case, {**inputs, **every}, gradients=()))
    assert Listening.given == {*every}


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


@pytest.mark.parametrize(("declared", "ok"), [({}, True), ({"masked_row": "uniform"}, False)])
def test_a_row_of_a_bias_may_be_what_its_numbers_are(declared: dict[str, str], ok: bool) -> None:
    """A softmax of a row of −∞ is not a number; the least number where a mask hides gives the mean: both are common."""

    def both(
        query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None, mask: Tensor | None = None
    ) -> Tensor:
        scores = query @ key.mT / math.sqrt(query.shape[-1])
        scores = scores if bias is None else scores + bias
        scores = scores if mask is None else scores.masked_fill(~mask, torch.finfo(scores.dtype).min)
        return scores.softmax(-1) @ value

    names, takes = ("masked row",), ("bias", "mask")
    given = {"properties": names, "dtypes": ("fp64",), "takes": takes, "contract": declared, "shrink": False}
    report = attnproof.check(both, "scaled_dot", **given)
    assert report.ok == ok
    assert ok == any(each.outcome == "differs by contract" for each in report.findings)


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
    given = {"query": torch.ones(2, 3, 3), "key": torch.ones(2, 5, 3)}
    assert neutral(("mask",), given, (2,), "true masks")
    with pytest.raises(Unsupported, match="3 features have no pairs"):
        neutral(arguments(("rotary",)), given, (2,), "true masks")
