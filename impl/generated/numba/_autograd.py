"""The fused modules for torch: tensors on the CPU in and out, gradients by autograd; contiguous ones are not copied."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import torch
from torch import Tensor


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
    """``module.attention`` of additive scores for torch; see ``by_name``."""
    given = {"query": query, "key": key, "value": value, "weight_query": weight_query, "weight_key": weight_key, "v": v}
    options = {"bias_hidden": bias_hidden, "softcap": softcap, "bias": bias}
    return by_name(module, {**given, **options}, mask=mask, causal=causal)


def by_name(
    module: ModuleType, given: Mapping[str, Any], *, mask: Tensor | None = None, causal: bool = False
) -> tuple[Tensor, Tensor]:
    """``module.attention`` for torch: context (..., n_q, d_v) and log-sum-exp (..., n_q), both differentiable.

    module  a fused module, ``attnproof.impl.generated.numba.additive``; arguments by name, shapes, dtypes and errors
            are those of its ``attention``, for tensors on the CPU. Gradients cannot be differentiated again.

    Raises TypeError for a tensor that is not on the CPU, and what the module raises.
    """
    for name, tensor in {**given, "mask": mask}.items():
        if isinstance(tensor, Tensor) and tensor.device.type != "cpu":
            raise TypeError(f"{name} must be on the CPU, got {tensor.device}")
    apply: Callable[..., tuple[Tensor, Tensor]] = _Function.apply
    return apply(module, causal, mask, tuple(given), *given.values())


def _array(x: Any) -> Any:
    return x.detach().numpy() if isinstance(x, Tensor) else x


def _threads(module: ModuleType) -> dict[str, int]:
    """Torch's number of threads, for the modules that have several."""
    return {"threads": torch.get_num_threads()} if getattr(module, "THREADED", False) else {}


class _Function(torch.autograd.Function):
    """``attention`` with its derived gradient; of the forward pass context and normaliser are kept."""

    @staticmethod
    def forward(
        ctx: Any, module: ModuleType, causal: bool, mask: Tensor | None, names: tuple[str, ...], *given: Any
    ) -> tuple[Tensor, Tensor]:
        """Compute both outputs."""
        arrays = dict(zip(names, map(_array, given), strict=True))
        found = module.attention(**arrays, mask=_array(mask), causal=causal, **_threads(module))
        context, log_sum_exp, normaliser = map(torch.from_numpy, found)
        ctx.module, ctx.causal, ctx.names = module, causal, names
        ctx.numbers = {name: x for name, x in zip(names, given, strict=True) if not isinstance(x, Tensor)}
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
        needed = dict(zip(ctx.names, ctx.needs_input_grad[4:], strict=True))
        if grad_context is None:
            grad_context = torch.zeros_like(context)
        arrays = {name: _array(x) for name, x in zip(ctx.names, given, strict=True)} | ctx.numbers
        gradients = ctx.module.attention_backward(
            grad_context.numpy(),
            **arrays,
            mask=_array(mask),
            causal=ctx.causal,
            grad_log_sum_exp=_array(grad_log_sum_exp),
            forward=ctx.module.Attention(context.detach().numpy(), None, normaliser.numpy()),
            wanted=frozenset(name for name, wanted in needed.items() if wanted),
            **_threads(ctx.module),
        )
        return (
            None,
            None,
            None,
            None,
            *(torch.from_numpy(gradients[name]) if wanted else None for name, wanted in needed.items()),
        )
