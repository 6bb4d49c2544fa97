"""Rows of a result judged alone: which arguments they need, how sure a sample is, and what a fault among them says."""

from __future__ import annotations

import logging
import math
from itertools import combinations
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from torch.nn import functional as F

from attnproof import UndecidedError, assert_close
from attnproof.verify.against.rows import Sample, edges, rows_of, sample
from attnproof.verify.recording.recording import NotReadError

torch.manual_seed(0)
Q, K, V = (torch.randn(2, 3, 200, 16) for _ in range(3))
MASK = torch.rand(200, 200) < 0.7


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    return torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]), -1) @ v


def masked(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    return torch.softmax((q @ k.mT / math.sqrt(q.shape[-1])).masked_fill(~mask, -math.inf), -1) @ v


def causal(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    return masked(q, k, v, torch.ones(q.shape[-2], k.shape[-2], dtype=torch.bool).tril())


def axes(function: Any, *inputs: Any) -> list[tuple[int, dict[int, int]]]:
    return [(axis.results, dict(axis.arguments)) for axis in rows_of(function, inputs, function(*inputs)).axes]


def test_what_a_row_needs() -> None:
    batches = [(0, {0: 0, 1: 0, 2: 0}), (1, {0: 1, 1: 1, 2: 1})]
    assert axes(attend, Q, K, V) == [*batches, (2, {0: 2})]
    assert axes(masked, Q, K, V, MASK) == [*batches, (2, {0: 2, 3: 0})]
    bias = torch.randn(3, 200, 200)
    assert axes(lambda q, k, b: torch.softmax(q @ k.mT + b, -1), Q, K, bias)[-1] == (2, {0: 2, 2: 1})
    assert axes(lambda x: F.layer_norm(x, (300,)), torch.randn(80, 300)) == [(0, {0: 0})]
    assert axes(lambda x: x.transpose(1, 2), Q)[-1] == (1, {0: 2})
    assert axes(lambda x: torch.logsumexp(x, -1), Q)[-1] == (2, {0: 2})


def test_what_does_not_fall_apart() -> None:
    with pytest.raises(NotReadError, match="no row of the result"):
        axes(lambda x: x / x.norm(), Q)
    with pytest.raises(NotReadError, match="depends on where it stands"):
        axes(causal, Q[0, 0], K[0, 0], V[0, 0])
    with pytest.raises(NotReadError, match="no row of the result"):  # the largest of all rows decides by value
        axes(lambda x: torch.where(x > x.max(), 1.0, x), Q[0, 0])
    with pytest.raises(UndecidedError, match="rows cannot be judged alone"):
        assert_close(causal(Q[0, 0], K[0, 0], V[0, 0]), causal, Q[0, 0], K[0, 0], V[0, 0], rows=5)


def test_the_probability_of_missing_a_fault() -> None:
    """Beside counting all samples."""
    count, m, wrong = 9, 3, 2
    every = list(combinations(range(count), m))
    missing = sum(not set(each) & set(range(wrong)) for each in every) / len(every)
    found = Sample((3, 3), tuple((k, 0) for k in range(m)))
    assert found.missed(wrong / count) == pytest.approx(missing)
    assert found.missed(0.5) <= (1 - 0.5) ** m
    assert found.missed(0.0) == pytest.approx(1 - m / count)  # one row, at least, is wrong
    assert found.missed(1.0) == 0.0
    assert "10% of the rows" in str(sample((131072,), 44))
    assert sample((131072,), 44).missed(0.1) < 0.01


def test_a_sample_has_different_rows_and_the_edges() -> None:
    found = sample((4, 100), 50, 0, (16, 32))
    assert len(set(found.drawn)) == 50
    assert edges(100, (16, 32)) == (0, 15, 16, 31, 32, 95, 96, 99)
    assert {row for _, row in found.edges} == set(edges(100, (16, 32)))
    assert sum(len(rows) for _, rows in found.groups()) >= 50
    assert edges(96, (32,)) == (0, 31, 32, 63, 64, 95)
    with pytest.raises(ValueError, match="at least 1"):
        sample((5,), 0)


def test_rows_of_a_right_result_pass_and_say_how_sure(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "attnproof"):
        assert_close(F.scaled_dot_product_attention(Q, K, V), attend, Q, K, V, rows=20)
    assert "20 of 1200 rows at random" in caplog.text
    assert_close(F.scaled_dot_product_attention(Q, K, V, attn_mask=MASK), masked, Q, K, V, MASK, rows=5)


def test_a_wrong_row_is_named_by_its_place() -> None:
    wrong = F.scaled_dot_product_attention(Q, K, V)
    wrong[..., 128:, :] = 0.0
    with pytest.raises(AssertionError, match=r"rows .* of axis 2 is not what attend computes") as found:
        assert_close(wrong, attend, Q, K, V, rows=30)
    place = [int(k) for k in str(found.value).split("worst at [")[1].split("]")[0].split(",")]
    assert place[2] >= 128
    assert len(place) == 4


def test_only_chosen_rows_are_evaluated() -> None:
    wrong = F.scaled_dot_product_attention(Q, K, V)
    wrong[0, 1, 57] = 0.0
    assert_close(wrong, attend, Q, K, V, rows=Sample((2, 3, 200), ((0, 1, 56), (1, 1, 57))))
    with pytest.raises(AssertionError, match="0 of axis 0; 1 of axis 1; rows 57 of axis 2"):
        assert_close(wrong, attend, Q, K, V, rows=Sample((2, 3, 200), ((0, 1, 57),)))
    with pytest.raises(ValueError, match="falls apart into"):
        assert_close(wrong, attend, Q, K, V, rows=Sample((200,), ((57,),)))
    with pytest.raises(TypeError, match="gradients"):
        assert_close(wrong, attend, Q, K, V, rows=3, upstream=wrong)


def test_jax_and_numpy() -> None:
    def jax_attend(q: Any, k: Any, v: Any) -> Any:
        return jax.nn.softmax(q @ k.mT / 4.0) @ v

    given = [jnp.asarray(x[0, 0].numpy()) for x in (Q, K, V)]
    assert_close(jax_attend(*given), jax_attend, *given, rows=4)
    with pytest.raises(AssertionError, match=r"1\.1 times"):
        assert_close(jax_attend(*given) * 1.1, jax_attend, *given, rows=4)
    array = Q.numpy()
    assert_close(np.exp(array), np.exp, array, rows=4)
