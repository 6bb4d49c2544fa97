"""Rows without any key, and what hides behind a mask."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from attnproof.verify.faults import parts
from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.parts import assemble, target


def _nan_row(values: Tensor, sink: Tensor | None) -> Tensor:
    del sink
    return values.softmax(-1)


def _uniform_row(values: Tensor, sink: Tensor | None) -> Tensor:
    del sink
    dead = torch.isneginf(values).all(-1, keepdim=True)
    return torch.where(dead, 0.0, values).softmax(-1)


def _finite_mask(scores: Tensor, softcap: float | None, bias: Tensor | None, allowed: Tensor | None) -> Tensor:
    found = parts.logits(scores, softcap, bias, None)
    if allowed is not None:
        found = found + torch.where(allowed, 0.0, -1e9).to(found.dtype)
    return found


def _plain_sum(weights: Tensor, value: Tensor, dropout: Tensor | None) -> Tensor:
    return (weights if dropout is None else weights * dropout) @ value


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    repaired = target("rows without keys get 0", assemble(), takes=parts.WITHOUT_SINK)
    yield Fault(
        "fully masked row gives NaN",
        ("masked row",),
        "the softmax of a row of −∞ is 0/0",
        target("rows without keys get NaN", assemble(normalise=_nan_row), takes=parts.WITHOUT_SINK),
        repaired,
        ("pytorch #103749", "pytorch #103963", "pytorch #160064"),
    )
    yield Fault(
        "fully masked row gives the mean of the values",
        ("masked row",),
        "a row of −∞ is replaced by zeros and comes out with equal weights, where zeros were promised",
        target("rows without keys get mean(V)", assemble(normalise=_uniform_row), takes=parts.WITHOUT_SINK),
        repaired,
        ("onnxruntime #28904",),
    )
    yield Fault(
        "fully masked row depends on the format",
        ("masked row",),
        "−1e9 is added where keys are masked: a finite number in fp32, −∞ in fp16",
        target("masked by adding −1e9", assemble(logits=_finite_mask, normalise=_nan_row), takes=parts.WITHOUT_SINK),
        repaired,
    )
    yield Fault(
        "NaN behind a mask leaks",
        ("poison",),
        "a weight of 0 multiplies a NaN or an infinity, and 0 · NaN is NaN",
        target("masked values take part", assemble(combine=_plain_sum), takes=parts.WITHOUT_SINK),
        target("masked values are left out", assemble(), takes=parts.WITHOUT_SINK),
        ("pytorch #101967",),
    )
