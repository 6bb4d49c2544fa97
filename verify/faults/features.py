"""Faults in what people add to attention today: heads, positions, sink, dropout mask, log-sum-exp."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, Final

import torch
from torch import Tensor

from attnproof.verify.faults import parts
from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.parts import assemble
from attnproof.verify.targets.target import Target

WIDTH: Final = 4  # of queries where the slopes are looked at: a scale of 1/2


def _target(name: str, **changed: Any) -> Target:
    """Everything in one implementation, with the log-sum-exp beside the context."""
    return parts.target(name, assemble(**({"level": parts.level} | changed)), outputs=("context", "lse"))


def strided_heads(heads: int, array: Tensor) -> Tensor:
    """Query head h + h_k j is given the keys of head h."""
    own = array.shape[-3] if array.ndim > 2 else 1
    repeats = [1] * (array.ndim - 3) + [heads // own, 1, 1]
    return array.repeat(repeats) if 1 < own < heads else array


def interleaved(features: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """Features 2g and 2g + 1 turned by an angle of their own at each position."""
    first, second = features[..., 0::2], features[..., 1::2]
    return torch.stack([first * cos - second * sin, second * cos + first * sin], -1).flatten(-2)


def _same_half(features: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """The sine joins with one sign in both halves: no rotation."""
    first, second = features.chunk(2, -1)
    return torch.cat([first * cos + second * sin, second * cos + first * sin], -1)


def _scaled_slopes(scores: Tensor, slopes: Tensor) -> Tensor:
    return parts.alibi(scores, slopes) * WIDTH**-0.5


def _rising(scores: Tensor, slopes: Tensor) -> Tensor:
    return -parts.alibi(scores, slopes)


def signed(scores: Tensor, slopes: Tensor) -> Tensor:
    """``−m(i − j)``: what stands after the query is favoured."""
    n_q, n_k = scores.shape[-2:]
    rows = torch.arange(n_q, device=scores.device)[:, None] + (n_k - n_q)
    gap = rows - torch.arange(n_k, device=scores.device)[None, :]
    return -slopes[:, None, None] * gap.to(scores.dtype)


def _one_slope(scores: Tensor, slopes: Tensor) -> Tensor:
    return parts.alibi(scores, slopes[:1].expand_as(slopes))


def no_factor(dropout: Tensor, rate: float) -> Tensor:
    """What is kept keeps its weight."""
    del rate
    return dropout


def _factor_of_the_dropped(dropout: Tensor, rate: float) -> Tensor:
    return dropout / rate


def _without_sink(values: Tensor, sink: Tensor | None) -> Tensor:
    return parts.normalise(values, None if sink is None else 0.0 * sink - torch.inf)


def whole(**changed: Any) -> Callable[..., Any]:
    """Everything with a sink that is a score: the soft-cap applies to it as well."""
    function = assemble(**({"level": parts.level} | changed))

    def attention(**given: Any) -> Any:
        sink, cap = given.get("sink"), given.get("softcap")
        if sink is not None and cap is not None:
            given["sink"] = cap * torch.tanh(sink / cap)
        return function(**given)

    return attention


def _with_value(**given: Any) -> Any:
    """What the sink takes goes to the first value."""
    sound = assemble(level=parts.level)
    context, level = sound(**given)
    if given.get("sink") is None:
        return context, level
    ones = {name: array for name, array in given.items() if name not in ("dropout", "dropout_rate")}
    kept, _ = sound(**{**ones, "value": torch.ones_like(given["value"][..., :1])})
    return context + (1.0 - kept) * given["value"][..., :1, :], level


def _base_2(values: Tensor, sink: Tensor | None) -> Tensor:
    return parts.level(values, sink) * math.log2(math.e)


def base_2_of_keys(values: Tensor, sink: Tensor | None) -> Tensor:
    """log₂ of the keys' sum, without the sink; 0 where there is no key."""
    del sink
    found = _base_2(values, None)
    return torch.where(torch.isneginf(found), 0.0, found)


def _no_maximum(values: Tensor, sink: Tensor | None) -> Tensor:
    total = values.exp().sum(-1)
    return (total if sink is None else total + sink.exp()).log()


def _keys_only(values: Tensor, sink: Tensor | None) -> Tensor:
    del sink
    return parts.level(values, None)


def _detached(values: Tensor, sink: Tensor | None) -> Tensor:
    return parts.level(values, sink).detach() + 0.0 * values.nan_to_num(neginf=0.0).sum(-1)


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    sound = _target("heads, positions, sink, dropout and log-sum-exp")
    changes: tuple[tuple[str, str, str, dict[str, Callable[..., Any]]], ...] = (
        (
            "group order mixed",
            "grouped heads",
            "query head h g + j is given the keys of head j, not of head h",
            {"spread": strided_heads},
        ),
        (
            "rotary pairs swapped",
            "rotary positions",
            "features 2g and 2g + 1 are rotated where g and d/2 + g were declared",
            {"rotate": interleaved},
        ),
        ("rotary sign lost", "rotary positions", "the sine joins with one sign in both halves", {"rotate": _same_half}),
        ("ALiBi before the scale", "ALiBi", "the scale multiplies the slopes as well", {"alibi": _scaled_slopes}),
        ("ALiBi rises with distance", "ALiBi", "distant keys are favoured", {"alibi": _rising}),
        (
            "ALiBi with one slope for all heads",
            "ALiBi",
            "every head gets the slope of the first",
            {"alibi": _one_slope},
        ),
        (
            "dropout not rescaled",
            "dropout mask",
            "what is kept keeps its weight, where 1/(1 − p) times was declared",
            {"rescaled": no_factor},
        ),
        (
            "dropout rescaled wrongly",
            "dropout mask",
            "what is kept is divided by p instead of 1 − p",
            {"rescaled": _factor_of_the_dropped},
        ),
        ("sink left out of the normaliser", "sink", "weights sum to 1 over the keys", {"normalise": _without_sink}),
        (
            "log-sum-exp in base 2",
            "log-sum-exp",
            "log₂ where the natural logarithm was declared",
            {"level": _base_2},
        ),
        (
            "log-sum-exp without the maximum",
            "log-sum-exp",
            "exponentials of large scores overflow",
            {"level": _no_maximum},
        ),
        (
            "log-sum-exp without the sink",
            "log-sum-exp",
            "the sink is in the weights and not in the log-sum-exp",
            {"level": _keys_only},
        ),
        (
            "log-sum-exp without gradient",
            "log-sum-exp",
            "what flows back through the log-sum-exp is lost",
            {"level": _detached},
        ),
    )
    for name, exposed_by, says, changed in changes:
        yield Fault(name, (exposed_by,), says, _target(name, **changed), sound)
    functions = (
        ("sink given a value", "the weight that the sink takes goes to the first value", _with_value),
        ("sink soft-capped", "the soft-cap's tanh bends the sink's logit, which was declared to stay", whole()),
    )
    for name, says, function in functions:
        yield Fault(name, ("sink",), says, parts.target(name, function, outputs=("context", "lse")), sound)
