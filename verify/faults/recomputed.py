"""Backward passes that make the weights again, behind another mask than the forward pass has."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.plainly import target, triangle

Visible = Callable[[int, int], Tensor]


def _to_the_last(n_q: int, n_k: int) -> Tensor:
    return triangle(n_q, n_k)


def _from_the_first(n_q: int, n_k: int) -> Tensor:
    return triangle(n_q, n_k, first=0)


def _everything(n_q: int, n_k: int) -> Tensor:
    return torch.ones(n_q, n_k, dtype=torch.bool)


class _Causal(torch.autograd.Function):
    """Causal attention that keeps the log-sum-exp ℓ, and makes the weights again as exp(t − ℓ) behind ``again``."""

    @staticmethod
    def forward(ctx: Any, query: Tensor, key: Tensor, value: Tensor, again: Visible) -> Tensor:
        ctx.scale, ctx.again = 1.0 / math.sqrt(query.shape[-1]), again
        scores = (query * ctx.scale) @ key.mT
        scores = scores.masked_fill(~_to_the_last(*scores.shape[-2:]), -torch.inf)
        level = scores.logsumexp(-1, keepdim=True)
        ctx.save_for_backward(query, key, value, level)
        return torch.where(torch.isneginf(level), 0.0, (scores - level).exp()) @ value

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        query, key, value, level = ctx.saved_tensors
        scores = (query * ctx.scale) @ key.mT
        scores = scores.masked_fill(~ctx.again(*scores.shape[-2:]), -torch.inf)
        weights = torch.where(torch.isneginf(level), 0.0, (scores - level).exp())
        grad_weights = grad @ value.mT
        grad_scores = weights * (grad_weights - (grad_weights * weights).sum(-1, keepdim=True)) * ctx.scale
        return (
            (grad_scores @ key).sum_to_size(query.shape),
            (grad_scores.mT @ query).sum_to_size(key.shape),
            (weights.mT @ grad).sum_to_size(value.shape),
            None,
        )


def _layer(again: Visible) -> Callable[..., Tensor]:
    apply: Any = _Causal.apply

    def attention(query: Tensor, key: Tensor, value: Tensor, *, causal: bool = False) -> Tensor:
        if causal:
            found: Tensor = apply(query, key, value, again)
            return found
        return ((query / math.sqrt(query.shape[-1])) @ key.mT).softmax(-1) @ value

    return attention


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    # Weights made again from ℓ err by u |ℓ| in the exponent, as those of fused kernels do.
    sound = target("weights made again behind the same mask", _layer(_to_the_last), "causal", fused=True)
    yield Fault(
        "backward forgets causal",
        ("algebra",),
        "the backward pass makes the weights again without the causal mask",
        target("weights made again without a mask", _layer(_everything), "causal", fused=True),
        sound,
        ("triton #4541", "MSLK #263"),
    )
    yield Fault(
        "forward and backward aligned differently",
        ("algebra",),
        "the causal mask of the backward pass starts from the top left, that of the forward pass from the bottom right",
        target("weights made again from the top left", _layer(_from_the_first), "causal", fused=True),
        sound,
        ("ffpa-attn #300",),
    )
