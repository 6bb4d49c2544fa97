"""What the operators compute: outputs by the door to the fused kernels, gradients by the kernel that computed them, by
torch's or by the generated program.

Inside an operator autograd is off, so every gradient here is a function of its own.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from attnproof.impl import fused
from attnproof.impl.nn.declared import Declared, program

Given = Mapping[str, Tensor | None]


def batch(given: Given, mask: Tensor | None) -> torch.Size:
    """The batch axes that all arguments with batch axes broadcast to."""
    batched = (given["query"], given["key"], given["value"], given["bias"], mask)
    broadcast: Any = torch.broadcast_shapes
    found: torch.Size = broadcast(*(x.shape[:-2] for x in batched if x is not None))
    return found


def of(given: Given, name: str) -> Tensor:
    """An argument that is there."""
    found = given[name]
    assert found is not None, name
    return found


def shapes(given: Given, mask: Tensor | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The shapes of the context and of the weights."""
    lead, n_q = batch(given, mask), of(given, "query").shape[-2]
    return (*lead, n_q, of(given, "value").shape[-1]), (*lead, n_q, of(given, "key").shape[-2])


def empty(given: Given, mask: Tensor | None) -> bool:
    """Whether there is no query, no key or no element of the batch: every context is 0 then."""
    return 0 in shapes(given, mask)[1]


def seen(given: Given, mask: Tensor | None, *, causal: bool) -> dict[str, Tensor | None]:
    """The arguments with mask and causality in the bias, as the generated programs take them."""
    bias = fused._added(of(given, "query"), of(given, "key"), given["bias"], mask, causal=causal)
    return {**given, "bias": bias}


def outputs(
    score: Declared, given: Given, mask: Tensor | None, *, causal: bool, weights: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """Context, weights (empty: not wanted), and what the kernel keeps for its gradient (empty: nothing)."""
    query = of(given, "query")
    of_context, of_weights = shapes(given, mask)
    if empty(given, mask):
        return query.new_zeros(of_context), query.new_zeros(of_weights if weights else (0,)), query.new_empty(0)
    if weights:
        found = program(score.name).attention(**seen(given, mask, causal=causal))
        return found.context.contiguous(), found.weights.contiguous(), query.new_empty(0)
    if keeps(score, given):
        module, arrays = _numba(score, given)
        fitting = module.attention(**arrays, mask=_array(mask), causal=causal, **_threads(module))
        return torch.from_numpy(fitting.context), query.new_empty(0), torch.from_numpy(fitting.normaliser)
    context = fused.attention(score.name, **_for_door(given), mask=mask, causal=causal)
    return context.contiguous(), query.new_empty(0), query.new_empty(0)


def gradients(
    score: Declared,
    grad_context: Tensor,
    grad_weights: Tensor | None,
    given: Given,
    mask: Tensor | None,
    context: Tensor,
    kept: Tensor,
    *,
    causal: bool,
    wanted: Sequence[str],
) -> list[Tensor]:
    """The gradients with respect to the arguments in ``wanted``, each in its argument's shape."""
    if empty(given, mask):
        return [torch.zeros_like(of(given, name), memory_format=torch.contiguous_format) for name in wanted]
    if kept.numel():
        module, arrays = _numba(score, given)
        forward = module.Attention(context.numpy(), None, kept.numpy())
        options = {"mask": _array(mask), "causal": causal, "forward": forward, "wanted": frozenset(wanted)}
        found = module.attention_backward(grad_context.numpy(), **arrays, **options, **_threads(module))
        return [torch.from_numpy(x) for x in _joined(score, found, wanted)]
    whole = seen(given, mask, causal=causal)
    found = program(score.name).attention_backward(grad_context, **whole, grad_weights=grad_weights)
    return [_of_bias(found, given, name).contiguous() for name in wanted]


def _of_bias(found: Mapping[str, Tensor], given: Given, name: str) -> Tensor:
    """A gradient; that of a bias which mask and causality have joined, in the bias's own shape."""
    gradient, own = found[name], of(given, name)
    return gradient if name != "bias" else gradient.sum_to_size(own.shape)


def first(
    score: Declared,
    given: Given,
    mask: Tensor | None,
    grad_context: Tensor,
    grad_weights: Tensor | None,
    *,
    causal: bool,
    wanted: Sequence[str],
) -> tuple[Tensor, ...]:
    """``gradients`` as plain torch operations, which torch can differentiate: the program's derived gradients."""
    if empty(given, mask):
        return tuple(0 * of(given, name) for name in wanted)
    with torch.enable_grad():  # all queries at once
        whole = seen(given, mask, causal=causal)
        _, weights, scores = program(score.name)._attention_forward(**whole)
        found = program(score.name)._attention_backward(
            grad_context=grad_context,
            seed_weights=grad_weights,
            seed_scores=None,
            **whole,
            scores=scores,
            weights=weights,
            wanted=frozenset(wanted),
        )
    return tuple(_of_bias(found, given, name) for name in wanted)


def plain(score: Declared, given: Given, mask: Tensor | None, *, causal: bool) -> tuple[Tensor, Tensor]:
    """Context and weights as plain torch operations: the generated program without its derived gradient."""
    if empty(given, mask):
        of_context, of_weights = shapes(given, mask)
        query, value = of(given, "query"), of(given, "value")
        nothing = 0 * (query.sum() + value.sum())  # a function of them, as a tangent needs
        return nothing.expand(of_context), nothing.expand(of_weights)
    with torch.enable_grad():  # all queries at once
        context, weights, _ = program(score.name)._attention_forward(**seen(given, mask, causal=causal))
    return context, weights


def keeps(score: Declared, given: Given) -> bool:
    """Whether the kernel for these arguments is one whose forward pass keeps something for its gradient."""
    return fused.way(score.name, given["query"], softcap=given["softcap"] is not None).kernel == "numba"


def _numba(score: Declared, given: Given) -> tuple[Any, dict[str, Any]]:
    """The kernel's module and its arguments; the concat score is the additive one with its matrix cut in two."""
    if score.own:
        module = importlib.import_module("attnproof.impl.codegen.own").program("numba", score.name)
    else:
        name = "additive" if score.name == "concat" else score.name
        module = importlib.import_module(f"{fused.KERNELS}.{name}")
    if score.name == "concat":
        own = {name: of(given, name) for name in score.parameters}
        cut = fused._cut(of(given, "query"), of(given, "key"), own)
        given = {name: x for name, x in given.items() if name not in own} | cut
    return module, {name: _array(x) for name, x in given.items()}


def _threads(module: Any) -> dict[str, int]:
    """Torch's number of threads, for the kernels that have several."""
    return {"threads": torch.get_num_threads()} if getattr(module, "THREADED", False) else {}


def _joined(score: Declared, found: Mapping[str, Any], wanted: Sequence[str]) -> list[Any]:
    """Gradients by the names of the score."""
    if score.name == "concat" and "weight_concat" in wanted:
        numpy = importlib.import_module("numpy")
        parts = [found["weight_query"], found["weight_key"]]
        found = {**found, "weight_concat": numpy.concatenate(parts, axis=1)}
    return [found[name] for name in wanted]


def _array(x: Tensor | None) -> Any:
    return None if x is None else x.detach().numpy()


def _for_door(given: Given) -> dict[str, Any]:
    return {name: x for name, x in given.items() if x is not None}
