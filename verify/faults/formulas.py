"""The wrong formula."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from attnproof.verify.faults import parts
from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.parts import assemble, target

BLOCK = 16
EPSILON = 1e-6


def _streamed(*, rescale: bool) -> Callable[..., Tensor]:
    """Softmax in blocks of keys with a running maximum, as the kernel for many keys computes it; the plain one for
    few.
    """

    def normalise(values: Tensor, sink: Tensor | None) -> Tensor:
        if sink is not None or values.shape[-1] <= BLOCK:
            return parts.normalise(values, sink)
        return parts.where_keys(values, blockwise)

    def blockwise(safe: Tensor) -> Tensor:
        top = torch.full_like(safe[..., :1], -torch.inf)
        total = torch.zeros_like(top)
        powers: list[Tensor] = []
        for block in torch.split(safe, BLOCK, -1):
            higher = torch.maximum(top, block.amax(-1, keepdim=True))
            live = torch.where(torch.isneginf(higher), 0.0, higher)
            factor = torch.where(torch.isneginf(top), 0.0, (torch.where(torch.isneginf(top), live, top) - live).exp())
            fresh = (block - live).exp()
            powers = [old * factor for old in powers] if rescale else powers
            total = total * factor + fresh.sum(-1, keepdim=True)
            powers.append(fresh)
            top = higher
        return torch.cat(powers, -1) / total

    return normalise


def _first_row(scores: Tensor, softcap: float | None, bias: Tensor | None, allowed: Tensor | None) -> Tensor:
    if bias is not None and not torch.isneginf(bias).any():
        bias = bias[..., :1, :].expand(bias.shape)
    return parts.logits(scores, softcap, bias, allowed)


def _over_queries(values: Tensor, sink: Tensor | None) -> Tensor:
    if sink is not None:
        return parts.normalise(values, sink)
    return parts.where_keys(values, lambda safe: safe.softmax(-2), -2)


def _epsilon(values: Tensor, sink: Tensor | None) -> Tensor:
    del sink
    powers = values.exp()
    return powers / (powers.sum(-1, keepdim=True) + EPSILON)


def _without_v(query: Tensor, key: Tensor, w_s: Tensor, w_h: Tensor, v: Tensor, bias_hidden: Tensor | None) -> Tensor:
    return torch.tanh(parts.hidden(query, key, w_s, w_h, bias_hidden)).sum(-1) + 0.0 * v.sum()


def _query_ignored(query: Tensor, *others: Tensor | None) -> Tensor:
    return parts.additive(0.0 * query, *others)


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    yield Fault(
        "two paths disagree at ordinary inputs",
        ("layout", "values"),
        "the path for many keys does not rescale earlier blocks when a later one has a larger maximum",
        target("blocks not rescaled", assemble(normalise=_streamed(rescale=False))),
        target("blocks rescaled", assemble(normalise=_streamed(rescale=True))),
        ("pytorch #193893",),
    )
    yield Fault(
        "bias collapsed to its first row",
        ("values",),
        "every query gets the bias of the first one",
        target("first row for all", assemble(logits=_first_row)),
        target("a row for each", assemble()),
        ("tabfm #40",),
    )
    yield Fault(
        "softmax over the wrong axis",
        ("values", "combinations"),
        "weights sum to 1 over the queries",
        target("over the queries", assemble(normalise=_over_queries)),
        target("over the keys", assemble()),
        ("PyTorch-NLP #2",),
    )
    textbook = target("v · tanh", assemble(family="additive"), "additive")
    variants = (
        ("relu for tanh", parts.additive_with(torch.relu), ("keon/seq2seq #28",)),
        ("tanh missing", parts.additive_with(lambda z: z), ("tensorflow/nmt #257",)),
        ("query left out", _query_ignored, ("keon/seq2seq #28",)),
        ("additive attention without its weights", _without_v, ("tensorflow #39332",)),
    )
    for name, score, seen in variants:
        yield Fault(
            name,
            ("values", "combinations"),
            "another formula than the additive score's",
            target(name, assemble(score=score, family="additive"), "additive"),
            textbook,
            seen,
        )
    yield Fault(
        "epsilon in the softmax denominator",
        ("values",),
        "exp(e)/(Σ exp(e) + ε) is no softmax: very negative scores give weights of 0",
        target("ε added", assemble(normalise=_epsilon), takes=parts.WITHOUT_SINK),
        target("largest score subtracted", assemble(), takes=parts.WITHOUT_SINK),
    )
