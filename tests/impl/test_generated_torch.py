"""The generated torch functions under autograd: gradcheck, what is asked for, what is kept, what is refused."""

from __future__ import annotations

import importlib
from typing import Any

import pytest
import torch
from parameters import ordinary
from torch import Tensor

from attnproof.derivations.scores import FAMILIES

SIZES = {"n_q": 2, "n_k": 3, "d": 2, "d_q": 2, "d_k": 3, "d_a": 2, "d_v": 2}
INF = float("inf")


def module_of(score: str) -> Any:
    return importlib.import_module(f"attnproof.impl.generated.torch.{score}")


def arguments(score: str, *options: str, batch: dict[str, tuple[int, ...]] | None = None) -> dict[str, Tensor]:
    """Random fp64 inputs that require gradients; the bias masks one entry and one whole row."""
    module = module_of(score)
    draw = torch.Generator().manual_seed(3)
    found = {}
    for name, axes in module.SHAPES.items():
        if name not in module.REQUIRED and name not in options:
            continue
        core = tuple(sum(SIZES[part] for part in axis.split(" + ")) for axis in axes if axis != "...")
        shape = (batch or {}).get(name, ()) + core
        found[name] = torch.randn(shape, dtype=torch.float64, generator=draw)
    if "softcap" in found:
        found["softcap"] = torch.tensor(1.25, dtype=torch.float64)
    if "bias" in found:
        found["bias"][..., 0, 1] = -INF
        found["bias"][..., 1, :] = -INF
    return {name: tensor.requires_grad_() for name, tensor in found.items()}


OPTIONS = [(), ("softcap",), ("bias",), ("bias_hidden", "softcap", "bias")]
BATCHES = [{}, {"query": (2,), "key": (2,), "value": (2,), "bias": (2,)}, {"value": (2,), "bias": (2, 1)}]


@pytest.mark.parametrize("options", OPTIONS, ids="+".join)
@pytest.mark.parametrize("score", ordinary(FAMILIES, "scaled_dot", "bilinear", "additive"))
def test_gradcheck_of_context_weights_and_scores(score: str, options: tuple[str, ...]) -> None:
    given = arguments(score, *options)
    attention = module_of(score).attention
    assert torch.autograd.gradcheck(lambda *a: tuple(attention(**dict(zip(given, a, strict=True)))), (*given.values(),))


@pytest.mark.parametrize("batch", BATCHES[1:])
@pytest.mark.parametrize("score", ["scaled_dot", "additive"])
def test_gradcheck_with_batches_and_broadcasting(score: str, batch: dict[str, tuple[int, ...]]) -> None:
    given = arguments(score, "bias_hidden", "softcap", "bias", batch=batch)
    attention = module_of(score).attention
    assert torch.autograd.gradcheck(lambda *a: tuple(attention(**dict(zip(given, a, strict=True)))), (*given.values(),))


@pytest.mark.parametrize("score", FAMILIES)
def test_gradcheck_of_the_scores_alone(score: str) -> None:
    given = arguments(score, "bias_hidden")
    del given["value"]
    scores = module_of(score).scores
    assert torch.autograd.gradcheck(lambda *a: scores(**dict(zip(given, a, strict=True))), (*given.values(),))


@pytest.mark.parametrize("score", FAMILIES)
def test_each_single_gradient_equals_the_one_computed_with_all_others(score: str) -> None:
    """What autograd does not ask for is not computed; what it asks for does not change."""
    given = arguments(score, "bias_hidden", "softcap", "bias")
    attention = module_of(score).attention
    cotangent = torch.ones(2, 2, dtype=torch.float64)
    everything = torch.autograd.grad(attention(**given).context, list(given.values()), cotangent)
    for name, gradient in zip(given, everything, strict=True):
        alone = {other: tensor.detach().requires_grad_(other == name) for other, tensor in given.items()}
        (single,) = torch.autograd.grad(attention(**alone).context, [alone[name]], cotangent)
        assert torch.equal(single, gradient), name


@pytest.mark.parametrize("score", FAMILIES)
def test_autograd_and_attention_backward_are_the_same_program(score: str) -> None:
    given = arguments(score, "bias_hidden", "softcap", "bias")
    module = module_of(score)
    result = module.attention(**given)
    seeds = [torch.randn_like(output) for output in result]
    by_autograd = torch.autograd.grad(result, list(given.values()), seeds)
    by_call = module.attention_backward(seeds[0], **given, grad_weights=seeds[1], grad_scores=seeds[2])
    assert set(by_call) == set(given)
    for name, gradient in zip(given, by_autograd, strict=True):
        assert torch.equal(by_call[name], gradient), name
        assert not by_call[name].requires_grad


@pytest.mark.parametrize("output", ["weights", "scores"])
def test_a_loss_that_does_not_use_the_context(output: str) -> None:
    given = arguments("additive")
    attention = module_of("additive").attention
    names = ["query", "key", "weight_query", "weight_key", "v"]
    assert torch.autograd.gradcheck(
        lambda *a: getattr(attention(**(given | dict(zip(names, a, strict=True)))), output), [given[n] for n in names]
    )


@pytest.mark.parametrize("score", ordinary(FAMILIES, "additive", "dot"))
def test_second_derivatives(score: str) -> None:
    given = arguments(score, "bias_hidden", "softcap", "bias")
    attention = module_of(score).attention
    assert torch.autograd.gradgradcheck(
        lambda *a: tuple(attention(**dict(zip(given, a, strict=True)))), (*given.values(),)
    )


def test_an_argument_that_changed_before_backward_is_refused() -> None:
    given = {name: tensor.detach() for name, tensor in arguments("dot").items()}
    given["query"].requires_grad_()
    context = module_of("dot").attention(**given).context
    given["key"].add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        context.sum().backward()


def test_a_softcap_that_is_a_number_equals_one_that_is_a_tensor() -> None:
    given = arguments("bilinear", "softcap")
    module = module_of("bilinear")
    number = module.attention(**(given | {"softcap": 1.25}))
    for one, other in zip(number, module.attention(**given), strict=True):
        assert torch.equal(one, other)


def test_a_fully_masked_row_has_zero_weights_context_and_gradients() -> None:
    given = arguments("additive", "bias_hidden", "softcap", "bias")
    result = module_of("additive").attention(**given)
    assert not result.weights[1].any()
    assert not result.context[1].any()
    gradients = torch.autograd.grad(result.context.sum(), [given["query"], given["bias"]])
    assert all(torch.isfinite(gradient).all() for gradient in gradients)
    assert not gradients[0][1].any()
    assert not gradients[1][1].any()
    assert gradients[1][0, 1] == 0


@pytest.mark.parametrize("dtype", [torch.float32, torch.float16, torch.bfloat16])
def test_the_dtype_of_the_arguments_is_the_dtype_of_the_results(dtype: torch.dtype) -> None:
    given = {n: t.detach().to(dtype).requires_grad_() for n, t in arguments("concat", "softcap", "bias").items()}
    result = module_of("concat").attention(**given)
    assert {output.dtype for output in result} == {dtype}
    gradients = torch.autograd.grad(result.context.sum(), list(given.values()))
    assert {gradient.dtype for gradient in gradients} == {dtype}


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@pytest.mark.parametrize("score", FAMILIES)
def test_gradcheck_on_cuda(score: str) -> None:
    given = {
        n: t.detach().cuda().requires_grad_() for n, t in arguments(score, "bias_hidden", "softcap", "bias").items()
    }
    attention = module_of(score).attention
    assert torch.autograd.gradcheck(lambda *a: tuple(attention(**dict(zip(given, a, strict=True)))), (*given.values(),))
