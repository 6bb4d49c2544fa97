"""Programs are read: the right ones equal the derivation exactly, in whatever form; of wrong ones it says where."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

import pytest
import torch

from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.properties import PROPERTIES, Finding
from attnproof.verify.properties.examine import examine
from attnproof.verify.targets.contract import Contract
from attnproof.verify.targets.function import torch_target

TAKES = ("bias", "mask")
ALGEBRA: Final = PROPERTIES["algebra"]


def algebra(function, score="scaled_dot", takes=(), profile="quick", **declared):
    target = torch_target("target", score, function, takes=takes, **declared)
    return examine(target, profile, properties=("algebra",))


def one_by_one(function: Any, takes: Any = (), profile: Any = "quick", **declared: Any) -> Iterator[Finding]:
    """What ``algebra`` finds, no further than it is looked at: the first failure is enough to see one."""
    target = torch_target("target", "scaled_dot", function, takes=takes, **declared)
    for draw in ALGEBRA.draws(target, profile, "fp64", "cpu", 0):
        yield from ALGEBRA.finds(target, draw)


def first_failure(function: Any, **declared: Any) -> Finding:
    return next(finding for finding in one_by_one(function, **declared) if finding.outcome == FAIL)


def outcomes(found):
    return set(found.counts)


def scores(query, key, bias=None, mask=None):
    found = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
    found = found if bias is None else found + bias
    return found if mask is None else found.masked_fill(~mask, -torch.inf)


def plain(query, key, value, bias=None, mask=None):
    return scores(query, key, bias, mask).softmax(-1) @ value


def streamed(query, key, value, bias=None, mask=None, *, rescale=True, epsilon=0.0):
    """A block of two keys at a time, written in place."""
    every = scores(query, key, bias, mask)
    top = torch.full_like(every[..., :1], -1e30)
    total = torch.zeros_like(top)
    found = torch.zeros_like(every[..., :1] * value[..., :1, :])
    for start in range(0, every.shape[-1], 2):
        block = every[..., start : start + 2]
        higher = torch.maximum(top, block.amax(-1, keepdim=True))
        factor = (top - higher).exp() if rescale else 1.0
        weights = (block - higher).exp()
        total = total * factor + weights.sum(-1, keepdim=True)
        found = found * factor + weights @ value[..., start : start + 2, :]
        top = higher
    return found / (total + epsilon)


class ByLevel(torch.autograd.Function):
    """Backward from the log-sum-exp alone, as kernels have it."""

    @staticmethod
    def forward(ctx, query, key, value):
        every = scores(query, key)
        level = every.logsumexp(-1, keepdim=True)
        found = (every - level).exp() @ value
        ctx.save_for_backward(query, key, value, level, found)
        return found

    @staticmethod
    def backward(ctx, seed):
        query, key, value, level, found = ctx.saved_tensors
        weights = (scores(query, key) - level).exp()
        inner = weights * (seed @ value.transpose(-1, -2) - (seed * found).sum(-1, keepdim=True))
        inner = inner / math.sqrt(query.shape[-1])
        return inner @ key, inner.transpose(-1, -2) @ query, weights.transpose(-1, -2) @ seed


def by_level(query, key, value):
    shape = torch.broadcast_shapes(query.shape[:-2], key.shape[:-2])
    return ByLevel.apply(*(each.expand(*shape, *each.shape[-2:]) for each in (query, key, value)))


def in_base_2(query, key, value):
    every = scores(query, key) * math.log2(math.e)
    powers = torch.exp2(every - every.amax(-1, keepdim=True).detach())
    return powers @ value / powers.sum(-1, keepdim=True)


@pytest.mark.parametrize("function", [plain, streamed, by_level, in_base_2], ids=lambda f: f.__name__)
def test_a_right_program_is_the_derivation(function):
    takes = TAKES if function in (plain, streamed) else ()
    found = algebra(function, takes=takes)
    assert outcomes(found) == {PASS}
    assert len(found.findings) >= 20


def halved_bias(query, key, value, bias=None):
    return plain(query, key, value, None if bias is None else bias / math.sqrt(query.shape[-1]))


def wrong_width(query, key, value):
    return (query @ key.transpose(-1, -2) / math.sqrt(value.shape[-1])).softmax(-1) @ value


def not_rescaled(query, key, value):
    return streamed(query, key, value, rescale=False)


def with_epsilon(query, key, value):
    return streamed(query, key, value, epsilon=1e-6)


class Cut(torch.autograd.Function):
    """The gradient of the values stops at the query's width."""

    @staticmethod
    def forward(ctx, value, width):
        ctx.width = width
        return value.clone()

    @staticmethod
    def backward(ctx, seed):
        found = seed.clone()
        found[..., ctx.width :] = 0.0
        return found, None


def cut(query, key, value):
    return plain(query, key, Cut.apply(value, query.shape[-1]))


def under(limit):
    def clamped(query, key, value):
        return scores(query, key).clamp(-limit, limit).softmax(-1) @ value

    return clamped


@pytest.mark.parametrize(
    ("function", "takes", "words"),
    [
        (halved_bias, ("bias",), ["the scores", "test_algebra.py:"]),
        (wrong_width, (), ["is not the formula's"]),
        (not_rescaled, (), ["the scores"]),
        (with_epsilon, (), ["is not the formula's"]),
        (cut, (), ["is not the formula's"]),
        (under(0.5), (), ["the scores"]),
    ],
    ids=["bias divided", "width of the values", "not rescaled", "epsilon", "cut", "clamped"],
)
def test_a_wrong_program_is_not_and_the_place_is_named(function, takes, words):
    failure = first_failure(function, takes=takes, profile="standard" if function is cut else "quick")
    assert all(each in failure.reason for each in words), failure.reason
    assert failure.worst


def test_what_is_below_fp64_is_nobody_s_fault():
    found = one_by_one(lambda query, key, value: streamed(query, key, value, epsilon=1e-300))
    assert {finding.outcome for finding in islice(found, 8)} == {ABSTAIN}  # each of them was asked at other numbers


def test_a_value_that_leaves_and_comes_back_accuses_nobody():
    def leaving(query, key, value):
        return torch.from_numpy(plain(query, key, value).detach().numpy().copy())

    found = algebra(leaving, gradients=False)
    assert outcomes(found) == {ABSTAIN}


def test_what_a_program_keeps_between_calls_is_called_that():
    kept = {}

    def keeping(query, key, value):
        return plain(query, kept.setdefault(key.shape, key.detach()), value)

    assert "arguments of an earlier call" in first_failure(keeping, gradients=False).reason


def test_an_open_choice_is_found_out():
    def masking(query, key, value, mask=None):
        return plain(query, key, value, None, None if mask is None else ~mask)

    assert outcomes(algebra(masking, takes=("mask",))) == {PASS}
    assert first_failure(masking, takes=("mask",), contract=Contract(polarity="true attends"))
