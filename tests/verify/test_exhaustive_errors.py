"""The exhaustive measurement in fp32: its shortcuts agree with the long way, and a planted error is seen."""

import json
from pathlib import Path

import numpy as np
import pytest
from flint import arb

from attnproof import verify
from attnproof.verify.arithmetic.backends import function_error
from attnproof.verify.arithmetic.exhaustive_errors import BLOCK, PATTERNS, Worst, backends, measure, rows
from attnproof.verify.arithmetic.formats import FP32
from attnproof.verify.arithmetic.function_errors import FUNCTIONS
from attnproof.verify.arithmetic.recorded_errors import place

RECORD = Path(verify.__file__).parent / "recorded" / "function_errors.json"
RECORDED = json.loads(RECORD.read_text())
SMALL = 1 << 10


def pattern(x):
    return int(np.float32(x).view(np.uint32)) // SMALL * SMALL


def value(bits):
    return float(np.array(bits, dtype=np.uint32).view(np.float32))


def within(worst, limit):
    return worst.relative <= limit.relative and worst.absolute <= limit.absolute


@pytest.mark.parametrize("function", FUNCTIONS)
def test_blocks_all_over_keep_the_documented_errors(function):
    starts = np.random.default_rng(5).integers(0, PATTERNS // SMALL, 60) * SMALL
    found = {}
    measure(function, [int(s) for s in starts], found, block=SMALL)
    assert len(found) == 4
    for (library, _), worst in found.items():
        assert worst.decided == 60 * SMALL
        assert within(worst, function_error(library, function, "fp32"))


@pytest.mark.parametrize(
    ("function", "x", "wrong", "figure"),
    [
        ("exp", 1.5, lambda y: np.nextafter(np.nextafter(y, np.float32(0)), np.float32(0)), "relative"),
        ("tanh", 1e-9, lambda y: y * np.float32(1.001), "relative"),
        ("tanh", 30.0, lambda y: y * np.float32(0.999), "relative"),
        ("exp", -300.0, lambda y: y + np.float32(1e-43), "absolute"),
        ("log", 7.0, lambda y: y * np.float32(1.001), "relative"),
    ],
)
def test_an_error_planted_in_one_block_is_seen(function, x, wrong, figure):
    right = backends(function)[("numpy", "contiguous")]
    key = ("numpy", "contiguous")
    honest, planted = {}, {}
    measure(function, [pattern(x)], honest, block=SMALL, apply={key: right})
    measure(function, [pattern(x)], planted, block=SMALL, apply={key: lambda y: wrong(right(y))})
    assert getattr(planted[key], figure) > getattr(honest[key], figure) + 2.0


@pytest.mark.parametrize(
    ("function", "x", "got"), [("exp", 200.0, 1.0), ("exp", 1.0, np.nan), ("log", -3.0, 0.0), ("exp", 1.0, np.inf)]
)
def test_a_result_of_the_wrong_kind_is_an_error(function, x, got):
    spoiled = {("numpy", "contiguous"): lambda y: np.full_like(y, got)}
    with pytest.raises(ValueError, match=f"{function}\\("):
        measure(function, [pattern(x)], {}, block=SMALL, apply=spoiled)


def test_constant_results_are_judged_at_the_ends_of_their_block():
    found = {}
    measure("tanh", [pattern(20.0)], found, block=SMALL)
    assert all(0.0 < worst.relative < 0.01 for worst in found.values())


def test_constant_results_are_judged_at_the_worse_end():
    start = pattern(7.0)
    first, last = value(start), value(start + SMALL - 1)
    found = {}
    constant = {("numpy", "strided"): lambda y: np.full_like(y, np.log(y[0]))}
    measure("log", [start], found, block=SMALL, apply=constant)
    least = (np.log(last) - np.log(first)) / np.log(last) / FP32.unit_roundoff
    assert least - 1.0 <= found["numpy", "strided"].relative <= 1.01 * least + 1.0


def test_one_wrong_result_inside_a_constant_block_is_seen():
    def spoiled(y):
        result = np.tanh(y)
        result[SMALL // 2] *= np.float32(0.5)
        return result

    found = {}
    measure("tanh", [pattern(20.0)], found, block=SMALL, apply={("numpy", "contiguous"): spoiled})
    assert found["numpy", "contiguous"].relative == pytest.approx(0.5 / FP32.unit_roundoff, rel=1e-6)


def test_results_that_are_their_arguments_are_charged_the_cubic_term():
    found = {}
    x = 0.9 * 2.0**-20
    measure("tanh", [pattern(x)], found, block=SMALL, apply={("numpy", "contiguous"): lambda y: y})
    assert found["numpy", "contiguous"].relative == pytest.approx(x**2 / 3 / FP32.unit_roundoff, rel=0.02)


def test_too_few_patterns_are_not_called_exhaustive():
    assert rows("exp", {("numpy", "strided"): Worst(decided=BLOCK)})[0]["grade"] == "partial"


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: f"{row['library']}-{row['function']}-{row['path']}")
def test_recorded_figures_hold_and_the_documentation_is_not_contradicted(row):
    assert row["grade"] == "exhaustive"
    assert row["decided"] == PATTERNS
    documented = function_error(row["library"], row["function"], "fp32", documented=True)
    assert row["relative"] <= documented.relative
    assert row["absolute"] <= documented.absolute


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: f"{row['library']}-{row['function']}-{row['path']}")
def test_where_the_largest_error_is_recorded_ball_arithmetic_finds_it(row):
    if any(row[key] != found for key, found in place(row["library"], row["function"]).items()):
        pytest.skip("recorded for another version or CPU capability")
    x = value(row["relative_at"])
    apply = backends(row["function"])[row["library"], row["path"]]
    got = float(apply(np.full(64, x, dtype=np.float32))[0])
    exact = getattr(arb(x), row["function"])()
    relative = float(abs((arb(got) - exact) / exact)) / FP32.unit_roundoff
    assert relative == pytest.approx(row["relative"], rel=1e-6)
