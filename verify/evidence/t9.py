"""Evidence for T9: where a library's exp overflows, becomes subnormal and underflows, and what the softmax does there.

The thresholds are predicted for a correctly rounded exp, and enclosed for the error that
``attnproof.verify.arithmetic.backends`` declares or measures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
from numpy.typing import NDArray

from attnproof.verify.arithmetic.backends import function_error
from attnproof.verify.arithmetic.formats import Array, Format
from attnproof.verify.arithmetic.function_errors import FunctionError, computed
from attnproof.verify.evidence.measuring.thresholds import (
    CHUNK,
    Place,
    Prediction,
    exp_is_infinite,
    exp_is_subnormal,
    exp_is_zero,
    onward,
    places,
    scan,
    together,
    value,
    without_cuda,
)
from attnproof.verify.evidence.row import judged
from attnproof.verify.implementations.builtin import IMPLEMENTATIONS
from attnproof.verify.options import Options
from attnproof.verify.unit import Result

ENDS: Final = {"fp32": (64.0, 128.0), "fp64": (512.0, 1024.0)}  # fp16 and bf16: every value
KEYS: Final = 4  # a power of two, so that equal weights are exact


@dataclass(frozen=True)
class Change:
    """What happens to exp at a threshold.

    sign       of the arguments
    reached    whether a result is past the threshold
    error      the declared error there, in the unit of ``predicted``
    predicted  where, for such an error
    """

    name: str
    words: str
    theory: str
    sign: int
    reached: Callable[[Format, Array], NDArray[np.bool_]]
    error: Callable[[Format, FunctionError], float]
    predicted: Callable[[Format, float], Prediction]


def _is_infinite(fmt: Format, results: Array) -> NDArray[np.bool_]:
    del fmt
    return np.asarray(results == np.inf)


def _is_zero(fmt: Format, results: Array) -> NDArray[np.bool_]:
    del fmt
    return np.asarray(results == 0)


def _is_subnormal(fmt: Format, results: Array) -> NDArray[np.bool_]:
    return np.asarray(results < fmt.smallest_normal)


def _in_tiny(fmt: Format, error: FunctionError, size: float) -> float:
    """The declared error at a result of ``size``, in smallest subnormals."""
    return error.absolute + error.relative * fmt.unit_roundoff * size / fmt.smallest_subnormal


CHANGES: Final = (
    Change(
        "infinite",
        "exp is infinite",
        "ln(2^e_max (2 − 2^(−p)))",
        1,
        _is_infinite,
        lambda _, error: error.relative,
        exp_is_infinite,
    ),
    Change(
        "subnormal",
        "exp is below the normal numbers",
        "ln(2^e_min − η/2)",
        -1,
        _is_subnormal,
        lambda fmt, error: _in_tiny(fmt, error, fmt.smallest_normal),
        exp_is_subnormal,
    ),
    Change(
        "zero",
        "exp is 0",
        "ln(η/2)",
        -1,
        _is_zero,
        lambda fmt, error: _in_tiny(fmt, error, 4 * fmt.smallest_subnormal),
        exp_is_zero,
    ),
)


def rows(options: Options) -> list[Result]:
    """Thresholds for each library and format; the softmax with and without the shift; implementations at the undefined
    cases.
    """
    found: list[Result] = []
    for place in places(options):
        # every fp32 value of the binades takes a second
        within = CHUNK if options.profile == "quick" and place.dtype == "fp32" else None
        found += [threshold(place, change, within) for change in CHANGES]
        found += [*programs(place), declared(place)]
    what = "where exp overflows and underflows"
    return found + without_cuda(options, "T9", "threshold/torch/cuda", what, "as on the CPU")


def threshold(place: Place, change: Change, within: int | None = None) -> Result:
    """From which argument on every result is past the threshold."""
    fmt, ends = place.format, ENDS.get(place.dtype, (0.0, place.format.max))
    reached = partial(change.reached, fmt)
    edge = together(
        [
            scan(place, "exp", reached, *ends, sign=change.sign, strided=strided, within=within)
            for strided in (False, True)
        ]
    )
    error = function_error(place.framework, "exp", place.dtype, place.device)
    predicted = change.predicted(fmt, change.error(fmt, error))
    correct, earliest, latest = (
        math.inf if n is None else change.sign * value(fmt, n)
        for n in (predicted.correct, predicted.earliest, predicted.latest)
    )
    later = "or further" if predicted.latest is None else f"to {latest:.9g}"
    reach = max(abs(end - correct) for end in (earliest, latest) if math.isfinite(end))
    spacing = value(fmt, predicted.correct + 1) - abs(correct)
    wrong = None
    if edge.first is None or edge.onward is None:
        wrong = "the results do not stay past the threshold"
    elif edge.first < predicted.earliest or (predicted.latest is not None and edge.onward > predicted.latest):
        wrong = f"the declared error allows it from {earliest!r} {later} only"
    what = (
        f"from which argument on {change.words}{onward(fmt, edge, predicted)} ({edge.scanned} arguments, contiguous "
        "and "
        "strided)"
    )
    theory = f"{change.theory}, rounded away from 0 (the error of this exp allows {earliest:.9g} {later})"
    first, seen = None if edge.first is None else change.sign * value(fmt, edge.first), max(reach, spacing)
    name, numbers = f"{change.name}/{place.name}", (correct, first, reach, wrong)
    return judged("T9", name, what, theory, *numbers, grade=edge.grade, seen=seen, where=place.where)


def softmax(place: Place, scores: Sequence[float], *, shifted: bool) -> Array:
    """The weights as a program: the library's exp, everything else rounded to the format once; float64."""
    fmt = place.format
    e = np.array(scores, dtype=np.float64)
    with np.errstate(all="ignore"):
        apart = fmt.round(e - e.max()) if shifted else e
        terms = computed(place.framework, "exp", fmt, apart, device=place.device)
        below = terms[0]
        for term in terms[1:]:
            below = fmt.round(np.asarray(below + term))[()]
        return fmt.round(terms / below)


def programs(place: Place) -> Iterator[Result]:
    """Scores past the thresholds, with and without the shift: ``nan`` where a weight is undefined."""
    fmt = place.format
    high = value(fmt, exp_is_infinite(fmt, 0.5).correct + 1)
    low = -2.0 * value(fmt, exp_is_zero(fmt, 0.5).correct)  # past any declared error
    nan, equal = (math.nan,) * KEYS, (1 / KEYS,) * KEYS
    masked, infinite = (-math.inf,) * KEYS, (math.inf, 0.0, 0.0)
    for name, words, shifted, cases in (
        ("as-is", "without the shift", False, (((low,) * KEYS, nan), ((high, 0.0), (math.nan, 0.0)))),
        ("shifted", "with the shift", True, (((low,) * KEYS, equal), ((high, 0.0), (1.0, None)))),
        ("undefined", "with the shift", True, ((masked, nan), (infinite, nan[:3]), ((0.0, -math.inf), (1.0, 0.0)))),
    ):
        found = [softmax(place, scores, shifted=shifted) for scores, _ in cases]
        yield _compared(f"{name}/{place.name}", f"weights {words}", cases, found, place)


def declared(place: Place) -> Result:
    """Our implementations: a fully masked row is 0; +∞ stays undefined; very negative scores do no harm."""
    low = -place.format.max / 2
    cases = (
        ((-math.inf,) * KEYS, (0.0,) * KEYS),
        ((math.inf, 0.0, 0.0), (math.nan,) * 3),
        ((low,) * KEYS, (1 / KEYS,) * KEYS),
    )
    names = (f"generated-{place.framework}", f"reference-{place.framework}")
    found = [implemented(name, place, scores) for name in names for scores, _ in cases]
    text = "weights of our implementations, generated and by hand,"
    return _compared(f"declared/{place.name}", text, cases * 2, found, place, ", ".join(names))


def implemented(name: str, place: Place, logits: Sequence[float]) -> Array:
    """The weights of an implementation at these logits (scores 0, the rest by the bias)."""
    inputs = {
        "query": np.zeros((1, 1)),
        "key": np.zeros((len(logits), 1)),
        "value": np.zeros((len(logits), 1)),
        "bias": np.array([logits]),
    }
    with np.errstate(invalid="ignore"):  # ∞ − ∞ is what is asked for
        return np.asarray(IMPLEMENTATIONS[name].forward("dot", inputs, place.dtype, place.device)["weights"].ravel())


Case = tuple[Sequence[float], Sequence[float | None]]


def agrees(expected: Sequence[float | None], found: Array) -> bool:
    """Every weight is the expected one to the last bit, NaN where NaN is expected; None: any finite number."""
    return all(
        bool(np.isfinite(got)) if wanted is None else got == wanted or (math.isnan(wanted) and math.isnan(got))
        for wanted, got in zip(expected, found, strict=True)
    )


def _compared(
    name: str, what: str, cases: Sequence[Case], found: Sequence[Array], place: Place, implementation: str = ""
) -> Result:
    wrong = [
        f"the weights of {_shown(scores)} are {_shown(got)}"
        for (scores, expected), got in zip(cases, found, strict=True)
        if not agrees(expected, got)
    ]
    shown = dict.fromkeys((tuple(scores), tuple(expected)) for scores, expected in cases)
    what = f"{what} of the scores {', '.join(_shown(scores) for scores, _ in shown)}"
    theory, measured = (", ".join(map(_shown, each)) for each in ([expected for _, expected in shown], found))
    where = place.where | ({"implementation": implementation} if implementation else {})
    return judged("T9", name, what, theory, None, measured, None, "; ".join(wrong) or None, grade="exact", where=where)


def _shown(numbers: Sequence[float | None] | Array) -> str:
    return "(" + ", ".join("finite" if x is None else f"{x:.6g}" for x in numbers) + ")"
