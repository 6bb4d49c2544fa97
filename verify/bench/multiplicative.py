"""Scaled dot attention: this project's code and what a user would otherwise take. There is little left to win here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from attnproof.verify.bench.peers import (
    Call,
    Problem,
    Way,
    differentiated,
    generated,
    in_torch,
    keras_on_torch,
    needs_compiler,
)

USED: Final = ("query", "key", "value")


def problem(n: int, d: int, dtype: str = "fp32") -> Problem:
    """The three tensors of dot attention."""
    whole = Problem.make(n, d, dtype)
    return Problem(n, d, whole.dtype, {name: whole.tensors[name] for name in USED}, whole.seed)


def _fused(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    # Its fused kernels take heads and a batch.
    return scaled_dot_product_attention(query[None, None], key[None, None], value[None, None])[0, 0]


def _textbook(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return torch.softmax(query @ key.T / query.shape[-1] ** 0.5, dim=-1) @ value


def _flex(given: Problem, *, backward: bool) -> Call:
    if backward:
        raise RuntimeError("FlexAttention has no backward pass on the CPU")
    needs_compiler("FlexAttention")
    from torch.nn.attention.flex_attention import flex_attention

    compiled: Callable[..., Any] = torch.compile(flex_attention)

    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        found: Tensor = compiled(query[None, None], key[None, None], value[None, None])[0, 0]
        return found

    return differentiated(attend, given, backward=False)


def _keras(given: Problem, *, backward: bool) -> Call:
    layer = keras_on_torch(given.dtype).layers.Attention()

    def attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        scaled = query / query.shape[-1] ** 0.5  # its own scale is a learned number
        found: Tensor = layer([scaled[None], value[None], key[None]])[0]
        return found

    return differentiated(attend, given, backward=backward)


OURS: Final = ("generated torch",)
WAYS: Final[Mapping[str, Way]] = MappingProxyType(
    {
        "torch SDPA": in_torch(lambda: _fused),
        "generated torch": in_torch(generated("torch", "scaled_dot")),
        "torch eager": in_torch(lambda: _textbook),
        "FlexAttention": _flex,
        "Keras Attention": _keras,
    }
)
