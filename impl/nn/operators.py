"""A torch operator for each score: ``torch.ops.attnproof.additive``, with a gradient, fake kernels and rules for vmap.

Compilers and exporters see it as one node. Outside them ``attend`` takes the same kernels as a function of autograd
(``functions``), since ``torch.func`` does not differentiate operators; and in forward mode the generated program's
plain operations: torch loses tangents of tangents, without a word, where a function has a rule of its own for them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final

import torch
from torch import Tensor
from torch.autograd import forward_ad

from attnproof.impl.nn import functions, kernels
from attnproof.impl.nn.declared import Declared, declared
from attnproof.impl.nn.functions import batched, by_name, first, named, pulled, split, spread
from attnproof.impl.nn.mapped import by_axis, by_element

NAMESPACE: Final = "attnproof"


def attend(
    score: Declared, given: Mapping[str, Tensor | None], mask: Tensor | None, *, causal: bool, weights: bool
) -> tuple[Tensor, Tensor | None]:
    """Context and, where wanted, weights of a score whose operator is registered.

    given  the score's arguments by name; those that may be left out may be None
    mask   True where a key takes part
    """
    tensors, device = by_name(score, given), kernels.of(given, "query").device.type
    if torch.is_autocast_enabled(device):  # a softmax: in single precision, as torch's own
        singles = {name: _single(x) for name, x in given.items()}
        with torch.autocast(device, enabled=False):
            return attend(score, singles, mask, causal=causal, weights=weights)
    if torch.compiler.is_compiling():
        context, found, _ = getattr(torch.ops.attnproof, score.operator)(*tensors, mask, causal, weights)
    elif forward_ad._current_level >= 0:  # nothing public tells
        context, found = kernels.plain(score, dict(zip(score.arguments, tensors, strict=True)), mask, causal=causal)
    else:
        apply: Any = functions.Attention.apply
        context, found, _ = apply(score, causal, weights, *tensors, mask)
    return context, found if weights else None


def _single(x: Tensor | None) -> Tensor | None:
    return x if x is None or x.dtype == torch.float64 else x.float()


def registered(score: str) -> Declared:
    """What a score declares, with its operators registered."""
    found = declared(score)
    _register(found.operator, found.name)
    return found


@cache
def _register(operator: str, name: str) -> None:
    score = declared(name)
    arguments = (*score.arguments, "mask")
    typed = ", ".join(f"Tensor{'' if one in score.required else '?'} {one}" for one in arguments)
    _forward(score, operator, f"({typed}, bool causal, bool weights) -> (Tensor, Tensor, Tensor)")
    seeds = "Tensor grad_context, Tensor? grad_weights"
    rest = "Tensor context, Tensor kept, bool causal, bool[] wanted"
    _backward(score, f"{operator}_backward", f"({seeds}, {typed}, {rest}) -> Tensor[]")


def _operator(name: str, schema: str, function: Callable[..., Any]) -> Any:
    return torch.library.custom_op(f"{NAMESPACE}::{name}", function, mutates_args=(), schema=schema)


def _forward(score: Declared, name: str, schema: str) -> None:
    def forward(*arguments: Any) -> tuple[Tensor, Tensor, Tensor]:
        *tensors, causal, weights = arguments
        return functions.Attention.forward(score, causal, weights, *tensors)

    def fake(*arguments: Any) -> tuple[Tensor, Tensor, Tensor]:
        given, mask, (_, weights) = split(score, arguments)
        query = kernels.of(given, "query")
        context, of_weights = kernels.shapes(given, mask)
        keeping = not weights and kernels.keeps(score, given)
        kept = (*context[:-2], 2, context[-2]) if keeping else (0,)
        return query.new_empty(context), query.new_empty(of_weights if weights else (0,)), query.new_empty(kept)

    def keep(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor, Tensor]) -> None:
        *tensors, ctx.causal, ctx.weights = inputs
        context, _, kept = output
        ctx.set_materialize_grads(False)
        ctx.save_for_backward(*tensors, context, kept)

    def back(ctx: Any, grad_context: Tensor | None, grad_weights: Tensor | None, _: Tensor | None) -> Any:
        *tensors, context, kept = ctx.saved_tensors
        wanted = ctx.needs_input_grad[: len(score.arguments)]
        if grad_context is None:
            grad_context = torch.zeros_like(context)
        # a compiler makes a gradient of the empty output, too
        seeds = (grad_context, grad_weights if ctx.weights else None)
        operator = getattr(torch.ops.attnproof, f"{name}_backward")
        found = operator(*seeds, *tensors, context, kept, ctx.causal, wanted)
        return (*spread(found, wanted), None, None, None)

    made = _operator(name, schema, forward)
    made.register_fake(fake)
    made.register_autograd(back, setup_context=keep)
    made.register_vmap(by_axis(made, batched(score)))


def _backward(score: Declared, name: str, schema: str) -> None:
    def backward(*arguments: Any) -> list[Tensor]:
        *tensors, causal, wanted = arguments
        return list(functions.Gradients.forward(score, causal, wanted, *tensors))

    def fake(*arguments: Any) -> list[Tensor]:
        given, _, (*_, wanted) = split(score, arguments[2:])
        return [x.new_empty(x.shape) for x in (kernels.of(given, one) for one in named(score, wanted))]

    def keep(ctx: Any, inputs: tuple[Any, ...], output: list[Tensor]) -> None:  # noqa: ARG001 - torch's own names
        *tensors, _, _, ctx.causal, ctx.wanted = inputs
        ctx.save_for_backward(*tensors)

    def back(ctx: Any, cotangents: list[Tensor]) -> Any:
        needed = ctx.needs_input_grad[: len(ctx.saved_tensors)]
        function = first(score, ctx.wanted, causal=ctx.causal)
        return (*pulled(function, ctx.saved_tensors, needed, cotangents), None, None, None, None)

    made = _operator(name, schema, backward)
    made.register_fake(fake)
    made.register_autograd(back, setup_context=keep)
    made.register_vmap(by_element(made))
