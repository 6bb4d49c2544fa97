"""The share of comparisons that abstain, held to its limit in each format."""

import pytest

from attnproof.verify.comparisons.abstentions import LIMITS, rows
from attnproof.verify.options import Options
from attnproof.verify.rows.comparison import ComparisonRow

ALL = Options()


def comparison(outcome="pass", **changed):
    row = {"id": "x", "implementation": "one", "score": "dot", "dtype": "fp32", "device": "cpu"}
    return ComparisonRow(
        **{**row, "reason": "too loose" if outcome == "abstain" else None, "outcome": outcome, **changed}
    )


def test_the_share_and_its_reasons():
    some = [comparison("abstain"), comparison("abstain", reason="overflow"), comparison("abstain")] + [
        comparison()
    ] * 997
    (row,) = rows(some, ALL)
    assert (row.verdict, row.measured, row.comparisons, row.abstained) == ("pass", 0.003, 1000, 3)
    assert row.reasons == {"too loose": 2, "overflow": 1}
    assert row.theory_value == LIMITS["fp32"]


@pytest.mark.parametrize("dtype", LIMITS)
def test_more_than_the_limit_fails(dtype):
    most = round(LIMITS[dtype] * 1000)
    some = [comparison("abstain", dtype=dtype)] * (most + 1) + [comparison(dtype=dtype)] * (999 - most)
    (row,) = rows(some, ALL)
    assert row.verdict == "fail"
    assert f"{most + 1} of 1000" in row.reason
    (row,) = rows([*some[1:], comparison(dtype=dtype)], ALL)
    assert row.verdict == "pass"


def test_a_part_of_the_scores_is_not_held_to_the_limit():
    (row,) = rows([comparison("abstain")], Options(scores=("additive",)))
    assert row.verdict == "skipped"
    assert "all scores" in row.reason


def test_an_implementation_of_scores_with_a_tanh_alone_is_not_held_to_the_limit():
    some = [comparison("abstain", score="additive"), comparison(implementation="two", score="additive")]
    one, two = rows([*some, comparison("abstain", implementation="two")], ALL)
    assert (one.verdict, two.verdict) == ("skipped", "fail")
    assert "without" in one.reason


def test_what_was_not_judged_does_not_count():
    some = [
        comparison("skipped"),
        comparison("unsupported"),
        comparison("error"),
        comparison("fail"),
        comparison("abstain"),
    ]
    (row,) = rows(some, ALL)
    assert (row.comparisons, row.abstained) == (2, 1)
    assert rows([comparison("skipped")], ALL) == []


def test_implementations_formats_and_devices_are_apart():
    some = [comparison(), comparison(dtype="fp64"), comparison(device="cuda"), comparison(implementation="two")]
    assert len(rows(some, ALL)) == 4
