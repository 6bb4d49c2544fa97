"""Modules and factories that are built for each width: what cannot be built is bad input, what is built is called."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

import attnproof
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.loading import arguments
from attnproof.verify.checking.making import make_target


class Layer(torch.nn.Module):
    def __init__(self, width: int, kind: str = "dot", **more: int) -> None:
        super().__init__()
        if kind != "dot":
            raise KeyError(kind)
        if more:
            raise TypeError(f"no {', '.join(more)}")
        self.width = width

    def forward(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return (query @ key.mT / math.sqrt(query.shape[-1])).softmax(-1) @ value


@pytest.mark.parametrize(
    ("build", "method", "message"),
    [
        ("width=d*w", "", "no size 'w'"),
        ("width=d, depth=3", "", "raised TypeError: no depth"),
        (None, "", "missing a required"),
        ("width=d, kind='dott'", "", "every size 8 raised KeyError: 'dott'"),
        ("width=d", "attend", "no method 'attend'"),
    ],
)
def test_a_build_that_cannot_be_is_bad_input(build: str | None, method: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        attnproof.check(Layer, "scaled_dot", build=build, method=method)


def test_what_a_factory_makes_can_be_called() -> None:
    def factory(width: int) -> int:
        return width

    with pytest.raises(ValueError, match="makes int; expected something to be called"):
        attnproof.check(factory, "scaled_dot", build="width=d")
    with pytest.raises(ValueError, match="unexpected keyword argument 'depth'"):
        attnproof.check(factory, "scaled_dot", build="width=d, depth=3")
    for build in ("width=d", "width=h*d"):
        layout = "query=b h q d, key=b h k d, value=b h k v, context=b h q v"
        assert make_target(Declaration("x", "dot", build=build, layout=layout), Layer).gradients


def test_minus_infinity_is_a_literal() -> None:
    assert arguments("low=-inf, high=inf, deep=-1.5, name='inf'") == {
        "low": -math.inf,
        "high": math.inf,
        "deep": -1.5,
        "name": "inf",
    }
