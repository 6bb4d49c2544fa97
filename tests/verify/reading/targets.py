"""Attentions in torch that are read in the tests: the arguments have our names."""

from __future__ import annotations

import math
from typing import Any

import torch
import torch.nn.functional as F

Tensor = torch.Tensor


def heads(x: Tensor) -> Tensor:
    """Two heads merged into the width and split again, as modules have it."""
    b, h, n, d = x.shape
    merged = x.transpose(1, 2).reshape(b, n, h * d)
    return merged.view(b, n, h, d).transpose(1, 2)


def root(x: Tensor) -> float:
    return math.sqrt(x.shape[-1])


def attend(scores: Tensor, value: Tensor) -> Tensor:
    return torch.softmax(scores, -1) @ value


def plain(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return attend(query @ key.mT / root(query), value)


def dot(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return attend(query @ key.mT, value)


def einsum(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scores = torch.einsum("bir,bjr->bij", query, key) * query.shape[-1] ** -0.5
    return torch.einsum("bij,bjp->bip", scores.softmax(-1), value)


def broadcast(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scores = (query.unsqueeze(-2) * key.unsqueeze(-3)).sum(-1) / root(query)
    return (scores.softmax(-1).unsqueeze(-1) * value.unsqueeze(-3)).sum(-2)


def split(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    assert query.ndim == 4
    return plain(heads(query), heads(key), heads(value))


def looped(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return torch.stack([plain(q, k, v) for q, k, v in zip(query, key, value, strict=True)])


def unrolled(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    weights = torch.softmax(query @ key.mT / root(query), -1)
    context = torch.zeros(())
    for j in range(key.shape[-2]):
        context = context + weights[..., j : j + 1] * value[..., j : j + 1, :]
    return context


def late(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    powers = torch.exp(query @ key.mT / root(query))
    return powers @ value / powers.sum(-1, keepdim=True)


def by_lse(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scores = query @ key.mT / root(query)
    return torch.exp(scores - torch.logsumexp(scores, -1, keepdim=True)) @ value


def base_two(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scores = query @ key.mT * (math.log2(math.e) / root(query))
    powers = torch.exp2(scores - scores.amax(-1, keepdim=True))
    return powers @ value / powers.sum(-1, keepdim=True)


def log_softmax(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return torch.log_softmax(query @ key.mT / root(query), -1).exp() @ value


def sdpa(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return F.scaled_dot_product_attention(query, key, value)


def bilinear(query: Tensor, key: Tensor, value: Tensor, weight: Tensor) -> Tensor:
    return attend(query @ weight @ key.mT, value)


def additive(query: Tensor, key: Tensor, value: Tensor, weight_query: Tensor, weight_key: Tensor, v: Tensor) -> Tensor:
    hidden = F.linear(query, weight_query).unsqueeze(-2) + F.linear(key, weight_key).unsqueeze(-3)
    return attend(torch.tanh(hidden) @ v, value)


def concat(query: Tensor, key: Tensor, value: Tensor, weight_concat: Tensor, v: Tensor) -> Tensor:
    n, m = query.shape[-2], key.shape[-2]
    queries = query.unsqueeze(-2).expand(*query.shape[:-1], m, -1)
    keys = key.unsqueeze(-3).expand(*key.shape[:-2], n, -1, -1)
    hidden = torch.tanh(F.linear(torch.cat([queries, keys], -1), weight_concat))
    return attend(F.linear(hidden, v[None]).squeeze(-1), value)


def everything(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    weight_query: Tensor,
    weight_key: Tensor,
    v: Tensor,
    bias_hidden: Tensor,
    softcap: Tensor,
    bias: Tensor,
) -> Tensor:
    hidden = (query @ weight_query.mT).unsqueeze(-2) + (key @ weight_key.mT).unsqueeze(-3) + bias_hidden
    scores = (torch.tanh(hidden) * v).sum(-1)
    return attend(softcap * torch.tanh(scores / softcap) + bias, value)


def scaled(query: Tensor, key: Tensor, value: Tensor, bias: Tensor, scale: float) -> Tensor:
    return F.scaled_dot_product_attention(query, key, value, attn_mask=bias, scale=scale)


def capped(query: Tensor, key: Tensor, value: Tensor, softcap: Tensor) -> Tensor:
    return attend(softcap * torch.tanh(query @ key.mT / root(query) / softcap), value)


def cap_as_number(query: Tensor, key: Tensor, value: Tensor, softcap: Tensor) -> Tensor:
    return attend(softcap * torch.tanh(query @ key.mT / root(query) / float(softcap)), value)


def own_cap(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return attend(50 * torch.tanh(query @ key.mT / 50), value)


def causal(query: Tensor, key: Tensor, value: Tensor, causal: bool) -> Tensor:
    scores = query @ key.mT / root(query)
    seen = torch.ones(scores.shape[-2:], dtype=torch.bool).tril(key.shape[-2] - query.shape[-2])
    return attend(scores.masked_fill(~seen, -math.inf) if causal else scores, value)


def sdpa_causal(query: Tensor, key: Tensor, value: Tensor, causal: bool) -> Tensor:
    return F.scaled_dot_product_attention(query, key, value, is_causal=causal)


def masked(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    return F.scaled_dot_product_attention(query, key, value, attn_mask=mask)


def masked_after(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    scores = query @ key.mT
    powers = torch.exp(scores - scores.amax(-1, keepdim=True)) * mask
    return powers / powers.sum(-1, keepdim=True) @ value


def finite_mask(query: Tensor, key: Tensor, value: Tensor, mask: Tensor) -> Tensor:
    return attend((query @ key.mT / root(query)).masked_fill(~mask, -1e9), value)


# Wrong ones, or none of ours


def twice(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return sdpa(query / root(query), key, value)


def eighth(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return attend(query @ key.mT / 8, value)


def wide(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return attend(query @ key.mT / math.sqrt(value.shape[-1]), value)


def wrong_axis(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return torch.softmax(query @ key.mT / root(query), -2) @ value


def no_softmax(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return query @ key.mT / root(query) @ value


def one_more(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    powers = torch.exp(query @ key.mT / root(query))
    return powers @ value / (1 + powers.sum(-1, keepdim=True))


def doubled(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return 2 * plain(query, key, value)


def squashed(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return torch.tanh(1 + plain(query, key, value))


def residual(query: Tensor, key: Tensor, value: Tensor, weight: Tensor) -> Tensor:
    projection = torch.full((value.shape[-1], query.shape[-1]), 0.5, dtype=query.dtype)
    return torch.tanh(bilinear(query, key, value, weight) + query @ projection.mT)


def bias_first(query: Tensor, key: Tensor, value: Tensor, bias: Tensor) -> Tensor:
    return attend((query @ key.mT + bias) / root(query), value)


def bias_in_cap(query: Tensor, key: Tensor, value: Tensor, bias: Tensor, softcap: Tensor) -> Tensor:
    return attend(softcap * torch.tanh((query @ key.mT / root(query) + bias) / softcap), value)


def mask_in_cap(query: Tensor, key: Tensor, value: Tensor, mask: Tensor, softcap: Tensor) -> Tensor:
    scores = (query @ key.mT / root(query)).masked_fill(~mask, -math.inf)
    return attend(softcap * torch.tanh(scores / softcap), value)


def no_bias(query: Tensor, key: Tensor, value: Tensor, bias: Tensor) -> Tensor:
    del bias
    return plain(query, key, value)


def no_cap(query: Tensor, key: Tensor, value: Tensor, softcap: Tensor) -> Tensor:
    del softcap
    return plain(query, key, value)


def no_tanh(query: Tensor, key: Tensor, value: Tensor, weight_query: Tensor, weight_key: Tensor, v: Tensor) -> Tensor:
    hidden = (query @ weight_query.mT).unsqueeze(-2) + (key @ weight_key.mT).unsqueeze(-3)
    return attend(hidden @ v, value)


def cosine(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return attend(10 * F.normalize(query, dim=-1) @ F.normalize(key, dim=-1).mT, value)


def normed(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return attend(F.layer_norm(query, query.shape[-1:]) @ F.layer_norm(key, key.shape[-1:]).mT, value)


class Detached(torch.autograd.Function):
    """The softmax with a backward pass that forgets the row's sum."""

    @staticmethod
    def forward(ctx: Any, scores: Tensor) -> Tensor:
        weights = scores.softmax(-1)
        ctx.save_for_backward(weights)
        return weights

    @staticmethod
    def backward(ctx: Any, seed: Tensor) -> Tensor:
        (weights,) = ctx.saved_tensors
        return weights * seed


def forgets(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return Detached.apply(query @ key.mT / root(query)) @ value


class Halved(torch.autograd.Function):
    """Values whose gradient is half what it is."""

    @staticmethod
    def forward(ctx: Any, value: Tensor) -> Tensor:
        del ctx
        return value.clone()

    @staticmethod
    def backward(ctx: Any, seed: Tensor) -> Tensor:
        del ctx
        return seed / 2


def halves(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return plain(query, key, Halved.apply(value))


def streaming(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    top = torch.full((*query.shape[:-1], 1), -math.inf, dtype=query.dtype)
    below, above = torch.zeros_like(top), torch.zeros((), dtype=query.dtype)
    for j in range(key.shape[-2]):
        scores = query @ key[..., j : j + 1, :].mT / root(query)
        new = torch.maximum(top, scores)
        old, power = torch.exp(top - new), torch.exp(scores - new)
        below, above, top = below * old + power, above * old + power * value[..., j : j + 1, :], new
    return above / below


def raises(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    raise RuntimeError("no kernel\nfor this")


def no_masks(query: Tensor, key: Tensor, value: Tensor, mask: Any = None, causal: bool = False) -> Tensor:
    del mask, causal
    return plain(query, key, value)


def beyond(query: Tensor, key: Tensor, value: Tensor, causal: bool) -> Tensor:
    scores = query @ key.mT / root(query)
    seen = torch.ones(scores.shape[-2:], dtype=torch.bool).tril(1)
    return attend(scores.masked_fill(~seen, -math.inf) if causal else scores, value)


def causal_for_mask(query: Tensor, key: Tensor, value: Tensor, mask: Any) -> Tensor:
    del mask
    return causal(query, key, value, True)


def in_single(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    weights = torch.softmax(query @ key.mT / root(query), -1, dtype=torch.float32)
    return weights.to(value.dtype) @ value


def in_half(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    q, k, v = (x.half() for x in (query, key, value))
    return plain(q, k, v).to(value.dtype)
