"""``attnproof read`` asks in a process of its own: what the target does there comes to one line and an exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from copied_processes import copy_processes
from limited_calls import limit_calls_alone

from attnproof.reports.commands.main import main

SOURCE = """
import os
import time

def right(query, key, value):
    return (query @ key.mT / query.shape[-1] ** 0.5).softmax(-1) @ value

def talks(query, key, value):
    print("hello")
    os.write(1, b"from C\\n")
    return right(query, key, value)

def hangs(query, key, value):
    time.sleep(600)

def dies(query, key, value):
    os._exit(7)
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.py").write_text(SOURCE, encoding="utf-8")


def test_what_a_target_prints_is_not_shown(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "mine.py:talks", "--json", "--no-gradients"]) == 0
    said = capfd.readouterr()
    assert json.loads(said.out)["equal"]
    assert said.err == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [("hangs", "it did not answer within 1 s (layout"), ("dies", "it ended its process with status 7 (layout")],
)
def test_a_target_that_hangs_or_dies(
    name: str, words: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_processes(monkeypatch)
    limit_calls_alone(monkeypatch)
    assert main(["read", f"mine.py:{name}", "--limit", "1"]) == 3
    said = capsys.readouterr()
    assert said.err.startswith(f"attnproof: mine.py:{name} cannot be read: {words}")
    assert said.err.count("\n") == 1
    assert said.out == ""


def test_an_import_that_ends_its_process_is_bad_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    copy_processes(monkeypatch)
    Path("ends.py").write_text("import os\nos._exit(3)\n", encoding="utf-8")
    assert main(["read", "ends.py:attend"]) == 2
    assert "ended its process with status 3 (importing it)" in capsys.readouterr().err


def test_a_limit_is_a_number_of_seconds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "mine.py:right", "--limit", "0"]) == 2
    assert "--limit is 0" in capsys.readouterr().err
