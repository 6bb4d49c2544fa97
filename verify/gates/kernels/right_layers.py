"""Right kernels of the other tasks: fused, streaming, pairwise and compensated sums, other precisions inside, NumPy."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from attnproof.verify.gates.kernels.kernel import Kernel, stateless
from attnproof.verify.gates.kernels.right_attention import LOG2E, MORE_PRECISE, Array, in_numpy, inside, tiles
from attnproof.verify.gates.tasks import TASKS

TILE = 1024


def right() -> Iterator[Kernel]:
    """Those of every task but attention's; of each the plain program, torch's own, and one that is more precise."""
    for name in TASKS:
        if "attention" not in name:
            task = TASKS[name]
            yield stateless("the plain program", name, "plain", task.plain, right=True)
            if task.reference is not task.plain:
                yield stateless("torch's operator", name, "fused", task.reference, right=True)
            yield stateless("fp32 inside", name, MORE_PRECISE, inside(task.plain, torch.float32), right=True)
            yield stateless("fp64 inside", name, MORE_PRECISE, inside(task.plain, torch.float64), right=True)
    yield from _softmax()
    yield from _norms()
    yield from _rest()


def _softmax() -> Iterator[Kernel]:
    of = partial(stateless, task="softmax", right=True)
    yield of("in base 2", kind="base 2", function=_softmax_two)
    yield of("streaming", kind="tiles", function=_softmax_streaming)
    yield of("through log-sum-exp", kind="other order", function=lambda x: torch.exp(x - x.logsumexp(-1, keepdim=True)))
    yield of("pairwise sums", kind="pairwise", function=_softmax_pairwise)
    yield of("compensated sums", kind="compensated", function=_softmax_compensated)
    yield in_numpy("NumPy", "softmax", _softmax_numpy)


def _softmax_two(x: Tensor) -> Tensor:
    scaled = (x - x.amax(-1, keepdim=True)) * LOG2E
    raised = torch.exp2(scaled)
    return raised / raised.sum(-1, keepdim=True)


def _softmax_streaming(x: Tensor) -> Tensor:
    """Maximum and sum in one pass over tiles, rescaled when the maximum rises."""
    largest = torch.full_like(x[..., :1], -torch.inf)
    total = torch.zeros_like(largest)
    for part in tiles(x, TILE, -1):
        risen = torch.maximum(largest, part.amax(-1, keepdim=True))
        total = total * torch.exp(largest - risen) + torch.exp(part - risen).sum(-1, keepdim=True)
        largest = risen
    return torch.exp(x - largest) / total


def pairwise(x: Tensor) -> Tensor:
    """Sums over the last dimension, which stays, by halves."""
    while x.shape[-1] > 1:
        if x.shape[-1] % 2:
            x = F.pad(x, (0, 1))
        half = x.shape[-1] // 2
        x = x[..., :half] + x[..., half:]
    return x


def _softmax_pairwise(x: Tensor) -> Tensor:
    raised = torch.exp(x - x.amax(-1, keepdim=True))
    return raised / pairwise(raised)


def compensated(x: Tensor) -> Tensor:
    """Sums over the last dimension, which stays: of tiles, then Kahan's of those."""
    parts = [part.sum(-1, keepdim=True) for part in tiles(x, TILE, -1)]
    total, lost = torch.zeros_like(parts[0]), torch.zeros_like(parts[0])
    for part in parts:
        wanted = part - lost
        risen = total + wanted
        lost = (risen - total) - wanted
        total = risen
    return total


def _softmax_compensated(x: Tensor) -> Tensor:
    raised = torch.exp(x - x.amax(-1, keepdim=True))
    return raised / compensated(raised)


def _softmax_numpy(x: Array) -> Array:
    raised = np.exp(x - x.max(-1, keepdims=True))
    return raised / raised.sum(-1, keepdims=True)


def _norms() -> Iterator[Kernel]:
    layer, rms = (partial(stateless, task=f"{name} normalisation", right=True) for name in ("layer", "RMS"))
    yield layer("reciprocal root", kind="other order", function=_layer_reciprocal)
    yield layer("pairwise sums", kind="pairwise", function=_layer_pairwise)
    yield layer("merged tiles", kind="tiles", function=_layer_tiles)
    yield in_numpy("NumPy", "layer normalisation", _layer_numpy)
    yield rms("reciprocal root", kind="other order", function=_rms_reciprocal)
    yield rms(
        "pairwise sums", kind="pairwise", function=lambda x, g: x / (pairwise(x * x) / x.shape[-1] + 1e-5).sqrt() * g
    )
    yield rms("norm", kind="other order", function=_rms_norm)
    yield in_numpy("NumPy", "RMS normalisation", _rms_numpy)


def _layer_reciprocal(x: Tensor, gain: Tensor, offset: Tensor) -> Tensor:
    mean = x.mean(-1, keepdim=True)
    return (x - mean) * torch.rsqrt(x.var(-1, keepdim=True, correction=0) + 1e-5) * gain + offset


def _layer_pairwise(x: Tensor, gain: Tensor, offset: Tensor) -> Tensor:
    centred = x - pairwise(x) / x.shape[-1]
    return centred / (pairwise(centred * centred) / x.shape[-1] + 1e-5).sqrt() * gain + offset


def _layer_tiles(x: Tensor, gain: Tensor, offset: Tensor) -> Tensor:
    """Mean and sum of squares of each tile, merged."""
    count, mean, square = 0, torch.zeros_like(x[..., :1]), torch.zeros_like(x[..., :1])
    for part in tiles(x, TILE, -1):
        own = part.mean(-1, keepdim=True)
        apart, together = own - mean, count + part.shape[-1]
        square = square + ((part - own) ** 2).sum(-1, keepdim=True) + apart**2 * (count * part.shape[-1] / together)
        mean = mean + apart * (part.shape[-1] / together)
        count = together
    return (x - mean) / (square / count + 1e-5).sqrt() * gain + offset


def _layer_numpy(x: Array, gain: Array, offset: Array) -> Array:
    centred = x - x.mean(-1, keepdims=True)
    return centred / np.sqrt((centred**2).mean(-1, keepdims=True) + np.asarray(1e-5, x.dtype)) * gain + offset


def _rms_reciprocal(x: Tensor, gain: Tensor) -> Tensor:
    return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + 1e-5) * gain


def _rms_norm(x: Tensor, gain: Tensor) -> Tensor:
    size = torch.linalg.vector_norm(x, dim=-1, keepdim=True) / math.sqrt(x.shape[-1])
    return x / torch.sqrt(size * size + 1e-5) * gain


def _rms_numpy(x: Array, gain: Array) -> Array:
    return x / np.sqrt((x * x).mean(-1, keepdims=True) + np.asarray(1e-5, x.dtype)) * gain


def _rest() -> Iterator[Kernel]:
    level, loss = (partial(stateless, task=name, right=True) for name in ("log-sum-exp", "cross-entropy"))
    yield level("in base 2", kind="base 2", function=_level_two)
    yield level("pairwise sums", kind="pairwise", function=_level_pairwise)
    yield level("merged tiles", kind="tiles", function=_level_tiles)
    yield level("compensated sums", kind="compensated", function=_level_compensated)
    yield loss("log-softmax", kind="other order", function=_loss_log_softmax)
    yield loss("row by row", kind="tiles", function=_loss_rows)
    yield loss("differences first", kind="other order", function=_loss_differences)
    mlp = partial(stateless, task="GELU MLP", right=True)
    yield mlp("halves of the hidden units", kind="split", function=_mlp_split)
    yield mlp("complementary error function", kind="other order", function=_mlp_complement)
    yield mlp("einsum", kind="other order", function=_mlp_einsum)
    turned = partial(stateless, task="rotary positions", right=True)
    yield turned("the other half negated", kind="other order", function=_rotary_halves)
    yield turned("matrices of two by two", kind="other order", function=_rotary_matrices)


def _level_two(x: Tensor) -> Tensor:
    largest = x.amax(-1, keepdim=True)
    return (torch.log2(torch.exp2((x - largest) * LOG2E).sum(-1, keepdim=True)) / LOG2E + largest).squeeze(-1)


def _level_pairwise(x: Tensor) -> Tensor:
    largest = x.amax(-1, keepdim=True)
    return (torch.log(pairwise(torch.exp(x - largest))) + largest).squeeze(-1)


def _level_compensated(x: Tensor) -> Tensor:
    largest = x.amax(-1, keepdim=True)
    return (torch.log(compensated(torch.exp(x - largest))) + largest).squeeze(-1)


def _level_tiles(x: Tensor) -> Tensor:
    return torch.stack([part.logsumexp(-1) for part in tiles(x, TILE, -1)], -1).logsumexp(-1)


def _loss_log_softmax(logits: Tensor, target: Tensor) -> Tensor:
    return -logits.log_softmax(-1).gather(-1, target[:, None]).mean()


def _loss_rows(logits: Tensor, target: Tensor) -> Tensor:
    losses = [row.logsumexp(-1) - row[place] for row, place in zip(logits, target, strict=True)]
    return torch.stack(losses).mean()


def _loss_differences(logits: Tensor, target: Tensor) -> Tensor:
    """The chosen logit subtracted from all of them first."""
    return (logits - logits.gather(-1, target[:, None])).logsumexp(-1).mean()


def _mlp_split(x: Tensor, w_1: Tensor, b_1: Tensor, w_2: Tensor, b_2: Tensor) -> Tensor:
    half = w_1.shape[0] // 2
    first = F.gelu(x @ w_1[:half].mT + b_1[:half]) @ w_2[:, :half].mT
    return first + F.gelu(x @ w_1[half:].mT + b_1[half:]) @ w_2[:, half:].mT + b_2


def _mlp_complement(x: Tensor, w_1: Tensor, b_1: Tensor, w_2: Tensor, b_2: Tensor) -> Tensor:
    hidden = F.linear(x, w_1, b_1)
    return F.linear(0.5 * hidden * torch.erfc(-hidden * math.sqrt(0.5)), w_2, b_2)


def _mlp_einsum(x: Tensor, w_1: Tensor, b_1: Tensor, w_2: Tensor, b_2: Tensor) -> Tensor:
    return torch.einsum("rh,oh->ro", F.gelu(torch.einsum("rn,hn->rh", x, w_1) + b_1), w_2) + b_2


def _rotary_halves(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    first, second = x.chunk(2, -1)
    turned = torch.cat((-second, first), -1)
    return x * torch.cat((cosine, cosine), -1) + turned * torch.cat((sine, sine), -1)


def _rotary_matrices(x: Tensor, cosine: Tensor, sine: Tensor) -> Tensor:
    pairs = torch.stack(x.chunk(2, -1), -1)
    matrix = torch.stack((torch.stack((cosine, -sine), -1), torch.stack((sine, cosine), -1)), -2)
    turned = (matrix @ pairs[..., None]).squeeze(-1)
    return torch.cat((turned[..., 0], turned[..., 1]), -1)
