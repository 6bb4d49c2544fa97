"""Convolutions, as products of matrices with the patches that the kernel meets: run beside the real call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F


def _padded(x: Any, padding: Sequence[int]) -> Any:
    return F.pad(x, [n for size in reversed(padding) for n in (size, size)])


def _patches(x: Any, kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]) -> Any:
    """(batch, channels, *places, *kernel) of an array that is padded already."""
    for axis, (size, step, apart) in enumerate(zip(kernel, stride, dilation, strict=True)):
        x = x.unfold(2 + axis, apart * (size - 1) + 1, step)[..., ::apart]
    return x


def _columns(patches: Any, groups: int, kernel: Sequence[int]) -> Any:
    """(batch, groups, channels of a group and kernel, places)."""
    batch, channels, n = patches.shape[0], patches.shape[1], len(kernel)
    ordered = patches.movedim(tuple(range(2, 2 + n)), tuple(range(-n, 0)))
    return ordered.reshape(batch, groups, channels // groups * ordered[0, 0].numel() // _count(patches, n), -1)


def _count(patches: Any, n: int) -> int:
    """How many places there are."""
    return int(patches.shape[2 : 2 + n].numel())


def convolution(
    x: Any, weight: Any, bias: Any, stride: Any, padding: Any, dilation: Any, transposed: bool, output_padding: Any,
    groups: int,
) -> Any:  # fmt: skip
    """``convolution`` that is not transposed."""
    if transposed or any(output_padding):
        return NotImplemented
    kernel = weight.shape[2:]
    patches = _patches(_padded(x, padding), kernel, stride, dilation)
    columns = _columns(patches, groups, kernel)
    rows = weight.reshape(groups, weight.shape[0] // groups, columns.shape[2])
    out = (rows @ columns).reshape(x.shape[0], weight.shape[0], *patches.shape[2 : 2 + len(kernel)])
    return out if bias is None else out + bias.reshape(-1, *(1 for _ in kernel))


def convolution_backward(
    seed: Any, x: Any, weight: Any, _: Any, stride: Any, padding: Any, dilation: Any, transposed: bool,
    output_padding: Any, groups: int, wanted: Sequence[bool],
) -> Any:  # fmt: skip
    """Gradients of the input, the weight and the bias: what the kernel met is met again, by its places."""
    if transposed or any(output_padding):
        return NotImplemented
    kernel, padded = weight.shape[2:], _padded(x, padding)
    columns = _columns(_patches(padded, kernel, stride, dilation), groups, kernel)
    rows = weight.reshape(groups, weight.shape[0] // groups, columns.shape[2])
    grads = seed.reshape(x.shape[0], groups, rows.shape[1], columns.shape[3])
    of_input = of_weight = of_bias = None
    if wanted[0]:
        places = torch.arange(padded.numel()).reshape(padded.shape)
        places = _columns(_patches(places, kernel, stride, dilation), groups, kernel)
        whole = padded.new_zeros(padded.numel()).index_add(0, places.reshape(-1), (rows.mT @ grads).reshape(-1))
        of_input = whole.reshape(padded.shape)
        for axis, size in enumerate(padding):
            of_input = of_input.narrow(2 + axis, size, x.shape[2 + axis])
    if wanted[1]:
        of_weight = (grads @ columns.mT).sum(0).reshape(weight.shape)
    if wanted[2]:
        of_bias = seed.sum((0, *range(2, seed.ndim)))
    return of_input, of_weight, of_bias
