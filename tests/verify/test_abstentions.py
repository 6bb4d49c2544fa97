"""The share of comparisons that abstain, held to its limit in fp32 and fp64."""

import pytest

from attnproof.verify.comparisons.abstentions import LIMIT, rows
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
    ] * 97
    (row,) = rows(some, ALL)
    assert (row.verdict, row.measured, row.comparisons, row.abstained) == ("pass", 0.03, 100, 3)
    assert row.reasons == {"too loose": 2, "overflow": 1}
    assert row.theory_value == LIMIT == 0.05


@pytest.mark.parametrize("dtype", ["fp32", "fp64"])
def test_more_than_the_limit_fails(dtype):
    some = [comparison("abstain", dtype=dtype)] * 6 + [comparison(dtype=dtype)] * 94
    (row,) = rows(some, ALL)
    assert row.verdict == "fail"
    assert "6 of 100" in row.reason
    (row,) = rows([*some[1:], comparison(dtype=dtype)], ALL)
    assert row.verdict == "pass"


@pytest.mark.parametrize("dtype", ["fp16", "bf16"])
def test_half_formats_are_counted_and_have_no_limit(dtype):
    (row,) = rows([comparison("abstain", dtype=dtype)], ALL)
    assert (row.verdict, row.measured) == ("skipped", 1.0)


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
