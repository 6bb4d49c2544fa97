"""Naming the likely fault: every fault, found by examining what is wrong, is named for what it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

import attnproof
from attnproof.verify.checking import explaining
from attnproof.verify.checking.checked import Example
from attnproof.verify.checking.explaining import alike, likely
from attnproof.verify.faults import Fault, faults, parts
from attnproof.verify.properties.asking import case_of
from attnproof.verify.properties.examine import examine
from attnproof.verify.properties.question import TargetError
from attnproof.verify.targets import torch_target
from attnproof.verify.targets.target import Answer, Request

# Named beside another one, which comes first in the list: at one query both are the same function; at a single head,
# and at the width where the model's is four times the head's, two wrong scales are the same number; scores that one
# mask constant does not cover need not be covered by the other.
SECOND = {
    "the same at a single query": "NaN gradient at a very low log-sum-exp",
    "wrong scale: scale applied twice": "wrong scale: ÷√(width of the model)",
    "mask constant -1e+09": "mask constant -1e+04",
}


NOT_COMPARED = ("repeatable", "nothing kept", "inputs untouched", "batch apart", "unbiased rounding", "algebra")


def failing(fault: Fault) -> Example:
    """The first failure of the wrong implementation, as it was drawn."""
    for profile in ("quick", "standard"):
        found = examine(fault.wrong, profile, first_failure=True, first=fault.exposed_by).failures
        if found:
            assert found[0].draw is not None
            return Example(
                found[0].property, found[0].draw, case_of(fault.wrong, found[0].draw), found[0], held=False, steps=0
            )
    raise AssertionError(f"{fault.name} is not found")


@pytest.mark.slow
@pytest.mark.parametrize("name", list(faults()))
def test_a_fault_is_named_for_what_it_is(name: str) -> None:
    fault = faults()[name]
    if (
        name == "sum of a row in half precision"
    ):  # its answers differ from the twin's by less than bounds of halves tell
        assert failing(fault).finding.outcome == "fail"
        return
    # Another object under another name: nothing of the fault but what it answers is known to the explanation.
    example = failing(fault)
    found = likely(replace(fault.wrong, name="theirs"), example)
    if found is None:  # chance, state or what is changed in place decides: no results to compare
        assert example.property in NOT_COMPARED
        return
    says = str(found)
    assert name in says
    before = [other for other in faults() if other in says and says.index(other) < says.index(name)]
    assert before == [SECOND[name]] if name in SECOND else not before


def test_nothing_is_named_that_answers_otherwise() -> None:
    """A wrong implementation that the table does not know: a third of the weight goes to the mean of the values."""

    def strange(query, key, value):
        return (2 * parts.assemble()(query, key, value) + value.mean(-2, keepdim=True)) / 3

    report = attnproof.check(
        strange, "scaled_dot", profile="quick", properties=("values",), dtypes=("fp64",), shrink=False
    )
    failure = next(f for f in report.findings if f.outcome == "fail")
    target = torch_target("strange", "scaled_dot", strange)
    example = Example("values", failure.draw, case_of(target, failure.draw), failure, held=False, steps=0)
    assert alike(target, example) == []
    assert likely(target, example) is None


def test_a_wrong_axis_is_seen_without_the_scale_too() -> None:
    def wrong(query, key, value):
        return (query @ key.mT).softmax(-2) @ value

    report = attnproof.check(wrong, "dot", profile="quick", properties=("values",), dtypes=("fp64",))
    assert "softmax over the wrong axis" in str(report.examples["values"].fault)


def test_the_other_polarity_is_translated() -> None:
    fault = faults()["softmax over the wrong axis"]

    def other(mask=None, **given):
        return fault.wrong.ask.function(mask=None if mask is None else ~mask, **given)  # type: ignore[attr-defined]

    contract = replace(fault.wrong.contract, polarity="true masks")
    target = torch_target("other", "scaled_dot", other, takes=("mask",), contract=contract, dtypes=("fp64",))
    found = examine(target, "quick", properties=["masks"], first_failure=True).failures[0]
    assert found.draw is not None
    example = Example("masks", found.draw, case_of(target, found.draw), found, held=False, steps=0)
    assert fault in alike(target, example)


def test_what_has_no_such_output_is_not_asked() -> None:
    """A cotangent of the log-sum-exp, which most have not."""
    fault = faults()["log-sum-exp without the sink"]
    assert alike(fault.wrong, failing(fault), (fault.name, "mask multiplied", "window off by one")) == [fault]


def test_a_mistake_in_a_known_fault_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    def mistaken(request: Request) -> Answer:
        return Answer({}).outputs[request.case.score]  # type: ignore[return-value]

    name = "softmax over the wrong axis"
    example = failing(faults()[name])
    broken = replace(faults()[name], wrong=replace(faults()[name].wrong, ask=mistaken))
    monkeypatch.setattr(explaining, "faults", lambda: {name: broken})
    with pytest.raises(TargetError, match="raised KeyError"):
        alike(faults()[name].wrong, example)
