"""Attention as it is written down, and with the keys in tiles, as kernels for long sequences have it."""

from __future__ import annotations

import torch
from torch import Tensor

TILE = 512


def plain(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """All scores at once."""
    return torch.softmax(query @ key.mT / query.shape[-1] ** 0.5, -1) @ value


def streaming(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Tile by tile, each time relative to the largest score so far."""
    query = query / query.shape[-1] ** 0.5
    largest, mass, context = -torch.inf, 0.0, 0.0
    for keys, values in zip(key.split(TILE, -2), value.split(TILE, -2), strict=True):
        scores = query @ keys.mT
        now = scores.amax(-1, keepdim=True)
        now = torch.maximum(now, torch.as_tensor(largest, dtype=now.dtype))
        weights, kept = torch.exp(scores - now), torch.exp(largest - now)
        mass = kept * mass + weights.sum(-1, keepdim=True)
        context = kept * context + weights @ values
        largest = now
    return context / mass
