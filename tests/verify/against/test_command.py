"""``attnproof check TARGET --against REFERENCE``: exit status, the first line, bad input in one line."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from attnproof import verify
from attnproof.reports.commands.main import main

PROGRAMS = """
import math
import os
import time

import torch
import torch.nn.functional as F


def reference(q, k, v):
    return F.scaled_dot_product_attention(q, k, v)


def right(q, k, v):
    print("here")
    return torch.softmax(q @ k.mT / math.sqrt(q.shape[-1]), -1) @ v


def wrong(q, k, v):
    return torch.softmax(q @ k.mT, -1) @ v


def leaves(q, k, v):
    os._exit(3)


def hangs(q, k, v):
    time.sleep(60)


def unread(q, k, v):
    return torch.linalg.matrix_exp(q @ k.mT) @ v
"""
SCHEMA = json.loads((Path(next(iter(verify.__path__))) / "schemas" / "against.schema.json").read_text(encoding="utf-8"))
INPUTS = "q=2 3 4, k=2 3 4, v=2 3 4"


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("against") / "programs.py"
    path.write_text(PROGRAMS, encoding="utf-8")
    return str(path)


def asked(programs: str, candidate: str, *more: str, reference: str = "reference") -> int:
    names = f"{programs}:{candidate}", f"{programs}:{reference}"
    save = ["--save", str(Path(programs).parent / "failures")]
    return main(["check", names[0], "--against", names[1], "--inputs", INPUTS, *save, *more])


def test_no_fault(programs: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(programs, "right") == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert "NO FAULT FOUND" in first
    assert "exactly equal" in first


def test_a_fault_as_json(programs: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert asked(programs, "wrong", "--json") == 1
    found = json.loads(capsys.readouterr().out)
    assert (found["outcome"], found["kind"]) == ("fail", "formula")
    jsonschema.validate(found, SCHEMA)


@pytest.mark.parametrize(("name", "words"), [("leaves", "ended with status 3"), ("hangs", "longer than 2 seconds")])
def test_who_ends_the_process_or_hangs_is_at_fault(
    programs: str, name: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(programs, name, "--limit", "2") == 1
    assert words in capsys.readouterr().out.splitlines()[0]


def test_a_reference_without_rules_judges_nothing_and_is_named(
    programs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert asked(programs, "right", reference="unread") == 3
    assert "matrix_exp" in capsys.readouterr().out.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["a.py:f"], "--against"),
        (["a.py:f", "--against", "a.py:g"], "--inputs"),
        (["a.py:f", "--against", "a.py:g", "--score", "dot"], "--score and --against"),
        (["a.py:f", "--against", "a.py:g", "--inputs", "x=n %"], "axis '%'"),
        (["a.py:f", "--against", "a.py:g", "--inputs", "x=n:complex"], "kind 'complex'"),
        (["a.py:f", "--against", "a.py:g", "--inputs", "x=n", "--sizes", "m=3"], "no axis"),
        (["a.py:f", "--against", "a.py:g", "--inputs", "x=n", "--dtype", "fp64,bf16"], "one format"),
        (["a.py:f", "--against", "no.py:g", "--inputs", "x=n"], "no file 'no.py'"),
        (["a.py:f", "--against", "gone.json", "--inputs", "x=n"], "no such file"),
        (["a.py:f", "--against", "a.py:g", "--inputs", "x=n:int<0"], "kind 'int<0'"),
    ],
)
def test_bad_input_is_one_line(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "a.py").write_text("def f(x):\n    return x\n\n\ng = f\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["check", *arguments]) == 2
    said = capsys.readouterr().err.strip()
    assert words in said
    assert len(said.splitlines()) == 1
