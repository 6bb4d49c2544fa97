"""Units in the last place at zero, subnormals, powers of two, overflow and NaN."""

import numpy as np
import pytest

from attnproof.verify.arithmetic.formats import FORMATS, FP16, FP32, FP64, Format
from attnproof.verify.arithmetic.ulp import in_ulps, ulp


@pytest.mark.parametrize("name", FORMATS)
def test_ulp_at_the_special_places(name):
    fmt = FORMATS[name]
    u, tiny, normal = fmt.unit_roundoff, fmt.smallest_subnormal, fmt.smallest_normal
    assert ulp(fmt, 0.0) == tiny
    assert ulp(fmt, tiny) == tiny
    assert ulp(fmt, -tiny) == tiny
    assert ulp(fmt, normal) == tiny
    assert ulp(fmt, np.nextafter(normal, 0)) == tiny
    assert ulp(fmt, 2 * normal) == 2 * tiny
    assert ulp(fmt, 1.0) == 2 * u
    assert ulp(fmt, np.nextafter(1.0, 0)) == u
    assert ulp(fmt, -1.0) == 2 * u
    assert ulp(fmt, fmt.max) == 2.0 ** (fmt.emax - fmt.precision + 1)
    assert ulp(fmt, np.inf) == ulp(fmt, fmt.max)
    assert np.isnan(ulp(fmt, np.nan))


def test_a_real_number_beyond_the_format_has_the_last_binades_ulp():
    assert ulp(FP16, 1e300) == ulp(FP16, 65504.0) == 32.0
    assert ulp(FP32, 1e-300) == FP32.smallest_subnormal


@pytest.mark.parametrize(("fmt", "dtype"), [(FP64, np.float64), (FP32, np.float32), (FP16, np.float16)])
def test_ulp_is_numpys_spacing_on_values_of_the_format(fmt, dtype):
    generator = np.random.default_rng(3)
    bits = {np.float64: np.uint64, np.float32: np.uint32, np.float16: np.uint16}[dtype]
    x = np.abs(generator.integers(0, np.iinfo(bits).max, 20_000, dtype=bits, endpoint=True).view(dtype))
    x = x[np.isfinite(x) & (x < np.finfo(dtype).max)]
    assert np.array_equal(ulp(fmt, x.astype(np.float64)), np.spacing(x).astype(np.float64))


@pytest.mark.parametrize(
    ("fmt", "error", "exact", "ulps"),
    [
        (FP32, 2.0**-23, 1.0, 1.0),
        (FP32, -(2.0**-24), 1.0, 0.5),
        (FP64, 5e-324, 0.0, 1.0),
        (FP16, 2.0**-25, 2.0**-25, 0.5),
        (FP64, 0.0, 0.0, 0.0),
        (FP64, 1.0, 0.0, np.inf),  # 2^1074 ulps, beyond float64
        (FP16, -3.0, 1.0, 3.0 * 2**10),
        (FP32, np.nan, 1.0, np.inf),
        (FP32, -np.inf, 1.0, np.inf),
    ],
)
def test_errors(fmt: Format, error: float, exact: float, ulps: float) -> None:
    assert in_ulps(fmt, error, exact) == ulps


def test_an_error_of_one_spacing_is_one_ulp() -> None:
    for exact in (0.0, -0.0, 2.0**-149, 2.0**-126, 0.75, -1.0, 3.0, 2.0**127, 1e300, 5e-324):
        assert in_ulps(FP32, float(ulp(FP32, exact)), exact) == 1


@pytest.mark.parametrize("exact", [np.nan, np.inf, -np.inf])
def test_a_reference_that_is_no_number_is_an_error(exact: float) -> None:
    with pytest.raises(ValueError, match="must be finite"):
        in_ulps(FP32, 1.0, exact)
