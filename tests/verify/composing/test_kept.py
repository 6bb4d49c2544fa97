"""A case that is made again is the earlier one; questions are planned once for targets that take the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from attnproof.verify.composing import kept as module
from attnproof.verify.composing.compose import compose
from attnproof.verify.composing.kept import LARGEST, kept
from attnproof.verify.composing.plan import first_words, plan
from attnproof.verify.inputs.case import Case
from attnproof.verify.targets import numpy_target


def case(*, last: float = 1.0, n: int = 2, dtype: str = "fp64") -> Case:
    arrays = {name: np.full((n, 2), 0.5) for name in ("query", "key", "value")}
    arrays["value"][-1, -1] = last
    return Case("dot", arrays, np.ones((n, 2)), dtype=dtype)


def test_equal_cases_are_one_and_others_are_not() -> None:
    first = kept(case())
    assert kept(case()) is first
    assert kept(case(last=2.0)) is not first
    assert kept(case(dtype="fp32")) is not first
    assert kept(case(n=3)) is not first
    zero = kept(case(last=0.0))
    assert kept(case(last=-0.0)) is not zero  # bit for bit
    with_level = replace(case(), grad_lse=np.ones(2))
    assert kept(with_level) is not first


def test_a_large_case_is_not_kept_and_no_more_than_so_many_are(monkeypatch: pytest.MonkeyPatch) -> None:
    large = case(n=LARGEST)
    assert kept(large) is large
    assert kept(case(n=LARGEST)) is not large
    monkeypatch.setattr(module, "_cases", type(module._cases)())
    monkeypatch.setattr(module, "MOST", 2)
    first, second = kept(case(last=3.0)), kept(case(last=4.0))
    assert kept(case(last=3.0)) is first  # wanted last
    kept(case(last=5.0))
    assert kept(case(last=3.0)) is first
    assert kept(case(last=4.0)) is not second


def attention(**given: Any) -> Any:
    raise NotImplementedError


def another(**given: Any) -> Any:
    raise NotImplementedError


def test_targets_that_take_the_same_are_asked_the_same() -> None:
    first = numpy_target("first", "scaled_dot", attention, takes=("mask", "causal"))
    second = numpy_target("second", "scaled_dot", another, takes=("mask", "causal"))
    other = numpy_target("third", "scaled_dot", another, takes=("mask",))
    choice = first_words()
    rows = plan(first, choice, few=True).rows
    assert plan(second, choice, few=True).rows is rows
    assert plan(other, choice, few=True).rows != rows
    assert compose(first, choice, rows[0]).case is compose(second, choice, rows[0]).case
