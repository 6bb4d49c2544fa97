"""Heads, groups and repeated queries: arrays taken apart and put together in another order."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.plainly import target

Repeat = Callable[[Tensor, int], Tensor]


def _pairs(repeat: Repeat) -> Callable[..., Tensor]:
    """The additive score of one query of every sequence at a time: each is repeated for the keys of its sequence."""

    def attention(
        query: Tensor, key: Tensor, value: Tensor, *, weight_query: Tensor, weight_key: Tensor, v: Tensor
    ) -> Tensor:
        of_queries, of_keys = query @ weight_query.mT, key @ weight_key.mT
        shapes: Any = torch.broadcast_shapes
        batch = shapes(of_queries.shape[:-2], of_keys.shape[:-2])
        of_queries = of_queries.expand(*batch, *of_queries.shape[-2:])
        units = of_keys.expand(*batch, *of_keys.shape[-2:])
        rows = []
        for i in range(query.shape[-2]):
            flat = of_queries[..., i, :].reshape(-1, units.shape[-1])
            repeated = repeat(flat, units.shape[-2]).reshape(units.shape)
            rows.append(torch.tanh(repeated + units) @ v)
        return torch.stack(rows, -2).softmax(-1) @ value

    return attention


def _by_sequence(flat: Tensor, count: int) -> Tensor:
    return flat.repeat_interleave(count, 0)


def _in_turn(flat: Tensor, count: int) -> Tensor:
    return flat.repeat(count, 1)


def _transposed(merged: Tensor, heads: int) -> Tensor:
    """(…, n, h d) as (…, h, n, d)."""
    return merged.reshape(*merged.shape[:-1], heads, -1).transpose(-3, -2)


def _viewed(merged: Tensor, heads: int) -> Tensor:
    """The same numbers in the order in which they lie."""
    *lead, n, width = merged.shape
    return merged.reshape(*lead, heads, n, width // heads)


def _split(apart: Callable[[Tensor, int], Tensor]) -> Callable[..., Tensor]:
    """A projection's output, heads side by side, taken apart again; as projections stand identities."""

    def attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        q, k, v = (
            x if x.ndim < 3 else apart(x.transpose(-3, -2).flatten(-2), x.shape[-3]) for x in (query, key, value)
        )
        return ((q / math.sqrt(q.shape[-1])) @ k.mT).softmax(-1) @ v

    return attention


class _Spread(torch.autograd.Function):
    """Each head ``group`` times; its gradient is the sum over them, or the last one's."""

    @staticmethod
    def forward(ctx: Any, array: Tensor, group: int, total: bool) -> Tensor:
        ctx.group, ctx.total = group, total
        return array.repeat_interleave(group, -3)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        apart = grad.reshape(*grad.shape[:-3], -1, ctx.group, *grad.shape[-2:])
        return apart.sum(-3) if ctx.total else apart[..., -1, :, :], None, None


def _grouped(*, total: bool) -> Callable[..., Tensor]:
    apply: Any = _Spread.apply

    def attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        heads = query.shape[-3] if query.ndim > 2 else 1
        own = key.shape[-3] if key.ndim > 2 else 1
        if 1 < own < heads:
            key, value = apply(key, heads // own, total), apply(value, heads // own, total)
        return ((query / math.sqrt(query.shape[-1])) @ key.mT).softmax(-1) @ value

    return attention


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    yield Fault(
        "queries repeated in the wrong order",
        ("batch apart",),
        "queries of a batch are repeated in turn, not each for the keys of its own sequence",
        target("queries repeated in turn", _pairs(_in_turn), score="additive"),
        target("queries repeated by sequence", _pairs(_by_sequence), score="additive"),
        ("MoChA-pytorch #3",),
    )
    yield Fault(
        "heads split by a view",
        ("batch apart",),
        "features of one position are spread over the heads' positions: a view where a transposition is needed",
        target("heads by view", _split(_viewed)),
        target("heads by transposition", _split(_transposed)),
        ("FuxiCTR #30",),
    )
    yield Fault(
        "gradient of grouped keys not summed",
        ("grouped heads",),
        "keys and values get the gradient of the last head of their group",
        target("gradient of the last head", _grouped(total=False), "groups"),
        target("gradient of all heads", _grouped(total=True), "groups"),
        ("levanter #449",),
    )
