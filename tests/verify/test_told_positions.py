"""Rotary positions that are handed over: by number, and as tables the way programs take them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
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
    read_whole = {each.outcome for each in found.findings if each.property == "algebra"}
    assert "abstain" not in read_whole if right else "fail" in read_whole


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


def as_complex(x: Tensor, freqs: Tensor) -> Tensor:
    """Neighbouring features are the parts of one number, which only a last axis of stride 1 is read as."""
    pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], -1, 2))
    return torch.view_as_real(pairs * freqs).flatten(-2)


def llama(xq: Tensor, xk: Tensor, xv: Tensor, freqs_cis: Tensor) -> Tensor:
    return attended(as_complex(xq, freqs_cis), as_complex(xk, freqs_cis), xv)


def keys_turned_back(xq: Tensor, xk: Tensor, xv: Tensor, freqs_cis: Tensor) -> Tensor:
    return attended(as_complex(xq, freqs_cis), as_complex(xk, freqs_cis.conj()), xv)


@pytest.mark.parametrize(("function", "right"), [(llama, True), (keys_turned_back, False)])
def test_one_complex_table(function: Callable[..., Tensor], right: bool) -> None:
    found = _checked(
        function,
        "rotary",
        arguments=("query=xq", "key=xk", "value=xv", "cos=freqs_cis"),
        contract={"rotary_tables": "complex", "rotary": "interleaved"},
        properties=("algebra", "values", "rotary positions"),
    )
    assert found.ok is right, found.summary()
    by_algebra = [each for each in found.findings if each.property == "algebra"]
    if right:  # what is refused is refused by torch: an array that is strided is no array of pairs
        assert {each.outcome for each in by_algebra} == {"pass", "unsupported"}
    else:  # told by the ring, though other questions of the same recording are refused
        assert "unsupported" in {each.outcome for each in by_algebra}
        failed = [each for each in by_algebra if each.outcome == "fail"]
        assert {each.kind for each in failed} == {"algebra"}
        assert not any("not read" in str(each.reason) for each in failed)


def test_two_complex_tables_in_numpy() -> None:
    def turned_by(x: Any, table: Any) -> Any:
        pairs = x[..., ::2] + 1j * x[..., 1::2]
        product = pairs * table
        return np.stack([product.real, product.imag], -1).reshape(x.shape)

    def attend(query: Any, key: Any, value: Any, cos_query: Any, cos_key: Any) -> Any:
        scores = turned_by(query, cos_query) @ turned_by(key, cos_key).swapaxes(-1, -2) / math.sqrt(query.shape[-1])
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        return weights / weights.sum(-1, keepdims=True) @ value

    contract = {"rotary_tables": "complex", "rotary": "interleaved"}
    found = _checked(attend, "rotary", contract=contract, framework="numpy", properties=("algebra", "values"))
    assert found.ok, found.summary()
    assert {each.outcome for each in found.findings if each.property == "algebra"} == {"pass"}
