"""Attention layers of others: what their parameters are called, and what becomes of them in ours.

Where a convention adds the same number to all scores of a query (a bias after tanh, a bias of the projected keys of a
product) the softmax does not see it (claim B1), and it is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal

import torch
from torch import Tensor

#: what is taken of a parameter: itself, its transpose, or the columns that meet the query or the key
Taking = Literal["", "transposed", "columns of the query", "columns of the key"]


@dataclass(frozen=True)
class Part:
    """A parameter of theirs, and what is taken of it; ``optional``: their layer may have none."""

    name: str
    take: Taking = ""
    optional: bool = False

    def of(self, state: Mapping[str, Any]) -> Tensor:
        """What is taken. Raises KeyError where it is not there."""
        x = torch.as_tensor(state[self.name])
        if self.take == "transposed":
            return x.mT
        if self.take:
            half = x.shape[-1] // 2
            return x[..., :half] if self.take == "columns of the query" else x[..., half:]
        return x


@dataclass(frozen=True)
class Convention:
    """How somebody's layer is written.

    layer   ours: ``AdditiveAttention`` or ``MultiplicativeAttention``
    source  where it is written so
    ours    for each parameter of ours the parts whose sum it is
    unseen  parameters that the softmax does not see
    """

    layer: Literal["AdditiveAttention", "MultiplicativeAttention"]
    source: str
    ours: Mapping[str, tuple[Part, ...]]
    unseen: tuple[str, ...] = field(default=())

    @property
    def theirs(self) -> frozenset[str]:
        """Every parameter that is known."""
        return frozenset(part.name for parts in self.ours.values() for part in parts) | {*self.unseen}


def _linear(query: str, key: str, v: str, *biases: str) -> dict[str, tuple[Part, ...]]:
    found = {"weight_query": (Part(query),), "weight_key": (Part(key),), "v": (Part(v),)}
    return found | ({"bias_hidden": tuple(Part(one, optional=True) for one in biases)} if biases else {})


def _dense(query: str, key: str, v: str, *biases: str) -> dict[str, tuple[Part, ...]]:
    """Keras keeps the matrices of its dense layers transposed."""
    found = _linear(query, key, v, *biases)
    return found | {name: (Part(found[name][0].name, "transposed"),) for name in ("weight_query", "weight_key")}


CONVENTIONS: Final[Mapping[str, Convention]] = MappingProxyType(
    {
        "pytorch-tutorial": Convention(
            "AdditiveAttention",
            "https://docs.pytorch.org/tutorials/intermediate/seq2seq_translation_tutorial.html",
            _linear("Wa.weight", "Ua.weight", "Va.weight", "Wa.bias", "Ua.bias"),
            unseen=("Va.bias",),
        ),
        "d2l": Convention(
            "AdditiveAttention",
            "https://d2l.ai/chapter_attention-mechanisms-and-transformers/attention-scoring-functions.html",
            _linear("W_q.weight", "W_k.weight", "w_v.weight"),
        ),
        "opennmt-mlp": Convention(
            "AdditiveAttention",
            "https://github.com/OpenNMT/OpenNMT-py/blob/master/onmt/modules/global_attention.py",
            _linear("linear_query.weight", "linear_context.weight", "v.weight", "linear_query.bias"),
        ),
        "opennmt-general": Convention(
            "MultiplicativeAttention",
            "https://github.com/OpenNMT/OpenNMT-py/blob/master/onmt/modules/global_attention.py",
            {"weight": (Part("linear_in.weight", "transposed"),)},
        ),
        "allennlp": Convention(
            "AdditiveAttention",
            "https://github.com/allenai/allennlp/blob/main/allennlp/modules/attention/additive_attention.py",
            _dense("_w_matrix", "_u_matrix", "_v_vector"),
        ),
        "allennlp-bilinear": Convention(
            "MultiplicativeAttention",
            "https://github.com/allenai/allennlp/blob/main/allennlp/modules/attention/bilinear_attention.py",
            {"weight": (Part("_weight_matrix"),)},
            unseen=("_bias",),
        ),
        "pytorch-chatbot-general": Convention(
            "MultiplicativeAttention",
            "https://docs.pytorch.org/tutorials/beginner/chatbot_tutorial.html",
            {"weight": (Part("attn.weight"),)},
            unseen=("attn.bias",),
        ),
        "pytorch-chatbot-concat": Convention(
            "AdditiveAttention",
            "https://docs.pytorch.org/tutorials/beginner/chatbot_tutorial.html",
            {
                "weight_query": (Part("attn.weight", "columns of the query"),),
                "weight_key": (Part("attn.weight", "columns of the key"),),
                "v": (Part("v"),),
                "bias_hidden": (Part("attn.bias", optional=True),),
            },
        ),
        "tensorflow-tutorial": Convention(
            "AdditiveAttention",
            "https://github.com/tensorflow/docs/blob/945a448704b25a0897ed24abd45ab4d0b0d6f3c2/"
            "site/en/tutorials/text/nmt_with_attention.ipynb",
            _dense("W1.kernel", "W2.kernel", "V.kernel", "W1.bias", "W2.bias"),
            unseen=("V.bias",),
        ),
        "tensorflow-addons": Convention(
            "AdditiveAttention",
            "https://github.com/tensorflow/addons/blob/master/tensorflow_addons/seq2seq/attention_wrapper.py",
            _dense("query_layer.kernel", "memory_layer.kernel", "attention_v"),
        ),
    }
)


def converted(convention: str, state: Mapping[str, Any], prefix: str = "") -> dict[str, Tensor]:
    """A state for ``load_state_dict`` of our layer, of somebody's state: tensors or arrays by their names.

    convention  one of ``CONVENTIONS``
    prefix      what their names begin with in a larger model's state; other names are passed over

    Raises KeyError for an unknown convention and a parameter that is missing, ValueError for one that the convention
    does not have, since a layer that has more computes something else.
    """
    if convention not in CONVENTIONS:
        raise KeyError(f"unknown convention {convention!r}; known: {', '.join(CONVENTIONS)}")
    found = CONVENTIONS[convention]
    own = {name.removeprefix(prefix): x for name, x in state.items() if name.startswith(prefix)}
    for name in own:
        if name not in found.theirs:
            raise ValueError(
                f"convention {convention} has no parameter {name}; it has {', '.join(sorted(found.theirs))}"
            )
    result: dict[str, Tensor] = {}
    for name, parts in found.ours.items():
        there = [part for part in parts if not part.optional or part.name in own]
        for part in there:
            if part.name not in own:
                raise KeyError(f"convention {convention}: {prefix}{part.name} is missing")
        if there:
            whole = torch.stack([part.of(own) for part in there]).sum(0)
            result[name] = whole.reshape(-1) if name in {"v", "bias_hidden"} else whole
    return result
