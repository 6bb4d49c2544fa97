"""The variance table's rows for implementations and formats: their scores, against theory.

One sample of float64 inputs serves every implementation and format. On the exact scores T is a test at level ``ALPHA``;
the scores of an implementation differ from them by at most ``score_bound``, and because the statistic's slope is at
most 1, T moves by at most the mean of ``per_sample_bound``. That mean is added to the half-width, so that the level
holds for all rows together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from attnproof.verify.arithmetic.backends import arithmetic
from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS, Implementation, availability
from attnproof.verify.inputs.case import Case
from attnproof.verify.options import Options, Profile
from attnproof.verify.outcome import UNSUPPORTED
from attnproof.verify.rows.tables import VarianceRow
from attnproof.verify.statistics import MeanTest, samples_needed
from attnproof.verify.tables.rounding import Rounding, rounding_of
from attnproof.verify.tables.rows import Columns, no_measurement
from attnproof.verify.tables.variance import theory
from attnproof.verify.tables.variance.judge import ALPHA, Found, judge
from attnproof.verify.tables.variance.rounding import OWN, case_of, computed, moved, reference
from attnproof.verify.tables.variance.theory import COMPONENTS, STATISTICS, Null, per_sample_bound
from attnproof.verify.unit import Unit, generator

# the deviation of a variance to be found, as a share of it, for scores of excess kurtosis 0: (e − μ)² has the variance
# 2 σ⁴
WANTED: Final[Mapping[Profile, float]] = {"quick": 0.225, "standard": 0.16, "thorough": 0.08}
COUNT: Final[Mapping[Profile, int]] = {name: samples_needed(2.0, share, ALPHA) for name, share in WANTED.items()}
ELEMENTS: Final[Mapping[Profile, int]] = {"quick": 1 << 17, "standard": 1 << 20, "thorough": 1 << 24}
HALF_DIFFERENCE: Final = "half difference"


@dataclass(frozen=True)
class Config:
    """A score with the law of its inputs; ``d`` is the width of the query."""

    score: str
    law: str
    d: int

    @property
    def id(self) -> str:
        """Unique name."""
        return f"{self.score}/{self.law}/d={self.d}"


CONFIGS: Final[Mapping[str, tuple[Config, ...]]] = {
    "quick": (
        Config("dot", "rademacher", 2),
        Config("scaled_dot", "normal", 64),
        Config("bilinear", "weight", 4),
        Config("additive", "projections", 4),
        Config("concat", "projections", 4),
    ),
    "standard": (
        Config("dot", "rademacher", 2),
        Config("dot", "normal", 4),
        Config("dot", "normal", 64),
        Config("scaled_dot", "rademacher", 2),
        Config("scaled_dot", "normal", 4),
        Config("scaled_dot", "normal", 64),
        Config("scaled_dot", "normal", 1024),
        Config("bilinear", "weight", 4),
        Config("additive", "projections", 4),
        Config("concat", "projections", 4),
    ),
}

HADAMARD: Final = np.array([[1.0 - 2.0 * ((row & column).bit_count() % 2) for column in range(8)] for row in range(4)])
ENTRY: Final = 0.5  # projections: rows of a Hadamard matrix, orthogonal and exact in every format


def plan(options: Options) -> list[Unit]:
    """One unit for each configuration of a wanted score."""
    return [
        Unit(
            f"variance/implementations/{config.id}",
            "variance",
            "attnproof.verify.tables.variance.implementations:run",
            {"score": config.score, "law": config.law, "d": config.d},
            cost=1.0,
        )
        for config in CONFIGS.get(options.profile, CONFIGS["standard"])
        if config.score in options.scores
    ]


def inputs_of(config: Config, count: int, rng: np.random.Generator) -> tuple[dict[str, Array], Null, float]:
    """float64 inputs with batch ``count``, one query and two keys each, the theory of the unscaled score, and the
    score's factor.
    """
    value = np.broadcast_to(np.eye(2), (count, 2, 2))
    if config.score in {"dot", "scaled_dot"}:
        shape = (count, 3, config.d)
        drawn = rng.standard_normal(shape) if config.law == "normal" else 2.0 * rng.integers(0, 2, shape) - 1
        factor = 1 / np.sqrt(config.d) if config.score == "scaled_dot" else 1.0
        inputs: dict[str, Array] = {"query": np.asarray(drawn[:, :1]), "key": np.asarray(drawn[:, 1:]), "value": value}
        return inputs, theory.dot_null(config.law, config.d), float(factor)
    d_k = 2 * config.d
    inputs = {
        "query": np.asarray(rng.standard_normal((count, 1, config.d))),
        "key": rng.standard_normal((count, 2, d_k)),
        "value": value,
    }
    if config.score == "bilinear":
        weight: Array = rng.standard_normal((config.d, d_k)) / np.sqrt(config.d)
        return inputs | {"weight": weight}, theory.bilinear_fixed_null(weight), 1.0
    units = len(HADAMARD)
    query, key = ENTRY * HADAMARD[:, : config.d], ENTRY * HADAMARD[:, :d_k]
    v = np.full(units, ENTRY)
    null = theory.additive_null(units, ENTRY, config.d * ENTRY**2, d_k * ENTRY**2)
    if config.score == "concat":
        return inputs | {"weight_concat": np.concatenate([query, key], axis=1), "v": v}, null, 1.0
    return inputs | {"weight_query": query, "weight_key": key, "v": v}, null, 1.0


@dataclass(frozen=True)
class Sample:
    """Everything that does not depend on the implementation. Scores in units of the unscaled score, (N, 2)."""

    config: Config
    inputs: Mapping[str, Array]
    null: Null
    factor: float
    exact: Array


def sample_of(config: Config, count: int, rng: np.random.Generator) -> Sample:
    """Draw the inputs and compute their scores in float64."""
    inputs, null, factor = inputs_of(config, count, rng)
    exact = reference(config.score, inputs)[:, 0] / factor
    return Sample(config, inputs, null, factor, exact)


def run(arguments: Mapping[str, Any], options: Options) -> list[VarianceRow]:
    """All rows of one configuration: every format, implementation and device."""
    config = Config(**arguments)
    count = min(COUNT[options.profile], ELEMENTS[options.profile] // config.d)
    sample = sample_of(config, count, generator(options.seed, "variance", config.id))
    rows: list[VarianceRow] = []
    unrounded = case_of(config.score, sample.inputs, OWN[0])
    for dtype in options.dtypes:
        rounded = {name: FORMATS[dtype].round(value) for name, value in sample.inputs.items()}
        given = case_of(config.score, rounded, dtype)
        apart = moved(unrounded, unrounded if dtype == OWN[0] else case_of(config.score, rounded, OWN[0]))[:, 0]
        for implementation in IMPLEMENTATIONS.values():
            for device in options.devices:
                rows += rows_of(sample, given, apart, implementation, dtype, device)
    return rows


def rows_of(
    sample: Sample, given: Case, apart: Array, implementation: Implementation, dtype: str, device: str
) -> Iterator[VarianceRow]:
    """The rows of one implementation, format and device; ``given`` has the inputs rounded to the format, and ``apart``
    (N, 2) bounds what that does to the scores.
    """
    config, null, factor = sample.config, sample.null, sample.factor
    place = f"{implementation.name}/{dtype}/{device}"

    def row(statistic: str, decided: Columns) -> VarianceRow:
        power = theory.DEGREE.get(statistic, 0)
        formula = null.formula.get(statistic, "")
        if factor != 1.0 and power and formula != "0":
            formula = f"({formula})/{'sqrt(d)' if power == 1 else 'd'}"
        return VarianceRow(
            id=f"variance/{config.id}/{statistic.replace(' ', '-')}/{place}",
            score=config.score,
            implementation=implementation.name,
            dtype=dtype,
            device=device,
            theory=formula,
            statistic=statistic,
            components=COMPONENTS.get(config.law, "q, k normal(0, 1), parameters fixed"),
            d=config.d,
            method="implementation",
            **decided,
        )

    unavailable = availability(implementation, config.score, dtype, device)
    if unavailable is not None:
        yield row("all", no_measurement(*unavailable))
        return
    rounding = rounding_of(implementation, dtype, device)
    error = (computed(given, arithmetic(implementation, dtype, device))[:, 0] + apart) / factor
    outputs = implementation.forward(config.score, given.inputs, dtype, device)
    if "scores" in implementation.outputs:
        scores = outputs["scores"][:, 0] / factor
        for statistic in STATISTICS:
            yield row(statistic, _judge(sample, statistic, scores, error))
        return
    yield row("all but the half difference", no_measurement(UNSUPPORTED, f"{implementation.name} returns no scores"))
    weights = outputs["context"][:, 0]
    gap, bound = difference_from_weights(weights, sample.exact * factor, error * factor, rounding)
    scores = np.stack([gap / factor, np.zeros_like(gap)], axis=-1)
    bounds = np.stack([bound / factor, np.zeros_like(bound)], axis=-1)
    yield row(HALF_DIFFERENCE, _judge(sample, HALF_DIFFERENCE, scores, bounds))


def difference_from_weights(weights: Array, exact: Array, error: Array, rounding: Rounding) -> tuple[Array, Array]:
    """``e_1 − e_2 = log(α_1/α_2)`` from the weights (N, 2) of a kernel that returns no scores (V is the identity), with
    its bound.

    exact, error (N, 2): the scores and the bound of their own rounding. Infinite bound where a weight may have
    underflowed.
    """
    gap = exact[:, 0] - exact[:, 1]
    own = error.sum(axis=-1)
    smallest = 1 / (1 + np.exp(np.abs(gap)))  # the smaller of the two exact weights
    logs = rounding.softmax(2, np.abs(gap) + own)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        lost = rounding.tiny / (smallest * np.exp(-np.minimum(logs + own, 700.0)))
        bound = np.where(lost < 0.5, own + 2 * logs + 2 * lost, np.inf)
        found = np.where(np.isfinite(bound), np.log(weights[:, 0]) - np.log(weights[:, 1]), gap)
    return np.asarray(found), np.asarray(bound)


def _judge(sample: Sample, statistic: str, scores: Array, error: Array) -> Columns:
    """``scores`` and the bounds of their ``error``, (N, 2), in units of the unscaled score."""
    null, exact = sample.null, sample.exact
    test = MeanTest(null.spread[statistic], len(scores), ALPHA)
    centred = null.centred(statistic, scores[:, 0], scores[:, 1])
    moved = per_sample_bound(statistic, exact[:, 0], exact[:, 1], null, error[:, 0], error[:, 1])
    found = Found(test, test.deviation(centred), float(centred.mean()))
    return judge(null, statistic, found, sample.factor, float(np.mean(moved)))
