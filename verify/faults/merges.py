"""Normalisers that are put together from parts: in another base, beside a 1."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Final

import torch
from torch import Tensor

from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.plainly import target

LOG2E: Final = math.log2(math.e)


def _split(weight: Callable[[Tensor], Tensor]) -> Callable[..., Tensor]:
    """Two parts of the keys, each with its log₂-sum-exp, merged by ``weight`` of it below the larger one."""

    def attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        half = (key.shape[-2] + 1) // 2
        contexts, levels = [], []
        for keys, values in zip(torch.split(key, half, -2), torch.split(value, half, -2), strict=True):
            scores = (query / math.sqrt(query.shape[-1])) @ keys.mT * LOG2E
            top = scores.amax(-1, keepdim=True)
            powers = torch.exp2(scores - top)
            total = powers.sum(-1, keepdim=True)
            contexts.append(powers / total @ values)
            levels.append(top + total.log2())
        top = torch.stack(levels).amax(0)
        shares = [weight(level - top) for level in levels]
        merged = sum(share * context for share, context in zip(shares, contexts, strict=True))
        return torch.as_tensor(merged / sum(shares))

    return attention


def _with_one(*, shifted: bool) -> Callable[..., Tensor]:
    """exp(t_j − m) / (exp(s − m) + Σ_l exp(t_l − m)), s the sink; not ``shifted``: exp(s)."""

    def attention(query: Tensor, key: Tensor, value: Tensor, *, sink: Tensor | None = None) -> Tensor:
        scores = (query / math.sqrt(query.shape[-1])) @ key.mT
        if sink is None:
            return scores.softmax(-1) @ value
        top = torch.maximum(scores.amax(-1, keepdim=True), sink).detach()
        powers = (scores - top).exp()
        return powers / ((sink - top if shifted else sink).exp() + powers.sum(-1, keepdim=True)) @ value

    return attention


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    yield Fault(
        "parts in base 2 merged as natural",
        ("values",),
        "each part of the keys has its log-sum-exp in base 2; they are merged by exp",
        target("merged by exp", _split(torch.exp), fused=True),
        target("merged by exp2", _split(torch.exp2), fused=True),
        ("sglang #40903", "vllm #52796"),
    )
    yield Fault(
        "sink added after the maximum was subtracted",
        ("sink",),
        "exp(s) of the sink, 1 in softmax₁, joins a sum whose terms are relative to the maximum",
        target("exp(s) beside exp(t − m)", _with_one(shifted=False), "sink"),
        target("exp(s − m) beside exp(t − m)", _with_one(shifted=True), "sink"),
        ("AttentionIsOFFByOne #5",),
    )
