"""Evidence for T8: the least mean of sech² at every width, by libraries' layer normalisation, by search and by
enclosures that use no calculus; what ε and a constant input do to it, and what a single unit, weighting by v, gain and
offset leave of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from flint import arb

from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.evidence.measuring.normalised import computed, exact, extremal, moved, one_unit, rounding, usable
from attnproof.verify.evidence.measuring.parabolas import TOLERANCE, lower_bound
from attnproof.verify.evidence.measuring.thresholds import Place, without_cuda
from attnproof.verify.evidence.row import ANYWHERE, axis, figure, judged, series
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS
from attnproof.verify.options import Options
from attnproof.verify.outcome import FAIL
from attnproof.verify.rows.tables import EvidenceRow, Grade
from attnproof.verify.tables.rounding import rounding_of
from attnproof.verify.tables.saturation.tanh import sech2
from attnproof.verify.unit import Result

FLOOR: Final = 1 / math.cosh(1) ** 2
LARGEST: Final = 33  # width of the extremal vectors that are normalised
CERTIFIED: Final = {"quick": (5, 7), "standard": (5, 7, 9, 21, 101), "thorough": (*range(5, 41, 2), 101, 1001)}
SEARCHED: Final = {"quick": (3, 5), "standard": (3, 5, 7, 9, 11), "thorough": (*range(2, 16), 21, 33)}
EPSILON, SMALL = 2.0**-8, 2.0**-4  # SMALL² = ε
ALONE: Final = 65  # √64 = 8: the normalised vector is 8 and −1/8, exactly


def rows(options: Options) -> list[Result]:
    """All rows and two figures."""
    found = [row for place in usable(options) for row in of_place(place)]
    found += [certified(width) for width in CERTIFIED[options.profile]]
    found += [searched(width) for width in SEARCHED[options.profile]]
    found += weighted()
    found += without_cuda(options, "T8", "least/torch/cuda", "the least mean of sech²", "")
    return [*found, *figures(options)]


def least(width: int) -> float:
    """The least mean of sech² over the normalised vectors of this width."""
    return float(np.mean(sech2(exact(extremal(width)))))


def row(
    name: str, what: str, theory: str, expected: float, measured: float, within: float, *, grade: Grade = "bound",
    seen: float | None = None, where: Mapping[str, str] = ANYWHERE,
) -> EvidenceRow:  # fmt: skip
    """A row that passes when ``measured`` lies within ``within`` of ``expected``."""
    wrong = None
    if not abs(measured - expected) <= within:
        wrong = f"{measured:.17g} is not within {within:.3g} of {expected:.17g}"
    seen = 2 * within if seen is None else seen
    return judged("T8", name, what, theory, expected, measured, within, wrong, grade=grade, seen=seen, where=where)


def measure(
    place: Place, x: Array, pick: slice = slice(None), epsilon: float = 0.0, gain: float = 1.0, offset: float = 0.0
) -> tuple[float, float, float]:
    """Theory, measurement and bound of the mean of sech² over the picked units of the library's layer normalisation."""
    z = (gain * exact(x, epsilon) + offset)[pick]
    by = rounding(place, x, epsilon, gain, offset)[pick]
    got = computed(place, x, epsilon, gain, offset)[pick]
    return float(np.mean(sech2(z))), float(np.mean(sech2(got))), moved(z, by)


def of_place(place: Place) -> Iterator[Result]:
    """One library, format and device."""

    def of(name: str, what: str, theory: str, values: tuple[float, float, float]) -> Result:
        return row(f"{name}/{place.name}", what, theory, *values, where=place.where)

    for name, first, theory in (
        ("even", 2, "sech²(1)"),
        ("odd", 3, "((m + 1) sech²√(m/(m + 1)) + m sech²√((m + 1)/m))/(2m + 1)"),
    ):
        widths = range(first, LARGEST + 1, 2)
        seen = {width: measure(place, extremal(width)) for width in widths}
        worst = max(widths, key=lambda width: abs(seen[width][1] - seen[width][0]) / seen[width][2])
        what = (
            f"mean of sech² after layer normalisation of the extremal vectors, {name} widths {first} to {widths[-1]}; "
            f"the worst, {worst}, is shown"
        )
        yield of(f"least-{name}", what, theory, seen[worst])
    small = SMALL * extremal(8)
    yield of("epsilon", "ε equal to the variance, as many 1 as −1", "sech²√½", measure(place, small, epsilon=EPSILON))
    constant = FORMATS[place.dtype].round(np.full(7, 0.1))
    at_zero, got, bound = measure(place, constant, epsilon=EPSILON)
    yield of("constant", "a constant input, ε = 2^−8", "1", (1.0, got, bound + abs(1 - at_zero)))
    alone = one_unit(ALONE)
    what = f"sech² of the unit that stands alone among {ALONE}"
    yield of("single-unit", what, "sech²√(d_a − 1)", measure(place, alone, slice(1)))
    what, theory = "the mean over all units of the same vector", "(sech²(8) + 64 sech²(1/8))/65"
    yield of("one-apart", what, theory, measure(place, alone))
    for gain in (2.0, 8.0):
        yield of(
            f"gain-{gain:g}", f"as many 1 as −1, a gain of {gain:g}", "sech²(γ)", measure(place, extremal(8), gain=gain)
        )
    yield of(
        "offset-4", "as many 1 as −1, an offset of 4", "½(sech²(5) + sech²(3))", measure(place, extremal(8), offset=4.0)
    )


def weighted() -> list[Result]:
    """The additive score's slope along the keys' coordinates, read from the generated program's gradients: v on one
    unit, and v equal.
    """
    implementation = IMPLEMENTATIONS["generated-numpy"]
    z = exact(one_unit(ALONE))
    bound = rounding_of(implementation, "fp64", "cpu")
    found: list[Result] = []
    for name, v, theory in (
        ("v-on-one-unit", one_unit(ALONE), "Σ|v_a| sech²(z_a)/Σ|v_a| = sech²√(d_a − 1)"),
        ("v-equal", np.ones(ALONE), "the same = (sech²(8) + 64 sech²(1/8))/65"),
    ):
        inputs = {
            "query": np.zeros((1, 1)),
            "key": np.stack([z, np.zeros(ALONE)]),
            "value": np.eye(2),
            "weight_query": np.zeros((ALONE, 1)),
            "weight_key": np.eye(ALONE),
            "v": v,
            "bias": np.zeros((1, 2)),
        }
        gradients = implementation.gradients("additive", inputs, np.array([[1.0, -1.0]]), "fp64", "cpu")
        total = math.fsum(np.abs(gradients["key"][0])) / abs(float(gradients["bias"][0, 0]))
        expected = float(np.sum(v * sech2(z)) / np.sum(v))
        # each term: sech² and four roundings; two more for the quotients, and the evaluation of the theory
        relative = 4 * bound.elementary + 16 * bound.unit + 2.0**-46
        what = "the score's slope along the units, weighted by |v|, with one unit apart from 64"
        values = (expected, total / float(np.sum(v)), relative * expected)
        found.append(row(name, what, theory, *values, where={"implementation": implementation.name, "dtype": "fp64"}))
    return found


def certified(width: int) -> Result:
    """A lower bound over all vectors of an odd width, by enclosures of the two parabolas' gaps on small pieces: no
    derivative's shape is used.

    For k numbers that are not negative, ``Σ sech²(x) >= k min_y F₊ + (d − k) min_y F₋ − G d`` with any B, G >= 0, where
    ``F±(y) = sech²(y) ± B y + G y²``, y >= 0.
    """
    half = width // 2
    a, b = (arb(half) / (half + 1)).sqrt(), (arb(half + 1) / half).sqrt()
    fall_a, fall_b = (2 * x.sech() ** 2 * x.tanh() for x in (a, b))
    linear, quadratic = (b * fall_a - a * fall_b) / (a + b), (fall_a + fall_b) / (2 * (a + b))
    plus, minus = (lower_bound(sign * linear, quadratic, near) for sign, near in ((1, a), (-1, b)))
    totals = [k * plus + (width - k) * minus - quadratic * width for k in range(half + 1, width)]
    bound = min(float((total / width).lower()) for total in totals)
    expected = least(width)
    what = f"a lower bound for every vector of width {width}, by ball arithmetic on pieces"
    theory = "((m + 1) sech²√(m/(m + 1)) + m sech²√((m + 1)/m))/(2m + 1)"
    made = row(f"certified-{width}", what, theory, expected, bound, TOLERANCE, grade="certified enclosure")
    if bound > expected + 2.0**-46:
        reason = f"the bound {bound:.17g} is above the value {expected:.17g} at a vector"
        made = replace(made, verdict=FAIL, reason=reason)
    return made


def searched(width: int) -> Result:
    """Projected gradient descent from many vectors: where it ends is not below the minimum; how near it comes is what
    it could have seen.
    """
    random = np.random.default_rng(width)
    z = random.normal(size=(300, width))
    z[100:200] **= 3
    z[200:] = np.sign(z[200:]) + 0.01 * z[200:]
    for _ in range(600):
        z = z - z.mean(axis=1, keepdims=True)
        z /= np.sqrt((z**2).mean(axis=1, keepdims=True))
        slope = -2 * sech2(z) * np.tanh(z)
        slope -= slope.mean(axis=1, keepdims=True)
        z = z - 0.3 * (slope - z * (slope * z).mean(axis=1, keepdims=True))
    ends = [exact(vector) for vector in z]
    found = min(float(np.mean(sech2(vector))) for vector in ends)
    # mean and mean square of a vector so normalised, by a wide margin
    expected, rounded = least(width), (4 * width + 16) * 2.0**-50
    within, what = max(found - expected, 0.0) + rounded, f"the least of 300 descents at width {width}"
    return row(f"search-{width}", what, "not below the minimum", expected, found, within, seen=within)


def figures(options: Options) -> list[Result]:
    """The minimum against the width, and a vector with one unit apart."""
    shown = [place for place in usable(options) if place.name in ("numpy/fp64/cpu", "torch/fp32/cpu")]
    even, odd, widths = range(2, LARGEST + 1, 2), range(3, LARGEST + 1, 2), range(2, LARGEST + 1)
    lines = [
        series("even widths: sech²(1)", even, [FLOOR] * len(even)),
        series("odd widths", odd, [least(width) for width in odd]),
    ]
    alone = [2**k + 1 for k in range(1, 9)]
    far = [
        series("the unit by itself: sech²√(d_a − 1)", alone, [float(sech2(np.sqrt(n - 1.0))) for n in alone]),
        series("mean over all units", alone, [float(np.mean(sech2(exact(one_unit(n))))) for n in alone]),
        series("the guarantee sech²(1)", alone, [FLOOR] * len(alone), "bound"),
    ]
    for place in shown:
        lines.append(points(place, place.name, widths, lambda at, d: measure(at, extremal(d))))
        far.append(points(place, f"the unit, {place.name}", alone, lambda at, d: measure(at, one_unit(d), slice(1))))
        far.append(points(place, f"the mean, {place.name}", alone, lambda at, d: measure(at, one_unit(d))))
    return [
        figure(
            "T8",
            "The least mean of sech² after layer normalisation",
            axis("d_a"),
            axis("mean of sech²"),
            lines,
            "Even widths attain sech²(1); odd widths approach it from above, like 0.63/d_a²; no vector lies below its "
            "line.",
        ),
        figure(
            "T8",
            "One unit apart from all others",
            axis("d_a", "log2"),
            axis("sech²", "log10"),
            far,
            "The mean over the units keeps the guarantee; the unit that stands alone saturates without limit.",
        ),
    ]


def points(
    place: Place, name: str, widths: Sequence[int], of: Callable[[Place, int], tuple[float, float, float]]
) -> dict[str, object]:
    """Measured values of one library, with their rounding as error bars."""
    seen = [of(place, width) for width in widths]
    return series(
        name,
        widths,
        [got for _, got, _ in seen],
        "points",
        low=[max(got - bound, 0.0) for _, got, bound in seen],
        high=[got + bound for _, got, bound in seen],
    )
