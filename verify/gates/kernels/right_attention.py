"""Right kernels of attention: other orders of evaluation, other precisions inside, other libraries."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from attnproof.verify.gates.kernels.kernel import Function, Kernel, stateless
from attnproof.verify.gates.tasks import programs

MORE_PRECISE: Final = "more precise"  # than what it is compared with, usually
Array = Any  # of NumPy, in fp32 or fp64
LOG2E: Final = math.log2(math.e)
NAMES: Final = {False: "attention", True: "causal attention"}


def right() -> Iterator[Kernel]:
    """Those of attention, causal attention and additive attention."""
    for causal, task in NAMES.items():
        for name, how, function in _both(causal):
            yield stateless(name, task, how, function, right=True)
        yield in_numpy("NumPy", task, partial(_numpy, causal))
        yield in_numpy("NumPy in fp64", task, partial(_numpy, causal), wide=True)
    yield from _plain_ones()
    yield from _additive()


def inside(function: Function, dtype: torch.dtype) -> Function:
    """The program in another format, its result rounded to that of the first argument."""

    def wider(*arguments: Tensor) -> Tensor:
        found = function(*(a.to(dtype) if a.is_floating_point() else a for a in arguments))
        return found.to(arguments[0].dtype)

    return wider


def in_numpy(name: str, task: str, function: Callable[..., Any], *, wide: bool = False) -> Kernel:
    """A NumPy program as a kernel; ``wide``: it computes in fp64. In formats that NumPy has not it computes in fp32."""
    program = widened(function) if wide else function

    def called(*arguments: Tensor) -> Tensor:
        arrays = [(a.to(torch.float32) if a.is_floating_point() else a).numpy() for a in arguments]
        return torch.from_numpy(np.asarray(program(*arrays))).to(arguments[0].dtype)

    return Kernel(f"{task}: {name}", task, MORE_PRECISE if wide else "library", lambda: called, True, program)


def widened(function: Callable[..., Any]) -> Callable[..., Any]:
    """A NumPy program in fp64, its result rounded to the format of the first argument."""

    def wider(*arrays: Any) -> Any:
        return function(*(a.astype(np.float64) for a in arrays)).astype(arrays[0].dtype)

    return wider


@cache
def compiled(function: Function) -> Function:
    """The program as torch.compile captures and runs it, by the backend that needs no compiler of C++."""
    made: Function = torch.compile(function, backend="eager", dynamic=True)
    return made


def tiles(x: Tensor, size: int, dim: int) -> list[Tensor]:
    """Parts of this size along a dimension, the last as large as is left."""
    length = x.shape[dim]
    return [x.narrow(dim, start, min(size, length - start)) for start in range(0, length, size)]


def masked(scores: Tensor, causal: bool) -> Tensor:
    """−∞ where j > i."""
    if not causal:
        return scores
    return scores.masked_fill(torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1), -torch.inf)


def scored(query: Tensor, key: Tensor, causal: bool) -> Tensor:
    """The scores, queries scaled first."""
    return masked((query * query.shape[-1] ** -0.5) @ key.mT, causal)


def _both(causal: bool) -> Iterator[tuple[str, str, Function]]:
    plain = programs.causal_attention if causal else programs.attention
    yield "torch's operator", "fused", partial(_fused, causal)
    yield "torch's softmax", "other order", partial(_soft, causal)
    yield "normalised last", "other order", partial(_normalised_last, causal)
    yield "keys scaled", "other order", partial(_keys_scaled, causal)
    yield "einsum", "other order", partial(_einsum, causal)
    yield "in base 2", "base 2", partial(_base_two, causal)
    yield "with log-softmax", "other order", partial(_logarithmic, causal)
    yield "fp32 inside", MORE_PRECISE, inside(plain, torch.float32)
    yield "fp64 inside", MORE_PRECISE, inside(plain, torch.float64)
    yield "row by row", "tiles", partial(_rows, causal)
    for tile in (3, 64, 128):
        yield f"streaming, tiles of {tile}", "tiles", partial(_streaming, causal, tile, False)
    yield "streaming, tiles of 96, in base 2", "tiles", partial(_streaming, causal, 96, True)
    yield "split in 2 and merged", "split", partial(_split, causal, 2)
    yield "split in 4 and merged", "split", partial(_split, causal, 4)
    yield "keys reversed", "other order", partial(_reversed, causal)


def _plain_ones() -> Iterator[Kernel]:
    yield stateless("the plain program", "attention", "plain", programs.attention, right=True)
    yield stateless("the plain program", "causal attention", "plain", programs.causal_attention, right=True)
    yield Kernel("attention: captured", "attention", "compiled", partial(compiled, programs.attention), right=True)
    yield Kernel(
        "causal attention: captured", "causal attention", "compiled", partial(compiled, programs.causal_attention), True
    )
    yield stateless("heads one by one", "attention", "tiles", _heads, right=True)
    yield stateless("mask added", "causal attention", "other order", _added, right=True)
    yield stateless("prefixes", "causal attention", "tiles", _prefixes, right=True)


def _fused(causal: bool, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return F.scaled_dot_product_attention(query, key, value, is_causal=causal)


def _soft(causal: bool, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return scored(query, key, causal).softmax(-1) @ value


def _normalised_last(causal: bool, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scores = scored(query, key, causal)
    raised = torch.exp(scores - scores.amax(-1, keepdim=True))
    return (raised @ value) / raised.sum(-1, keepdim=True)


def _keys_scaled(causal: bool, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return masked(query @ (key / math.sqrt(key.shape[-1])).mT, causal).softmax(-1) @ value


def _einsum(causal: bool, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scores = torch.einsum("hid,hjd->hij", query, key) / math.sqrt(query.shape[-1])
    return torch.einsum("hij,hjp->hip", masked(scores, causal).softmax(-1), value)


def _base_two(causal: bool, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scores = masked((query * (LOG2E * query.shape[-1] ** -0.5)) @ key.mT, causal)
    raised = torch.exp2(scores - scores.amax(-1, keepdim=True))
    return (raised / raised.sum(-1, keepdim=True)) @ value


def _logarithmic(causal: bool, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return scored(query, key, causal).log_softmax(-1).exp() @ value


def _rows(causal: bool, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scores = scored(query, key, causal)
    return torch.stack([scores[:, i : i + 1].softmax(-1) @ value for i in range(query.shape[-2])], 1).squeeze(2)


def _streaming(causal: bool, tile: int, two: bool, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """One tile of keys after the other; what is summed up is rescaled when the maximum rises."""
    base: Callable[[Tensor], Tensor] = torch.exp2 if two else torch.exp
    scores = scored(query, key, causal) * (LOG2E if two else 1.0)
    largest = torch.full_like(scores[..., :1], -torch.inf)
    total, mixed = torch.zeros_like(largest), torch.zeros_like(query[..., :1] * value[..., :1, :])
    for start in range(0, key.shape[-2], tile):
        part = scores[..., start : start + tile]
        risen = torch.maximum(largest, part.amax(-1, keepdim=True))
        kept, raised = base(largest - risen), base(part - risen)
        total = total * kept + raised.sum(-1, keepdim=True)
        mixed = mixed * kept + raised @ value[..., start : start + tile, :]
        largest = risen
    return mixed / total


def _split(causal: bool, parts: int, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Each part of the keys by itself, merged through the log-sum-exps."""
    scores = scored(query, key, causal)
    levels, contexts = [], []
    for part, own in zip(scores.tensor_split(parts, -1), value.tensor_split(parts, -2), strict=True):
        level = part.logsumexp(-1, keepdim=True)
        levels.append(level)
        contexts.append(torch.exp(part - torch.where(level == -torch.inf, 0.0, level)) @ own)
    weights = torch.cat(levels, -1).softmax(-1)
    return sum((weights[..., n : n + 1] * context for n, context in enumerate(contexts)), torch.zeros_like(contexts[0]))


def _reversed(causal: bool, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return scored(query, key, causal).flip(-1).softmax(-1) @ value.flip(-2)


def _numpy(causal: bool, query: Array, key: Array, value: Array) -> Array:
    scores = query @ np.swapaxes(key, -1, -2) / np.sqrt(np.asarray(query.shape[-1], query.dtype))
    if causal:
        scores = np.where(np.tril(np.ones(scores.shape[-2:], bool)), scores, -np.inf)
    raised = np.exp(scores - scores.max(-1, keepdims=True))
    return (raised / raised.sum(-1, keepdims=True)) @ value


def _heads(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    return torch.stack([scored(q, k, False).softmax(-1) @ v for q, k, v in zip(query, key, value, strict=True)])


def _added(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    scores = query @ key.mT / math.sqrt(query.shape[-1])
    hidden = torch.full(scores.shape[-2:], -torch.inf, dtype=scores.dtype).triu(1)
    return (scores + hidden).softmax(-1) @ value


def _prefixes(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Every query with the keys that it sees, and no others."""
    scores = scored(query, key, False)
    found = [scores[:, i : i + 1, : i + 1].softmax(-1) @ value[:, : i + 1] for i in range(query.shape[-2])]
    return torch.cat(found, 1)


def _additive() -> Iterator[Kernel]:
    of = partial(stateless, task="additive attention", right=True)
    yield of("the plain program", kind="plain", function=programs.additive_attention)
    yield of("torch's softmax", kind="other order", function=_additive_softmax)
    yield of("query by query", kind="tiles", function=_additive_rows)
    yield of("one product of both", kind="other order", function=_additive_concatenated)
    yield of("fp64 inside", kind=MORE_PRECISE, function=inside(programs.additive_attention, torch.float64))


def _additive_softmax(query: Tensor, key: Tensor, value: Tensor, w_s: Tensor, w_h: Tensor, v: Tensor) -> Tensor:
    hidden = F.linear(query, w_s).unsqueeze(-2) + F.linear(key, w_h).unsqueeze(-3)
    return (hidden.tanh() * v).sum(-1).softmax(-1) @ value


def _additive_rows(query: Tensor, key: Tensor, value: Tensor, w_s: Tensor, w_h: Tensor, v: Tensor) -> Tensor:
    keys = key @ w_h.mT
    rows = [(torch.tanh(q @ w_s.mT + keys) @ v)[..., None, :].softmax(-1) @ value for q in tiles(query, 1, -2)]
    return torch.cat(rows, -2)


def _additive_concatenated(query: Tensor, key: Tensor, value: Tensor, w_s: Tensor, w_h: Tensor, v: Tensor) -> Tensor:
    n_q, n_k = query.shape[-2], key.shape[-2]
    left = query[..., :, None, :].expand(*query.shape[:-1], n_k, query.shape[-1])
    right_ = key[..., None, :, :].expand(*key.shape[:-2], n_q, n_k, key.shape[-1])
    hidden = torch.cat((left, right_), -1) @ torch.cat((w_s, w_h), -1).mT
    return (torch.tanh(hidden) @ v).softmax(-1) @ value
