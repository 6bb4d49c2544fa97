"""Samples whose scores have a law that is known exactly, in every format.

``signs``   Queries and keys of independent random signs. Whatever the query, the scores are independent ``c · Σ`` of d
            signs. The products are exact in a format of precision p while d <= 2^p, in any order of summation, and the
            scales are powers of two, so that rounding enters at the softmax only.
``units``   Additive and concat scores, W_h = w·I, W_s q = s for every unit, v_a = v, keys of random signs: tanh(s ± w)
            takes two values, the scores are a shift plus ``v (tanh(s+w) - tanh(s-w))/2 · Σ`` of d_a signs.
``normal``  Normal keys and orthogonal queries of norm σ (rows of a Hadamard matrix): all scores are independent N(0,
            σ²). Keys are rounded to the format, which the bound accounts for.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.tables.rounding import Rounding
from attnproof.verify.tables.saturation.theory import Law, normal_law, sign_sum_law

Array = npt.NDArray[np.float64]

KEYS: Final = 16
NORMAL_WIDTH: Final = 16  # width of the ``normal`` samples, a power of four
HIDDEN_WEIGHT: Final = 1.0  # w of the ``units`` samples
HIDDEN_V: Final = 0.5  # v of the ``units`` samples


@dataclass(frozen=True)
class Config:
    """What is sampled: score family, kind, width ``d`` and ``setting`` (``units``: s; ``normal``: σ; ``signs``: 0)."""

    score: str
    kind: Literal["signs", "units", "normal"]
    d: int
    setting: float = 0.0

    @property
    def id(self) -> str:
        """Stable name within the table."""
        extra = {"signs": "", "units": f"/shift={self.setting:g}", "normal": f"/sigma={self.setting:g}"}[self.kind]
        return f"{self.kind}/{self.score}/d={self.d}{extra}"

    @property
    def spacing(self) -> float:
        """The scale c between the sum of signs and the score, or σ."""
        if self.kind == "normal":
            return self.setting
        if self.kind == "units":
            return HIDDEN_V * (math.tanh(self.setting + HIDDEN_WEIGHT) - math.tanh(self.setting - HIDDEN_WEIGHT)) / 2
        return 1.0 if self.score == "dot" else 1.0 / math.sqrt(self.d)

    def law(self, factor: float = 1.0) -> Law:
        """The law of one score (less what the keys share), its spread multiplied by ``factor``."""
        if self.kind == "normal":
            return normal_law(factor * self.spacing, KEYS)
        return sign_sum_law(self.d, factor * self.spacing, KEYS)

    @property
    def alternatives(self) -> tuple[float, ...]:
        """Factors of the spread that a row should notice: half, twice, the other scaling, or no saturation."""
        if self.kind == "units" and self.setting:
            return (0.5, 2.0, Config(self.score, self.kind, self.d, 0.0).spacing / self.spacing)
        if self.kind == "signs" and self.d > 1:
            return (0.5, 2.0, 1 / math.sqrt(self.d) if self.score == "dot" else math.sqrt(self.d))
        return (0.5, 2.0)

    @property
    def formula(self) -> str:
        """The law as text."""
        if self.kind == "normal":
            return f"{KEYS} iid N(0, {self.setting:g}²) scores"
        return f"{KEYS} iid scores {self.spacing:.6g}·Σ of {self.d} signs"


@dataclass(frozen=True)
class Sample:
    """One drawn sample.

    inputs   tensors in float64, batch first, without ``value``
    scores   (trials, KEYS) the exact scores, in float64
    factor   what one component of the key's gradient is to the gradient of the score:
             ``grad.key[.., 0] = factor · grad score``, (trials,); None where the gradient is read from ``bias``
    norms    (trials,) largest ‖k_j‖₁ ‖q‖_∞ for the rounding of normal keys, else zeros
    """

    config: Config
    inputs: Mapping[str, Array]
    scores: Array
    factor: Array | None
    norms: Array


def random_signs(rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Independent ±1 of the given shape."""
    return np.asarray(2.0 * rng.integers(0, 2, shape, dtype=np.int8) - 1.0, dtype=np.float64)


def hadamard(size: int) -> Array:
    """Sylvester's matrix of ±1 with orthogonal rows, ``size`` a power of two."""
    result = np.ones((1, 1))
    while result.shape[0] < size:
        result = np.block([[result, result], [result, -result]])
    return result


def draw(config: Config, trials: int, rng: np.random.Generator) -> Sample:
    """``trials`` independent rows of ``KEYS`` scores with their inputs."""
    if config.kind == "normal":
        return _draw_normal(config, trials, rng)
    key = random_signs(rng, (trials, KEYS, config.d))
    zeros = np.zeros(trials)
    if config.kind == "units":
        return Sample(config, _units_inputs(config, key), _units_scores(config, key), None, zeros)
    query = random_signs(rng, (trials, 1, config.d))
    inputs = {"query": query, "key": key}
    seen = query
    if config.score == "bilinear":
        weight = np.zeros((config.d, config.d))
        weight[np.arange(config.d), rng.permutation(config.d)] = random_signs(rng, (config.d,)) * config.spacing
        inputs["weight"] = weight
        seen = query @ weight
    elif config.score == "scaled_dot":
        seen = query * config.spacing
    scores = np.einsum("tqd,tkd->tk", seen, key)
    return Sample(config, inputs, scores, seen[:, 0, 0], zeros)


def _units_inputs(config: Config, key: Array) -> dict[str, Array]:
    width = config.d
    weight_query = np.full((width, 1), config.setting)
    weight_key = HIDDEN_WEIGHT * np.eye(width)
    inputs = {"query": np.ones((len(key), 1, 1)), "key": key, "v": np.full(width, HIDDEN_V)}
    if config.score == "concat":
        inputs["weight_concat"] = np.hstack([weight_query, weight_key])
    else:
        inputs |= {"weight_query": weight_query, "weight_key": weight_key}
    return inputs


def _units_scores(config: Config, key: Array) -> Array:
    ups = np.count_nonzero(key > 0, axis=-1)
    high, low = math.tanh(config.setting + HIDDEN_WEIGHT), math.tanh(config.setting - HIDDEN_WEIGHT)
    return np.asarray(HIDDEN_V * (ups * high + (config.d - ups) * low))


def _draw_normal(config: Config, trials: int, rng: np.random.Generator) -> Sample:
    sets = math.ceil(trials / NORMAL_WIDTH)
    key = rng.standard_normal((sets, KEYS, NORMAL_WIDTH))
    query = hadamard(NORMAL_WIDTH) * (config.setting / math.sqrt(NORMAL_WIDTH))
    scores = (query @ key.transpose(0, 2, 1)).reshape(-1, KEYS)
    largest = np.abs(key).sum(axis=-1).max(axis=-1) * np.abs(query).max()
    inputs = {"query": np.broadcast_to(query, (sets, *query.shape)), "key": key}
    return Sample(config, inputs, scores, None, np.repeat(largest, NORMAL_WIDTH))


def in_format(sample: Sample, dtype: str) -> dict[str, Array]:
    """The inputs rounded to the format (which changes normal keys only) and V = identity, its context the weights."""
    batch = sample.inputs["key"].shape[0]
    value = np.broadcast_to(np.eye(KEYS), (batch, KEYS, KEYS))
    given = dict(sample.inputs)
    if sample.config.kind == "normal":
        given["key"] = FORMATS[dtype].round(given["key"])
    return {**given, "value": value}


def score_bound(sample: Sample, rounding: Rounding, dtype: str) -> Array:
    """Bound on |computed score - exact score| up to a shift shared by the keys, (trials,); infinite where none is
    known.

    ``signs``: zero while d <= 2^p; a fused kernel may multiply query and key by √scale each, four roundings, unless
    that is a power of two. ``units``: tanh, product, sum. ``normal``: rounding of the key, sum.
    """
    config = sample.config
    zeros = np.zeros(len(sample.scores))
    if config.kind == "normal":
        return sample.norms * (rounding.accumulate(NORMAL_WIDTH) + 2 * rounding.unit)
    if config.kind == "units":
        total = HIDDEN_V * config.d
        return zeros + total * (rounding.elementary + rounding.unit + rounding.accumulate(config.d))
    if config.d > 2 ** FORMATS[dtype].precision:
        return zeros + np.inf
    root = math.sqrt(config.spacing)
    if rounding.fused and math.frexp(root)[0] != 0.5:
        return zeros + config.d * config.spacing * 4 * rounding.unit
    return zeros
