"""The encoder's forward pass in NumPy, in fp64 or fp32.

    x = LN(word[id] + position + type[0])
    each layer: x = LN(x + W_o · heads(x) + b_o);  x = LN(x + W_down · gelu(W_up x + b_up) + b_down)
    embedding = mean over tokens of x, divided by its Euclidean norm

The heads are ``attnproof.impl.reference.numpy_attention`` (scaled dot score), heads as batch dimension. Post-norm as in
BERT (Devlin et al. 2019); GELU is the exact one, x Φ(x) (Hendrycks and Gimpel 2016).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from attnproof.impl.reference import numpy_attention
from attnproof.verify.tables.model.files import HEAD_WIDTH, HEADS, LAYER_NORM_EPS, Model

Array = NDArray[Any]


@dataclass(frozen=True)
class Head:
    """One layer's attention on one sentence: query, key, value (12, n, 32), scores and weights (12, n, n)."""

    query: Array
    key: Array
    value: Array
    scores: Array
    weights: Array


def with_biases(model: Model, biases: Mapping[str, Sequence[Array]]) -> Model:
    """The model with the biases of some projections (``query``, ``key``) replaced, one (384,) vector for each layer."""
    layers = tuple(
        {**layer, **{f"{name}.bias": vectors[number] for name, vectors in biases.items()}}
        for number, layer in enumerate(model.layers)
    )
    return replace(model, layers=layers)


def cast(model: Model, dtype: str) -> Model:
    """The model in ``fp64`` or ``fp32``; every stored parameter is exact in both."""
    kind = {"fp64": np.float64, "fp32": np.float32}[dtype]
    layers = tuple({name: array.astype(kind) for name, array in layer.items()} for layer in model.layers)
    # The table of words stays as stored: only the rows in use are cast.
    embeddings = {name: array if name == "word" else array.astype(kind) for name, array in model.embeddings.items()}
    return Model(embeddings, layers)


def encode(model: Model, sentences: Sequence[Sequence[int]]) -> tuple[Array, list[list[Head]]]:
    """Embeddings (number of sentences, 384), and every layer's heads on every sentence as ``[layer][sentence]``.

    The dtype is that of the model's parameters (see ``cast``).
    """
    lengths = [len(ids) for ids in sentences]
    ends = np.cumsum(lengths)[:-1]
    embeddings = model.embeddings
    flat = np.concatenate([np.asarray(ids) for ids in sentences])
    places = np.concatenate([np.arange(length) for length in lengths])
    dtype = embeddings["position"].dtype
    summed = embeddings["word"][flat].astype(dtype) + embeddings["position"][places] + embeddings["type"][0]
    x = layer_norm(summed, embeddings["norm.weight"], embeddings["norm.bias"])
    seen: list[list[Head]] = []
    for layer in model.layers:
        projected = {name: linear(x, layer, name) for name in ("query", "key", "value")}
        heads = [attend(*parts) for parts in zip(*(np.split(projected[name], ends) for name in projected), strict=True)]
        seen.append(heads)
        context = np.concatenate([_joined(head.weights @ head.value) for head in heads])
        x = normed(layer, "attention.norm", x + linear(context, layer, "attention.output"))
        x = normed(layer, "output.norm", x + linear(gelu(linear(x, layer, "up")), layer, "down"))
    pooled = np.stack([part.mean(axis=0) for part in np.split(x, ends)])
    return pooled / np.sqrt(np.sum(pooled**2, axis=1, keepdims=True)), seen


def attend(query: Array, key: Array, value: Array) -> Head:
    """Split (n, 384) projections into heads and run attention."""
    parts = {"query": _split(query), "key": _split(key), "value": _split(value)}
    result = numpy_attention.attention("scaled_dot", parts)
    return Head(**parts, scores=result.scores, weights=result.weights)


def _split(x: Array) -> Array:
    return np.ascontiguousarray(x.reshape(-1, HEADS, HEAD_WIDTH).swapaxes(0, 1))


def _joined(x: Array) -> Array:
    return x.swapaxes(0, 1).reshape(-1, HEADS * HEAD_WIDTH)


def linear(x: Array, layer: Mapping[str, Array], name: str) -> Array:
    """``x Wᵀ + b``."""
    result: Array = x @ layer[f"{name}.weight"].T + layer[f"{name}.bias"]
    return result


def normed(layer: Mapping[str, Array], name: str, x: Array) -> Array:
    """Layer normalisation with the parameters ``name``."""
    return layer_norm(x, layer[f"{name}.weight"], layer[f"{name}.bias"])


def layer_norm(x: Array, weight: Array, bias: Array) -> Array:
    """``(x - mean) / sqrt(variance + 1e-12) · weight + bias`` over the last axis (biased variance)."""
    deviation = x - x.mean(axis=-1, keepdims=True)
    variance = np.mean(deviation**2, axis=-1, keepdims=True)
    result: Array = deviation / np.sqrt(variance + LAYER_NORM_EPS) * weight + bias
    return result


def gelu(x: Array) -> Array:
    """``x Φ(x) = x (1 + erf(x / √2)) / 2``; NumPy has no erf, so torch evaluates that one function."""
    error_function: Array = torch.special.erf(torch.from_numpy(x / math.sqrt(2))).numpy()
    result: Array = 0.5 * x * (1 + error_function)
    return result
