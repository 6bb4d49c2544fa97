"""Right implementations as people write them, each of a kind that was accused once."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from attnproof.verify.faults.plainly import SOUND, softmax, target
from attnproof.verify.properties.always import paper_slopes
from attnproof.verify.targets.target import Target, Unsupported


def _scores(query: Tensor, key: Tensor) -> Tensor:
    return (query / math.sqrt(query.shape[-1])) @ key.mT


def _gap(n_q: int, n_k: int) -> Tensor:
    """How far before a query a key stands, the last query where the last key does."""
    return torch.arange(n_q)[:, None] + n_k - n_q - torch.arange(n_k)[None, :]


def _own_slopes(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """ALiBi whose slopes follow from the number of heads."""
    scores = _scores(query, key)
    distance = _gap(*scores.shape[-2:]).abs().to(scores.dtype)
    batch = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2], value.shape[:-2])  # type: ignore[no-untyped-call]
    slopes = torch.tensor(paper_slopes(batch[-1] if batch else 1), dtype=scores.dtype)
    added = slopes[:, None, None] * distance if batch else slopes[0] * distance
    return (scores - added).softmax(-1) @ value


def _softmax_one(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """exp(t − m) / (exp(−m) + Σ exp(t − m)): a sink of 0."""
    scores = _scores(query, key)
    top = scores.amax(-1, keepdim=True).clamp(min=0.0).detach()
    powers = (scores - top).exp()
    return powers / ((-top).exp() + powers.sum(-1, keepdim=True)) @ value


def _causal_capped(query: Tensor, key: Tensor, value: Tensor, *, bias: Tensor | None = None) -> Tensor:
    scores = 30.0 * torch.tanh(_scores(query, key) / 30.0)
    scores = scores if bias is None else scores + bias
    return softmax(scores.masked_fill(_gap(*scores.shape[-2:]) < 0, -torch.inf)) @ value


def _padded(query: Tensor, key: Tensor, value: Tensor, *, mask: Tensor | None = None) -> Tensor:
    """A mask has one row for all queries."""
    if mask is not None and not torch.equal(mask, mask[..., :1, :].expand_as(mask)):
        raise Unsupported("a mask of keys alone")
    scores = _scores(query, key)
    return softmax(scores if mask is None else scores.masked_fill(~mask[..., :1, :], -torch.inf)) @ value


def ordinary() -> Iterable[Target]:
    """The implementations of this file."""
    variants: tuple[tuple[str, Callable[..., Tensor], tuple[str, ...], dict[str, Any]], ...] = (
        ("slopes of its own", _own_slopes, (), {"always": (("slopes", 1.0),)}),
        ("softmax₁", _softmax_one, (), {"always": (("sink", 0.0),)}),
        ("always causal and capped", _causal_capped, ("bias",), {"always": (("causal", 1.0), ("softcap", 30.0))}),
        ("a mask of keys alone", _padded, ("mask",), {"keys_alone": ("mask",)}),
    )
    for name, function, takes, declared in variants:
        yield target(name, function, *takes, contract=SOUND, **declared)
