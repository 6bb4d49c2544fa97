"""What is kept between calls of the same shapes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

import torch
from torch import Tensor

from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.plainly import target


def _turned(features: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    first, second = features.chunk(2, -1)
    return torch.cat([first * cos - second * sin, second * cos + first * sin], -1)


def _rotary(*, keeps: bool) -> Callable[..., Tensor]:
    """Tables of rotary positions, kept by shape and format where ``keeps``."""
    kept: dict[tuple[object, ...], Tensor] = {}

    def table(name: str, given: Tensor) -> Tensor:
        if not keeps:
            return given
        return kept.setdefault((name, *given.shape, given.dtype), given.detach().clone())

    def attention(
        query: Tensor,
        key: Tensor,
        value: Tensor,
        *,
        cos_query: Tensor | None = None,
        sin_query: Tensor | None = None,
        cos_key: Tensor | None = None,
        sin_key: Tensor | None = None,
    ) -> Tensor:
        if cos_query is not None and sin_query is not None and cos_key is not None and sin_key is not None:
            query = _turned(query, table("cos of queries", cos_query), table("sin of queries", sin_query))
            key = _turned(key, table("cos of keys", cos_key), table("sin of keys", sin_key))
        return ((query / math.sqrt(query.shape[-1])) @ key.mT).softmax(-1) @ value

    return attention


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    yield Fault(
        "rotary tables kept by shape",
        ("algebra",),
        "tables of the first call serve every later one of the same shapes, at whatever positions",
        target("keeps tables by shape", _rotary(keeps=True), "rotary"),
        target("keeps no tables", _rotary(keeps=False), "rotary"),
        ("rotary-embedding-torch #11",),
    )
