"""Masks: what they hide, their order with a soft-cap, their format, alignment and polarity."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

import torch
from torch import Tensor

from attnproof.verify.faults import parts
from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.parts import assemble, target
from attnproof.verify.faults.plainly import softmax
from attnproof.verify.faults.plainly import target as plain_target


def _cap_after_mask(scores: Tensor, softcap: float | None, bias: Tensor | None, allowed: Tensor | None) -> Tensor:
    """κ tanh(−∞/κ) = −κ: what was masked is back."""
    masked = parts.logits(scores, None, bias, allowed)
    return masked if softcap is None else softcap * torch.tanh(masked / softcap)


def _bits_as_half(scores: Tensor, softcap: float | None, bias: Tensor | None, allowed: Tensor | None) -> Tensor:
    """Every fp32 number of the mask read as two fp16 numbers, of which the first is taken."""
    if bias is not None and bias.dtype == torch.float32 and scores.dtype == torch.float16:
        bias = bias.detach().contiguous().view(torch.float16)[..., ::2]
    return parts.logits(scores, softcap, bias, allowed)


def _converted(scores: Tensor, softcap: float | None, bias: Tensor | None, allowed: Tensor | None) -> Tensor:
    if bias is not None and bias.dtype == torch.float32 and scores.dtype == torch.float16:
        bias = bias.detach().contiguous().to(torch.float16)
    return parts.logits(scores, softcap, bias, allowed)


def _positions_in(narrow: bool) -> Callable[..., Tensor | None]:
    def visible(
        scores: Tensor, mask: Tensor | None, causal: bool, window: int | tuple[int, int] | None, lengths: Tensor | None
    ) -> Tensor | None:
        found = parts.visible(scores, mask, False, window, lengths)
        if not causal:
            return found
        n_q, n_k = scores.shape[-2:]
        dtype = scores.dtype if narrow else torch.int64
        rows = torch.arange(n_k - n_q, n_k).to(dtype)[:, None]
        triangle = torch.arange(n_k).to(dtype)[None, :] <= rows
        return triangle if found is None else found & triangle

    return visible


def _constant(value: float, *, replaces: bool = False) -> Callable[..., Tensor]:
    """A finite number in the place of −∞, or of the masked score itself; rows without any key stay what they are."""

    def logits(scores: Tensor, softcap: float | None, bias: Tensor | None, allowed: Tensor | None) -> Tensor:
        found = parts.logits(scores, softcap, bias, None)
        if allowed is None:
            return found
        dead = ~allowed.any(-1, keepdim=True)
        if replaces:
            masked = torch.where(allowed, found, torch.tensor(value, dtype=found.dtype))
        else:
            masked = found + torch.where(allowed, 0.0, value).to(found.dtype)
        return torch.where(dead, -torch.inf, masked)

    return logits


def _top_left(
    scores: Tensor, mask: Tensor | None, causal: bool, window: int | tuple[int, int] | None, lengths: Tensor | None
) -> Tensor | None:
    found = parts.visible(scores, mask, False, window, lengths)
    if not causal:
        return found
    triangle = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
    return triangle if found is None else found & triangle


def _reversed(
    scores: Tensor, mask: Tensor | None, causal: bool, window: int | tuple[int, int] | None, lengths: Tensor | None
) -> Tensor | None:
    return parts.visible(scores, None if mask is None else ~mask, causal, window, lengths)


def _within(reach: int) -> Callable[..., Tensor]:
    """A window of w sees keys up to w − 1 + ``reach`` positions away."""

    def attention(query: Tensor, key: Tensor, value: Tensor, *, window: int | tuple[int, int] | None = None) -> Tensor:
        scores = (query / math.sqrt(query.shape[-1])) @ key.mT
        if window is not None:
            n_q, n_k = scores.shape[-2:]
            gap = torch.arange(n_q)[:, None] + n_k - n_q - torch.arange(n_k)[None, :]
            ends = zip((gap, -gap), parts.both_ends(window), strict=True)
            for away, end in ends:
                scores = scores.masked_fill((away >= end + reach) & (end >= 0), -torch.inf)
        return softmax(scores) @ value

    return attention


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    sound = target("masked with −∞ after the soft-cap", assemble())
    yield Fault(
        "soft-cap after the mask",
        ("masked keys unseen",),
        "the soft-cap turns the −∞ of masked keys into −κ, a finite number",
        target("caps what is masked", assemble(logits=_cap_after_mask)),
        sound,
        ("onnx #7865", "onnx #7867"),
    )
    yield Fault(
        "fp32 mask read as fp16",
        ("mask format",),
        "the memory of an fp32 mask is read as if it held fp16 numbers",
        target("reads bits", assemble(logits=_bits_as_half)),
        target("converts numbers", assemble(logits=_converted)),
        ("pytorch PR #191612",),
    )
    yield Fault(
        "causal leak in half precision",
        ("masked keys unseen",),
        "positions are compared in the format of the scores, in which neighbours far from the start are equal",
        target("positions in the scores' format", assemble(visible=_positions_in(narrow=True))),
        target("whole positions", assemble(visible=_positions_in(narrow=False))),
        ("pytorch #195910",),
    )
    for value, formats in ((-1e4, "every format"), (-1e9, "fp32 and wider")):
        yield Fault(
            f"mask constant {value:.0e}",
            ("masked keys unseen",),
            f"a finite number in the place of −∞ is too weak for large scores ({formats})",
            target(f"adds {value:.0e}", assemble(logits=_constant(value))),
            target("adds −∞", assemble(logits=_constant(-torch.inf))),
            ("transformers #14859", "flax #982"),
        )
    yield Fault(
        "masked scores set to -1e+04",
        ("masked keys unseen",),
        "a finite number in the place of a masked score is the largest where all visible scores are lower",
        target("sets to -1e+04", assemble(logits=_constant(-1e4, replaces=True))),
        target("sets to −∞", assemble(logits=_constant(-torch.inf, replaces=True))),
        ("transformers #14859", "TransformerLens #385"),
    )
    yield Fault(
        "causal mask aligned top-left instead of bottom-right",
        ("masks",),
        "with fewer queries than keys the last query does not see the last keys",
        target("from the top left", assemble(visible=_top_left)),
        sound,
        ("pytorch #108108", "mlx #2835", "onnx #8068"),
    )
    yield Fault(
        "mask polarity reversed",
        ("masks",),
        "True masks where it was declared to attend",
        target("True masks", assemble(visible=_reversed), contract=replace(parts.CONTRACT, polarity="true attends")),
        sound,
        ("pytorch #170400",),
    )
    yield Fault(
        "window off by one",
        ("masks",),
        "a window of w sees keys less than w positions away, where at most w was meant",
        plain_target("less than w away", _within(0), "window"),
        plain_target("at most w away", _within(1), "window"),
        ("transformers #39408", "transformers #47010"),
    )
