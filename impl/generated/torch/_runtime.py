"""What every generated torch module needs: checks of the arguments, softmax, sech², sums over batch axes."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVar

import torch
from torch import Tensor

from attnproof.impl.generated._arguments import Arrays, check_arguments, check_result

BLOCK = {"cpu": 2**20, "other": 2**25}  # elements of an array that is made for some queries at a time
TENSORS = Arrays(
    Tensor,
    "torch tensor",
    takes=lambda dtype: dtype.is_floating_point,
    broadcast=torch.broadcast_shapes,
    device=lambda tensor: tensor.device,
    value=lambda scalar: float(scalar.detach()),  # on CUDA this waits for the device
)
check = partial(check_arguments, TENSORS)
check_cotangent = partial(check_result, TENSORS)


Given = ParamSpec("Given")
Result = TypeVar("Result")


def half_in_single(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """``function`` of fp16 or bf16, computed in fp32: arguments are widened, every result is rounded once, so that
    squares and products do not overflow on the way. Arguments of several formats are handed on as they are.
    """

    @wraps(function)
    def inside(*given: Given.args, **named: Given.kwargs) -> Result:
        found = {x.dtype for x in (*given, *named.values()) if isinstance(x, Tensor) and x.is_floating_point()}
        if len(found) != 1 or not found <= {torch.float16, torch.bfloat16}:
            return function(*given, **named)
        (half,) = found
        call: Any = function
        parts = [_in_format(x, half, torch.float32) for x in given]
        result: Result = _in_format(call(*parts, **_in_format(named, half, torch.float32)), torch.float32, half)
        return result

    return inside


def _in_format(value: Any, old: torch.dtype, new: torch.dtype) -> Any:
    """Tensors of one format, alone or together, in another; everything else as it is."""
    if isinstance(value, dict):
        return {name: _in_format(part, old, new) for name, part in value.items()}
    if isinstance(value, tuple):
        parts = (_in_format(part, old, new) for part in value)
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value.to(new) if isinstance(value, Tensor) and value.dtype == old else value


def scalar(name: str, value: float | Tensor | None, like: object) -> Tensor | None:
    """A Python number or 0-d tensor as a 0-d tensor with the dtype and device of ``like``; None stays None."""
    if value is None or isinstance(value, Tensor):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number or a 0-d tensor, got {type(value).__name__}")
    if not isinstance(like, Tensor):  # the check that follows refuses it by name
        return torch.tensor(float(value))
    return torch.tensor(float(value), dtype=like.dtype, device=like.device)


def by_rows(function: Any, given: Mapping[str, Any], shapes: Mapping[str, tuple[str, ...]], row: int) -> Any:
    """``function(**given)``, a tensor or several with the axis of queries last but one, some queries at a time.

    given   arguments by name, and under names that are not in ``shapes`` tensors with the axis of queries last but one
    shapes  as for ``check``; the axis of queries is the last but one of ``query``
    row     elements of the largest array that one query needs, without batch axes
    """
    places = _places(given, shapes, row)
    if len(places) == 1:
        return function(**given)
    whole: list[Tensor] = []
    for place in places:
        found = function(**_rows(given, shapes, place))
        parts = found if isinstance(found, tuple) else (found,)
        whole = whole or [_for_all(part, places) for part in parts]
        for tensor, part in zip(whole, parts, strict=True):
            tensor[..., place, :] = part
    return tuple(whole) if len(whole) > 1 else whole[0]


def gradients_by_rows(
    function: Any, given: Mapping[str, Any], shapes: Mapping[str, tuple[str, ...]], row: int
) -> dict[str, Tensor]:
    """``function(**given)``, gradients by name, some queries at a time; see ``by_rows``.

    Those of arguments with the axis of queries are put side by side, those of others are added, in at least fp32.
    """
    places = _places(given, shapes, row)
    if len(places) == 1:
        return dict(function(**given))
    whole: dict[str, Tensor] = {}
    for place in places:
        for name, part in function(**_rows(given, shapes, place)).items():
            if shapes["query"][-2] in shapes[name]:
                whole.setdefault(name, _for_all(part, places))[..., place, :] = part
            elif name in whole:
                whole[name] += part
            else:
                whole[name] = part.to(torch.promote_types(part.dtype, torch.float32), copy=True)
    return {name: gradient.to(given[name].dtype) for name, gradient in whole.items()}


def _places(given: Mapping[str, Any], shapes: Mapping[str, tuple[str, ...]], row: int) -> list[slice]:
    """Blocks of queries; a single one where autograd or a compiler follows the program."""
    query = given["query"]
    batched = [given[name] for name, axes in shapes.items() if axes[:1] == ("...",) and given.get(name) is not None]
    broadcast: Any = torch.broadcast_shapes
    each = row * math.prod(broadcast(*(tensor.shape[:-2] for tensor in batched)))
    count = max(1, BLOCK["cpu" if query.device.type == "cpu" else "other"] // max(1, each))
    if torch.is_grad_enabled() or torch.compiler.is_compiling():
        count = query.shape[-2]
    return [slice(start, min(start + count, query.shape[-2])) for start in range(0, query.shape[-2], count)]


def _rows(given: Mapping[str, Any], shapes: Mapping[str, tuple[str, ...]], place: slice) -> dict[str, Any]:
    """``given`` for the queries of one block."""
    axis = shapes["query"][-2]
    return {
        name: x[..., place, :] if isinstance(x, Tensor) and axis in shapes.get(name, (axis,)) else x
        for name, x in given.items()
    }


def _for_all(part: Tensor, places: list[slice]) -> Tensor:
    """Room for the rows of all blocks: made once, so that the blocks' arrays can take each other's place in memory."""
    return part.new_empty((*part.shape[:-2], places[-1].stop, part.shape[-1]))


def softmax(x: Tensor, axis: int) -> Tensor:
    """``exp(x) / Σ exp(x)`` along ``axis``, with the maximum subtracted (by torch); 0 where every entry is −∞."""
    masked = torch.isneginf(torch.amax(x, dim=axis, keepdim=True))
    return torch.softmax(x.masked_fill(masked, 0), dim=axis).masked_fill(masked, 0)


def log_sum_exp(x: Tensor, axis: int) -> Tensor:
    """``log Σ exp(x)`` over ``axis``, with the maximum subtracted (by torch); −∞ where every entry is −∞."""
    return torch.logsumexp(x, dim=axis)


def sech2(x: Tensor) -> Tensor:
    """``sech²(x) = 4 p / (1 + p)²`` with ``p = exp(−2|x|)``: no cancellation, unlike ``1 − tanh²``."""
    p = torch.exp_(-2 * torch.abs(x))
    return 4 * p / torch.square_(1 + p)


def sech(x: Tensor) -> Tensor:
    """``sech(x) = 2 p / (1 + p²)`` with ``p = exp(−|x|)``."""
    p = torch.exp(-torch.abs(x))
    return 2 * p / (1 + torch.square(p))


def step(x: Tensor) -> Tensor:
    """1 where ``x`` is positive, else 0; NaN stays NaN."""
    return torch.where(torch.isnan(x), x, (x > 0).to(x.dtype))


def side_by_side(parts: tuple[Tensor, ...], axis: int) -> Tensor:
    """``parts`` one after another along ``axis`` (negative); all other axes broadcast."""
    like = torch.broadcast_shapes(*(part.narrow(axis, 0, 1).shape for part in parts))  # type: ignore[no-untyped-call]
    wide = [part.expand([*like[:axis], part.shape[axis], *like[len(like) + axis + 1 :]]) for part in parts]
    return torch.cat(wide, dim=axis)


def sum_to(x: Tensor, like: Tensor) -> Tensor:
    """``x`` summed over the batch axes that ``like`` lacks or along which it was broadcast."""
    lead = x.ndim - like.ndim
    stretched = [n for n, length in enumerate(like.shape) if length == 1 and x.shape[n + lead] != 1]
    if lead:
        x = torch.sum(x, dim=list(range(lead)))
    if stretched:
        x = torch.sum(x, dim=stretched, keepdim=True)
    return x


def sum_to_any(x: Tensor, like: Tensor) -> Tensor:
    """``sum_to`` where ``x``, the same for the whole batch of ``like``, may lack its axes."""
    return sum_to(x[(None,) * (like.ndim - x.ndim)], like)
