"""Tables of rotary positions go to the arguments that the target has for them."""

from __future__ import annotations

from typing import Any

import pytest
import torch

import attnproof

NAMES = ("cos_query=cos_q", "sin_query=sin_q", "cos_key=cos_k", "sin_key=sin_k")


def turned(x: Any, cos: Any, sin: Any) -> Any:
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def attend(query: Any, key: Any, value: Any, cos_q: Any, sin_q: Any, cos_k: Any, sin_k: Any) -> Any:
    scores = turned(query, cos_q, sin_q) @ turned(key, cos_k, sin_k).mT / query.shape[-1] ** 0.5
    return torch.softmax(scores, -1) @ value


def of_keys(query: Any, key: Any, value: Any, cos_q: Any, sin_q: Any, cos_k: Any, sin_k: Any) -> Any:
    """Queries are turned by the first of the keys' angles."""
    if query.shape[-2] <= key.shape[-2]:
        cos_q, sin_q = cos_k[: query.shape[-2]], sin_k[: query.shape[-2]]
    return attend(query, key, value, cos_q, sin_q, cos_k, sin_k)


def test_tables_by_the_targets_own_names() -> None:
    options: dict[str, Any] = {"takes": ("rotary",), "arguments": NAMES, "contract": {"rotary": "half-split"}}
    options |= {"profile": "quick", "properties": ("algebra",), "dtypes": ("fp64",), "shrink": False}
    assert attnproof.check(attend, "scaled_dot", **options).ok
    assert not attnproof.check(of_keys, "scaled_dot", **options).ok
    with pytest.raises(ValueError, match="unknown argument 'cos_query'"):
        attnproof.check(attend, "scaled_dot", **{**options, "takes": ()})
