"""``attnproof check`` and ``attnproof replay``: exit status, one line for bad input."""

from __future__ import annotations

import argparse
import json
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from copied_processes import copy_processes

import attnproof
from attnproof.reports.commands.declaring import called, calling, naming
from attnproof.reports.commands.main import main
from attnproof.verify.checking.declared import Declaration
from attnproof.verify.checking.making import make_target
from attnproof.verify.checking.working import Event, Plan, events
from attnproof.verify.options import SCORES
from attnproof.verify.properties import PROPERTIES
from attnproof.verify.targets.contract import CHOICES
from attnproof.verify.targets.target import FEATURES

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
    assert "FAULT FOUND" in out.splitlines()[0]
    assert "claimed  " in out
    assert "attnproof replay" in out
    (file,) = Path("attnproof-failures").glob("*.npz")
    copy_processes(monkeypatch)
    (told,) = (line for line in out.splitlines() if "attnproof replay" in line)
    assert main(shlex.split(told.partition("attnproof ")[2].partition("  asks")[0])) == 1
    assert main(["replay", str(file), "own_attention.py:right"]) == 0
    assert main(["replay", str(file), "--trust"]) == 1


def test_verbose_and_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("attnproof.verify.checking.check.isolated", in_process)
    Path("own_attention.py").write_text(SOURCE, encoding="utf-8")
    rest = ["--score", "dot", "--profile", "quick", "--property", "values", "--property", "scale", "--dtype", "fp64"]
    assert main(["check", "own_attention.py:wrong", *rest, "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["result"] == "fault found"
    assert found["try"]
    assert main(["check", "own_attention.py:right", *rest, "--verbose"]) == 0
    assert "takes no scale" in capsys.readouterr().out


def test_help_lists_what_may_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    for name in (*FEATURES, *CHOICES, *PROPERTIES, *SCORES):
        assert name in said
    for words in CHOICES.values():
        assert " | ".join(words) in said
    assert said.count("(default: ") >= 7


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check", "x", "--score", "dot"], "module:attribute"),
        (["check", "a:b", "--score", "dott"], "unknown score"),
        (["check", "a:b", "--score", "dot", "--contract", "x"], "CHOICE=VALUE"),
        (["check", "a:b", "--score", "dot", "--limit", "0"], "--limit"),
        (["check", "a:b", "--score", "dot", "--property", "nope"], "unknown property"),
        (["check", "math:nowhere", "--score", "dot"], "nowhere"),
        (["check", "math:pi", "--score", "dot"], "something that can be called"),
        (["check", "no_such_file.py:f", "--score", "dot"], "no_such_file.py"),
        (["check", "a:b", "--score", "dot", "--layout", "query=b q"], "'d'"),
        (["check", "a:b", "--score", "dot", "--dtype", "fp8"], "unknown dtype 'fp8'"),
        (["check", "a:b", "--score", "dot", "--dtype", ""], "dtype"),
        (["check", "a:b", "--score", "dot", "--device", "tpu"], "unknown device 'tpu'"),
        (["check", "a:b", "--score", "dot", "--framework", "tf"], "unknown framework"),
        (["check", "a:b", "--score", "dot", "--framework", "jax", "--setup", "a:b"], "torch modules only"),
        (["check", "a:b", "--score", "dot", "--framework", "torch", "--backward", "a:b"], "differentiates"),
        (["check", "math:exp", "--score", "dot", "--setup", "math:nowhere"], "nowhere"),
        (["check", "math:exp", "--score", "dot", "--method", "forward"], "no method"),
        (["check", "a:b", "--score", "dot", "--parameter", "w=3*query"], "power of two"),
        (["check", "a:b", "--score", "dot", "--argument", "queries=q"], "unknown argument 'queries'"),
        (["check", "a:b", "--score", "dot", "--output", "loss=0"], "unknown output 'loss'"),
        (["check", "a:b", "--score", "dot", "--build", "f(x)"], "--build"),
        (["check", "a:b", "--score", "dot", "--limit", "nan"], "--limit"),
        (["check", "a:b", "--score", "dot", "--contract", "polarity=both"], "true attends"),
        (["replay", "no_such_file.npz"], "no_such_file.npz"),
    ],
)
def test_bad_input_is_one_line(
    arguments: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys.modules[attnproof.check.__module__], "isolated", in_process)
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert says in err
    assert len(err.strip().splitlines()) == 1
    assert not out
    assert not list(tmp_path.iterdir())  # nothing half-written


def in_process(declared: Declaration, plan: Plan, limit: float) -> Iterator[Event]:
    """What the other process does, without the seconds that it takes to start."""
    try:
        target = make_target(declared)
    except ValueError as error:
        yield Event("bad", str(error))
    else:
        yield from events(target, plan)


def test_damaged_replay_files_are_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is cut off, one that lacks arrays, one of another schema, one with NaN in it, one whose text is no
    JSON.
    """
    good = tmp_path / "good.npz"
    report = attnproof.check(wrong, "dot", profile="quick", properties=("values",), dtypes=("fp64",), save_to=tmp_path)
    Path(report.files["values"]).rename(good)
    with np.load(good) as stored:
        arrays = {name: stored[name] for name in stored.files}
    meta = json.loads(str(arrays["meta"]))
    files = {
        "lacks grad_context": {n: a for n, a in arrays.items() if n != "grad_context"},
        "schema": arrays | {"meta": np.array(json.dumps(meta | {"schema": "attnproof.replay/9"}))},
        "NaN": arrays | {"input.query": np.full_like(arrays["input.query"], np.nan)},
        "no JSON": arrays | {"meta": np.array("{")},
        "property": arrays | {"meta": np.array(json.dumps(meta | {"property": "nope"}))},
        "field": arrays | {"meta": np.array(json.dumps(meta | {"declaration": {"target": "a:b"}}))},
    }
    paths = []
    for name, content in files.items():
        paths.append(tmp_path / f"{name}.npz")
        np.savez(paths[-1], **content)
    paths.append(tmp_path / "cut off.npz")
    paths[-1].write_bytes(good.read_bytes()[:200])
    before = sorted(tmp_path.iterdir())
    for path in paths:
        assert main(["replay", str(path)]) == 2, path
        out, err = capsys.readouterr()
        assert path.name in err
        assert not out
        assert "Traceback" not in err
    assert sorted(tmp_path.iterdir()) == before


def wrong(query, key, value):
    return (-query @ key.mT).softmax(-1) @ value


def test_a_device_that_is_not_there_is_no_success(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a CUDA device")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys.modules[attnproof.check.__module__], "isolated", in_process)
    Path("own_attention.py").write_text(SOURCE, encoding="utf-8")
    asked = ["check", "own_attention.py:right", "--score", "dot", "--device", "cuda", "--property", "values"]
    assert main(asked) == 3
    assert "CUDA" in capsys.readouterr().out


def test_an_empty_judgement_is_no_success(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    copy_processes(monkeypatch)
    Path("own_attention.py").write_text(SOURCE, encoding="utf-8")
    assert main(["check", "own_attention.py:right", "--score", "dot", "--property", "poison"]) == 3


def test_names_of_arguments_may_stand_in_one_list() -> None:
    parser = argparse.ArgumentParser()
    calling(parser)
    naming(parser)
    names = parser.parse_args(["--argument", "query=q, key=k", "--argument", "value="])
    assert called(names)["arguments"] == ("query=q", "key=k", "value=")


def test_a_list_that_is_given_twice_goes_on() -> None:
    parser = argparse.ArgumentParser()
    calling(parser)
    twice = parser.parse_args(["--equal", "q=k", "--equal", "d_v=d", "--takes", "mask", "--layout", "query=b q d"])
    assert (twice.equal, twice.takes, twice.layout) == ("q=k,d_v=d", "mask", "query=b q d")
    assert parser.parse_args([]).equal == ""
