"""Correct implementations that the verifier must not accuse: ours, torch's own, and other orders of the same
operations.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention

from attnproof.verify.detection.ordinary import ordinary
from attnproof.verify.faults import features, parts
from attnproof.verify.implementations.builtin import ALL_SCORES, IMPLEMENTATIONS
from attnproof.verify.targets.contract import Contract
from attnproof.verify.targets.function import torch_target
from attnproof.verify.targets.own import own_target
from attnproof.verify.targets.target import Target

HALF: Final = ("bf16", "fp16")
CHUNK: Final = 3  # keys in a block of the streaming variant: does not divide most lengths


def _sdpa(backend: SDPBackend) -> Callable[..., Tensor]:
    """One of torch's kernels. The fused ones take four axes, one batch and one width; values of another width are
    padded with zeros, which the first columns of the result do not depend on.
    """

    def attention(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None, **flags: Any) -> Tensor:
        width, columns = query.shape[-1], value.shape[-1]
        lead = _broadcast(query.shape[:-2], key.shape[:-2], value.shape[:-2])
        most = max(width, columns)
        # Scores keep their scale: that of the width before padding.
        factor = flags.get("scale") if flags.get("scale") is not None else width**-0.5
        padded = (torch.nn.functional.pad(x, (0, most - x.shape[-1])) for x in (query, key, value))
        q, k, v = (x.expand(*lead, *x.shape[-2:])[(None,) * (4 - len(lead) - 2)] for x in padded)
        if bias is not None and bias.ndim == 3:  # a mask of three axes they do not take, either
            bias = bias[None]
        with sdpa_kernel(backend):
            result = scaled_dot_product_attention(q, k, v, attn_mask=bias, scale=factor)
        return result.reshape(*lead, *result.shape[-2:])[..., :columns]

    return attention


def _broadcast(*shapes: tuple[int, ...]) -> tuple[int, ...]:
    return np.broadcast_shapes(*(tuple(shape) for shape in shapes))


def _einsum(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None) -> Tensor:
    """Keys scaled instead of queries, indices in another order."""
    scores = torch.einsum("...kd,...qd->...qk", key * query.shape[-1] ** -0.5, query)
    weights = parts.normalise(parts.logits(scores, None, bias, None), None)
    return torch.einsum("...kv,...qk->...qv", value, weights)


def _streaming(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None) -> Tensor:
    """One pass over blocks of keys with a running maximum, sum and result."""
    top = total = result = None
    for start in range(0, key.shape[-2], CHUNK):
        stop = start + CHUNK
        block = (query @ key[..., start:stop, :].mT) * query.shape[-1] ** -0.5
        if bias is not None:
            block = block + bias[..., start:stop]
        here = block.amax(-1, keepdim=True)
        higher = here if top is None else torch.maximum(top, here)
        live = torch.where(torch.isneginf(higher), 0.0, higher).detach()
        fresh = (block - live).exp()
        partial = fresh @ value[..., start:stop, :]
        if top is None or total is None or result is None:
            total, result = fresh.sum(-1, keepdim=True), partial
        else:
            factor = (torch.where(torch.isneginf(top), live, top) - live).exp() * ~torch.isneginf(top)
            total, result = total * factor + fresh.sum(-1, keepdim=True), result * factor + partial
        top = higher.detach()
    if total is None or result is None:
        raise ValueError("there is no key")
    return torch.where(total == 0, 0.0, result / torch.where(total == 0, 1.0, total))


def _single(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None) -> Tensor:
    """Half precision in and out, single precision inside."""
    wide = [array.float() for array in (query, key, value)]
    return _einsum(wide[0], wide[1], wide[2], None if bias is None else bias.float()).to(query.dtype)


def _grouped(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Grouped heads by ``enable_gqa``."""
    fewer = query.ndim > 3 and 1 < key.shape[-3] < query.shape[-3]
    with sdpa_kernel(SDPBackend.MATH):
        return scaled_dot_product_attention(query, key, value, enable_gqa=fewer)


class _Heads(torch.nn.Module):
    """``nn.MultiheadAttention`` with one head, identity projections and no biases: torch's kernels for scaled dot
    attention.
    """

    def __init__(self) -> None:
        super().__init__()
        self.made: dict[tuple[int, torch.dtype], torch.nn.MultiheadAttention] = {}

    def forward(self, query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None = None) -> Tensor:
        width = query.shape[-1]
        layer = self.made.get((width, query.dtype))
        if layer is None:
            layer = torch.nn.MultiheadAttention(width, 1, bias=False, batch_first=True, dtype=query.dtype)
            with torch.no_grad():
                layer.in_proj_weight.copy_(torch.eye(width, dtype=query.dtype).repeat(3, 1))
                layer.out_proj.weight.copy_(torch.eye(width, dtype=query.dtype))
            self.made[width, query.dtype] = layer.eval()
        # Values have the width of queries here: those that are wider are taken in parts, the last one filled up.
        columns = range(0, value.shape[-1], width)
        return torch.cat([self._of_part(layer, query, key, value[..., c : c + width], bias) for c in columns], -1)

    def _of_part(self, layer: Any, query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None) -> Tensor:
        padded = torch.nn.functional.pad(value, (0, query.shape[-1] - value.shape[-1]))
        lead = _broadcast(query.shape[:-2], key.shape[:-2], value.shape[:-2])
        q, k, v = (x.expand(*lead, *x.shape[-2:]).reshape(-1, *x.shape[-2:]) for x in (query, key, padded))
        mask = None if bias is None else bias.expand(*lead, *bias.shape[-2:]).reshape(-1, *bias.shape[-2:])
        result: Tensor = layer(q, k, v, attn_mask=mask, need_weights=False)[0]
        return result.reshape(*lead, *result.shape[-2:])[..., : value.shape[-1]]


@cache
def correct() -> Mapping[str, Target]:
    """Every correct implementation by name."""
    return MappingProxyType({target.name: target for target in _all()})


def _all() -> Iterable[Target]:
    for implementation in IMPLEMENTATIONS.values():
        for score in ALL_SCORES:
            if score in implementation.scores and implementation.name != "torch-sdpa":
                yield own_target(implementation, score)
    kernel = Contract(masked_nan="leaks")
    for backend in (SDPBackend.MATH, SDPBackend.FLASH_ATTENTION):
        yield torch_target(
            f"torch SDPA {backend.name.lower().replace('_', ' ')}",
            "scaled_dot",
            _sdpa(backend),
            takes=("bias", "scale"),
            contract=kernel,
            constant=("bias",) if backend is SDPBackend.FLASH_ATTENTION else (),
            fused=backend is not SDPBackend.MATH,
        )
    plain: dict[str, Any] = {"takes": ("bias",), "contract": Contract(masked_row="zero", masked_nan="leaks")}
    yield torch_target("einsum, keys scaled", "scaled_dot", _einsum, **plain)
    yield torch_target("streaming softmax in blocks", "scaled_dot", _streaming, **plain, fused=True)
    yield torch_target(
        "half precision with fp32 inside",
        "scaled_dot",
        _single,
        takes=("bias",),
        dtypes=HALF,
        contract=Contract(masked_row="zero", masked_nan="leaks", computes_in="fp32"),
    )
    yield torch_target(
        "nn.MultiheadAttention, one head", "scaled_dot", _Heads(), takes=("bias",), contract=kernel, fused=True
    )
    yield torch_target("torch SDPA, grouped heads", "scaled_dot", _grouped, takes=("groups",))
    for family in ("scaled_dot", "additive"):
        yield parts.target(f"assembled {family}", parts.assemble(family=family), family)
        with_level = parts.assemble(family=family, level=parts.level)
        yield parts.target(f"assembled {family} with log-sum-exp", with_level, family, outputs=("context", "lse"))
    yield other_choices()
    yield from ordinary()


def other_choices(**declared: Any) -> Target:
    """What is as right as ``attnproof.verify.faults.parts`` and chooses otherwise wherever correct implementations
    differ; nothing is declared.
    """
    function = features.whole(
        spread=features.strided_heads,
        rotate=features.interleaved,
        alibi=features.signed,
        rescaled=features.no_factor,
        level=features.base_2_of_keys,
    )
    contract = Contract(softcap="cap then mask", scale="before the product", masked_nan="blocked")
    return parts.target(
        "every other choice", function, outputs=("context", "lse"), **({"contract": contract} | declared)
    )
