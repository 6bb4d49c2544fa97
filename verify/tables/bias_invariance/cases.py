"""The experiments of the bias invariance table: inputs before and after a bias, and what is predicted.

All inputs are dyadic (multiples of 1/4 or 1/2 of modest size), so they are the same numbers in every format.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.inputs.make import WITH_TANH
from attnproof.verify.options import Options
from attnproof.verify.tables.bias_invariance.exact import Inputs
from attnproof.verify.tables.saturation.inputs import hadamard

Array = npt.NDArray[np.float64]
Prediction = Literal["unchanged", "rounded logits", "changed", "log odds", "near uniform", "undefined"]

QUERIES: Final = 4
KEYS: Final = 8
WIDTH: Final = 16  # a power of 16: scale and its square root are powers of two
UNITS: Final = 8


@dataclass(frozen=True)
class Experiment:
    """One row for each implementation: ``before`` and variants ``after`` (the worst one is reported).

    name        stable within the score
    part        which of the table's questions
    prediction  what theory says about the weights
    theory      it as text
    size        the size of the bias
    """

    name: str
    part: str
    prediction: Prediction
    theory: str
    size: float
    before: Inputs
    after: tuple[Inputs, ...]


def base_inputs(score: str, rng: np.random.Generator) -> dict[str, Array]:
    """Queries of ±1/2, ±1 and keys in multiples of 1/4 up to 1; parameters that keep scores of order one."""

    def dyadic(shape: tuple[int, ...], step: float, most: int) -> Array:
        return step * rng.integers(-most, most + 1, shape).astype(np.float64)

    query = rng.choice(np.array([-1.0, -0.5, 0.5, 1.0]), (QUERIES, WIDTH))
    inputs = {"query": query, "key": dyadic((KEYS, WIDTH), 0.25, 4), "value": np.eye(KEYS)}
    if score == "bilinear":
        weight = np.zeros((WIDTH, WIDTH))
        weight[np.arange(WIDTH), rng.permutation(WIDTH)] = rng.choice(np.array([-0.5, 0.5]), WIDTH)
        inputs["weight"] = weight
    if score in WITH_TANH:
        inputs["query"] = rng.choice(np.array([-0.25, 0.25]), (QUERIES, UNITS))
        inputs["key"] = dyadic((KEYS, UNITS), 0.25, 3)
        weights = hadamard(UNITS)[:, rng.permutation(UNITS)] * 0.25
        inputs["v"] = rng.choice(np.array([-0.5, 0.5]), UNITS)
        if score == "concat":
            inputs["weight_concat"] = np.hstack([weights, np.eye(UNITS)])
        else:
            inputs |= {"weight_query": weights, "weight_key": np.eye(UNITS)}
    return inputs


def magnitudes(dtype: str, profile: str) -> list[float]:
    """Sizes of the shared bias: powers of two from 2^-20 to the format's last binade, and its largest number."""
    form = FORMATS[dtype]
    exponents = {-20, 0, form.precision - 4, form.precision + 1, form.emax}
    if profile != "quick":
        exponents |= {-8, 2, 4, form.precision - 2, form.precision, form.emax // 2}
    if profile == "thorough":
        exponents |= set(range(-20, form.precision + 4)) | set(range(0, form.emax, max(1, form.emax // 16)))
    return [2.0**e for e in sorted(exponents) if e <= form.emax] + [form.max]


def shared(score: str, dtype: str, options: Options, rng: np.random.Generator) -> Iterator[Experiment]:
    """A bias shared by all keys, added to the logits."""
    inputs = base_inputs(score, rng)

    def with_bias(bias: float) -> dict[str, Array]:
        return {**inputs, "bias": np.full((QUERIES, KEYS), bias)}

    for size in magnitudes(dtype, options.profile):
        name = "max" if size == FORMATS[dtype].max else f"2^{int(np.log2(size))}"
        both = (with_bias(size), with_bias(-size))
        text = "α(e + b) = α(e)"
        yield Experiment(f"shared/{name}", "shared", "unchanged", text, size, with_bias(0.0), both)
        text = "α of the logits e + b rounded to the format"
        yield Experiment(f"shared-rounded/{name}", "shared", "rounded logits", text, size, with_bias(0.0), both)
    text = "∞ - ∞: no value"
    infinite = (with_bias(np.inf),)
    yield Experiment("shared/infinite", "overflow", "undefined", text, np.inf, with_bias(0.0), infinite)
    if score == "dot":
        yield _overflow(dtype)


def _overflow(dtype: str) -> Experiment:
    """A score that the largest bias lifts over the format's end: max + ulp(max)/2 rounds to infinity."""
    form = FORMATS[dtype]
    half_ulp = 2.0 ** (form.emax - form.precision)
    key = np.zeros((KEYS, 1))
    key[0] = 1.0
    inputs = {"query": np.full((QUERIES, 1), half_ulp), "key": key, "value": np.eye(KEYS)}
    before = {**inputs, "bias": np.zeros((QUERIES, KEYS))}
    after = ({**inputs, "bias": np.full((QUERIES, KEYS), form.max)},)
    text = "e + b beyond the format's end: ∞ - ∞, no value (exact weights are those of b = 0)"
    return Experiment("shared/overflow", "overflow", "undefined", text, form.max, before, after)


def per_key(score: str, _dtype: str, options: Options, rng: np.random.Generator) -> Iterator[Experiment]:
    """A bias for each key, the same for all queries."""
    inputs = base_inputs(score, rng)
    pattern = np.array([0.0, 1.0, -1.0, 0.5, -0.5, 0.25, 0.75, -0.75])
    for size in (0.5,) if options.profile == "quick" else (2.0**-6, 0.5, 2.0):
        after = ({**inputs, "bias": np.tile(size * pattern, (QUERIES, 1))},)
        before = {**inputs, "bias": np.zeros((QUERIES, KEYS))}
        text = "ln(α_i/α_j) shifts by b_i - b_j, for every query"
        yield Experiment(f"per-key/{size:g}", "per key", "log odds", text, size, before, after)


def projections(score: str, dtype: str, options: Options, rng: np.random.Generator) -> Iterator[Experiment]:
    """A bias on the key projection (k + c for every key) and one on the query projection (q + c)."""
    inputs = base_inputs(score, rng)
    pattern = rng.choice(np.array([-1.0, 1.0]), inputs["key"].shape[-1])
    precision = FORMATS[dtype].precision
    if score in WITH_TANH:
        yield from _tanh_projections(score, inputs, pattern)
        return
    pattern[4:] = 0.0  # few components, so that the sums stay exact up to a bias of 2^(p - 6)
    sizes = {0.5} if options.profile == "quick" else {0.5, *(2.0 ** (precision - less) for less in (9, 6, 4))}
    for size in sorted(sizes):
        name = f"2^{int(np.log2(size))}"
        after = tuple({**inputs, "key": inputs["key"] + sign * size * pattern} for sign in (1, -1))
        text = "q·(k + c) = q·k + q·c, the same shift for every key: α unchanged"
        yield Experiment(f"key-projection/{name}", "key projection", "unchanged", text, size, inputs, after)
    after = tuple({**inputs, "query": inputs["query"] + sign * pattern} for sign in (1, -1))
    text = "ln(α_i/α_j) shifts by (score of c with k_i) - (score of c with k_j)"
    yield Experiment("query-projection/1", "query projection", "log odds", text, 1.0, inputs, after)
    capped = {**inputs, "softcap": np.array(2.0)}
    after = ({**capped, "key": inputs["key"] + pattern},)
    text = "κ tanh((q·k + q·c)/κ): the shift is not shared, α changes"
    yield Experiment("key-projection-softcap/1", "key projection", "changed", text, 1.0, capped, after)


def _tanh_projections(score: str, inputs: dict[str, Array], pattern: Array) -> Iterator[Experiment]:
    """Inside tanh a bias c on the key projection equals one on the query projection c' with W_s c' = W_h c."""
    offset = pattern
    weights = inputs["weight_concat"][:, :UNITS] if score == "concat" else inputs["weight_query"]
    # the rows of ``weights`` are orthogonal with norm² 8/16: W_s c' = offset for c' = 2 W_sᵀ offset
    same = 2.0 * weights.T @ offset
    by_key = {**inputs, "key": inputs["key"] + offset}
    by_query = {**inputs, "query": inputs["query"] + same}
    text = "tanh(W_s q + W_h k + W_h c) changes α"
    yield Experiment("key-projection/1", "key projection", "changed", text, 1.0, inputs, (by_key,))
    yield Experiment("query-projection/1", "query projection", "changed", text, 1.0, inputs, (by_query,))
    others: tuple[Inputs, ...] = (by_query,)
    if score == "additive":
        others = (by_query, {**inputs, "bias_hidden": offset})
    text = "biases on key projection, query projection and hidden units are one and the same"
    yield Experiment("projections-equal/1", "projections", "unchanged", text, 1.0, by_key, others)


def inside(score: str, dtype: str, options: Options, rng: np.random.Generator) -> Iterator[Experiment]:
    """A bias inside tanh, ever larger: the weights tend to uniform."""
    inputs = base_inputs(score, rng)
    signs = rng.choice(np.array([-1.0, 1.0]), UNITS)
    sizes = (1.0, 4.0, 16.0) if options.profile == "quick" else (0.5, 1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 1024.0)
    for size in (*sizes, 2.0 ** (FORMATS[dtype].emax - 1)):
        name = f"2^{int(np.log2(size))}" if size > 1e4 else f"{size:g}"
        shifted = _hidden_bias(score, inputs, size * signs)
        text = "|α_i - 1/n| falls like e^(-2|b|)"
        yield Experiment(f"inside-tanh/{name}", "inside tanh", "near uniform", text, size, inputs, (shifted,))


def _hidden_bias(score: str, inputs: dict[str, Array], bias: Array) -> dict[str, Array]:
    if score == "additive":
        return {**inputs, "bias_hidden": bias}
    # concat has no bias: a constant feature 1 of the query, whose column of W is the bias, is one
    weight = inputs["weight_concat"]
    query = np.hstack([inputs["query"], np.ones((QUERIES, 1))])
    joined = np.hstack([weight[:, :UNITS], bias[:, None], weight[:, UNITS:]])
    return {**inputs, "query": query, "weight_concat": joined}


PARTS: Final = {"shared": shared, "per-key": per_key, "projections": projections, "inside-tanh": inside}
