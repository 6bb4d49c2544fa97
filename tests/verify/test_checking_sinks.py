"""Sinks of heads that a module has as a parameter, or that have a layout of their own."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import attnproof
from attnproof.verify.properties import PROPERTIES

LAYOUT = "query=b h q d, key=b h k d, value=b h k v, context=b h q v"
ASKED = ("algebra", "values", "sinks of heads", "pairs of features")


class WithSinks(nn.Module):
    def __init__(self, heads: int) -> None:
        super().__init__()
        self.sinks = nn.Parameter(torch.zeros(heads))

    def of_heads(self) -> Tensor:
        return self.sinks

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        scores = query @ key.mT / math.sqrt(query.shape[-1])
        sinks = self.of_heads().view(1, -1, 1, 1).expand(*scores.shape[:-1], 1)
        every = torch.cat((scores, sinks), -1)
        return torch.softmax(every - every.amax(-1, keepdim=True), -1)[..., :-1] @ value


class OfOtherHeads(WithSinks):
    def of_heads(self) -> Tensor:
        return self.sinks.flip(0)


class NotTrained(WithSinks):
    def of_heads(self) -> Tensor:
        return self.sinks.detach()


def laid_out(query: Tensor, key: Tensor, value: Tensor, sinks: Tensor) -> Tensor:
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    every = torch.cat((scores, sinks.expand(*scores.shape[:-1], 1)), -1)
    return torch.softmax(every, -1)[..., :-1] @ value


def _checked(thing: Any, **how: Any) -> Any:
    known = [name for name in ASKED if name in PROPERTIES]
    assert len(known) == len(ASKED)
    return attnproof.check(
        thing,
        "scaled_dot",
        profile="quick",
        properties=known,
        dtypes=("fp64",),
        takes=("sinks",),
        shrink=False,
        **how,
    )


def _of_module(kind: type[nn.Module]) -> Any:
    return _checked(kind, layout=LAYOUT, build="heads=h", parameters=("sinks=sinks",))


def test_sinks_that_are_a_parameter() -> None:
    found = _of_module(WithSinks)
    assert found.ok, found.summary()
    asked = {each.quantity for each in found.findings if each.property == "algebra" and each.outcome == "pass"}
    assert "grad.sinks" in asked


@pytest.mark.parametrize("kind", [OfOtherHeads, NotTrained])
def test_sinks_of_other_heads_and_without_gradients_are_found(kind: type[nn.Module]) -> None:
    assert not _of_module(kind).ok


def test_sinks_with_a_layout() -> None:
    found = _checked(laid_out, layout=f"{LAYOUT}, sinks=1 h 1 1")
    assert found.ok, found.summary()
    asked = {each.quantity for each in found.findings if each.property == "algebra" and each.outcome == "pass"}
    assert "grad.sinks" in asked


def test_only_what_is_taken_fills_parameters() -> None:
    with pytest.raises(ValueError, match="unknown symbol 'sinks'"):
        attnproof.check(WithSinks, "scaled_dot", build="heads=h", parameters=("sinks=sinks",))
