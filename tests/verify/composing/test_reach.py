"""Scores of a given size through query and key."""

from __future__ import annotations

import numpy as np
import pytest

from attnproof.impl.reference.numpy_attention import attention
from attnproof.verify.composing.reach import reaching
from attnproof.verify.inputs.case import Case


def case(query: float) -> Case:
    inputs = {"query": np.full((2, 3), query), "key": np.ones((4, 3)), "value": np.ones((4, 2))}
    return Case("dot", inputs, np.ones((2, 2)))


@pytest.mark.parametrize("size", [1.0, 100.0, 2.0**900])
def test_a_power_of_two_reaches_it(size: float) -> None:
    scores = np.abs(attention("dot", reaching(case(0.7), size)).scores)
    assert size <= scores.max() < 2 * size


@pytest.mark.parametrize("size", [1.0, 100.0, 2.0**900])
def test_one_tensor_for_query_and_key_reaches_it_with_both(size: float) -> None:
    square = case(0.7).having(key=np.ones((2, 3)), value=np.ones((2, 2)))
    found = reaching(square, size, one=True)
    np.testing.assert_array_equal(found["query"], found["key"])
    assert size <= np.abs(attention("dot", found).scores).max() < 4 * size


def test_scores_that_are_all_0_reach_nothing() -> None:
    """As shrinking has it, where zeros are the simplest numbers."""
    with pytest.raises(ValueError, match="all 0"):
        reaching(case(0.0), 100.0)
