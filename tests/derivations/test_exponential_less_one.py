"""e^x − 1: the program in fp32, evaluated as the kernels do, stays within the bound that is proved of it; a wrong
coefficient does not.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from attnproof.derivations.kernels import exponential_less_one
from attnproof.derivations.kernels.exponential import Exponential, exponential
from attnproof.derivations.kernels.exponential_less_one import relative_error

Array = np.ndarray


def fma(x: Array, y: Array, z: Array) -> Array:
    """Of fp32 numbers: the product is exact in fp64, so that all but ties of the sum are rounded once."""
    return (x.astype(np.float64) * y + z).astype(np.float32)


def less_one(program: Exponential, x: Array) -> Array:
    """``e^x − 1`` by the program."""

    def number(c: Fraction) -> Array:
        return np.full(x.shape, float(c), np.float32)

    shifted = fma(x, number(program.log2e), number(program.magic))
    k = shifted - number(program.magic)
    r = fma(k, -number(program.high), x)
    r = fma(k, -number(program.low), r)
    h = number(program.coefficients[-1])
    for c in reversed(program.coefficients[1:-1]):
        h = fma(h, r, number(c))
    scale = np.exp2(k.astype(np.float64)).astype(np.float32)
    return fma(scale, h * r, scale - np.float32(1))


def inputs() -> Array:
    rng = np.random.default_rng(0)
    near = -np.exp(rng.uniform(-80, 0, 20000))
    far = -rng.uniform(0, 87, 20000)
    turns = (
        -np.log(2)
        * (rng.integers(0, 30, 20000) + rng.choice([0.0, 0.5], 20000))
        * (1 + rng.uniform(-1e-4, 1e-4, 20000))
    )
    return np.concatenate([near, far, turns[turns < 0]]).astype(np.float32)


def worst(program: Exponential) -> float:
    x = inputs()
    exact = np.expm1(x.astype(np.float64))
    return float(np.max(np.abs(less_one(program, x) - exact) / np.abs(exact)) * 2**24)


def test_the_program_stays_within_the_bound() -> None:
    bound = relative_error("float32")
    assert 1 < worst(exponential("float32")) <= bound < 4
    assert relative_error("float64") < 4


@pytest.mark.parametrize("place", [2, 3])
def test_a_wrong_coefficient_is_seen(monkeypatch: pytest.MonkeyPatch, place: int) -> None:
    right = exponential("float32")
    coefficients = list(right.coefficients)
    coefficients[place] *= Fraction(1001, 1000)
    wrong = replace(right, coefficients=tuple(coefficients))
    monkeypatch.setattr(exponential_less_one, "exponential", lambda name: wrong)
    bound = relative_error.__wrapped__("float32")
    assert bound > 50
    assert worst(wrong) <= bound
