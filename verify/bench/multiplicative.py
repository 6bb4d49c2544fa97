"""Scaled dot attention: this project's code and what a user would otherwise take. There is little left to win here."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from attnproof.verify.bench.peers import Call, Problem, differentiated, keras_on_torch

USED: Final = ("query", "key", "value")


def problem(n: int, d: int, dtype: str = "fp32") -> Problem:
    """The three tensors of dot attention."""
    whole = Problem.make(n, d, dtype)
    return Problem(n, d, whole.dtype, {name: whole.tensors[name] for name in USED}, whole.seed)


def _fused(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    # Its fused kernels take heads and a batch.
    return scaled_dot_product_attention(query[None, None], key[None, None], value[None, None])[0, 0]


def _sdpa(given: Problem, *, backward: bool) -> Call:
    return differentiated(_fused, given, backward=backward)


def _generated(given: Problem, *, backward: bool) -> Call:
    from attnproof.impl.generated.torch import scaled_dot

    def context(**tensors: Tensor) -> Tensor:
        found: Tensor = scaled_dot.attention(**tensors).context
        return found

    return differentiated(context, given, backward=backward)


def _textbook(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return torch.softmax(query @ key.T / query.shape[-1] ** 0.5, dim=-1) @ value


def _eager(given: Problem, *, backward: bool) -> Call:
    return differentiated(_textbook, given, backward=backward)


def _flex(given: Problem, *, backward: bool) -> Call:
    if backward:
        raise RuntimeError("FlexAttention has no backward pass on the CPU")
    if shutil.which("g++") is None:
        raise RuntimeError("FlexAttention needs a C++ compiler")
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
WAYS: Final[Mapping[str, Callable[..., Call]]] = MappingProxyType(
    {
        "torch SDPA": _sdpa,
        "generated torch": _generated,
        "torch eager": _eager,
        "FlexAttention": _flex,
        "Keras Attention": _keras,
    }
)
