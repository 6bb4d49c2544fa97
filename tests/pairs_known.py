"""Pairs by which the judge was written."""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch
import torch.nn.functional as F
from pairs import Pair
from torch import nn

T = Any  # a tensor: torch has no types for some of their methods


def attention(q: T, k: T, v: T) -> T:
    return F.scaled_dot_product_attention(q, k, v)


def attention_by_hand(q: T, k: T, v: T) -> T:
    return torch.softmax(q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]), -1) @ v


def attention_scaled(q: T, k: T, v: T) -> T:
    return torch.softmax(q @ k.transpose(-1, -2) / q.shape[-1], -1) @ v


def streaming(q: T, k: T, v: T) -> T:
    most = torch.full_like(q[..., :1], -math.inf)
    total, out = torch.zeros_like(most), torch.zeros_like(q[..., :1] * v[..., :1, :])
    for start in range(0, k.shape[-2], 2):
        scores = q @ k[..., start : start + 2, :].transpose(-1, -2) / math.sqrt(q.shape[-1])
        new = torch.maximum(most, scores.amax(-1, keepdim=True))
        p = torch.exp(scores - new)
        total = total * torch.exp(most - new) + p.sum(-1, keepdim=True)
        out = out * torch.exp(most - new) + p @ v[..., start : start + 2, :]
        most = new
    return out / total


def streaming_lost(q: T, k: T, v: T) -> T:
    most = torch.full_like(q[..., :1], -math.inf)
    total, out = torch.zeros_like(most), torch.zeros_like(q[..., :1] * v[..., :1, :])
    for start in range(0, k.shape[-2] // 2 * 2, 2):
        scores = q @ k[..., start : start + 2, :].transpose(-1, -2) / math.sqrt(q.shape[-1])
        new = torch.maximum(most, scores.amax(-1, keepdim=True))
        p = torch.exp(scores - new)
        total = total * torch.exp(most - new) + p.sum(-1, keepdim=True)
        out = out * torch.exp(most - new) + p @ v[..., start : start + 2, :]
        most = new
    return out / total


def mean_of_values(q: T, k: T, v: T) -> T:
    return v.mean(-2, keepdim=True) + 0.0 * (q @ k.transpose(-1, -2)).sum(-1, keepdim=True)


def layer_norm(x: T, weight: T, bias: T) -> T:
    return F.layer_norm(x, x.shape[-1:], weight, bias, 1e-5)


def layer_norm_by_hand(x: T, weight: T, bias: T) -> T:
    away = x - x.mean(-1, keepdim=True)
    return away / (away.pow(2).mean(-1, keepdim=True) + 1e-5) ** 0.5 * weight + bias


def layer_norm_eps(x: T, weight: T, bias: T) -> T:
    return F.layer_norm(x, x.shape[-1:], weight, bias, 1e-6)


def layer_norm_no_bias(x: T, weight: T, bias: T) -> T:
    return F.layer_norm(x, x.shape[-1:], weight) + 0 * bias


def rms_norm(x: T, weight: T) -> T:
    return F.rms_norm(x, x.shape[-1:], weight, 1e-6)


def rms_norm_by_hand(x: T, weight: T) -> T:
    return weight * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))


def rms_norm_plus_one(x: T, weight: T) -> T:
    return (1 + weight) * (x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6))


def interleaved(x: T) -> T:
    n, d = x.shape[-2:]
    angle = torch.outer(torch.arange(n).to(x), 10000.0 ** (-torch.arange(0, d, 2).to(x) / d))
    pairs = x.unflatten(-1, (-1, 2))
    a, b, c, s = pairs[..., 0], pairs[..., 1], angle.cos(), angle.sin()
    return torch.stack([a * c - b * s, a * s + b * c], -1).flatten(-2)


def interleaved_complex(x: T) -> T:
    n, d = x.shape[-2:]
    angle = torch.outer(torch.arange(n).to(x), 1.0 / 10000.0 ** (torch.arange(0, d, 2).to(x) / d))
    turned = torch.view_as_complex(x.unflatten(-1, (-1, 2)).contiguous()) * torch.polar(torch.ones_like(angle), angle)
    return torch.view_as_real(turned).flatten(-2)


def half_split(x: T) -> T:
    n, d = x.shape[-2:]
    angle = torch.outer(torch.arange(n).to(x), 10000.0 ** (-torch.arange(0, d, 2).to(x) / d))
    a, b = x.chunk(2, -1)
    return torch.cat([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], -1)


def gelu(x: T) -> T:
    return F.gelu(x)


def gelu_by_erfc(x: T) -> T:
    return 0.5 * x * torch.special.erfc(-x * math.sqrt(0.5))


def gelu_tanh(x: T) -> T:
    return F.gelu(x, approximate="tanh")


def gelu_tanh_by_hand(x: T) -> T:
    return 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


def gelu_sigmoid(x: T) -> T:
    return x * torch.sigmoid(1.702 * x)


def silu(x: T) -> T:
    return F.silu(x)


def silu_by_tanh(x: T) -> T:
    return 0.5 * x * (1 + torch.tanh(0.5 * x))


def hardswish(x: T) -> T:
    return F.hardswish(x)


def softmax(x: T) -> T:
    return torch.softmax(x, -1)


def softmax_by_hand(x: T) -> T:
    p = torch.exp(x - x.amax(-1, keepdim=True))
    return p / p.sum(-1, keepdim=True)


def softmax_not_shifted(x: T) -> T:
    p = torch.exp(x)
    return p / p.sum(-1, keepdim=True)


def softmax_eps(x: T) -> T:
    p = torch.exp(x - x.amax(-1, keepdim=True))
    return p / (p.sum(-1, keepdim=True) + 1e-3)


def softmax_in_half(x: T) -> T:
    return torch.softmax(x.to(torch.bfloat16), -1).to(x.dtype)


def log_softmax(x: T) -> T:
    return F.log_softmax(x, -1)


def log_softmax_by_lse(x: T) -> T:
    return x - torch.logsumexp(x, -1, keepdim=True)


def log_softmax_of_softmax(x: T) -> T:
    return torch.log(torch.softmax(x, -1))


def cross_entropy(x: T, labels: T) -> T:
    return F.cross_entropy(x, labels)


def cross_entropy_by_one_hot(x: T, labels: T) -> T:
    hot = F.one_hot(labels, x.shape[-1]).to(x)
    return -(F.log_softmax(x, -1) * hot).sum(-1).mean()


def cross_entropy_of_softmax(x: T, labels: T) -> T:
    return F.cross_entropy(torch.softmax(x, -1), labels)


def ignoring(x: T, labels: T) -> T:
    return F.cross_entropy(x, labels, ignore_index=0, reduction="sum")


def ignoring_by_hand(x: T, labels: T) -> T:
    own = torch.logsumexp(x, -1) - x.gather(-1, labels[:, None])[:, 0]
    return torch.where(labels == 0, torch.zeros_like(own), own).sum()


class Own(nn.Module):
    """Multi-head attention by hand, with the same parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.in_proj_weight = nn.Parameter(torch.zeros(12, 4))
        self.in_proj_bias = nn.Parameter(torch.zeros(12))
        self.out_proj = nn.Linear(4, 4)

    def forward(self, x: T) -> T:
        made: T = F.linear(x, self.in_proj_weight, self.in_proj_bias)
        q, k, v = (each.unflatten(-1, (2, 2)).transpose(-2, -3) for each in made.chunk(3, -1))
        weights = torch.softmax(self.scores(q, k), -1)
        merged: T = self.out_proj((weights @ v).transpose(-2, -3).flatten(-2))
        return merged

    def scores(self, q: T, k: T) -> T:
        return q @ k.transpose(-1, -2) / math.sqrt(2)


class OwnByModel(Own):
    def scores(self, q: T, k: T) -> T:
        return q @ k.transpose(-1, -2) / math.sqrt(4)


class Theirs(nn.Module):
    """torch's."""

    def __init__(self) -> None:
        super().__init__()
        own = nn.MultiheadAttention(4, 2, batch_first=True)
        self.in_proj_weight, self.in_proj_bias, self.out_proj = own.in_proj_weight, own.in_proj_bias, own.out_proj

    def forward(self, x: T) -> T:
        y = x.transpose(0, 1)
        found, _ = F.multi_head_attention_forward(
            y, y, y, 4, 2, self.in_proj_weight, self.in_proj_bias, None, None, False, 0.0,
            self.out_proj.weight, self.out_proj.bias, training=False, need_weights=False,
        )  # fmt: skip
        return found.transpose(0, 1)


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm, self.up, self.down = nn.LayerNorm(4), nn.Linear(4, 6), nn.Linear(6, 4)

    def forward(self, x: T) -> T:
        found: T = x + self.down(F.silu(self.up(self.norm(x))))
        return found


class SameBlock(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.gain, self.offset = nn.Parameter(torch.ones(4)), nn.Parameter(torch.zeros(4))
        self.w1, self.b1 = nn.Parameter(torch.zeros(6, 4)), nn.Parameter(torch.zeros(6))
        self.w2, self.b2 = nn.Parameter(torch.zeros(4, 6)), nn.Parameter(torch.zeros(4))

    def forward(self, x: T) -> T:
        h = self.normed(x) @ self.w1.T + self.b1
        return h * torch.sigmoid(h) @ self.w2.T + self.b2 + x

    def normed(self, x: T) -> T:
        return (x - x.mean(-1, keepdim=True)) / torch.sqrt(x.var(-1, correction=0, keepdim=True) + 1e-5) * self.gain + (
            self.offset
        )


class NotNormed(SameBlock):
    def forward(self, x: T) -> T:
        y = self.normed(x)
        h = y @ self.w1.T + self.b1
        return h * torch.sigmoid(h) @ self.w2.T + self.b2 + y


class Cached:
    """Keeps its first answer's mean."""

    def __init__(self) -> None:
        self.mean: T | None = None

    def __call__(self, x: T) -> T:
        if self.mean is None or self.mean.dtype != x.dtype or self.mean.shape != x[..., :1].shape:
            self.mean = x.mean(-1, keepdim=True).detach()
        return x - self.mean


def centred(x: T) -> T:
    return x - x.mean(-1, keepdim=True).detach()


def centred_by_sum(x: T) -> T:
    return x - x.detach().sum(-1, keepdim=True) / x.shape[-1]


def jax_attention(q: Any, k: Any, v: Any) -> Any:
    return jax.nn.softmax(q @ jnp.swapaxes(k, -1, -2) / math.sqrt(q.shape[-1]), -1) @ v


def jax_attention_keys(q: Any, k: Any, v: Any) -> Any:
    return jax.nn.softmax(q @ jnp.swapaxes(k, -1, -2) / math.sqrt(q.shape[-1]), -2) @ v


def numpy_softmax(x: Any) -> Any:
    p = np.exp(x - x.max(-1, keepdims=True))
    return p / p.sum(-1, keepdims=True)


def numpy_softmax_all(x: Any) -> Any:
    p = np.exp(x - x.max(-1, keepdims=True))
    return p / p.sum()


def in_place(x: T) -> T:
    return x.sub_(x.mean(-1, keepdim=True))


def out_of_place(x: T) -> T:
    return x - x.mean(-1, keepdim=True)


QKV = "q=b n d, k=b m d, v=b m e"
KNOWN = (
    Pair("attention", QKV, attention, attention_by_hand, attention_scaled),
    Pair("streaming", QKV, attention, streaming, streaming_lost),
    Pair("mean", QKV, attention_by_hand, attention, mean_of_values),
    Pair("layer norm", "x=n d, weight=d, bias=d", layer_norm, layer_norm_by_hand, layer_norm_eps),
    Pair("layer norm's bias", "x=n d, weight=d, bias=d", layer_norm_by_hand, layer_norm, layer_norm_no_bias),
    Pair("rms norm", "x=n d, weight=d", rms_norm, rms_norm_by_hand, rms_norm_plus_one),
    Pair("rotary", "x=b n 4", interleaved, interleaved_complex, half_split),
    Pair("gelu", "x=n d", gelu, gelu_by_erfc, gelu_tanh),
    Pair("gelu by tanh", "x=n d", gelu_tanh, gelu_tanh_by_hand, gelu_sigmoid),
    Pair("silu", "x=n d", silu, silu_by_tanh, hardswish),
    Pair("softmax", "x=n d", softmax, softmax_by_hand, softmax_eps),
    Pair("softmax's range", "x=n d", softmax, softmax_by_hand, softmax_not_shifted),
    Pair("softmax's rounding", "x=n d", softmax_by_hand, softmax, softmax_in_half),
    Pair("log-softmax", "x=n d", log_softmax, log_softmax_by_lse, softmax),
    Pair("cross-entropy", "x=5 7, labels=5:int<7", cross_entropy, cross_entropy_by_one_hot, cross_entropy_of_softmax),
    Pair("ignoring", "x=5 7, labels=5:int<7", ignoring, ignoring_by_hand, cross_entropy),
    Pair("multi-head", "x=b n 4", Theirs, Own, OwnByModel),
    Pair("block", "x=n 4", Block, SameBlock, NotNormed),
    Pair("state", "x=n d", centred, centred_by_sum, Cached()),
    Pair("in place", "x=n d", out_of_place, out_of_place, in_place, False),
    Pair("attention in jax", QKV, attention, jax_attention, jax_attention_keys, True, ("torch", "jax")),
    Pair("softmax in numpy", "x=n d", softmax, numpy_softmax, numpy_softmax_all, False, ("torch", "numpy")),
)
