"""Features that are right alone and wrong together."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.plainly import softmax, target, triangle


def _either(*, both: bool) -> Callable[..., Tensor]:
    """``both`` False: the mask counts only where causal is not asked for."""

    def attention(
        query: Tensor, key: Tensor, value: Tensor, *, mask: Tensor | None = None, causal: bool = False
    ) -> Tensor:
        scores = (query / math.sqrt(query.shape[-1])) @ key.mT
        if causal:
            scores = scores.masked_fill(~triangle(*scores.shape[-2:]), -torch.inf)
        if mask is not None and (both or not causal):
            scores = scores.masked_fill(~mask, -torch.inf)
        return softmax(scores) @ value

    return attention


def _in_training(*, masked: bool) -> Callable[..., Tensor]:
    """With a dropout mask another path is taken, which knows of causal only where ``masked``."""

    def attention(
        query: Tensor, key: Tensor, value: Tensor, *, causal: bool = False, dropout: Tensor | None = None
    ) -> Tensor:
        scores = (query / math.sqrt(query.shape[-1])) @ key.mT
        if dropout is None:
            if causal:
                scores = scores.masked_fill(~triangle(*scores.shape[-2:]), -torch.inf)
            return softmax(scores) @ value
        if causal and masked:
            scores = scores.masked_fill(~triangle(*scores.shape[-2:]), -torch.inf)
        return (softmax(scores) * dropout) @ value

    return attention


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    yield Fault(
        "mask ignored when causal",
        ("algebra",),
        "with a causal mask asked for, the mask that is handed over is not looked at",
        target("mask or causal", _either(both=False), "mask", "causal"),
        target("mask and causal", _either(both=True), "mask", "causal"),
        ("maxtext #878",),
    )
    yield Fault(
        "causal dropped with dropout",
        ("algebra",),
        "the path with dropout forgets the causal mask",
        target("dropout without causal", _in_training(masked=False), "causal", "dropout"),
        target("dropout and causal", _in_training(masked=True), "causal", "dropout"),
        ("keras #23038",),
    )
