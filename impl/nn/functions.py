"""Attention as a function of torch's autograd, for every order of derivatives and for ``torch.func``.

The first gradient comes from a kernel (``kernels.gradients``). Further derivatives are torch's, of the generated
program's derived gradients in plain operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from attnproof.impl.nn import kernels
from attnproof.impl.nn.declared import Declared
from attnproof.impl.nn.mapped import by_axis, by_element

Tensors = tuple[Tensor, ...]


def split(score: Declared, arguments: Sequence[Any]) -> tuple[dict[str, Tensor | None], Tensor | None, list[Any]]:
    """A score's arguments by name, the mask after them, and what follows."""
    count = len(score.arguments)
    return dict(zip(score.arguments, arguments[:count], strict=True)), arguments[count], list(arguments[count + 1 :])


def batched(score: Declared) -> list[bool]:
    """For each argument and the mask, whether it has batch axes."""
    return [*(axes[:1] == ("...",) for axes in score.shapes.values()), True]


class Attention(torch.autograd.Function):
    """Context, weights (empty where they are not wanted) and what the kernel keeps.

    Takes the score, causality, whether weights are wanted, the score's arguments in order and the mask.
    """

    @staticmethod
    def forward(score: Declared, causal: bool, weights: bool, *tensors: Tensor | None) -> tuple[Tensor, Tensor, Tensor]:
        """Compute by the fastest kernel."""
        given, mask, _ = split(score, tensors)
        return kernels.outputs(score, given, mask, causal=causal, weights=weights)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor, Tensor]) -> None:
        """Keep the arguments, the context and what the kernel keeps."""
        ctx.score, ctx.causal, ctx.weights, *tensors = inputs
        context, _, kept = output
        ctx.set_materialize_grads(False)
        ctx.mark_non_differentiable(kept)
        ctx.save_for_backward(*tensors, context, kept)

    @staticmethod
    def backward(ctx: Any, grad_context: Tensor | None, grad_weights: Tensor | None, _: Tensor | None) -> Any:
        """Compute the gradients that are needed."""
        *tensors, context, kept = ctx.saved_tensors
        wanted = ctx.needs_input_grad[3:-1]
        if grad_context is None:
            grad_context = torch.zeros_like(context)
        seeds = (grad_context, grad_weights if ctx.weights else None)
        apply: Any = Gradients.apply
        found = apply(ctx.score, ctx.causal, wanted, *seeds, *tensors, context.detach(), kept)
        return (None, None, None, *spread(found, wanted), None)

    @staticmethod
    def vmap(info: Any, in_dims: tuple[Any, ...], *arguments: Any) -> tuple[Any, Any]:
        """Compute for a further axis."""
        score = arguments[0]
        return by_axis(Attention.apply, [None, None, None, *batched(score)])(info, in_dims, *arguments)


class Gradients(torch.autograd.Function):
    """The gradients of the arguments that are wanted.

    Takes the score, causality, for each argument whether its gradient is wanted, the gradients of context and weights,
    the score's arguments in order, the mask, the context and what the kernel kept.
    """

    @staticmethod
    def forward(score: Declared, causal: bool, wanted: Sequence[bool], *tensors: Any) -> Tensors:
        """Compute by the kernel that computed the context."""
        given, mask, (context, kept) = split(score, tensors[2:])
        asked = named(score, wanted)
        seeds = (tensors[0].contiguous(), tensors[1])
        return tuple(kernels.gradients(score, *seeds, given, mask, context, kept, causal=causal, wanted=asked))

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensors) -> None:  # noqa: ARG004 - torch's own names
        """Keep the arguments."""
        ctx.score, ctx.causal, ctx.wanted, *tensors, _, _ = inputs
        ctx.save_for_backward(*tensors)

    @staticmethod
    def backward(ctx: Any, *cotangents: Tensor) -> Any:
        """Compute second derivatives."""
        needed = ctx.needs_input_grad[3:-2]
        function = first(ctx.score, ctx.wanted, causal=ctx.causal)
        return (None, None, None, *pulled(function, ctx.saved_tensors, needed, cotangents), None, None)

    @staticmethod
    def vmap(info: Any, in_dims: tuple[Any, ...], *arguments: Any) -> tuple[Any, Any]:
        """Compute for each element: a parameter's gradient is a sum over the batch, and one of each is wanted."""
        return by_element(Gradients.apply)(info, in_dims, *arguments)


def named(score: Declared, wanted: Sequence[bool]) -> list[str]:
    """The arguments that are wanted."""
    return [name for name, needed in zip(score.arguments, wanted, strict=True) if needed]


def spread(found: Iterable[Tensor], wanted: Sequence[bool]) -> Iterable[Tensor | None]:
    """What was found for those that are wanted, None for the others."""
    rest = iter(found)
    return [next(rest) if needed else None for needed in wanted]


def first(score: Declared, wanted: Sequence[bool], *, causal: bool) -> Callable[..., Tensors]:
    """The gradients as plain torch operations of the gradients of context and weights, arguments and mask."""

    def function(grad_context: Tensor, grad_weights: Tensor | None, *tensors: Tensor | None) -> Tensors:
        given, mask, _ = split(score, tensors)
        return kernels.first(score, given, mask, grad_context, grad_weights, causal=causal, wanted=named(score, wanted))

    return function


def pulled(
    function: Callable[..., Tensors], tensors: Sequence[Any], needed: Sequence[bool], cotangents: Sequence[Tensor]
) -> Iterable[Tensor | None]:
    """The gradients of ``function`` with respect to those of its arguments that are needed."""
    places = [place for place, is_needed in enumerate(needed) if is_needed]

    def call(*moving: Tensor) -> Tensors:
        whole: list[Any] = list(tensors)
        for place, x in zip(places, moving, strict=True):
            whole[place] = x
        return function(*whole)

    pull: Any = torch.func.vjp(call, *(tensors[place] for place in places))[1]
    return spread(pull(tuple(cotangents)), needed)


def by_name(score: Declared, given: Mapping[str, Tensor | None]) -> list[Tensor | None]:
    """The score's arguments in order; those that are not given are None."""
    return [given.get(name) for name in score.arguments]
