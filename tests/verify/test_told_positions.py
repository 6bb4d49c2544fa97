"""Rotary positions that are handed over: by number, and as tables the way programs take them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

from attnproof.verify.checking.check import check
from attnproof.verify.checking.reading import read
from attnproof.verify.checking.report import Report

ASKED = ("algebra", "values", "rotary angles", "pairs of features")


def angles(positions: Tensor, x: Tensor) -> Tensor:
    speeds = 100.0 ** (-torch.arange(0, x.shape[-1], 2, dtype=torch.float64) / x.shape[-1])
    return (positions[..., None].to(torch.float64) * speeds).to(x.dtype)


def turned(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """By tables with a number for each feature."""
    one, two = x.chunk(2, -1)
    return x * cos + torch.cat([-two, one], -1) * sin


def at(x: Tensor, positions: Tensor) -> Tensor:
    whole = torch.cat([angles(positions, x)] * 2, -1)
    return turned(x, whole.cos(), whole.sin())


def attended(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return torch.softmax(query @ key.mT / math.sqrt(query.shape[-1]), -1) @ value


def of_both(query: Tensor, key: Tensor, value: Tensor, positions: Tensor, positions_key: Tensor) -> Tensor:
    return attended(at(query, positions), at(key, positions_key), value)


def decoding(query: Tensor, key: Tensor, value: Tensor, positions: Tensor) -> Tensor:
    """Keys stand from 0 on, as they do in a cache."""
    return attended(at(query, positions), at(key, torch.arange(key.shape[-2])), value)


def of_one(query: Tensor, key: Tensor, value: Tensor, positions: Tensor) -> Tensor:
    return attended(at(query, positions), at(key, positions), value)


def counting(query: Tensor, key: Tensor, value: Tensor, positions: Tensor) -> Tensor:
    """Counts from the first position on, whatever the others are."""
    return of_one(query, key, value, positions[:1] + torch.arange(len(positions)))


def late(query: Tensor, key: Tensor, value: Tensor, positions: Tensor, positions_key: Tensor) -> Tensor:
    return of_both(query, key, value, positions + 1, positions_key)


def of_the_keys_alone(query: Tensor, key: Tensor, value: Tensor, positions: Tensor, positions_key: Tensor) -> Tensor:
    """Keys count from 0 on."""
    del positions_key
    return decoding(query, key, value, positions)


def deaf(query: Tensor, key: Tensor, value: Tensor, positions: Tensor) -> Tensor:
    del positions
    return attended(query, key, value)


def _checked(function: Callable[..., Tensor], *takes: str, **how: Any) -> Report:
    usual: dict[str, Any] = {"profile": "quick", "properties": ASKED, "dtypes": ("fp64",), "shrink": False}
    return check(function, "scaled_dot", takes=takes, **(usual | how))


@pytest.mark.parametrize(
    ("function", "takes", "equal"),
    [
        (of_both, ("positions", "positions_key"), ()),
        (decoding, ("positions",), ()),
        (of_one, ("positions",), ("q=k",)),
    ],
)
def test_right_ones_pass(function: Callable[..., Tensor], takes: tuple[str, ...], equal: tuple[str, ...]) -> None:
    found = _checked(function, *takes, equal=equal)
    assert found.ok, found.summary()
    assert {each.outcome for each in found.findings if each.property == "rotary angles"} == {"pass"}
    assert found.observed["rotary base"] == "100"


@pytest.mark.parametrize(
    ("function", "takes", "equal", "words"),
    [
        (late, ("positions", "positions_key"), (), "the first query stands where key 3 does"),
        (of_the_keys_alone, ("positions", "positions_key"), (), "the first query stands where key 5 does"),
        (counting, ("positions",), ("q=k",), "angles of the query are not those of the positions"),
        (deaf, ("positions",), (), "positions that are handed over take no part"),
    ],
)
def test_wrong_ones_are_named(
    function: Callable[..., Tensor], takes: tuple[str, ...], equal: tuple[str, ...], words: str
) -> None:
    found = _checked(function, *takes, equal=equal, properties=("rotary angles",))
    assert words in found.diagnosis


def test_positions_are_laid_out_as_declared() -> None:
    def attend(query: Tensor, key: Tensor, value: Tensor, position_ids: Tensor) -> Tensor:
        assert position_ids.shape == (query.shape[0], query.shape[2])
        return decoding(query, key, value, position_ids[:, None])

    layout = "query=b h q d, key=b h k d, value=b h k v, context=b h q v, positions=b q"
    how: dict[str, Any] = {"layout": layout, "arguments": ("positions=position_ids",)}
    assert _checked(attend, "positions", **how).ok
    found = read(attend, takes=("positions",), **how)
    assert found.equal, found.text()


def one_pair(q: Tensor, k: Tensor, v: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    """As the tables of many libraries are: for each feature, and each element of the batch."""
    assert cos.ndim == q.ndim
    return attended(turned(q, cos, sin), turned(k, cos, sin), v)


def key_forgotten(q: Tensor, k: Tensor, v: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    return attended(turned(q, cos, sin), k, v)


@pytest.mark.parametrize(("function", "right"), [(one_pair, True), (key_forgotten, False)])
def test_one_pair_of_tables_for_queries_and_keys(function: Callable[..., Tensor], right: bool) -> None:
    found = _checked(
        function,
        "rotary",
        arguments=("query=q", "key=k", "value=v", "cos=cos", "sin=sin"),
        layout="query=b q d, key=b k d, value=b k v, context=b q v, cos_query=1 q d, sin_query=1 q d",
        contract={"rotary_tables": "one for each feature"},
        properties=("algebra", "rotary positions", "pairs of features"),
    )
    assert found.ok is right, found.summary()


def test_tables_for_each_feature_of_neighbouring_pairs() -> None:
    def neighbours(x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        other = torch.stack([-x[..., 1::2], x[..., ::2]], -1).flatten(-2)
        return x * cos + other * sin

    def attend(
        query: Tensor,
        key: Tensor,
        value: Tensor,
        cos_query: Tensor,
        sin_query: Tensor,
        cos_key: Tensor,
        sin_key: Tensor,
    ) -> Tensor:
        return attended(neighbours(query, cos_query, sin_query), neighbours(key, cos_key, sin_key), value)

    contract = {"rotary_tables": "one for each feature", "rotary": "interleaved"}
    assert _checked(attend, "rotary", contract=contract).ok
    assert not _checked(attend, "rotary", contract={**contract, "rotary": "half-split"}).ok
