"""What the ring cannot tell is judged by its numbers, at the sizes where a program takes another way; and numbers that
kernels take as settings.
"""

from __future__ import annotations

from typing import Any, Final

import pytest
import torch

from attnproof.verify.outcome import FAIL
from attnproof.verify.properties.examine import examine
from attnproof.verify.targets import torch_target

WIDE: Final = 48  # wider than the usual sizes


def normed_when_wide(query: Any, key: Any, value: Any) -> Any:
    """The root of a sum of squares has no value in the ring."""
    if query.shape[-1] > WIDE:
        query = torch.nn.functional.rms_norm(query, query.shape[-1:])
    return (query @ key.mT / query.shape[-1] ** 0.5).softmax(-1) @ value


def bf16_when_long(query: Any, key: Any, value: Any) -> Any:
    scores = query @ key.mT / query.shape[-1] ** 0.5
    if key.shape[-2] > WIDE:
        scores = scores.bfloat16().to(query.dtype)
    return scores.softmax(-1) @ value


class Capped(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, scores: Any, cap: Any) -> Any:
        ctx.save_for_backward(scores)
        ctx.cap = cap
        return cap * torch.tanh(scores / cap)

    @staticmethod
    def backward(ctx: Any, seed: Any) -> tuple[Any, None]:
        (scores,) = ctx.saved_tensors
        return seed * (1 - torch.tanh(scores / ctx.cap) ** 2), None


def cap_is_a_setting(query: Any, key: Any, value: Any, softcap: Any = None) -> Any:
    scores = query @ key.mT / query.shape[-1] ** 0.5
    return (scores if softcap is None else Capped.apply(scores, softcap)).softmax(-1) @ value


def failing(function: Any, *takes: str) -> str:
    target = torch_target(function.__name__, "scaled_dot", function, takes=takes, dtypes=("fp64",))
    found = examine(target, "standard", 0, properties=("algebra",)).findings
    return next((str(each.reason) for each in found if each.outcome == FAIL), "")


@pytest.mark.parametrize(
    ("function", "size"),
    [(normed_when_wide, "d_q = "), pytest.param(bf16_when_long, "n_k = 49", marks=pytest.mark.slow)],
)
def test_numbers_tell_where_the_ring_does_not(function: Any, size: str) -> None:
    assert size in failing(function)


def test_a_soft_cap_that_nothing_flows_back_to_has_no_gradient() -> None:
    assert failing(cap_is_a_setting, "softcap") == ""
