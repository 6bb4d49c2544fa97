"""What faults of this folder share that are functions of their own: a softmax with zeros for rows without keys, and
their contract.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import torch
from torch import Tensor

from attnproof.verify.targets import Target, torch_target
from attnproof.verify.targets.contract import Contract

SOUND: Final = Contract(
    masked_row="zero",
    polarity="true attends",
    causal="bottom-right",
    window="both inclusive",
    masked_nan="leaks",
    alibi="distance",
    rotary="half-split",
    groups="consecutive",
)


def softmax(scores: Tensor) -> Tensor:
    """Softmax over the keys; zeros, and zero gradients, for a query whose scores are all −∞."""
    dead = torch.isneginf(scores).all(-1, keepdim=True)
    return torch.where(dead, 0.0, torch.where(dead, 0.0, scores).softmax(-1))


def triangle(n_q: int, n_k: int, *, first: int | None = None) -> Tensor:
    """Which keys each query sees, causal: j ≤ i + ``first``; by default the last query sees the last key."""
    offset = n_k - n_q if first is None else first
    return torch.arange(n_k)[None, :] <= torch.arange(n_q)[:, None] + offset


def target(name: str, function: Callable[..., Any], *takes: str, score: str = "scaled_dot", **declared: Any) -> Target:
    """The function as a target that takes these features."""
    return torch_target(name, score, function, takes=takes, **({"contract": SOUND} | declared))
