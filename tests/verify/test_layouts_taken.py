"""A mask or bias of which no layout is declared: asked in every layout in which the target answers."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
from torch import Tensor

from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.making import make_target
from attnproof.verify.outcome import FAIL, PASS
from attnproof.verify.properties import PROPERTIES

HEADS = "query=b h q d, key=b h k d, value=b h k v, context=b h q v"
PLAIN = "query=b q d, key=b k d, value=b k v, context=b q v"


class _Summed(torch.autograd.Function):
    """Scores with a bias, its gradient summed over what it was broadcast along."""

    @staticmethod
    def forward(ctx: Any, scores: Tensor, bias: Tensor) -> Tensor:
        ctx.shape = bias.shape
        return scores + bias

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor]:
        return grads[0], grads[0].sum_to_size(ctx.shape)


class _First(_Summed):
    """Of the first element alone."""

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor]:
        found = grads[0][(0,) * (grads[0].ndim - len(ctx.shape))]
        for axis, size in enumerate(ctx.shape):
            found = found.narrow(axis, 0, size)
        return grads[0], found


def summed(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None) -> Tensor:
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    added = scores if bias is None else _Summed.apply(scores, bias)
    return torch.softmax(added, -1) @ value


def first(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None) -> Tensor:
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    added = scores if bias is None else _First.apply(scores, bias)
    return torch.softmax(added, -1) @ value


def full_only(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None) -> Tensor:
    """Right in the one layout that it takes."""
    if bias is not None and bias.shape != (*query.shape[:-1], key.shape[-2]):
        raise ValueError("a bias for each score")
    return first(query, key, value, bias)


def masked(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    """A mask of two axes is of keys, (b, k)."""
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    if mask is not None:
        mask = mask[:, None, None, :] if mask.ndim == 2 else mask
        scores = scores.masked_fill(~mask, -torch.inf)
    return torch.softmax(scores, -1) @ value


def first_keys(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None) -> Tensor:
    """Takes the first element's mask of keys for all."""
    return masked(query, key, value, mask[:1] if mask is not None and mask.ndim == 2 else mask)


def outcomes(thing: Any, layout: str, takes: str) -> tuple[set[str], list[str]]:
    """Of the property, and what fails in it, which is the formula."""
    target = make_target(Declaration("target", "scaled_dot", layout=layout, takes=(takes,)), thing)
    each = PROPERTIES["masks of a batch"]
    draws = [draw for draw in each.instances(target, "standard", "fp64", "cpu", 0) if "layouts" in draw.setting.name]
    assert draws
    found = [finding for draw in draws for finding in each.check(target, draw)]
    assert all(finding.kind == "algebra" for finding in found if finding.outcome == FAIL)
    return {finding.outcome for finding in found}, [str(f.reason) for f in found if f.outcome == FAIL]


@pytest.mark.parametrize("layout", [HEADS, PLAIN, ""])
def test_a_gradient_is_summed_over_what_a_bias_is_broadcast_along(layout: str) -> None:
    right, _ = outcomes(summed, layout, "bias")
    assert right == {PASS}
    wrong, said = outcomes(first, layout, "bias")
    assert FAIL in wrong
    assert "bias (" in said[0]


def test_a_layout_that_is_refused_is_no_fault() -> None:
    found, _ = outcomes(full_only, HEADS, "bias")
    assert FAIL not in found


def test_a_mask_means_the_same_in_every_layout_that_is_taken() -> None:
    assert outcomes(masked, HEADS, "mask")[0] == {PASS}
    found, said = outcomes(first_keys, HEADS, "mask")
    assert FAIL in found
    assert said[0].startswith("mask (")
