"""Masks and scores as numbers: filled with what is no −∞, multiplied, added, clamped, taken the exponential of."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.plainly import softmax, target


def _masked(hidden: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., Tensor]:
    def attention(query: Tensor, key: Tensor, value: Tensor, *, mask: Tensor | None = None) -> Tensor:
        scores = (query / math.sqrt(query.shape[-1])) @ key.mT
        return softmax(scores if mask is None else hidden(scores, mask)) @ value

    return attention


def _clamped(most: float) -> Callable[..., Tensor]:
    def attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return ((query / math.sqrt(query.shape[-1])) @ key.mT).clamp(-most, most).softmax(-1) @ value

    return attention


def _chosen(*, before: bool) -> Callable[..., Tensor]:
    """Masked scores are kept out of the exponential (``before``), or what it makes of them is."""

    def attention(query: Tensor, key: Tensor, value: Tensor, *, mask: Tensor | None = None) -> Tensor:
        scores = (query / math.sqrt(query.shape[-1])) @ key.mT
        if mask is None:
            return softmax(scores) @ value
        top = scores.masked_fill(~mask, -torch.inf).amax(-1, keepdim=True).detach()
        moved = scores - torch.where(torch.isneginf(top), 0.0, top)
        safe = torch.where(mask, moved, 0.0) if before else moved
        powers = torch.where(mask, safe.exp(), 0.0)
        total = powers.sum(-1, keepdim=True)
        return powers / torch.where(total == 0, 1.0, total) @ value

    return attention


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    sound = target("masked scores are −∞", _masked(lambda e, mask: e.masked_fill(~mask, -torch.inf)), "mask")
    ways: tuple[tuple[str, str, Callable[[Tensor, Tensor], Tensor], str], ...] = (
        (
            "mask filled with 1e-09",
            "a small number, and not a large negative one, takes the place of a masked score",
            lambda e, mask: e.masked_fill(~mask, 1e-9),
            "gluonts #1401",
        ),
        (
            "mask multiplied",
            "a masked score is 0, which is a score like any other",
            lambda e, mask: e * mask,
            "good-features #1",
        ),
        (
            "mask added as 0 and 1",
            "the boolean mask is added to the scores as numbers, and masks nothing",
            lambda e, mask: e + mask,
            "transformers #41443",
        ),
    )
    for name, says, hidden, seen in ways:
        yield Fault(name, ("masks", "masked keys unseen"), says, target(name, _masked(hidden), "mask"), sound, (seen,))
    yield Fault(
        "scores clamped",
        ("values",),
        "scores beyond ±5 are cut to that, and have no gradient",
        target("clamped to ±5", _clamped(5.0)),
        target("not clamped", _clamped(torch.inf)),
        ("graphtransformer #4",),
    )
    yield Fault(
        "exponential before the mask is looked at",
        ("values",),
        "the exponential of a huge masked score is infinite; it is not chosen, and its gradient is 0 · ∞",
        target("exp, then where", _chosen(before=False), "mask"),
        target("where, then exp", _chosen(before=True), "mask"),
        ("jax #17070",),
    )
