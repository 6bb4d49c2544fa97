"""What kind of fault a failure shows, and what a check says first: the algebra, in words where they can be lifted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import torch

from attnproof import verify
from attnproof.verify.checking import formula as lifting
from attnproof.verify.checking import kinds
from attnproof.verify.checking.check import check
from attnproof.verify.checking.checked import Example, Likeness
from attnproof.verify.checking.diagnosis import beside, diagnosis, kind_of, leading
from attnproof.verify.checking.formula import formula
from attnproof.verify.checking.kinds import KINDS, Told, by_numbers, told
from attnproof.verify.checking.report import Report
from attnproof.verify.inputs.case import Case
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.properties import Draw, Finding
from attnproof.verify.properties.asking import asked, case_of, wrong
from attnproof.verify.reading.rounding.api import Rounding
from attnproof.verify.recording.active import active
from attnproof.verify.targets import torch_target
from attnproof.verify.targets.target import plain

SCHEMA = json.loads((Path(next(iter(verify.__path__))) / "schemas" / "check.schema.json").read_text(encoding="utf-8"))
DRAW = Draw(Setting("", n_q=2, n_k=3, d_q=4, d_k=4, d_a=4, d_v=2), dtype="fp32")
NUMBERS = {"index": [0, 0], "exact": "1.0", "bound": (1e-9).hex()}


def right(query, key, value):
    return (query @ key.mT / query.shape[-1] ** 0.5).softmax(-1) @ value


def no_scale(query, key, value):
    return (query @ key.mT).softmax(-1) @ value


def no_maximum(query, key, value):
    powers = (query @ key.mT / query.shape[-1] ** 0.5).exp()
    return powers / powers.sum(-1, keepdim=True) @ value


def in_half(query, key, value):
    return right(query.half(), key.half(), value.half()).to(query.dtype)


class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, value):
        return value.clone()

    @staticmethod
    def backward(ctx, seed):
        return 2 * seed


def doubled(query, key, value):
    return right(query, key, Doubled.apply(value))


def streamed(query, key, value):
    """Blocks of two keys whose sums are not rescaled: nothing that can be lifted."""
    scores = query @ key.mT / query.shape[-1] ** 0.5
    top, total, found = torch.full_like(scores[..., :1], -1e30), 0.0, 0.0
    for start in range(0, scores.shape[-1], 2):
        block = scores[..., start : start + 2]
        top = torch.maximum(top, block.amax(-1, keepdim=True))
        powers = (block - top).exp()
        total, found = total + powers.sum(-1, keepdim=True), found + powers @ value[..., start : start + 2, :]
    return found / total


def seen(function, times: float = 1.0, dtype: str = "fp32") -> Told | None:
    """What one failing call tells, with query and key so many times as large."""
    target = torch_target("target", "scaled_dot", function)
    case = case_of(target, replace(DRAW, dtype=dtype))
    inputs: dict[str, Any] = {n: a if n == "value" else times * a for n, a in case.inputs.items()}
    request = plain(Case("scaled_dot", inputs, case.grad_context, dtype=dtype), gradients=())
    failure = wrong(asked(target, request))
    assert failure is not None
    return told(target, request, failure)


def test_a_failing_call_tells_formula_range_and_rounding_apart() -> None:
    assert seen(no_scale) == Told("algebra")
    for dtype in ("fp32", "fp64"):  # beyond what the reference can hold, too
        far = seen(no_maximum, 64.0, dtype)
        assert far is not None
        assert (far.kind, "aten.exp" in far.cause, f"overflows {dtype}" in far.cause) == ("range", True, True)
    narrow = seen(in_half)
    assert narrow is not None
    assert (narrow.kind, "rounds to fp16" in narrow.cause) == ("rounding", True)


def test_what_underflows_to_a_zero_below_is_range() -> None:
    """All exponentials are 0, beyond float64 too, and 0/0 comes of it."""

    def low(query, key, value):
        return no_maximum(-query.abs(), key.abs(), value)

    target = torch_target("target", "scaled_dot", low)
    case = case_of(target, DRAW)
    inputs = {n: abs(a) * 64.0 * (-1.0 if n == "query" else 1.0) for n, a in case.inputs.items()}
    request = plain(Case("scaled_dot", inputs, case.grad_context, dtype="fp32"), gradients=())
    failure = wrong(asked(target, request))
    assert failure is not None
    found = told(target, request, failure)
    assert found is not None
    assert (found.kind, "underflows fp32" in found.cause) == ("range", True)


def test_what_is_not_answered_once_more_tells_nothing() -> None:
    recorded: list[bool] = []

    def unheard(query, key, value):
        recorded.append(active() is not None)
        if recorded[-1]:
            raise RuntimeError("closed")
        return no_scale(query, key, value)

    assert seen(unheard) is None
    assert recorded[-1]


def test_what_our_own_arithmetic_raises_is_no_answer_of_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Rounding):
        @classmethod
        def of(cls, *given: object) -> Rounding:  # type: ignore[override]
            raise ZeroDivisionError("ours")

    monkeypatch.setattr(kinds, "Rounding", Broken)
    with pytest.raises(ZeroDivisionError, match="ours"):
        check(no_scale, "scaled_dot", profile="quick", properties=("values",), dtypes=("fp64",))


@pytest.mark.parametrize(
    ("got", "kind"), [("nan", "range"), ("inf", "range"), ((0.0).hex(), "range"), ((1.1).hex(), "rounding")]
)
def test_a_right_formula_fails_by_range_or_rounding(got: str, kind: str) -> None:
    failing = Finding("fail", "why", "context", worst={**NUMBERS, "got": got}, property="values")
    assert by_numbers(failing) == kind
    equal = Report("a:b", "dot", (Finding("pass", property="algebra", missed=1e-9), failing))
    assert f"FAULT FOUND ({kind}) in 'values', context: why" in diagnosis(equal)
    unread = Report("a:b", "dot", (Finding("unsupported", "cannot be read: why", property="algebra"), failing))
    assert "FAULT FOUND in 'values', context: why" in diagnosis(unread)


def test_the_algebra_leads_then_state_range_and_rounding() -> None:
    numbers = {"algebra": (1.1).hex(), "values": (1.2).hex(), "layout": "nan", "nothing kept": (1.3).hex()}
    findings = {n: Finding("fail", n, worst={**NUMBERS, "got": got}, property=n) for n, got in numbers.items()}
    findings["algebra"] = replace(findings["algebra"], kind="algebra")
    findings["nothing kept"] = replace(findings["nothing kept"], kind="state")
    order = []
    passed = Finding("pass", property="algebra")
    while findings:
        found = [*findings.values(), *([] if "algebra" in findings else [passed])]
        report = Report("a:b", "dot", tuple(found))
        verdict = leading(report)
        assert verdict is not None
        order.append((verdict.property, kind_of(report, verdict)))
        del findings[verdict.property]
    names = ("algebra", "nothing kept", "layout", "values")
    assert order == list(zip(names, KINDS, strict=False))


def test_a_right_formula_whose_masks_are_outranged_fails_by_range() -> None:
    failing = Finding("fail", "changes its context by 1e+03", "context", property="masked keys unseen")
    report = Report("a:b", "dot", (Finding("pass", property="algebra"), failing))
    assert kind_of(report, report.verdicts[1]) == "range"


def test_a_wrong_call_of_a_target_that_keeps_something_is_state() -> None:
    stale = Finding("fail", "rests on arguments of an earlier call", property="algebra", kind="state")
    failing = Finding("fail", "why", property="values", draw=DRAW)
    case = case_of(torch_target("t", "scaled_dot", right), DRAW)
    example = Example("values", DRAW, case, failing, held=False, steps=1, told=Told("algebra"))
    report = Report("a:b", "dot", (stale, failing), {"values": example})
    assert [kind_of(report, each) for each in report.verdicts] == ["state", "state"]
    alone = Report("a:b", "dot", (failing,), {"values": example})
    assert kind_of(alone, alone.verdicts[0]) == "algebra"


def test_an_operation_is_named_before_a_likeness() -> None:
    failing = Finding("fail", "why", "context", property="values", draw=DRAW)
    case = case_of(torch_target("t", "scaled_dot", right), DRAW)
    example = Example("values", DRAW, case, failing, held=False, steps=1, fault=Likeness(("one",)))
    assert "FAULT FOUND, looks like 'one'" in diagnosis(Report("a:b", "dot", (failing,), {"values": example}))
    named = replace(example, told=Told("range", "exp at a.py:3 overflows fp16"))
    assert "FAULT FOUND (range) in 'values', context: why: exp at a.py:3 overflows fp16;" in (
        diagnosis(Report("a:b", "dot", (failing,), {"values": named}))
    )


def test_what_another_word_of_the_contract_repairs_is_contract() -> None:
    failing = Finding("fail", "why", property="masks", draw=DRAW)
    case = case_of(torch_target("t", "scaled_dot", right), DRAW)
    example = Example("masks", DRAW, case, failing, held=False, steps=1, told=Told("algebra"))
    for option, kind in (('--contract "polarity=true masks"', "contract"), ("--contract computes_in=fp16", "algebra")):
        report = Report("a:b", "dot", (failing,), {"masks": replace(example, remedies=(option,))})
        assert kind_of(report, report.verdicts[0]) == kind
        assert (f"FAULT FOUND (contract), right under {option}: why" in diagnosis(report)) == (kind == "contract")


def test_the_formula_is_named_where_it_is_lifted_and_other_failures_are_folded_under_it() -> None:
    names = ("values", "algebra")
    report = check(no_scale, "scaled_dot", profile="quick", dtypes=("fp64",), properties=names, shrink=False)
    first, second = report.summary().splitlines()[:2]
    formulas = ["scores: q·k; scaled_dot: q·k / √d (no scale)", "the scores: 1/√d is missing as a factor"]
    assert f"FAULT FOUND (algebra), {'; '.join(formulas)}; of 2 properties 2 failed" in first
    assert second == "  fail (algebra)  algebra"
    assert "\n  fail  values: " in report.summary()
    plain_report = json.loads(json.dumps(report.plain(), allow_nan=False))
    jsonschema.validate(plain_report, SCHEMA)
    assert (plain_report["leading"], plain_report["kind"]) == ("algebra", "algebra")
    assert plain_report["formula"]["words"] == formulas


def test_likeness_is_a_second_line_where_all_that_fails_shares_it() -> None:
    case = case_of(torch_target("t", "scaled_dot", right), DRAW)
    failing = tuple(Finding("fail", "why", "context", property=name, draw=DRAW) for name in ("algebra", "values"))
    examples = {
        each.property: Example(each.property, DRAW, case, each, held=False, steps=1, fault=Likeness(faults))
        for each, faults in zip(failing, (("one", "two"), ("two", "three")), strict=True)
    }
    report = Report("a:b", "dot", failing, examples)
    assert report.summary().splitlines()[1] == "  looks like 'two': its results are the same within the bounds"
    assert beside(Report("a:b", "dot", failing, {"values": examples["values"]})) is None


def test_a_wrong_gradient_is_named_as_one() -> None:
    target = torch_target("t", "scaled_dot", doubled)
    assert formula(target, [Finding("fail", "why", "grad.value")]).words == ("gradient of value: 2 times it",)
    assert formula(target, [Finding("fail", "why", "grad.query")]).words == ()


def test_the_place_stands_in_for_a_formula_that_cannot_be_lifted() -> None:
    report = check(streamed, "scaled_dot", profile="quick", dtypes=("fp64",), properties=("algebra",), shrink=False)
    assert "FAULT FOUND (algebra), context: " in report.diagnosis
    assert "right up to the scores (" in report.diagnosis
    assert "test_kinds.py:" in report.diagnosis
    assert report.formula is not None
    assert report.formula.why_not
    assert f"the formula was not lifted: {report.formula.why_not}" in report.summary(verbose=True)


def test_an_error_of_lifting_is_no_error_of_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(target):
        raise RecursionError("deep")

    monkeypatch.setattr(lifting, "_read", broken)
    found = formula(torch_target("t", "scaled_dot", no_scale), [Finding("fail", "why", "context")])
    assert found.words == ()
    assert found.why_not.startswith("lifting it broke, which is a mistake of the verifier: RecursionError: deep (")


def test_why_a_formula_was_not_lifted_is_said_once() -> None:
    from attnproof.verify.properties.question import TargetError
    from attnproof.verify.targets.saying import came_to

    about = TargetError("mine raised RuntimeError: no kernel")
    about.__cause__ = RuntimeError("no kernel")
    assert came_to(about) == "raised RuntimeError: no kernel"
    assert came_to(TargetError("alone")) == "raised TargetError: alone"
