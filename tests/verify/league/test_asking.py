"""Asking ``attnproof check``: what came of it, and smallest inputs that have to be asked for once more."""

from __future__ import annotations

import json
from pathlib import Path

import made_league
import pytest

from attnproof.verify.league import asking
from attnproof.verify.league.asking import CannotAskError, Examples, Job
from attnproof.verify.league.cells import Failed
from attnproof.verify.league.confirming import NotConfirmedError
from attnproof.verify.league.rows import Row

BROKEN = """Traceback (most recent call last):
  File "/x/lib/python3.11/site-packages/attnproof/verify/checking/check.py", line 1, in check
KeyError: 'x'
"""
OURS = "attnproof: the verifier itself broke, which says nothing about the target: AttributeError: x (y.py:1)"
ITS_OWN = """Traceback (most recent call last):
  File "/x/lib/python3.11/site-packages/keras/layers.py", line 1, in <module>
ImportError: no x
"""


@pytest.mark.parametrize(("status", "errors"), [(1, BROKEN), (1, OURS), (4, ""), (120, "checking: x"), (70, ITS_OWN)])
def test_a_check_that_breaks_is_no_answer_of_the_member(status: int, errors: str) -> None:
    with pytest.raises(RuntimeError, match=r"broke|status") as raised:
        asking._read(status, "", errors)
    assert not isinstance(raised.value, CannotAskError)


@pytest.mark.parametrize(
    ("status", "errors", "words"),
    [
        (2, "checking: x\nerror: no module named y", "error: no module named y"),
        (1, ITS_OWN, "ImportError: no x"),
        (-11, "", "ended by SIGSEGV"),
        (2, "", "exit status 2"),
    ],
)
def test_a_member_that_cannot_be_asked_says_why(status: int, errors: str, words: str) -> None:
    with pytest.raises(CannotAskError, match=words):
        asking._read(status, "", errors)


def test_a_report_is_read() -> None:
    assert asking._read(1, json.dumps({"findings": []}), "a warning") == {"findings": []}


def finding(dtype: str, quantity: str = "context"):
    draw = {"dtype": dtype, "setting": {"name": "base"}, "asked": []}
    return {"property": "values", "outcome": "fail", "quantity": quantity, "reason": "far", "draw": draw}


def report(*findings):
    """A report whose smallest input is that of the first finding."""
    example = {"property": "values", "kind": None, "example": {"finding": findings[0]}}
    return {"findings": findings, "properties": [example]}


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(made_league.write(tmp_path)["rightattn"], "1.0")


FP16 = Row("fp16", "Values", "values", "Says.", ("values",), "^context$", ("fp16",))
GRADIENT = Row("grad", "Values", "values", "Says.", ("values",), "^grad")


def test_the_same_input_is_asked_for_once(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(asking, "_report", lambda *given: asked.append(given[2]) or report(finding("fp16")))
    examples = Examples(job, Path("python"), [report(finding("fp32"), finding("fp16"))], 0.0)
    failed = Failed(0, (finding("fp16"),))
    for _ in range(2):
        assert examples.of(FP16, failed, "values")["finding"]["draw"]["dtype"] == "fp16"
    assert [words[-4:] for words in asked] == [["--property", "values", "--dtype", "fp16"]]


def test_what_would_give_the_input_at_hand_is_not_asked(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_report", lambda *_: pytest.fail("asked"))
    of_gradient = finding("fp32", "grad.query")
    examples = Examples(job, Path("python"), [report(finding("fp32"), of_gradient)], 0.0)
    with pytest.raises(NotConfirmedError, match="another row"):
        examples.of(GRADIENT, Failed(0, (of_gradient,)), "values")


def test_what_cannot_be_asked_once_more_says_so_and_a_broken_check_ends_the_run(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised: list[Exception] = [CannotAskError("more than 3 seconds"), RuntimeError("attnproof check broke")]

    def fails(*_):
        raise raised.pop(0)

    monkeypatch.setattr(asking, "_report", fails)
    reports = [report(finding("fp32"), finding("fp16"), finding("bf16"))]
    examples = Examples(job, Path("python"), reports, 0.0)
    for _ in range(2):  # not tried again
        with pytest.raises(NotConfirmedError, match="more than 3 seconds"):
            examples.of(FP16, Failed(0, (finding("fp16"),)), "values")
    row = Row("bf16", "Values", "values", "Says.", ("values",), dtypes=("bf16",))
    with pytest.raises(RuntimeError, match="broke"):
        examples.of(row, Failed(0, (finding("bf16"),)), "values")
