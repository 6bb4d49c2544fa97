"""Targets that take one width for several: the two questions have it, and the derivation too."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import Tensor

import attnproof
from attnproof.verify.checking.reading import CannotRecordError


def one_width(*arrays: Tensor) -> None:
    if len({array.shape[-1] for array in arrays}) > 1:
        raise ValueError("one width")


def bilinear(query: Tensor, key: Tensor, value: Tensor, weight: Tensor) -> Tensor:
    one_width(query, key)
    return (query @ weight @ key.mT).softmax(-1) @ value


def transposed(query: Tensor, key: Tensor, value: Tensor, weight: Tensor) -> Tensor:
    return bilinear(query, key, value, weight.mT)


def additive(query: Tensor, key: Tensor, value: Tensor, weight_query: Tensor, weight_key: Tensor, v: Tensor) -> Tensor:
    one_width(query, key, v)
    hidden = (query @ weight_query.mT)[..., :, None, :] + (key @ weight_key.mT)[..., None, :, :]
    return (torch.tanh(hidden) @ v).softmax(-1) @ value


def dot(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    one_width(query, key, value)
    return (query @ key.mT).softmax(-1) @ value


@pytest.mark.parametrize(
    ("function", "score", "equal"),
    [(bilinear, "bilinear", "d_q=d_k"), (additive, "additive", "d_q=d_k=d_a")],
)
def test_one_width_is_handed_over(function: Callable[..., Tensor], score: str, equal: str) -> None:
    with pytest.raises(CannotRecordError, match="one width"):
        attnproof.read(function, score)
    found = attnproof.read(function, score, equal=(equal,))
    assert found.equal, found.text()


def test_values_of_one_width_with_the_queries_are_found_by_asking_and_said() -> None:
    declared, found = attnproof.read(dot, "dot", equal=("d_v=d",)), attnproof.read(dot, "dot")
    assert declared.equal
    assert found.equal, found.text()
    assert "read with d_v=d: it refuses other widths" in found.text()
    assert "refuses" not in declared.text()


def test_a_square_matrix_is_not_its_transpose() -> None:
    found = attnproof.read(transposed, "bilinear", equal=("d_q=d_k",))
    assert found.differs
    assert not found.equal


def test_as_many_queries_as_keys_are_read_at_the_first_queries() -> None:
    found = attnproof.read(dot, "dot", equal=("q=k", "d_v=d"))
    assert found.equal, found.text()
    assert "as many queries as keys" in found.notes[-1]
