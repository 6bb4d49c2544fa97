"""Exponentials, sums and constants beyond the range that they were thought for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import torch
from torch import Tensor

from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.plainly import SOUND, target, triangle


def _exponentials(*, shifted: bool) -> Callable[..., Tensor]:
    def attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        scores = (query * query.shape[-1] ** -0.5) @ key.mT
        powers = (scores - scores.amax(-1, keepdim=True).detach() if shifted else scores).exp()
        return powers / powers.sum(-1, keepdim=True) @ value

    return attention


def _two_minima(*, added: bool) -> Callable[..., Tensor]:
    """The least number of the format for what padding masks and for what causal masks; ``added``: for both, twice."""

    def attention(
        query: Tensor, key: Tensor, value: Tensor, *, mask: Tensor | None = None, causal: bool = False
    ) -> Tensor:
        scores = (query * query.shape[-1] ** -0.5) @ key.mT
        least = torch.finfo(scores.dtype).min
        zeros = torch.zeros_like(scores)
        padded = zeros if mask is None else zeros.masked_fill(~mask, least)
        future = zeros.masked_fill(~triangle(*scores.shape[-2:]), least) if causal else zeros
        hidden = padded + future if added else torch.minimum(padded, future)
        return torch.where(hidden == 0, scores, hidden).softmax(-1) @ value

    return attention


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    yield Fault(
        "exponentials without the maximum",
        ("algebra",),
        "exp of the scores themselves: infinite above 709 in fp64 and 88 in fp32",
        target("exp of the scores", _exponentials(shifted=False), dtypes=("fp64", "fp32")),
        target("exp of what is below the maximum", _exponentials(shifted=True), dtypes=("fp64", "fp32")),
    )
    mean = replace(SOUND, masked_row="uniform")
    yield Fault(
        "two finite minima added",
        ("algebra",),
        "padding and causal each put the least number of the format where they mask; where both do, their sum is −∞, "
        "and a row of those is NaN",
        target("minima added", _two_minima(added=True), "mask", "causal", contract=mean),
        target("the lesser of two minima", _two_minima(added=False), "mask", "causal", contract=mean),
        ("transformers #17306",),
    )
