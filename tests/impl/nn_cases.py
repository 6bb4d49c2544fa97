"""Layers of every kind and inputs that fit them, for the tests of ``attnproof.nn``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from attnproof.nn import AdditiveAttention, MultiplicativeAttention, ScoreAttention

EXAMPLES = Path(__file__).resolve().parents[2] / "docs" / "examples"
LAYERS: dict[str, Callable[..., ScoreAttention]] = {
    "additive": lambda **more: AdditiveAttention(3, 4, 5, **more),
    "additive, soft-cap": lambda **more: AdditiveAttention(3, 4, 5, bias=False, softcap=2.0, **more),
    "bilinear": lambda **more: MultiplicativeAttention(3, 4, **more),
    "concat": lambda **more: ScoreAttention("concat", d_q=3, d_k=4, d_a=5, **more),
    "a user's": lambda **more: ScoreAttention(f"{EXAMPLES / 'gatv2.py'}:gatv2", d_q=3, d_k=4, d_a=5, **more),
}


def made(name: str, **more: Any) -> ScoreAttention:
    """A layer in double precision, the same each time."""
    torch.manual_seed(5)
    layer = LAYERS[name](dtype=torch.float64, **more)
    with torch.no_grad():
        for parameter in layer.parameters():  # biases, too
            parameter.normal_()
    return layer


def normal(*shape: int, seed: int = 7) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def inputs(*batch: int) -> tuple[Tensor, Tensor, Tensor]:
    """Three queries of width 3, four keys of width 4, values of width 2."""
    return normal(*batch, 3, 3), normal(*batch, 4, 4, seed=8), normal(*batch, 4, 2, seed=9)


def padding() -> Tensor:
    """Of a batch of two: the first has no key at all, the second lacks its last."""
    return torch.tensor([[True] * 4, [False, False, False, True]])


def visible(bias: Tensor) -> Tensor:
    """−∞ where a mask is True."""
    return torch.zeros(bias.shape, dtype=torch.float64).masked_fill(bias, -torch.inf)
