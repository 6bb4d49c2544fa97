"""State, batches and masked rows are judged by the target's own answers; errors, warnings and shrinking keep what they
are.
"""

from __future__ import annotations

import warnings

import pytest
import torch

from attnproof.verify.checking.check import check
from attnproof.verify.checking.report import Report
from attnproof.verify.checking.shrinking import kind
from attnproof.verify.properties import Finding
from attnproof.verify.properties.settling import settle
from attnproof.verify.targets import torch_target

QUICK = {"profile": "quick", "dtypes": ("fp64",), "shrink": False}


def right(query, key, value, mask=None):
    scores = query @ key.mT / query.shape[-1] ** 0.5
    return (scores if mask is None else scores.masked_fill(~mask, -torch.inf)).softmax(-1) @ value


def no_scale(query, key, value):
    return (query @ key.mT).softmax(-1) @ value


def one(function, name, **declared):
    (verdict,) = check(function, "scaled_dot", properties=(name,), **QUICK, **declared).verdicts
    return verdict


def test_warnings_of_the_target_are_one_line_with_a_count() -> None:
    calls = []

    def warning(query, key, value):
        calls.append(1)
        for _ in range(2):  # counted once a call
            warnings.warn("slow path", UserWarning, stacklevel=1)
        return right(query, key, value)

    with warnings.catch_warnings():
        warnings.simplefilter("error")  # none is left to be shown
        report = check(warning, "scaled_dot", properties=("repeatable", "inputs untouched"), **QUICK)
    assert report.ok
    assert report.warned == {"UserWarning: slow path": len(calls)}
    assert len(calls) > 1
    (line,) = [line for line in report.summary().splitlines() if "slow path" in line]
    assert line == f"  warned  in {len(calls)} calls: UserWarning: slow path"
    assert report.plain()["warned"] == report.warned


def test_an_error_is_no_choice() -> None:
    """Raising under the usual choice does not show that another one was made."""
    target = torch_target("t", "scaled_dot", right)

    def attempt(other):
        return lambda choice: [other if choice["polarity"] == "true attends" else Finding("pass")]

    raising = settle(target, ("polarity",), attempt(Finding("error", "raised")))
    assert [each.outcome for each in raising] == ["pass", "error"]
    assert not any(each.observed for each in raising)
    failing = settle(target, ("polarity",), attempt(Finding("fail", "wrong")))
    assert [each.outcome for each in failing] == ["pass", "differs by contract"]
    assert failing[-1].observed == {"polarity": "true masks"}


def test_a_masked_row_that_raises_as_every_call_does_is_an_error() -> None:
    def never(query, key, value, mask=None):
        raise RuntimeError("no masks here")

    def strict(query, key, value, mask=None):
        if mask is not None and not mask.any(-1).all():
            raise ValueError("a row without a key")
        return right(query, key, value, mask)

    every = one(never, "masked row", takes=("mask",))
    assert (every.outcome, "no masks here" in str(every.finding.reason)) == ("error", True)
    assert not every.finding.observed
    declining = one(strict, "masked row", takes=("mask",))
    assert (declining.outcome, declining.finding.observed) == ("differs by contract", {"masked_row": "raises"})


def test_a_formula_that_is_wrong_from_the_first_call_is_no_state() -> None:
    verdict = one(no_scale, "nothing kept")
    assert (verdict.outcome, "the first call is wrong already" in str(verdict.finding.reason)) == ("abstain", True)


def test_what_is_kept_between_calls_is() -> None:
    kept: dict[object, torch.Tensor] = {}

    def keeping(query, key, value):
        return right(query, kept.setdefault(key.shape, key.detach()), value)

    verdict = one(keeping, "nothing kept", gradients=False)
    assert (verdict.outcome, "after other calls" in str(verdict.finding.reason)) == ("fail", True)


def test_a_batch_is_judged_against_the_same_row_alone() -> None:
    def mixing(query, key, value):
        return right(query, key, value) + (value.mean() if query.ndim > 2 and query.shape[0] > 1 else 0.0)

    assert one(no_scale, "batch apart").outcome == "pass"  # wrong, but no row depends on another
    verdict = one(mixing, "batch apart")
    assert (verdict.outcome, "differs from the same row alone" in str(verdict.finding.reason)) == ("fail", True)


def test_a_wrong_number_does_not_shrink_to_a_nan() -> None:
    """Zeros are the simplest numbers, and give 0/0 here; the failure that was found is a finite one."""

    def normalised(query, key, value):
        return right(query, key, value) * (1.5 * value.norm() / value.norm())

    declared = {"profile": "quick", "dtypes": ("fp64",), "properties": ("repeatable", "values")}
    report = check(normalised, "scaled_dot", gradients=False, **declared)
    found = next(each for each in report.findings if each.outcome == "fail")
    example = report.examples["values"]
    assert kind(example.finding) == kind(found) == ("context", "number", "number")
    assert float.fromhex(example.finding.worst["got"]) != 0.0


@pytest.mark.parametrize(
    ("got", "exact", "expected"),
    [
        ("nan", "1.5", ("context", "nan", "number")),
        ("-inf", "1.5", ("context", "inf", "number")),
        ("0x1p+0", "0.0", ("context", "number", "0")),
        ("0x1p+0", "1.5", ("context", "number", "number")),
    ],
)
def test_the_kind_that_shrinking_keeps(got: str, exact: str, expected: tuple[str, ...]) -> None:
    worst = {"index": [0], "got": got, "exact": exact, "bound": "0x0p+0"}
    assert kind(Finding("fail", "why", "context", worst=worst)) == expected
    assert kind(Finding("fail", "why", "context")) == ("context", "", "")


def test_errors_beside_failures_are_shown() -> None:
    findings = (
        Finding("fail", "wrong", property="values"),
        Finding("error", "raised RuntimeError: odd length", property="values"),
        Finding("error", "raised RuntimeError: odd length", property="values"),
        Finding("error", "raised elsewhere", property="layout"),
    )
    lines = Report("a:b", "dot", findings).summary().splitlines()
    assert "  error  beside failures, 2×: raised RuntimeError: odd length" in lines
    assert "  error  layout: raised elsewhere" in lines
