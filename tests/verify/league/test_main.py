"""The command: what it does not know it names, in one line."""

from __future__ import annotations

import pytest

from attnproof.verify.league import __main__ as command


@pytest.fixture(autouse=True)
def nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("run", "shown", "lock"):
        monkeypatch.setattr(command, name, lambda *_, **__: pytest.fail("asked"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--member", "torch-spda"], "no member 'torch-spda'; there are "),
        (["--member", "torch-sdpa", "--version", "2.31.0"], "no version '2.31.0'; there are 2.13.0"),
        (["--version", "nine"], "no version 'nine'; there are "),
        (["--member", "torch-sdpa", "--property", "values", "--ask", "9"], "--ask 9; there are 0, 1"),
        (["--member", "torch-sdpa", "--property", "values", "--ask", "-1"], "--ask -1; there are 0, 1"),
    ],
)
def test_what_is_not_known_is_named(words, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(words) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(f"league: {said}")


def test_a_way_of_asking_is_of_those_that_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(command, "shown", lambda job, number, more: asked.append((job.member.name, number)) or 0)
    words = ["--member", "torch-sdpa", "--member", "torch-flex", "--property", "values", "--ask", "1"]
    assert command.main(words) == 0
    assert asked == [("torch-sdpa", 1)]


def test_an_interrupted_run_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "run", interrupted)
    assert command.main(["--member", "torch-sdpa"]) == 130
    assert capsys.readouterr().err == "league: interrupted; what is recorded stays\n"
