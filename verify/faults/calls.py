"""Randomness in evaluation, state kept between calls, inputs changed in place, rows mixed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from attnproof.verify.faults import parts
from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.parts import assemble, target

KEEP = 0.9


def _random_dropout(weights: Tensor, value: Tensor, dropout: Tensor | None) -> Tensor:
    return parts.combine(torch.nn.functional.dropout(weights, 1 - KEEP, training=True), value, dropout)


def _no_dropout(weights: Tensor, value: Tensor, dropout: Tensor | None) -> Tensor:
    return parts.combine(torch.nn.functional.dropout(weights, 1 - KEEP, training=False), value, dropout)


def _caching(*, check: bool) -> Callable[..., Any]:
    """Keeps the keys by their shape; ``check`` compares the values too before it uses what it kept."""
    kept: dict[tuple[int, ...], Tensor] = {}

    def prepare(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        known = kept.get(tuple(key.shape))
        if known is None or known.dtype != key.dtype or (check and not torch.equal(known, key)):
            kept[tuple(key.shape)] = key.detach().clone()
            return query, key, value
        return query, (key - key.detach()) + known, value

    return prepare


def _in_place(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    with torch.no_grad():
        query.mul_(1.0 + 2.0**-4)
    return query / (1.0 + 2.0**-4), key, value


def _a_copy(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return query.clone(), key, value


def _mixed(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The batch and the query axis swapped by a reshape instead of a transposition."""
    if query.ndim == 3 and query.shape[0] > 1:
        return query.reshape(query.shape[1], query.shape[0], -1).transpose(0, 1), key, value
    return query, key, value


def _in_order(query: Tensor, key: Tensor, value: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    if query.ndim == 3 and query.shape[0] > 1:
        return query.transpose(0, 1).transpose(0, 1), key, value
    return query, key, value


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    yield Fault(
        "dropout active in evaluation",
        ("repeatable",),
        "weights are dropped at random although the call is no training step",
        target("drops weights always", assemble(combine=_random_dropout)),
        target("drops weights in training only", assemble(combine=_no_dropout)),
    )
    yield Fault(
        "keys kept between calls",
        ("nothing kept",),
        "keys of an earlier call of the same shape are used again",
        target("keeps keys by shape", assemble(prepare=_caching(check=False))),
        target("keeps keys by value", assemble(prepare=_caching(check=True))),
    )
    yield Fault(
        "input changed in place",
        ("inputs untouched",),
        "the query is scaled in place and the caller's array with it",
        target("scales in place", assemble(prepare=_in_place), gradients=False),
        target("scales a copy", assemble(prepare=_a_copy), gradients=False),
    )
    yield Fault(
        "rows of a batch mixed",
        ("batch apart",),
        "two axes are swapped by a reshape, which deals the queries out to the wrong batch elements",
        target("reshaped", assemble(prepare=_mixed)),
        target("transposed", assemble(prepare=_in_order)),
    )
