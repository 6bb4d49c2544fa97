"""The fused multiply-add that Triton's interpreter is given: one rounding, and no product that overflows."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from attnproof.verify.implementations.interpreter import fused

# What a second rounding may add, in units of the result's last place.
SECOND = {np.float32: 2.0**-29, np.float64: 2.0**-10}


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@given(data=st.data())
def test_rounds_once(kind: type[np.floating], data: st.DataObject) -> None:
    width = np.finfo(kind).bits
    numbers = st.floats(-(2.0**40), 2.0**40, width=width).filter(lambda a: a == 0 or abs(a) > 2.0**-40)
    x, y, z = (kind(data.draw(numbers)) for _ in range(3))
    if data.draw(st.booleans()):
        z = kind(-float(x) * float(y))  # all but what rounding took from the product cancels
    exact = Fraction(float(x)) * Fraction(float(y)) + Fraction(float(z))
    got = fused(np.asarray(x), np.asarray(y), np.asarray(z)).item()
    unit = float(np.spacing(kind(abs(float(exact)))))
    assert abs(Fraction(got) - exact) <= Fraction(unit) * (Fraction(1, 2) + Fraction(SECOND[kind]))


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_product_beyond_the_format_is_no_infinity(kind: type[np.floating]) -> None:
    largest = np.finfo(kind).max
    x, y, z = (np.asarray([a], dtype=kind) for a in (largest, 2, -largest))
    assert fused(x, y, z) == largest
    with np.errstate(over="ignore"):
        assert np.isinf(fused(x, y, -z * 0))
    nan = np.asarray([np.nan], dtype=kind)
    assert np.isnan(fused(nan, y, z))
