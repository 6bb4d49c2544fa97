"""Lengths of elements in a layout with heads: what is asked with them is asked."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import torch

import attnproof

HEADS = "query=b h q d, key=b h k d, value=b h k v, context=b h q v"


def of_elements(query: Any, key: Any, value: Any, lengths: Any) -> Any:
    """They are required, one for each element of the batch."""
    hidden = torch.arange(key.shape[2]) >= lengths.reshape(query.shape[0], 1, 1, 1)
    scores = (query @ key.mT / query.shape[-1] ** 0.5).masked_fill(hidden, -torch.inf)
    return torch.softmax(scores, -1).nan_to_num() @ value


def one_more(query: Any, key: Any, value: Any, lengths: Any) -> Any:
    return of_elements(query, key, value, lengths + 1)


@pytest.mark.parametrize("layout", [HEADS, f"{HEADS}, lengths=b"])
def test_every_question_with_lengths_is_asked(layout: str) -> None:
    options: dict[str, Any] = {"layout": layout, "takes": ("lengths",), "dtypes": ("fp64",), "shrink": False}
    options |= {"profile": "quick", "properties": ("algebra",)}
    right = attnproof.check(of_elements, "scaled_dot", **options)
    assert right.ok, right.summary()
    assert set(Counter(each.outcome for each in right.findings)) == {"pass"}, right.summary()
    assert not attnproof.check(one_more, "scaled_dot", **options).ok
