"""Pairs that were written before the judge was, and first asked when it stood."""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch
import torch.nn.functional as F
from pairs import Pair

T = Any  # a tensor: torch has no types for some of their methods


def layer_norm(x: T, weight: T, bias: T) -> T:
    return F.layer_norm(x, x.shape[-1:], weight, bias)


def layer_norm_by_squares(x: T, weight: T, bias: T) -> T:
    mean = x.mean(-1, keepdim=True)
    variance = (x * x).mean(-1, keepdim=True) - mean * mean
    return (x - mean) / torch.sqrt(variance + 1e-5) * weight + bias


def layer_norm_unbiased(x: T, weight: T, bias: T) -> T:
    return (x - x.mean(-1, keepdim=True)) / torch.sqrt(x.var(-1, keepdim=True) + 1e-5) * weight + bias


def rms_norm(x: T, weight: T) -> T:
    return F.rms_norm(x, x.shape[-1:], weight, 1e-6)


def rms_norm_by_norm(x: T, weight: T) -> T:
    return x * torch.rsqrt(x.square().sum(-1, keepdim=True) / x.shape[-1] + 1e-6) * weight


def rms_norm_outside(x: T, weight: T) -> T:
    return x / (torch.sqrt(x.square().mean(-1, keepdim=True)) + 1e-1) * weight


def rotary(x: T) -> T:
    n, d = x.shape[-2:]
    angle = torch.outer(torch.arange(n, dtype=x.dtype), 10000.0 ** (-torch.arange(0, d, 2, dtype=x.dtype) / d))
    cos, sin = torch.cat([angle.cos()] * 2, -1), torch.cat([angle.sin()] * 2, -1)
    half = torch.cat([-x[..., d // 2 :], x[..., : d // 2]], -1)
    return x * cos + half * sin


def rotary_in_halves(x: T) -> T:
    n, d = x.shape[-2:]
    angle = torch.arange(n, dtype=x.dtype)[:, None] / 10000.0 ** (torch.arange(0, d, 2, dtype=x.dtype) / d)
    cos, sin, a, b = angle.cos(), angle.sin(), x[..., : d // 2], x[..., d // 2 :]
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def rotary_other_way(x: T) -> T:
    n, d = x.shape[-2:]
    angle = torch.arange(n, dtype=x.dtype)[:, None] / 10000.0 ** (torch.arange(0, d, 2, dtype=x.dtype) / d)
    cos, sin, a, b = angle.cos(), angle.sin(), x[..., : d // 2], x[..., d // 2 :]
    return torch.cat([a * cos + b * sin, b * cos - a * sin], -1)


def gelu_mlp(x: T, up: T, down: T) -> T:
    return F.gelu(x @ up) @ down


def gelu_mlp_by_erf(x: T, up: T, down: T) -> T:
    h = x @ up
    return (0.5 * h * (1 + torch.erf(h / math.sqrt(2.0)))) @ down


def gelu_mlp_by_tanh(x: T, up: T, down: T) -> T:
    return F.gelu(x @ up, approximate="tanh") @ down


def swiglu(x: T, gate: T, up: T, down: T) -> T:
    return (F.silu(x @ gate) * (x @ up)) @ down


def swiglu_by_sigmoid(x: T, gate: T, up: T, down: T) -> T:
    g = x @ gate
    return (g * torch.sigmoid(g) * (x @ up)) @ down


def swiglu_exchanged(x: T, gate: T, up: T, down: T) -> T:
    return (F.silu(x @ up) * (x @ gate)) @ down


def softmax(x: T) -> T:
    return torch.softmax(x, -1)


def softmax_by_log(x: T) -> T:
    return torch.exp(x - torch.logsumexp(x, -1, keepdim=True))


def softmax_other_axis(x: T) -> T:
    return torch.softmax(x, 0)


def logsumexp(x: T) -> T:
    return torch.logsumexp(x, -1)


def logsumexp_in_blocks(x: T) -> T:
    most = torch.full_like(x[..., 0], -math.inf)
    total = torch.zeros_like(most)
    for block in x.split(3, -1):
        new = torch.maximum(most, block.amax(-1))
        total = total * torch.exp(most - new) + torch.exp(block - new[..., None]).sum(-1)
        most = new
    return most + torch.log(total)


def logsumexp_not_rescaled(x: T) -> T:
    most = torch.full_like(x[..., 0], -math.inf)
    total = torch.zeros_like(most)
    for block in x.split(3, -1):
        new = torch.maximum(most, block.amax(-1))
        total = total + torch.exp(block - new[..., None]).sum(-1)
        most = new
    return most + torch.log(total)


def cross_entropy(x: T, labels: T) -> T:
    return F.cross_entropy(x, labels)


def cross_entropy_by_hand(x: T, labels: T) -> T:
    return (torch.logsumexp(x, -1) - x.gather(-1, labels[:, None])[:, 0]).mean()


def cross_entropy_summed(x: T, labels: T) -> T:
    return F.cross_entropy(x, labels, reduction="sum") / x.shape[1]


def smoothed(x: T, labels: T) -> T:
    return F.cross_entropy(x, labels, label_smoothing=0.1)


def smoothed_by_hand(x: T, labels: T) -> T:
    logs = F.log_softmax(x, -1)
    own = -logs.gather(-1, labels[:, None])[:, 0]
    return (0.9 * own - 0.1 * logs.mean(-1)).mean()


def smoothed_over_others(x: T, labels: T) -> T:
    logs = F.log_softmax(x, -1)
    own = -logs.gather(-1, labels[:, None])[:, 0]
    return (0.9 * own - 0.1 * (logs.sum(-1) + own) / (x.shape[1] - 1)).mean()


def masked_attention(q: T, k: T, v: T, mask: T) -> T:
    return F.scaled_dot_product_attention(q, k, v, attn_mask=mask)


def masked_attention_by_hand(q: T, k: T, v: T, mask: T) -> T:
    scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
    weights = torch.softmax(scores.masked_fill(~mask, -math.inf), -1)
    return weights.masked_fill(~mask.any(-1, keepdim=True), 0.0) @ v


def masked_attention_inverted(q: T, k: T, v: T, mask: T) -> T:
    return F.scaled_dot_product_attention(q, k, v, attn_mask=~mask)


def causal(q: T, k: T, v: T) -> T:
    return F.scaled_dot_product_attention(q, k, v, is_causal=True)


def causal_by_hand(q: T, k: T, v: T) -> T:
    scores = q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5
    above = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1)
    return torch.softmax(scores.masked_fill(above, -1e9), -1) @ v


def causal_without_itself(q: T, k: T, v: T) -> T:
    scores = q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5
    above = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(0)
    above[0, 0] = False
    return torch.softmax(scores.masked_fill(above, -math.inf), -1) @ v


def pre_norm_block(x: T, weight: T, bias: T, up: T, down: T) -> T:
    return x + F.gelu(F.layer_norm(x, x.shape[-1:], weight, bias) @ up) @ down


def pre_norm_block_by_hand(x: T, weight: T, bias: T, up: T, down: T) -> T:
    away = x - x.mean(-1, keepdim=True)
    h = away * torch.rsqrt(away.square().mean(-1, keepdim=True) + 1e-5) * weight + bias
    return F.gelu(h @ up) @ down + x


def post_norm_block(x: T, weight: T, bias: T, up: T, down: T) -> T:
    return F.layer_norm(x + F.gelu(x @ up) @ down, x.shape[-1:], weight, bias)


class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: T) -> T:
        y = torch.tanh(x)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, grad: T) -> T:
        (y,) = ctx.saved_tensors
        return grad * (1 - y)


class Right(Doubled):
    @staticmethod
    def backward(ctx: Any, grad: T) -> T:
        (y,) = ctx.saved_tensors
        return grad * (1 - y) * (1 + y)


def jax_rms_norm(x: Any, weight: Any) -> Any:
    return x / jnp.sqrt(jnp.mean(x * x, -1, keepdims=True) + 1e-6) * weight


def jax_rms_norm_first(x: Any, weight: Any) -> Any:
    return x / jnp.sqrt(jnp.mean(x * x, 0, keepdims=True) + 1e-6) * weight


def jax_gelu(x: Any) -> Any:
    return jax.nn.gelu(x, approximate=False)


def jax_gelu_default(x: Any) -> Any:
    return jax.nn.gelu(x)


def numpy_layer_norm(x: Any, weight: Any, bias: Any) -> Any:
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5) * weight + bias


def numpy_layer_norm_eps(x: Any, weight: Any, bias: Any) -> Any:
    return (x - x.mean(-1, keepdims=True)) / (x.std(-1, keepdims=True) + 1e-5) * weight + bias


def softcap(x: T) -> T:
    return 30.0 * torch.tanh(x / 30.0)


def softcap_by_sigmoid(x: T) -> T:
    return 30.0 * (2 * torch.sigmoid(x / 15.0) - 1)


def softcap_clamped(x: T) -> T:
    return x.clamp(-30.0, 30.0)


def relu_squared(x: T) -> T:
    return F.relu(x) ** 2


def relu_squared_by_where(x: T) -> T:
    return torch.where(x > 0, x * x, torch.zeros_like(x))


def clipped(x: T) -> T:
    return torch.clamp(F.relu(x), max=4.0) ** 2


def group_norm(x: T, weight: T, bias: T) -> T:
    return F.group_norm(x, 2, weight, bias)


def group_norm_by_hand(x: T, weight: T, bias: T) -> T:
    parts = x.reshape(x.shape[0], 2, -1)
    parts = (parts - parts.mean(-1, keepdim=True)) * torch.rsqrt(parts.var(-1, unbiased=False, keepdim=True) + 1e-5)
    return parts.reshape(x.shape) * weight[:, None] + bias[:, None]


def instance_norm(x: T, weight: T, bias: T) -> T:
    return F.instance_norm(x, weight=weight, bias=bias)


def embedded(ids: T, table: T) -> T:
    return F.embedding(ids, table) @ table.T


def embedded_by_index(ids: T, table: T) -> T:
    return torch.einsum("nd,vd->nv", table[ids], table)


def embedded_shifted(ids: T, table: T) -> T:
    return torch.einsum("nd,vd->nv", table[(ids - 1).clamp(min=0)], table)


def bce(x: T, y: T) -> T:
    return F.binary_cross_entropy_with_logits(x, torch.sigmoid(y))


def bce_by_softplus(x: T, y: T) -> T:
    return (F.softplus(x) - x * torch.sigmoid(y)).mean()


def bce_of_opposite(x: T, y: T) -> T:
    return (F.softplus(-x) - x * torch.sigmoid(y)).mean()


NORM = "x=n d, weight=d, bias=d"
HELD_BACK = (
    Pair("layer norm", NORM, layer_norm, layer_norm_by_squares, layer_norm_unbiased),
    Pair("rms norm", "x=n d, weight=d", rms_norm, rms_norm_by_norm, rms_norm_outside),
    Pair("rotary", "x=b n 8", rotary, rotary_in_halves, rotary_other_way),
    Pair("mlp gelu", "x=n d, up=d h, down=h d", gelu_mlp, gelu_mlp_by_erf, gelu_mlp_by_tanh),
    Pair("swiglu", "x=n d, gate=d h, up=d h, down=h d", swiglu, swiglu_by_sigmoid, swiglu_exchanged),
    Pair("softmax", "x=n d", softmax, softmax_by_log, softmax_other_axis),
    Pair("log-sum-exp", "x=n 7", logsumexp, logsumexp_in_blocks, logsumexp_not_rescaled),
    Pair("cross-entropy", "x=5 7, labels=5:int<7", cross_entropy, cross_entropy_by_hand, cross_entropy_summed),
    Pair("smoothed", "x=5 7, labels=5:int<7", smoothed, smoothed_by_hand, smoothed_over_others),
    Pair(
        "masked attention", "q=b n d, k=b m d, v=b m e, mask=b n m:bool",
        masked_attention, masked_attention_by_hand, masked_attention_inverted,
    ),
    Pair("causal", "q=b n d, k=b n d, v=b n e", causal, causal_by_hand, causal_without_itself),
    Pair(
        "block", "x=n d, weight=d, bias=d, up=d h, down=h d",
        pre_norm_block, pre_norm_block_by_hand, post_norm_block,
    ),
    Pair("own backward", "x=n d", torch.tanh, Right.apply, Doubled.apply),
    Pair("rms norm in jax", "x=n d, weight=d", rms_norm, jax_rms_norm, jax_rms_norm_first, True, ("torch", "jax")),
    Pair("gelu in jax", "x=n d", F.gelu, jax_gelu, jax_gelu_default, True, ("torch", "jax")),
    Pair("layer norm in numpy", NORM, layer_norm, numpy_layer_norm, numpy_layer_norm_eps, False, ("torch", "numpy")),
    Pair("soft-cap", "x=n d", softcap, softcap_by_sigmoid, softcap_clamped),
    Pair("squared relu", "x=n d", relu_squared, relu_squared_by_where, clipped),
    Pair("group norm", "x=n 4 3, weight=4, bias=4", group_norm, group_norm_by_hand, instance_norm),
    Pair("embedding", "ids=5:int<7, table=7 3", embedded, embedded_by_index, embedded_shifted),
    Pair("bce", "x=n d, y=n d", bce, bce_by_softplus, bce_of_opposite),
)  # fmt: skip
