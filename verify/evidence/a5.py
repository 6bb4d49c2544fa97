"""Evidence for A5: the error of the separated form where a + b is about 0, and where its forward and backward programs
break.

Operations and exponentials are correctly rounded, as the bounds ask (``attnproof.verify.evidence.measuring.rounded``).
fp16 and bf16: every number of the proved range as a, with b = −a and its neighbours; fp32 and fp64: numbers of every
size. The score's error relative to ‖v‖₁ is largest when v stands on the worst unit alone: the figures are the largest
over units.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Final, Literal

import numpy as np
from flint import arb, ctx
from numpy.typing import NDArray

from attnproof.derivations.lemmas.checks.separated_tanh import BACKWARD, FORWARD, safe_backward, safe_forward
from attnproof.verify.arithmetic.formats import FORMATS, Array, Format
from attnproof.verify.evidence.measuring.rounded import BITS, Rounded
from attnproof.verify.evidence.measuring.thresholds import first_from, number, values
from attnproof.verify.evidence.row import judged
from attnproof.verify.options import Options
from attnproof.verify.rows.tables import Grade
from attnproof.verify.unit import Result, generator

OFFSETS: Final = (-2, -1, 0, 1, 2)  # b is −a, moved by so many numbers of the format
APART: Final = 4.0
COUNT: Final = {"fp32": 4096, "fp64": 256}  # numbers a where not every one is taken


def rows(options: Options) -> list[Result]:
    """Five rows about errors and three about ranges for every wanted format."""
    return [row for dtype in options.dtypes for row in of_format(FORMATS[dtype], options)]


def of_format(fmt: Format, options: Options) -> Iterator[Result]:
    """All rows of one format."""
    u, grade = fmt.unit_roundoff, _grade(fmt)
    a, b = opposite(fmt, range_of(safe_forward(fmt.name)), options)
    worst = float(np.max(errors(fmt, separated(fmt, a, b), a, b, "tanh"))) / u
    what = "largest error of 1 − 2/(1 + AB) where a + b is about 0, in units of u: the score's error relative to ‖v‖₁"
    yield _row(fmt, "absolute", what, FORWARD, worst, grade, 0 < worst <= FORWARD)
    x, y = apart(fmt, range_of(safe_forward(fmt.name)), options)
    worst = float(np.max(errors(fmt, separated(fmt, x, y), x, y, "tanh"))) / u
    what = f"the same where a + b lies anywhere in ±{APART:g}"
    # an error of more than u must be seen: else nothing was measured
    yield _row(fmt, "anywhere", what, FORWARD, worst, "sampled", 1 < worst <= FORWARD)
    worst = float(np.max(errors(fmt, direct(fmt, a, b), a, b, "tanh", relative=True))) / u
    what = "largest relative error of tanh(a + b) there, in units of u"
    yield _row(fmt, "direct", what, 2 + u, worst, grade, worst <= 2 + u)
    lost = up_to(fmt, u / 4, options)
    share = float(np.mean(separated(fmt, lost, np.zeros_like(lost)) == 0))
    what = (
        "share of the numbers 0 < a ≤ u/4, b = 0, for which the separated form is 0: all of its relative accuracy is "
        "lost"
    )
    yield _row(fmt, "lost", what, 1.0, share, grade, share == 1, theory="all of them")
    a, b = opposite(fmt, range_of(safe_backward(fmt.name)), options)
    worst = float(np.max(errors(fmt, derivative(fmt, a, b), a, b, "sech", relative=True))) / u
    what = "largest relative error of 4AB/(1 + AB)² where a + b is about 0, in units of u"
    yield _row(fmt, "derivative", what, BACKWARD, worst, grade, 1 < worst <= BACKWARD)
    yield from edges(fmt)


def edges(fmt: Format) -> Iterator[Result]:
    """Where the programs break, against the range in which they are proved to be safe."""
    u = fmt.unit_roundoff
    forward, backward = range_of(safe_forward(fmt.name)), range_of(safe_backward(fmt.name))
    with ctx.workprec(BITS):  # A is infinite from half way between the largest number and the power of two after it
        overflow = (arb(fmt.max) + arb(2) ** (fmt.emax - fmt.precision)).log() / 2
    infinite = float(values(fmt, np.array([first_from(fmt, overflow)]))[0])
    first = first_where(
        fmt, lambda a: ~(errors(fmt, separated(fmt, a, -a), a, -a, "tanh") <= FORWARD * u), forward, infinite
    )
    what = (
        f"first a, with b = −a, at which the forward form is off by more than 7u; proved to be safe up to {forward:.5g}"
    )
    good = forward < first <= infinite
    theory = "above the proved range, and no later than A overflows"
    yield _row(fmt, "forward edge", what, forward, first, _grade(fmt), good, theory=theory, slack=infinite - forward)

    def off(a: Array) -> NDArray[np.bool_]:
        return np.asarray(~(errors(fmt, derivative(fmt, a, a), a, a, "sech", relative=True) <= BACKWARD * u))

    latest = math.log(2) * (fmt.emax + 2) / 4
    first = first_where(fmt, off, backward, latest)
    what = (
        f"first a = b at which the derivative is off by more than 8u relatively; proved to be safe up to {backward:.5g}"
    )
    good = backward < first <= latest
    theory = "above the proved range, and no later than it is NaN"
    yield _row(fmt, "backward edge", what, backward, first, _grade(fmt), good, theory=theory, slack=latest - backward)
    invalid = numbers_between(fmt, latest, forward)
    share = float(np.mean(np.isnan(derivative(fmt, invalid, invalid))))
    what = (
        f"share of the numbers a = b from (e_max + 2)/4 · ln 2 = {latest:.5g} to {forward:.5g} at which the derivative "
        "is NaN"
    )
    yield _row(fmt, "backward NaN", what, 1.0, share, _grade(fmt), share == 1, theory="all of them")


def range_of(exponent: int) -> float:
    """``exponent/2 · ln 2``."""
    return exponent / 2 * math.log(2)


def separated(fmt: Format, a: Array, b: Array) -> Array:
    """``1 − 2/(1 + AB)``."""
    do = Rounded(fmt)
    return do(np.subtract, 1.0, do(np.divide, 2.0, do(np.add, 1.0, product(fmt, a, b))))


def derivative(fmt: Format, a: Array, b: Array) -> Array:
    """``4AB/(1 + AB)²``."""
    do, p = Rounded(fmt), product(fmt, a, b)
    one = do(np.add, 1.0, p)
    return do(np.divide, do(np.multiply, 4.0, p), do(np.multiply, one, one))


def product(fmt: Format, a: Array, b: Array) -> Array:
    """``AB``, each exponential rounded."""
    do = Rounded(fmt)
    return do(np.multiply, do.exp(2 * a), do.exp(2 * b))


def direct(fmt: Format, a: Array, b: Array) -> Array:
    """``tanh(a + b)``, sum and tanh rounded."""
    do = Rounded(fmt)
    return do.tanh(do(np.add, a, b))


def errors(
    fmt: Format, got: Array, a: Array, b: Array, of: Literal["tanh", "sech"], *, relative: bool = False
) -> Array:
    """``|got − tanh(a + b)|``, or to sech²(a + b), rounded up; NaN stays NaN.

    The reference is a ball where float64 is the format, NumPy's function with 16 float64 units of slack for narrower
    ones.
    """
    if fmt.precision == 53:
        return np.array([_error(*numbers, of, relative) for numbers in zip(got, a, b, strict=True)])
    total = a + b
    exact = np.tanh(total) if of == "tanh" else np.cosh(total) ** -2
    size = np.where((exact == 0) | (not relative), 1.0, np.abs(exact))
    return np.asarray(np.abs(got - exact) / size + 16 * 2.0**-53 * np.abs(exact) / size)


def _error(got: float, a: float, b: float, of: Literal["tanh", "sech"], relative: bool) -> float:
    if not math.isfinite(got):
        return math.nan
    with ctx.workprec(BITS):
        total = arb(a) + arb(b)
        exact = total.tanh() if of == "tanh" else 1 / total.cosh() ** 2
        found = abs(arb(got) - exact)
        return float((found / abs(exact) if relative and exact != 0 else found).upper())


def opposite(fmt: Format, limit: float, options: Options) -> tuple[Array, Array]:
    """Numbers a within ±limit, and beside each the numbers around −a that lie in the range as well."""
    a = up_to(fmt, limit, options)
    top = number(fmt, float(a[-1]))
    numbers = np.array([number(fmt, float(x)) for x in a]) if fmt.name in COUNT else np.arange(1, top + 1)
    pairs = [(a, -values(fmt, np.clip(numbers + offset, 0, top))) for offset in OFFSETS]
    x, y = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    return np.concatenate([x, -x]), np.concatenate([y, -y])


def apart(fmt: Format, limit: float, options: Options) -> tuple[Array, Array]:
    """Numbers a and b within ±limit with a + b spread over ±APART."""
    a = up_to(fmt, limit, options)
    rng = generator(options.seed, "A5", "apart", fmt.name)
    a = a[a >= min(1.0, limit / 2)]
    b = fmt.round(np.clip(rng.uniform(-APART, APART, len(a)) - a, -a[-1], a[-1]))
    return np.concatenate([a, -a]), np.concatenate([b, -b])


def up_to(fmt: Format, limit: float, options: Options) -> Array:
    """Positive numbers up to the limit, the largest one last: every one in a 16-bit format, else half of them by size,
    half evenly.
    """
    top = number(fmt, float(fmt.round(np.array(limit))))
    if float(values(fmt, np.array([top]))[0]) > limit:
        top -= 1
    if fmt.name not in COUNT:
        return values(fmt, np.arange(1, top + 1))
    rng = generator(options.seed, "A5", fmt.name, str(top))
    count = COUNT[fmt.name] // (4 if options.profile == "quick" else 2)
    by_size = values(fmt, rng.integers(1, top, count))
    evenly = fmt.round(rng.uniform(0, 1, count) * limit)
    return np.concatenate(
        [np.sort(by_size), np.sort(evenly[(evenly > 0) & (evenly <= limit)]), values(fmt, np.array([top]))]
    )


def numbers_between(fmt: Format, low: float, high: float) -> Array:
    """Numbers within the ends: every one in a 16-bit format, else evenly spread."""
    first, last = (number(fmt, float(fmt.round(np.array(end)))) for end in (low, high))
    numbers = (
        np.arange(first, last + 1)
        if fmt.name not in COUNT
        else np.linspace(first, last, COUNT[fmt.name]).astype(np.int64)
    )
    found = values(fmt, numbers)
    return np.asarray(found[(found >= low) & (found <= high)])


def first_where(fmt: Format, holds: Callable[[Array], NDArray[np.bool_]], low: float, high: float) -> float:
    """The first number, up to the first one from ``high`` on, at which it holds; infinity where it does not.

    16-bit formats: all numbers from 0 on. Others: bisection between the ends, which finds a change from not to yes.
    """
    start, stop = number(fmt, float(fmt.round(np.array(low)))), number(fmt, float(fmt.round(np.array(high)))) + 1
    if fmt.name not in COUNT:
        every = values(fmt, np.arange(0, stop + 1))
        found = holds(every)
        return float(every[np.argmax(found)]) if found.any() else math.inf
    if not holds(values(fmt, np.array([stop])))[0]:
        return math.inf
    while stop - start > 1:
        middle = (start + stop) // 2
        start, stop = (start, middle) if holds(values(fmt, np.array([middle])))[0] else (middle, stop)
    return float(values(fmt, np.array([stop]))[0])


def _grade(fmt: Format) -> Grade:
    return "sampled" if fmt.name in COUNT else "exhaustive"


def _row(
    fmt: Format,
    name: str,
    what: str,
    expected: float,
    measured: float,
    grade: Grade,
    good: bool,
    *,
    theory: str = "",
    slack: float = 0.0,
) -> Result:
    wrong = None if good else f"{measured:.6g} against {expected:.6g}: {theory or 'a proved bound'}"
    theory, seen = theory or f"at most {expected:g}", slack or abs(expected - measured)
    where = {"implementation": "correctly rounded", "dtype": fmt.name}
    name = f"{name}/{fmt.name}"
    return judged("A5", name, what, theory, expected, measured, slack, wrong, grade=grade, seen=seen, where=where)
