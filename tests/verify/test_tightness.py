"""The table of tightness: of real comparisons, and of rows in which something is wrong."""

import math

import pytest

from attnproof.verify.comparisons.checks import run
from attnproof.verify.comparisons.tightness import rows
from attnproof.verify.inputs.settings import settings_for
from attnproof.verify.options import Options
from attnproof.verify.rows.comparison import ComparisonRow


def comparison(outcome="pass", ratio=0.25, **changed):
    row = {"id": "x", "implementation": "one", "dtype": "fp32", "device": "cpu", "quantity": "context"}
    return ComparisonRow(**{**row, "outcome": outcome, "ratio": ratio, **changed})


@pytest.fixture(scope="module")
def real():
    options = Options(profile="quick", devices=("cpu",))
    setting = settings_for("quick")[0].name
    found = []
    for score in ("scaled_dot", "additive"):
        for dtype in ("fp64", "fp32"):
            found += run({"score": score, "dtype": dtype, "setting": setting}, options)
    return found


def test_no_bound_is_exceeded_and_few_abstain(real):
    table = rows(real)
    assert table
    assert {row.output for row in table} == {"scores", "weights", "context", "grad"}
    assert all(row.verdict == "pass" and 0.0 <= row.median <= row.largest <= 1.0 for row in table)
    assert sum(row.judged + row.unbounded for row in table) == sum(
        row.outcome in ("pass", "fail", "abstain") for row in real
    )


@pytest.mark.parametrize("ratio", [1.5, math.inf, math.nan])
def test_an_exceeded_bound_fails(ratio):
    (row,) = rows([comparison(), comparison("fail", ratio)])
    assert (row.verdict, row.measured, row.judged) == ("fail", 1, 2)


def test_a_pass_beyond_its_bound_fails_all_the_same():
    assert rows([comparison("pass", 1.01)])[0].verdict == "fail"


def test_abstained_comparisons_are_counted_apart():
    (row,) = rows([comparison(ratio=0.1), comparison(ratio=0.3), comparison("abstain", 5.0), comparison("skipped")])
    assert (row.judged, row.unbounded, row.largest) == (2, 1, 0.3)
    assert row.median == pytest.approx(0.2)
    (row,) = rows([comparison("abstain")])
    assert (row.verdict, row.median) == ("abstain", None)


def test_gradients_are_one_output():
    (row,) = rows([comparison(quantity="grad.query"), comparison(quantity="grad.key")])
    assert (row.output, row.judged) == ("grad", 2)
