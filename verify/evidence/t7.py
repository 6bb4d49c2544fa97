"""Evidence for T7: 1 − tanh² beside sech² from 0 to 30, one function and two programs, in each library and format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Final

import numpy as np
import torch
from flint import arb, ctx

from attnproof.verify.arithmetic.backends import function_error
from attnproof.verify.arithmetic.formats import FORMATS, Array, Format
from attnproof.verify.arithmetic.function_errors import NUMPY_DTYPES
from attnproof.verify.arithmetic.torch_dtypes import TORCH_DTYPES
from attnproof.verify.evidence.measuring.thresholds import Place, nearest, places, tanh_is_one, value, without_cuda
from attnproof.verify.evidence.row import axis, figure, judged, series
from attnproof.verify.options import Options
from attnproof.verify.rows.tables import Grade
from attnproof.verify.unit import Result

STEP: Final = 0.125
GRID: Final = np.arange(0.0, 30.0 + STEP, STEP)  # a value of every format
SLACK: Final = 1 + 2.0**-40  # the bounds are sums of at most 20 positive terms, rounded in float64


def rows(options: Options) -> list[Result]:
    """Each program against its bound and against exact arithmetic; where the first is 0; a figure."""
    found = [row for place in places(options) for row in _measured(place)]
    drawn = [place for place in places(options) if place.device == "cpu" and place.dtype in {"fp32", "fp64"}]
    if drawn:
        found.append(_drawn(drawn))
    missing = without_cuda(options, "T7", "naive/torch/all formats/cuda", "1 − tanh²", "sech²", "all formats")
    return [*found, *missing]


@cache
def exact_sech2() -> tuple[arb, ...]:
    """sech² on the grid, in balls of 300 bits."""
    with ctx.workprec(300):
        return tuple(1 / arb(float(z)).cosh() ** 2 for z in GRID)


def naive(place: Place) -> tuple[Array, Array]:
    """Tanh and ``1 − tanh·tanh`` on the grid, every operation in the format; float64."""

    def program(z: Any, functions: Any) -> tuple[Any, Any]:
        y = functions.tanh(z)
        return y, 1 - y * y

    return _run(place, program)


def stable(place: Place) -> tuple[Array, Array]:
    """``w = exp(−2z)`` and ``4w/(1 + w)²`` on the grid, every operation in the format; float64."""

    def program(z: Any, functions: Any) -> tuple[Any, Any]:
        w = functions.exp(-2 * z)
        return w, 4 * w / ((1 + w) * (1 + w))

    return _run(place, program)


def _run(place: Place, program: Callable[[Any, Any], tuple[Any, Any]]) -> tuple[Array, Array]:
    if place.framework == "numpy":
        with np.errstate(under="ignore"):
            first, second = program(GRID.astype(NUMPY_DTYPES[place.dtype]), np)
        return np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    z = torch.tensor(GRID, dtype=TORCH_DTYPES[place.dtype], device=place.device)
    first, second = (part.to("cpu", torch.float64).numpy() for part in program(z, torch))
    return np.asarray(first), np.asarray(second)


def naive_bound(place: Place) -> Array:
    """Bound on ``|computed − sech²|`` of 1 − y·y: y is off by ε, its square by ε(2 tanh + ε) and one rounding, then one
    more.
    """
    fmt, error = place.format, function_error(place.framework, "tanh", place.dtype, place.device)
    t, s, u = np.tanh(GRID), _floats(exact_sech2()), fmt.unit_roundoff
    off = error.relative * u * t + error.absolute * fmt.smallest_subnormal
    square = off * (2 * t + off) + u * (t + off) ** 2 + fmt.smallest_subnormal
    return np.asarray((square + u * (s + square) + fmt.smallest_subnormal) * SLACK)


def stable_bound(place: Place) -> Array:
    """Bound on ``|computed − sech²|`` of 4w/(1 + w)²: slope in w at most 4; four roundings follow, 4w is exact."""
    fmt, error = place.format, function_error(place.framework, "exp", place.dtype, place.device)
    w, s, u = np.exp(-2 * GRID), _floats(exact_sech2()), fmt.unit_roundoff
    moved = 4 * (error.relative * u * w + error.absolute * fmt.smallest_subnormal)
    return np.asarray((moved + (s + moved) * 4 * u / (1 - 4 * u) + fmt.smallest_subnormal) * SLACK)


def _floats(balls: Sequence[arb]) -> Array:
    return np.array([float(ball) for ball in balls])


def errors(found: Array) -> Array:
    """``|found − sech²|`` on the grid, rounded to float64 (well within the bounds' slack)."""
    with ctx.workprec(300):
        return np.array([float(abs(arb(float(x)) - s)) for x, s in zip(found, exact_sech2(), strict=True)])


def one_minus_square(fmt: Format, y: float) -> Fraction:
    """``1 − y·y`` with its two roundings, exactly: for y = 1 − m 2^(−p) about 2m spacings, so nothing between them."""
    return nearest(fmt, 1 - nearest(fmt, Fraction(y) ** 2))


@cache
def correct_tanh(fmt: Format) -> tuple[float, ...]:
    """Tanh on the grid, correctly rounded. Raises ValueError where the ball does not tell."""
    found = []
    with ctx.workprec(300):
        for z in GRID:
            ball = arb(float(z)).tanh()
            low, high = (nearest(fmt, _fraction(end)) for end in (ball.lower(), ball.upper()))
            if low != high:
                raise ValueError(f"tanh {z} is too near to a tie in {fmt.name}")
            found.append(float(low))
    return tuple(found)


def _fraction(exact: arb) -> Fraction:
    mantissa, exponent = exact.man_exp()
    return max(Fraction(int(mantissa)) * Fraction(2) ** int(exponent), Fraction(0))


def losses(fmt: Format, tanhs: Sequence[float]) -> Array:
    """``(1 − y·y)/sech² − 1`` on the grid for given tanhs y, by exact arithmetic."""
    with ctx.workprec(300):
        return np.array(
            [float(arb(float(one_minus_square(fmt, y))) / s - 1) for y, s in zip(tanhs, exact_sech2(), strict=True)]
        )


@dataclass(frozen=True)
class Against:
    """A program, what bounds its error, and how they are named."""

    name: str
    text: str
    program: Callable[[Place], tuple[Array, Array]]
    bound: Callable[[Place], Array]


PROGRAMS: Final = (
    Against("naive", "1 − tanh²", naive, naive_bound),
    Against("stable", "4w/(1 + w)², w = e^(−2z),", stable, stable_bound),
)


def _measured(place: Place) -> list[Result]:
    found: list[Result] = []
    for each in PROGRAMS:
        ratio = float(np.max(errors(each.program(place)[1]) / each.bound(place)))
        what = f"the largest error of {each.text} for z from 0 to 30, over its bound there"
        theory = "at most 1, from the declared error of tanh or exp and the roundings after it"
        wrong = None if ratio <= 1 else f"an error of {ratio:.3g} times its bound"
        found.append(_row(each.name, place, what, theory, 1.0, ratio, 1.0, wrong, seen=max(0.0, 1 - ratio)))
    y, computed = naive(place)
    other = [z for z, a, b in zip(GRID, y, computed, strict=True) if one_minus_square(place.format, a) != Fraction(b)]
    what = (
        f"at how many of {len(GRID)} arguments 1 − y·y differs from its two roundings in exact arithmetic, y the "
        "library's "
        "tanh"
    )
    wrong = f"it differs at z = {other[0]}" if other else None
    found.append(_row("roundings", place, what, "0", 0.0, float(len(other)), 0.0, wrong, grade="exact", seen=1.0))
    found.append(_first_zero(place, computed))
    if place.dtype == "fp64":
        found += [_loss(place, y, computed, z) for z in (18.0, 20.0)]
    return found


def _first_zero(place: Place, computed: Array) -> Result:
    """From which argument of the grid on 1 − tanh² is 0: where tanh is 1."""
    fmt, error = place.format, function_error(place.framework, "tanh", place.dtype, place.device)
    predicted = tanh_is_one(fmt, error.relative + error.absolute * fmt.smallest_subnormal)
    correct, earliest = value(fmt, predicted.correct), value(fmt, predicted.earliest)
    latest = np.inf if predicted.latest is None else value(fmt, predicted.latest)
    nonzero = np.flatnonzero(computed != 0)
    at = float(GRID[nonzero[-1] + 1]) if nonzero[-1] + 1 < len(GRID) else np.inf
    allowed = earliest <= at < max(latest, correct) + STEP
    reach = max(correct - earliest, latest - correct if np.isfinite(latest) else 0.0) + STEP
    later = "or later" if latest == np.inf else f"to {latest:.6g}"
    theory = f"½ ln(2^(p + 2) − 1) (the error of this tanh allows {earliest:.6g} {later})"
    wrong = None if allowed and np.isfinite(at) else "the error of this tanh does not allow it"
    return _row(
        "zero", place, f"from which z on, in steps of {STEP}, 1 − tanh² is 0", theory, correct, at, reach, wrong
    )


def _loss(place: Place, y: Array, computed: Array, z: float) -> Result:
    """The relative error at one argument: exact, from the library's own tanh."""
    at = int(z / STEP)
    own, correct = (losses(place.format, tanhs)[at] for tanhs in (y.tolist(), correct_tanh(place.format)))
    measured = float(computed[at]) / float(exact_sech2()[at]) - 1
    what = f"the relative error of 1 − tanh² at z = {z:g}, from a correctly rounded tanh {correct:.3g}"
    theory, within = "that of the library's tanh at z, in exact arithmetic", 2.0**-50
    # three roundings in float64: to sech², of the quotient, of the difference
    wrong = None if abs(measured - own) <= within else "not what two roundings make of the library's tanh"
    return _row(f"loss-at-{z:g}", place, what, theory, float(own), measured, within, wrong, grade="exact")


def _drawn(drawn: Sequence[Place]) -> Result:
    """Relative errors: correctly rounded 1 − tanh² as a line, the libraries as points."""
    lines, exact = [], _floats(exact_sech2())
    for dtype in dict.fromkeys(place.dtype for place in drawn):
        fmt = FORMATS[dtype]
        lines.append(
            _positive(f"1 − tanh², tanh correctly rounded, {dtype}", np.abs(losses(fmt, correct_tanh(fmt))), 1)
        )
    for place in drawn:
        for each in PROGRAMS:
            relative = errors(each.program(place)[1]) / exact
            lines.append(_positive(f"{each.name}: {place.framework}, {place.dtype}", relative, 4, "points"))
    return figure(
        "T7",
        "One derivative, two programs",
        axis("z"),
        axis("relative error", "log10"),
        lines,
        "naive: 1 − tanh² loses every digit on the way to z = 9 in single and 19 in double precision; "
        "stable: 4w/(1 + w)², w = e^(−2z), loses none.",
    )


def _positive(name: str, errors: Array, every: int, kind: Any = "line") -> dict[str, Any]:
    """A series without the places where the error is 0, which a logarithmic axis has not."""
    keep = (errors > 0) & (np.arange(len(GRID)) % every == 0)
    return series(name, GRID[keep].tolist(), errors[keep].tolist(), kind)


def _row(name: str, place: Place, what: str, *rest: Any, grade: Grade = "bound", seen: float | None = None) -> Result:
    return judged("T7", f"{name}/{place.name}", what, *rest, grade=grade, seen=seen, where=place.where)
