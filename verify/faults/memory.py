"""Arrays that lie differently in memory, and gradients of some inputs only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from attnproof.verify.faults import parts
from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.parts import assemble, target

BLOCK = 32


def _flat_rows(array: Tensor) -> Tensor:
    """The array's rows read one after the other from its memory, as a kernel does that ignores strides of 0."""
    storage = array.detach().as_strided((array.untyped_storage().nbytes() // array.element_size(),), (1,), 0)
    start = array.storage_offset()
    wanted = array.numel()
    room = storage[start : start + wanted]
    padded = torch.cat([room, room.new_zeros(max(0, wanted - room.numel()))])
    return padded.reshape(array.shape)


def _ignores_strides(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Lengths ≡ 1 mod 32 take the path that reads memory as if it were contiguous; gradients flow as they should."""
    if key.shape[-2] % BLOCK == 1:
        return query, key + (_flat_rows(key) - key.detach()), value
    return query, key, value


def _respects_strides(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    if key.shape[-2] % BLOCK == 1:
        return query, key + (_flat_rows(key.contiguous()) - key.detach()), value
    return query, key, value


class _BiasNeedsQuery(torch.autograd.Function):
    """Adds the bias; its gradient is formed only where the scores' is."""

    @staticmethod
    def forward(ctx: Any, scores: Tensor, bias: Tensor, wanted: bool) -> Tensor:
        ctx.wanted, ctx.shape = wanted, bias.shape
        return scores + bias

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        missing = ctx.wanted and not ctx.needs_input_grad[0]
        found = torch.zeros_like(grad) if missing else grad
        return grad, found.sum_to_size(ctx.shape), None


def _bias_with_others(wanted: bool) -> Any:
    def logits(scores: Tensor, softcap: float | None, bias: Tensor | None, allowed: Tensor | None) -> Tensor:
        if bias is None or torch.isneginf(bias).any():
            return parts.logits(scores, softcap, bias, allowed)
        capped = parts.logits(scores, softcap, None, None)
        apply: Any = _BiasNeedsQuery.apply
        return parts.logits(apply(capped, bias, wanted), None, None, allowed)

    return logits


def _halved_bias_gradient(scores: Tensor, softcap: float | None, bias: Tensor | None, allowed: Tensor | None) -> Tensor:
    """The right value, and half of it does not count for the gradient."""
    shown = None if bias is None else torch.where(torch.isneginf(bias), bias, 0.5 * bias + 0.5 * bias.detach())
    return parts.logits(scores, softcap, shown, allowed)


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    yield Fault(
        "strides of 0 ignored at lengths ≡ 1 mod 32",
        ("layout",),
        "keys shared by a batch (stride 0) are read as if each had memory of its own",
        target("reads memory as it lies", assemble(prepare=_ignores_strides)),
        target("reads memory by its strides", assemble(prepare=_respects_strides)),
        ("pytorch #191937",),
    )
    sound = target("bias gradient always", assemble(logits=_bias_with_others(wanted=False)))
    yield Fault(
        "gradient of the bias only with other gradients",
        ("gradient subsets",),
        "the gradient of the bias is 0 unless query or key require one too",
        target("bias gradient with others", assemble(logits=_bias_with_others(wanted=True))),
        sound,
        ("pytorch #148476", "pytorch #158212", "jax #32242"),
    )
    yield Fault(
        "gradient of the bias wrong",
        ("gradient subsets",),
        "half of the bias is cut off from the gradient",
        target("half a bias gradient", assemble(logits=_halved_bias_gradient)),
        target("a whole bias gradient", assemble()),
        ("pytorch #148476",),
    )
