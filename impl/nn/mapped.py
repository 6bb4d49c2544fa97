"""What ``torch.func.vmap`` makes of an operator: one call with a further batch axis, or a call for each element."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

Rule = Callable[..., tuple[Any, Any]]


def by_axis(operator: Callable[..., Any], batched: Sequence[bool | None]) -> Rule:
    """The axis that is mapped becomes the first of the batch axes, unless it is one of an argument that has none.

    batched  for each of the first arguments whether leading axes may be added to it, None for what is no tensor, as
             none of those after them is
    """
    alone = by_element(operator)

    def rule(info: Any, in_dims: tuple[Any, ...], *arguments: Any) -> tuple[Any, Any]:
        dims = in_dims[: len(batched)]
        if any(at is not None and not may for at, may in zip(dims, batched, strict=True)):
            return alone(info, in_dims, *arguments)
        tensors = list(zip(arguments, dims, batched, strict=False))
        ranks = [x.ndim - (at is not None) for x, at, may in tensors if x is not None and may]
        moved = [x if at is None else _leading(x, at, max(ranks)) for x, at, _ in tensors]
        found = operator(*moved, *arguments[len(batched) :])
        empty = [x.shape == (0,) for x in found]
        return found, tuple(None if no else 0 for no in empty)

    return rule


def _leading(x: Tensor, at: int, rank: int) -> Tensor:
    """``x`` with the axis ``at`` before ``rank`` others."""
    x = x.movedim(at, 0)
    return x.reshape(x.shape[0], *(1,) * (rank + 1 - x.ndim), *x.shape[1:])


def by_element(operator: Callable[..., Any]) -> Rule:
    """One call for each element, the results side by side."""

    def rule(info: Any, in_dims: tuple[Any, ...], *arguments: Any) -> tuple[Any, Any]:
        found = [
            operator(*(_element(x, at, place) for x, at in zip(arguments, in_dims, strict=True)))
            for place in range(info.batch_size)
        ]
        kind = type(found[0])  # the axes have the structure of the results
        joined = kind(torch.stack(parts) for parts in zip(*found, strict=True))
        return joined, kind(0 for _ in joined)

    return rule


def _element(x: Any, at: int | None, place: int) -> Any:
    return x.select(at, place) if isinstance(x, Tensor) and at is not None else x
