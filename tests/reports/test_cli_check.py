"""``attnproof check`` and ``attnproof replay``: exit status, one line for bad input."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.cli import main

SOURCE = """
def right(query, key, value):
    return (query @ key.mT).softmax(-1) @ value

def wrong(query, key, value):
    return (-query @ key.mT).softmax(-1) @ value
"""


def test_check_and_replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own_attention.py").write_text(SOURCE, encoding="utf-8")
    rest = ["--score", "dot", "--profile", "quick", "--property", "values", "--dtype", "fp64"]
    assert main(["check", "own_attention.py:wrong", *rest]) == 1
    out = capsys.readouterr().out
    assert "claimed:" in out
    assert "attnproof replay" in out
    (file,) = Path("attnproof-failures").glob("*.npz")
    assert main(["replay", str(file)]) == 1
    assert main(["replay", str(file), "own_attention.py:right"]) == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check", "x", "--score", "dot"], "module:attribute"),
        (["check", "a:b", "--score", "dott"], "unknown score"),
        (["check", "a:b", "--score", "dot", "--contract", "x"], "CHOICE=VALUE"),
        (["check", "a:b", "--score", "dot", "--limit", "0"], "--limit"),
        (["check", "a:b", "--score", "dot", "--property", "nope"], "unknown property"),
        (["replay", "no_such_file.npz"], "no_such_file.npz"),
    ],
)
def test_bad_input_is_one_line(arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    err = capsys.readouterr().err
    assert says in err
    assert "Traceback" not in err


def test_an_empty_judgement_is_no_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("own_attention.py").write_text(SOURCE, encoding="utf-8")
    assert main(["check", "own_attention.py:right", "--score", "dot", "--property", "poison"]) == 3
