"""Rows about the law of saturation (claim T10): E[Σα²] of unscaled dot scores, certified, against sampled softmax.

``law``   keys of one standard normal component and a query σ: independent N(0, σ²) scores.
``head``  a head of width d: query and keys of independent standard normal components. Where vectors would be too many,
          the key's component along the query is drawn in their place, and |q| from its law chi_d: the same law of the
          scores (T10).

One implementation in fp64 on the CPU computes the weights: what is tested is the law, the implementations are compared
with each other elsewhere. Every interval counts in the false-alarm rate of the table. ``keys_seen`` is 1 / E[Σα²].
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from attnproof.verify.implementations.builtin import IMPLEMENTATIONS, Implementation
from attnproof.verify.options import Options
from attnproof.verify.rows.tables import SaturationRow
from attnproof.verify.statistics import samples_needed
from attnproof.verify.tables.rounding import quantity_bounds, rounding_of
from attnproof.verify.tables.saturation.average import head_mean_squares, mean_squares
from attnproof.verify.tables.saturation.judge import sampled
from attnproof.verify.tables.saturation.stats import ALPHA, LARGEST_VARIANCE, bounded_mean_interval
from attnproof.verify.tables.saturation.theory import Expectation
from attnproof.verify.unit import Unit, generator

Array = npt.NDArray[np.float64]

IMPLEMENTATION: Final = "reference-numpy"
PLACE: Final = ("fp64", "cpu")
COUNTS: Final = (16, 256, 4096)
SIGMAS: Final = (2.0, 8.0, 32.0)
WIDTHS: Final = (16, 64, 256, 1024)
WANTED: Final = {"standard": 0.0565, "thorough": 0.04}  # the deviation of E[Σα²] to be found
TRIALS: Final = {
    profile: samples_needed(LARGEST_VARIANCE, share, ALPHA) for profile, share in WANTED.items()
}  # at most
ELEMENTS: Final = {"standard": 2**21, "thorough": 2**23}  # most components of keys in one sample
FACTOR: Final = 4.0  # a row must be able to tell scores spread this much more, or less
QUANTITY: Final = "sum of squares"


def plan_law(options: Options) -> list[Unit]:
    """One unit for each spread and for each width; none in the quick profile and none without fp64 on the CPU."""
    wanted = "dot" in options.scores and PLACE[0] in options.dtypes and PLACE[1] in options.devices
    if options.profile not in TRIALS or not wanted:
        return []
    cases = [("law", sigma) for sigma in SIGMAS] + [("head", float(width)) for width in WIDTHS]
    return [
        Unit(
            f"saturation/{kind}/{size:g}",
            "saturation",
            "attnproof.verify.tables.saturation.law:run",
            {"kind": kind, "size": size},
            cost=0.4,
        )
        for kind, size in cases
    ]


def run(arguments: Mapping[str, Any], options: Options) -> list[SaturationRow]:
    """A row for every number of keys."""
    kind, size = arguments["kind"], arguments["size"]
    theory, others = theories(kind, size)
    rows = []
    for n in COUNTS:
        rng = generator(options.seed, "saturation", kind, f"{size:g}", str(n))
        query, key = draw(kind, size, n, options.profile, rng)
        rows.append(_row(kind, size, query, key, theory[n], [other[n] for other in others]))
    return rows


def theories(kind: str, size: float) -> tuple[Mapping[int, Expectation], list[Mapping[int, Expectation]]]:
    """E[Σα²] for every number of keys, and for the two alternatives: scores FACTOR times as large, or as small."""
    if kind == "law":
        return mean_squares(size, COUNTS), [mean_squares(size * factor, COUNTS) for factor in (1 / FACTOR, FACTOR)]
    # |q| of a head of width d / FACTOR² is about 1/FACTOR of that of width d; from width 4 on small |q| is rare enough
    # for the grid
    wider = [head_mean_squares(max(4, round(size / FACTOR**2)), COUNTS)]
    return head_mean_squares(round(size), COUNTS), wider


def draw(kind: str, size: float, n: int, profile: str, rng: np.random.Generator) -> tuple[Array, Array]:
    """Queries (trials, 1, d) and keys (trials, n, d), d = 1 where only the component along the query is drawn."""
    elements = ELEMENTS[profile]
    trials = min(TRIALS[profile], elements // n)
    if kind == "law":
        return np.full((trials, 1, 1), size), rng.standard_normal((trials, n, 1))
    width = round(size)
    if n * width * trials <= elements:
        return rng.standard_normal((trials, 1, width)), rng.standard_normal((trials, n, width))
    return np.sqrt(rng.chisquare(width, (trials, 1, 1))), rng.standard_normal((trials, n, 1))


def _row(
    kind: str, size: float, query: Array, key: Array, theory: Expectation, others: list[Expectation]
) -> SaturationRow:
    implementation = IMPLEMENTATIONS[IMPLEMENTATION]
    n, width = key.shape[-2:]
    measured, rounding = _measure(implementation, query, key)
    # rounding may carry a value over 1 by a few ulps
    interval = bounded_mean_interval(np.minimum(measured, 1.0), ALPHA)
    reach = max(abs(other.value - theory.value) for other in others)
    law = f"scores N(0, {size:g}²)" if kind == "law" else f"scores N(0, |q|²), |q| ~ chi of {size:g}"
    text = f"E[Σ α²] = n ∫ t E[X² exp(-tX)] E[exp(-tX)]^(n-1) dt, {law}"
    weak = f"could not tell scores spread by a factor of {FACTOR:g} or 1/{FACTOR:g}"
    # the interval is that of the computed values: what rounding does to them adds to what the theory may be off by
    widened, mean = Expectation(theory.value, theory.error + rounding), float(measured.mean())
    columns = sampled(text, widened, interval, interval.mean, 0.0, reach, weak)
    columns |= {"measured": mean, "rounding": rounding, "deviation": abs(mean - theory.value)}
    return SaturationRow(
        id=f"saturation/{kind}/{size:g}/n={n}/{implementation.name}/{'/'.join(PLACE)}",
        quantity=QUANTITY,
        kind=kind,
        score="dot",
        d=round(size) if kind == "head" else width,
        n=n,
        setting=size,
        trials=len(measured),
        drawn="vectors" if width > 1 else "components along the query",
        keys_seen=1 / theory.value,
        theory_error=theory.error,
        implementation=implementation.name,
        dtype=PLACE[0],
        device=PLACE[1],
        **columns,
    )


def _measure(implementation: Implementation, query: Array, key: Array) -> tuple[Array, float]:
    """Σα² of each trial (trials,), and the bound on the mean's rounding error."""
    trials, n, width = key.shape
    inputs = {"query": query, "key": key, "value": np.zeros((trials, n, 1))}
    weights = implementation.forward("dot", inputs, *PLACE)["weights"].reshape(trials, n)
    squares = np.sum(weights**2, axis=-1)
    constants = rounding_of(implementation, *PLACE)
    # a score is off by γ_d Σ|q_r k_r| <= γ_d |q| |k|
    norms = np.linalg.norm(query, axis=-1) * np.linalg.norm(key, axis=-1).max(axis=-1, keepdims=True)
    delta = (constants.accumulate(width) + 2 * constants.unit) * norms[:, 0]
    scores = np.einsum("tqr,tkr->tk", query, key)
    logs = 2 * delta + constants.softmax(n, np.ptp(scores, axis=-1) + 2 * delta)
    exact = dict.fromkeys(("sum of squares", "largest weight", "entropy", "jacobian norm"), squares)
    moved = quantity_bounds(exact, logs, n, constants.tiny)[QUANTITY]
    return squares, float(moved.mean()) * (1 + 1e-6) + n * constants.unit
