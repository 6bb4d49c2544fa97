"""Layers of torch: parameters from the score's declaration, and torch's conventions."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
import torch
from nn_cases import EXAMPLES, LAYERS, inputs, made, normal, padding
from torch import nn

from attnproof.impl.generated.torch import additive
from attnproof.nn import AdditiveAttention, MultiplicativeAttention, ScoreAttention


def test_parameters_are_those_that_the_score_declares() -> None:
    layer = AdditiveAttention(3, 4, 5)
    shapes = {name: tuple(x.shape) for name, x in layer.named_parameters()}
    assert shapes == {"weight_query": (5, 3), "weight_key": (5, 4), "v": (5,), "bias_hidden": (5,)}
    assert shapes == {name: tuple(x.shape) for name, x in layer.state_dict().items()}
    assert {*AdditiveAttention(3, 4, 5, bias=False).state_dict()} == {"weight_query", "weight_key", "v"}
    assert made("concat").weight_concat.shape == (5, 7)
    assert not list(MultiplicativeAttention(score="dot").parameters())
    own = ScoreAttention(f"{EXAMPLES / 'cosine.py'}:cosine")
    assert {name: x.item() for name, x in own.named_parameters()} == {"temperature": 1.0}


@pytest.mark.parametrize("name", LAYERS)
def test_context_and_weights_are_the_generated_program_s(name: str) -> None:
    layer, (query, key, value) = made(name), inputs(2)
    context, weights = layer(query, key, value, padding())
    assert weights is not None
    torch.testing.assert_close(context, weights @ value)
    torch.testing.assert_close(weights.sum(-1), torch.tensor([[0.0] * 3, [1.0] * 3], dtype=torch.float64))
    assert not weights[1, :, 3].any()
    fused, none = layer(query, key, value, padding(), need_weights=False)
    assert none is None
    torch.testing.assert_close(fused, context)
    if name == "additive":
        bias = torch.zeros(2, 3, 4, dtype=torch.float64).masked_fill(padding()[:, None], -torch.inf)
        given = dict(layer.named_parameters())
        assert torch.equal(weights, additive.attention(query, key, value, **given, bias=bias).weights)


def test_masks_are_those_of_multihead_attention() -> None:
    """With identities for its projections torch's own layer is a scaled dot product."""
    width = 4
    theirs = nn.MultiheadAttention(width, 1, bias=False, batch_first=True, dtype=torch.float64)
    with torch.no_grad():
        theirs.in_proj_weight.copy_(torch.eye(width).repeat(3, 1))
        theirs.out_proj.weight.copy_(torch.eye(width))
    ours = MultiplicativeAttention(score="scaled_dot")
    x = normal(2, 5, width)
    padded = torch.tensor([[False, False, True, False, True], [False] * 5])
    before = ~torch.ones(5, 5, dtype=torch.bool).tril()
    added = normal(5, 5, seed=3)
    masks: list[dict[str, Any]] = [
        {"key_padding_mask": padded},
        {"attn_mask": before},
        {"attn_mask": added},
        {"key_padding_mask": torch.where(padded, -2.5, 0.0).double(), "attn_mask": added},
        {"key_padding_mask": padded, "attn_mask": before},
    ]
    for given in masks:
        for found, wanted in zip(ours(x, x, x, **given), theirs(x, x, x, **given), strict=True):
            torch.testing.assert_close(found, wanted)
    causal, _ = ours(x, x, x, is_causal=True)
    torch.testing.assert_close(causal, theirs(x, x, x, attn_mask=before)[0])


@pytest.mark.parametrize("need_weights", [False, True])
@pytest.mark.parametrize("name", ["additive", "bilinear", "a user's"])
def test_views_broadcast_axes_and_empty_ones(name: str, need_weights: bool) -> None:
    layer, (query, key, value) = made(name), inputs(2)
    wanted, _ = layer(query, key, value, need_weights=need_weights)
    apart = [x.mT.contiguous().mT for x in (query, key, value)]
    assert not apart[1].is_contiguous()
    torch.testing.assert_close(layer(*apart, need_weights=need_weights)[0], wanted)
    wide, _ = layer(query[None].expand(6, 2, 3, 3), key, value, need_weights=need_weights)
    torch.testing.assert_close(wide, wanted.expand(6, 2, 3, 2))
    one, _ = layer(query[1], key[1], value[1], need_weights=need_weights)
    torch.testing.assert_close(one, wanted[1])
    leaves = [x.requires_grad_() for x in (query, key[:, :0], value[:, :0])]
    nothing, weights = layer(*leaves, need_weights=need_weights)
    assert nothing.shape == (2, 3, 2)
    assert not nothing.any()
    assert weights is None or weights.shape == (2, 3, 0)
    gradients = torch.autograd.grad(nothing.sum(), [*leaves, *layer.parameters()])
    assert all(not x.any() for x in gradients)
    empty, _ = layer(query[:0], key[:0], value[:0], need_weights=need_weights)
    assert empty.shape == (0, 3, 2)


@pytest.mark.parametrize("name", ["additive", "a user's"])
def test_a_layer_can_be_copied_saved_and_loaded(name: str) -> None:
    layer, given = made(name), inputs(2)
    wanted, _ = layer(*given)
    for other in (copy.deepcopy(layer), pickle.loads(pickle.dumps(layer))):
        assert torch.equal(other(*given)[0], wanted)
    fresh = LAYERS[name](dtype=torch.float64)
    assert not torch.equal(fresh(*given)[0], wanted)
    fresh.load_state_dict(layer.state_dict())
    assert torch.equal(fresh(*given)[0], wanted)


def test_a_loaded_layer_has_its_operator(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in a process that has made none."""
    kept, asked = pickle.dumps(made("additive")), list[str]()
    monkeypatch.setattr("attnproof.impl.nn.modules.registered", asked.append)
    pickle.loads(kept)
    assert asked == ["additive"]


def test_reset_is_a_new_start_and_depends_on_the_seed_alone() -> None:
    torch.manual_seed(1)
    layer = AdditiveAttention(300, 400, 500)
    first = {name: x.clone() for name, x in layer.state_dict().items()}
    assert not first["bias_hidden"].any()
    assert first["v"].abs().max() <= 500**-0.5
    assert first["weight_key"].abs().max() <= (6 / 900) ** 0.5
    for name, spread in (("v", 500**-0.5), ("weight_key", (6 / 900) ** 0.5)):  # uniform: spread/√3, within 15%
        assert abs(first[name].std() / (spread / 3**0.5) - 1) < 0.15
    layer.reset_parameters()
    assert not torch.equal(layer.v, first["v"])
    torch.manual_seed(1)
    layer.reset_parameters()
    assert all(torch.equal(x, first[name]) for name, x in layer.state_dict().items())


def test_factories() -> None:
    layer = AdditiveAttention(3, 4, 5, device="meta", dtype=torch.bfloat16)
    assert {(x.device.type, x.dtype) for x in layer.parameters()} == {("meta", torch.bfloat16)}
    half = AdditiveAttention(3, 4, 5).bfloat16()
    context, _ = half(*(x.bfloat16() for x in inputs(2)), need_weights=False)
    assert context.dtype == torch.bfloat16


def test_dropout_leaves_weights_out_in_training_alone() -> None:
    layer, (query, key, value) = made("additive", dropout=0.5), inputs(2)
    plain = made("additive")
    torch.manual_seed(3)
    context, weights = layer(query, key, value)
    kept = weights != 0
    assert 0 < kept.sum() < kept.numel()
    torch.testing.assert_close(weights, torch.where(kept, 2 * plain(query, key, value)[1], 0.0))
    torch.testing.assert_close(context, weights @ value)
    assert torch.equal(layer.eval()(query, key, value)[0], plain(query, key, value)[0])


def test_autocast_computes_in_single_precision() -> None:
    layer = AdditiveAttention(3, 4, 5)
    given = [x.float() for x in inputs(2)]
    with torch.autocast("cpu", torch.bfloat16):
        context, _ = layer(*(x.bfloat16() for x in given))
        assert torch.equal(layer(*given)[0], layer(*given)[0])
    assert context.dtype == torch.float32
    torch.testing.assert_close(context, layer(*given)[0], atol=0.05, rtol=0)  # the inputs are rounded to 8 bits


def test_a_layer_says_what_it_is() -> None:
    assert repr(AdditiveAttention(3, 4, 5)) == "AdditiveAttention(additive, d_q=3, d_k=4, d_a=5, bias_hidden)"
    assert repr(made("additive, soft-cap")).endswith("softcap=2.0)")
    assert repr(MultiplicativeAttention(score="dot", dropout=0.1)) == "MultiplicativeAttention(dot, dropout=0.1)"


@pytest.mark.parametrize(
    ("make", "error", "says"),
    [
        (lambda: ScoreAttention("cosine"), KeyError, "unknown score 'cosine'"),
        (lambda: ScoreAttention("additive", d_q=3, d_a=5), TypeError, "takes the sizes d_a, d_q, d_k; check d_k"),
        (lambda: ScoreAttention("dot", d=3), TypeError, "score dot takes the sizes none; check d"),
        (lambda: ScoreAttention("dot", optional=("bias_hidden",)), TypeError, "parameters none, not bias_hidden"),
        (MultiplicativeAttention, TypeError, "takes the sizes d_q, d_k; check d_k"),
        (lambda: MultiplicativeAttention(3, score="concat"), ValueError, "score must be one of dot, scaled_dot, bil"),  # type: ignore[arg-type]
        (lambda: AdditiveAttention(3, 4, 5, softcap=0.0), ValueError, "softcap must be a finite number > 0, got 0.0"),
        (lambda: AdditiveAttention(3, 4, 5, dropout=1.0), ValueError, "dropout must be at least 0 and less than 1"),
    ],
)
def test_a_mistake_in_a_layer_is_named(make: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        make()


def test_a_mistake_in_a_call_is_named() -> None:
    layer, (query, key, value) = made("additive"), inputs(2)
    with pytest.raises(ValueError, match=r"weight_key must have shape \(d_a, d_k\) with d_k = 3 from key"):
        layer(query, key[..., :3], value)
    with pytest.raises(TypeError, match=r"key has dtype torch.float32, expected torch.float64"):
        layer(query, key.float(), value)
    with pytest.raises(ValueError, match=r"key_padding_mask must have shape \(\.\.\., 4\), got \(2, 3\)"):
        layer(query, key, value, padding()[:, :3])
    with pytest.raises(ValueError, match=r"attn_mask must have shape \(\.\.\., 3, 4\), got \(3, 3\)"):
        layer(query, key, value, attn_mask=torch.zeros(3, 3, dtype=torch.bool))
    with pytest.raises(TypeError, match="attn_mask must be a tensor of bool or floating-point numbers"):
        layer(query, key, value, attn_mask=torch.zeros(3, 4, dtype=torch.int64))
