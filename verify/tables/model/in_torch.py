"""The encoder in torch: a second road to the embeddings, and the adjoints that the rounding bound needs.

``embed`` uses torch's own ``nn.TransformerEncoderLayer``, with the trained parameters, and shares no line with
``forward``. ``record`` spells the operations out on a padded batch and keeps every intermediate result with its
adjoint.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from attnproof.verify.tables.model.files import HEAD_WIDTH, HEADS, LAYER_NORM_EPS, WIDTH, Model

Array = NDArray[Any]
Sites = dict[str, Tensor]


def tensors(arrays: Mapping[str, Array], dtype: torch.dtype) -> dict[str, Tensor]:
    """Parameters as tensors of ``dtype``."""
    return {name: torch.tensor(np.asarray(array), dtype=dtype) for name, array in arrays.items()}


def padded(sentences: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Token ids (batch, longest), 0 where padded, and a mask that is True at real tokens."""
    ids = nn.utils.rnn.pad_sequence([torch.tensor(list(ids)) for ids in sentences], batch_first=True)
    lengths = torch.tensor([len(ids) for ids in sentences])
    return ids, torch.arange(ids.shape[1])[None, :] < lengths[:, None]


def embed(model: Model, sentences: Sequence[Sequence[int]], dtype: torch.dtype) -> Array:
    """Embeddings (number of sentences, 384) by ``nn.TransformerEncoderLayer``, one sentence at a time, no padding."""
    embeddings = tensors({name: array for name, array in model.embeddings.items() if name != "word"}, dtype)
    norm = (embeddings["norm.weight"], embeddings["norm.bias"], LAYER_NORM_EPS)
    layers = [_encoder_layer(tensors(layer, dtype), dtype) for layer in model.layers]
    found = []
    with torch.no_grad():
        for ids in sentences:
            word = torch.tensor(model.embeddings["word"][list(ids)], dtype=dtype)
            x = functional.layer_norm(
                word + embeddings["position"][: len(ids)] + embeddings["type"][0], (WIDTH,), *norm
            )
            x = x[None]
            for layer in layers:
                x = layer(x)
            found.append(functional.normalize(x[0].mean(dim=0), dim=0))
    embedded: Array = torch.stack(found).numpy()
    return embedded


def _encoder_layer(layer: Mapping[str, Tensor], dtype: torch.dtype) -> nn.TransformerEncoderLayer:
    built = nn.TransformerEncoderLayer(
        WIDTH,
        HEADS,
        dim_feedforward=layer["up.weight"].shape[0],
        activation="gelu",
        layer_norm_eps=LAYER_NORM_EPS,
        batch_first=True,
        dtype=dtype,
        device="meta",  # nothing is drawn at random only to be replaced
    )
    names = {
        "self_attn.out_proj": "attention.output",
        "linear1": "up",
        "linear2": "down",
        "norm1": "attention.norm",
        "norm2": "output.norm",
    }
    state = {
        f"{theirs}.{kind}": layer[f"{ours}.{kind}"] for theirs, ours in names.items() for kind in ("weight", "bias")
    }
    for kind in ("weight", "bias"):
        state[f"self_attn.in_proj_{kind}"] = torch.cat([layer[f"{name}.{kind}"] for name in ("query", "key", "value")])
    built.load_state_dict(state, assign=True)
    return built.eval()


@dataclass(frozen=True)
class Recording:
    """One evaluation in fp64 with everything in between.

    parameters  of each layer, tensors; the biases of query and key require a gradient
    sites       every intermediate result by name: ``embedded``, ``LAYER.query`` ... ``LAYER.output``, ``pooled``,
                ``result``
    mask        (batch, n), True at real tokens
    """

    parameters: tuple[Mapping[str, Tensor], ...]
    norm: Mapping[str, Tensor]
    sites: Sites
    mask: Tensor

    def adjoints(self, direction: Tensor) -> tuple[Sites, tuple[dict[str, Tensor], ...]]:
        """Adjoint of every site, and each layer's gradients of the query and key biases, for ``Σ direction · result``.

        direction (batch, 384). Sentences do not interact, so row s of a site's adjoint is the one of sentence s alone.
        """
        names = list(self.sites)
        biases = [layer[f"{name}.bias"] for layer in self.parameters for name in ("query", "key")]
        objective = (direction * self.sites["result"]).sum()
        found = torch.autograd.grad(objective, [*self.sites.values(), *biases], retain_graph=True)
        of_biases = found[len(names) :]
        pairs = tuple({"query": of_biases[2 * at], "key": of_biases[2 * at + 1]} for at in range(len(self.parameters)))
        return dict(zip(names, found[: len(names)], strict=True)), pairs


def record(model: Model, sentences: Sequence[Sequence[int]]) -> Recording:
    """Evaluate in fp64, operation by operation, keeping each result."""
    dtype = torch.float64
    ids, mask = padded(sentences)
    norm = tensors({name: array for name, array in model.embeddings.items() if name != "word"}, dtype)
    parameters = tuple(tensors(layer, dtype) for layer in model.layers)
    for layer in parameters:
        for name in ("query", "key"):
            layer[f"{name}.bias"].requires_grad_()
    sites: Sites = {}

    def keep(name: str, value: Tensor) -> Tensor:
        sites[name] = value if value.requires_grad else value.requires_grad_()
        return sites[name]

    word = torch.tensor(model.embeddings["word"][ids.numpy()], dtype=dtype)
    x = keep("summed", word + norm["position"][: ids.shape[1]] + norm["type"][0])
    x = keep("embedded", functional.layer_norm(x, (WIDTH,), norm["norm.weight"], norm["norm.bias"], LAYER_NORM_EPS))
    hidden_keys = torch.where(mask, 0.0, -math.inf).to(dtype)[:, None, None, :]
    for number, layer in enumerate(parameters):

        def line(name: str, x: Tensor, layer: Mapping[str, Tensor] = layer) -> Tensor:
            return functional.linear(x, layer[f"{name}.weight"], layer[f"{name}.bias"])

        def normed(name: str, x: Tensor, layer: Mapping[str, Tensor] = layer) -> Tensor:
            return functional.layer_norm(x, (WIDTH,), layer[f"{name}.weight"], layer[f"{name}.bias"], LAYER_NORM_EPS)

        here = f"{number}."
        query, key, value = (keep(here + name, split(line(name, x))) for name in ("query", "key", "value"))
        scores = keep(here + "scores", query @ key.mT / math.sqrt(HEAD_WIDTH))
        weights = keep(here + "weights", torch.softmax(scores + hidden_keys, dim=-1))
        context = keep(here + "context", (weights @ value).transpose(1, 2).flatten(-2))
        projected = keep(here + "projected", line("attention.output", context))
        x = keep(here + "middle", normed("attention.norm", keep(here + "first sum", x + projected)))
        up = keep(here + "up", line("up", x))
        activated = keep(here + "activated", functional.gelu(up))
        down = keep(here + "down", line("down", activated))
        x = keep(here + "output", normed("output.norm", keep(here + "second sum", x + down)))
    real = mask[..., None]
    pooled = keep("pooled", torch.where(real, x, 0.0).sum(dim=1) / real.sum(dim=1))
    keep("result", functional.normalize(pooled, dim=-1))
    return Recording(parameters, norm, sites, mask)


def split(x: Tensor) -> Tensor:
    """(batch, n, 384) -> (batch, 12, n, 32)."""
    return x.reshape(*x.shape[:-1], HEADS, HEAD_WIDTH).transpose(1, 2)
