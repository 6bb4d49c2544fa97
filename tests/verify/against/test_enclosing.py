"""Bounds for programs that are not seen: every correct way of writing a formula is within them, and no wrong one."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from mpmath import mp
from torch.nn import functional as F

from attnproof.verify.against.enclosing import Enclosed, enclosed
from attnproof.verify.against.evaluations import evaluations
from attnproof.verify.against.listening import heard
from attnproof.verify.arithmetic.torch_dtypes import TORCH_DTYPES
from attnproof.verify.recording.recording import NotReadError

LOG2E = 1.4426950408889634
Program = Callable[..., Any]


def drawn(*shapes: tuple[int, ...], dtype: str = "fp32", seed: int = 0) -> tuple[torch.Tensor, ...]:
    generator = torch.Generator().manual_seed(seed)
    return tuple(torch.randn(shape, generator=generator).to(TORCH_DTYPES[dtype]) for shape in shapes)


def ratio(found: Enclosed, computed: torch.Tensor) -> float:
    error = np.abs(computed.detach().double().numpy() - found.value)
    assert found.bound.finite
    assert found.bound.meaningful
    return float(
        np.max(np.where(error == 0.0, 0.0, error / np.where(found.bound.bound == 0.0, 1e-300, found.bound.bound)))
    )


def judged(reference: Program, inputs: tuple[Any, ...], dtype: str = "fp32", **how: Any) -> Enclosed:
    (found,) = enclosed(heard(reference, inputs).recording, evaluations(dtype, **how)).values()
    return found


def attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    return torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]), -1) @ v


def streamed(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, tile: int = 16) -> torch.Tensor:
    q = q * (LOG2E / math.sqrt(q.shape[-1]))
    largest = torch.full((*q.shape[:-1], 1), -math.inf)
    total, summed = torch.zeros_like(largest), torch.zeros(*q.shape[:-1], v.shape[-1])
    for first in range(0, k.shape[-2], tile):
        scores = q @ k[..., first : first + tile, :].transpose(-1, -2)
        now = torch.maximum(largest, scores.amax(-1, keepdim=True))
        weights, again = torch.exp2(scores - now), torch.exp2(largest - now)
        total = total * again + weights.sum(-1, keepdim=True)
        summed = summed * again + weights @ v[..., first : first + tile, :]
        largest = now
    return summed * (1.0 / total)


def unshifted(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    powers = torch.exp((q * q.shape[-1] ** -0.25) @ (k * q.shape[-1] ** -0.25).transpose(-1, -2))
    return (powers @ v) / powers.sum(-1, keepdim=True)


def merged(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    half = k.shape[-2] // 2
    scores = q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5
    lse = [torch.logsumexp(part, -1, keepdim=True) for part in (scores[..., :half], scores[..., half:])]
    whole = torch.logaddexp(*lse)
    first, second = (
        torch.exp(each - whole) * (torch.softmax(part, -1) @ own)
        for each, part, own in zip(
            lse, (scores[..., :half], scores[..., half:]), (v[..., :half, :], v[..., half:, :]), strict=True
        )
    )
    return first + second


SAME: tuple[Program, ...] = (attention, streamed, unshifted, merged, F.scaled_dot_product_attention)
SHAPES = ((2, 24, 16), (2, 80, 16), (2, 80, 16))
WRONG: dict[str, Program] = {
    "one per cent": lambda q, k, v: attention(q, k, v) * 1.01,
    "the scale": lambda q, k, v: attention(q * 1.01, k, v),
    "uniform": lambda q, k, v: v.mean(-2, keepdim=True).expand(*q.shape[:-1], v.shape[-1]),
    "zeros": lambda q, k, v: torch.zeros(*q.shape[:-1], v.shape[-1]),
    "the last key": lambda q, k, v: attention(q, k[..., :-1, :], v[..., :-1, :]),
}


@pytest.mark.parametrize("program", SAME)
@pytest.mark.parametrize("spread", [1.0, 4.0])
def test_every_way_to_write_attention_is_within_the_bounds(program: Program, spread: float) -> None:
    q, k, v = drawn(*SHAPES)
    found = judged(attention, (q * spread, k, v))
    assert ratio(found, program(q * spread, k, v)) < 1.0


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_beyond_them(name: str) -> None:
    given = drawn(*SHAPES)
    assert ratio(judged(attention, given), WRONG[name](*given)) > 1.0


@pytest.mark.parametrize("program", SAME)
def test_gradients(program: Program) -> None:
    given = drawn(*SHAPES)
    (upstream,) = drawn((2, 24, 16), seed=1)
    found = enclosed(heard(attention, given, upstream=upstream).recording, evaluations("fp32"))
    own = tuple(x.clone().requires_grad_() for x in given)
    parts = torch.autograd.grad(program(*own), own, upstream)
    assert all(ratio(found[f"[{place}]"], part) < 1.0 for place, part in enumerate(parts))
    assert all(ratio(found[f"[{place}]"], part * 1.01) > 1.0 for place, part in enumerate(parts))


@pytest.mark.parametrize("dtype", ["bf16", "fp16"])
def test_half_formats(dtype: str) -> None:
    """A program of several calls rounds between them; a fused kernel only the weights; what is rounded to the format
    once is within all bounds, and a program that rounds between calls not within those of one that does not.
    """
    given = drawn(*SHAPES, dtype=dtype)
    exact = attention(*(x.double() for x in given)).to(TORCH_DTYPES[dtype])
    stepwise, fused = attention(*given), SAME[-1](*given)
    found = {how: judged(attention, given, dtype, computed_in=how) for how in (None, "fused", "fp32")}
    assert ratio(found[None], stepwise) < 1.0
    assert ratio(found[None], fused) < 1.0
    assert ratio(found["fused"], fused) < 1.0
    assert all(ratio(each, exact) < 1.0 for each in found.values())
    assert ratio(found["fp32"], stepwise) > 1.0


def test_results_of_a_narrower_format_have_rounded_inputs() -> None:
    given = drawn(*SHAPES)
    narrow = attention(*(x.bfloat16() for x in given))
    assert ratio(judged(attention, given, "bf16", given="fp32"), narrow) < 1.0
    assert ratio(judged(attention, given), narrow) > 1.0


def test_fewer_additions_in_a_chain_bound_a_sum_more_closely() -> None:
    (x,) = drawn((1, 4096))
    longest, tiled = (judged(lambda x: x.sum(-1), (x,), chain=chain).bound.bound.max() for chain in (None, 64))
    assert tiled < longest / 50


def test_products_of_matrices_in_another_grouping_where_that_is_said() -> None:
    """x (A B) has monomials as large as A and B make them, whatever x A is: here they cancel."""
    x, a = torch.ones(4, 64), drawn((64, 64))[0] * 1000.0
    a = torch.cat([a[:32], -a[:32]]) + drawn((64, 64), seed=1)[0]
    (b,) = drawn((64, 64), seed=2)
    same, other = (judged(lambda x, a, b: (x @ a) @ b, (x, a, b), regrouped=regrouped) for regrouped in (False, True))
    assert ratio(same, (x @ a) @ b) < 1.0
    assert ratio(other, x @ (a @ b)) < 1.0
    assert same.bound.bound.max() < other.bound.bound.max() / 1.5


NORMALISED: dict[str, Program] = {
    "two passes": lambda x: (x - x.mean(-1, keepdim=True)) / torch.sqrt(x.var(-1, unbiased=False, keepdim=True) + 1e-5),
    "one pass": lambda x: (
        (x - x.mean(-1, keepdim=True))
        * torch.rsqrt((x * x).mean(-1, keepdim=True) - x.mean(-1, keepdim=True) ** 2 + 1e-5)
    ),
    "the library": lambda x: F.layer_norm(x, (x.shape[-1],)),
}
PAIRS: dict[str, tuple[Program, Program]] = {
    "softplus": (F.softplus, lambda x: torch.log(1 + torch.exp(x))),
    "silu": (F.silu, lambda x: x / (1 + torch.exp(-x))),
    "silu by tanh": (F.silu, lambda x: x * (0.5 + 0.5 * torch.tanh(x / 2))),
    "tanh by sigmoid": (torch.tanh, lambda x: 2 * torch.sigmoid(2 * x) - 1),
    "gelu": (F.gelu, lambda x: x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))),
    "log-sum-exp": (lambda x: torch.logsumexp(x, -1), lambda x: torch.log(torch.exp(x).sum(-1))),
    "softmax by log-sum-exp": (
        lambda x: torch.softmax(x, -1),
        lambda x: torch.exp(x - torch.logsumexp(x, -1, keepdim=True)),
    ),
    "softmax in base two": (
        lambda x: torch.softmax(x, -1),
        lambda x: torch.exp2(x * LOG2E - torch.log2(torch.exp2(x * LOG2E).sum(-1, keepdim=True))),
    ),
    "root mean square": (
        lambda x: x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-6),
        lambda x: F.rms_norm(x, (x.shape[-1],), eps=1e-6),
    ),
}


@pytest.mark.parametrize("one", NORMALISED)
@pytest.mark.parametrize("other", NORMALISED)
def test_layer_norm(one: str, other: str) -> None:
    (x,) = drawn((6, 96))
    x = 3 * x + 2
    found = judged(NORMALISED[one], (x,))
    assert ratio(found, NORMALISED[other](x)) < 1.0
    assert ratio(found, NORMALISED[other](x) * 1.01) > 1.0


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("shift", [-3.0, 0.0, 3.0])
def test_other_forms_of_one_function(name: str, shift: float) -> None:
    reference, other = PAIRS[name]
    (x,) = drawn((6, 96))
    found = judged(reference, (x + shift,))
    assert ratio(found, other(x + shift)) < 1.0
    assert ratio(found, reference(x + shift) * 1.01) > 1.0


def test_a_formula_that_is_only_near_is_another_one() -> None:
    (x,) = drawn((6, 96))
    assert ratio(judged(F.gelu, (x,)), F.gelu(x, approximate="tanh")) > 1.0


def test_the_value_is_within_its_radius() -> None:
    """By another road: mpmath at 60 digits."""
    q, k, v = drawn((3, 4), (5, 4), (5, 2), dtype="fp64")
    found = judged(lambda q, k, v: torch.softmax(q @ k.T, -1) @ v, (q, k, v), "fp64")
    with mp.workdps(60):
        for i in range(3):
            powers = [mp.exp(sum(mp.mpf(float(a)) * float(b) for a, b in zip(q[i], row, strict=True))) for row in k]
            for p in range(2):
                exact = sum(w * mp.mpf(float(v[j, p])) for j, w in enumerate(powers)) / sum(powers)
                assert abs(exact - mp.mpf(float(found.value[i, p]))) <= mp.mpf(float(found.radius[i, p]))
    assert found.radius.max() < 1e-13


def test_masks() -> None:
    """−∞ and the least number mask alike; a row without keys has no number."""
    (x,) = drawn((4, 12))
    masked = torch.zeros(4, 12)
    masked[:, 8:] = torch.finfo(torch.float32).min
    found = judged(lambda x: torch.softmax(x + masked, -1), (x,))
    assert ratio(found, torch.softmax(torch.where(masked < 0, -math.inf, x), -1)) < 1.0
    nothing = judged(lambda x: torch.softmax(x + torch.full((4, 12), -math.inf), -1), (x,))
    assert np.isnan(nothing.value).all()


def test_what_may_leave_the_range_has_no_bound() -> None:
    (x,) = drawn((4, 12), dtype="fp16")
    found = judged(lambda x: torch.tanh(x * 40000 * x), (x,), "fp16")
    assert np.isinf(found.bound.bound).any()
    assert "range" in found.bound.reasons[0]


def test_choices_that_rounding_decides_are_counted() -> None:
    near = torch.tensor([[1.0, -1.0, 2.0], [1.0, 1.0, 1.0]])
    row = torch.tensor([0.1, 0.1, 1e-9])
    assert judged(lambda x: torch.relu((x * row).sum(-1)), (near,)).near == 1
    assert judged(torch.relu, (near,)).near == 0


def test_what_is_not_read_is_named() -> None:
    with pytest.raises(NotReadError, match="lgamma"):
        heard(torch.lgamma, drawn((3,)))
