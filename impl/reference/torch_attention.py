"""Attention in torch, by hand; gradients by autograd.

Inputs are a mapping from names to tensors of one dtype (float64, float32, bfloat16 or float16) on one device (CPU or
CUDA); results have that dtype and device. Names, shapes and domain:

    query (..., n_q, d_q)   key (..., n_k, d_k)   value (..., n_k, d_v)     d_q = d_k = d for the dot scores
    bilinear: weight (d_q, d_k)
    additive: weight_query (d_a, d_q), weight_key (d_a, d_k), v (d_a,), optional bias_hidden (d_a,)
    concat:   weight_concat (d_a, d_q + d_k), v (d_a,)
    every score, optional: softcap, a positive number or 0-d tensor; bias (..., n_q, n_k), where -inf masks a key

The leading batch dimensions of query, key, value and bias broadcast against each other; parameters have none.
A row whose keys are all masked has weights 0, context 0 and gradients 0. Scores have to be finite, and values too, also
where they are masked.

Autograd differentiates tanh as ``1 - tanh²``: its gradients lose relative accuracy where |argument| is large.
Sources: Bahdanau, Cho, Bengio 2015; Luong, Pham, Manning 2015; Vaswani et al. 2017.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from torch import Tensor

Inputs = Mapping[str, Any]

DTYPES = (torch.float64, torch.float32, torch.bfloat16, torch.float16)
PARAMETERS: dict[str, tuple[str, ...]] = {
    "dot": (),
    "scaled_dot": (),
    "bilinear": ("weight",),
    "additive": ("weight_query", "weight_key", "v"),
    "concat": ("weight_concat", "v"),
}
SCORES = tuple(PARAMETERS)


class Attention(NamedTuple):
    """context (..., n_q, d_v), weights (..., n_q, n_k), scores (..., n_q, n_k) before soft-cap and bias."""

    context: Tensor
    weights: Tensor
    scores: Tensor


def attention(score: str, inputs: Inputs) -> Attention:
    """Scores of the family ``score``, then soft-cap, bias, softmax over the keys, and context; differentiable.

    Shapes, dtypes and domain as in the module's docstring. KeyError for an unknown score and for a missing or an
    extra input; ValueError for a shape, dtype or device that does not fit.
    """
    given = _checked(score, inputs)
    scores = _scores(score, given)
    logits = scores
    if "softcap" in given:
        logits = given["softcap"] * torch.tanh(logits / given["softcap"])
    if "bias" in given:
        logits = logits + given["bias"]
    # A row without any key left: softmax would give NaN, and so would its derivative. The first ``where`` keeps -inf
    # away from softmax in such a row, the second one replaces the result and stops the gradient.
    nothing_left = torch.isneginf(logits).all(dim=-1, keepdim=True)
    weights = torch.softmax(torch.where(nothing_left, 0.0, logits), dim=-1)
    weights = torch.where(nothing_left, 0.0, weights)
    return Attention(weights @ given["value"], weights, scores)


def gradients(score: str, inputs: Inputs, grad_context: Any) -> dict[str, Tensor]:
    """Gradient of ``Σ grad_context · context`` with respect to every input given, each of its input's shape.

    By autograd. grad_context has the shape, dtype and device of the context. Errors as for ``attention``.
    """
    leaves = {name: tensor.detach().clone().requires_grad_() for name, tensor in _checked(score, inputs).items()}
    context = attention(score, leaves).context
    if not isinstance(grad_context, Tensor) or (grad_context.shape, grad_context.dtype, grad_context.device) != (
        context.shape,
        context.dtype,
        context.device,
    ):
        raise ValueError(
            f"grad_context is {_describe(grad_context)}, expected shape {tuple(context.shape)}, {context.dtype} "
            f"on {context.device}"
        )
    found = torch.autograd.grad(context, list(leaves.values()), grad_context)
    return dict(zip(leaves, found, strict=True))


def _scores(score: str, given: Mapping[str, Tensor]) -> Tensor:
    """(..., n_q, n_k)."""
    query, key = given["query"], given["key"]
    if score == "dot":
        return query @ key.mT
    if score == "scaled_dot":
        return (query @ key.mT) / math.sqrt(query.shape[-1])
    if score == "bilinear":
        return (query @ given["weight"]) @ key.mT
    every_query, every_key = query.unsqueeze(-2), key.unsqueeze(-3)  # (..., n_q, 1, d_q), (..., 1, n_k, d_k)
    if score == "additive":
        hidden = every_query @ given["weight_query"].T + every_key @ given["weight_key"].T
        if "bias_hidden" in given:
            hidden = hidden + given["bias_hidden"]
    else:
        rows = torch.broadcast_shapes(every_query.shape[:-1], every_key.shape[:-1])  # type: ignore[no-untyped-call]
        pairs = torch.cat([every_query.expand(*rows, -1), every_key.expand(*rows, -1)], dim=-1)
        hidden = pairs @ given["weight_concat"].T
    return torch.tanh(hidden) @ given["v"]


def _checked(score: str, inputs: Inputs) -> dict[str, Tensor]:
    """The inputs as tensors, or one error that names what is wrong."""
    if score not in PARAMETERS:
        raise KeyError(f"unknown score {score!r}; known scores: {', '.join(SCORES)}")
    needed = ("query", "key", "value", *PARAMETERS[score])
    known = (*needed, *(("bias_hidden",) if score == "additive" else ()), "softcap", "bias")
    if missing := [name for name in needed if name not in inputs]:
        raise KeyError(f"score {score!r}: missing input {', '.join(missing)}; needed: {', '.join(needed)}")
    if extra := [name for name in inputs if name not in known]:
        raise KeyError(f"score {score!r}: unknown input {', '.join(extra)}; known: {', '.join(known)}")

    query = inputs["query"]
    if not isinstance(query, Tensor) or query.dtype not in DTYPES:
        raise ValueError(f"query is {_describe(query)}, expected a tensor of dtype {', '.join(map(str, DTYPES))}")
    given: dict[str, Tensor] = {}
    for name in (name for name in known if name in inputs):
        entry = inputs[name]
        if name == "softcap" and isinstance(entry, (int, float)):
            entry = torch.tensor(entry, dtype=query.dtype, device=query.device)
        if not isinstance(entry, Tensor) or (entry.dtype, entry.device) != (query.dtype, query.device):
            raise ValueError(f"{name} is {_describe(entry)}, expected a tensor of {query.dtype} on {query.device}")
        given[name] = entry
    _check_shapes(score, given)
    if "softcap" in given and not bool(given["softcap"] > 0):
        raise ValueError(f"softcap is {given['softcap'].item()}; it has to be a positive number")
    return given


def _check_shapes(score: str, given: Mapping[str, Tensor]) -> None:
    batched = [name for name in ("query", "key", "value", "bias") if name in given]
    for name in batched:
        if given[name].dim() < 2 or 0 in given[name].shape[-2:]:
            raise ValueError(
                f"{name} has shape {tuple(given[name].shape)}, expected at least two axes, none of length 0"
            )
    n_q, d_q = given["query"].shape[-2:]
    n_k, d_k = given["key"].shape[-2:]
    d_a = given["v"].numel() if "v" in given else 0
    last = {"value": (n_k, given["value"].shape[-1]), "bias": (n_q, n_k), "key": (n_k, d_k)}
    if score in {"dot", "scaled_dot"}:
        last["key"] = (n_k, d_q)
    whole = {
        "weight": (d_q, d_k),
        "weight_query": (d_a, d_q),
        "weight_key": (d_a, d_k),
        "weight_concat": (d_a, d_q + d_k),
        "v": (d_a,),
        "bias_hidden": (d_a,),
        "softcap": (),
    }
    for name, tensor in given.items():
        shape = tuple(tensor.shape)
        if name in last and shape[-2:] != last[name]:
            raise ValueError(f"{name} has shape {shape}, expected (..., {last[name][0]}, {last[name][1]})")
        if name in whole and (shape != whole[name] or 0 in shape):
            raise ValueError(f"{name} has shape {shape}, expected {whole[name]} without axes of length 0")
    batches = {name: tuple(given[name].shape[:-2]) for name in batched}
    try:
        torch.broadcast_shapes(*batches.values())  # type: ignore[no-untyped-call]
    except RuntimeError:
        raise ValueError(f"batch dimensions do not broadcast: {batches}") from None


def _describe(entry: Any) -> str:
    if isinstance(entry, Tensor):
        return f"a tensor of shape {tuple(entry.shape)}, {entry.dtype} on {entry.device}"
    return f"of type {type(entry).__name__}"
