"""Rounding to a format is NumPy's."""

from __future__ import annotations

import numpy as np
import pytest
from sympy import Rational, oo

from attnproof.derivations.bounds.formats import FORMATS, nearest

TYPES = {"fp16": np.float16, "fp32": np.float32, "fp64": np.float64}


@pytest.mark.parametrize("name", TYPES)
def test_rounding_is_that_of_numpy(name: str) -> None:
    p, e_max = FORMATS[name]
    spread = e_max + p if name == "fp16" else 60  # in size; NumPy converts by way of double precision
    random = np.random.default_rng(0)
    drawn = random.uniform(-1, 1, 300) * 2.0 ** random.integers(-spread, min(spread, e_max), 300)
    ties = [(1 + odd * 2.0**-p) * 2.0**e for odd in (1, 3, -1) for e in (-3, 0, 5) if name != "fp64"]
    for x in (*drawn.tolist(), *ties, 0.0, 1.0, 65519.0 if name == "fp16" else 3.0):
        assert nearest(Rational(x), name) == Rational(float(TYPES[name](x))), x


@pytest.mark.parametrize("name", FORMATS)
def test_ties_overflow_and_underflow(name: str) -> None:
    p, e_max = FORMATS[name]
    u, top = Rational(2) ** -p, Rational(2) ** (e_max + 1)
    assert nearest(1 + u, name) == 1
    assert nearest(1 + 3 * u, name) == 1 + 4 * u
    assert nearest(top * (1 - u / 2), name) is oo
    assert nearest(-top * (1 - u / 2), name) is -oo
    assert nearest(top * (1 - u * Rational(2, 3)), name) == top * (1 - u)
    least = Rational(2) ** (2 - e_max - p)
    assert nearest(least / 2, name) == 0
    assert nearest(least * 3 / 4, name) == least
