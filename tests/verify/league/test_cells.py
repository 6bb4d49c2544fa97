"""From findings to cells: the worst that was found, conventions beside what is documented, red only when confirmed."""

from __future__ import annotations

import json

import pytest

from attnproof.verify.league.cells import cell, changes, failed
from attnproof.verify.league.rows import Row

VALUES = Row("fp32", "Values", "values", "Says.", ("values",), "^context$", ("fp32",))
CAUSAL = Row("causal", "Masks", "causal", "Says.", ("masks",), observed="causal")
MASK = Row("mask", "Masks", "mask", "Says.", ("algebra",), features=("mask",))


def finding(outcome, *, name="values", quantity="context", dtype="fp32", features=(), reason="why"):
    asked = [json.dumps({"features": dict.fromkeys(features, "on")})] if features else []
    draw = {"dtype": dtype, "setting": {"name": "base"}, "asked": asked}
    return {"property": name, "outcome": outcome, "quantity": quantity, "reason": reason, "draw": draw}


def report(*findings, **observed):
    return {"findings": findings, "observed": observed, "read": None}


@pytest.mark.parametrize(
    ("outcomes", "status"),
    [
        (["pass", "fail", "error"], "open"),
        (["pass", "fail"], "open"),
        (["pass", "error"], "open"),
        (["pass", "differs by contract"], "differs by contract"),
        (["pass", "abstain", "unsupported"], "does"),
        (["abstain"], "not asked"),
        (["unsupported"], "not asked"),
        ([], "not asked"),
    ],
)
def test_the_worst_decides_and_nothing_is_red_by_itself(outcomes, status) -> None:
    found = cell(VALUES, [report(*map(finding, outcomes))], {})
    assert found["status"] == status
    assert found["words"]


def test_other_findings_do_not_count() -> None:
    others = [
        finding("fail", dtype="fp16"),
        finding("fail", quantity="grad.query"),
        finding("fail", name="masks"),
    ]
    assert cell(VALUES, [report(finding("pass"), *others)], {})["status"] == "does"
    assert failed(VALUES, [report(*others)]) == []


def test_a_row_of_features_counts_what_has_all_of_them() -> None:
    with_mask = finding("pass", name="algebra", features=("mask", "bias"))
    without = finding("fail", name="algebra", features=("bias",))
    assert cell(MASK, [report(with_mask, without)], {})["status"] == "does"
    assert cell(MASK, [report(without)], {})["words"] == "takes no mask"


@pytest.mark.parametrize(
    ("promises", "status", "words"),
    [
        ({}, "differs by contract", "top-left; no promise of its documentation is recorded here"),
        ({"causal": "top-left"}, "does", "top-left, as documented"),
        ({"causal": "bottom-right"}, "open", "top-left; the documentation says bottom-right"),
    ],
)
def test_a_convention_is_held_against_the_documentation_alone(promises, status, words) -> None:
    found = cell(CAUSAL, [report(finding("differs by contract", name="masks"), causal="top-left")], promises)
    assert (found["status"], found["words"]) == (status, words)


def test_a_convention_that_was_not_seen_was_not_asked() -> None:
    assert cell(CAUSAL, [report(finding("pass", name="masks"))], {})["status"] == "not asked"


def test_changes_are_those_of_the_status() -> None:
    old = {"a": {"status": "does"}, "b": {"status": "open"}}
    new = {"a": {"status": "does"}, "b": {"status": "does"}, "c": {"status": "open"}}
    assert list(changes(old, new)) == [
        {"row": "b", "before": "open", "now": "does"},
        {"row": "c", "before": "", "now": "open"},
    ]
