"""``attnproof check``'s ways of describing a target, each with one that is right and one that is wrong; and what is
looked for in calls.
"""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import nn

import attnproof
from attnproof.verify.checking.report import Report

QUICK = {"profile": "quick", "properties": ("values",), "dtypes": ("fp64",), "shrink": False}


def quick(function: Any, score: str, **more: Any) -> Report:
    return attnproof.check(function, score, **(QUICK | more))


def failed(report: Report) -> set[str]:
    assert not any(f.outcome == "error" for f in report.findings), report.summary()
    return {f.quantity for f in report.findings if f.outcome == "fail"}


def dot(query, key, value):
    return (query @ key.mT).softmax(-1) @ value


class Instance:
    """Called through a method, by place: ``attend(memory, state, content)``."""

    def __init__(self, sign: float = 1.0) -> None:
        self.sign = sign

    def attend(self, memory, state, content):
        return dot(self.sign * state, memory, content)

    def __call__(self) -> None:
        raise AssertionError("the method is what is called")


@pytest.mark.parametrize("thing", [Instance(), Instance], ids=["instance", "class"])
def test_method_and_positional(thing: Any) -> None:
    options: dict[str, Any] = {"method": "attend", "positional": True}
    by_place = ("key=memory", "query=state", "value=content")
    build = {"build": ""} if isinstance(thing, type) else {}
    assert quick(thing, "dot", arguments=by_place, **options, **build).ok
    other = ("query=state", "key=memory", "value=content")  # query and key change places
    assert not quick(thing, "dot", arguments=other, **options, **build).ok


def test_by_place_without_names_is_query_key_value_parameters_and_features_as_listed() -> None:
    def attend(x, y, z, a, b, w, hide, /):
        scores = torch.tanh((x @ a.mT)[..., :, None, :] + (y @ b.mT)[..., None, :, :]) @ w
        return scores.masked_fill(hide, -torch.inf).softmax(-1) @ z

    options: dict[str, Any] = {"takes": ("mask",), "contract": {"polarity": "true masks"}, "positional": True}
    assert quick(lambda x, y, z, a, b, w: attend(x, y, z, a, b, w, torch.tensor(False)), "additive", positional=True).ok
    masked = {**options, "properties": ("masked keys unseen",)}
    right = quick(attend, "additive", **masked)
    assert right.ok, right.summary()
    assert not quick(attend, "additive", **(masked | {"positional": False})).ok


def test_what_stands_after_an_argument_that_a_question_does_not_have_comes_by_name() -> None:
    def attend(x, y, z, hide=None, early=False):
        scores = x @ y.mT
        if hide is not None:
            scores = scores.masked_fill(~torch.as_tensor(hide), -torch.inf)
        if early:
            seen = torch.ones(scores.shape[-2:], dtype=torch.bool).tril(scores.shape[-1] - scores.shape[-2])
            scores = scores.masked_fill(~seen, -torch.inf)
        return scores.softmax(-1) @ z

    names = ("query=x", "key=y", "value=z", "mask=hide", "causal=early")
    options: dict[str, Any] = {"takes": ("mask", "causal"), "arguments": names, "properties": ("pairs of features",)}
    report = quick(attend, "dot", positional=True, **options)
    assert report.ok, report.summary()


def test_a_factory_is_given_sizes() -> None:
    def factory(width: int, power: float) -> Any:
        return lambda query, key, value: dot(query * width**power, key, value)

    assert quick(factory, "scaled_dot", build="width=d, power=-0.5").ok
    assert not quick(factory, "scaled_dot", build="width=d, power=-1.0").ok


def test_no_gradients_judges_values_alone() -> None:
    class Halved(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x.clone()

        @staticmethod
        def backward(ctx, grad):
            return grad / 2

    def attend(query, key, value):
        return dot(Halved.apply(query), key, value)

    assert failed(quick(attend, "dot")) == {"grad.query"}
    report = quick(attend, "dot", gradients=False)
    assert report.ok
    assert not any(f.quantity.startswith("grad.") for f in report.findings)


def test_fused_allows_for_rescalings_and_no_more() -> None:
    def sdpa(query, key, value):
        return nn.functional.scaled_dot_product_attention(query, key, value)

    assert quick(sdpa, "scaled_dot", fused=True, dtypes=("fp32",)).ok
    assert not quick(sdpa, "dot", fused=True, dtypes=("fp32",)).ok


class Additive(nn.Module):
    """One matrix for [key; query], a bias on the key side, an outer factor of 2, a weight vector that is a layer."""

    def __init__(self, d_q: int, d_k: int, d_a: int, order: str = "key first", factor: float = 2.0) -> None:
        super().__init__()
        self.joint = nn.Linear(d_q + d_k, d_a)
        self.outer = nn.Linear(d_a, 1, bias=False)
        self.order, self.factor = order, factor

    def forward(self, query, key, value):
        q = query[..., :, None, :].expand(*(query.shape[:-1]), key.shape[-2], -1)
        k = key[..., None, :, :].expand(*(key.shape[:-2]), query.shape[-2], -1, -1)
        joined = torch.cat([k, q] if self.order == "key first" else [q, k], -1)
        scores = self.factor * self.outer(torch.tanh(self.joint(joined)))[..., 0]
        return scores.softmax(-1) @ value


def mapped(module, given):
    """For ``setup``: the same mapping as a function."""
    bias = given.get("bias_hidden")
    return {
        "joint.weight": torch.cat([given["weight_key"], given["weight_query"]], -1),
        "joint.bias": torch.zeros_like(module.joint.bias) if bias is None else bias,
        "outer.weight": 0.5 * given["v"][None],
    }


def without_half(module, given):
    return mapped(module, given) | {"outer.weight": given["v"][None]}


SIZES = "d_q=d_q, d_k=d_k, d_a=d_a"


def test_concatenation_outer_factor_and_bias_on_one_side() -> None:
    parameters = ("joint.weight=[weight_key weight_query]", "joint.bias=bias_hidden", "outer.weight=0.5*v")
    options: dict[str, Any] = {"takes": ("bias_hidden",), "parameters": parameters}
    right = quick(Additive, "additive", build=SIZES, **options)
    assert right.ok, right.summary()
    assert {"grad.weight_key", "grad.weight_query", "grad.v"} <= {f.quantity for f in right.findings}
    assert "context" in failed(quick(Additive, "additive", build=f"{SIZES}, factor=1.0", **options))


def test_setup_maps_what_the_language_cannot_say() -> None:
    options: dict[str, Any] = {"build": SIZES, "takes": ("bias_hidden",)}
    right = quick(Additive, "additive", setup=f"{__file__}:mapped", **options)
    assert right.ok, right.summary()
    assert {"grad.weight_key", "grad.v"} <= {f.quantity for f in right.findings}
    assert "context" in failed(quick(Additive, "additive", setup=f"{__file__}:without_half", **options))


class Concatenated(nn.Module):
    """``additive`` as it is written with one matrix for the concatenation, whichever comes first in it."""

    def __init__(self, d_q: int, d_k: int, d_a: int, order: str = "key first") -> None:
        super().__init__()
        self.inner = Additive(d_q, d_k, d_a, order, 1.0)

    def forward(self, query, key, value):
        return self.inner(query, key, value)


@pytest.mark.parametrize("order", ["key first", "query first"])
def test_the_order_in_a_concatenation(order: str) -> None:
    parameters = (
        "inner.joint.weight=[weight_concat.key weight_concat.query]",
        "inner.joint.bias=0",
        "inner.outer.weight=v",
    )
    report = quick(Concatenated, "concat", build=f"{SIZES}, order={order!r}", parameters=parameters)
    judged = {f.outcome for f in report.findings}
    # Widths that differ leave the other order no place, equal ones show it as a wrong result.
    assert report.ok if order == "key first" else "fail" in judged


MERGED = "query=(b h) q d, key=(b h) k d, value=(b h) k v, context=b q (h v)"


def many(query, key, value, heads=2, swap=False):
    """Heads merged with the batch on the way in and with the width on the way out."""
    context = dot(query, key, value)
    batch = context.shape[0] // heads
    split = (
        context.reshape(heads, batch, *context.shape[1:])
        if swap
        else context.reshape(batch, heads, *context.shape[1:]).transpose(0, 1)
    )
    return split.permute(1, 2, 0, 3).reshape(batch, context.shape[1], -1)


@pytest.mark.parametrize("swap", [False, True])
def test_merged_axes(swap: bool) -> None:
    """``(b h)`` is not ``(h b)``: a reshape in the wrong order is seen."""

    def build(h: int) -> Any:
        return lambda query, key, value: many(query, key, value, h, swap)

    report = quick(build, "dot", layout=MERGED, build="h=h", properties=("layout",))
    assert report.ok is not swap, report.summary()


# What is looked for in calls: each through ``check``, with the property that is to see it.


def kept(query, key, value, memory={}):  # noqa: B006 - that it stays is the fault
    return dot(query, memory.setdefault(tuple(key.shape), key.detach()), value) + 0.0 * key.sum()


def in_place(query, key, value):
    with torch.no_grad():
        query *= 1.0
        value += 1.0
    return dot(query, key, value - 1.0)


def random(query, key, value):
    return nn.functional.dropout((query @ key.mT).softmax(-1), 0.3) @ value


def batch_mixed(query, key, value):
    return dot(query, key, value.roll(1, 0) if value.ndim > 2 else value)


def wrong_axis(query, key, value):
    return (query @ key.mT).softmax(-2) @ value


@pytest.mark.slow
@pytest.mark.parametrize(
    ("function", "seen", "named"),
    [
        (kept, "nothing kept", "nothing kept"),
        (in_place, "inputs untouched", "changed its arguments in place"),
        (random, "repeatable", "two equal calls differ"),
        (batch_mixed, "batch apart", "differs from the same row alone"),
        (wrong_axis, "values", "softmax over the wrong axis"),
    ],
)
def test_state_places_chance_batch_and_axis(function: Any, seen: str, named: str) -> None:
    gradients = function is not in_place
    report = quick(function, "dot", properties=(seen,), gradients=gradients, shrink=True)
    assert [v.outcome for v in report.verdicts] == ["fail"], report.summary()
    assert quick(dot, "dot", properties=(seen,), gradients=gradients).ok
    assert named in report.summary()


def alibi(query, key, value, *, rule):
    """Makes its slopes itself, from the number of heads."""
    heads = query.shape[-3] if query.ndim > 2 else 1
    at = torch.arange(query.shape[-2])
    slopes = torch.tensor(rule(heads), dtype=query.dtype)[:, None, None]
    scores = query @ key.mT - slopes * (at[:, None] - at).abs()
    return scores.softmax(-1) @ value


def of_the_paper(heads):
    power = 2 ** (heads.bit_length() - 1)
    found = [2.0 ** (-8 * (k + 1) / power) for k in range(power)]
    return found + [2.0 ** (-4 * (k + 1) / power) for k in range(0, 2 * (heads - power), 2)]


def of_a_power_of_two(heads):
    return [2.0 ** (-8 * (k + 1) / heads) for k in range(heads)]


@pytest.mark.parametrize(("rule", "right"), [(of_the_paper, True), (of_a_power_of_two, False)])
def test_slopes_of_heads_that_are_no_power_of_two(rule: Any, right: bool) -> None:
    options: dict[str, Any] = {"takes": ("slopes",), "arguments": ("slopes=",), "properties": ("ALiBi",)}
    report = quick(lambda query, key, value: alibi(query, key, value, rule=rule), "dot", **options)
    assert report.ok is right, report.summary()
    assert {f.draw.setting.batch[-1] for f in report.findings if f.outcome == "fail"} == (set() if right else {3})


def with_sinks(query, key, value, sink, *, shared=False):
    """A sink for each head, as a place of its own in the softmax."""
    scores = query @ key.mT
    own = (sink[:1].expand_as(sink) if shared else sink)[:, None, None].expand(*scores.shape[:-1], 1)
    return torch.cat([scores, own], -1).softmax(-1)[..., :-1] @ value


@pytest.mark.parametrize("shared", [False, True])
def test_a_sink_for_each_head(shared: bool) -> None:
    def attend(query, key, value, sink):
        return with_sinks(query, key, value, sink, shared=shared)

    options: dict[str, Any] = {"takes": ("sinks",), "arguments": ("sinks=sink",), "dtypes": ("fp64", "fp32")}
    report = quick(attend, "dot", properties=("sinks of heads",), **options)
    assert report.ok is not shared, report.summary()
    heads = {str(f.reason).split(":")[0] for f in report.findings if f.outcome == "fail"}
    assert heads == ({f"a sink for each of 3 heads, head {h}" for h in (1, 2)} if shared else set())
    assert {"grad.query", "grad.value"} <= {f.quantity for f in report.findings}


@pytest.mark.parametrize("more", [{"arguments": {"value": ""}}, {"takes": "mask"}, {"parameters": {"w": "weight"}}])
def test_what_is_no_tuple_where_one_is_expected_is_bad_input(more: dict[str, Any]) -> None:
    """A mapping would be taken for its keys, and a text for its letters."""
    with pytest.raises(ValueError, match=f"{next(iter(more))} is a (dict|str); expected a tuple of texts"):
        quick(dot, "dot", **more)
