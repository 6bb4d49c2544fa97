"""How far a score computed in a format lies from the exact score of the unrounded float64 inputs: a-priori bounds.

First order terms are not dropped: every factor (1 + ε) is kept as a product. ``acc(n)`` is the relative error of a sum of n
products in any order with one final rounding (``saturation_rounding.Rounding.accumulate``), relative to the sum of absolute
values. Inputs are rounded to the format first, each by u relatively, plus half a subnormal η.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from verify.formats import FORMATS
from verify.tables.saturation_rounding import Rounding

Array = np.ndarray[Any, np.dtype[np.float64]]

OWN: Final = FORMATS["fp64"].unit_roundoff  # the reference scores are float64 sums themselves


def score_bound(score: str, inputs: Mapping[str, Array], rounding: Rounding, dtype: str) -> Array:
    """Bound of |computed − exact| for each score, shape (..., n_q, n_k), from float64 ``inputs`` before they are rounded."""
    magnitudes = {name: np.abs(value) for name, value in inputs.items()}
    tiny = FORMATS[dtype].smallest_subnormal
    if score in {"dot", "scaled_dot"}:
        return _dot(magnitudes, rounding, tiny, scaled=score == "scaled_dot")
    if score == "bilinear":
        return _bilinear(magnitudes, rounding, tiny)
    return _additive(_split(magnitudes), rounding, tiny)


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


def _dot(size: Mapping[str, Array], rounding: Rounding, tiny: float, *, scaled: bool) -> Array:
    width = size["query"].shape[-1]
    u = rounding.unit
    # two rounded inputs, the sum of products; scaling: the root, the quotient (or its reciprocal and a product, or both inputs)
    relative = (1 + u) ** (2 + 4 * scaled) * (1 + rounding.accumulate(width)) - 1 + _own(width)
    products = np.einsum("...id,...jd->...ij", size["query"], size["key"])
    lengths = size["query"].sum(-1)[..., :, None] + size["key"].sum(-1)[..., None, :]
    absolute = tiny * (1 + u) * (lengths + 2 * width + 2)
    return np.asarray((relative * products + absolute) / (np.sqrt(width) if scaled else 1.0))


def _bilinear(size: Mapping[str, Array], rounding: Rounding, tiny: float) -> Array:
    d_q, d_k = size["weight"].shape
    u = rounding.unit
    one_sum = rounding.accumulate(d_q * d_k + 2)  # all products in one sum
    two_sums = (1 + rounding.accumulate(d_q)) * (1 + rounding.accumulate(d_k)) - 1
    relative = (1 + u) ** 3 * (1 + max(one_sum, two_sums)) - 1 + _own(d_q + d_k)
    products = np.einsum("...ir,...jr->...ij", size["query"], size["key"] @ size["weight"].T)
    # an absolute error of η in any input or intermediate is multiplied by the other two factors at most
    query, key = size["query"].sum(-1)[..., :, None], size["key"].sum(-1)[..., None, :]
    largest = float(size["weight"].max(initial=0.0))
    absolute = 2 * tiny * (query * key + largest * (d_k * query + d_q * key) + query + key + d_q * d_k)
    return np.asarray(relative * products + absolute)


def _additive(size: Mapping[str, Array], rounding: Rounding, tiny: float) -> Array:
    u, units = rounding.unit, len(size["v"])
    d_q, d_k = size["query"].shape[-1], size["key"].shape[-1]
    # pre-activation: two projections and their sum, or one sum over the concatenation
    parts = (1 + max(rounding.accumulate(d_q), rounding.accumulate(d_k))) * (1 + u)
    relative_z = (1 + u) ** 2 * max(parts, 1 + rounding.accumulate(d_q + d_k)) - 1 + _own(d_q + d_k)
    query, key = size["query"] @ size["weight_query"].T, size["key"] @ size["weight_key"].T
    lengths = size["query"].sum(-1)[..., :, None] + size["key"].sum(-1)[..., None, :]
    weights = size["weight_query"].sum() + size["weight_key"].sum()
    error_z = relative_z * (query[..., :, None, :] + key[..., None, :, :])
    error_z = error_z + 2 * tiny * (lengths + weights + d_q + d_k)[..., None]
    # |tanh| <= 1 and its slope is at most 1
    error_tanh = error_z + rounding.elementary + 8 * OWN + tiny
    factor = (1 + u) * (1 + rounding.accumulate(units)) - 1 + _own(units)
    return np.asarray((factor + (1 + factor) * error_tanh) @ size["v"] + 2 * tiny * units)
