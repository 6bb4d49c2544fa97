"""How far a score computed in a format lies from the exact score of the unrounded float64 inputs: a-priori bounds.

First order terms are not dropped: every factor (1 + ε) is kept as a product. ``acc(n)`` is the relative error of a sum of n
products in any order with one final rounding (``saturation_rounding.Rounding.accumulate``), relative to the sum of absolute
values. Inputs are rounded to the format first, each by u relatively, plus half a subnormal η.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.tables.rounding import Rounding

Array = np.ndarray[Any, np.dtype[np.float64]]

OWN: Final = FORMATS["fp64"].unit_roundoff  # the reference scores are float64 sums themselves


@dataclass(frozen=True)
class Magnitudes:
    """What a bound needs of the inputs; it depends on no implementation and no format. Arrays are (..., n_q, n_k).

    products  the score with every factor replaced by its absolute value; additive: of the pre-activations, (..., n_q, n_k, d_a)
    query, key  Σ_r |q_r| and Σ_r |k_r|
    d_q, d_k  widths
    weights   Σ |entries| of all projections
    largest   largest |entry| of the bilinear weight
    v         |v|
    """

    products: Array
    query: Array
    key: Array
    d_q: int
    d_k: int
    weights: float = 0.0
    largest: float = 0.0
    v: Array | None = None


def magnitudes(score: str, inputs: Mapping[str, Array]) -> Magnitudes:
    """From the float64 ``inputs`` before they are rounded."""
    size = {name: np.abs(value) for name, value in _split(inputs).items()}
    q, k = size["query"], size["key"]
    query, key = q.sum(-1)[..., :, None], k.sum(-1)[..., None, :]
    widths = (q.shape[-1], k.shape[-1])
    if score in {"dot", "scaled_dot"}:
        return Magnitudes(np.einsum("...id,...jd->...ij", q, k), query, key, *widths)
    if score == "bilinear":
        products = np.einsum("...ir,...jr->...ij", q, k @ size["weight"].T)
        return Magnitudes(products, query, key, *widths, largest=float(size["weight"].max(initial=0.0)))
    products = (q @ size["weight_query"].T)[..., :, None, :] + (k @ size["weight_key"].T)[..., None, :, :]
    weights = float(size["weight_query"].sum() + size["weight_key"].sum())
    return Magnitudes(products, query, key, *widths, weights=weights, v=size["v"])


def score_bound(score: str, size: Magnitudes, rounding: Rounding, dtype: str) -> Array:
    """Bound of |computed − exact| for each score, shape (..., n_q, n_k)."""
    tiny = FORMATS[dtype].smallest_subnormal
    if score in {"dot", "scaled_dot"}:
        return _dot(size, rounding, tiny, scaled=score == "scaled_dot")
    return _bilinear(size, rounding, tiny) if score == "bilinear" else _additive(size, rounding, tiny)


def reference(score: str, inputs: Mapping[str, Array]) -> Array:
    """The scores in float64, shape (..., n_q, n_k); their own error is part of ``score_bound``."""
    query, key = inputs["query"], inputs["key"]
    if score in {"dot", "scaled_dot"}:
        found = np.einsum("...id,...jd->...ij", query, key)
        return np.asarray(found / np.sqrt(query.shape[-1]) if score == "scaled_dot" else found)
    if score == "bilinear":
        return np.asarray(np.einsum("...ir,...jr->...ij", query, key @ inputs["weight"].T))
    parts = _split(inputs)
    z = (query @ parts["weight_query"].T)[..., :, None, :] + (key @ parts["weight_key"].T)[..., None, :, :]
    return np.asarray(np.tanh(z) @ parts["v"])


def _split(inputs: Mapping[str, Array]) -> dict[str, Array]:
    """The concat score's weight as the additive score's two."""
    found = dict(inputs)
    if "weight_concat" in found:
        weight, width = found.pop("weight_concat"), found["query"].shape[-1]
        found |= {"weight_query": weight[:, :width], "weight_key": weight[:, width:]}
    return found


def _own(terms: int) -> float:
    return (terms + 8) * OWN / (1 - (terms + 8) * OWN)


def _dot(size: Magnitudes, rounding: Rounding, tiny: float, *, scaled: bool) -> Array:
    width, u = size.d_q, rounding.unit
    # two rounded inputs, the sum of products; scaling: the root, the quotient (or its reciprocal and a product, or both inputs)
    relative = (1 + u) ** (2 + 4 * scaled) * (1 + rounding.accumulate(width)) - 1 + _own(width)
    absolute = tiny * (1 + u) * (size.query + size.key + 2 * width + 2)
    return np.asarray((relative * size.products + absolute) / (np.sqrt(width) if scaled else 1.0))


def _bilinear(size: Magnitudes, rounding: Rounding, tiny: float) -> Array:
    d_q, d_k, u = size.d_q, size.d_k, rounding.unit
    one_sum = rounding.accumulate(d_q * d_k + 2)  # all products in one sum
    two_sums = (1 + rounding.accumulate(d_q)) * (1 + rounding.accumulate(d_k)) - 1
    relative = (1 + u) ** 3 * (1 + max(one_sum, two_sums)) - 1 + _own(d_q * d_k)
    # an absolute error of η in an input or intermediate is multiplied by the other two factors at most
    cross = size.query * size.key + size.largest * (d_k * size.query + d_q * size.key)
    absolute = 2 * tiny * (cross + size.query + size.key + d_q * d_k)
    return np.asarray(relative * size.products + absolute)


def _additive(size: Magnitudes, rounding: Rounding, tiny: float) -> Array:
    if size.v is None:
        raise ValueError("the additive bound needs |v|")
    d_q, d_k, u, units = size.d_q, size.d_k, rounding.unit, len(size.v)
    # pre-activation: two projections and their sum, or one sum over the concatenation
    parts = (1 + max(rounding.accumulate(d_q), rounding.accumulate(d_k))) * (1 + u)
    relative = (1 + u) ** 2 * max(parts, 1 + rounding.accumulate(d_q + d_k)) - 1 + _own(d_q + d_k)
    absolute = 2 * tiny * (size.query + size.key + size.weights + d_q + d_k)
    # |tanh| <= 1 and its slope is at most 1
    error = relative * size.products + absolute[..., None] + rounding.elementary + 8 * OWN + tiny
    factor = (1 + u) * (1 + rounding.accumulate(units)) - 1 + _own(units)
    return np.asarray((factor + (1 + factor) * error) @ size.v + 2 * tiny * units)
