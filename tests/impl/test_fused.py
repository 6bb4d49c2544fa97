"""The door to the fused kernels: every score within the bounds of the kernel that serves it, and errors that name the
argument.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from attnproof.impl import fused
from attnproof.verify.arithmetic.backends import arithmetic
from attnproof.verify.arithmetic.fused import pairs_arithmetic
from attnproof.verify.bounds import bounds as error_bounds
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS
from attnproof.verify.inputs.case import Case
from attnproof.verify.oracle import certified

WIDTH = {"dot": 4, "scaled_dot": 4, "bilinear": 3}
KINDS = {"fp32": torch.float32, "fp64": torch.float64}


def inputs(score: str, bias: bool) -> dict[str, np.ndarray[Any, Any]]:
    """Multiples of 1/64; the bias masks some keys and, for query 1, all."""
    rng = np.random.default_rng(11)

    def draw(*shape: int) -> np.ndarray[Any, Any]:
        return rng.integers(-128, 129, shape) / 64

    found = {"query": draw(5, 4), "key": draw(7, WIDTH[score]), "value": draw(7, 3)}
    if score == "bilinear":
        found["weight"] = draw(4, 3)
    if bias:
        found["bias"] = draw(5, 7)
        found["bias"][rng.random((5, 7)) < 0.3] = -np.inf
        found["bias"][1] = -np.inf
    return found


@pytest.mark.parametrize("dtype", KINDS)
@pytest.mark.parametrize("bias", [False, pytest.param(True, marks=pytest.mark.slow)])  # Numba has to compile
@pytest.mark.parametrize("score", WIDTH)
def test_multiplicative_scores_are_within_the_bounds_of_their_kernel(score: str, bias: bool, dtype: str) -> None:
    given = inputs(score, bias)
    seed = np.random.default_rng(12).integers(-64, 65, (5, 3)) / 64
    case = Case(score, given, seed, dtype=dtype)
    tensors: dict[str, Any] = {
        name: torch.tensor(x, dtype=KINDS[dtype], requires_grad=True) for name, x in given.items()
    }
    context = fused.attention(score, **tensors)
    gradients = torch.autograd.grad(context, list(tensors.values()), torch.tensor(seed, dtype=KINDS[dtype]))
    found = {"context": context, **{f"grad.{name}": g for name, g in zip(tensors, gradients, strict=True)}}
    # a bias with a gradient goes to the kernel of pairs
    kernel = fused.way(score, tensors["query"], bias_gradient=bias).kernel
    assert kernel == ("numba" if bias else "sdpa")
    sdpa = arithmetic(IMPLEMENTATIONS["torch-sdpa"], dtype)
    limits = error_bounds(case, pairs_arithmetic(dtype) if bias else sdpa)
    exact = certified(case)
    for name, got in found.items():
        off = np.abs(got.detach().double().numpy() - exact[name].midpoint())
        assert (off <= limits[name].bound * (1 + 1e-9)).all(), name  # 1e-9: the midpoints are doubles
        assert limits[name].meaningful, name


def tensors_of(score: str, batch: tuple[int, ...] = ()) -> dict[str, Any]:
    rng = torch.Generator().manual_seed(4)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=rng, dtype=torch.float64).requires_grad_()

    found = {"query": normal(*batch, 6, 3), "key": normal(*batch, 9, 4), "value": normal(*batch, 9, 2)}
    if score == "additive":
        found |= {"weight_query": normal(5, 3), "weight_key": normal(5, 4), "v": normal(5)}
    elif score == "concat":
        found |= {"weight_concat": normal(5, 7), "v": normal(5)}
    elif score == "bilinear":
        found |= {"weight": normal(3, 4)}
    return found


def test_concat_is_additive_with_its_matrix_cut_after_the_query() -> None:
    pytest.importorskip("numba")
    given = tensors_of("concat")
    whole = given["weight_concat"]
    left, right = whole[:, :3].detach().requires_grad_(), whole[:, 3:].detach().requires_grad_()
    one = fused.attention("concat", **given)
    other = fused.attention(
        "additive", given["query"], given["key"], given["value"], weight_query=left, weight_key=right, v=given["v"]
    )
    assert torch.equal(one, other)
    seed = torch.ones_like(one)
    (of_whole,) = torch.autograd.grad(one, whole, seed)
    assert torch.equal(of_whole, torch.cat(torch.autograd.grad(other, (left, right), seed), dim=1))


@pytest.mark.parametrize("score", ["bilinear", "additive", "concat"])
def test_causal_and_mask_are_a_bias_of_minus_infinity(score: str) -> None:
    given = tensors_of(score, (2, 2))
    visible = torch.rand(6, 9, generator=torch.Generator().manual_seed(1)) < 0.6
    below = torch.ones(6, 9, dtype=torch.bool).tril()
    bias = torch.where(visible & below, torch.tensor(0.0, dtype=torch.float64), -torch.inf)
    both = fused.attention(score, **given, mask=visible, causal=True)
    assert torch.equal(both, fused.attention(score, **given, bias=bias))
    causal = fused.attention(score, **given, causal=True)
    assert torch.equal(causal[..., 0, :], given["value"][..., 0, :])  # the first query sees the first key alone
    assert not torch.equal(causal, fused.attention(score, **given))


def test_what_no_kernel_serves_is_computed_by_the_generated_program() -> None:
    given = {name: x.detach().bfloat16() for name, x in tensors_of("bilinear").items()}
    from attnproof.impl.generated.torch import bilinear

    below = torch.ones(6, 9, dtype=torch.bool).tril()
    bias = torch.where(below, torch.tensor(0.0, dtype=torch.bfloat16), -torch.inf)
    got = fused.attention("bilinear", **given, softcap=2.0, causal=True)
    assert torch.equal(got, bilinear.attention(**given, softcap=2.0, bias=bias).context)
    assert fused.way("bilinear", given["query"], softcap=True) == fused.Way(
        "generated", "scaled_dot_product_attention has no soft-cap"
    )
    half = {name: x.detach().bfloat16() for name, x in tensors_of("additive").items()}
    assert fused.way("additive", half["query"]).reason == "the CPU's kernel has no torch.bfloat16"
    assert fused.attention("additive", **half).dtype == torch.bfloat16


def test_mistakes_are_named() -> None:
    given = tensors_of("bilinear")
    with pytest.raises(KeyError, match=r"unknown score 'cosine'.*dot, scaled_dot"):
        fused.attention("cosine", **given)
    with pytest.raises(TypeError, match="takes the parameters weight; check weight"):
        fused.attention("bilinear", **{**given, "weight": None})
    with pytest.raises(TypeError, match="takes the parameters weight_query, weight_key, v, bias_hidden; check weight"):
        fused.attention("additive", **given)
    with pytest.raises(TypeError, match=r"mask must be a tensor of bool, got torch\.float32"):
        fused.attention("bilinear", **given, mask=torch.ones(6, 9))
    with pytest.raises(ValueError, match="weight must have shape"):
        fused.attention("bilinear", **{**given, "weight": given["weight"].mT})
    with pytest.raises(ValueError, match=r"weight_concat must have shape \(d_a, 7\), got \(5, 8\)"):
        fused.attention("concat", **{**tensors_of("concat"), "weight_concat": torch.ones(5, 8, dtype=torch.float64)})
    with pytest.raises(TypeError, match=r"query must be a floating-point torch tensor, got torch\.int64"):
        fused.attention("dot", *(torch.ones(2, 2, dtype=torch.int64) for _ in range(3)))
