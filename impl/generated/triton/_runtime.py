"""What the fused Triton modules need around their kernels: checks of arguments, places of heads, padding, tops."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad

from attnproof.impl.generated._arguments import check_arguments
from attnproof.impl.generated.torch._runtime import TENSORS, scalar

DTYPES = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
ARRAYS = TENSORS._replace(
    takes=lambda dtype: dtype in DTYPES, wanted="dtype float16, bfloat16, float32 or float64", flags=frozenset({"mask"})
)
SIDE = 32
COLUMNS = {torch.float32: 128, torch.float64: 64}


def check_all(
    given: Mapping[str, Any],
    shapes: Mapping[str, tuple[str, ...]],
    required: frozenset[str],
    *,
    interpreted: bool,
) -> tuple[int, ...]:
    """The batch shape. Raise TypeError or ValueError, naming the argument, unless the kernels can run on all tensors.

    given        tensors by name, the first one the query; None: not given
    shapes       for each the names of its core axes, a leading ``...`` where batch axes are allowed; () for a scalar
    required     tensors that must be given
    interpreted  the kernels run in Triton's interpreter, on tensors of the CPU
    """
    batch = check_arguments(ARRAYS, given, shapes, required, frozenset({"softcap"}))
    device = given["query"].device
    if device.type != "cuda" and not (interpreted and device.type == "cpu"):
        hint = "" if device.type != "cpu" else "; on the CPU set TRITON_INTERPRET=1 before Triton is imported"
        raise ValueError(f"query is on {device}, expected a CUDA device{hint}")
    return batch


def check_like(name: str, tensor: Tensor | None, shape: tuple[int, ...], query: Tensor) -> None:
    """Raise TypeError or ValueError unless ``tensor`` has this shape and is on the query's device; None passes."""
    if tensor is None:
        return
    if not isinstance(tensor, Tensor):
        raise TypeError(f"{name} must be a torch tensor, got {type(tensor).__name__}")
    if tuple(tensor.shape) != shape:
        raise ValueError(f"{name} must have shape {shape}, got {tuple(tensor.shape)}")
    if not tensor.dtype.is_floating_point:
        raise TypeError(f"{name} must have a floating-point dtype, got {tensor.dtype}")
    if tensor.device != query.device:
        raise ValueError(f"{name} is on {tensor.device}, expected {query.device} as for query")


def blocks(n_q: int, n_k: int, d_v: int, dtype: torch.dtype) -> tuple[int, int, int]:
    """Queries of a block, keys of a tile, columns of values of a program: powers of two, at least 16 for ``tl.dot``."""
    return _power(n_q, SIDE), _power(n_k, SIDE), _power(d_v, COLUMNS[dtype])


def _power(length: int, most: int) -> int:
    return min(most, max(16, 1 << (length - 1).bit_length()))


def places(
    batch: tuple[int, ...],
    counted: Sequence[tuple[int, ...]],
    tensors: Sequence[Tensor | None],
    device: torch.device,
) -> Tensor:
    """Where every head of the batch begins, int64 (rows, heads), what is broadcast beginning where it is.

    counted  batch shapes of contiguous tensors: a row of the head's number among the tensor's own
    tensors  (..., rows, columns): a row of the head's offset in elements, from the strides; None: zeros
    """
    leads = [(tuple(shape), torch.empty(shape, device="meta").stride()) for shape in counted]
    leads += [((), ()) if x is None else (tuple(x.shape[:-2]), x.stride()[:-2]) for x in tensors]
    if math.prod(batch) == 1:
        return torch.zeros((len(leads), 1), dtype=torch.int64, device=device)
    found = torch.zeros((len(leads), *batch), dtype=torch.int64)
    for row, (shape, strides) in enumerate(leads):
        for axis, (length, stride) in enumerate(zip(reversed(shape), reversed(strides), strict=True)):
            if length > 1:
                found[row] += (torch.arange(length) * stride).reshape(-1, *(1,) * axis)
    return found.flatten(1).to(device)


def padded(x: Tensor, units: int, axis: int = -1) -> Tensor:
    """``x``, contiguous, its axis filled up with zeros to a multiple of ``units``."""
    missing = -x.shape[axis] % units
    behind = (0, 0) * (-axis - 1)
    return pad(x, (*behind, 0, missing)).contiguous() if missing else x.contiguous()


def tops(x: Tensor, block: int) -> Tensor:
    """The largest of every ``block`` neighbours, (..., width, n) to (..., blocks, width); x has no negative number."""
    whole = padded(x, block)
    return torch.amax(whole.reshape(*whole.shape[:-1], -1, block), dim=-1).mT.contiguous()


def sum_to(x: Tensor, like: Tensor) -> Tensor:
    """``x`` summed over what was broadcast, in the shape and dtype of ``like``."""
    return x.sum_to_size(like.shape).to(like.dtype)


__all__ = ["blocks", "check_all", "check_like", "padded", "places", "scalar", "sum_to", "tops"]
