"""The fused modules for torch: tensors on the CPU in and out, gradients by autograd; contiguous ones are not copied."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

TENSORS = ("query", "key", "value", "weight_query", "weight_key", "v", "bias_hidden", "softcap", "bias")


def attention(
    module: ModuleType,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    weight_query: Tensor,
    weight_key: Tensor,
    v: Tensor,
    bias_hidden: Tensor | None = None,
    softcap: float | Tensor | None = None,
    bias: Tensor | None = None,
    *,
    mask: Tensor | None = None,
    causal: bool = False,
) -> tuple[Tensor, Tensor]:
    """``module.attention`` for torch: context (..., n_q, d_v) and log-sum-exp (..., n_q), both differentiable.

    module  a fused module, ``attnproof.impl.generated.numba.additive``; shapes, dtypes and errors are those of its
            ``attention``, for tensors on the CPU. Gradients cannot be differentiated again.

    Raises TypeError for a tensor that is not on the CPU, and what the module raises.
    """
    given = (query, key, value, weight_query, weight_key, v, bias_hidden, softcap, bias)
    for name, tensor in zip((*TENSORS, "mask"), (*given, mask), strict=True):
        if isinstance(tensor, Tensor) and tensor.device.type != "cpu":
            raise TypeError(f"{name} must be on the CPU, got {tensor.device}")
    apply: Callable[..., tuple[Tensor, Tensor]] = _Function.apply
    return apply(module, causal, mask, *given)


def _array(x: Any) -> Any:
    return x.detach().numpy() if isinstance(x, Tensor) else x


class _Function(torch.autograd.Function):
    """``attention`` with its derived gradient; of the forward pass context and normaliser are kept."""

    @staticmethod
    def forward(ctx: Any, module: ModuleType, causal: bool, mask: Tensor | None, *given: Any) -> tuple[Tensor, Tensor]:
        """Compute both outputs."""
        found = module.attention(*map(_array, given), mask=_array(mask), causal=causal)
        context, log_sum_exp, normaliser = map(torch.from_numpy, found)
        ctx.module, ctx.causal = module, causal
        ctx.softcap = given[7] if not isinstance(given[7], Tensor) else None
        ctx.save_for_backward(*(x if isinstance(x, Tensor) else None for x in (*given, mask)), context, normaliser)
        ctx.set_materialize_grads(False)
        return context, log_sum_exp

    @staticmethod
    def backward(ctx: Any, grad_context: Tensor | None, grad_log_sum_exp: Tensor | None) -> tuple[Tensor | None, ...]:
        """Compute the gradients of every input."""
        if torch.is_grad_enabled():
            # torch's once_differentiable says so only where the gradient that comes in needs one too; else terms would
            # be missing
            raise RuntimeError("create_graph=True: no second derivatives here; the plain torch program has them")
        *given, mask, context, normaliser = ctx.saved_tensors
        needed = dict(zip(TENSORS, ctx.needs_input_grad[3:], strict=True))
        if grad_context is None:
            grad_context = torch.zeros_like(context)
        arrays = [_array(x) for x in given]
        if ctx.softcap is not None:
            arrays[7] = ctx.softcap
        gradients = ctx.module.attention_backward(
            grad_context.numpy(),
            *arrays,
            mask=_array(mask),
            causal=ctx.causal,
            grad_log_sum_exp=_array(grad_log_sum_exp),
            forward=ctx.module.Attention(context.detach().numpy(), None, normaliser.numpy()),
            wanted=frozenset(name for name, wanted in needed.items() if wanted),
        )
        return (
            None,
            None,
            None,
            *(torch.from_numpy(gradients[name]) if wanted else None for name, wanted in needed.items()),
        )
