"""The rules for the other elementwise functions: reciprocals, roots, ``exp``, piecewise linear ``relu`` and ``step``.

As in ``attnproof.verify.bounds.hyperbolic``: z̃ is off by ``radius`` from the exact argument z, an implementation's ẑ by
``error``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from types import MappingProxyType
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.backends import Arithmetic
from attnproof.verify.arithmetic.formats import Array, Format
from attnproof.verify.bounds.hyperbolic import operand_of, sech2_rule, tanh_rule
from attnproof.verify.bounds.operand import Operand
from attnproof.verify.bounds.rounding import UP, below, compound, growth, underflow, up

Rule = Callable[[Operand, Arithmetic], Operand]
SIGMOID_ROUNDINGS: Final = 3  # 1 + e, and a quotient or a reciprocal and a product


def reciprocal_rule(x: Operand, arithmetic: Arithmetic) -> Operand:
    """``1/x``: ``|1/x̂ − 1/x| ≤ error / (least |x| · least |x̂|)``, one rounding, η. ∞ where x̂ may be 0."""
    with np.errstate(all="ignore"):
        value = 1.0 / x.value

    def bound(error: Array, own: Array, size: Array, backend: Arithmetic) -> Array:
        del size
        with np.errstate(all="ignore"):
            least = below(np.abs(x.value), own)
            moved = np.where(error > 0, error / (least * below(np.abs(x.value), own + error)), 0.0)
            largest = 1.0 / below(np.abs(x.value), own + error)
            return up(moved + growth(backend, 1, 0) * largest + underflow(backend))

    return operand_of(x, value, bound, None, arithmetic)


def root_rule(x: Operand, arithmetic: Arithmetic) -> Operand:
    """``√x``: ``|√x̂ − √x| = |x̂ − x| / (√x̂ + √x)``, then the backend's error; ∞ where x or x̂ may be 0.

    No root underflows. Where fp16 and bf16 round a root twice, through fp32, that makes no difference (Figueroa 1995,
    When is double rounding innocuous?).
    """
    value = np.sqrt(np.maximum(x.value, 0.0))

    def bound(error: Array, own: Array, size: Array, backend: Arithmetic) -> Array:
        least, least_computed = below(x.value, own), below(x.value, own + error)
        with np.errstate(all="ignore"):
            moved = error / (np.sqrt(least) + np.sqrt(least_computed)) * UP
            largest = np.sqrt(size) + moved
            found = moved + backend.sqrt.relative * backend.format.unit_roundoff * UP * largest
        return up(np.where(least_computed > 0, found, np.inf))

    return operand_of(x, value, bound, None, arithmetic)


def exp_rule(z: Operand, arithmetic: Arithmetic) -> Operand:
    """``exp z``: ``exp(z) (exp(|ẑ − z|) − 1)``, then the backend's error; ∞ where that may overflow the format."""
    with np.errstate(all="ignore"):
        value = np.exp(z.value)
    value = np.where(np.isfinite(value), value, 0.0)  # the bound is ∞ there

    def bound(error: Array, own: Array, size: Array, backend: Arithmetic) -> Array:
        del size
        with np.errstate(all="ignore"):
            exact = np.exp(z.value + own) * UP
            moved = exact * np.expm1(error) * UP
            relative = backend.exp.relative * backend.format.unit_roundoff
            found = moved + relative * (exact + moved) + backend.exp.absolute * underflow(backend)
        return up(np.where(exact + found <= backend.format.max, found, np.inf))

    return operand_of(z, value, bound, None, arithmetic)


def sigmoid_rule(z: Operand, arithmetic: Arithmetic) -> Operand:
    """``σ(z) = 1/(1 + exp(−z))``; 0 where z is −∞, which masks.

    Argument: ``σ' = σ (1 − σ) ≤ min(1/4, exp(−lo))``, lo the least magnitude between z and ẑ, and at most 1 in all.
    Backend: exp's relative error enters σ with ``1 − σ ≤ 1``, as 1/(1 + e^−z) and as e^z/(1 + e^z); then
    SIGMOID_ROUNDINGS. Where e^−z overflows the quotient is 0: all of σ is lost where σ may be below 2/max.
    """
    with np.errstate(all="ignore"):
        value = np.where(z.value >= 0, 1.0 / (1.0 + np.exp(-z.value)), np.exp(z.value) / (1.0 + np.exp(z.value)))
    here = np.ones(value.shape, bool) if z.masked is None else ~z.masked

    def bound(error: Array, own: Array, size: Array, backend: Arithmetic) -> Array:
        del size
        least = below(np.abs(z.value), error + own)
        moved = np.where(np.isfinite(error), np.minimum(error * np.minimum(0.25, np.exp(-least)) * UP, 1.0), np.inf)
        exact = np.minimum(value * (1.0 + 2.0**-48) + own * np.minimum(0.25, np.exp(-least)) * UP, 1.0)
        relative = compound(backend.exp.relative * backend.format.unit_roundoff, growth(backend, SIGMOID_ROUNDINGS, 0))
        lost = (backend.exp.absolute + 1.0) * underflow(backend)
        found = up(moved + relative * (exact + moved) + lost)
        return np.where(exact + moved < 2.0 / backend.format.max, np.maximum(found, up(exact + moved)), found)

    found = operand_of(z, value, bound, None, arithmetic)
    parts = (np.where(here, part, 0.0) for part in (found.value, found.radius, found.error, found.scale))
    return Operand(z.labels, *parts)


def relu_rule(z: Operand, arithmetic: Arithmetic) -> Operand:
    """``relu z``: never further off than z, and not at all where both z and ẑ are negative; no rounding of its own."""
    del arithmetic
    radius = np.where(z.value + z.radius <= 0, 0.0, z.radius)
    error = np.where(np.isfinite(z.error) & (z.value + (z.radius + z.error) * UP <= 0), 0.0, z.error)
    return Operand(z.labels, np.maximum(z.value, 0.0), radius, error, z.scale)


def step_rule(z: Operand, arithmetic: Arithmetic) -> Operand:
    """``step z``: right where z and ẑ are certainly on one side of 0, or exactly 0 both; else off by 1 at most."""
    del arithmetic
    value = (z.value > 0).astype(np.float64)

    def bound(doubt: Array) -> Array:
        certain = (np.abs(z.value) > doubt * UP) | (doubt == 0)
        return np.where(np.isfinite(doubt), np.where(certain, 0.0, 1.0), np.inf)

    return Operand(z.labels, value, bound(z.radius), bound(z.radius + z.error), np.ones_like(value))


def in_range(denominators: Sequence[Operand], fmt: Format) -> bool:
    """Whether every product of some of the denominators is certainly a normal number: none underflows or overflows.

    Then a quotient by a product of denominators errs as a product of reciprocals does, by roundings alone.
    """
    least = [float(np.min(below(np.abs(x.value), x.radius + x.error), initial=np.inf)) for x in denominators]
    largest = [float(np.max(x.computed_size, initial=0.0)) for x in denominators]
    smallest_product = prod(min(1.0, size) for size in least) / UP
    return smallest_product >= fmt.smallest_normal and prod(max(1.0, size) for size in largest) * UP <= fmt.max


FUNCTION_BOUNDS: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "reciprocal": reciprocal_rule,
        "tanh": tanh_rule,
        "sech2": sech2_rule,
        "root": root_rule,
        "exp": exp_rule,
        "sigmoid": sigmoid_rule,
        "relu": relu_rule,
        "step": step_rule,
    }
)
