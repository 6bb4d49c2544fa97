"""Torch's conventions for masks, as what our kernels take: True for keys that take part, numbers that are added."""

from __future__ import annotations

import torch
from torch import Tensor


def taken(
    query: Tensor, key: Tensor, key_padding_mask: Tensor | None, attn_mask: Tensor | None
) -> tuple[Tensor | None, Tensor | None]:
    """The mask, True where a key takes part, and the bias (..., n_q, n_k) of both of torch's masks.

    key_padding_mask  (..., n_k); bool: True where a key is left out; floating-point: added to the scores
    attn_mask         (..., n_q, n_k); the same

    Raises TypeError for another dtype, ValueError for a shape that does not fit.
    """
    n_q, n_k = query.shape[-2], key.shape[-2]
    visible: Tensor | None = None
    bias: Tensor | None = None
    for name, mask in (("key_padding_mask", key_padding_mask), ("attn_mask", attn_mask)):
        if mask is None:
            continue
        core = (n_k,) if name == "key_padding_mask" else (n_q, n_k)
        if tuple(mask.shape[-len(core) :]) != core:
            raise ValueError(f"{name} must have shape (..., {', '.join(map(str, core))}), got {tuple(mask.shape)}")
        rows = mask.unsqueeze(-2) if len(core) == 1 else mask
        rows = rows.expand(*rows.shape[:-2], n_q, n_k)
        if rows.dtype == torch.bool:
            visible = ~rows if visible is None else visible & ~rows
        elif rows.is_floating_point():
            bias = rows if bias is None else bias + rows
        else:
            raise TypeError(f"{name} must be a tensor of bool or floating-point numbers, got {mask.dtype}")
    return visible, bias
