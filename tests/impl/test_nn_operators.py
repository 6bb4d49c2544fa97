"""Derivatives of every order and way, and what compilers see: each layer's operator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from nn_cases import LAYERS, inputs, made, normal, padding
from torch import Tensor
from torch.func import functional_call, grad, hessian, jacfwd, jacrev, jvp, vmap

from attnproof.impl.nn.operators import attend, registered
from attnproof.nn import ScoreAttention

# torch's own modules for forward mode and for tracing use what torch itself warns of
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
SOME = ["additive", "a user's"]
EVERY = [pytest.param(name, marks=[pytest.mark.slow] * (name not in SOME)) for name in LAYERS]


def of_query(layer: ScoreAttention, need_weights: bool) -> Callable[[Tensor], Tensor]:
    _, key, value = inputs(2)
    return lambda query: layer(query, key, value, padding(), need_weights=need_weights)[0]


def both(layer: ScoreAttention, need_weights: bool, seen: Tensor) -> tuple[Callable[..., Any], tuple[Tensor, ...]]:
    """Every output as a function of every tensor, a bias included, and the tensors."""
    names = list(layer.score.parameters)
    there = [name for name in names if getattr(layer, name) is not None]
    given = [*inputs(2), normal(3, 4, seed=6), *(getattr(layer, name).detach() for name in there)]

    def function(query: Tensor, key: Tensor, value: Tensor, bias: Tensor, *parameters: Tensor) -> Any:
        named = {"query": query, "key": key, "value": value, "bias": bias, **dict(zip(there, parameters, strict=True))}
        if layer.softcap is not None:
            named["softcap"] = query.new_tensor(layer.softcap)
        context, weights = attend(layer.score, named, seen, causal=True, weights=need_weights)
        return (context, weights) if need_weights else context

    return function, tuple(x.requires_grad_() for x in given)


@pytest.mark.parametrize("need_weights", [False, True])
@pytest.mark.parametrize("name", EVERY)
def test_first_and_second_derivatives(name: str, need_weights: bool) -> None:
    function, given = both(made(name), need_weights, ~padding()[:, None].expand(2, 3, 4))
    assert torch.autograd.gradcheck(function, given)
    assert torch.autograd.gradgradcheck(function, given)


@pytest.mark.parametrize("need_weights", [False, True])
@pytest.mark.parametrize("name", EVERY)
def test_torch_s_own_check_of_operators_passes(name: str, need_weights: bool) -> None:
    layer = made(name)
    query, key, value = inputs(2)
    key = key.mT.contiguous().mT
    named: dict[str, Any] = {"query": query, "key": key, "value": value, "bias": normal(3, 4)}
    named = {name: x.requires_grad_() for name, x in named.items()}
    named |= {name: getattr(layer, name) for name in layer.score.parameters}
    operator = getattr(torch.ops.attnproof, layer.score.operator).default
    seen = ~padding()[:, None].expand(2, 3, 4)
    tensors = [named.get(one) for one in layer.score.arguments]
    found = torch.library.opcheck(operator, (*tensors, seen, True, need_weights))
    assert {*found.values()} == {"SUCCESS"}


@pytest.mark.parametrize("need_weights", [False, True])
@pytest.mark.parametrize("name", EVERY)
def test_compilers_find_no_break(name: str, need_weights: bool) -> None:
    function = of_query(made(name), need_weights)
    torch._dynamo.reset()
    compiled = torch.compile(function, fullgraph=True, backend="aot_eager")
    query = inputs(2)[0]
    one, other = query.clone().requires_grad_(), query.clone().requires_grad_()
    found, wanted = compiled(one), function(other)
    torch.testing.assert_close(found, wanted, rtol=0, atol=0)
    for result in (found, wanted):
        result.square().sum().backward()
    assert torch.equal(one.grad, other.grad)


@pytest.mark.parametrize("need_weights", [False, True])
@pytest.mark.parametrize("name", EVERY)
def test_forward_mode_agrees_with_reverse_mode_in_any_order(name: str, need_weights: bool) -> None:
    function, query = of_query(made(name), need_weights), inputs(2)[0]
    tangent = normal(2, 3, 3, seed=4)
    rows = jacrev(function)(query)
    _, pushed = jvp(function, (query,), (tangent,))
    torch.testing.assert_close(pushed, torch.tensordot(rows, tangent, 3))
    torch.testing.assert_close(jacfwd(function)(query), rows)

    def loss(query: Tensor) -> Tensor:
        return function(query).square().sum()

    twice = jacrev(jacrev(loss))(query)
    for other in (hessian(loss), jacrev(jacfwd(loss)), jacfwd(jacfwd(loss))):
        torch.testing.assert_close(other(query), twice)


@pytest.mark.parametrize("need_weights", [False, True])
@pytest.mark.parametrize("name", EVERY)
def test_mapping_is_a_call_for_each(name: str, need_weights: bool) -> None:
    layer, value = made(name), inputs(2)[2]
    queries, keys = normal(5, 2, 3, 3), normal(2, 4, 5, 4)
    found = vmap(lambda q, k: layer(q, k, value, padding(), need_weights=need_weights)[0], in_dims=(0, 2))(
        queries, keys
    )
    for place in range(5):
        wanted, _ = layer(queries[place], keys[:, :, place], value, padding(), need_weights=need_weights)
        torch.testing.assert_close(found[place], wanted)
    parameters = {name: x.detach() for name, x in layer.named_parameters()}

    def loss(parameters: dict[str, Tensor], query: Tensor, key: Tensor) -> Tensor:
        context, _ = functional_call(layer, parameters, (query, key, value, padding(), need_weights))
        return context.square().sum()

    each = vmap(grad(loss), in_dims=(None, 0, 2))(parameters, queries, keys)
    wanted = grad(loss)(parameters, queries[1], keys[:, :, 1])
    for one, gradient in wanted.items():
        torch.testing.assert_close(each[one][1], gradient)
    several = {name: torch.stack([x, 2 * x]) for name, x in parameters.items()}
    losses = vmap(loss, in_dims=(0, None, None))(several, queries[0], keys[:, :, 0])
    torch.testing.assert_close(losses[0], loss(parameters, queries[0], keys[:, :, 0]))


def test_a_gradient_has_the_shape_of_its_argument_also_where_a_mask_is_larger() -> None:
    layer = made("bilinear")
    query, key, value = inputs(2)
    tensors = [query, key, value, layer.weight.detach(), None, normal(3, 4), ~padding()[:, None].expand(2, 3, 4)]
    context, _, kept = torch.ops.attnproof.bilinear(*tensors, False, True)
    wanted = [x is not None for x in tensors[:-1]]
    found = torch.ops.attnproof.bilinear_backward(context, None, *tensors, context, kept, False, wanted)
    assert [x.shape for x in found] == [x.shape for x in tensors[:-1] if x is not None]


def test_forward_mode_reaches_a_call_without_keys() -> None:
    layer, (query, key, value) = made("additive"), inputs(2)
    _, pushed = jvp(lambda q: layer(q, key[:, :0], value[:, :0])[0], (query,), (query,))
    assert not pushed.any()


def test_an_operator_is_registered_once() -> None:
    assert registered("additive") == registered("additive")
