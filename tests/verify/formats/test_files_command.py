"""``attnproof check CANDIDATE --against PROBLEM FILE``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from format_files import MEAN, RIGHT, SOLVED, STATED, flashinfer_files, solution

from attnproof.reports.commands.main import main


def asked(tmp_path: Path, candidate: str, *more: str) -> int:
    (tmp_path / "stated.py").write_text(STATED, encoding="utf-8")
    (tmp_path / "new.py").write_text(candidate, encoding="utf-8")
    files = [str(tmp_path / "new.py"), "--against", str(tmp_path / "stated.py")]
    return main(["check", *files, "--save", str(tmp_path / "failures"), *more])


def test_kernelbench(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(tmp_path, RIGHT, "--format", "kernelbench") == 0
    assert "NO FAULT FOUND" in capsys.readouterr().out
    assert asked(tmp_path, MEAN, "--sizes", "batch=1, length=2") == 1
    assert "FAULT FOUND (formula)" in capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize(
    ("candidate", "more", "said"),
    [
        ("x = 1", (), "defines no 'ModelNew'"),
        (RIGHT, ("--format", "xyz"), "unknown format 'xyz'"),
        (RIGHT, ("--by", "evaluator"), "by is nothing that files of the format kernelbench are judged with"),
        (RIGHT, ("--trace", "out.jsonl"), "give its file too"),
        (RIGHT, ("--sizes", "length=none"), "expected name=number"),
        (RIGHT, ("--sizes", "depth=3"), "no size 'depth'"),
    ],
)
def test_bad_input_is_one_line(
    candidate: str, more: tuple[str, ...], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(tmp_path, candidate, *more) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in shown.err
    assert len(shown.err.splitlines()) == 1


def test_a_trace_of_each_workload(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    proposed = solution(SOLVED.replace("scale=sm_scale", "scale=2 * sm_scale"))
    new, stated, work = flashinfer_files(tmp_path, proposed)
    trace = tmp_path / "traces.jsonl"
    assert main(["check", new, "--against", stated, "--workload", work, "--trace", str(trace)]) == 1
    assert "workload w1" in capsys.readouterr().out
    assert json.loads(trace.read_text(encoding="utf-8"))["evaluation"]["status"] == "INCORRECT_NUMERICAL"
