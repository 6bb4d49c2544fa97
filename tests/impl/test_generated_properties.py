"""Algebraic properties of attention, for every generated module. Tolerances follow from the operations.

u is the unit roundoff of double precision, γ_n = n u / (1 − n u). Inputs are multiples of 1/8 with |x| ≤ 2, so that dot
and bilinear scores and the pre-activations of the additive ones are exact in double precision.

The weights from logits t whose largest magnitude is T:

* t − max t is rounded once, |error| ≤ 2 T u; exp is good to F u relatively (F = 8: four units in the last place);
* their sum has relative error γ_n on top, the quotient u.

So two computations of the same weights that differ in the order of summation, in vectorisation, or in exact shifts
agree to the relative error 2 (2 T + F + F + n + 1) u =: 2 W u, up to terms in u²; the constant is doubled for those.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from attnproof.derivations.scores import FAMILIES

U = 2.0**-53
F = 8
N_A = 2
TARGETS = ("numpy", "torch")
EXACT = ("dot", "bilinear")  # scores that are exact for these inputs
MODULES = [(target, score) for target in TARGETS for score in FAMILIES]


@dataclass(frozen=True)
class Drawn:
    n_q: int
    n_k: int
    seed: int

    @property
    def rng(self) -> np.random.Generator:
        return np.random.default_rng(self.seed)


DRAWN = st.builds(Drawn, st.integers(1, 4), st.integers(1, 9), st.integers(0, 2**32 - 1))


def arguments(target: str, score: str, drawn: Drawn) -> dict[str, np.ndarray]:
    module = importlib.import_module(f"attnproof.impl.generated.{target}.{score}")
    sizes = {"n_q": drawn.n_q, "n_k": drawn.n_k, "d": 3, "d_q": 3, "d_k": 2, "d_a": N_A, "d_v": 2}
    rng = drawn.rng
    return {
        name: rng.integers(-16, 17, tuple(sum(sizes[p] for p in axis.split(" + ")) for axis in axes if axis != "..."))
        / 8
        for name, axes in module.SHAPES.items()
        if name in module.REQUIRED
    }


def attention(target: str, score: str, given_: dict[str, np.ndarray]) -> Any:
    """Context, weights and scores as NumPy arrays."""
    module = importlib.import_module(f"attnproof.impl.generated.{target}.{score}")
    if target == "numpy":
        return module.attention(**given_)
    result = module.attention(**{name: torch.tensor(array) for name, array in given_.items()})
    return module.Attention(*(output.numpy() for output in result))


def weight_error(largest: float, n: int) -> float:
    """Relative difference of two computations of the same weights from the same logits."""
    return 2 * 2 * (2 * largest + 2 * F + n + 1) * U


def score_error(score: str, given_: dict[str, np.ndarray]) -> float:
    """Absolute difference of two computations of the same score: Σ |v| (F u + γ_{d_a}) each; scaled dot: one
    quotient.
    """
    if score in EXACT:
        return 0.0
    if score == "scaled_dot":
        return 2 * 2 * U * 3 * 4  # division by the rounded √d, |q·k| ≤ 3 · 2 · 2
    return 2 * (F + N_A) * U * float(np.abs(given_["v"]).sum()) * 2


SETTINGS = settings(max_examples=15)


@pytest.mark.parametrize(("target", "score"), MODULES)
@SETTINGS
@given(drawn=DRAWN, shift=st.integers(-4096, 4096))
def test_a_bias_shared_by_all_keys_changes_no_weight(target: str, score: str, drawn: Drawn, shift: int) -> None:
    args = arguments(target, score, drawn)
    plain = attention(target, score, args)
    moved = attention(target, score, args | {"bias": np.full((drawn.n_q, drawn.n_k), float(shift))})
    if score in EXACT:  # e + shift is exact, and so is its difference from the maximum
        np.testing.assert_array_equal(moved.weights, plain.weights)
        return
    largest = float(np.abs(plain.scores).max()) + abs(shift)
    # rounding e + shift moves each logit by at most u·largest, a weight by the factor exp(2 u largest)
    bound = weight_error(largest, drawn.n_k) + 4 * largest * U
    assert (np.abs(moved.weights - plain.weights) <= bound * plain.weights).all()


@pytest.mark.parametrize(("target", "score"), MODULES)
@SETTINGS
@given(drawn=DRAWN)
def test_permuting_the_keys_permutes_the_weights(target: str, score: str, drawn: Drawn) -> None:
    args = arguments(target, score, drawn)
    order = drawn.rng.permutation(drawn.n_k)
    plain = attention(target, score, args)
    turned = attention(target, score, args | {"key": args["key"][order], "value": args["value"][order]})
    largest = float(np.abs(plain.scores).max())
    shift = score_error(score, args)
    assert (np.abs(turned.scores - plain.scores[:, order]) <= shift).all()
    bound = weight_error(largest, drawn.n_k) + 2 * 2 * shift
    assert (np.abs(turned.weights - plain.weights[:, order]) <= bound * plain.weights[:, order]).all()
    magnitude = plain.weights @ np.abs(args["value"])
    assert (np.abs(turned.context - plain.context) <= (bound + 4 * drawn.n_k * U) * magnitude).all()


@pytest.mark.parametrize(("target", "score"), MODULES)
@SETTINGS
@given(drawn=DRAWN)
def test_weights_are_a_distribution_and_the_context_lies_between_the_values(
    target: str, score: str, drawn: Drawn
) -> None:
    args = arguments(target, score, drawn)
    result = attention(target, score, args)
    # computed weights are p_j / fl(Σ p) (1 + u): they add up to 1 within γ_n + u, whatever the errors of p
    assert (result.weights >= 0).all()
    total = np.array([float(sum(map(int, (row * 2.0**60).round()))) / 2.0**60 for row in result.weights])
    off = 2 * (drawn.n_k + 1) * U
    assert (np.abs(total - 1) <= off + drawn.n_k * 2.0**-60).all()
    largest = np.abs(args["value"]).max(axis=0)
    slack = (off + 2 * drawn.n_k * U) * largest  # and the sum with V has γ_n of Σ α |V|
    assert (result.context >= args["value"].min(axis=0) - slack).all()
    assert (result.context <= args["value"].max(axis=0) + slack).all()


@pytest.mark.parametrize(("target", "score"), MODULES)
@SETTINGS
@given(drawn=DRAWN, power=st.integers(-8, 8))
def test_the_context_is_linear_in_the_values(target: str, score: str, drawn: Drawn, power: int) -> None:
    args = arguments(target, score, drawn)
    other = drawn.rng.integers(-16, 17, args["value"].shape) / 8
    plain = attention(target, score, args)
    scaled = attention(target, score, args | {"value": args["value"] * 2.0**power})
    np.testing.assert_array_equal(scaled.context, plain.context * 2.0**power)  # powers of two commute with rounding
    second = attention(target, score, args | {"value": other})
    both = attention(target, score, args | {"value": args["value"] + other})
    np.testing.assert_array_equal(both.weights, plain.weights)
    # three sums with error γ_n Σ α|V| each, and one addition
    magnitude = plain.weights @ (np.abs(args["value"]) + np.abs(other))
    assert (np.abs(both.context - (plain.context + second.context)) <= 2 * (2 * drawn.n_k + 1) * U * magnitude).all()


@pytest.mark.parametrize(("target", "score"), MODULES)
@SETTINGS
@given(drawn=DRAWN)
def test_one_key_takes_all_and_masked_keys_take_nothing(target: str, score: str, drawn: Drawn) -> None:
    args = arguments(target, score, drawn)
    kept = int(drawn.rng.integers(drawn.n_k))
    bias = np.full((drawn.n_q, drawn.n_k), -np.inf)
    bias[:, kept] = 0.0
    result = attention(target, score, args | {"bias": bias})
    np.testing.assert_array_equal(result.weights, np.where(np.isneginf(bias), 0.0, 1.0))
    np.testing.assert_array_equal(result.context, np.broadcast_to(args["value"][kept], result.context.shape))
    nothing = attention(target, score, args | {"bias": np.full_like(bias, -np.inf)})
    assert not nothing.weights.any()
    assert not nothing.context.any()


@pytest.mark.parametrize("score", FAMILIES)
@SETTINGS
@given(drawn=DRAWN)
def test_the_gradient_of_the_bias_adds_up_to_zero_over_the_keys(score: str, drawn: Drawn) -> None:
    """What a shared bias does not change has no derivative: Σ_j α (ᾱ − ρ) = 0 up to rounding."""
    args = arguments("numpy", score, drawn) | {"bias": np.zeros((drawn.n_q, drawn.n_k))}
    module = importlib.import_module(f"attnproof.impl.generated.numpy.{score}")
    result = module.attention(**args)
    gradient = module.attention_backward(np.ones_like(result.context), **args)["bias"]
    # Σ α ᾱ and ρ Σ α differ by γ_n Σ α|ᾱ| for ρ, n + 1 u for Σ α, 3 u for each term and γ_n for this sum
    magnitude = (result.weights * np.abs(np.ones_like(result.context) @ args["value"].T)).sum(axis=-1)
    assert (np.abs(gradient.sum(axis=-1)) <= 2 * (3 * drawn.n_k + 8) * U * magnitude + 1e-300).all()
