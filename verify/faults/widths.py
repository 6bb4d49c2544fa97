"""Widths: what a kernel pads, cuts, or takes the root of."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, Final

import torch
from torch import Tensor

from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.plainly import target

TILE: Final = 128  # features in a tile: wider heads are padded to a multiple


def _own(width: int) -> int:
    return width


def _padded(width: int) -> int:
    """As the kernel lays it out: narrow heads as they are, others in whole tiles."""
    return width if width <= TILE else -(-width // TILE) * TILE


def _all(array: Tensor, width: int) -> Tensor:
    del width
    return array


def _first(array: Tensor, width: int) -> Tensor:
    """The first ``width`` columns, zeros beyond."""
    return torch.nn.functional.pad(array[..., :width], (0, max(0, array.shape[-1] - width)))


class _Layer(torch.autograd.Function):
    """Attention with a backward pass of its own, whose scale is that of ``wide(d)``, and which reads ``columns(c̄, d)``
    of the cotangent.
    """

    @staticmethod
    def forward(
        ctx: Any,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        wide: Callable[[int], int],
        columns: Callable[[Tensor, int], Tensor],
    ) -> Tensor:
        width = query.shape[-1]
        ctx.scale, ctx.columns = 1.0 / math.sqrt(wide(width)), columns
        weights = ((query / math.sqrt(width)) @ key.mT).softmax(-1)
        ctx.save_for_backward(query, key, value, weights)
        return weights @ value

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None]:
        query, key, value, weights = ctx.saved_tensors
        grad = ctx.columns(grad, query.shape[-1])
        grad_weights = grad @ value.mT
        grad_scores = weights * (grad_weights - (grad_weights * weights).sum(-1, keepdim=True)) * ctx.scale
        return (
            (grad_scores @ key).sum_to_size(query.shape),
            (grad_scores.mT @ query).sum_to_size(key.shape),
            (weights.mT @ grad).sum_to_size(value.shape),
            None,
            None,
        )


def _layer(wide: Callable[[int], int] = _own, columns: Callable[[Tensor, int], Tensor] = _all) -> Callable[..., Tensor]:
    apply: Any = _Layer.apply
    return lambda query, key, value: apply(query, key, value, wide, columns)


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    sound = target("scale of the width, all columns", _layer())
    yield Fault(
        "backward scales by the padded width",
        ("algebra",),
        f"heads wider than {TILE} are padded, and the backward pass takes the root of what they are padded to",
        target("scale of the padded width", _layer(wide=_padded)),
        sound,
        ("tilelang-ascend #1670",),
    )
    yield Fault(
        "backward cuts value channels beyond the width of queries",
        ("algebra",),
        "the backward pass reads as many channels of the cotangent as queries are wide",
        target("first channels of the cotangent", _layer(columns=_first)),
        sound,
        ("native-sparse-attention-triton #27",),
    )
