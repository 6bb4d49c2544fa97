"""Where a scale of a program's own comes after the product, half formats overflow: told, whoever is right."""

from __future__ import annotations

from typing import Any

import pytest

from attnproof.verify.outcome import ABSTAIN, DIFFERS, FAIL, PASS
from attnproof.verify.properties import Finding
from attnproof.verify.properties.examine import examine
from attnproof.verify.targets import torch_target
from attnproof.verify.targets.contract import Contract

HALF = ("bf16", "fp16")


def after(query: Any, key: Any, value: Any) -> Any:
    return (query @ key.mT / query.shape[-1] ** 0.5).softmax(-1) @ value


def before(query: Any, key: Any, value: Any) -> Any:
    return (query / query.shape[-1] ** 0.5 @ key.mT).softmax(-1) @ value


def no_maximum(query: Any, key: Any, value: Any) -> Any:
    powers = (query / query.shape[-1] ** 0.5 @ key.mT).exp()
    return powers / powers.sum(-1, keepdim=True) @ value


def found(function: Any, dtypes: tuple[str, ...] = HALF, **how: Any) -> list[Finding]:
    target = torch_target("own", "scaled_dot", function, dtypes=dtypes, **how)
    return list(examine(target, "quick", properties=("overflow of the product",)).findings)


@pytest.mark.parametrize(("function", "outcome"), [(after, DIFFERS), (before, PASS), (no_maximum, ABSTAIN)])
def test_what_a_scale_after_the_product_does_in_half_formats(function: Any, outcome: str) -> None:
    assert [(each.outcome, each.draw and each.draw.dtype) for each in found(function)] == [(outcome, d) for d in HALF]


def test_the_contract_holds_it_to_what_is_declared() -> None:
    declared = Contract(scale="before the product")
    assert {each.outcome for each in found(after, contract=declared)} == {FAIL}
    assert {each.outcome for each in found(before, contract=declared)} == {PASS}
    (first, _) = found(after)
    assert first.observed == {"scale": "after the product"}
    assert "not declared" in str(first.reason)


def test_it_is_asked_in_half_formats_alone() -> None:
    assert [each.draw and each.draw.dtype for each in found(after, ("fp32", "fp16"))] == ["fp16"]
    (none,) = found(after, ("fp64", "fp32"))
    assert none.reason == "takes no scale"
