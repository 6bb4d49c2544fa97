"""Formats: every bit pattern of the two half formats, derived constants, rounding against exact rationals."""

from fractions import Fraction

import numpy as np
import pytest
import torch

from attnproof.verify.arithmetic.formats import BF16, FORMATS, FP16, FP32, FP64, Format

PATTERNS = np.arange(1 << 16, dtype=np.uint16)
FP16_VALUES = PATTERNS.view(np.float16).astype(np.float64)
with np.errstate(invalid="ignore"):  # signalling NaNs become quiet ones
    BF16_VALUES = (PATTERNS.astype(np.uint32) << 16).view(np.float32).astype(np.float64)
TORCH = {"fp64": torch.float64, "fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}


def through_torch(name, x):
    return torch.from_numpy(np.asarray(x)).to(TORCH[name]).to(torch.float64).numpy()


def same(a, b):
    """Equal values, NaN with NaN, and zeros of the same sign."""
    return np.all((np.isnan(a) & np.isnan(b)) | ((a == b) & (np.signbit(a) == np.signbit(b))))


@pytest.mark.parametrize("name", FORMATS)
def test_constants_agree_with_torch(name):
    fmt, info = FORMATS[name], torch.finfo(TORCH[name])
    assert fmt.max == info.max
    assert fmt.smallest_normal == info.smallest_normal
    assert fmt.unit_roundoff == info.eps / 2
    assert fmt.smallest_subnormal == info.smallest_normal * info.eps
    assert fmt.emax == 1 - fmt.emin


@pytest.mark.parametrize(("fmt", "values"), [(FP16, FP16_VALUES), (BF16, BF16_VALUES)], ids=["fp16", "bf16"])
def test_every_pattern_is_a_fixed_point(fmt, values):
    assert same(fmt.round(values), values)
    assert np.all(fmt.representable(values))


@pytest.mark.parametrize(("fmt", "values"), [(FP16, FP16_VALUES), (BF16, BF16_VALUES)], ids=["fp16", "bf16"])
def test_every_midpoint_and_its_neighbours(fmt, values):
    """Between every two neighbours: just below the midpoint, the tie, just above; and beyond the largest number."""
    grid = np.unique(values[np.isfinite(values)])
    low, high = grid[:-1], grid[1:]
    middle = low + (high - low) / 2
    ties = fmt.round(middle)
    assert np.all((ties == low) | (ties == high))
    assert np.array_equal(ties, through_torch(fmt.name, middle))
    assert np.all((ties[:-1] == low[:-1]) != (ties[1:] == low[1:]))  # the even neighbour wins, so up and down alternate
    assert np.array_equal(fmt.round(np.nextafter(middle, -np.inf)), low)
    assert np.array_equal(fmt.round(np.nextafter(middle, np.inf)), high)
    assert not np.any(fmt.representable(middle))
    edge = fmt.overflow_threshold
    assert fmt.round(np.array([np.nextafter(edge, 0), edge, -edge])).tolist() == [fmt.max, np.inf, -np.inf]


@pytest.mark.parametrize("name", FORMATS)
def test_random_float64_rounds_as_torch_rounds(name):
    generator = np.random.default_rng(7)
    x = generator.integers(0, 1 << 64, 200_000, dtype=np.uint64).view(np.float64)
    x = np.concatenate([x, generator.normal(size=50_000) * 2.0 ** generator.integers(-150, 128, 50_000)])
    x = x[~np.isnan(x)]
    if name in ("bf16", "fp16"):  # torch goes through fp32 and rounds twice; give it fp32 values
        x = FP32.round(x)
    expected = through_torch(name, x)
    assert same(FORMATS[name].round(x), expected)


@pytest.mark.parametrize("name", ["fp32", "bf16", "fp16"])
def test_rounding_is_nearest_in_exact_arithmetic(name):
    """No double rounding: against rational arithmetic, which needs no format in between."""
    fmt = FORMATS[name]
    generator = np.random.default_rng(11)
    x = generator.normal(size=400) * 2.0 ** generator.integers(fmt.emin - 12, fmt.emax - 3, 400)
    tie = fmt.round(x) + np.ldexp(1.0, np.maximum(np.frexp(fmt.round(x))[1] - 1, fmt.emin) - fmt.precision)
    for value in np.concatenate([x, tie, np.nextafter(tie, np.inf), np.nextafter(tie, -np.inf)]):
        exact = Fraction(float(value))
        quantum = Fraction(2) ** (max(int(np.frexp(value)[1]) - 1, fmt.emin) - fmt.precision + 1)
        expected = round(exact / quantum) * quantum  # Fraction's round is half to even
        assert Fraction(float(fmt.round(np.array([value]))[0])) == expected


def test_specials():
    for fmt in FORMATS.values():
        got = fmt.round(np.array([np.nan, np.inf, -np.inf, 0.0, -0.0]))
        assert np.isnan(got[0])
        assert got[1:].tolist() == [np.inf, -np.inf, 0.0, 0.0]
        assert np.signbit(got[4])
    assert FP16.round(np.array([65519.99, 65520.0])).tolist() == [65504.0, np.inf]
    assert FP16.round(np.array([2.0**-25, np.nextafter(2.0**-25, 1)])).tolist() == [0.0, 2.0**-24]
    assert FP64.round(np.array([5e-324])).tolist() == [5e-324]


@pytest.mark.parametrize("fmt", FORMATS.values(), ids=FORMATS)
@np.errstate(all="ignore")
def test_what_is_representable_is_what_rounding_leaves_alone(fmt: Format) -> None:
    edges = np.array([fmt.smallest_subnormal, fmt.smallest_normal, 1.0, fmt.max, 0.0, np.inf, np.nan])
    near = np.concatenate([sign * np.nextafter(edges, to) for sign in (1, -1) for to in (0, np.inf)])
    for values in (edges, -edges, near, 3 * edges, edges[:, None] * np.array([0.5, 1.5, 1 + fmt.unit_roundoff])):
        expected = (fmt.round(values) == values) | np.isnan(values)
        assert np.array_equal(fmt.representable(values), expected)
        assert all(fmt.representable(each) == known for each, known in zip(values.flat, expected.flat, strict=True))
