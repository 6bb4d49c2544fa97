"""Evidence for B1: a bias shared by all keys in floating point, beside the proved bound and as near to it as ties can
bring it.

Scores of width 1 (query 1, keys e) are exact, so that the bias is the first thing that rounds. Every implementation
that returns its weights is measured in every format; enclosures by ball arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from flint import arb, ctx

from attnproof.verify.arithmetic.formats import FORMATS, Array, Format
from attnproof.verify.evidence.measuring.b1_bound import (
    BITS,
    Bounds,
    Pair,
    bounds,
    deviations,
    exact_weight,
    exponents,
    pairs,
    upper,
)
from attnproof.verify.evidence.measuring.places import Measured, measured
from attnproof.verify.evidence.row import axis, figure, judged, series, unjudged
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS, availability
from attnproof.verify.options import Options
from attnproof.verify.rows.tables import Grade
from attnproof.verify.tables.rounding import rounding_of
from attnproof.verify.unit import Result

KEYS: Final = 16  # of the rows about equal bits
GRID: Final = -2  # their scores are multiples of 2^GRID
STEP: Final = {"quick": 7, "standard": 1, "thorough": 1}
GRADE: Final[Mapping[bool, Grade]] = {True: "exhaustive", False: "exact"}  # whether every bias is looked at
SOFTMAX_BOUND: Final = "tanh(D/2) + (1 − u)^(−(n + 1)) − 1, D = u(1 + 2u)(|b| + E) + 2uE − ln(1 − h)"


@dataclass(frozen=True)
class Place(Measured):
    """An implementation in a format on a device, with scores of width 1."""

    @property
    def exp_error(self) -> float:
        """h, the relative error of the exponential in the softmax."""
        return self.arithmetic.softmax_exp.relative * self.form.unit_roundoff

    def weights(self, scores: Array, bias: Array) -> Array:
        """Computed weights (m, n) of m problems with ``scores`` (m, n) and a bias (m,) shared by all keys."""
        inputs = {
            "query": np.ones((len(scores), 1, 1)),
            "key": scores[..., None],
            "value": np.zeros((*scores.shape, 1)),
            "bias": np.broadcast_to(bias[:, None, None], (len(scores), 1, scores.shape[1])),
        }
        return self.implementation.forward("dot", inputs, self.dtype, self.device)["weights"][:, 0]


@dataclass(frozen=True)
class Scanned:
    """A pair of keys, what was found and its bounds."""

    pair: Pair
    bounds: Bounds
    weight: arb
    odds: arb


def rows(options: Options) -> list[Result]:
    """For every place: the scan of ties, the biases with equal bits, the absorbed scores; for half formats every sum;
    the figure.
    """
    found: list[Result] = []
    curves: dict[str, list[Scanned]] = {}
    for place in places(options):
        scanned = scan(place, STEP[options.profile])
        found += [near_the_bound(place, scanned), ties(place, scanned)]
        found += [equal_bits(place), first_that_changes(place), absorbed(place)]
        curves.setdefault(place.form.name, []).extend(scanned)
    for name in ("fp16", "bf16"):
        if name in options.dtypes and "cpu" in options.devices:
            found.append(every_sum(FORMATS[name]))
    if curves:
        found.append(drawn(curves))
    if "cuda" in options.devices:
        missing = availability(IMPLEMENTATIONS["generated-torch"], "dot", "fp32", "cuda")
        if missing is not None:
            found.append(unjudged("B1", "scan/cuda", "a shared bias", SOFTMAX_BOUND, *missing, device="cuda"))
    return found


def places(options: Options) -> Iterator[Place]:
    """Where weights can be measured, and a bias is added in the format itself: not where half is computed in single."""
    for place, missing in measured(options, "dot", ("bias",), "weights"):
        if missing is None and rounding_of(place.implementation, place.dtype, place.device).bias_format == place.dtype:
            yield Place(place.implementation, place.dtype, place.device)


def scan(place: Place, step: int) -> list[Scanned]:
    """Every pair of ties at every bias."""
    found = []
    for exponent in exponents(place.form, step):
        here = pairs(place.form, exponent)
        if not here:
            continue  # every pair would leave the normal range
        scores = np.array([[pair.own, *[pair.other] * pair.others] for pair in here])
        computed = place.weights(scores, np.array([pair.bias for pair in here]))
        for pair, line in zip(here, computed, strict=True):
            own, other = float(line[0]), float(line[1])
            found.append(
                Scanned(
                    pair, bounds(pair, place.form, place.exp_error), *deviations(pair, exact_weight(pair), own, other)
                )
            )
    return found


def near_the_bound(place: Place, scanned: list[Scanned]) -> Result:
    """The largest deviation of a weight, in units of its bound."""
    ratios = [one.weight / one.bounds.weight for one in scanned]
    worst = max(range(len(ratios)), key=lambda k: float(ratios[k].mid()))
    pair, holds = scanned[worst].pair, all(ratio < 1 for ratio in ratios)
    what = (
        f"largest deviation of a weight over its bound, {len(scanned)} pairs of ties; here b = {pair.bias:g}, n = "
        f"{pair.keys}"
    )
    reason = None if holds else "a weight leaves its bound"
    worst_ratio = upper(ratios[worst])
    return judged("B1", f"weights/{place.name}", what, SOFTMAX_BOUND, 0.0, worst_ratio, 1.0, reason, where=place.where)


def ties(place: Place, scanned: list[Scanned]) -> Result:
    """The largest deviation of log-odds over its bound: at most 1, and at least what opposite ties at b = 2^p give."""
    ratios = [one.odds / one.bounds.odds for one in scanned]
    worst = max(range(len(ratios)), key=lambda k: float(ratios[k].mid()))
    with ctx.workprec(BITS):
        least = max(
            float(((2 - one.bounds.beside) / one.bounds.odds).lower())
            for one in scanned
            if one.pair.bias == 2.0**place.form.precision and {one.pair.own, one.pair.other} == {1.0, 3.0}
        )
    ratio = ratios[worst]
    holds = all(each < 1 for each in ratios) and bool(ratio > least)
    what = f"largest deviation of log-odds over its bound, in the scan; here b = {scanned[worst].pair.bias:g}"
    reason = None if holds else f"the ratio lies outside [{least:.6g}, 1]"
    theory = (
        "opposite ties move log-odds by 2u|b|: at most 2D − 4 ln(1 − u), at least 2u|b| less the softmax's own error"
    )
    name = f"log-odds/{place.name}"
    return judged("B1", name, what, theory, 1.0, upper(ratio), 1.0 - least, reason, where=place.where)


def grid_scores() -> Array:
    """Multiples of 2^GRID, E among them."""
    return np.asarray(np.ldexp(np.arange(1 - KEYS / 2, KEYS / 2 + 1), GRID), dtype=np.float64)


def biases_with_equal_bits(form: Format) -> tuple[Array, bool]:
    """Multiples of 2^GRID up to ``2^(p + GRID) − E``: all in half formats, else the last 64 on both sides, powers of
    two between.
    """
    last = 2**form.precision - KEYS // 2
    if form.precision <= 11:
        return np.ldexp(np.arange(-last, last + 1, dtype=np.float64), GRID), True
    ends = [last - k for k in range(64)] + [2**k for k in range(form.precision)]
    return np.ldexp(np.array([sign * k for k in ends for sign in (-1, 1)], dtype=np.float64), GRID), False


def equal_bits(place: Place) -> Result:
    """Where all sums are exact, no bit of any weight changes."""
    bias, every = biases_with_equal_bits(place.form)
    scores = np.broadcast_to(grid_scores(), (len(bias), KEYS))
    changed = place.weights(scores, bias) != place.weights(scores, np.zeros_like(bias))
    count = int(changed.any(axis=1).sum())
    what = (
        f"biases, of {len(bias)} multiples of {2.0**GRID:g} up to {float(bias.max()):.17g}, that change a bit of a "
        "weight"
    )
    wrong = f"{count} biases change the weights" if count else None
    theory, grade = "none while |b| + E ≤ 2^(p + g)", GRADE[every]
    return judged(
        "B1", f"bits/{place.name}", what, theory, 0.0, float(count), 0.0, wrong, grade=grade, where=place.where
    )


def first_that_changes(place: Place) -> Result:
    """One multiple further the largest sum is rounded: the weights change as for logits rounded by ties to even."""
    bias = np.array([np.ldexp(2.0**place.form.precision - KEYS / 2 + 1, GRID)])
    scores = grid_scores()[None]
    rounded = place.form.round(scores + bias) - bias if place.form.precision < 53 else (scores + bias) - bias
    same = place.weights(scores, bias) == place.weights(rounded, np.zeros(1))
    differs = bool(np.any(place.weights(scores, bias) != place.weights(scores, np.zeros(1))))
    what = (
        f"weights that change at b = {float(bias[0]):.17g}, the next multiple of {2.0**GRID:g}, and are not those of "
        "the "
        "rounded logits"
    )
    theory = "the weights change to those of the rounded logits, to the last bit"
    wrong = "unchanged" if not differs else None if same.all() else "not the weights of the rounded logits"
    name, count = f"beyond/{place.name}", float(np.sum(~same))
    return judged("B1", name, what, theory, 0.0, count, 0.0, wrong, grade="exact", where=place.where)


def absorbed(place: Place) -> Result:
    """Scores up to u|b|/2 leave uniform weights; one number further below, at a power of two, they do not."""
    bias = 2.0 ** (place.form.precision + 2)
    edge = bias * place.form.unit_roundoff / 2
    scores = np.linspace(-edge, edge, 9)[None, [0, 1, 2, 3, 5, 6, 7, 8]]
    beyond = scores.copy()
    beyond[0, 0] = -edge * (1 + 2 * place.form.unit_roundoff)
    off = float(np.abs(place.weights(scores, np.array([bias])) - 1 / 8).max())
    told = float(np.abs(place.weights(beyond, np.array([bias])) - 1 / 8).max())
    wrong = "not uniform" if off else None if told > 0 else "uniform beyond the edge as well"
    what = f"distance of weights from 1/8: scores up to {edge:g}, b = {bias:g} (one number beyond: {told:.3g})"
    theory = "max|e| ≤ u|b|/2: every e + b rounds to b; the next number below does not"
    return judged("B1", f"absorbed/{place.name}", what, theory, 0.0, off, 0.0, wrong, grade="exact", where=place.where)


def every_sum(form: Format) -> Result:
    """Every number e of a half format with |e| <= 2^p |b|, added by torch: the largest difference of two errors over
    2u(|b| + max |e|).

    ``(fl(e + b) − b) − e`` is exact in fp64: at most 2p + 8 bits.
    """
    half = torch.bfloat16 if form.name == "bf16" else torch.float16
    numbers = torch.arange(-(2**15), 2**15, dtype=torch.int32).to(torch.int16).view(half)
    numbers = numbers[torch.isfinite(numbers)]
    largest = 0.0
    for exponent in (-3, 0, 5, form.emax - 2):
        for significand in (1.0, 1.25, 1.5, 2 - 2 * 2 * form.unit_roundoff):
            bias = significand * 2.0**exponent
            kept = numbers[numbers.double().abs() <= min(bias * 2.0**form.precision, form.max / 4)]
            kept = kept[torch.argsort(kept.double().abs())]
            exact = kept.double().numpy()
            error = ((kept + torch.tensor(bias, dtype=half)).double().numpy() - bias) - exact
            apart = np.maximum.accumulate(error) - np.minimum.accumulate(error)
            largest = max(largest, float(np.max(apart / (2 * form.unit_roundoff * (bias + np.abs(exact))))))
    slack = 1 - 1 / (1 + 3 * form.unit_roundoff)
    wrong = None if 1 - slack <= largest <= 1 else f"the ratio {largest:.6g} lies outside [{1 - slack:.6g}, 1]"
    what = "largest difference of the errors of two sums over 2u(|b| + E), over all numbers e of the format, 16 biases"
    theory, where = "at most 1; ties at powers of two reach 1/(1 + 3u)", {"implementation": "torch", "dtype": form.name}
    return judged("B1", f"sums/{form.name}", what, theory, 1.0, largest, slack, wrong, grade="exhaustive", where=where)


def drawn(curves: dict[str, list[Scanned]]) -> Result:
    """Largest deviation of a weight at each bias, beside its bound."""
    lines = []
    for name, scanned in curves.items():
        best: dict[float, Scanned] = {}
        for one in scanned:
            held = best.get(one.pair.bias)
            if held is None or one.weight.mid() > held.weight.mid():
                best[one.pair.bias] = one
        x = sorted(best)
        lines.append(series(f"{name}: bound", x, [upper(best[b].bounds.weight) for b in x], "bound"))
        lines.append(series(f"{name}: measured", x, [upper(best[b].weight) for b in x], "points"))
    return figure(
        "B1",
        "A shared bias in floating point",
        axis("bias |b|", "log2"),
        axis("largest deviation of a weight", "log10"),
        lines,
        "Scores whose sums with b are ties: the deviation grows like u|b|/2 and stays just below the proved bound.",
    )
