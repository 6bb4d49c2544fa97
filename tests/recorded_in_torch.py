"""Torch programs recorded, played again from new numbers, and compared with themselves on those."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import numpy as np
import torch
from replayed import played

from attnproof.verify.recording.in_torch import TorchRecorder
from attnproof.verify.recording.recording import Recording

Program = Callable[..., Any]
TOLERANCE = {torch.float64: 1e-12, torch.float32: 2e-5, torch.bfloat16: 0.06, torch.float16: 0.01}


def drawn(shapes: dict[str, tuple[int, ...]], seed: int, dtype: torch.dtype, near: Any = None) -> dict[str, Any]:
    generator = torch.Generator().manual_seed(seed)
    if near is not None:  # a little away, so that choices by value stay as they were
        return {
            n: (x.double() * (1 + 1e-5 * torch.rand(x.shape, generator=generator))).to(dtype) for n, x in near.items()
        }
    return {n: torch.randn(shape, generator=generator, dtype=torch.float64).to(dtype) for n, shape in shapes.items()}


def run(
    program: Program, given: dict[str, Any], recorder: TorchRecorder | None = None, *, backward: bool = True
) -> dict[str, torch.Tensor]:
    """One call, forward and backward, as a door makes it."""
    given = {name: value.clone().requires_grad_(backward) for name, value in given.items()}
    listening = nullcontext if recorder is None else recorder.listening
    if recorder is not None:
        for name, value in given.items():
            recorder.input(name, value)
    with torch.set_grad_enabled(backward), listening():
        out = program(**given)
    found, seeds = {"out": out}, {}
    if backward:
        seeds["grad"] = 1 + torch.arange(out.numel()).reshape(out.shape).to(out.dtype) / out.numel()
        if recorder is not None:
            recorder.input("grad", seeds["grad"])
        with listening():
            parts = torch.autograd.grad(out, list(given.values()), seeds["grad"], allow_unused=True)
        for name, part in zip(given, parts, strict=True):
            found[f"grad.{name}"] = torch.zeros_like(given[name]) if part is None else part
    if recorder is not None:
        recorder.call(given, seeds, found)
    return {name: value.detach() for name, value in found.items()}


def recorded(program: Program, *givens: dict[str, Any], backward: bool = True) -> Recording:
    recorder = TorchRecorder()
    for given in givens:
        found = run(program, given, recorder, backward=backward)
        results = recorder.tape.calls[-1].results
        for name, value in found.items():
            np.testing.assert_array_equal(recorder.tape.values(results[name]), value.double().numpy(), name)
    return recorder.finish()


def check(
    program: Program,
    shapes: dict[str, tuple[int, ...]],
    dtype: torch.dtype = torch.float64,
    *,
    calls: int = 1,
    backward: bool = True,
    tolerance: float | None = None,
) -> Recording:
    """Record, play again with inputs a little away, compare with the program on those."""
    first = [drawn(shapes, 5 + call, dtype) for call in range(calls)]
    found = recorded(program, *first, backward=backward)
    assert not found.unread, found.unread
    second = [drawn(shapes, 50 + call, dtype, near) for call, near in enumerate(first)]
    seeds = {
        (call, name): found.values[ids] for call, entry in enumerate(found.calls) for name, ids in entry.seeds.items()
    }
    given = {(call, name): value.double().numpy() for call, entry in enumerate(second) for name, value in entry.items()}
    again = played(found, given | seeds)
    for call, entry in enumerate(second):
        expected = run(program, entry, backward=backward)
        for name, value in expected.items():
            allowed = TOLERANCE[dtype] if tolerance is None else tolerance
            np.testing.assert_allclose(
                again[call][name], value.double().numpy(), rtol=allowed, atol=allowed, err_msg=f"{name} of call {call}"
            )
    return found


QKV = {"query": (2, 3, 5, 4), "key": (2, 3, 6, 4), "value": (2, 3, 6, 7)}
SELF = {"query": (2, 3, 6, 4), "key": (2, 3, 6, 4), "value": (2, 3, 6, 7)}
SAME = dict.fromkeys(("query", "key", "value"), (2, 3, 6, 4))
