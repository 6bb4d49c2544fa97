"""Judging torch programs with bounds from what they were seen to do."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from attnproof.verify.bounds import bounds
from attnproof.verify.inputs.make import make_case
from attnproof.verify.inputs.settings import SETTINGS
from attnproof.verify.oracle import certified
from attnproof.verify.reading.rounding.api import Rounding
from attnproof.verify.reading.rounding.causes import causes
from attnproof.verify.reading.rounding.judging import judged
from attnproof.verify.recording.active import recording
from attnproof.verify.recording.in_torch import TorchRecorder
from attnproof.verify.targets.function import torch_target
from attnproof.verify.targets.target import plain


def plainly(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | float = 0.0) -> Tensor:
    return torch.softmax(query @ key.mT * query.shape[-1] ** -0.5 + bias, -1) @ value


def streaming(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None) -> Tensor:
    top = total = result = None
    for j in range(key.shape[-2]):
        score = (query * key[..., j : j + 1, :]).sum(-1, keepdim=True) / query.shape[-1] ** 0.5
        if bias is not None:
            score = score + bias[..., j : j + 1]
        higher = score.detach() if top is None else torch.maximum(top, score.detach())
        power = (score - higher).exp()
        if top is None:
            total, result = power, power * value[..., j : j + 1, :]
        else:
            rescaled = (top - higher).exp()
            total, result = total * rescaled + power, result * rescaled + power * value[..., j : j + 1, :]
        top = higher
    return result / total


class Recomputed(torch.autograd.Function):
    """Weights of the backward pass from the log-sum-exp, in base 2."""

    @staticmethod
    def forward(ctx: Any, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        score = query @ key.mT * (query.shape[-1] ** -0.5 * 1.4426950408889634)
        top = score.amax(-1, keepdim=True)
        level = top + torch.exp2(score - top).sum(-1, keepdim=True).log2()
        ctx.save_for_backward(query, key, value, level)
        return torch.exp2(score - level) @ value

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        query, key, value, level = ctx.saved_tensors
        scale = query.shape[-1] ** -0.5
        weights = torch.exp2(query @ key.mT * (scale * 1.4426950408889634) - level)
        up = grads[0] @ value.mT
        flow = weights * (up - (weights * up).sum(-1, keepdim=True)) * scale
        return flow @ key, flow.mT @ query, weights.mT @ grads[0]


def wide(**given: Tensor) -> Tensor:
    return plainly(**{name: array.float() for name, array in given.items()}).to(given["query"].dtype)


def recomputed(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return Recomputed.apply(query, key, value)


def narrow(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scores = (query @ key.mT * query.shape[-1] ** -0.5).bfloat16().to(query.dtype)
    return torch.softmax(scores, -1) @ value


def unshifted(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    powers = (query @ key.mT * query.shape[-1] ** -0.5).exp()
    return powers / powers.sum(-1, keepdim=True) @ value


def asked(function: Callable[..., Tensor], dtype: str, inputs: str = "normal", scale: float = 1.0) -> Any:
    """(outcomes by quantity, what is known of rounding) of one call."""
    case = make_case("scaled_dot", SETTINGS["base"], inputs, dtype, 0)
    if scale != 1.0:
        case = case.having(query=case.inputs["query"] * scale)
    target = torch_target("x", "scaled_dot", function)
    recorder = TorchRecorder()
    with recording(recorder):
        target.ask(plain(case))
    rounding = Rounding.of(recorder.finish(), dtype)
    results = rounding.recording.calls[-1].results
    derived = bounds(case, target.arithmetic(dtype, "cpu"))
    limits = rounding.bounds(derived=derived)
    truth = certified(case, {q: limits[q].bound for q in results}, list(results))
    return judged(rounding, truth, limits, derived=derived), rounding


FORMS = ("bf16", "fp16", "fp32", "fp64")
# A loop over keys takes longest; its other two formats are slow tests.
CORRECT = [(function, dtype) for function in (plainly, recomputed) for dtype in FORMS]
CORRECT += [(streaming, dtype) for dtype in ("fp16", "fp32")]
LONGER = [pytest.param(streaming, dtype, marks=pytest.mark.slow) for dtype in ("bf16", "fp64")]


@pytest.mark.parametrize(("function", "dtype"), [*CORRECT, *LONGER, *((wide, dtype) for dtype in FORMS[:3])])
def test_correct_programs_pass_in_every_format(function: Callable[..., Tensor], dtype: str) -> None:
    for inputs in ("normal", "tied", "shifted")[: 2 if function is recomputed else 3]:
        found, rounding = asked(function, dtype, inputs)
        assert len(found) == 4 + (inputs == "shifted")
        assert {name: got.outcome for name, got in found.items()} == dict.fromkeys(found, "pass")
        assert not rounding.beyond


@pytest.mark.parametrize("dtype", ["fp16", "fp32", "fp64"])
def test_a_format_that_is_too_narrow_is_found_with_its_place(dtype: str) -> None:
    found, rounding = asked(narrow, dtype)
    assert found["context"].outcome == "fail"
    assert {operation.dtype for operation, _ in rounding.beyond} == {"bf16"}
    place = found["context"].place
    assert place is not None
    element = rounding.recording.calls[-1].results["context"][place.index]
    worst = causes(rounding.swept, int(element))[0]
    assert worst.kind == "narrow"
    assert "test_judging.py" in str(worst)
    assert "bf16" in str(worst)


def test_an_operation_counts_against_what_depends_on_it_alone() -> None:
    """The values' gradient comes of the weights, which are right; the context went through bf16 after them."""

    def late(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return plainly(query, key, value).bfloat16().to(query.dtype)

    _, rounding = asked(late, "fp32")
    results = rounding.recording.calls[-1].results
    assert rounding.beyond
    assert {q: rounding.faithful(ids) for q, ids in results.items() if q == "context"} == {"context": False}
    weights = next(o.output for o in rounding.recording.operations if o.library.startswith("aten._softmax"))
    assert rounding.faithful(weights)


def test_the_same_in_bf16_is_no_fault() -> None:
    assert {got.outcome for got in asked(narrow, "bf16")[0].values()} == {"pass"}


def test_what_overflows_fails_and_is_named() -> None:
    found, rounding = asked(unshifted, "fp16", scale=16.0)
    assert found["context"].outcome == "fail"
    assert "aten.exp.default at test_judging.py" in found["context"].reason
    assert "overflows fp16" in found["context"].reason
    lost = rounding.swept.lost[rounding.recording.calls[-1].results["context"]]
    assert lost.any()


def test_a_wrong_program_is_not_explained() -> None:
    """Beside the truth by a factor: where the bound says nothing, exact arithmetic on the path still does."""
    for inputs in ("normal", "shifted"):
        found, _ = asked(lambda **given: plainly(**given) * 1.5, "bf16", inputs)
        assert found["context"].outcome != "pass"


def test_what_float64_cannot_replay_explains_nothing() -> None:
    """The path loses every digit in float64 too: exact arithmetic on it is not known, and nothing is right by it."""
    for factor in (1.0, 1.5):
        found, _ = asked(lambda **given: (plainly(**given) * factor + 1e17) - 1e17, "bf16")  # noqa: B023
        assert found["context"].outcome != "pass"


def test_bounds_are_made_quickly() -> None:
    """A question of the usual size."""
    _, rounding = asked(plainly, "bf16")
    start = process_time()
    Rounding.of(rounding.recording, "bf16").bounds()
    assert process_time() - start < 10
    assert np.all(np.isfinite(rounding.bounds()["context"].bound))
