"""The plain programs: one operation after the other, as a textbook writes them. Mutants are made of these.

Arrays are torch tensors; leading dimensions are a batch.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """``softmax(q kᵀ/√d) V``."""
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    raised = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
    weights = raised / raised.sum(dim=-1, keepdim=True)
    return weights @ value


def causal_attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """The same with the keys up to the query alone."""
    rows = torch.arange(query.shape[-2])[:, None]
    columns = torch.arange(key.shape[-2])[None, :]
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    seen = torch.where(columns <= rows, scores, -torch.inf)
    raised = torch.exp(seen - seen.amax(dim=-1, keepdim=True))
    weights = raised / raised.sum(dim=-1, keepdim=True)
    return weights @ value


def softmax(x: Tensor) -> Tensor:
    """Over the last dimension."""
    raised = torch.exp(x - x.amax(dim=-1, keepdim=True))
    return raised / raised.sum(dim=-1, keepdim=True)


def layer_norm(x: Tensor, gain: Tensor, offset: Tensor) -> Tensor:
    """Over the last dimension."""
    centred = x - x.mean(dim=-1, keepdim=True)
    variance = (centred * centred).mean(dim=-1, keepdim=True)
    normal = centred / torch.sqrt(variance + 1e-5)
    return normal * gain + offset


def rms_norm(x: Tensor, gain: Tensor) -> Tensor:
    """Over the last dimension."""
    square = (x * x).mean(dim=-1, keepdim=True)
    return x / torch.sqrt(square + 1e-5) * gain


def mlp(x: Tensor, weight_in: Tensor, bias_in: Tensor, weight_out: Tensor, bias_out: Tensor) -> Tensor:
    """Two layers with GELU between them."""
    hidden = x @ weight_in.mT + bias_in
    gated = 0.5 * hidden * (1.0 + torch.erf(hidden / math.sqrt(2.0)))
    return gated @ weight_out.mT + bias_out


def log_sum_exp(x: Tensor) -> Tensor:
    """Over the last dimension."""
    largest = x.amax(dim=-1, keepdim=True)
    total = torch.exp(x - largest).sum(dim=-1, keepdim=True)
    return (torch.log(total) + largest).sum(dim=-1)


def cross_entropy(logits: Tensor, target: Tensor) -> Tensor:
    """The mean over the rows."""
    largest = logits.amax(dim=-1, keepdim=True)
    total = torch.exp(logits - largest).sum(dim=-1, keepdim=True)
    chosen = logits.gather(-1, target[:, None])
    return (torch.log(total) + largest - chosen).mean(dim=(-2, -1))


def additive_attention(
    query: Tensor, key: Tensor, value: Tensor, weight_query: Tensor, weight_key: Tensor, v: Tensor
) -> Tensor:
    """``softmax(vᵀ tanh(W_s q + W_h k)) V``."""
    hidden = (query @ weight_query.mT)[..., :, None, :] + (key @ weight_key.mT)[..., None, :, :]
    scores = torch.tanh(hidden) @ v
    raised = torch.exp(scores - scores.amax(dim=-1, keepdim=True))
    weights = raised / raised.sum(dim=-1, keepdim=True)
    return weights @ value


def rotary(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    """Features g and d/2 + g turned by an angle."""
    half = x.shape[-1] // 2
    first = x[..., :half]
    second = x[..., half:]
    return torch.cat((first * cosine - second * sine, second * cosine + first * sine), dim=-1)
