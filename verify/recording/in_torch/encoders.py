"""The fused modules of torch, as the operations that its documentation gives for them: run beside the real call."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F


def attention_module(
    query: Any, key: Any, value: Any, width: int, heads: int, in_weight: Any, in_bias: Any, out_weight: Any,
    out_bias: Any, mask: Any = None, need_weights: bool = True, average: bool = True, mask_type: int | None = None,
) -> Any:  # fmt: skip
    """``_native_multi_head_attention``: projections, softmax of the scaled products, projection of the context."""
    rows = [
        F.linear(given, weight, bias).reshape(*given.shape[:2], heads, width // heads).transpose(1, 2)
        for given, weight, bias in zip((query, key, value), in_weight.chunk(3), in_bias.chunk(3), strict=True)
    ]
    scores = (rows[0] * (width // heads) ** -0.5) @ rows[1].mT
    if mask is not None:
        scores = scores.masked_fill(_spread(mask.bool(), mask_type), -torch.inf)
    weights = torch.softmax(scores, -1)
    context = (weights @ rows[2]).transpose(1, 2).flatten(-2)
    shown = weights.mean(1) if average else weights
    return F.linear(context, out_weight, out_bias), shown if need_weights else None


def _spread(mask: Any, mask_type: int | None) -> Any:
    """A mask of positions (0), of keys (1) or of both (2) over batch, heads, queries and keys."""
    if mask_type == 1 and mask.ndim == 2:
        return mask[:, None, None, :]
    return mask


def encoder_layer(
    src: Any, width: int, heads: int, in_weight: Any, in_bias: Any, out_weight: Any, out_bias: Any, use_gelu: bool,
    norm_first: bool, eps: float, norm_weight_1: Any, norm_bias_1: Any, norm_weight_2: Any, norm_bias_2: Any,
    weight_1: Any, bias_1: Any, weight_2: Any, bias_2: Any, mask: Any = None, mask_type: int | None = None,
) -> Any:  # fmt: skip
    """``_transformer_encoder_layer_fwd``: attention and two linear maps, each with its residual and layer norm."""

    def first(x: Any) -> Any:
        projections = (in_weight, in_bias, out_weight, out_bias)
        return attention_module(x, x, x, width, heads, *projections, mask, need_weights=False, mask_type=mask_type)[0]

    def second(x: Any) -> Any:
        hidden = F.linear(x, weight_1, bias_1)
        return F.linear(F.gelu(hidden) if use_gelu else F.relu(hidden), weight_2, bias_2)

    def norm(x: Any, weight: Any, bias: Any) -> Any:
        return F.layer_norm(x, (width,), weight, bias, eps)

    if norm_first:
        x = src + first(norm(src, norm_weight_1, norm_bias_1))
        return x + second(norm(x, norm_weight_2, norm_bias_2))
    x = norm(src + first(src), norm_weight_1, norm_bias_1)
    return norm(x + second(x), norm_weight_2, norm_bias_2)
