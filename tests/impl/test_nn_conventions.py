"""States of others' layers, loaded into ours: each convention against a layer written in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from nn_cases import normal
from torch import Tensor, nn

from attnproof.nn import CONVENTIONS, AdditiveAttention, MultiplicativeAttention, converted

QUERY, KEY, HIDDEN = 3, 4, 5
Layer = tuple[Mapping[str, Tensor], Callable[[Tensor, Tensor], Tensor]]  # its state, and its scores


def linear(*shape: int, bias: bool = False) -> nn.Linear:
    return nn.Linear(*shape, bias=bias, dtype=torch.float64)


def of_linears(query: str, key: str, v: str, *biased: str) -> Layer:
    """tanh of two projected sums, each layer a ``Linear``."""
    layers = nn.ModuleDict(
        {
            query: linear(QUERY, HIDDEN, bias=query in biased),
            key: linear(KEY, HIDDEN, bias=key in biased),
            v: linear(HIDDEN, 1, bias=v in biased),
        }
    )

    def scores(q: Tensor, k: Tensor) -> Tensor:
        return layers[v](torch.tanh(layers[query](q)[:, :, None] + layers[key](k)[:, None])).squeeze(-1)

    return layers.state_dict(), scores


def of_kernels(query: str, key: str, v: str, *biases: str) -> Layer:
    """The same with matrices that stand on the right, as in Keras; v is a column or a vector."""
    state = {query: normal(QUERY, HIDDEN), key: normal(KEY, HIDDEN, seed=8), v: normal(HIDDEN, seed=9)}
    if v != "attention_v":
        state[v] = state[v][:, None]
    state |= {name: normal(1 if name.startswith("V") else HIDDEN, seed=11 + at) for at, name in enumerate(biases)}

    def scores(q: Tensor, k: Tensor) -> Tensor:
        units = (q @ state[query])[:, :, None] + (k @ state[key])[:, None]
        units = units + sum(state[name] for name in biases if not name.startswith("V"))
        return torch.tanh(units) @ state[v].reshape(-1) + sum(state[name] for name in biases if name.startswith("V"))

    return state, scores


def opennmt_general() -> Layer:
    """A query is projected to the keys' width."""
    layer = nn.ModuleDict({"linear_in": linear(QUERY, KEY)})
    return layer.state_dict(), lambda q, k: layer["linear_in"](q) @ k.mT


def chatbot_general() -> Layer:
    """A key is projected to the queries' width, with a bias."""
    layer = nn.ModuleDict({"attn": linear(KEY, QUERY, bias=True)})
    return layer.state_dict(), lambda q, k: q @ layer["attn"](k).mT


def chatbot_concat() -> Layer:
    """One layer for query and key side by side, which have one width."""
    layer, v = linear(2 * KEY, HIDDEN, bias=True), normal(HIDDEN)

    def scores(q: Tensor, k: Tensor) -> Tensor:
        shape = (len(q), q.shape[1], k.shape[1], KEY)
        side = torch.cat([q[:, :, None].expand(shape), k[:, None].expand(shape)], -1)
        return torch.tanh(layer(side)) @ v

    return {f"attn.{name}": x for name, x in layer.state_dict().items()} | {"v": v}, scores


def allennlp_bilinear() -> Layer:
    matrix, bias = normal(QUERY, KEY), normal(1, seed=8)
    return {"_weight_matrix": matrix, "_bias": bias}, lambda q, k: q @ matrix @ k.mT + bias


THEIRS: dict[str, Callable[[], Layer]] = {
    "pytorch-tutorial": lambda: of_linears("Wa", "Ua", "Va", "Wa", "Ua", "Va"),
    "d2l": lambda: of_linears("W_q", "W_k", "w_v"),
    "opennmt-mlp": lambda: of_linears("linear_query", "linear_context", "v", "linear_query"),
    "opennmt-general": opennmt_general,
    "allennlp": lambda: of_kernels("_w_matrix", "_u_matrix", "_v_vector"),
    "allennlp-bilinear": allennlp_bilinear,
    "pytorch-chatbot-general": chatbot_general,
    "pytorch-chatbot-concat": chatbot_concat,
    "tensorflow-tutorial": lambda: of_kernels("W1.kernel", "W2.kernel", "V.kernel", "W1.bias", "W2.bias", "V.bias"),
    "tensorflow-addons": lambda: of_kernels("query_layer.kernel", "memory_layer.kernel", "attention_v"),
}


@pytest.mark.parametrize("name", CONVENTIONS)
def test_a_converted_layer_computes_the_same(name: str) -> None:
    torch.manual_seed(2)
    state, scores = THEIRS[name]()
    width = KEY if name == "pytorch-chatbot-concat" else QUERY
    ours: Any = converted(name, state)
    if CONVENTIONS[name].layer == "AdditiveAttention":
        layer: Any = AdditiveAttention(width, KEY, HIDDEN, bias="bias_hidden" in ours, dtype=torch.float64)
    else:
        layer = MultiplicativeAttention(QUERY, KEY, dtype=torch.float64)
    layer.load_state_dict(ours)
    query, key, value = normal(2, 3, width), normal(2, 6, KEY, seed=3), normal(2, 6, 2, seed=4)
    context, weights = layer(query, key, value)
    wanted = scores(query, key).softmax(-1)
    torch.testing.assert_close(weights, wanted)
    torch.testing.assert_close(context, wanted @ value)


def test_arrays_prefixes_and_layers_without_biases() -> None:
    state, _ = THEIRS["tensorflow-tutorial"]()
    whole = converted("tensorflow-tutorial", {name: x.numpy() for name, x in state.items()})
    assert torch.equal(whole["bias_hidden"], state["W1.bias"] + state["W2.bias"])
    apart = converted(
        "tensorflow-tutorial",
        {f"decoder.attention.{n}": x for n, x in state.items()} | {"other": 0},
        "decoder.attention.",
    )
    assert all(torch.equal(whole[name], apart[name]) for name in whole)
    bare = {name: x for name, x in state.items() if not name.endswith("bias")}
    assert converted("tensorflow-tutorial", bare).keys() == {"weight_query", "weight_key", "v"}


def test_mistakes_are_named() -> None:
    state, _ = THEIRS["d2l"]()
    with pytest.raises(KeyError, match="unknown convention 'd3l'; known: pytorch-tutorial, d2l"):
        converted("d3l", state)
    with pytest.raises(ValueError, match="convention d2l has no parameter cover; it has W_k"):
        converted("d2l", {**state, "cover": torch.ones(1)})
    with pytest.raises(KeyError, match=r"convention d2l: a\.w_v\.weight is missing"):
        converted("d2l", {f"a.{name}": x for name, x in state.items() if name != "w_v.weight"}, "a.")
