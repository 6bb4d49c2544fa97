"""The decoder that ships learns, and with our attention as with the same in plain torch; the table of the document."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import pytest
import torch
from nn_cases import EXAMPLES, inputs, made
from torch import Tensor

from attnproof.nn import CONVENTIONS, AdditiveAttention

SIGNS = {"": "", "transposed": "ᵀ", "columns of the query": ", left half", "columns of the key": ", right half"}
STEPS = 6
OF_A_UNIT = 135  # roundings: what a unit of the kernel may err by, where a parameter was moved by one


@pytest.fixture(scope="module")
def decoder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("decoder", EXAMPLES / "decoder.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def distances(decoder: ModuleType, steps: int, dtype: torch.dtype) -> tuple[list[float], Mapping[str, float], float]:
    """Plain torch's curve, how far ours are from it, and how far it is from itself moved by a rounding."""
    plain, _ = decoder.train(decoder.PlainAttention, steps, dtype)
    moved = max(decoder.apart(plain, decoder.train(decoder.PlainAttention, steps, dtype, seed)[0]) for seed in range(3))
    ours: dict[str, Callable[..., Any]] = {"prepared": AdditiveAttention, "kernel": decoder.KernelAttention}
    found = {name: decoder.apart(plain, decoder.train(one, steps, dtype)[0]) for name, one in ours.items()}
    return plain, found, moved


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_curves_are_as_close_as_roundings_allow(decoder: ModuleType, dtype: torch.dtype) -> None:
    plain, found, moved = distances(decoder, STEPS, dtype)
    assert plain[-1] < plain[0]
    assert 0 < moved < STEPS * 1e4 * torch.finfo(dtype).eps, "the bound has power"
    assert max(found.values()) <= OF_A_UNIT * moved, found


@pytest.mark.slow
def test_it_learns(decoder: ModuleType) -> None:
    plain, found, moved = distances(decoder, 200, torch.float32)
    assert plain[-1] < 0.1 * plain[0]
    assert moved < 1e-3, "the bound has power"
    assert max(found.values()) <= OF_A_UNIT * moved, found


@pytest.mark.parametrize("name", ["additive", "bilinear", "concat", "additive, soft-cap"])
def test_prepared_keys_give_what_the_layer_does_and_gradients_of_every_step(name: str) -> None:
    layer, (query, key, value) = made(name), inputs(2)
    padding = torch.tensor([[False, True, False, False], [True] * 4])

    def gradients(contexts: Callable[[], list[Tensor]]) -> tuple[Tensor, ...]:
        total = torch.stack([(at + 1) * x.square().sum() for at, x in enumerate(contexts())]).sum()
        return torch.autograd.grad(total, [*leaves, *layer.parameters()])

    leaves = [x.requires_grad_() for x in (query, key, value)]
    steps = [query[:, at : at + 1] for at in range(3)]

    def once() -> list[Tensor]:
        prepared = layer.prepare(key, value, padding)
        return [prepared(step, need_weights=False)[0] for step in steps]

    def anew() -> list[Tensor]:
        return [layer(step, key, value, padding)[0] for step in steps]

    for one, other in zip(once(), anew(), strict=True):
        torch.testing.assert_close(one, other)
        assert not one[1].any(), "it sees no key"
    for one, other in zip(gradients(once), gradients(anew), strict=True):
        torch.testing.assert_close(one, other)
    weights = layer.prepare(key, value, padding)(steps[0])[1]
    torch.testing.assert_close(weights, layer(steps[0], key, value, padding)[1])


def test_keys_are_projected_once() -> None:
    layer, (query, key, value) = made("additive"), inputs(2)
    prepared = layer.prepare(key, value)
    wanted, _ = prepared(query)
    with torch.no_grad():
        layer.weight_key.zero_()
    assert torch.equal(prepared(query)[0], wanted)
    assert prepared.key.shape == (2, 4, 5)


def row(name: str) -> str:
    found = CONVENTIONS[name]
    parts = {ours: " + ".join(f"`{one.name}`{SIGNS[one.take]}" for one in of) for ours, of in found.ours.items()}
    unseen = ", ".join(f"`{one}`" for one in found.unseen) or "–"
    cells = "; ".join(f"`{ours}`: {text}" for ours, text in parts.items())
    layer = found.layer.removesuffix("Attention").lower()
    return f"| [`{name}`]({found.source}) | {layer} | {cells} | {unseen} |"


def test_the_document_has_every_convention() -> None:
    text = (EXAMPLES.parent / "NN.md").read_text(encoding="utf-8")
    listed = [line for line in text.splitlines() if line.startswith("| [`")]
    assert listed == [row(name) for name in CONVENTIONS]
