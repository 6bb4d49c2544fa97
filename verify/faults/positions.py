"""Positions: of a sequence without keys, and of a single query."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.plainly import softmax, target


def _at_least(least: int) -> Callable[..., Tensor]:
    def attention(query: Tensor, key: Tensor, value: Tensor, *, lengths: Tensor | None = None) -> Tensor:
        scores = (query / math.sqrt(query.shape[-1])) @ key.mT
        if lengths is not None:
            present = torch.arange(key.shape[-2]) < lengths.clamp(min=least)[..., None, None]
            scores = scores.masked_fill(~present, -torch.inf)
        return softmax(scores) @ value

    return attention


def _decoding(*, positions: bool) -> Callable[..., Tensor]:
    """The path for one query adds what depends on positions only where ``positions``."""

    def attention(query: Tensor, key: Tensor, value: Tensor, *, slopes: Tensor | None = None) -> Tensor:
        scores = (query / math.sqrt(query.shape[-1])) @ key.mT
        n_q, n_k = scores.shape[-2:]
        if slopes is not None and (n_q > 1 or positions):
            distance = (torch.arange(n_q)[:, None] + n_k - n_q - torch.arange(n_k)[None, :]).abs()
            scores = scores - slopes[:, None, None] * distance.to(scores.dtype)
        return scores.softmax(-1) @ value

    return attention


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    yield Fault(
        "length 0 reads one key",
        ("algebra",),
        "a sequence without keys is taken to have one",
        target("at least one key", _at_least(1), "lengths"),
        target("as many keys as there are", _at_least(0), "lengths"),
        ("flash-attention #1155",),
    )
    yield Fault(
        "no ALiBi at a single query",
        ("algebra",),
        "the path for one query, as in decoding, adds nothing for distances",
        target("one query without ALiBi", _decoding(positions=False), "slopes"),
        target("one query with ALiBi", _decoding(positions=True), "slopes"),
        ("keras-hub #2977",),
    )
