"""Backward passes that break where the forward pass does not."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from attnproof.verify.faults import parts
from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.parts import assemble, target
from attnproof.verify.faults.plainly import target as plain_target


class _FromLevel(torch.autograd.Function):
    """Softmax whose backward pass makes the weights again from the log-sum-exp ℓ.

    shifted: as exp(t − ℓ). Otherwise as exp(t) · exp(−ℓ), where exp(−ℓ) overflows for ℓ below −ln of the largest
    number.
    """

    @staticmethod
    def forward(ctx: Any, values: Tensor, shifted: bool) -> Tensor:
        level = values.logsumexp(-1, keepdim=True)
        ctx.save_for_backward(values, level)
        ctx.shifted = shifted
        return values.softmax(-1)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        values, level = ctx.saved_tensors
        weights = (values - level).exp() if ctx.shifted else values.exp() * (-level).exp()
        return weights * (grad - (grad * weights).sum(-1, keepdim=True)), None


def _from_level(*, shifted: bool, single_only: bool) -> Callable[..., Tensor]:
    def normalise(values: Tensor, sink: Tensor | None) -> Tensor:
        del sink
        apply: Any = _FromLevel.apply
        right = shifted or (single_only and values.shape[-2] != 1)
        return parts.where_keys(values, lambda safe: apply(safe, right))

    return normalise


class _Tanh(torch.autograd.Function):
    """tanh with its derivative as sech² = 4w/(1 + w)², w = exp(−2|z|)."""

    @staticmethod
    def forward(ctx: Any, z: Tensor) -> Tensor:
        ctx.save_for_backward(z)
        return torch.tanh(z)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (z,) = ctx.saved_tensors
        w = torch.exp(-2.0 * z.abs())
        return grad * (4.0 * w / (1.0 + w) ** 2)


class _Capped(torch.autograd.Function):
    """κ tanh(e/κ); its gradient is passed on as it comes, or times 1 − tanh²(e/κ)."""

    @staticmethod
    def forward(ctx: Any, scores: Tensor, softcap: Tensor, whole: bool) -> Tensor:
        bent = torch.tanh(scores / softcap)
        ctx.whole = whole
        ctx.save_for_backward(scores, softcap, bent)
        return softcap * bent

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, Tensor, None]:
        scores, softcap, bent = ctx.saved_tensors
        slope = 1.0 - bent * bent if ctx.whole else torch.ones_like(bent)
        for_cap = grad * (bent - (1.0 - bent * bent) * (scores / softcap))
        return grad * slope, for_cap.sum(), None


def _capped(*, whole: bool) -> Callable[..., Tensor]:
    apply: Any = _Capped.apply

    def attention(query: Tensor, key: Tensor, value: Tensor, *, softcap: Tensor | None = None) -> Tensor:
        scores = (query / math.sqrt(query.shape[-1])) @ key.mT
        return (scores if softcap is None else apply(scores, softcap, whole)).softmax(-1) @ value

    return attention


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    # Weights made again from ℓ err by u |ℓ| in the exponent, as those of fused kernels do.
    kernel: dict[str, Any] = {"takes": parts.WITHOUT_SINK, "fused": True}
    sound = target("weights from t − ℓ", assemble(normalise=_from_level(shifted=True, single_only=False)), **kernel)
    yield Fault(
        "NaN gradient at a very low log-sum-exp",
        ("values",),
        "the backward pass multiplies by exp(−ℓ), which overflows when every score is very negative",
        target("weights from exp(−ℓ)", assemble(normalise=_from_level(shifted=False, single_only=False)), **kernel),
        sound,
        ("pytorch #196678",),
    )
    yield Fault(
        "the same at a single query",
        ("values",),
        "only the path for one query multiplies by exp(−ℓ)",
        target("exp(−ℓ) at one query", assemble(normalise=_from_level(shifted=False, single_only=True)), **kernel),
        sound,
        ("cudnn-frontend #1072",),
    )
    # Without a soft-cap, whose tanh is torch's own in both.
    accurate: dict[str, Any] = {
        "contract": replace(parts.CONTRACT, tanh_derivative="sech2"),
        "takes": ("bias", "mask", "causal", "bias_hidden"),
    }
    apply: Any = _Tanh.apply
    yield Fault(
        "1 − tanh² in the backward pass",
        ("values",),
        "where tanh rounds to ±1 the difference keeps no digit of a derivative that is small but not 0",
        target("autograd of tanh", assemble(score=parts.additive, family="additive"), "additive", **accurate),
        target(
            "sech² by its own formula",
            assemble(score=parts.additive_with(apply), family="additive"),
            "additive",
            **accurate,
        ),
    )
    yield Fault(
        "derivative of the soft-cap missing",
        ("values",),
        "what flows back through the soft-cap is not multiplied by its slope",
        plain_target("slope of 1", _capped(whole=False), "softcap"),
        plain_target("slope of tanh", _capped(whole=True), "softcap"),
        ("tokamax #1121",),
    )
