"""A recording of a torch program, played again in fp64 from new numbers, gives what the program gives on them."""

from __future__ import annotations

import math
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from recorded_in_torch import QKV, SAME, SELF, Program, check

CAUSAL = torch.ones(6, 6, dtype=torch.bool).tril()


def plain(query: Any, key: Any, value: Any) -> Any:
    return torch.softmax(query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1]), dim=-1) @ value


def streaming(query: Any, key: Any, value: Any) -> Any:
    """Tiles of two keys with running maximum and sum."""
    high = torch.full(query.shape[:-1], -torch.inf, dtype=query.dtype)
    total = torch.zeros_like(high)
    out = torch.zeros(*query.shape[:-1], value.shape[-1], dtype=query.dtype)
    for start in range(0, key.shape[-2], 2):
        scores = torch.einsum("bhid,bhjd->bhij", query, key[..., start : start + 2, :]) * query.shape[-1] ** -0.5
        higher = torch.maximum(high, scores.amax(-1))
        powers = torch.exp(scores - higher[..., None])
        scale = torch.exp(high - higher)
        total = total * scale + powers.sum(-1)
        out = out * scale[..., None] + powers @ value[..., start : start + 2, :]
        high = higher
    return out / total[..., None]


class Tiled(torch.autograd.Function):
    """Writes in place; the backward recomputes from the log-sum-exp, in base 2."""

    @staticmethod
    def forward(ctx: Any, query: Any, key: Any, value: Any) -> Any:
        scale = query.shape[-1] ** -0.5
        out = torch.zeros(*query.shape[:-1], value.shape[-1], dtype=query.dtype)
        lse = torch.empty(query.shape[:-1], dtype=query.dtype)
        for start in range(0, query.shape[-2], 2):
            part = query[..., start : start + 2, :]
            scores = (part @ key.mT).mul_(scale)
            lse[..., start : start + 2] = torch.logsumexp(scores, -1)
            scores.sub_(lse[..., start : start + 2].unsqueeze(-1)).exp_()
            out[..., start : start + 2, :].add_(scores @ value)
        ctx.save_for_backward(query, key, value, out, lse)
        return out

    @staticmethod
    def backward(ctx: Any, grad: Any) -> Any:
        query, key, value, out, lse = ctx.saved_tensors
        scale = query.shape[-1] ** -0.5
        weights = torch.exp2((query @ key.mT * scale - lse[..., None]) * 1.4426950408889634)
        delta = (grad * out).sum(-1, keepdim=True)
        slopes = weights * (grad @ value.mT - delta) * scale
        return slopes @ key, slopes.mT @ query, weights.mT @ grad


def masked(how: str) -> Program:
    def attention(query: Any, key: Any, value: Any) -> Any:
        scores = query @ key.mT * 0.5
        if how == "fill":
            scores = scores.masked_fill(~CAUSAL, -torch.inf)
        elif how == "in place":
            scores.masked_fill_(~CAUSAL, torch.finfo(scores.dtype).min)
        elif how == "where":
            scores = torch.where(CAUSAL, scores, torch.tensor(-torch.inf, dtype=scores.dtype))
        elif how == "where number":
            scores = torch.where(CAUSAL, scores, -1e9)
        elif how == "added":
            scores = scores + (1.0 - CAUSAL.to(scores.dtype)) * -1e4
        elif how == "triu":
            scores = scores + torch.full((6, 6), -torch.inf, dtype=scores.dtype).triu(1)
        elif how == "multiplied":
            weights = torch.exp(scores) * CAUSAL
            return weights / weights.sum(-1, keepdim=True) @ value
        elif how == "indices":
            rows, columns = torch.triu_indices(6, 6, 1)
            scores[..., rows, columns] = -torch.inf
        return torch.softmax(scores, -1) @ value

    return attention


def layer_normed(query: Any, key: Any, value: Any) -> Any:
    return plain(F.layer_norm(query, (4,)), F.rms_norm(key, (4,)), value)


def cosine(query: Any, key: Any, value: Any) -> Any:
    scores = F.normalize(query, dim=-1) @ F.normalize(key, dim=-1).mT
    return (
        torch.softmax(10 * scores + F.cosine_similarity(query[..., :, None, :], key[..., None, :, :], dim=-1), -1)
        @ value
    )


def soft_capped(query: Any, key: Any, value: Any) -> Any:
    return torch.softmax(2 * torch.tanh(query @ key.mT / 2), -1) @ value


def additive(query: Any, key: Any, value: Any) -> Any:
    hidden = torch.tanh(query[..., :, None, :] + key[..., None, :, :])
    return torch.softmax(hidden @ torch.linspace(-1, 1, 4, dtype=query.dtype), -1) @ value


def shifted_views(query: Any, key: Any, value: Any) -> Any:
    keys = torch.empty_like(key)
    keys[..., ::2] = key[..., 1::2].neg()
    keys[..., 1::2] = key[..., ::2]
    both = torch.cat([keys.roll(1, -2), key.flip(-2)], -1).unflatten(-1, (2, 4)).sum(-2)
    diagonal = torch.as_strided(both.contiguous(), (2, 3, 6, 4), (72, 24, 3, 1))
    return plain(query, diagonal, value.narrow(-2, 0, 6).repeat(1, 1, 1, 2)[..., ::2])


def gathered(query: Any, key: Any, value: Any) -> Any:
    index = torch.tensor([0, 5, 2, 2])
    keys = key.index_select(-2, index)
    scores = query @ keys.mT
    weights = torch.zeros(*scores.shape[:-1], 6, dtype=scores.dtype)
    weights.index_add_(-1, index, torch.exp(scores - scores.amax(-1, keepdim=True)))
    weights = weights.scatter_add(-1, torch.zeros_like(scores, dtype=torch.long), scores.sigmoid())
    return F.pad(weights / weights.sum(-1, keepdim=True), (0, 1)) @ F.pad(value, (0, 0, 0, 1), value=2.0)


def sparse(query: Any, key: Any, value: Any) -> Any:
    scores = query @ key.mT
    kept, index = scores.topk(3, dim=-1)
    weights = torch.full_like(scores, -torch.inf).scatter(-1, index, kept).softmax(-1)
    ordered = scores.sort(-1, descending=True).values.cumsum(-1)
    return weights @ value + 0.1 * ordered.mean(-1, keepdim=True)


def activated(query: Any, key: Any, value: Any) -> Any:
    scores = query @ key.mT
    functions = [F.gelu, F.silu, F.elu, F.softplus, F.mish, F.hardswish, F.logsigmoid, F.relu, F.leaky_relu, F.hardtanh]
    for function in (*functions, F.selu, F.softsign):
        scores = scores + function(scores) / 7
    scores = scores + F.gelu(scores, approximate="tanh") + scores.abs() + scores.clamp(-1, 1) + scores.erf()
    return (scores / scores.abs().sum(-1, keepdim=True)) @ value


def logs(query: Any, key: Any, value: Any) -> Any:
    scores = query @ key.mT
    half = torch.logaddexp(scores[..., :3].logsumexp(-1), scores[..., 3:].logsumexp(-1))
    same = torch.logaddexp2(scores, scores.flip(-1)) + torch.logcumsumexp(scores, -1)
    return torch.exp(scores - half[..., None]) @ value + torch.log_softmax(same, -1) @ value


def fused_products(query: Any, key: Any, value: Any) -> Any:
    rows, columns, values = (x.flatten(0, 1) for x in (query, key, value))
    bias = torch.linspace(0, 1, 30, dtype=query.dtype).reshape(5, 6)
    scores = torch.baddbmm(bias, rows, columns.mT, beta=0.3, alpha=0.5)
    scores = scores + torch.addmm(bias, rows[0], columns[0].mT, alpha=2) + torch.addmv(bias[0], columns[1], rows[0, 0])
    scores = scores + torch.add(scores, scores, alpha=3) - torch.sub(scores, scores * scores, alpha=0.1)
    return (
        torch.softmax(scores, -1) @ values
        + torch.dot(rows[0, 0], columns[0, 0])
        + rows[0] @ columns[0, 0].outer(values[0, 0])
    )


def negated_view(query: Any, key: Any, value: Any) -> Any:
    halves = torch.view_as_complex(key.reshape(*key.shape[:-1], 2, 2)).conj()
    return plain(query[..., :2], halves.imag, value)


def distances(query: Any, key: Any, value: Any) -> Any:
    near = -torch.cdist(query, key) - torch.hypot(query[..., :1], key[..., 0][..., None, :])
    return torch.softmax(near, -1) @ value


def powers(query: Any, key: Any, value: Any) -> Any:
    scores = (query @ key.mT).square() + 1
    parts = [
        scores.pow(1.5),
        scores**-0.5,
        scores.sqrt(),
        scores.rsqrt(),
        scores.reciprocal(),
        2.0**-scores,
        3.0**-scores,
        scores.log(),
        scores.log2(),
        scores.log1p(),
        scores.expm1() / 100,
        scores.pow(scores.tanh()),
        scores.sin(),
        scores.cos(),
        scores.tan() / 100,
        scores.log10(),
        scores.erfc(),
        torch.addcmul(scores, scores, scores, value=0.1),
        torch.lerp(scores, scores.tanh(), 0.3),
        scores.std(-1, keepdim=True),
        scores.var(-1, keepdim=True),
        torch.linalg.vector_norm(scores, dim=-1, keepdim=True),
        scores.norm(p=3, dim=-1, keepdim=True),
        scores.prod(-1, keepdim=True) / 1000,
        scores.cumprod(-1) / 1000,
    ]
    total = sum(parts)
    return total / total.sum(-1, keepdim=True) @ value


def mapped(query: Any, key: Any, value: Any) -> Any:
    one = lambda q, keys, values: torch.softmax(keys @ q / 2, 0) @ values
    for axes in ((0, None, None), (0, 0, 0), (0, 0, 0)):
        one = torch.func.vmap(one, axes)
    return one(query, key, value)


def checkpointed(query: Any, key: Any, value: Any) -> Any:
    return torch.utils.checkpoint.checkpoint(plain, query, key, value, use_reentrant=False)


def gradient_inside(query: Any, key: Any, value: Any) -> Any:
    """Scores as the gradient of an energy, by torch.func.grad."""
    energy = lambda q: torch.logsumexp(q @ key.mT, -1).sum()
    return torch.func.grad(energy)(query).sum(-1, keepdim=True) + plain(query, key, value)


def complex_rotary(query: Any, key: Any, value: Any) -> Any:
    def turned(x: Any) -> Any:
        angles = torch.outer(torch.arange(x.shape[-2]).to(x.dtype), torch.tensor([1.0, 0.1], dtype=x.dtype))
        pairs = torch.view_as_complex(x.reshape(*x.shape[:-1], 2, 2))
        return torch.view_as_real(pairs * torch.polar(torch.ones_like(angles), angles)).flatten(-2)

    return plain(turned(query), turned(key), value)


def scaled_dot(**options: Any) -> Program:
    return lambda query, key, value: F.scaled_dot_product_attention(query, key, value, **options)


def grouped(query: Any, key: Any, value: Any) -> Any:
    """One head of keys for all, by expand."""
    keys, values = (x[:, :1].expand(-1, 3, -1, -1) for x in (key, value))
    return plain(query, keys, values)


PROGRAMS: dict[str, tuple[Program, dict[str, tuple[int, ...]]]] = {
    "plain": (plain, QKV),
    "streaming": (streaming, QKV),
    "tiled": (lambda **given: Tiled.apply(*given.values()), QKV),
    **{f"mask, {how}": (masked(how), SELF)
       for how in ("fill", "in place", "where", "where number", "added", "triu", "multiplied", "indices")},
    "layer norm": (layer_normed, QKV),
    "cosine": (cosine, QKV),
    "soft cap": (soft_capped, QKV),
    "additive": (additive, QKV),
    "views": (shifted_views, QKV),
    "gathered": (gathered, QKV),
    "sparse": (sparse, QKV),
    "activations": (activated, QKV),
    "logarithms": (logs, QKV),
    "powers": (powers, QKV),
    "fused products": (fused_products, QKV),
    "negated view": (negated_view, QKV),
    "distances": (distances, QKV),
    "vmap": (mapped, QKV),
    "checkpoint": (checkpointed, QKV),
    "gradient inside": (gradient_inside, SELF),
    "grouped by expand": (grouped, QKV),
    "complex rotary": (complex_rotary, QKV),
    "sdpa": (scaled_dot(), SAME),
    "sdpa, wide values": (scaled_dot(), SELF),
    "sdpa, causal": (scaled_dot(is_causal=True), SAME),
    "sdpa, mask": (scaled_dot(attn_mask=CAUSAL), SAME),
    "sdpa, rows without keys": (scaled_dot(attn_mask=CAUSAL.tril(-1)), SAME),
    "sdpa, bias": (scaled_dot(attn_mask=torch.linspace(-1, 1, 36, dtype=torch.float64).reshape(6, 6), scale=0.3), SAME),
    "sdpa, grouped": (scaled_dot(enable_gqa=True), {"query": (2, 6, 5, 4), "key": (2, 3, 6, 4), "value": (2, 3, 6, 4)}),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_played_again(name: str) -> None:
    check(*PROGRAMS[name])
