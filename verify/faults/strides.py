"""Memory read as if it were contiguous: of the cotangent, of a mask."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.plainly import softmax, target


def _by_strides(array: Tensor) -> Tensor:
    return array


def _as_it_lies(array: Tensor) -> Tensor:
    """As many elements as the array has, one after the other from its first; zeros beyond the end of its memory."""
    room = array.untyped_storage().nbytes() // array.element_size() - array.storage_offset()
    flat = array.as_strided((min(room, array.numel()),), (1,), array.storage_offset())
    return torch.cat([flat, flat.new_zeros(array.numel() - flat.numel())]).reshape(array.shape)


class _Layer(torch.autograd.Function):
    """Attention with a backward pass of its own, which reads the cotangent by ``read``."""

    @staticmethod
    def forward(ctx: Any, query: Tensor, key: Tensor, value: Tensor, read: Callable[[Tensor], Tensor]) -> Tensor:
        scale = 1.0 / math.sqrt(query.shape[-1])
        ctx.scale, ctx.read = scale, read
        weights = ((query * scale) @ key.mT).softmax(-1)
        ctx.save_for_backward(query, key, value, weights)
        return weights @ value

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        query, key, value, weights = ctx.saved_tensors
        grad = ctx.read(grad)
        grad_weights = grad @ value.mT
        grad_scores = weights * (grad_weights - (grad_weights * weights).sum(-1, keepdim=True)) * ctx.scale
        return (
            (grad_scores @ key).sum_to_size(query.shape),
            (grad_scores.mT @ query).sum_to_size(key.shape),
            (weights.mT @ grad).sum_to_size(value.shape),
            None,
        )


def _layer(read: Callable[[Tensor], Tensor]) -> Callable[..., Tensor]:
    apply: Any = _Layer.apply
    return lambda query, key, value: apply(query, key, value, read)


def _masked(read: Callable[[Tensor], Tensor]) -> Callable[..., Tensor]:
    def attention(query: Tensor, key: Tensor, value: Tensor, *, mask: Tensor | None = None) -> Tensor:
        scores = (query / math.sqrt(query.shape[-1])) @ key.mT
        if mask is not None:
            scores = scores.masked_fill(~read(mask), -torch.inf)
        return softmax(scores) @ value

    return attention


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    yield Fault(
        "cotangent read as if contiguous",
        ("algebra",),
        "the backward pass reads the memory of the cotangent in order, whatever its strides; out.sum().backward() "
        "hands over one number with strides of 0",
        target("cotangent as it lies", _layer(_as_it_lies)),
        target("cotangent by its strides", _layer(_by_strides)),
        ("flash-attention #355", "xformers #282"),
    )
    yield Fault(
        "mask read as if contiguous",
        ("algebra",),
        "a transposed mask is read row by row from its memory",
        target("mask as it lies", _masked(_as_it_lies), "mask"),
        target("mask by its strides", _masked(_by_strides), "mask"),
        ("pytorch #158424",),
    )
