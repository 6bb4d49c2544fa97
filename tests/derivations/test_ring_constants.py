"""What a program's constants mean."""

from __future__ import annotations

import math
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest

from attnproof.derivations.ring.constants import FACTORS, Constant, logarithm_of, recognise
from attnproof.derivations.ring.kinds import UNDECIDED
from attnproof.derivations.ring.ring import Ring

F = Fraction
LOG2E, LN2 = math.log2(math.e), math.log(2)


def rounded(value: float, dtype: str) -> float:
    kinds = {"fp64": np.float64, "fp32": np.float32, "fp16": np.float16, "bf16": ml_dtypes.bfloat16}
    return float(kinds[dtype](value))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (3.0, Constant(F(3))),
        (-1e9, Constant(F(-(10**9)))),
        (0.125, Constant(F(1, 8))),
        (1 / 3, Constant(F(1, 3))),
        (-2 / 7, Constant(F(-2, 7))),
        (4095 / 4096, Constant(F(4095, 4096))),
        (80**-0.5, Constant(F(1, 80), 2)),
        (1 / math.sqrt(80), Constant(F(1, 80), 2)),
        (math.sqrt(2), Constant(F(2), 2)),
        (-math.sqrt(128), Constant(F(-128), 2)),
        (80**-0.25, Constant(F(1, 80), 4)),
        (64**-0.25, Constant(F(1, 8), 2)),
        (LOG2E, Constant(F(1), 1, "log2e")),
        (LN2, Constant(F(1), 1, "ln2")),
        (-LN2 / 8, Constant(F(-1, 8), 1, "ln2")),
        (LOG2E / math.sqrt(80), Constant(F(1, 80), 2, "log2e")),
        (80**-0.5 * LOG2E, Constant(F(1, 80), 2, "log2e")),
        (math.sqrt(2 / math.pi), Constant(F(2), 2, "1/√π")),
        (2 * math.pi, Constant(F(2), 1, "pi")),
        (0.1, Constant(F(1, 10))),
        (1e-12, Constant(F(1, 10**12), digits=1)),
        (0.044715, Constant(F(44715, 10**6), digits=5)),
        (1.442695, Constant(F(1442695, 10**6), digits=7)),
    ],
)
def test_double_precision(value: float, expected: Constant) -> None:
    assert recognise(value) == expected


def test_single_precision() -> None:
    for value, expected in (
        (1 / 3, Constant(F(1, 3))),
        (80**-0.5, Constant(F(1, 80), 2)),
        (LOG2E, Constant(F(1), 1, "log2e")),
        (LOG2E / 8, Constant(F(1, 8), 1, "log2e")),
        (0.2, Constant(F(1, 5))),
    ):
        assert recognise(rounded(value, "fp32"), "fp32") == expected
    assert recognise(rounded(1e-6, "fp32"), "fp32").rational == F(1, 10**6)


def test_half_formats_know_little() -> None:
    assert recognise(rounded(1 / 3, "bf16"), "bf16") == Constant(F(1, 3))
    assert recognise(0.15625, "bf16") == Constant(F(5, 32))
    assert recognise(rounded(math.sqrt(1 / 8), "bf16"), "bf16") == Constant(F(1, 8), root=2)
    assert recognise(rounded(math.sqrt(1 / 12), "bf16"), "bf16") == Constant(F(37, 128))
    assert recognise(rounded(0.1, "fp16"), "fp16") == Constant(F(1, 10))
    assert recognise(0.5, "fp8") == Constant(F(1, 2))


def test_random_numbers_stay_what_they_are() -> None:
    rng = np.random.default_rng(1)
    for dtype, most in (("fp64", 0), ("fp32", 12), ("fp16", 120), ("bf16", 200)):
        guessed = 0
        for value in rng.uniform(0.1, 3.0, 200):
            given = rounded(value, dtype)
            found = recognise(given, dtype)
            number = float(F(found.rational) ** F(1, found.root) * FACTORS[found.factor])
            assert abs(number - given) <= 2.1 * 2.0 ** -{"fp64": 52, "fp32": 23, "fp16": 10, "bf16": 7}[dtype] * given
            guessed += found != Constant(F(given))
        assert guessed <= most, dtype


def test_only_finite_numbers() -> None:
    with pytest.raises(ValueError, match="finite"):
        recognise(math.inf)


def test_constants_in_the_ring() -> None:
    ring = Ring(3)
    values = np.array([[80**-0.5, LOG2E], [LN2, -1 / 3]])
    found = ring.recognised(values)
    assert ring.equal(found[0, 0] * found[0, 0] * 80, ring.constant(1))[0]
    assert ring.equal(found[0, 1] * found[1, 0], ring.constant(1))[0]
    assert ring.equal(found[1, 1] * -3, ring.constant(1))[0]
    assert ring.equal(ring.constant(2.0**-70), ring.constant(F(1, 2**70)))[0]
    pi = ring.constant(recognise(math.pi))
    assert ring.equal(ring.constant(recognise(math.sqrt(2 / math.pi))).power(2) * pi, ring.constant(2))[0]
    unknown = ring.constant(Constant(F(4093), 2))  # a root that one of the fields may not have
    assert unknown.kind is None or (unknown.kinds() == UNDECIDED).all()
    with pytest.raises(ValueError, match="no constant of the ring: 'x'"):
        ring.constant("x")


def test_the_logarithm_of_a_whole_number_is_one() -> None:
    ring = Ring(4, 0)
    t = ring.random((3,))
    shifted = (t - ring.recognised(np.array(math.log(6)))).sigmoid()
    assert (shifted - t.exp() / (t.exp() + 6)).zeros().all()
    assert not (shifted - t.exp() / (t.exp() + 5)).zeros().any()
    back = (t + ring.recognised(np.array([-math.log(6), 0.5, -1e9]))).sigmoid()
    assert (back - shifted).zeros().tolist() == [True, False, False]
    assert back.zeros().tolist() == [False, False, True]
    assert logarithm_of(rounded(math.log(6), "fp32"), "fp32") == 6
    for value in (math.log(8), math.log(6) + 1e-12, 1.5, 1.6, 0.0, math.log(5000)):
        assert logarithm_of(value) is None
    assert logarithm_of(rounded(math.log(6), "bf16"), "bf16") is None


def test_a_table_is_the_numbers_as_they_stand() -> None:
    rng = np.random.default_rng(0)
    values = rng.standard_normal(200) * np.exp(rng.uniform(-700, 700, 200))
    values[:8] = [math.inf, -math.inf, math.nan, 0.0, -0.0, 5e-324, -1.5, np.finfo(float).max]
    ring = Ring(3)
    found, expected = ring.table(values.reshape(20, 10)), ring.constant(values.reshape(20, 10))
    assert (found.series == expected.series).all()
    assert (found.kinds() == expected.kinds()).all()
