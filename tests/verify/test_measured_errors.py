"""The run part that measures exp, tanh and log: it passes here, and a worse function is found out in every way of
calling.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
import torch
from parameters import ordinary

from attnproof.verify.arithmetic import measured_errors
from attnproof.verify.arithmetic.backends import function_error
from attnproof.verify.arithmetic.exhaustive_errors import BLOCK, PATTERNS
from attnproof.verify.arithmetic.function_errors import FUNCTIONS
from attnproof.verify.options import Options
from attnproof.verify.unit import run_unit

WAYS = {"single elements", "short arrays", "transposed", "reversed", "broadcast"}


@cache
def measured(function):
    return measured_errors.run({"function": function}, Options())


@pytest.mark.parametrize("function", ordinary(FUNCTIONS, "exp"))
def test_nothing_contradicts_what_the_bounds_rest_on(function):
    rows = measured(function)
    assert {row.verdict for row in rows} == {"pass"}
    assert len({row.id for row in rows}) == len(rows)
    assert {row.dtype for row in rows} == {"fp64", "fp32", "bf16", "fp16"}
    assert {row.way for row in rows if row.dtype == "fp32"} >= {"contiguous", "strided", *WAYS}
    assert all(0.5 < row.measured <= row.theory_value for row in rows)
    assert all(row.inputs >= 1000 for row in rows)


def test_ways_give_every_element_once_and_in_order():
    x = np.linspace(0.5, 3.0, 256, dtype=np.float32)
    for (library, way), apply in measured_errors.ways("log").items():
        got = apply(x)
        assert got.dtype == np.float32, (library, way)
        assert np.allclose(got, np.log(x), rtol=1e-6), (library, way)


def test_short_arrays_have_every_length_up_to_a_vector_and_more(monkeypatch):
    seen = []
    real = np.exp
    monkeypatch.setattr(np, "exp", lambda x: seen.append(np.size(x)) or real(x))
    measured_errors.ways("exp")["numpy", "short arrays"](np.ones(256, dtype=np.float32))
    assert set(range(1, 20)) <= set(seen)
    assert sum(seen) == 256


@pytest.mark.slow
@pytest.mark.parametrize("function", FUNCTIONS)
def test_an_error_beyond_the_figures_fails_in_every_way(monkeypatch, function):
    limits = {lib: function_error(lib, function, "fp32") for lib in measured_errors.LIBRARIES}
    better = {lib: replace(limit, relative=0.3) for lib, limit in limits.items()}
    monkeypatch.setattr(measured_errors, "function_error", lambda library, *_, **__: better[library])
    rows = measured_errors.run({"function": function}, Options(dtypes=("fp32",)))
    failed = {row.way for row in rows if row.verdict == "fail"}
    assert failed >= {"contiguous", "strided", *WAYS}
    assert all("contradicts 0.3 u" in row.reason for row in rows if row.verdict == "fail")


@pytest.mark.slow
def test_an_absolute_error_beyond_the_figures_fails_too(monkeypatch):
    limit = replace(function_error("numpy", "exp", "fp32"), absolute=0.1)
    monkeypatch.setattr(measured_errors, "function_error", lambda *_, **__: limit)
    rows = measured_errors.run({"function": "exp"}, Options(dtypes=("fp32",)))
    assert "fail" in {row.verdict for row in rows if row.implementation == "numpy"}


@pytest.mark.slow
def test_a_function_that_is_worse_for_single_elements_only_is_found_out(monkeypatch):
    real = np.tanh

    def scalar_code_is_bad(x):
        return real(x) * np.float32(1 + 1e-5) if np.ndim(x) == 0 else real(x)

    monkeypatch.setattr(np, "tanh", scalar_code_is_bad)
    rows = measured_errors.run({"function": "tanh"}, Options(dtypes=("fp32",)))
    assert {row.way for row in rows if row.verdict == "fail"} == {"single elements"}


def test_the_exp_inside_softmax_is_seen_and_a_worse_one_found_out():
    x = np.linspace(-100.0, -23.0, 640, dtype=np.float32).reshape(-1, 16)
    honest = measured_errors.in_softmax(x)
    assert honest.decided == 640
    assert 0.5 < honest.relative < 2.0
    worse = measured_errors.in_softmax(x, lambda y: torch.softmax(y, -1) * torch.tensor(1 + 2.0**-21))
    assert worse.relative > 4.0
    with pytest.raises(ValueError, match=r"largest x of -1\.0"):
        measured_errors.in_softmax(np.full((2, 16), -1.0, dtype=np.float32))


def test_a_function_in_half_that_is_worse_than_documented_fails(monkeypatch):
    real = measured_errors.measure_half
    monkeypatch.setattr(measured_errors, "measure_half", lambda *a: replace(real(*a), relative=9.0))
    rows = measured_errors.run({"function": "tanh"}, Options(dtypes=("fp16", "bf16")))
    assert {row.verdict for row in rows} == {"fail"}
    assert len(rows) == 3


def test_the_row_says_what_the_bounds_take():
    for row in measured("exp"):
        if row.way == "inside softmax":
            assert (row.bounds_grade, row.bounds_allow) == ("assumed", 2.0)
            continue
        taken = function_error(row.implementation, "exp", row.dtype)
        assert (row.bounds_allow, row.bounds_grade, row.origin) == (taken.relative, taken.grade, taken.origin)


def test_units_by_profile():
    assert measured_errors.plan(Options(profile="quick")) == []
    assert measured_errors.plan(Options(devices=("cuda",))) == []
    assert [unit.id for unit in measured_errors.plan(Options())] == [f"functions/{name}" for name in FUNCTIONS]
    thorough = measured_errors.plan(Options(profile="thorough"))
    assert len(thorough) == len(FUNCTIONS) * (1 + measured_errors.SHARES)


def test_the_shares_of_thorough_are_all_patterns_once(monkeypatch):
    taken = []
    monkeypatch.setattr(measured_errors, "measure", lambda function, starts, found: taken.extend(starts))
    for unit in measured_errors.plan(Options(profile="thorough")):
        if "share" in unit.arguments and unit.arguments["function"] == "exp":
            run_unit(unit, Options(profile="thorough"))
    assert sorted(taken) == list(range(0, PATTERNS, BLOCK))


def test_a_share_gives_rows_of_its_own(monkeypatch):
    monkeypatch.setattr(measured_errors, "PATTERNS", 1 << 21)
    rows = measured_errors.run({"function": "log", "share": 3}, Options())
    assert len(rows) == 4
    assert all(row.id.endswith("/3") and row.grade == "exhaustive" for row in rows)
    assert {row.inputs for row in rows} == {(1 << 21) // measured_errors.SHARES}
