"""Exponentials, sums and constants beyond the range that they were thought for."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor

from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.plainly import SOUND, target, triangle


def _exponentials(*, shifted: bool) -> Callable[..., Tensor]:
    def attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        scores = (query / math.sqrt(query.shape[-1])) @ key.mT
        powers = (scores - scores.amax(-1, keepdim=True).detach() if shifted else scores).exp()
        return powers / powers.sum(-1, keepdim=True) @ value

    return attention


def _two_minima(*, added: bool) -> Callable[..., Tensor]:
    """The least number of the format for what padding masks and for what causal masks; ``added``: for both, twice."""

    def attention(
        query: Tensor, key: Tensor, value: Tensor, *, mask: Tensor | None = None, causal: bool = False
    ) -> Tensor:
        scores = (query / math.sqrt(query.shape[-1])) @ key.mT
        least = torch.finfo(scores.dtype).min
        zeros = torch.zeros_like(scores)
        padded = zeros if mask is None else zeros.masked_fill(~mask, least)
        future = zeros.masked_fill(~triangle(*scores.shape[-2:]), least) if causal else zeros
        hidden = padded + future if added else torch.minimum(padded, future)
        return torch.where(hidden == 0, scores, hidden).softmax(-1) @ value

    return attention


def _summed(*, wide: bool) -> Callable[..., Tensor]:
    """In fp32 all but the sum of a row, which is added up in the arrays' own format unless ``wide``."""

    def attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        scores = (query.float() / math.sqrt(query.shape[-1])) @ key.float().mT
        powers = (scores - scores.amax(-1, keepdim=True).detach()).exp()
        if wide:
            total = powers.sum(-1, keepdim=True)
        else:
            narrow = powers.to(query.dtype)
            total = torch.zeros_like(narrow[..., :1])
            for j in range(narrow.shape[-1]):
                total = total + narrow[..., j : j + 1]
        return (powers / total.float() @ value.float()).to(query.dtype)

    return attention


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    yield Fault(
        "exponentials without the maximum",
        ("range through query and key",),
        "exp of the scores themselves: infinite above 709 in fp64 and 88 in fp32",
        target("exp of the scores", _exponentials(shifted=False), dtypes=("fp64", "fp32")),
        target("exp of what is below the maximum", _exponentials(shifted=True), dtypes=("fp64", "fp32")),
    )
    mean = replace(SOUND, masked_row="uniform")
    yield Fault(
        "two finite minima added",
        ("masked row",),
        "padding and causal each put the least number of the format where they mask; where both do, their sum is −∞, "
        "and a row of those is NaN",
        target("minima added", _two_minima(added=True), "mask", "causal", contract=mean),
        target("the lesser of two minima", _two_minima(added=False), "mask", "causal", contract=mean),
        ("transformers #17306",),
    )
    half: dict[str, Any] = {"dtypes": ("bf16", "fp16"), "contract": replace(SOUND, computes_in="fp32")}
    yield Fault(
        "sum of a row in half precision",
        ("pairs of features", "range through query and key"),
        "declared to compute in fp32; the normaliser is added up in the arrays' format: 4096 equal scores sum to 2048",
        target("normaliser in half precision", _summed(wide=False), **half),
        target("normaliser in fp32", _summed(wide=True), **half),
        ("tract #2586", "candle #3727"),
    )
