"""Scores over the range of the format through query and key, and low visible scores beside a mask."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pytest
import torch
from torch import Tensor

from attnproof.impl.reference.numpy_attention import attention as reference
from attnproof.verify.composing.row import Row
from attnproof.verify.composing.steering import steerable, steered
from attnproof.verify.faults import parts
from attnproof.verify.inputs.make import make_case
from attnproof.verify.outcome import FAIL, PASS
from attnproof.verify.properties import PROPERTIES
from attnproof.verify.properties.choosing import usual
from attnproof.verify.properties.ranges import SETTING, WAYS, steered_question
from attnproof.verify.targets import Target, torch_target

RANGE: Final = PROPERTIES["range through query and key"]
LOW: Final = PROPERTIES["low visible scores"]
FAR: Final = PROPERTIES["far positions"]
FORMATS: Final = ("fp64", "fp32", "bf16", "fp16")
# fp32 has the range of bf16, and fp16 the smallest
RANGES: Final = [*(pytest.param(n, marks=pytest.mark.slow) for n in ("fp64", "bf16")), "fp32", "fp16"]


def outcomes(property_: Any, target: Target, dtype: str) -> set[str]:
    draws = property_.draws(target, "standard", dtype, "cpu", 0)
    return {finding.outcome for draw in draws for finding in property_.check(target, draw)}


def fails(property_: Any, target: Target, dtype: str, seed: int = 0) -> bool:
    """Whether something does; the rest is not looked at."""
    draws = property_.draws(target, "standard", dtype, "cpu", seed)
    return any(finding.outcome == FAIL for draw in draws for finding in property_.finds(target, draw))


@pytest.mark.parametrize("score", ["dot", "scaled_dot", "bilinear", "additive", "concat"])
def test_scores_are_what_they_are_steered_to(score: str) -> None:
    case = make_case(score, steerable(score, SETTING), "normal", "bf16", 0)
    signs = np.where(np.arange(18).reshape(3, 6) % 5 < 2, 1.0, -1.0)
    for exponent in (7, 120):
        case_ = case.having(**steered(case, signs, exponent))
        found = reference(score, dict(case_.inputs)).scores / 2.0**exponent
        assert np.array_equal(found, np.broadcast_to(signs * found[0, 0, 0] / signs[0, 0], found.shape))
        assert found[0, 0, 0] == signs[0, 0] / (np.sqrt(6.0) if score == "scaled_dot" else 1.0)


def exponentials(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """46: no maximum is subtracted."""
    weights = (query @ key.mT * query.shape[-1] ** -0.5).exp()
    return weights / weights.sum(-1, keepdim=True) @ value


def shifted_by_a_constant(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    weights = (query @ key.mT * query.shape[-1] ** -0.5 - 20.0).exp()
    return weights / weights.sum(-1, keepdim=True) @ value


def clamped(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.mT * query.shape[-1] ** -0.5).clamp(-5, 5).softmax(-1) @ value


def plain(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return (query @ key.mT * query.shape[-1] ** -0.5).softmax(-1) @ value


@pytest.mark.parametrize("dtype", FORMATS)
@pytest.mark.parametrize("function", [exponentials, shifted_by_a_constant])
def test_exponentials_without_the_maximum_overflow(function: Any, dtype: str) -> None:
    assert fails(RANGE, torch_target("x", "scaled_dot", function), dtype)


def test_clamped_scores_are_found() -> None:
    assert fails(RANGE, torch_target("x", "scaled_dot", clamped), "fp32")


@pytest.mark.parametrize("dtype", RANGES)
def test_who_is_right_passes(dtype: str) -> None:
    assert outcomes(RANGE, torch_target("x", "scaled_dot", plain), dtype) == {PASS}
    assert outcomes(LOW, parts.target("x", parts.assemble()), dtype) == {PASS}


def test_who_is_right_passes_with_a_score_of_another_kind() -> None:
    whole = parts.target("x", parts.assemble(family="additive"), "additive")
    assert outcomes(RANGE, whole, "fp32") == outcomes(LOW, whole, "fp32") == {PASS}


def rounded_positions(scores: Tensor, mask: Any, causal: bool, window: int | None, lengths: Tensor | None) -> Any:
    """Positions compared in the scores' own format."""
    n_q, n_k = scores.shape[-2:]
    rows = (torch.arange(n_q)[:, None] + (n_k - n_q)).to(scores.dtype)
    columns = torch.arange(n_k)[None, :].to(scores.dtype)
    seen = torch.ones(n_q, n_k, dtype=torch.bool)
    seen = seen & (columns <= rows) if causal else seen
    seen = seen if window is None else seen & ((rows - columns).abs() <= window)
    seen = seen if lengths is None else seen & (columns < lengths.to(scores.dtype)[:, None, None])
    return seen if mask is None else seen & mask


@pytest.mark.parametrize("feature", ["causal", "window", "lengths"])
@pytest.mark.parametrize("dtype", ["bf16", "fp16"])
def test_positions_that_are_rounded_are_found(dtype: str, feature: str) -> None:
    declared = {"takes": (feature,)}
    assert fails(FAR, parts.target("x", parts.assemble(visible=rounded_positions), **declared), dtype)
    assert outcomes(FAR, parts.target("x", parts.assemble(), **declared), dtype) == {PASS}


def masked(number: float, *, added: bool, family: str = "scaled_dot") -> Target:
    """45: a finite number in the place of −∞, or added to the score."""

    def logits(scores: Tensor, softcap: Any, bias: Any, allowed: Tensor | None) -> Tensor:
        if allowed is None:
            return parts.logits(scores, softcap, bias, None)
        if added:
            return parts.logits(scores, softcap, bias, None) + torch.where(
                allowed, scores.new_zeros(()), scores.new_tensor(number)
            )
        return parts.logits(scores, softcap, bias, None).masked_fill(~allowed, number)

    return parts.target("x", parts.assemble(logits=logits, family=family), family)


@pytest.mark.parametrize("family", ["scaled_dot", "additive"])
@pytest.mark.parametrize("added", [True, False])
@pytest.mark.parametrize(
    ("number", "dtype"),
    [(-1e4, "fp32"), (-1e4, "fp64"), (-1e4, "bf16"), (-1e9, "fp32"), (-1e9, "fp64"), (-1e3, "fp16")],
)
def test_a_mask_that_larger_scores_outweigh_is_found_with_any_seed(
    number: float, dtype: str, added: bool, family: str
) -> None:
    target = masked(number, added=added, family=family)
    for seed in range(3):
        assert fails(LOW, target, dtype, seed)


@pytest.mark.parametrize("dtype", RANGES)
def test_the_lowest_number_of_the_format_is_low_enough(dtype: str) -> None:
    lowest = torch.finfo(
        {"fp64": torch.float64, "fp32": torch.float32, "bf16": torch.bfloat16}.get(dtype, torch.half)
    ).min
    assert outcomes(LOW, masked(lowest, added=False), dtype) == {PASS}
    assert outcomes(LOW, masked(lowest, added=True), dtype) == {PASS}


@pytest.mark.parametrize("way", WAYS, ids=" and ".join)
def test_every_row_sees_low_scores_and_is_masked_from_high_ones(way: dict[str, str]) -> None:
    target = parts.target("x", parts.assemble())
    (draw,) = LOW.draws(target, "standard", "fp32", "cpu", 0)
    question = steered_question(target, usual(target), draw, Row(draw.setting, way, dtype="fp32"), 15, "masked high")
    scores = reference("scaled_dot", {n: question.case.inputs[n] for n in ("query", "key", "value")}).scores
    seen = np.broadcast_to(~np.isneginf(question.case.inputs["bias"]), scores.shape)
    assert (scores[seen] < -1e4).all()
    assert (scores[~seen] > 1e4).all()
    assert seen.any(-1).all()
    assert (~seen).any()


@pytest.mark.parametrize("narrow", [torch.int8, torch.uint8, torch.int64])
def test_positions_kept_in_a_byte(narrow: torch.dtype) -> None:
    def attend(query: Tensor, key: Tensor, value: Tensor, causal: bool = False) -> Tensor:
        n_q, n_k = query.shape[-2], key.shape[-2]
        scores = query @ key.mT * query.shape[-1] ** -0.5
        if causal:
            rows, columns = (torch.arange(n_q) + n_k - n_q).to(narrow), torch.arange(n_k).to(narrow)
            scores = scores.masked_fill(columns > rows[:, None], -torch.inf)
        return scores.softmax(-1) @ value

    target = torch_target("bytes", "scaled_dot", attend, takes=("causal",), gradients=False)
    draws = [draw for dtype in target.dtypes for draw in FAR.draws(target, "standard", dtype, "cpu", 0)]
    outcomes = {finding.outcome for draw in draws for finding in FAR.check(target, draw)}
    assert (FAIL in outcomes) == (narrow is not torch.int64)
    assert PASS in outcomes


def exponential_first(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    """57: right forwards; backwards 0 · ∞ at a masked score that is high above all that is visible."""
    scores = query @ key.mT * query.shape[-1] ** -0.5
    top = scores.masked_fill(~mask, -torch.inf).amax(-1, keepdim=True).detach()
    weights = torch.where(mask, (scores - top).exp(), 0.0)
    return weights / weights.sum(-1, keepdim=True) @ value


def mask_first(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    scores = (query @ key.mT * query.shape[-1] ** -0.5).masked_fill(~mask, -torch.inf)
    weights = (scores - scores.amax(-1, keepdim=True).detach()).exp()
    return weights / weights.sum(-1, keepdim=True) @ value


@pytest.mark.parametrize("dtype", RANGES)
def test_gradients_are_finite_however_high_a_masked_score_is(dtype: str) -> None:
    wrong, right = (torch_target(f.__name__, "scaled_dot", f, takes=("mask",)) for f in (exponential_first, mask_first))
    assert fails(LOW, wrong, dtype)
    assert outcomes(LOW, right, dtype) == {PASS}
