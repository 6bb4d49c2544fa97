"""What a check says first: what is wrong, what to try, an input that can be pasted; and the same as JSON."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import torch

from attnproof import verify
from attnproof.verify.checking.check import check
from attnproof.verify.checking.checked import Checked
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.making import make_target
from attnproof.verify.checking.report import Report
from attnproof.verify.checking.serving import _tell
from attnproof.verify.checking.text import LONGEST
from attnproof.verify.checking.working import Event, Saved
from attnproof.verify.outcome import FAIL
from attnproof.verify.properties import Finding

MASKED = {"profile": "quick", "dtypes": ("fp64",), "takes": ("mask",)}
SCHEMA = json.loads((Path(next(iter(verify.__path__))) / "schemas" / "check.schema.json").read_text(encoding="utf-8"))


def right(query, key, value, mask=None):
    scores = query @ key.mT / query.shape[-1] ** 0.5
    return (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(-1) @ value


def transposed(query, key, value, mask=None):
    scores = query @ key.mT / query.shape[-1] ** 0.5
    return (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(-2) @ value


def no_scale(query, key, value, mask=None):
    scores = query @ key.mT
    return (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(-1) @ value


def constant(query, key, value, mask=None):
    scores = query @ key.mT / query.shape[-1] ** 0.5
    return (scores if mask is None else scores.masked_fill(~mask, -1e4)).softmax(-1) @ value


def other_polarity(query, key, value, mask=None):
    return right(query, key, value, None if mask is None else ~mask)


def low_and_other(query, key, value, mask=None):
    return constant(query, key, value, None if mask is None else ~mask)


def strange(query, key, value):
    """Wrong in a way that the table does not know."""
    return (2 * right(query, key, value) + value.mean(-2, keepdim=True)) / 3


def renamed(q, k, v):
    return right(q, k, v)


def first(report: Report) -> str:
    return report.summary().splitlines()[0]


def valid(report: Report) -> dict[str, Any]:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    found: dict[str, Any] = json.loads(json.dumps(report.plain(), allow_nan=False))
    jsonschema.validate(found, SCHEMA)
    return found


def test_a_right_one_says_how_much_was_judged_and_what_may_be_declared() -> None:
    report = check(right, "scaled_dot", properties=("values", "masked row", "scale"), **MASKED)
    assert "as scaled_dot: NO FAULT FOUND; of 3 properties 1 passed, 1 differed by contract (" in first(report)
    assert first(report).endswith("comparisons in fp64 on cpu)")
    assert report.tries[0].startswith("--contract masked_row=nan  ")
    assert "not asked  1 that do not apply" in report.summary()
    assert "takes no scale" in report.summary(verbose=True)
    assert valid(report)["result"] == "no fault found"


@pytest.mark.parametrize(
    ("function", "properties", "kind", "fault"),
    [
        pytest.param(
            *(transposed, ("values", "masks"), " (algebra)", "'softmax over the wrong axis'"), marks=pytest.mark.slow
        ),
        (no_scale, ("values",), " (algebra)", "'wrong scale: no scale'"),
    ],
)
def test_a_wrong_one_is_named_where_its_results_are_those_of_the_fault(function, properties, kind, fault) -> None:
    report = check(function, "scaled_dot", properties=properties, **MASKED)
    assert f"FAULT FOUND{kind}, looks like {fault}: its results are the same within the bounds; of " in first(report)
    assert valid(report)["result"] == "fault found"


def test_a_cause_that_is_seen_comes_before_a_likeness() -> None:
    report = check(constant, "scaled_dot", properties=("values", "masked keys unseen"), **MASKED)
    assert "masked scores are -10000, which is not below every score (aten." in first(report)
    assert report.examples["masked keys unseen"].fault.faults == ("masked scores set to -1e+04",)


def test_no_cause_is_named_where_no_fault_answers_alike() -> None:
    report = check(strange, "scaled_dot", profile="quick", dtypes=("fp64",), properties=("values", "layout"))
    assert "FAULT FOUND (algebra) in 'values', context: error exceeds its bound" in first(report)
    assert "looks like" not in report.summary().replace("FAULT", "")
    assert report.tries == ()  # nothing known makes it pass, nothing was saved
    assert "\n  fail (algebra)  layout: " in report.summary()


@pytest.mark.slow
def test_what_would_make_it_pass_is_offered_where_it_does() -> None:
    names = ("values", "masks", "masked row")
    report = check(other_polarity, "scaled_dot", properties=names, **MASKED)
    assert report.tries[0].startswith('--contract "polarity=true masks"  all that failed passes')
    declared = check(other_polarity, "scaled_dot", properties=names, contract={"polarity": "true masks"}, **MASKED)
    assert declared.ok, declared.summary()
    assert check(no_scale, "scaled_dot", properties=("values",), **MASKED).tries[0].startswith("--score dot  ")
    # What helps one of two that fail is not enough.
    one_left = report.examples | {"masks": replace(report.examples["masks"], remedies=())}
    assert Report("a:b", "dot", report.findings, report.examples).tries
    assert Report("a:b", "dot", report.findings, one_left).tries == ()


def test_a_polarity_of_its_own_is_one_failure_and_hides_no_other() -> None:
    names = ("values", "masks", "masked keys unseen", "masked row")
    right = check(other_polarity, "scaled_dot", properties=names, **MASKED)
    assert [v.property for v in right.of(FAIL)] == ["masks"]
    assert 'FAULT FOUND (contract), right under --contract "polarity=true masks"' in first(right)
    low = check(low_and_other, "scaled_dot", properties=names, **MASKED)
    assert [v.property for v in low.of(FAIL)] == ["masks", "masked keys unseen"]
    seen = next(v for v in low.of(FAIL) if v.property == "masked keys unseen")
    assert str(seen.finding.reason).startswith("scores at the low end of the format, mask: the value of key 0")
    example, told = low.examples["masked keys unseen"], list[Event]()
    target = make_target(Declaration("x", "scaled_dot", takes=("mask",)), low_and_other)
    _tell(target, Saved(example.property, example.draw, example.case), told.append)
    (again,) = told[-1].value  # asked again in the same polarity
    assert again.reason == example.finding.reason


def test_the_input_can_be_pasted_and_fails_again(tmp_path: Path) -> None:
    report = check(no_scale, "scaled_dot", properties=("masks",), save_to=tmp_path, **MASKED)
    text = report.summary()
    space: dict[str, Any] = {"torch": torch}
    for line in re.findall(r"^ +(\w+ = torch\.tensor\(.*\))$", text, re.MULTILINE):
        exec(line, space)  # noqa: S102 - that it can be pasted is what is tested
    got = no_scale(space["query"], space["key"], space["value"], space["mask"])
    true = right(space["query"], space["key"], space["value"], space["mask"])
    place = re.search(r"at +context\[(.*)\]", text)
    said = re.search(r"got +(\S+) \((\S+)\)", text)
    assert place is not None
    assert said is not None
    index = tuple(map(int, place[1].split(",")))
    assert float(got[index]) == float(said[1]) == float.fromhex(said[2])
    assert abs(float(got[index] - true[index])) > 1e-6
    assert f"attnproof replay {report.files['masks']} " in report.tries[1]


def wrong_alone(query, key, value):
    return right(query, key, value) + (1.0 if query.ndim == 3 and query.shape[0] == 1 else 0.0)


def test_the_call_that_is_printed_is_the_failing_one() -> None:
    """The whole batch, asked first, is right; an element of it alone is not, and its exact value is the one named."""
    report = check(wrong_alone, "scaled_dot", profile="quick", dtypes=("fp64",), properties=("batch apart",))
    example = report.examples["batch apart"]
    assert example.call is not None
    assert example.call.shows
    given = {name: torch.from_numpy(array) for name, array in example.call.given.items()}
    assert given["query"].shape[0] == 1
    exact = float(right(**given)[tuple(example.finding.worst["index"])])
    assert exact == pytest.approx(float(example.finding.worst["exact"]), rel=1e-9, abs=1e-12)


def test_the_cotangent_is_printed_with_a_gradient() -> None:
    def doubled(query, key, value):
        return right(query, key, value).detach() + 2 * (right(query, key, value) - right(query, key, value).detach())

    text = check(doubled, "scaled_dot", profile="quick", dtypes=("fp64",), properties=("values",)).summary()
    assert "seen     grad." in text
    assert "grad_context = torch.tensor(" in text


def test_big_inputs_say_where_they_are(tmp_path: Path) -> None:
    def only_long(query, key, value):
        return right(query, key, value) + (1.0 if key.shape[-2] > 45 else 0.0)

    report = check(only_long, "scaled_dot", dtypes=("fp64",), properties=("layout",), save_to=tmp_path)
    file = report.files["layout"]
    assert re.search(rf"key = …  # 46 × \d+ numbers, in {re.escape(file)}\n", report.summary())
    with np.load(file) as stored:
        assert stored["input.key"].shape[-2] == 46
    example = next(each["example"] for each in valid(report)["properties"])
    assert example["call"]["given"]["key"]["numbers"] is None


def test_other_names_of_arguments_are_pointed_out() -> None:
    report = check(renamed, "scaled_dot", profile="quick", dtypes=("fp64",), properties=("values",))
    assert "ERROR in 'values', " in first(report)
    assert "unexpected keyword argument 'query'; none of 1 property could be judged" in first(report)
    assert report.tries[0].startswith("--argument query=THEIRS")
    assert valid(report)["result"] == "error"


def test_nothing_judged_is_said_first() -> None:
    report = check(right, "scaled_dot", profile="quick", dtypes=("fp64",), properties=("poison",))
    assert first(report).endswith("NOTHING JUDGED; none of 1 property could be judged")
    assert valid(report)["result"] == "nothing judged"


def test_long_reasons_are_folded_and_equal_ones_told_once() -> None:
    why = "words " * 100
    findings = tuple(Finding("fail", why, property=name) for name in ("values", "masks", "layout"))
    text = Report("a:b", "dot", findings).summary()
    (line,) = [line for line in text.splitlines() if line.startswith("  fail  masks, layout: ")]
    assert len(line) <= LONGEST + len("  fail  masks, layout: ")
    assert line.endswith(" …")
    assert Report("a:b", "dot", findings).summary(verbose=True).count(why.strip()) > 3


def test_infinities_are_text_in_json() -> None:
    findings = (Finding("fail", "why", "context", ratio=float("inf"), property="values"),)
    assert valid(Report("a:b", "dot", findings))["findings"][0]["ratio"] == "inf"


@pytest.mark.parametrize(
    "change", [{"result": "fine"}, {"extra": 1}, {"schema": "attnproof.check/2"}, {"findings": [{}]}]
)
def test_the_schema_rejects_what_is_wrong(change: dict[str, Any]) -> None:
    found = Report("a:b", "dot", (Finding("pass", property="values"),)).plain()
    jsonschema.validate(found, SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(found | change, SCHEMA)


def test_a_report_is_data_with_a_voice() -> None:
    assert issubclass(Report, Checked)
    assert "NO FAULT FOUND" in Report("a:b", "dot", (Finding("pass", property="values"),))._repr_html_()
