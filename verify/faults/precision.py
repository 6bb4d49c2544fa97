"""Too little precision inside, and rounding with a bias."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from attnproof.verify.faults import parts
from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.parts import assemble, target

# How many low bits of an fp32 number the format lacks.
DROPPED = {torch.bfloat16: 16, torch.float16: 13}


def _in_single(inner: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """The whole computation in fp32, inputs and result in their own format."""

    def attention(**given: Any) -> Tensor:
        dtype = given["query"].dtype
        wide = {n: v.float() if isinstance(v, Tensor) and v.dtype.is_floating_point else v for n, v in given.items()}
        return inner(**wide).to(dtype)

    return attention


def _rounded_scores(scores: Tensor, softcap: float | None, bias: Tensor | None, allowed: Tensor | None) -> Tensor:
    """Scores pass through bf16 on their way to the softmax."""
    return parts.logits(scores.bfloat16().float(), softcap, bias, allowed)


def _toward_zero(value: Tensor, dtype: torch.dtype) -> Tensor:
    """An fp32 number cut to the format."""
    bits = value.view(torch.int32) & ~((1 << DROPPED[dtype]) - 1)
    return bits.view(torch.float32).to(dtype)


def _nearest(value: Tensor, dtype: torch.dtype) -> Tensor:
    return value.to(dtype)


def _accumulated(rounding: Callable[[Tensor, torch.dtype], Tensor]) -> Callable[..., Tensor]:
    """The sum over keys one after the other, rounded to the format after each."""

    def combine(weights: Tensor, value: Tensor, dropout: Tensor | None) -> Tensor:
        if value.dtype not in DROPPED or value.requires_grad or weights.requires_grad:
            return parts.combine(weights, value, dropout)
        kept = weights if dropout is None else weights * dropout
        safe = torch.where((kept != 0).any(-2)[..., None], value, 0.0)
        total = torch.zeros_like(kept[..., :1] * safe[..., :1, :])
        for key in range(value.shape[-2]):
            product = kept[..., key : key + 1].float() * safe[..., key : key + 1, :].float()
            total = rounding(total.float() + product, value.dtype)
        return total

    return combine


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    half: dict[str, Any] = {
        "dtypes": ("bf16", "fp16"),
        "contract": replace(parts.CONTRACT, computes_in="fp32"),
        "takes": ("bias", "mask", "causal"),
    }
    yield Fault(
        "scores rounded to bf16 before the softmax",
        ("values",),
        "declared to compute in fp32; the scores pass through bf16, and exp turns their absolute errors into relative "
        "ones",
        target("scores through bf16", _in_single(assemble(logits=_rounded_scores)), **half),
        target("scores in fp32", _in_single(assemble()), **half),
        ("flash-attention #434", "flash-attention #1071"),
    )
    sums: dict[str, Any] = {"dtypes": ("bf16", "fp16"), "gradients": False, "takes": ("bias", "mask", "causal")}
    yield Fault(
        "sums cut off instead of rounded",
        ("unbiased rounding",),
        "every partial sum is rounded toward zero, so that tied keys with values of one sign give errors of one sign",
        target("cut toward zero", assemble(combine=_accumulated(_toward_zero)), **sums),
        target("rounded to nearest", assemble(combine=_accumulated(_nearest)), **sums),
    )
