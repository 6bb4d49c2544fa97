"""Attention of what is stored in 8 bits, each tensor beside its scale."""

import torch
from torch import Tensor


def _attend(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return torch.softmax(query @ key.mT * query.shape[-1] ** -0.5, -1) @ value


def attend(
    query: Tensor, key: Tensor, value: Tensor, scale_query: Tensor, scale_key: Tensor, scale_value: Tensor
) -> Tensor:
    return _attend(query.float() * scale_query, key.float() * scale_key, value.float() * scale_value)


def decode(query: Tensor, key: Tensor, value: Tensor, k_scale: Tensor, v_scale: Tensor) -> Tensor:
    return _attend(query, key.to(query.dtype) * k_scale, value.to(query.dtype) * v_scale)
