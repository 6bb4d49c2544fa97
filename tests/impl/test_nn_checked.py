"""The verifier judges the layers as it judges anybody's: values, gradients, masks, state, layouts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from nn_cases import EXAMPLES
from torch import Tensor

import attnproof
from attnproof.nn import AdditiveAttention, MultiplicativeAttention, ScoreAttention
from attnproof.verify.arithmetic.fused import numba_arithmetic
from attnproof.verify.targets.target import Target

GATV2 = f"{EXAMPLES / 'gatv2.py'}:gatv2"
LAYOUT = "query=b q d, key=b k d, value=b k v, context=b q v, weights=b q k, mask=b q k"
ALWAYS: dict[str, Any] = {
    "layout": LAYOUT,
    "takes": ("mask", "causal"),
    "arguments": ("mask=attn_mask", "causal=is_causal"),
    # True leaves out, as in torch; a masked value that is not finite makes the context NaN, as in the programs
    "contract": {"polarity": "true masks", "causal": "top-left", "masked_nan": "leaks"},
}


class Fused(AdditiveAttention):
    """Without weights: by the fused kernel."""

    def forward(self, query: Tensor, key: Tensor, value: Tensor, attn_mask: Any = None, is_causal: bool = False) -> Any:
        return super().forward(query, key, value, None, False, attn_mask, is_causal)[0]


class FusedProducts(MultiplicativeAttention):
    def forward(self, query: Tensor, key: Tensor, value: Tensor, attn_mask: Any = None, is_causal: bool = False) -> Any:
        return super().forward(query, key, value, None, False, attn_mask, is_causal)[0]


class Decoding(AdditiveAttention):
    """A decoder: keys are projected once, and each query is a step."""

    def forward(self, query: Tensor, key: Tensor, value: Tensor, attn_mask: Any = None) -> Any:
        prepared = self.prepare(key, value)
        steps = range(query.shape[-2])
        masks = [None if attn_mask is None else attn_mask[..., i : i + 1, :] for i in steps]
        found = [prepared(query[..., i : i + 1, :], True, masks[i]) for i in steps]
        return tuple(torch.cat(parts, -2) for parts in zip(*found, strict=True))


class DecodingProducts(MultiplicativeAttention):
    def forward(self, query: Tensor, key: Tensor, value: Tensor, attn_mask: Any = None) -> Any:
        return self.prepare(key, value)(query, True, attn_mask)


ADDITIVE = "query_dim=d_q, key_dim=d_k, hidden_dim=d_a"
UNITS = ("weight_query=weight_query", "weight_key=weight_key", "v=v")
BOTH = ("context=0", "weights=1")
STEPS: dict[str, Any] = {
    "takes": ("mask",),
    "arguments": ("mask=attn_mask",),
    "contract": {"polarity": "true masks", "masked_nan": "leaks"},
}
CASES: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "additive": (
        AdditiveAttention,
        "additive+bias_hidden",
        {"build": ADDITIVE, "parameters": (*UNITS, "bias_hidden=bias_hidden"), "outputs": BOTH},
    ),
    "additive, fused": (Fused, "additive", {"build": f"{ADDITIVE}, bias=False", "parameters": UNITS}),
    "additive, a query a step": (
        Decoding,
        "additive+bias_hidden",
        {"build": ADDITIVE, "parameters": (*UNITS, "bias_hidden=bias_hidden"), "outputs": BOTH, **STEPS},
    ),
    "bilinear": (
        MultiplicativeAttention,
        "bilinear",
        {"build": "query_dim=d_q, key_dim=d_k", "parameters": ("weight=weight",), "outputs": BOTH},
    ),
    "bilinear, fused": (
        FusedProducts,
        "bilinear",
        {"build": "query_dim=d_q, key_dim=d_k", "parameters": ("weight=weight",), "fused": True},
    ),
    "bilinear, a query a step": (
        DecodingProducts,
        "bilinear",
        {"build": "query_dim=d_q, key_dim=d_k", "parameters": ("weight=weight",), "outputs": BOTH, **STEPS},
    ),
    "a user's": (
        ScoreAttention,
        GATV2,
        {"build": f"score={GATV2!r}, d_q=d_q, d_k=d_k, d_a=d_a", "parameters": UNITS, "outputs": BOTH},
    ),
}


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    def made(name: str, **more: Any) -> Any:
        layer, score, declared = CASES[name]
        if layer is Fused:  # a unit of it is off by an absolute error, for which its own proof has the bound
            pytest.importorskip("numba")
            monkeypatch.setattr(Target, "arithmetic", lambda self, dtype, device: numba_arithmetic(dtype))
        return attnproof.check(layer, score, **(ALWAYS | declared | more))

    return made


@pytest.mark.parametrize("name", CASES)
def test_values_gradients_and_masks_of_a_layer_are_right(name: str, report: Callable[..., Any]) -> None:
    found = report(name, profile="quick", dtypes=("fp64",), properties=("values", "masked row", "combinations"))
    assert found.ok, found.summary()
    assert not found.of("error", "fail")
    passed = {f.quantity for f in found.findings if f.outcome == "pass"}
    parameters = {parameter.split("=")[0] for parameter in CASES[name][2]["parameters"]}
    assert passed >= {"context", *(f"grad.{one}" for one in {"query", "key", "value"} | parameters)}, passed


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_a_layer_passes_every_check(name: str, report: Callable[..., Any]) -> None:
    found = report(name, profile="quick", dtypes=("fp64",))
    assert found.ok, found.summary()
    assert not found.of("error", "fail")


def test_another_score_is_seen() -> None:
    found = attnproof.check(
        MultiplicativeAttention,
        "scaled_dot",
        build="score='dot'",
        layout=LAYOUT,
        outputs=BOTH,
        profile="quick",
        dtypes=("fp64",),
        properties=("values",),
    )
    assert not found.ok
