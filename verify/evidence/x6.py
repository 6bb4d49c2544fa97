"""X6 measured: where cancellation overtakes truncation, in each format, for NumPy and torch; and the additive score at
that step.
"""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.arithmetic.function_errors import Framework
from attnproof.verify.evidence import row
from attnproof.verify.evidence.measuring.four_units import (
    BIAS,
    BITS,
    RATE,
    Bounds,
    bounds,
    computed,
    kappa,
    largest_error,
    output_weight,
    points,
    predicted_step,
    steps,
)
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS, Implementation, availability
from attnproof.verify.options import Options
from attnproof.verify.unit import Result

FRAMEWORKS: Final[tuple[Framework, ...]] = ("numpy", "torch")
COUNTS: Final = {
    "quick": 300,
    "standard": 3000,
    "thorough": 30000,
}  # points; the bounds hold for whatever points are taken
MEASURED: Final = ("generated-numpy", "reference-numpy", "generated-torch", "reference-torch")


def rows(options: Options) -> list[Result]:
    """Best steps and their errors by format, the step that is lost, the additive score itself, and a figure for each
    framework.
    """
    found: list[Result] = []
    for framework in FRAMEWORKS:
        curves = []
        for dtype in options.dtypes:
            for device in options.devices:
                missing = availability(IMPLEMENTATIONS[f"generated-{framework}"], "additive", dtype, device)
                if missing is not None:
                    if not (framework == "numpy" and device == "cuda"):  # NumPy has no device to miss
                        found.append(_absent(framework, dtype, device, *missing))
                    continue
                judged, errors = _scan(framework, dtype, device, options)
                found += judged
                found.append(_lost(framework, dtype, device))
                if device == "cpu":
                    curves += _curves(framework, dtype, errors)
        if curves:
            found.append(_figure(framework, curves))
    for name in MEASURED:
        found += [_additive(IMPLEMENTATIONS[name], dtype) for dtype in options.dtypes if "cpu" in options.devices]
    return found


Errors = list[tuple[float, Bounds, float]]


def _scan(framework: Framework, dtype: str, device: str, options: Options) -> tuple[list[Result], Errors]:
    """Every step: the error against its two sides; then the best step against those that may be best."""
    x, y = points(dtype, COUNTS[options.profile], options.seed)
    errors = [
        (h, bounds(framework, dtype, device, h, x, y), largest_error(framework, dtype, device, h, x, y))
        for h in steps(framework, dtype, device)
    ]
    ceiling = min(sides.high for _, sides, _ in errors)  # the best step errs no more than this
    possible = [math.log2(h) for h, sides, _ in errors if sides.low <= ceiling]
    best, _, least = min(errors, key=lambda each: each[2])
    predicted = math.log2(predicted_step(framework, dtype, device))
    reach = max(abs(each - predicted) for each in possible)
    inside = min(possible) <= math.log2(best) <= max(possible)
    where = {"implementation": framework, "dtype": dtype, "device": device}
    ratio = max(error / sides.high for _, sides, error in errors)
    outside = [h for h, sides, error in errors if not sides.low <= error <= sides.high]
    what = f"log2 of the step with the least error of four units over {len(x)} products ({least:.2g})"
    theory = (
        "log2 of (30κ/41)^(1/4); the other steps whose proved least error is not above the proved error of the best"
    )
    lost = f"the best step {best} lies outside {2 ** min(possible)} to {2 ** max(possible)}"
    numbers = predicted, math.log2(best), reach, None if inside else lost
    over = (
        f"largest error over its upper bound at {len(errors)} steps; none is below its lower bound (truncation, "
        "lattice)"
    )
    sides_of = "error <= 82/45 h² + 4κ/(3h²), R = 1: the quotient lies in [0, 1]"
    wrong = f"error outside its bounds at the steps {outside}" if outside else None
    name = f"{framework}/{dtype}/{device}"
    rest: dict[str, Any] = {"grade": "bound", "where": where}
    return [
        row.judged("X6", f"best_step/{name}", what, theory, *numbers, **rest),
        row.judged("X6", f"error/{name}", over, sides_of, 0.5, ratio, 0.5, wrong, seen=max(0.0, 1 - ratio), **rest),
    ], errors


def _lost(framework: Framework, dtype: str, device: str) -> Result:
    """At the smallest step h, on |x|, |y| <= R = u/(8h), the four units agree: the score is 0 and misses x y."""
    h = min(steps(framework, dtype, device))
    radius = FORMATS[dtype].unit_roundoff / (8 * h)
    sides = np.array([radius, radius, -radius, -radius]), np.array([radius, -radius, radius, -radius])
    largest = float(np.max(np.abs(computed(framework, dtype, device, h, *sides))))
    wrong, where = None if largest == 0.0 else f"{largest} in place of 0", {"implementation": framework, "dtype": dtype}
    seen = output_weight(FORMATS[dtype], h) * FORMATS[dtype].unit_roundoff / 2  # one spacing of one unit
    name, what = f"lost_step/{framework}/{dtype}/{device}", f"score of four units at x, y = ±u/(8h), h = {h:g}"
    numbers, where = (0.0, largest, 0.0, wrong), where | {"device": device}
    return row.judged("X6", name, what, "0 for h < u/(4R)", *numbers, grade="exact", seen=seen, where=where)


def _additive(implementation: Implementation, dtype: str) -> Result:
    """The additive score of an implementation with these weights, at the power of 2 below the predicted step."""
    missing = availability(implementation, "additive", dtype, "cpu", ("bias_hidden",))
    if missing is not None:
        return _absent(implementation.name, dtype, "cpu", *missing)
    h = 2.0 ** math.floor(math.log2(predicted_step(implementation.framework, dtype, "cpu")))
    fmt, scale = FORMATS[dtype], 1 << min(BITS[dtype], 5)
    grid = np.arange(-scale, scale + 1) / scale
    v = output_weight(fmt, h)
    inputs = {
        "query": grid[:, None],
        "key": grid[:, None],
        "value": np.zeros((len(grid), 1)),
        "weight_query": h * np.array([[1.0], [-1.0], [1.0], [-1.0]]),
        "weight_key": h * np.array([[-1.0], [1.0], [1.0], [-1.0]]),
        "bias_hidden": np.full(4, float(fmt.round(np.array([BIAS]))[0])),
        "v": v * np.array([1.0, 1.0, -1.0, -1.0]),
    }
    scores = implementation.forward("additive", inputs, dtype, "cpu")["scores"]
    error = float(np.max(np.abs(scores - grid[:, None] * grid[None, :])))
    bound = RATE * h**2 + 4 * kappa(implementation.framework, dtype, "cpu", h) / (3 * h**2)
    wrong, theory = None if error <= bound else f"{error} exceeds {bound}", "at most 82/45 h² + 4κ/(3h²)"
    what = (
        f"additive score for the product of {len(grid)} queries and keys in [−1, 1], step {h:g}, output weights {v:g}: "
        "largest error"
    )
    numbers, seen = (bound / 2, error, bound / 2, wrong), max(0.0, bound - error)
    name, where = f"additive/{implementation.name}/{dtype}", {"implementation": implementation.name, "dtype": dtype}
    return row.judged("X6", name, what, theory, *numbers, grade="bound", seen=seen, where=where)


def _absent(implementation: str, dtype: str, device: str, outcome: str, reason: str) -> Result:
    """A row for a format or a device that is not there."""
    additive = implementation in IMPLEMENTATIONS
    name = f"additive/{implementation}/{dtype}" if additive else f"best_step/{implementation}/{dtype}/{device}"
    where = {"implementation": implementation, "dtype": dtype, "device": device}
    return row.unjudged("X6", name, "four units for a product", "(30κ/41)^(1/4)", outcome, reason, **where)


def _curves(framework: Framework, dtype: str, errors: Errors) -> list[dict[str, object]]:
    """The proved bound and the measured errors of one format."""
    at = [h for h, _, _ in errors]
    best = predicted_step(framework, dtype, "cpu")
    return [
        row.series(f"{dtype}: bound, least at {best:.2g}", at, [sides.high for _, sides, _ in errors], "bound"),
        row.series(f"{dtype}: measured", at, [error for _, _, error in errors], "points"),
    ]


def _figure(framework: Framework, curves: list[dict[str, object]]) -> Result:
    longest = sorted({float(h) for curve in curves for h in curve["x"]})  # type: ignore[attr-defined]
    theory = row.series("truncation 82/45 h²", longest, [RATE * h * h for h in longest])
    return row.figure(
        "X6",
        f"Error of four tanh units for x y, {framework}",
        row.axis("step h", "log10"),
        row.axis("largest error on [−1, 1]²", "log10"),
        [theory, *curves],
        "To the right truncation, falling with h²; to the left cancellation, which grows with 1/h² from a step of the "
        "order of u^(1/4) on.",
    )
