"""Where a library's tanh rounds to ±1, and where its exp overflows or underflows: measured, and predicted from its
declared error.

Positive floating-point numbers of one format are in the order of their bit patterns; ``number`` and ``values`` go from
one to the other, so that "every value from a to b" is a range of whole numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
import torch
from flint import arb, ctx
from numpy.typing import NDArray

from attnproof.verify.arithmetic.formats import FORMATS, Array, Format
from attnproof.verify.arithmetic.function_errors import Framework, computed
from attnproof.verify.evidence.row import unjudged
from attnproof.verify.options import Options
from attnproof.verify.outcome import NO_CUDA, SKIPPED
from attnproof.verify.rows.tables import Grade
from attnproof.verify.unit import Result

CHUNK: Final = 1 << 16  # numbers at a time: they stay in the cache
NEIGHBOURS: Final = 4096  # on either side of the place that bisection finds in fp64
BITS: Final = 300  # of the balls

Reached = Callable[[Array], NDArray[np.bool_]]


@dataclass(frozen=True)
class Place:
    """Where a function is measured."""

    framework: Framework
    dtype: str
    device: str

    @property
    def format(self) -> Format:
        """The format of arguments and results."""
        return FORMATS[self.dtype]

    @property
    def name(self) -> str:
        """For the ids of rows."""
        return f"{self.framework}/{self.dtype}/{self.device}"

    @property
    def where(self) -> dict[str, str]:
        """The columns of a row that say so."""
        return {"implementation": self.framework, "dtype": self.dtype, "device": self.device}


def places(options: Options) -> list[Place]:
    """NumPy (which has no bf16) and torch, on every wanted device that is there."""
    found = [Place("numpy", dtype, "cpu") for dtype in options.dtypes if dtype != "bf16" and "cpu" in options.devices]
    devices = [device for device in options.devices if device == "cpu" or torch.cuda.is_available()]
    return found + [Place("torch", dtype, device) for device in devices for dtype in options.dtypes]


def without_cuda(options: Options, claim: str, name: str, what: str, theory: str, dtype: str = "") -> list[Result]:
    """A skipped row where CUDA is wanted and absent."""
    if "cuda" not in options.devices or torch.cuda.is_available():
        return []
    where = {"implementation": "torch", "dtype": dtype, "device": "cuda"}
    return [unjudged(claim, name, what, theory, SKIPPED, NO_CUDA, **where)]


def values(fmt: Format, numbers: NDArray[np.int64]) -> Array:
    """The nonnegative values with these numbers: 0 is +0, the last one infinity. As float64."""
    if fmt.name == "fp16":
        return numbers.astype(np.uint16).view(np.float16).astype(np.float64)
    if fmt.name == "bf16":
        return (numbers.astype(np.uint32) << 16).view(np.float32).astype(np.float64)
    if fmt.name == "fp32":
        return numbers.astype(np.uint32).view(np.float32).astype(np.float64)
    return numbers.astype(np.uint64).view(np.float64)


def value(fmt: Format, number: int) -> float:
    """The value with this number."""
    return float(values(fmt, np.array([number]))[0])


def number(fmt: Format, of: float) -> int:
    """The number of a nonnegative value of the format. Raises ValueError for any other."""
    if not (of >= 0 and bool(fmt.representable(np.array(of)))):
        raise ValueError(f"{of} is no nonnegative value of {fmt.name}")
    if fmt.name == "fp16":
        return int(np.float16(of).view(np.uint16))
    if fmt.name == "fp64":
        return int(np.float64(of).view(np.uint64))
    return int(np.float32(of).view(np.uint32)) >> (16 if fmt.name == "bf16" else 0)


def nearest(fmt: Format, x: Fraction) -> Fraction:
    """X >= 0 rounded to the format, ties to even, in whole numbers (no overflow here)."""
    if x == 0:
        return x
    exponent = x.numerator.bit_length() - x.denominator.bit_length()
    exponent -= x < Fraction(2) ** exponent
    spacing = Fraction(2) ** (max(exponent, fmt.emin) - fmt.precision + 1)
    return round(x / spacing) * spacing


def first_from(fmt: Format, real: arb) -> int:
    """The number of the least value that is at least ``real`` > 0. Raises ValueError where the ball does not tell."""
    with ctx.workprec(BITS):
        near = number(fmt, float(fmt.round(np.array(float(real)))))
        for candidate in range(near - 2, near + 3):
            exact = arb(value(fmt, candidate))
            if exact >= real:
                return candidate
            if not exact < real:
                raise ValueError(f"{real} is too near to a value of {fmt.name}")
    raise ValueError(f"no value of {fmt.name} found at {real}")


@dataclass(frozen=True)
class Edge:
    """What a scan in the order of the arguments' sizes found.

    first    number of the first argument at which the result is as asked; None: it is nowhere
    onward   number of the first argument from which it is so at every larger one that was scanned; None: at the last it
             is not
    largest  largest size of a result
    scanned  how many arguments
    grade    ``exhaustive``: every value between the ends of the scan
    """

    first: int | None
    onward: int | None
    largest: float
    scanned: int
    grade: Grade


def scan(
    place: Place,
    function: str,
    reached: Reached,
    low: float,
    high: float,
    *,
    sign: int = 1,
    strided: bool = False,
    within: int | None = None,
) -> Edge:
    """Apply the function at ``sign`` times the values from ``low`` to ``high`` (within the format, both included).

    fp16, bf16, fp32: all of them; fp64, or with ``within``: where bisection finds the change, and so many numbers on
    either side.
    """
    fmt = place.format
    start, stop = number(fmt, low), number(fmt, high) + 1

    def results(numbers: NDArray[np.int64]) -> Array:
        arguments = sign * values(fmt, numbers)
        return computed(place.framework, function, fmt, arguments, strided=strided, device=place.device)

    grade: Grade = "exhaustive"
    if fmt.name == "fp64" or within is not None:
        reach = within or NEIGHBOURS
        middle = _bisect(lambda n: bool(reached(results(np.array([n])))[0]), start, stop - 1)
        start, stop, grade = max(start, middle - reach), min(stop, middle + reach + 1), "sampled"
    first = last_not = None
    largest = 0.0
    for numbers in _chunks(start, stop):
        found = results(numbers)
        as_asked = reached(found)
        if as_asked.any() and first is None:
            first = int(numbers[np.argmax(as_asked)])
        if not as_asked.all():
            last_not = int(numbers[len(numbers) - 1 - np.argmax(~as_asked[::-1])])
        largest = max(largest, float(np.max(np.abs(found))))
    onward = start if last_not is None else last_not + 1 if last_not + 1 < stop else None
    return Edge(first, onward, largest, stop - start, grade)


def _chunks(start: int, stop: int) -> Iterator[NDArray[np.int64]]:
    for begin in range(start, stop, CHUNK):
        yield np.arange(begin, min(begin + CHUNK, stop), dtype=np.int64)


def _bisect(holds: Callable[[int], bool], low: int, high: int) -> int:
    """A number at which ``holds`` is true and just below it false, if it is so at ``high`` and not at ``low``; else an
    end.
    """
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high


def together(edges: Sequence[Edge]) -> Edge:
    """The earliest ``first`` and the latest ``onward`` of several scans; None where any of them has None."""
    firsts, onwards = [edge.first for edge in edges], [edge.onward for edge in edges]
    return Edge(
        None if None in firsts else min(n for n in firsts if n is not None),
        None if None in onwards else max(n for n in onwards if n is not None),
        max(edge.largest for edge in edges),
        sum(edge.scanned for edge in edges),
        "exhaustive" if all(edge.grade == "exhaustive" for edge in edges) else "sampled",
    )


@dataclass(frozen=True)
class Prediction:
    """Numbers of the arguments at which the change is for a correctly rounded function, and at the earliest and the
    latest for the declared error; ``latest`` None: the error is so large that the results may stay short of it for
    ever.
    """

    correct: int
    earliest: int
    latest: int | None


def onward(fmt: Format, edge: Edge, predicted: Prediction) -> str:
    """What a scan found beside the first argument, in words: how far from correct it is, and where not all further ones
    follow.
    """
    if edge.first is None or edge.onward is None:
        return ""
    apart = edge.first - predicted.correct
    text = f", {abs(apart)} numbers {'further' if apart > 0 else 'earlier'} than correct" if apart else ""
    return text if edge.onward == edge.first else f"{text}, without a break from {value(fmt, edge.onward):.9g} on only"


def tanh_is_one(fmt: Format, error: float) -> Prediction:
    """For ``|computed − tanh| <= error · u``, u the spacing below 1.

    ``1 − tanh x = 2/(1 + e^(2x))`` is half a spacing where a correctly rounded result becomes 1; the result can be 1
    once it is at most ``error`` spacings, and cannot be less than 1 when it is below ``1 − error`` spacings.
    """
    with ctx.workprec(BITS):

        def missing(spacings: arb) -> arb:
            return (2 * arb(2) ** fmt.precision / spacings - 1).log() / 2

        half, can = missing(arb(1) / 2), missing(arb(error))
        latest = first_from(fmt, missing(1 - arb(error))) if error < 1 else None
        return Prediction(first_from(fmt, half), first_from(fmt, can), latest)


def exp_is_infinite(fmt: Format, error: float) -> Prediction:
    """For an error of ``error · u`` relative: the result is infinite from half a spacing above the largest number on.

    With the error it can be so once ``e^x (1 + error u)`` reaches the power of two after the largest number, and must
    be so once ``e^x (1 − error u)`` is above the largest number.
    """
    with ctx.workprec(BITS):
        u, power = arb(fmt.unit_roundoff), arb(2) ** (fmt.emax + 1)
        largest = power * (1 - u)
        edges = (largest + power) / 2, power / (1 + error * u), largest / (1 - error * u)
        correct, one, other = (first_from(fmt, edge.log()) for edge in edges)
        return Prediction(correct, min(correct, one), max(correct, other))


def exp_is_zero(fmt: Format, error: float) -> Prediction:
    """For an error of ``error · η``, η the smallest subnormal: 0 where ``e^x`` is at most η/2. Numbers of −x.

    With the error it can be 0 where ``e^x <= error η``, and must be 0 where ``e^x < (1 − error) η``.
    """
    with ctx.workprec(BITS):
        tiny = arb(fmt.smallest_subnormal)
        correct = first_from(fmt, -(tiny / 2).log())
        latest = first_from(fmt, -((1 - arb(error)) * tiny).log()) if error < 1 else None
        earliest = first_from(fmt, -(error * tiny).log())
        return Prediction(correct, min(correct, earliest), latest if latest is None else max(correct, latest))


def exp_is_subnormal(fmt: Format, error: float) -> Prediction:
    """Below the smallest normal number, 2^emin = N: for a correct result where ``e^x < N − η/2``. Numbers of −x.

    With an error of ``error · η`` a result of at most N − η is possible for ``e^x <= N + (error − 1) η`` and certain
    for ``e^x < N − error η``.
    """
    with ctx.workprec(BITS):
        tiny, normal = arb(fmt.smallest_subnormal), arb(fmt.smallest_normal)
        edges = normal - tiny / 2, normal + (error - 1) * tiny, normal - error * tiny
        correct, one, other = (first_from(fmt, -edge.log()) for edge in edges)
        return Prediction(correct, min(correct, one), max(correct, other))
