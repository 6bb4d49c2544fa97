"""Targets that return weights and no context: gradients are judged through our own ``weights @ value``."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from torch import Tensor

import attnproof
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.making import make_target

LAYOUT = "query=b q d, key=b k d, value=b k v, weights=b q k"
HEADS = "query=b h q d, key=b h k d, value=b h k v, weights=b h q k"


def weights(query: Tensor, key: Tensor, mask: Tensor | None = None) -> Tensor:
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    return (scores if mask is None else scores.masked_fill(~mask, -math.inf)).softmax(-1)


def detached(query: Tensor, key: Tensor, mask: Tensor | None = None) -> Tensor:
    """Right values; the key has no gradient."""
    return weights(query, key.detach(), mask) + 0.0 * key.sum()


def transposed(query: Tensor, key: Tensor, mask: Tensor | None = None) -> Tensor:
    """Normalised over the queries."""
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    return (scores if mask is None else scores.masked_fill(~mask, -math.inf)).softmax(-2)


def grouped(query: Tensor, key: Tensor) -> Tensor:
    """Head h of the queries is one of key head h // g."""
    return weights(query, key.repeat_interleave(query.shape[1] // key.shape[1], 1))


def checked(function: Any, *names: str, **declared: Any) -> Any:
    options: dict[str, Any] = {
        "layout": LAYOUT,
        "outputs": ("weights",),
        "arguments": ("value=",),
        "dtypes": ("fp64",),
        "profile": "quick",
    }
    return attnproof.check(function, "scaled_dot", properties=names, shrink=False, **(options | declared))


@pytest.mark.parametrize(
    ("function", "wrong"),
    [(weights, set()), (detached, {"grad.key"}), (transposed, {"weights", "context"})],
)
def test_gradients_of_weights_are_judged(function: Any, wrong: set[str]) -> None:
    few = ("values",) if wrong else ("values", "algebra", "masks", "masked row", "poison")
    report = checked(function, *few, takes=("mask",))
    assert not report.of("error"), report.summary()
    failing = {f.quantity for f in report.findings if f.outcome == "fail"}
    assert failing >= wrong
    assert report.ok is not bool(wrong), report.summary()
    for name in () if wrong else few[:2]:
        passed = {f.quantity for f in report.findings if f.outcome == "pass" and f.property == name}
        assert passed >= {"weights", "context", "grad.query", "grad.key", "grad.value"}


@pytest.mark.parametrize(("order", "right"), [("consecutive", True), ("strided", False)])
def test_heads_that_share_values(order: str, right: bool) -> None:
    report = checked(grouped, "grouped heads", layout=HEADS, takes=("groups",), contract={"groups": order})
    assert report.ok is right, report.summary()


def test_no_context_is_made_where_it_is_another() -> None:
    """Dropout stands between weights and context; which heads share values nobody says."""
    for takes in (("dropout",), ("groups",)):
        target = make_target(Declaration("x", "dot", outputs=("weights",), takes=takes, arguments=("value=",)), weights)
        assert target.outputs == ("weights",)
        assert not target.gradients


def test_arrays_without_gradients_have_the_context() -> None:
    def by_numpy(query: Any, key: Any) -> Any:
        powers = np.exp(query @ np.swapaxes(key, -1, -2))
        return powers / powers.sum(-1, keepdims=True)

    target = make_target(
        Declaration("x", "dot", outputs=("weights",), arguments=("value=",), framework="numpy"), by_numpy
    )
    assert target.outputs == ("weights", "context")
    assert not target.gradients
    report = attnproof.check(
        by_numpy,
        "dot",
        properties=("values",),
        profile="quick",
        dtypes=("fp64",),
        outputs=("weights",),
        arguments=("value=",),
        framework="numpy",
    )
    assert report.ok, report.summary()
    assert "context" in {f.quantity for f in report.findings if f.outcome == "pass"}
