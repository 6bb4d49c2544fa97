"""Rotary positions of part of the features: right ones pass under their word, wrong ones are caught."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

import attnproof
from attnproof.verify.composing.rotating import feature_order, table_link


def turned(x: Tensor, cos: Tensor, sin: Tensor, *, interleaved: bool, last: bool = False) -> Tensor:
    """The first (or ``last``) features turned, as many as the tables have pairs for."""
    count = 2 * cos.shape[-1]
    own, rest = (x[..., -count:], x[..., :-count]) if last else (x[..., :count], x[..., count:])
    one, two = (own[..., ::2], own[..., 1::2]) if interleaved else own.split(count // 2, -1)
    pairs = (one * cos - two * sin, one * sin + two * cos)
    whole = torch.stack(pairs, -1).flatten(-2) if interleaved else torch.cat(pairs, -1)
    return torch.cat((rest, whole) if last else (whole, rest), -1)


def rotary(*, interleaved: bool = False, last: bool = False, backwards: bool = False) -> Any:
    def attend(
        query: Tensor,
        key: Tensor,
        value: Tensor,
        cos_query: Tensor | None = None,
        sin_query: Tensor | None = None,
        cos_key: Tensor | None = None,
        sin_key: Tensor | None = None,
    ) -> Tensor:
        if cos_query is not None and sin_query is not None and cos_key is not None and sin_key is not None:
            query = turned(query, cos_query, sin_query, interleaved=interleaved, last=last)
            key = turned(key, cos_key, -sin_key if backwards else sin_key, interleaved=interleaved, last=last)
        return (query @ key.mT / math.sqrt(query.shape[-1])).softmax(-1) @ value

    return attend


def checked(function: Any, *names: str, **contract: str) -> Any:
    return attnproof.check(
        function,
        "scaled_dot",
        profile="quick",
        properties=names,
        dtypes=("fp64",),
        takes=("rotary",),
        contract=contract,
        shrink=False,
    )


@pytest.mark.parametrize(
    ("options", "contract", "right"),
    [
        ({}, {"rotary_part": "first half"}, True),
        pytest.param({}, {"rotary_part": "first quarter"}, True, marks=pytest.mark.slow),
        ({"interleaved": True}, {"rotary_part": "first half", "rotary": "interleaved"}, True),
        ({"interleaved": True}, {"rotary_part": "first half", "rotary": "half-split"}, False),
        ({"last": True}, {"rotary_part": "first half"}, False),
        ({"backwards": True}, {"rotary_part": "first quarter"}, False),
        pytest.param({}, {}, True, marks=pytest.mark.slow),
    ],
)
def test_part_of_the_features(options: dict[str, bool], contract: dict[str, str], right: bool) -> None:
    names = ("rotary positions", "algebra", "pairs of features")
    report = checked(rotary(**options), *(names if right else names[:1]), **contract)
    assert report.ok is right, report.summary()
    outcomes = {verdict.property: verdict.outcome for verdict in report.verdicts}
    assert not right or outcomes == dict.fromkeys(names, "pass")


def test_a_part_is_a_rotation_of_all_by_angles_of_zero() -> None:
    rng = np.random.default_rng(0)
    choice = {"rotary": "interleaved", "rotary_part": "first half"}
    order = feature_order(8, choice)
    assert sorted(order) == list(range(8))
    x, angles = rng.standard_normal((3, 8)), rng.standard_normal((3, 2))
    cos, sin = (
        table_link(name, table, 8).values(table)
        for name, table in (("cos_key", np.cos(angles)), ("sin_key", np.sin(angles)))
    )
    one, two = x[:, order[:4]], x[:, order[4:]]
    whole = np.empty_like(x)
    whole[:, order] = np.concatenate([one * cos - two * sin, one * sin + two * cos], -1)
    theirs = turned(torch.tensor(x), torch.tensor(np.cos(angles)), torch.tensor(np.sin(angles)), interleaved=True)
    np.testing.assert_allclose(whole, theirs.numpy(), rtol=1e-15)


def of_the_keys(*, query_too: bool) -> Any:
    """Turns queries by the keys' tables where there are as many; or by their own."""

    def attend(
        query: Tensor,
        key: Tensor,
        value: Tensor,
        cos_query: Tensor,
        sin_query: Tensor,
        cos_key: Tensor,
        sin_key: Tensor,
    ) -> Tensor:
        own = query_too or cos_query.shape != cos_key.shape
        cos, sin = (cos_query, sin_query) if own else (cos_key, sin_key)
        query = turned(query, cos, sin, interleaved=False)
        key = turned(key, cos_key, sin_key, interleaved=False)
        return (query @ key.mT / math.sqrt(query.shape[-1])).softmax(-1) @ value

    return attend


def test_queries_stand_elsewhere_than_keys_where_each_has_tables() -> None:
    assert checked(of_the_keys(query_too=True), "pairs of features").ok
    assert not checked(of_the_keys(query_too=False), "pairs of features").ok


def test_one_table_for_queries_and_keys_is_right_where_they_are_as_many() -> None:
    report = attnproof.check(
        of_the_keys(query_too=False),
        "scaled_dot",
        profile="quick",
        properties=("rotary positions", "pairs of features"),
        dtypes=("fp64",),
        takes=("rotary",),
        equal=("q=k",),
        shrink=False,
    )
    assert report.ok, report.summary()
