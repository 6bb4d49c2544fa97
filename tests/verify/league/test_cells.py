"""From findings to cells: the worst that was found, conventions beside what is documented, red only when confirmed."""

from __future__ import annotations

import json

import pytest

from attnproof.verify.league.cells import cell, changes, failed
from attnproof.verify.league.rows import Row
from attnproof.verify.properties.calls import ALONE

VALUES = Row("fp32", "Values", "values", "Says.", ("values",), "^context$", ("fp32",))
CAUSAL = Row("causal", "Masks", "causal", "Says.", ("masks",), observed="causal")
MASK = Row("mask", "Masks", "mask", "Says.", ("algebra",), features=("mask",))


def finding(outcome, *, name="values", quantity="context", dtype="fp32", features=(), reason="why"):
    asked = [json.dumps({"features": dict.fromkeys(features, "on")})] if features else []
    draw = {"dtype": dtype, "setting": {"name": "base"}, "asked": asked}
    return {"property": name, "outcome": outcome, "quantity": quantity, "reason": reason, "draw": draw}


def report(*findings, properties=(), read=None, **observed):
    return {"findings": findings, "observed": observed, "read": read, "properties": properties}


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


def test_what_was_not_judged_is_said_where_the_rest_passes() -> None:
    found = cell(VALUES, [report(*map(finding, ("pass", "abstain", "abstain", "unsupported")))], {})
    assert (found["status"], found["words"]) == ("does", "1 comparisons; 2 not judged; 1 refused: why")


@pytest.mark.parametrize(
    ("samples", "status", "words"),
    [(0, "does", "read in 5 of 5 questions"), (3, "not asked", "read in 5 of 8 questions; the others rest on samples")],
)
def test_a_formula_is_read_where_every_question_is(samples, status, words) -> None:
    read = {"equal": 4, "differs": 1, "samples": samples, "why": []}
    found = cell(Row("read", "Formula", "read", "Says.", ("read",)), [report(read=read)], {})
    assert (found["status"], found["words"]) == (status, words)


def test_what_is_about_a_whole_call_is_about_the_quantities_that_were_looked_at() -> None:
    parameters = Row("weights", "Gradients", "weights", "Says.", ("values",), "^grad.w$")
    raised = finding("error", quantity="*")
    assert cell(VALUES, [report(raised)], {})["status"] == "open"
    assert cell(parameters, [report(raised, finding("pass"))], {})["words"] == "no question of this kind applies to it"
    assert cell(parameters, [report(raised, finding("pass", quantity="grad.w"))], {})["status"] == "open"


@pytest.mark.parametrize(("kind", "status"), [("state", "open"), ("range", "not asked"), (None, "not asked")])
def test_what_one_call_has_wrong_is_no_state(kind, status) -> None:
    state = Row("state", "State", "state", "Says.", ("nothing kept",))
    kept = [report(finding("fail", name="nothing kept"), properties=[{"property": "nothing kept", "kind": kind}])]
    assert cell(state, kept, {})["status"] == status
    assert len(failed(state, kept)) == (status == "open")


@pytest.mark.parametrize("name", ["layout", "gradient subsets"])
@pytest.mark.parametrize(("quantity", "dtype"), [("context", "fp32"), ("context", "fp16"), ("grad.query", "fp32")])
def test_what_fails_in_single_calls_is_no_layout_and_no_subset(name, quantity, dtype) -> None:
    row = Row("one", "State", "one", "Says.", (name,))
    asked = [report(finding("fail", quantity=quantity, dtype=dtype), finding("fail", name=name))]
    alone = (quantity, dtype) == ("context", "fp32")
    assert cell(row, asked, {})["status"] == ("not asked" if alone else "open")
    assert bool(failed(row, asked)) != alone


@pytest.mark.parametrize(
    ("reason", "others", "status"),
    [
        ("row 1 of a batch differs: far", (), "open"),
        (f"row 1 of a batch differs{ALONE}: far", (), "not asked"),
        ("row 1 of a batch differs: far", (finding("fail", name="repeatable"),), "not asked"),
        ("row 1 of a batch differs: far", (finding("differs by contract", name="repeatable"),), "open"),
    ],
)
def test_a_row_that_is_wrong_alone_or_at_random_is_no_influence_of_a_batch(reason, others, status) -> None:
    row = Row("batch", "State", "batch", "Says.", ("batch apart",))
    asked = [report(finding("fail", name="batch apart", reason=reason), *others)]
    assert cell(row, asked, {})["status"] == status
    assert len(failed(row, asked)) == (status == "open")


def test_a_failure_of_another_mask_is_no_alignment() -> None:
    causal = Row("causal", "Masks", "causal", "Says.", ("masks",), observed="causal", reasons="^causal")
    other = report(finding("fail", name="masks", reason="bias of −∞, aligned top-left: 2 are NaN"))
    found = cell(causal, [other], {})
    assert found["status"] == "not asked"
    assert "another row's failure comes first: bias of −∞" in found["words"]
    assert cell(causal, [report(finding("fail", name="masks", reason="causal, aligned"))], {})["status"] == "open"


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
        ({CAUSAL.id: {"is": "top-left"}}, "does", "top-left, as documented"),
        ({CAUSAL.id: {"is": "bottom-right"}}, "open", "top-left; the documentation says bottom-right"),
    ],
)
def test_a_convention_is_held_against_the_documentation_alone(promises, status, words) -> None:
    found = cell(CAUSAL, [report(finding("differs by contract", name="masks"), causal="top-left")], promises)
    assert (found["status"], found["words"]) == (status, words)


def test_an_error_of_another_row_leaves_a_convention_unjudged() -> None:
    row = Row("causal", "Masks", "causal", "Says.", ("masks",), observed="causal", reasons="^causal")
    other, own = finding("error", name="masks"), finding("error", name="masks") | {"reason": "causal: it raised"}
    assert cell(row, [report(other)], {})["status"] == "not asked"
    assert cell(row, [report(own)], {})["status"] == "open"


def test_a_convention_that_was_not_seen_was_not_asked() -> None:
    assert cell(CAUSAL, [report(finding("pass", name="masks"))], {})["status"] == "not asked"


def test_changes_are_those_of_the_status() -> None:
    old = {"a": {"status": "does"}, "b": {"status": "open"}}
    new = {"a": {"status": "does"}, "b": {"status": "does"}, "c": {"status": "open"}}
    assert list(changes(old, new)) == [
        {"row": "b", "before": "open", "now": "does"},
        {"row": "c", "before": "", "now": "open"},
    ]
