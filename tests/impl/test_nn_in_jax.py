"""The layers' functions in JAX: the same numbers as in torch, under jit, vmap and grad."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from nn_cases import EXAMPLES, inputs, padding

import attnproof
from attnproof.nn import AdditiveAttention

jax = pytest.importorskip("jax")
SIZES = {"d_q": 3, "d_k": 4, "d_a": 5}


@pytest.fixture
def double() -> Any:
    with jax.enable_x64(True):
        yield jax.numpy


def drawn(score: str = "additive", optional: tuple[str, ...] = ("bias_hidden",), **sizes: int) -> Any:
    from attnproof.impl.nn.in_jax import init

    return init(score, jax.random.key(0), optional=optional, dtype=jax.numpy.float64, **(sizes or SIZES))


def test_it_computes_what_the_torch_layer_does(double: Any) -> None:
    from attnproof.impl.nn.in_jax import attend

    parameters = drawn()
    layer = AdditiveAttention(3, 4, 5, dtype=torch.float64)
    layer.load_state_dict({name: torch.tensor(np.asarray(x)) for name, x in parameters.items()})
    tensors = [x.requires_grad_() for x in inputs(2)]
    arrays = [double.asarray(x.detach().numpy()) for x in tensors]
    added = torch.arange(12, dtype=torch.float64).reshape(3, 4) / 8
    context, weights = layer(*tensors, padding(), attn_mask=added, is_causal=True)
    masks = {"key_padding_mask": double.asarray(padding().numpy()), "attn_mask": double.asarray(added.numpy())}

    def loss(parameters: Any, *arrays: Any) -> Any:
        return (attend("additive", parameters, *arrays, **masks, is_causal=True)[0] ** 2).sum()

    found = attend("additive", parameters, *arrays, **masks, is_causal=True)
    for one, other in zip(found, (context, weights), strict=True):
        np.testing.assert_allclose(one, other.detach().numpy(), rtol=1e-12, atol=1e-14)
    gradients = jax.jit(jax.grad(loss, argnums=(0, 1, 2, 3)))(parameters, *arrays)
    context.square().sum().backward()
    for name, gradient in gradients[0].items():
        np.testing.assert_allclose(gradient, getattr(layer, name).grad.numpy(), rtol=1e-10, atol=1e-13)
    for gradient, tensor in zip(gradients[1:], tensors, strict=True):
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=1e-10, atol=1e-13)
    each = jax.vmap(lambda *one: attend("additive", parameters, *one)[0])(*arrays)
    np.testing.assert_allclose(each, attend("additive", parameters, *arrays)[0], rtol=1e-12, atol=1e-14)


def test_no_keys_and_empty_batches(double: Any) -> None:
    from attnproof.impl.nn.in_jax import attend

    query, key, value = (double.asarray(x.numpy()) for x in inputs(2))
    context, weights = attend("additive", drawn(), query, key[:, :0], value[:, :0])
    assert (context.shape, weights.shape) == ((2, 3, 2), (2, 3, 0))
    assert not context.any()
    assert attend("additive", drawn(), query[:0], key[:0], value[:0])[0].shape == (0, 3, 2)


def test_a_user_s_score(double: Any) -> None:
    from attnproof.impl.nn.in_jax import attend

    score = f"{EXAMPLES / 'gatv2.py'}:gatv2"
    parameters = drawn(score, ())
    assert {name: x.shape for name, x in parameters.items()} == {
        "weight_query": (5, 3),
        "weight_key": (5, 4),
        "v": (5,),
    }
    _, weights = attend(score, parameters, *(double.asarray(x.numpy()) for x in inputs(2)))
    np.testing.assert_allclose(weights.sum(-1), 1)


def test_the_verifier_finds_it_right(double: Any) -> None:
    from attnproof.impl.nn.in_jax import attend

    def function(query: Any, key: Any, value: Any, mask: Any = None, **parameters: Any) -> Any:
        return attend("additive", parameters, query, key, value, attn_mask=mask)

    def taking(query: Any, key: Any, value: Any, weight_query: Any, weight_key: Any, v: Any, mask: Any = None) -> Any:
        return function(query, key, value, mask, weight_query=weight_query, weight_key=weight_key, v=v)

    found = attnproof.check(
        taking,
        "additive",
        framework="jax",
        takes=("mask",),
        outputs=("context=0", "weights=1"),
        contract={"polarity": "true masks", "masked_nan": "leaks"},
        profile="quick",
        dtypes=("fp64",),
        properties=("values", "masked row"),
    )
    assert found.ok, found.summary()


def test_mistakes_are_named(double: Any) -> None:
    from attnproof.impl.nn.in_jax import attend

    with pytest.raises(TypeError, match="takes the sizes d_a, d_q, d_k; check d_a"):
        drawn(d_q=3, d_k=4)
    with pytest.raises(TypeError, match="score concat has the optional parameters none, not bias_hidden"):
        drawn("concat")
    arrays = [double.asarray(x.numpy()) for x in inputs(2)]
    with pytest.raises(ValueError, match=r"key_padding_mask must have shape \(\.\.\., 4\), got \(2, 3\)"):
        attend("additive", drawn(), *arrays, double.zeros((2, 3), bool))
    with pytest.raises(TypeError, match="attn_mask must be an array of bool or floating-point numbers, got int"):
        attend("additive", drawn(), *arrays, attn_mask=double.zeros((3, 4), int))
