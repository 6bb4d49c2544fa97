"""What goes where an index says, lists of tensors, convolutions: recorded, and played again from new numbers."""

from __future__ import annotations

from typing import Any

import pytest
import torch
import torch.nn.functional as F
from recorded_in_torch import QKV, Program, check

INDEX = torch.tensor([0, 3, 0, 0, 1, 3])


def graph(query: Any, key: Any, value: Any) -> Any:
    """Softmax by segments, of the edges of a graph."""
    scores = (query[:, :, :1] * key).sum(-1).reshape(-1)
    places = INDEX.repeat(6)
    largest = torch.full((5,), -torch.inf, dtype=scores.dtype).scatter_reduce(0, places, scores, "amax")
    powers = (scores - largest[places]).exp()
    sums = torch.zeros(5, dtype=scores.dtype).scatter_reduce(0, places, powers, "sum")
    return (powers / sums[places]).reshape(2, 3, 6, 1) * value


def reduced(how: str, include_self: bool) -> Program:
    def program(x: Any, y: Any) -> Any:
        index = INDEX[:, None].expand(6, 4)
        sent = x.scatter_reduce(0, index, y, how, include_self=include_self)
        if how != "sum":
            sent = sent + x.index_reduce(0, INDEX, y, how, include_self=include_self)
        return sent

    return program


def listed(x: Any, y: Any) -> Any:
    total = torch._foreach_add(torch._foreach_mul([x, y[:5]], 0.5), [y[:5], x])
    torch._foreach_mul_(total, [2.0, 3.0])
    torch._foreach_addcmul_(total, [x, x], [x, y[:5]], 0.25)
    return sum(torch._foreach_exp(total))


def convolved(query: Any, key: Any, value: Any) -> Any:
    image = query.flatten(0, 1)[:, :, None].expand(6, 5, 3, 4).contiguous()
    rows = F.conv1d(
        image[:, :, 0], key[0, :2, :, :3].reshape(4, 3, 3)[:, :1].expand(4, 1, 3)[:5].repeat(5, 1, 1), groups=5
    )
    squares = F.conv2d(image, value[0, :2, :5, :6].reshape(4, 5, 3, 1), value[0, 0, :4, 0], 1, (1, 0), (2, 1))
    return rows.sum() + squares.exp()


def averaged(x: Any, y: Any) -> Any:
    rows = F.avg_pool1d(x, 3, 2, 1).sum() + F.avg_pool1d(y, 2, count_include_pad=False, padding=1)[..., :3].exp()
    return (
        rows
        + F.avg_pool2d(x, (2, 3), (1, 2), (0, 1), count_include_pad=False)[..., :3].mean()
        * F.avg_pool2d(y[None], 2, divisor_override=3).sum()
    )


PROGRAMS: dict[str, tuple[Program, dict[str, tuple[int, ...]]]] = {
    "graph": (graph, QKV),
    **{
        f"{how}, {'with' if own else 'without'} what was there": (reduced(how, own), {"x": (5, 4), "y": (6, 4)})
        for how in ("sum", "amax", "amin", "mean", "prod")
        for own in (True, False)
    },
    "lists": (listed, {"x": (5, 4), "y": (6, 4)}),
    "convolutions": (convolved, QKV),
    "averages of windows": (averaged, {"x": (3, 4, 7), "y": (3, 4, 6)}),
    "sum of products": (lambda x, y: torch.addbmm(x[0], x.mT, y, beta=0.5, alpha=2), {"x": (4, 4, 4), "y": (4, 4, 4)}),
    "remainders": (lambda x, y: torch.remainder(x, 0.7) * torch.fmod(y, 0.3), {"x": (5, 4), "y": (5, 4)}),
}


@pytest.mark.filterwarnings("ignore:index_reduce")
@pytest.mark.parametrize("name", PROGRAMS)
def test_played_again(name: str) -> None:
    check(*PROGRAMS[name])


def test_no_edges() -> None:
    check(lambda x: torch.zeros(3, dtype=x.dtype).scatter_reduce(0, INDEX[:0], x, "amax"), {"x": (0,)})
