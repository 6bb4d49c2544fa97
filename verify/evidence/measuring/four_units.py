"""Four tanh units for a product of two numbers, computed in a format, with what is proved of their error before
anything is computed.

``Σ_a v_a tanh(b + h z_a)`` with ``b = artanh(1/2)``, ``z = (x + y, −x − y, x − y, y − x)``, ``v = (−, −, +, +)/(3h²)``,
every operation rounded to the format. The points are multiples of ``2^−q`` and the steps have two bits, so that ``h z``
is exact.

**Above** (claim X6): ``82/45 h² R⁴ + 4κ/(3h²)``, ``κ = c + γ + cγ``. c: half a spacing for the rounded bias, half a
spacing for its sum with ``h z``, and the error of tanh (its slope is at most 1); γ: the rounded weight, its product and
three additions.

**Below**, two bounds. Truncation at the corner x = y = R in ball arithmetic, less the rounding bound. And a lattice:
while all units lie in [1/4, 1), the rounded products are whole multiples of ``g = 2^(m−1) u`` with
``2^m <= v < 2^(m+1)``, and so is each rounded sum of such numbers; the error at (x, y) is then at least the distance of
``x y`` from the nearest multiple of g.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import torch
from flint import arb, ctx

from attnproof.verify.arithmetic.backends import backend
from attnproof.verify.arithmetic.formats import FORMATS, Array, Format
from attnproof.verify.arithmetic.function_errors import NUMPY_DTYPES, Framework
from attnproof.verify.arithmetic.torch_dtypes import TORCH_DTYPES
from attnproof.verify.unit import generator

RATE: Final = 82 / 45
BITS: Final = {
    "bf16": 4,
    "fp16": 5,
    "fp32": 11,
    "fp64": 20,
}  # q: x y is resolved finer than the lattice near the best step
EXTRA: Final = {
    "bf16": 6,
    "fp16": 5,
    "fp32": 7,
    "fp64": 7,
}  # octaves below the best step; fp16: 1/(3h²) does not overflow
PRECISION: Final = 200
BIAS: Final = float(np.arctanh(0.5))


@dataclass(frozen=True)
class Bounds:
    """What the error at a step is proved to lie between, over the points, before it is computed."""

    low: float
    high: float


def points(dtype: str, count: int, seed: int) -> tuple[Array, Array]:
    """``count`` pairs in [−1, 1]² that are multiples of 2^−q, the corner (1, 1) first. float64, shape (count,) each."""
    scale = 1 << BITS[dtype]
    drawn = generator(seed, "X6", "points", dtype).integers(-scale, scale, size=(2, count), endpoint=True) / scale
    drawn[:, 0] = 1.0
    return drawn[0], drawn[1]


def kappa(framework: Framework, dtype: str, device: str, step: float) -> float:
    """κ at R = 1, from the error of tanh that is assumed or was measured for the framework."""
    fmt = FORMATS[dtype]
    u, tanh = fmt.unit_roundoff, backend(framework, dtype, device).tanh
    argument = 2.0 ** np.floor(np.log2(BIAS + 2 * step))  # half a spacing, in units of u, where b + 2h lies
    c = (0.5 + argument + tanh.relative) * u + tanh.absolute * fmt.smallest_subnormal
    gamma = 5 * u / (1 - 5 * u)
    return float(c + gamma + c * gamma)


def predicted_step(framework: Framework, dtype: str, device: str) -> float:
    """``(30κ/41)^(1/4)``: where the sum of the two bounds is least."""
    return float((30 * kappa(framework, dtype, device, 0.0) / 41) ** 0.25)


def steps(framework: Framework, dtype: str, device: str) -> list[float]:
    """``2^−e`` and ``3/4 · 2^−e`` from 1 down to some octaves below the predicted step."""
    last = int(np.ceil(-np.log2(predicted_step(framework, dtype, device)))) + EXTRA[dtype]
    return [m * 2.0**-e for e in range(last + 1) for m in (1.0, 0.75)]


def output_weight(fmt: Format, step: float) -> float:
    """1/(3h²), rounded to the format (through float64, whose own rounding may move a tie: one more u at most is in γ
    already).
    """
    return float(fmt.round(np.array([1 / (3 * step * step)]))[0])


def bounds(framework: Framework, dtype: str, device: str, step: float, x: Array, y: Array) -> Bounds:
    """The two sides for these points."""
    rounding = 4 * kappa(framework, dtype, device, step) / (3 * step**2)
    low = max(0.0, truncation(step) - rounding)
    if np.tanh(BIAS - 2 * step) > 0.26:  # with room for what rounding does to the smallest unit, 1/4
        fmt = FORMATS[dtype]
        g = 2.0 ** (np.floor(np.log2(output_weight(fmt, step))) - 1) * fmt.unit_roundoff
        low = max(low, float(np.max(np.abs(x * y - np.round(x * y / g) * g))))
    return Bounds(low, RATE * step**2 + rounding)


def truncation(step: float) -> float:
    """The error at x = y = 1 in exact arithmetic: the lower end of a ball."""
    before, ctx.prec = ctx.prec, PRECISION
    try:
        b, z = arb(0.5).atanh(), 2 * arb(step)
        found = (2 * b.tanh() - (b + z).tanh() - (b - z).tanh()) / (3 * arb(step) ** 2) - 1
        return float(abs(found).lower())
    finally:
        ctx.prec = before


def computed(framework: Framework, dtype: str, device: str, step: float, x: Array, y: Array) -> Array:
    """The four units in the format, term by term, as float64, shape (count,)."""
    convert = _converter(framework, dtype, device)
    b, h, v = convert(np.array(BIAS)), convert(np.array(step)), convert(np.array(output_weight(FORMATS[dtype], step)))
    first, second = convert(x), convert(y)
    tanh: Callable[[Any], Any] = np.tanh if framework == "numpy" else torch.tanh
    plus, minus = (first + second) * h, (first - second) * h
    terms = [v * tanh(b + z) for z in (minus, -minus, plus, -plus)]
    total = terms[0] + terms[1] - terms[2] - terms[3]
    if framework == "numpy":
        return np.asarray(total, dtype=np.float64)
    return np.asarray(total.to("cpu", torch.float64).numpy())


def _converter(framework: Framework, dtype: str, device: str) -> Callable[[Array], Any]:
    if framework == "numpy":
        return lambda values: np.asarray(values).astype(NUMPY_DTYPES[dtype])
    return lambda values: torch.tensor(values, dtype=TORCH_DTYPES[dtype], device=device)


def largest_error(framework: Framework, dtype: str, device: str, step: float, x: Array, y: Array) -> float:
    """Over the points, against x y: products of multiples of 2^−q with q <= 20 are exact in float64, their differences
    round by 2^−53.
    """
    return float(np.max(np.abs(computed(framework, dtype, device, step, x, y) - x * y)))
