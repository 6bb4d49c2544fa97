"""Evidence for T6: from which argument on a library's tanh is ±1, and by how much a computed score exceeds the sum of
the |v_a|.

The threshold is predicted for a correctly rounded tanh, and enclosed for the error that
``attnproof.verify.arithmetic.backends`` declares or measures.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from attnproof.verify.arithmetic.backends import function_error
from attnproof.verify.arithmetic.formats import Array, Format
from attnproof.verify.arithmetic.function_errors import computed
from attnproof.verify.evidence.measuring.thresholds import (
    Edge,
    Place,
    number,
    onward,
    places,
    scan,
    tanh_is_one,
    together,
    value,
    values,
    without_cuda,
)
from attnproof.verify.evidence.row import judged
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS
from attnproof.verify.options import Options
from attnproof.verify.rows.tables import Grade
from attnproof.verify.unit import Result

UNITS: Final = 64
#: where fp32 is scanned: below the first the declared error excludes a 1 (``rows`` checks that), the last is deep in
#: saturation
FROM, TO = 7.5, 16.0
SUMS: Final[tuple[Grade, Grade]] = ("exact", "bound")  # of two units, of many
FP64_FROM, FP64_TO = 8.0, 40.0


def rows(options: Options) -> list[Result]:
    """Thresholds and largest results for each library and format; then scores beside the sum of the |v_a|."""
    found: list[Result] = []
    quick = options.profile == "quick"
    for place in places(options):
        found += thresholds(place, (False,) if quick and place.dtype == "fp32" else (False, True))
        if place.dtype == "fp32" and not quick:
            found.append(error_where_it_saturates(place))
        found += list(sums(place))
    what = "from which argument on tanh is ±1"
    return found + without_cuda(options, "T6", "threshold/torch/cuda", what, "½ ln(2^(p + 2) − 1)")


def is_one(sign: int, results: Array) -> NDArray[np.bool_]:
    """Where the result is ``sign``."""
    return np.asarray(results == sign)


def saturation(place: Place, strides: Sequence[bool]) -> Edge:
    """Both signs and all layouts together; arguments by size."""
    ends = {"fp32": (FROM, TO), "fp64": (FP64_FROM, FP64_TO)}.get(place.dtype, (0.0, np.inf))
    return together(
        [
            scan(place, "tanh", partial(is_one, sign), *ends, sign=sign, strided=strided)
            for sign in (1, -1)
            for strided in strides
        ]
    )


def allowed(place: Place) -> float:
    """The error near 1 that is declared, in spacings below 1: the spacing is u, and tanh is below 1."""
    error = function_error(place.framework, "tanh", place.dtype, place.device)
    fmt = place.format
    return error.relative + error.absolute * fmt.smallest_subnormal / fmt.unit_roundoff


def thresholds(place: Place, strides: Sequence[bool]) -> list[Result]:
    """From which argument on every result is ±1, and the largest result."""
    fmt, edge, error = place.format, saturation(place, strides), allowed(place)
    predicted = tanh_is_one(fmt, error)
    if place.dtype == "fp32" and predicted.earliest < number(fmt, FROM):
        raise ValueError(f"an error of {error} spacings allows a 1 below {FROM}: scan from lower on")
    correct, earliest = value(fmt, predicted.correct), value(fmt, predicted.earliest)
    latest = None if predicted.latest is None else value(fmt, predicted.latest)
    reach = max(correct - earliest, 0.0 if latest is None else latest - correct)
    later = "or later" if latest is None else f"to {latest:.6g}"
    wrong = None
    if edge.first is None or edge.onward is None:
        wrong = "the results do not stay at ±1"
    elif edge.first < predicted.earliest or (predicted.latest is not None and edge.onward > predicted.latest):
        wrong = f"an error of {error:.3g} spacings allows it from {earliest:.6g} {later} only"
    layout = "contiguous and strided" if len(strides) > 1 else "contiguous"
    what = (
        f"from which argument on tanh is ±1{onward(place.format, edge, predicted)} ({edge.scanned} arguments, either "
        f"sign, {layout})"
    )
    theory = f"½ ln(2^(p + 2) − 1), rounded up (the error of this tanh allows {earliest:.6g} {later})"
    first = None if edge.first is None else value(fmt, edge.first)
    largest, above = edge.largest, "a tanh larger than 1" if edge.largest > 1 else None
    bound, seen = "the largest |tanh| among them: the bound on rounded products rests on it", 2 * fmt.unit_roundoff
    rest: dict[str, Any] = {"grade": edge.grade, "where": place.where}
    return [
        judged("T6", f"threshold/{place.name}", what, theory, correct, first, reach, wrong, **rest),
        judged("T6", f"largest/{place.name}", bound, "at most 1", 1.0, largest, 0.0, above, seen=seen, **rest),
    ]


def error_where_it_saturates(place: Place) -> Result:
    """The largest error at every fp32 value from 8 to 16, in spacings below 1, against what is declared.

    The reference is NumPy's float64 tanh; its own error, at most 8 u(fp64), is less than 2^-25 spacings.
    """
    fmt, declared = place.format, allowed(place)
    worst, count = 0.0, 0
    for begin in range(number(fmt, 8.0), number(fmt, TO), 1 << 16):
        arguments = values(fmt, np.arange(begin, begin + (1 << 16), dtype=np.int64))
        found = computed(place.framework, "tanh", fmt, arguments, device=place.device)
        worst = max(worst, float(np.max(np.abs(found - np.tanh(arguments)))) / fmt.unit_roundoff)
        count += len(arguments)
    worst += 2.0**-25
    wrong = None if worst <= declared else f"the error is {worst:.3g} spacings, declared are {declared:.3g}"
    what = f"the largest error of tanh among all {count} values from 8 to 16, in spacings below 1"
    numbers, theory = (declared, worst, declared, wrong), "at most the declared error"
    return judged("T6", f"error/{place.name}", what, theory, *numbers, grade="exhaustive", where=place.where)


def just_above_half(fmt: Format) -> float:
    """The number after u: added to 1 it lies nearer to 1 + 2u than to 1."""
    return fmt.unit_roundoff * (1 + 2 * fmt.unit_roundoff)


def sums(place: Place) -> Iterator[Result]:
    """Scores at saturated units: with two, as proved to the last bit; with many, within the bound."""
    fmt, name = place.format, f"generated-{place.framework}"
    u, addend = Fraction(fmt.unit_roundoff), Fraction(just_above_half(fmt))
    two = (1 + 2 * u) / (1 + addend) - 1
    for units, theory, text in (
        (2, two / u, "(1 + 2u)/‖v‖₁ − 1, in units of u, v = (1, u(1 + 2u))"),
        (UNITS, ((1 + u) ** (UNITS - 1) - 1) / u, f"at most (1 + u)^{UNITS - 1} − 1, in units of u"),
    ):
        v = np.full(units, float(addend))
        v[0] = 1.0
        scores = saturated_scores(name, place, v)
        bound = sum(map(Fraction, v.tolist()), Fraction(0))
        excess = [(Fraction(score) * sign / bound - 1) / u for score, sign in zip(scores, (1, -1), strict=True)]
        exact = units == 2
        worst = max(excess)
        holds = all(each == theory for each in excess) if exact else worst <= theory
        wrong = None if holds else f"the excess is {[float(each) for each in excess]} u for z = ±24"
        what = f"by how much the computed score of {units} saturated units exceeds the exact ‖v‖₁, relatively"
        seen, grade = (float(u), SUMS[0]) if exact else (float(theory - worst), SUMS[1])
        numbers = float(theory), float(worst), 0.0 if exact else float(theory), wrong
        where, row = place.where | {"implementation": name}, f"sum-of-{units}/{place.name}"
        yield judged("T6", row, what, text, *numbers, grade=grade, seen=seen, where=where)


def saturated_scores(implementation: str, place: Place, v: Array) -> list[float]:
    """The additive scores of a key that puts every unit at 24, and of one that puts it at −24."""
    units = len(v)
    inputs = {
        "query": np.zeros((1, 1)),
        "key": np.array([[24.0], [-24.0]]),
        "value": np.zeros((2, 1)),
        "weight_query": np.zeros((units, 1)),
        "weight_key": np.ones((units, 1)),
        "v": v,
    }
    found = IMPLEMENTATIONS[implementation].forward("additive", inputs, place.dtype, place.device)
    return [float(score) for score in found["scores"].ravel()]
