"""A program that casts fp64 to fp32 by itself differs by contract; one that rounds anything else is at fault."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from attnproof.verify.checking.check import check
from attnproof.verify.checking.own_format import in_own_format
from attnproof.verify.outcome import DIFFERS, FAIL
from attnproof.verify.targets import torch_target
from attnproof.verify.targets.contract import Contract
from attnproof.verify.targets.function import numpy_target
from attnproof.verify.targets.target import Target


def scores_of(query: Any, key: Any) -> Any:
    return query @ key.mT * query.shape[-1] ** -0.5


def eager(query: Any, key: Any, value: Any) -> Any:
    return torch.softmax(scores_of(query, key), dim=-1, dtype=torch.float32).to(query.dtype) @ value


def upcast(query: Any, key: Any, value: Any) -> Any:
    return (scores_of(query.float(), key.float()).softmax(-1) @ value.float()).to(query.dtype)


def in_numpy(query: Any, key: Any, value: Any) -> Any:
    scores = (query @ np.swapaxes(key, -1, -2) / math.sqrt(query.shape[-1])).astype(np.float32)
    powers = np.exp(scores - scores.max(-1, keepdims=True))
    return (powers / powers.sum(-1, keepdims=True)).astype(query.dtype) @ value


def through_bf16(query: Any, key: Any, value: Any) -> Any:
    return scores_of(query, key).bfloat16().float().softmax(-1).to(query.dtype) @ value


def in_half(query: Any, key: Any, value: Any) -> Any:
    return upcast(query.half(), key.half(), value.half()).to(query.dtype)


def single_root(query: Any, key: Any, value: Any) -> Any:
    width = torch.tensor(query.shape[-1] + 0.0, dtype=torch.float32)
    return (query @ key.mT / width.sqrt()).softmax(-1) @ value


def root_in_bf16(query: Any, key: Any, value: Any) -> Any:
    """The casts to fp32 are its own, and excuse no constant of a lower format."""
    width = torch.tensor(3.0, dtype=torch.bfloat16).sqrt().float() / math.sqrt(3.0)
    return eager(query / width, key, value)


def no_scale(query: Any, key: Any, value: Any) -> Any:
    return eager(query * query.shape[-1] ** 0.5, key, value)


def told(function: Callable[..., Any], **how: Any) -> tuple[Target, Any]:
    make = numpy_target if function is in_numpy else torch_target
    how = {"dtypes": ("fp64", "fp32"), **how}
    return in_own_format(make("own", "scaled_dot", function, **how), "quick", 0)


@pytest.mark.parametrize(("function", "cast"), [(eager, "_to_copy"), (upcast, "_to_copy"), (in_numpy, "astype")])
def test_casts_to_single_precision_differ_by_contract(function: Callable[..., Any], cast: str) -> None:
    target, finding = told(function)
    assert target.dtypes == ("fp32",)
    assert finding.outcome == DIFFERS
    assert cast in finding.reason
    assert "test_own_format.py:" in finding.reason
    assert told(function, dtypes=("fp64",))[0].dtypes == ("fp32",)


@pytest.mark.parametrize("function", [through_bf16, in_half, single_root, root_in_bf16, no_scale])
def test_nothing_else_is_excused(function: Callable[..., Any]) -> None:
    target, finding = told(function)
    assert finding is None
    assert target.dtypes == ("fp64", "fp32")


def test_what_is_declared_or_not_asked_is_left_as_it_is() -> None:
    for how in ({"contract": Contract(computes_in="fp32")}, {"dtypes": ("fp32",)}):
        target, finding = told(eager, **how)
        assert (target.dtypes, finding) == (how.get("dtypes", ("fp64", "fp32")), None)


def test_a_check_says_so_and_judges_the_rest_in_single_precision() -> None:
    report = check(eager, "scaled_dot", profile="quick", properties=("values", "layout"), shrink=False)
    assert report.ok
    first = report.verdicts[0]
    assert (first.property, first.outcome) == ("values", DIFFERS)
    assert "judged as --dtype fp32 asks" in str(first.finding.reason)
    assert {each.draw.dtype for each in report.findings if each.draw and each.outcome != DIFFERS} == {"fp32"}
    alone = check(eager, "scaled_dot", profile="quick", properties=("layout",), shrink=False)
    assert [each.property for each in alone.verdicts] == ["layout"]
    low = check(through_bf16, "scaled_dot", profile="quick", properties=("values",), shrink=False)
    assert {each.draw.dtype for each in low.findings if each.draw and each.outcome == FAIL} == {"fp64", "fp32"}


def test_outputs_of_another_shape_are_for_the_properties_to_find() -> None:
    def too_long(query: Any, key: Any, value: Any) -> Any:
        return eager(torch.cat([query, query], -2), key, value)

    report = check(too_long, "scaled_dot", profile="quick", properties=("values",), shrink=False)
    assert "shape" in str(report.verdicts[0].finding.reason)
