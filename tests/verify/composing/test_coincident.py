"""Sizes at which two axes are one number: every pair of axes, and what takes one for the other there."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest
import torch
from torch import Tensor

import attnproof
from attnproof import verify
from attnproof.verify.composing.coincident import axes_of, coincident, rounds, settings
from attnproof.verify.composing.plan import first_words
from attnproof.verify.composing.row import LEVELS
from attnproof.verify.composing.semantics import levels
from attnproof.verify.outcome import DIFFERS, FAIL, PASS
from attnproof.verify.targets import Target, torch_target
from attnproof.verify.targets.contract import Contract

CHOICE: Final = first_words()
HEADS: Final = "query=b h q d, key=b h k d, value=b h k v, context=b h q v, mask=b k"
PLAIN: Final = "query=b q d, key=b k d, value=b k v, context=b q v, mask=b k"


def nobody(**given: Any) -> Any:
    raise AssertionError(given)


def made(score: str, *takes: str, **declared: Any) -> Target:
    return torch_target(f"{score} {takes}", score, nobody, takes=takes, **declared)


TARGETS: Final = (
    made("scaled_dot"),
    made("scaled_dot", "mask", "causal", "window", "bias", "sinks"),
    made("bilinear", "groups", "slopes"),
    made("scaled_dot", "groups", "rotary", contract=Contract(rotary_part="first quarter")),
    made("additive", "mask", "lengths", leads=1),
    made("concat", leads=0),
    made("additive", "mask", equal=(("d_q", "d_k", "d_a"), ("n_q", "n_k"))),
)


@pytest.mark.parametrize("count", range(2, 10))
def test_every_two_axes_meet_once(count: int) -> None:
    axes = [(str(k),) for k in range(count)]
    found = list(rounds(axes))
    met = [frozenset(block) for blocks in found for block in blocks if len(block) > 1]
    assert len(met) == len(set(met)) == math.comb(count, 2)
    assert all(sorted(axis for block in blocks for axis in block) == sorted(axes) for blocks in found)


def length(name: str, setting: Any) -> int:
    if name in ("b", "h"):
        return int(setting.batch[("b", "h").index(name)])
    return 2 if name == "g" else int(getattr(setting, name))


@pytest.mark.parametrize("target", TARGETS, ids=lambda each: each.name)
def test_at_the_sizes_of_a_round_its_pairs_are_equal_and_no_others(target: Target) -> None:
    names = [axis[0] for axis in axes_of(target)]
    every = {frozenset(pair) for pair in combinations(names, 2)}
    seen = set()
    for setting, pairs in settings(target):
        own = {frozenset(pair) for pair in pairs}
        assert own == {pair for pair in every if len({length(name, setting) for name in pair}) == 1}
        seen |= own
    found = coincident(target, CHOICE)
    assert seen == {frozenset(pair) for pair in found.pairs}
    assert every - seen == {frozenset(pair) for pair in found.never}
    assert every - seen <= {frozenset(("h", "g")), frozenset(("d_q", "g"))}


@pytest.mark.parametrize("target", TARGETS, ids=lambda each: each.name)
def test_every_level_of_every_feature_is_asked_at_each_of_these_sizes(target: Target) -> None:
    found = coincident(target, CHOICE)
    for setting, _ in settings(target):
        own = [row for row in found.rows if row.setting == setting]
        assert not own[0].features
        for name in set(LEVELS) & set(target.takes):
            assert {row.features[name] for row in own if name in row.features} == set(levels(target, name))
    assert len({row.number for row in found.rows}) == len(found.rows)


def _by(taken_for_another: Callable[[Tensor, Tensor], bool], *, heads: int) -> Callable[..., Tensor]:
    """A padding mask (b, k) that is one of queries, or of heads, where that fits."""

    def attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
        scores = query @ key.mT / math.sqrt(query.shape[-1])
        if mask is not None:
            mine = mask if heads == 0 else mask[:, None] if heads == 1 else mask[None, :, None]
            right = mask[(slice(None), *(None,) * (query.ndim - 2))]
            scores = scores.masked_fill(~(mine if taken_for_another(query, mask) else right), -torch.inf)
        return scores.softmax(-1) @ value

    return attention


OF_QUERIES: Final = _by(lambda query, mask: query.shape[-2] == len(mask), heads=0)
OF_QUERIES_ALONE: Final = _by(lambda query, mask: query.shape[-2] == len(mask) != mask.shape[-1], heads=0)
OF_HEADS: Final = _by(lambda query, mask: query.shape[-3] == len(mask) != query.shape[-2], heads=2)
RIGHT: Final = _by(lambda query, mask: False, heads=0)


@pytest.mark.parametrize(
    ("function", "layout", "fails"),
    [
        pytest.param(OF_QUERIES, PLAIN, True, id="queries"),
        pytest.param(OF_QUERIES_ALONE, PLAIN, True, id="queries, fewer than keys"),
        pytest.param(OF_HEADS, HEADS, True, id="heads"),
        pytest.param(RIGHT, PLAIN, False, id="right"),
        pytest.param(RIGHT, HEADS, False, id="right, heads"),
    ],
)
@pytest.mark.parametrize("property_", ["algebra", "pairs of features"])
def test_a_padding_mask_that_is_taken_for_one_of_queries_or_heads(
    function: Callable[..., Tensor], layout: str, fails: bool, property_: str
) -> None:
    report = attnproof.check(
        function, "scaled_dot", layout=layout, takes=("mask",), dtypes=("fp64",), properties=(property_,), shrink=False
    )
    assert report.ok != fails, report.summary()


def test_the_report_says_how_much_was_asked_together() -> None:
    report = attnproof.check(
        RIGHT, "scaled_dot", layout=PLAIN, takes=("mask",), dtypes=("fp64",), properties=("algebra",), shrink=False
    )
    told = json.loads(json.dumps(report.plain()))
    schema = Path(next(iter(verify.__path__))) / "schemas" / "check.schema.json"
    jsonschema.validate(told, json.loads(schema.read_text(encoding="utf-8")))
    assert ["n_q", "b"] in told["asked"]["alike"]
    assert len(told["asked"]["alike"]) == math.comb(5, 2)
    assert f"{told['asked']['pairs']} pairs of levels in {told['asked']['questions']} questions" in report.summary()
    assert "10 pairs of axes once equal" in report.summary()
    assert "n_q = b" in report.summary(verbose=True)


def _of_two_axes(*, queries: bool, elements_first: bool) -> Callable[..., Tensor]:
    """A mask of all four axes; one of two is of elements, or of queries where ``queries`` and that fits."""

    def attention(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
        if mask is not None and mask.ndim == 2:
            of_elements, of_queries = len(mask) == len(query), len(mask) == query.shape[-2]
            if of_elements and (elements_first or not of_queries):
                mask = mask[:, None, None]
            elif not (of_queries and (queries or of_elements)):
                raise ValueError(f"a mask of {len(mask)} rows")
        elif mask is not None and mask.ndim != 4:
            raise ValueError(f"a mask of {mask.ndim} axes")
        scores = query @ key.mT / math.sqrt(query.shape[-1])
        return (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(-1) @ value

    return attention


@pytest.mark.parametrize(
    ("function", "outcome"),
    [
        pytest.param(_of_two_axes(queries=True, elements_first=False), DIFFERS, id="one of queries fits as well"),
        pytest.param(_of_two_axes(queries=False, elements_first=False), FAIL, id="fault"),
        pytest.param(_of_two_axes(queries=False, elements_first=True), PASS, id="right"),
    ],
)
def test_a_layout_that_is_not_declared_and_taken_for_another(function: Callable[..., Tensor], outcome: str) -> None:
    report = attnproof.check(
        function,
        "scaled_dot",
        layout=HEADS.removesuffix(", mask=b k"),
        takes=("mask",),
        contract={"masked_row": "nan"},
        dtypes=("fp64",),
        properties=("masks of a batch",),
        shrink=False,
    )
    assert [verdict.outcome for verdict in report.verdicts] == [outcome], report.summary(verbose=True)
    assert outcome == PASS or "mask (b, k) where b = n_q" in report.summary()


def test_the_smallest_input_keeps_what_is_alike() -> None:
    report = attnproof.check(
        OF_QUERIES_ALONE, "scaled_dot", layout=PLAIN, takes=("mask",), dtypes=("fp64",), properties=("algebra",)
    )
    setting = report.examples["algebra"].draw.setting
    assert setting.batch == (setting.n_q,)  # and not as long as keys
    assert setting.n_q + setting.n_k <= 5


def test_lengths_are_not_taken_for_those_of_heads_by_what_has_none() -> None:
    """Of three axes it is right, and of four it raises, unless there are as many heads as sequences."""

    def of_sequences(query: Tensor, key: Tensor, value: Tensor, *, lengths: Tensor | None = None) -> Tensor:
        scores = query @ key.mT / query.shape[-1] ** 0.5
        if lengths is not None:
            scores = scores.masked_fill(torch.arange(key.shape[-2]) >= lengths[:, None, None], -torch.inf)
        return scores.softmax(-1) @ value

    how: dict[str, Any] = {"takes": ("lengths",), "contract": {"masked_row": "nan"}, "dtypes": ("fp64",)}
    found = attnproof.check(of_sequences, "scaled_dot", properties=("pairs of features",), shrink=False, **how)
    assert found.ok, found.diagnosis
