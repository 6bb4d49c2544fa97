"""Runs: members in environments of their own, interruption and resumption, records all at once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import made_league
import pytest
from jsonschema import Draft202012Validator

from attnproof.verify.league import environment, running
from attnproof.verify.league.asking import Job, ask
from attnproof.verify.league.gather import SCHEMA_FILE, gathered


@pytest.fixture(scope="module")
def asked(tmp_path_factory):
    """The made-up league, asked once: its folder and records."""
    folder = tmp_path_factory.mktemp("league")
    found = made_league.write(folder / "files")
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(1) as executor:
        made_league.offline(folder / "files", patch)
        jobs = [Job(member, "1.0", environments=folder / "environments") for member in found.values()]
        running.run(jobs, executor, folder=folder / "records")
    return folder


def test_the_right_one_does_and_the_wrong_one_is_red_with_its_input(asked: Path) -> None:
    right, wrong = (running.read(asked / "records" / f"{name}attn-1.0.json") for name in ("right", "wrong"))
    assert {row: each["status"] for row, each in right["cells"].items()} == {
        "formula": "does", "fp64": "does", "softcap": "not asked",
    }  # fmt: skip
    assert wrong["cells"]["fp64"]["status"] == "does not"
    shown = wrong["cells"]["fp64"]
    assert float(shown["confirmed"]["error"]) > float(shown["confirmed"]["bound"])
    assert shown["replay"].startswith("nox -s league -- --member wrongattn --version 1.0 --property values")
    assert shown["example"]["call"]["given"]["query"]["shape"]


def test_the_document_is_by_its_schema(asked: Path) -> None:
    found = gathered(asked / "files", asked / "records")
    Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))).validate(found)
    assert all(version["current"] for member in found["members"] for version in member["versions"])


def test_a_red_cell_without_confirmation_is_against_the_schema(asked: Path) -> None:
    found = gathered(asked / "files", asked / "records")
    (wrong,) = (member for member in found["members"] if member["name"] == "wrongattn")
    del wrong["versions"][0]["cells"]["fp64"]["confirmed"]
    assert not Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))).is_valid(found)


def test_another_hash_is_refused(asked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    member = made_league.write(tmp_path)["rightattn"]
    made_league.offline(tmp_path, monkeypatch)
    lock = member.lock("1.0")
    lock.write_text(f"rightattn==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    record = ask(Job(member, "1.0", environments=tmp_path / "environments"))
    assert "Hash mismatch" in record["problem"]
    assert record["cells"] == {}


@pytest.mark.slow
def test_a_member_that_hangs_is_ended_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    member = made_league.write(tmp_path)["rightattn"]
    monkeypatch.setattr(environment, "python", lambda *_: Path("/bin/sh"))
    monkeypatch.setattr("attnproof.verify.league.asking._words", lambda *_: ["sleep", "60"])
    record = ask(Job(member, "1.0", limit=0.2))
    assert record["problem"] == "more than 0.2 seconds"
    assert record["seconds"] < 30


class Interrupted(Exception):
    pass


def test_what_was_interrupted_goes_on_with_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = [Job(member, "1.0") for member in made_league.write(tmp_path).values()]
    calls: list[str] = []

    def answered(job: Job):
        calls.append(job.name)
        if len(calls) == 2:
            raise Interrupted
        digest = job.member.digest(job.version)
        return {"digest": digest, "cells": {}, "problem": "", "seconds": 0.0, "date": "2026-01-01"}

    monkeypatch.setattr(running, "ask", answered)
    records = tmp_path / "records"
    with ThreadPoolExecutor(1) as executor, pytest.raises(Interrupted):
        running.run(jobs, executor, folder=records)
    assert [path.name for path in records.iterdir()] == ["rightattn-1.0.json"]
    with ThreadPoolExecutor(1) as executor:
        assert running.run(jobs, executor, folder=records) == 1
        assert running.run(jobs, executor, folder=records) == 0
        assert running.run(jobs, executor, folder=records, again=True) == 2
    assert calls == ["rightattn-1.0", "wrongattn-1.0", "wrongattn-1.0", "rightattn-1.0", "wrongattn-1.0"]


def test_a_record_says_what_it_changes_of_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    job = Job(made_league.write(tmp_path)["rightattn"], "1.0")
    statuses = iter(("open", "does"))
    monkeypatch.setattr(
        running, "ask",
        lambda _: {"digest": "", "cells": {"fp64": {"status": next(statuses)}}, "problem": "", "seconds": 0.0,
                   "date": "2026-01-01"},
    )  # fmt: skip
    with ThreadPoolExecutor(1) as executor:
        for _ in range(2):
            running.run([job], executor, folder=tmp_path)
    record = running.read(tmp_path / "rightattn-1.0.json")
    change = {"row": "fp64", "before": "open", "now": "does"}
    assert record["earlier"] == {"date": "2026-01-01", "changes": [change]}
