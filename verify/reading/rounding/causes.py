"""Where an error comes from: the operations whose own errors make it up, and what left the range of its format.

The error of an element is ``Σ_o A_o η_o``, exactly (``sensitivity``), so that each operation has its share of it.

*Range.* Where the program has an infinity or NaN, and exact arithmetic on its path a number, the way back leads to the
first operation that overflowed; or, where a quotient or a logarithm of 0 made it, to the one whose result underflowed
to that 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.reading.rounding.linear import edges
from attnproof.verify.reading.rounding.sensitivity import coefficients
from attnproof.verify.reading.rounding.sweep import Step, Swept
from attnproof.verify.recording.recording import Ids, Operation

Kind = Literal["overflow", "underflow", "narrow", "rounding"]
SAID = {
    "overflow": "overflows {format}",
    "underflow": "underflows {format}",
    "narrow": "rounds to {format}",
    "rounding": "rounds to {format}",
}
# What is finite of finite numbers, positive, and what hands a 0 on: the reference is in float64 and has its range.
FINITE: Final = (
    *("add", "sub", "mul", "fma", "sum", "cumsum", "segment_sum", "product", "matmul", "cast", "exp", "exp2", "expm1"),
    *("sinh", "cosh"),
)
POSITIVE: Final = ("exp", "exp2", "sigmoid")
PASSED_ON: Final = ("sum", "cumsum", "segment_sum", "mul", "neg", "cast", "matmul", "product")


@dataclass(frozen=True)
class Cause:
    """An operation and what it did.

    kind   ``overflow``, ``underflow`` (of the format's range); ``narrow``: rounding to a format that is not allowed;
           ``rounding``: any other
    share  of the element's error, between 0 and 1; 1 for what left the range and was lost
    """

    operation: Operation
    kind: Kind
    share: float

    def __str__(self) -> str:
        operation = self.operation
        what = operation.library or operation.name
        place = f" at {operation.where}" if operation.where else ""
        share = f" ({self.share:.0%} of the error)" if self.kind in ("narrow", "rounding") else ""
        return f"{what}{place} {SAID[self.kind].format(format=operation.dtype)}{share}"


def causes(swept: Swept, element: int, most: int = 3) -> tuple[Cause, ...]:
    """Where the error of one element comes from: the largest shares first."""
    if swept.leaf[element]:
        return ()
    if swept.lost[element]:
        found = lost_at(swept, element)
        return () if found is None else (found,)
    steps, coefficient = coefficients(swept, element)
    with np.errstate(all="ignore"):
        part = np.where(coefficient == 0.0, 0.0, coefficient * swept.local)
    shares = np.array([np.sum(np.abs(part[step.operation.output])) for step in steps])
    total = float(shares.sum())
    if total == 0.0:
        return ()
    first = np.argsort(-shares, kind="stable")[:most]
    return tuple(Cause(steps[k].operation, _kind(swept, steps[k], part), float(shares[k] / total)) for k in first)


def _kind(swept: Swept, step: Step, part: Array) -> Kind:
    """What most of an operation's share is made of."""
    out = step.operation.output
    fmt = FORMATS.get(step.operation.dtype)
    if fmt is not None:
        size = np.abs(swept.recording.values[out] - swept.local[out])
        tiny = (size < fmt.smallest_normal) & (np.abs(swept.local[out]) > fmt.unit_roundoff * size)
        share = np.abs(part[out])
        if share[tiny].sum() > share.sum() / 2.0:
            return "underflow"
    return "narrow" if swept.machine.narrow(step.operation) else "rounding"


def lost_at(swept: Swept, element: int) -> Cause | None:
    """What left the range on the way to an element that is lost; None: an operation of which nothing is known."""
    values, reference = swept.recording.values, swept.reference
    kind: Kind = "overflow"
    while True:
        operation = _maker(swept, element)
        if operation is None:
            return None
        inputs = _inputs(operation, element)
        if kind == "overflow":
            back = [i for i in inputs if swept.lost[i]] or [i for i in inputs if _beyond(swept, i)]
            if not back and (zeros := [i for i in inputs if _vanished(swept, i)]) and operation.name in (
                "div", "log", "log2", "reciprocal", "rsqrt", "power", "mul"
            ):  # fmt: skip
                kind, back = "underflow", zeros
        else:
            back = [i for i in inputs if _vanished(swept, i)]
        if not back:
            broken = not np.isfinite(values[element]) and (
                np.isfinite(reference[element]) or (operation.name in FINITE and np.all(np.isfinite(values[inputs])))
            )
            return Cause(operation, kind, 1.0) if broken or kind == "underflow" else None
        element = int(back[0])


def _beyond(swept: Swept, element: int) -> bool:
    """Whether it was computed and is ∞, in float64 too; −∞ is what masks are made of."""
    return bool(np.isposinf(swept.recording.values[element]) and not swept.leaf[element])


def _vanished(swept: Swept, element: int) -> bool:
    """Whether it is 0 and ought not to be: an exponential is never 0, be it beyond float64 too."""
    if swept.recording.values[element] != 0.0:
        return False
    operation = _maker(swept, element)
    if swept.reference[element] != 0.0 or operation is None:
        return operation is not None
    inputs = _inputs(operation, element)
    if operation.name in POSITIVE:
        return bool(np.isfinite(swept.recording.values[inputs]).all())
    return operation.name in PASSED_ON and any(_vanished(swept, i) for i in inputs)


def _maker(swept: Swept, element: int) -> Operation | None:
    """The operation that defines an element; None for a leaf."""
    operations = () if swept.leaf[element] else swept.recording.operations
    return next((operation for operation in operations if np.any(operation.output == element)), None)


def _inputs(operation: Operation, element: int) -> Sequence[int]:
    """The elements that one of its output depends on."""
    found: list[int] = []
    for k in range(len(operation.inputs)):
        out, given = edges(operation, k)
        found += [int(i) for i in given[out == element]]
    return found


def range_findings(swept: Swept, results: dict[str, Ids]) -> dict[str, Cause]:
    """For every result with an element that is lost: what left the range first."""
    found: dict[str, Cause] = {}
    for quantity, ids in results.items():
        gone = ids[swept.lost[ids]]
        cause = lost_at(swept, int(gone.flat[0])) if gone.size else None
        if cause is not None:
            found[quantity] = cause
    return found
