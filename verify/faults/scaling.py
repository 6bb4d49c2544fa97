"""The scale of the product, and what it must not scale."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

import torch
from torch import Tensor

from attnproof.verify.faults import parts
from attnproof.verify.faults.fault import Fault
from attnproof.verify.faults.parts import assemble, target
from attnproof.verify.faults.plainly import target as plain_target

HEADS = 4  # a plausible number of heads, for the scale that is divided by its root


def _factor(query: Tensor, scale: float | None) -> float:
    return query.shape[-1] ** -0.5 if scale is None else scale


def _root_of_scale(query: Tensor, key: Tensor, scale: float | None) -> Tensor:
    """√scale on either side: NaN for a negative one."""
    root = torch.tensor(_factor(query, scale), dtype=query.dtype).sqrt()
    return (query * root) @ (key * root).mT


def _root_with_sign(query: Tensor, key: Tensor, scale: float | None) -> Tensor:
    factor = torch.tensor(_factor(query, scale), dtype=query.dtype)
    root = factor.abs().sqrt()
    return (query * root) @ (key * (root * factor.sign())).mT


def _by_model_width(query: Tensor, key: Tensor, scale: float | None) -> Tensor:
    return parts.scaled(query, key, (query.shape[-1] * HEADS) ** -0.5 if scale is None else scale)


def _twice(query: Tensor, key: Tensor, scale: float | None) -> Tensor:
    return parts.scaled(query, key, scale) * _factor(query, scale)


def _missing(query: Tensor, key: Tensor, scale: float | None) -> Tensor:
    return query @ key.mT * (1.0 if scale is None else scale)


def _by_heads(query: Tensor, key: Tensor, scale: float | None) -> Tensor:
    return parts.scaled(query, key, HEADS**-0.5 if scale is None else scale)


def _bias_scaled_too(scores: Tensor, softcap: float | None, bias: Tensor | None, allowed: Tensor | None) -> Tensor:
    """The bias joins before the scale does, here by the default factor for width 4."""
    return parts.logits(scores, softcap, None if bias is None else bias * 0.5, allowed)


def _after(query: Tensor, key: Tensor, scale: float | None) -> Tensor:
    return (query @ key.mT) * _factor(query, scale)


def _rooted(root: Callable[[int], float]) -> Callable[..., Tensor]:
    def attention(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        return ((query / root(query.shape[-1])) @ key.mT).softmax(-1) @ value

    return attention


def _single_root(width: int) -> float:
    return float(torch.tensor(float(width), dtype=torch.float32).sqrt())


def faults() -> Iterable[Fault]:
    """The faults of this file."""
    sound = target("query scaled once", assemble())
    yield Fault(
        "negative scale gives NaN",
        ("scale",),
        "the square root of the scale multiplies query and key",
        target("√scale on either side", assemble(score=_root_of_scale)),
        target("√|scale| on either side, sign on one", assemble(score=_root_with_sign)),
        ("pytorch PR #105202",),
    )
    wrong_scales = (
        ("÷√(width of the model)", _by_model_width, ("values",)),
        ("÷√heads", _by_heads, ("values", "combinations")),
        ("no scale", _missing, ("values",)),
        ("scale applied twice", _twice, ("values", "scale")),
    )
    for name, score, exposed_by in wrong_scales:
        yield Fault(
            f"wrong scale: {name}",
            exposed_by,
            "scores are too large or too small by a constant factor, and saturate or blur",
            target(name, assemble(score=score)),
            sound,
            ("vit-pytorch #65", "perceiver-io #9", "mlc-llm #3426"),
        )
    yield Fault(
        "bias attenuated by the scale",
        ("values",),
        "the factor that belongs to the product multiplies the bias as well",
        target("scales product and bias", assemble(logits=_bias_scaled_too)),
        sound,
        ("tt-metal #56406",),
    )
    before = replace(parts.CONTRACT, scale="before the product")
    yield Fault(
        "half precision overflows before scaling",
        ("overflow of the product",),
        "q · k is formed first and overflows where the scaled product would not",
        target("scales the product", assemble(score=_after), contract=before),
        target("scales the query", assemble(), contract=before),
        ("onnxruntime #24953",),
    )
    yield Fault(
        "root of the width in fp32",
        ("layout", "combinations"),
        "√d is taken in fp32, also for scores in fp64: right where d is a square",
        plain_target("√d in fp32", _rooted(_single_root)),
        plain_target("√d in fp64", _rooted(math.sqrt)),
    )
