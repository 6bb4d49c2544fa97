from fractions import Fraction

import numpy as np
import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st

from attnproof.verify.oracle import Enclosure
from attnproof.verify.oracle.named import balls


def enclosing(exact: Fraction, precision: int) -> Enclosure:
    with ctx.workprec(precision):
        return Enclosure(balls([arb(fmpq(exact.numerator, exact.denominator))], ()), precision)


def fraction(value: arb) -> Fraction:
    mantissa, exponent = value.man_exp()
    return Fraction(int(mantissa)) * Fraction(2) ** int(exponent)


FLOATS = st.floats(allow_nan=False, allow_infinity=False)
RATIONALS = st.one_of(
    FLOATS.map(Fraction),
    st.builds(lambda x, n: Fraction(x) / n, FLOATS, st.integers(1, 10**6)),
    st.builds(
        lambda n, m, k: Fraction(n, m) * Fraction(2) ** k, st.integers(), st.integers(1), st.integers(-1200, 1200)
    ),
)


@settings(derandomize=True)
@given(RATIONALS, FLOATS, st.sampled_from([64, 128, 300]), st.integers(-2, 2))
def test_error_bounds_the_distance_from_above_and_closely(exact, other, precision, steps):
    enclosure = enclosing(exact, precision)
    radius = fraction(enclosure.balls[()].rad())
    near = enclosure.midpoint()[()]
    for _ in range(abs(steps)):
        near = np.nextafter(near, np.copysign(np.inf, steps))
    for computed in {other, float(near)} - {np.inf, -np.inf}:
        error = enclosure.error(np.array(computed))
        assert error.shape == ()
        distance = abs(Fraction(computed) - exact)
        limit = (distance + 2 * radius) * (1 + Fraction(1, 2**49)) + Fraction(1, 2**1074)
        assert np.isinf(error) or Fraction(float(error)) >= distance
        assert Fraction(float(error)) <= limit if np.isfinite(error) else limit > Fraction(np.finfo(float).max)
        if distance == radius == 0:
            assert error == 0


@settings(derandomize=True)
@given(RATIONALS, st.sampled_from([64, 200]))
def test_midpoint_radius_and_magnitude(exact, precision):
    enclosure = enclosing(exact, precision)
    radius, magnitude = float(enclosure.radius()[()]), float(enclosure.magnitude_upper()[()])
    assert np.isinf(radius) or Fraction(radius) >= fraction(enclosure.balls[()].rad())
    assert (radius == 0) == enclosure.balls[()].is_exact()
    assert np.isinf(magnitude) or Fraction(magnitude) >= abs(exact)
    middle = float(enclosure.midpoint()[()])
    if np.isfinite(middle):
        assert abs(Fraction(middle) - exact) <= abs(exact) * Fraction(1, 2**52) + Fraction(1, 2**1075) * 3


def test_a_wrong_last_bit_is_seen_and_the_right_value_is_not():
    third = enclosing(Fraction(1, 3), 128)
    right = np.array(1 / 3)
    exact_error = abs(Fraction(1 / 3) - Fraction(1, 3))
    assert Fraction(float(third.error(right))) == pytest.approx(float(exact_error), rel=2**-49)
    assert third.error(np.nextafter(right, 1)) > 2.0**-55
    half = enclosing(Fraction(1, 2), 64)
    assert half.error(np.array(0.5)) == 0
    assert half.error(np.nextafter(np.array(0.5), 1)) == 2.0**-53


def test_infinities_and_nan_never_pass():
    enclosure = Enclosure(balls([arb(1), arb(1), arb(1), arb(1), arb(2) ** 5000], (5,)), 64)
    computed = np.array([np.nan, np.inf, -np.inf, 1.0, np.inf])
    np.testing.assert_array_equal(enclosure.error(computed), [np.inf, np.inf, np.inf, 0.0, np.inf])
    np.testing.assert_array_equal(enclosure.within(computed, np.full(5, np.inf)), np.zeros(5, bool))
    np.testing.assert_array_equal(enclosure.within(computed, np.zeros(5)), [False, False, False, True, False])
    assert not enclosure.within(computed, np.full(5, np.nan)).any()


def test_underflowed_and_overflowed_values_keep_their_error():
    tiny = Enclosure(balls([arb(2) ** -3000, arb(3) * arb(2) ** -1075], (2,)), 64)
    np.testing.assert_array_equal(tiny.error(np.array([0.0, 5e-324])), [5e-324, 5e-324])
    large = Enclosure(balls([arb(2) ** 1024], ()), 64)
    assert large.error(np.array(np.finfo(float).max)) == 2.0**971


def test_wrong_shape_or_type_is_refused():
    enclosure = Enclosure(balls([arb(1), arb(2)], (2,)), 64)
    with pytest.raises(ValueError, match=r"float64 array of shape \(2,\), got float64 \(3,\)"):
        enclosure.error(np.ones(3))
    with pytest.raises(ValueError, match="got float32"):
        enclosure.error(np.ones(2, np.float32))


def test_decimal_prints_correct_digits_only():
    assert enclosing(Fraction(1, 3), 200).decimal((), 30) == "0." + "3" * 30
    assert enclosing(Fraction(1, 3), 30).decimal((), 30) in {"0.33333333", "0.333333333"}
    assert Enclosure(balls([arb(-5)], (1,)), 64).decimal((0,), 4) == "-5.000"
