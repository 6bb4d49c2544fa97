"""The saturation table: how concentrated the weights are, and what gradient is left, as width and scale vary.

Scores whose joint law is exact (``saturation_inputs``), expectations as integrals with a proven error
(``saturation_theory``). A sampled row passes when two things hold: the expectation lies in the sample's interval
(finite-sample, ``saturation_stats``), and the implementation's mean differs from the mean over the exactly known
weights by no more than the a-priori rounding bound (``saturation_rounding``). ``uncertainty`` is the sum of both. The
intervals are shared by all implementations, so the false-alarm rate is spent once for each expectation:
``saturation_stats.FALSE_ALARM`` for the whole table.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.implementations.builtin import IMPLEMENTATIONS, Implementation, availability
from attnproof.verify.options import Options
from attnproof.verify.rows.tables import SaturationRow
from attnproof.verify.statistics import samples_needed
from attnproof.verify.tables import rounding as bounds
from attnproof.verify.tables.rounding import Rounding, softmax
from attnproof.verify.tables.rows import Columns, no_measurement
from attnproof.verify.tables.saturation import inputs as samples
from attnproof.verify.tables.saturation.inputs import KEYS, Config, Sample
from attnproof.verify.tables.saturation.judge import sampled, worst_of
from attnproof.verify.tables.saturation.law import plan_law
from attnproof.verify.tables.saturation.stats import ALPHA, LARGEST_VARIANCE, MeanInterval, bounded_mean_interval
from attnproof.verify.tables.saturation.tanh import plan_tanh
from attnproof.verify.tables.saturation.theory import (
    QUANTITIES,
    Expectation,
    expectations,
    jacobian_norm,
    measured_quantities,
)
from attnproof.verify.unit import Unit, generator

Array = npt.NDArray[np.float64]
Place = tuple[str, str]  # format and device

BATCHED: Final = ("query", "key", "value")

SURVIVING: Final = "surviving share"
LARGEST_SURVIVING: Final = 0.5  # ‖J g‖² <= 8 P² (1-P)² <= 1/2 for signs g, P the weight of the positive ones
# ‖J‖_F² = s - 2 Σα³ + s² with s = Σα²; Cauchy: s² = (Σ α^(1/2) α^(3/2))² <= Σα³, hence ‖J‖_F² <= s - s² <= 1/4
LARGEST_NORM: Final = 0.25
JACOBIAN_TRIALS: Final = 8

# wanted: the deviation of an expectation to be found, as a share of the range of the quantity; trials: the rows of
# scores that this takes where the variance is the largest possible on [0, 1]; elements: most components of keys in one
# sample
WANTED: Final = {"quick": 0.16, "standard": 0.08, "thorough": 0.04}
TRIALS: Final = {profile: samples_needed(LARGEST_VARIANCE, share, ALPHA) for profile, share in WANTED.items()}
ELEMENTS: Final = {"quick": 2**19, "standard": 2**21, "thorough": 2**24}

CONFIGS: Final[Mapping[str, tuple[Config, ...]]] = {
    "quick": (
        Config("dot", "signs", 16),
        Config("scaled_dot", "signs", 16),
        Config("bilinear", "signs", 16),
        Config("additive", "units", 16, 0.0),
        Config("additive", "units", 16, 2.0),
        Config("concat", "units", 16, 1.0),
        Config("dot", "normal", 16, 1.0),
        Config("dot", "normal", 16, 4.0),
    ),
    "standard": (
        *(Config(score, "signs", d) for score in ("dot", "scaled_dot") for d in (4, 16, 64, 256)),
        Config("bilinear", "signs", 16),
        *(Config("additive", "units", 16, shift) for shift in (0.0, 1.0, 2.0, 4.0)),
        Config("concat", "units", 16, 2.0),
        *(Config("dot", "normal", 16, sigma) for sigma in (0.25, 1.0, 2.0, 4.0, 8.0)),
    ),
    "thorough": (
        *(Config(score, "signs", d) for score in ("dot", "scaled_dot") for d in (1, 4, 16, 64, 256, 1024)),
        *(Config("bilinear", "signs", d) for d in (16, 64, 256)),
        *(Config("additive", "units", 16, shift) for shift in (0.0, 0.5, 1.0, 2.0, 3.0, 4.0)),
        *(Config("concat", "units", 16, shift) for shift in (0.0, 1.0, 2.0, 4.0)),
        *(Config("dot", "normal", 16, sigma) for sigma in (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)),
    ),
}

THEORY: Final = {
    "largest weight": "E[max α], {law}",
    "sum of squares": "E[Σ α²], {law}",
    "entropy": "E[-Σ α ln α], {law}",
    "jacobian norm": "E‖J‖_F² = E[Σ α² - 2 Σ α³ + (Σ α²)²], {law}",
    SURVIVING: "E[‖J g‖²/‖g‖²] = E‖J‖_F²/n for random signs g, {law}",
}


def plan(options: Options) -> list[Unit]:
    """One unit for each configuration of the wanted scores, those of tanh and of the law of saturation."""
    return (
        [
            Unit(
                f"saturation/{config.id}",
                "saturation",
                "attnproof.verify.tables.saturation.part:run",
                {"score": config.score, "kind": config.kind, "d": config.d, "setting": config.setting},
                cost=0.2 + 0.006 * config.d,
            )
            for config in CONFIGS[options.profile]
            if config.score in options.scores
        ]
        + plan_tanh(options)
        + plan_law(options)
    )


def run(arguments: Mapping[str, Any], options: Options) -> list[SaturationRow]:
    """All rows of one configuration: every quantity, implementation, format and device."""
    config = Config(**arguments)
    each = KEYS * config.d * (4 if config.kind == "units" else 1)  # tanh costs more than a product
    trials = min(TRIALS[options.profile], ELEMENTS[options.profile] // each)
    rng = generator(options.seed, "saturation", config.id)
    sample = samples.draw(config, trials, rng)
    signs = samples.random_signs(rng, (len(sample.scores), 1, KEYS))
    table = _Table(sample, signs)
    rows: list[SaturationRow] = []
    for implementation in IMPLEMENTATIONS.values():
        for dtype in options.dtypes:
            for device in options.devices:
                rows += table.rows(implementation, dtype, device)
    return rows


class _Table:
    """What the rows of one configuration share: the sample, the exact quantities, intervals and expectations."""

    def __init__(self, sample: Sample, signs: Array) -> None:
        self.sample, self.signs = sample, signs
        self.weights = softmax(sample.scores)
        self.exact = measured_quantities(self.weights)
        self.spread = np.ptp(sample.scores, axis=-1)
        self.theory = dict(expectations(sample.config.law(), KEYS))
        self.factors = sample.config.alternatives
        self.others = [dict(expectations(sample.config.law(factor), KEYS)) for factor in self.factors]
        self.wanted = [q for q in QUANTITIES if not (sample.config.kind == "normal" and q == "largest weight")]
        scale = {"largest weight": 1.0, "sum of squares": 1.0, "entropy": math.log(KEYS), "jacobian norm": LARGEST_NORM}
        self.intervals = {q: _interval(self.exact[q], scale[q]) for q in self.wanted}
        if sample.config.kind != "normal":
            self._add_surviving()

    def _add_surviving(self) -> None:
        self.wanted.append(SURVIVING)
        weights, signs = self.weights, self.signs[:, 0]
        product = weights * (signs - np.sum(weights * signs, axis=-1, keepdims=True))
        self.exact[SURVIVING] = np.sum(product**2, axis=-1) / KEYS
        self.intervals[SURVIVING] = _interval(self.exact[SURVIVING], LARGEST_SURVIVING / KEYS)
        for each in (self.theory, *self.others):
            norm = each["jacobian norm"]
            each[SURVIVING] = Expectation(norm.value / KEYS, norm.error / KEYS)

    def rows(self, implementation: Implementation, dtype: str, device: str) -> Iterator[SaturationRow]:
        config = self.sample.config
        common: Columns = {
            "kind": config.kind,
            "score": config.score,
            "d": config.d,
            "n": KEYS,
            "setting": config.setting,
            "spread": config.spacing,
            "trials": len(self.sample.scores),
            "implementation": implementation.name,
            "dtype": dtype,
            "device": device,
        }

        def row(quantity: str, **rest: Any) -> SaturationRow:
            name = quantity.replace(" ", "-")
            place = f"{implementation.name}/{dtype}/{device}"
            return SaturationRow(id=f"saturation/{config.id}/{name}/{place}", quantity=quantity, **common, **rest)

        unavailable = availability(implementation, config.score, dtype, device)
        if unavailable is not None:
            yield row("all", **no_measurement(*unavailable))
            return
        rounding = bounds.rounding_of(implementation, dtype, device)
        delta = samples.score_bound(self.sample, rounding, dtype)
        spread = self.spread + 2 * delta
        logs = 2 * delta + rounding.softmax(KEYS, spread, exact_logits=config.kind == "signs" and not delta.any())
        inputs = samples.in_format(self.sample, dtype)
        context = implementation.forward(config.score, inputs, dtype, device)["context"].reshape(-1, KEYS)
        measured = measured_quantities(context)
        moved = bounds.quantity_bounds(self.exact, logs, KEYS, rounding.tiny)
        if SURVIVING in self.wanted:
            measured[SURVIVING], moved[SURVIVING] = self._surviving(
                implementation, inputs, rounding, logs, (dtype, device)
            )
        for quantity in self.wanted:
            yield row(quantity, **self._judge(quantity, measured[quantity], moved[quantity]))
        if config.kind != "normal":
            yield row("jacobian identity", **self._identity(implementation, inputs, rounding, logs, (dtype, device)))

    def _judge(self, quantity: str, measured: Array, moved: Array) -> Columns:
        theory, interval = self.theory[quantity], self.intervals[quantity]
        reach = max(abs(other[quantity].value - theory.value) for other in self.others)
        text = THEORY[quantity].format(law=self.sample.config.formula)
        weak = "could not tell scores spread by a factor of any of " + ", ".join(f"{each:.3g}" for each in self.factors)
        mean, rounding = float(measured.mean()), float(moved.mean()) + 1e-12
        return sampled(text, theory, interval, mean, rounding, reach, weak)

    def _gradient(
        self,
        implementation: Implementation,
        inputs: Mapping[str, Array],
        upstream: Array,
        chosen: npt.NDArray[np.intp] | slice,
        where: Place,
    ) -> Array:
        """J g of the trials ``chosen``, (len(chosen), n): from ``grad.bias``, or from ``grad.key`` over its factor."""
        score, factor = self.sample.config.score, self.sample.factor
        given = {name: array[chosen] if name in BATCHED else array for name, array in inputs.items()}
        if factor is None:
            given["bias"] = np.zeros((len(upstream), 1, KEYS))
            return implementation.gradients(score, given, upstream, *where)["bias"].reshape(-1, KEYS)
        return implementation.gradients(score, given, upstream, *where)["key"][..., 0] / factor[chosen, None]

    @property
    def _least_factor(self) -> float:
        return 1.0 if self.sample.factor is None else float(np.abs(self.sample.factor).min())

    def _surviving(
        self, implementation: Implementation, inputs: Mapping[str, Array], rounding: Rounding, logs: Array, where: Place
    ) -> tuple[Array, Array]:
        """‖J g‖²/‖g‖² of each trial and its rounding bound."""
        product = self._gradient(implementation, inputs, self.signs, slice(None), where)
        error = bounds.gradient_bound(rounding, logs, KEYS, self.exact["sum of squares"], self._least_factor)
        norm = np.sqrt(self.exact[SURVIVING] * KEYS)
        return np.sum(product**2, axis=-1) / KEYS, (2 * norm * error + error**2) / KEYS

    def _identity(
        self, implementation: Implementation, inputs: Mapping[str, Array], rounding: Rounding, logs: Array, where: Place
    ) -> Columns:
        """‖J‖_F² of the Jacobian read off n gradients, against Σα² - 2Σα³ + (Σα²)² of the exact weights; the worst
        trial.
        """
        trials = min(JACOBIAN_TRIALS, len(self.weights))
        upstream = np.tile(np.eye(KEYS), (trials, 1))[:, None, :]
        columns = self._gradient(implementation, inputs, upstream, np.repeat(np.arange(trials), KEYS), where)
        got = np.sum(columns.reshape(trials, KEYS, KEYS) ** 2, axis=(1, 2))
        want = jacobian_norm(self.weights[:trials])
        squares = self.exact["sum of squares"][:trials]
        error = bounds.jacobian_bound(rounding, logs[:trials], KEYS, np.sqrt(want), squares, self._least_factor)
        bound = 2 * np.sqrt(want) * error + error**2 + 1e-13
        return worst_of(
            "‖J‖_F² = Σ α² - 2 Σ α³ + (Σ α²)², J from n gradients; the worst of the trials", got, want, bound
        )


def _interval(values: Array, scale: float) -> MeanInterval:
    """Interval for the mean of values in [0, scale]; rounding may carry a value over the end by a few ulps."""
    inside = bounded_mean_interval(np.clip(values / scale, 0.0, 1.0), ALPHA)
    return MeanInterval(inside.mean * scale, inside.low * scale, inside.high * scale)
