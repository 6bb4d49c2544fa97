"""How arrays, masks and cotangents lie in memory when a target is asked, and one tensor in two roles."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.targets import Request, jax_target, numpy_target, plain, torch_target

SETTING = Setting("square", n_q=4, n_k=4, d_q=4, d_v=4, batch=(2,))
LAYOUTS = ("contiguous", "strided", "transposed", "sliced", "broadcast")
MASK = np.tri(4, dtype=bool)


def _request(**changes: Any) -> Request:
    return plain(make_case("dot", SETTING, "normal", "fp64", 0), **changes)


class _Seeing(torch.autograd.Function):
    """Passes on what it is given, and notes how the cotangent lies in memory."""

    seen: list[tuple[int, ...]]

    @staticmethod
    def forward(ctx: Any, context: torch.Tensor) -> torch.Tensor:
        return context.clone()

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        _Seeing.seen.append(grad.stride())
        return grad


@pytest.mark.parametrize("layout", LAYOUTS)
def test_inputs_masks_and_cotangents_lie_as_asked(layout: str) -> None:
    strides: dict[str, tuple[int, ...]] = {}
    _Seeing.seen = []

    def attention(query, key, value, mask):  # type: ignore[no-untyped-def]
        strides.update(query=query.stride(), mask=mask.stride())
        assert torch.equal(mask, torch.tensor(MASK))
        return _Seeing.apply((query @ key.mT).masked_fill(~mask, -torch.inf).softmax(-1) @ value)

    request = _request(layout=layout, seed_layout=layout)
    request = replace(request, given={**request.given, "mask": MASK}, gradients=("query",))
    torch_target("seeing", "dot", attention, takes=("mask",)).ask(request)
    wanted = {
        "contiguous": ((16, 4, 1), (4, 1)),
        "strided": ((32, 8, 2), (8, 2)),
        "transposed": ((16, 1, 4), (1, 4)),
        "sliced": ((32, 8, 1), (8, 1)),
        "broadcast": ((16, 4, 1), (4, 1)),  # nothing is equal along an axis
    }
    assert (strides["query"], strides["mask"]) == wanted[layout]
    assert _Seeing.seen == [wanted[layout][0]]


def test_what_is_equal_along_an_axis_has_stride_0_there() -> None:
    _Seeing.seen = []
    strides: list[tuple[int, ...]] = []

    def attention(query, key, value):  # type: ignore[no-untyped-def]
        strides.append(key.stride())
        return _Seeing.apply((query @ key.mT).softmax(-1) @ value)

    request = _request(layout="broadcast", seed_layout="broadcast")
    shared = np.broadcast_to(request.case.inputs["key"][:1], (2, 4, 4)).copy()
    ones = {"grad_context": np.ones_like(request.case.grad_context)}
    torch_target("seeing", "dot", attention).ask(
        replace(request, given={**request.given, "key": shared}, cotangents=ones)
    )
    assert strides == [(0, 4, 1)]
    assert _Seeing.seen == [(0, 0, 0)]


def _numbers(query: Any, key: Any, value: Any) -> Any:
    return query * 2.0 + key * 3.0 + value * 5.0


def _backward(grad_context: Any, query: Any, key: Any, value: Any) -> dict[str, Any]:
    assert key is value
    return {"query": 2.0 * grad_context, "key": 3.0 * grad_context, "value": 5.0 * grad_context}


@pytest.mark.parametrize("library", ["torch", "numpy", "jax"])
def test_one_array_in_two_roles_has_one_gradient(library: str) -> None:
    if library == "jax":
        pytest.importorskip("jax")
        target = jax_target("sum", "dot", _numbers)
    elif library == "torch":
        target = torch_target("sum", "dot", _numbers)
    else:
        target = numpy_target("sum", "dot", _numbers, _backward)
    request = _request(tied={"value": "key"})
    answer = target.ask(request)
    given = request.given
    assert np.allclose(answer.outputs["context"], given["query"] * 2.0 + given["key"] * 8.0)
    assert set(answer.gradients) == {"query", "key"}
    assert np.allclose(answer.gradients["key"], 8.0 * request.case.grad_context)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_numpy_arrays_lie_as_asked(layout: str) -> None:
    strides: dict[str, tuple[int, ...]] = {}

    def attention(query, key, value, mask):  # type: ignore[no-untyped-def]
        strides.update(query=query.strides, mask=mask.strides)
        assert np.array_equal(mask, MASK)
        return query

    request = _request(layout=layout)
    numpy_target("seeing", "dot", attention, takes=("mask",)).ask(
        replace(request, given={**request.given, "mask": MASK})
    )
    wanted = {
        "contiguous": ((128, 32, 8), (4, 1)),
        "strided": ((256, 64, 16), (8, 2)),
        "transposed": ((128, 8, 32), (1, 4)),
        "sliced": ((256, 64, 8), (8, 1)),
        "broadcast": ((128, 32, 8), (4, 1)),
    }
    assert (strides["query"], strides["mask"]) == wanted[layout]
