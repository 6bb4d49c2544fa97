"""Asking one version of a member: a pure function of its files, run anywhere, that returns what is recorded."""

from __future__ import annotations

import json
import os
import platform
import re
import shlex
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from attnproof.verify.league import cells, environment
from attnproof.verify.league.confirming import NotConfirmedError, confirmed
from attnproof.verify.league.member import Member
from attnproof.verify.league.rows import Row, rows
from attnproof.verify.outcome import JUDGED

SCHEMA: Final = "attnproof.league.member/1"
LIMIT: Final = 300.0  # seconds for all that a version is asked
ENDING_SECONDS: Final = 10.0
STATUSES: Final = (0, 1, 2, 3)  # of ``attnproof check``
# A traceback through this package, or its own word for it.
OURS: Final = re.compile(r'^  File "[^"]*\battnproof[/\\]|the verifier itself broke', re.MULTILINE)
THREADS: Final = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
OFFLINE: Final = {"HF_HUB_OFFLINE": "1", "TF_CPP_MIN_LOG_LEVEL": "3", "JAX_PLATFORMS": "cpu"}


@dataclass(frozen=True)
class Job:
    """A version of a member to be asked."""

    member: Member
    version: str
    limit: float = LIMIT
    environments: Path | None = None

    @property
    def name(self) -> str:
        """The name of its record."""
        return f"{self.member.name}-{self.version}"


def ask(job: Job) -> dict[str, Any]:
    """Make the environment, ask in it, confirm what fails: the record."""
    started = time.monotonic()
    record: dict[str, Any] = {
        "schema": SCHEMA,
        "member": job.member.name,
        "version": job.version,
        "digest": job.member.digest(job.version),
        "date": datetime.now(UTC).date().isoformat(),
        "python": environment.PYTHON,
        "machine": platform.machine(),
        "cells": {},
        "problem": "",
    }
    try:
        python = environment.python(job.member, job.version, job.environments)
        until = time.monotonic() + job.limit
        reports = [_report(job, python, options, until) for options in job.member.asks]
        record["diagnoses"] = [report["diagnosis"] for report in reports]
        record["cells"] = _cells(job, python, reports, until)
    except (environment.EnvironmentFailedError, CannotAskError) as error:
        record["problem"] = str(error)
    return record | {"seconds": round(time.monotonic() - started, 1)}


class CannotAskError(RuntimeError):
    """The member could not be asked, and why."""


def command(job: Job, options: Sequence[str], *more: str) -> str:
    """What a reader types to see it again."""
    which = [] if len(job.member.asks) == 1 else ["--ask", str(job.member.asks.index(tuple(options)))]
    words = ["nox", "-s", "league", "--", "--member", job.member.name, "--version", job.version, *which, *more]
    return shlex.join(words)


def shown(job: Job, number: int, more: Sequence[str]) -> int:
    """Ask in a terminal, as a replay does; returns the exit status of ``attnproof check``."""
    python = environment.python(job.member, job.version, job.environments)
    saved = ("--save", str(Path("attnproof-failures").resolve()))
    words = _words(job, python, job.member.asks[number], *saved, *more)
    return subprocess.run(words, cwd=job.member.folder / "members", env=_variables(job), check=False).returncode


def _words(job: Job, python: Path, options: Sequence[str], *more: str) -> list[str]:
    return [str(python), "-m", "attnproof", "check", job.member.target, *options, *more]


def _variables(job: Job) -> dict[str, str]:
    path = {"PYTHONPATH": str(environment.ourselves(job.environments))}
    backend = {"KERAS_BACKEND": job.member.backend} if job.member.backend else {}
    return {**os.environ, **THREADS, **OFFLINE, **backend, **path, "PYTHONDONTWRITEBYTECODE": "1"}


def _report(job: Job, python: Path, options: Sequence[str], until: float, *more: str) -> dict[str, Any]:
    """The report of one way of asking. Raises CannotAskError."""
    with tempfile.TemporaryDirectory() as folder:
        words = _words(job, python, options, "--json", "--save", folder, *more)
        started = subprocess.Popen(
            words,
            cwd=job.member.folder / "members",
            env=_variables(job),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            out, errors = started.communicate(timeout=max(1.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            _end(started)
            raise CannotAskError(f"more than {job.limit:g} seconds") from None
        except BaseException:
            _end(started)
            raise
    report = _read(started.returncode, out, errors)
    if not any(finding["outcome"] in JUDGED for finding in report["findings"]):
        raise CannotAskError(report["diagnosis"])
    return report


def _read(status: int, out: str, errors: str) -> dict[str, Any]:
    """What ``attnproof check`` has printed. Raises CannotAskError; RuntimeError where the check itself broke."""
    said = [line for line in errors.splitlines() if not line.startswith("checking: ")]
    words = " ".join(said[-3:])[-1000:]
    if status < 0:  # the package has ended the process, or the machine had no memory left
        raise CannotAskError(f"ended by {signal.Signals(-status).name}. {words}".strip())
    if status not in STATUSES:
        raise RuntimeError(f"attnproof check ended with status {status}: {errors[-2000:]}")
    try:
        report: dict[str, Any] = json.loads(out)
    except json.JSONDecodeError:
        if OURS.search(errors):
            raise RuntimeError(f"attnproof check broke: {errors[-2000:]}") from None
        raise CannotAskError(words or f"exit status {status}") from None
    return report


def _end(started: subprocess.Popen[str]) -> None:
    """Interrupt it, so that it ends what it has started; where that does not help, kill it."""
    started.send_signal(signal.SIGINT)
    try:
        started.communicate(timeout=ENDING_SECONDS)
    except subprocess.TimeoutExpired:
        started.kill()
        started.communicate()


def _cells(job: Job, python: Path, reports: Sequence[Mapping[str, Any]], until: float) -> dict[str, Any]:
    # What was declared holds where nothing fails: it is as good as observed.
    reports = [{**r, "observed": _contract(r, options)} for r, options in zip(reports, job.member.asks, strict=True)]
    found, examples, promised = {}, Examples(job, python, reports, until), job.member.promised(job.version)
    for row in rows(job.member.folder):
        answer = cells.cell(row, reports, promised)
        if failures := cells.failed(row, reports):
            answer |= _shown_wrong(job, row, examples, failures)
        found[row.id] = answer
    return found


def _shown_wrong(job: Job, row: Row, examples: Examples, failures: Sequence[cells.Failed]) -> dict[str, Any]:
    """What makes a cell red, the smallest input; or why it stays open."""
    why, found = "", []
    for failed in failures:
        report = examples.reports[failed.ask]
        options = job.member.asks[failed.ask]
        for name in dict.fromkeys(each["property"] for each in failed.findings):
            try:
                example = examples.of(row, failed, name)
            except NotConfirmedError as error:
                why = why or str(error)
                continue
            again = command(job, options, "--property", name, *_formats(example))
            shown = {"ask": failed.ask, "property": name, "replay": again, "example": _short(example)}
            found.append(shown)
            try:
                proof = confirmed(example, report["score"], report["observed"])
            except NotConfirmedError as error:
                why = why or str(error)
                continue
            words = f"{example['finding']['reason']}"[: cells.LONGEST]
            return {"status": cells.DOES_NOT, "words": words, "confirmed": proof, **shown}
    return {"unconfirmed": why, **(found[0] if found else {})}


def _formats(example: Mapping[str, Any]) -> tuple[str, ...]:
    return ("--dtype", example["finding"]["draw"]["dtype"])


def _example(report: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = next((p["example"] for p in report["properties"] if p["property"] == name), None)
    return found


class Examples:
    """The smallest inputs of one member, those that have to be asked for once more asked once."""

    def __init__(self, job: Job, python: Path, reports: Sequence[Mapping[str, Any]], until: float) -> None:
        self.job, self.python, self.reports, self.until = job, python, reports, until
        self.again: dict[tuple[int, str, str], dict[str, Any] | CannotAskError] = {}

    def of(self, row: Row, failed: cells.Failed, name: str) -> dict[str, Any]:
        """The smallest input for a failure of a row. Raises NotConfirmedError where there is none, and why."""
        report = self.reports[failed.ask]
        if (example := _own_example(row, report, name)) is not None:
            return example
        draw = next((f["draw"] for f in failed.findings if f["property"] == name and f["draw"]), None)
        there = _example(report, name)
        if draw is None or (there is not None and there["finding"]["draw"]["dtype"] == draw["dtype"]):
            raise NotConfirmedError("the smallest input that was found is of another row")  # and so it would be again
        again = self._asked_again(failed.ask, name, draw["dtype"])
        if isinstance(again, CannotAskError):
            raise NotConfirmedError(f"the smallest input could not be asked for: {again}")
        if (example := _own_example(row, again, name)) is None:
            raise NotConfirmedError("no smallest input was found")
        return example

    def _asked_again(self, ask: int, name: str, dtype: str) -> dict[str, Any] | CannotAskError:
        """The report on a property alone, in one format: another smallest input than the one at hand."""
        key = (ask, name, dtype)
        if key not in self.again:
            options = [*self.job.member.asks[ask], "--property", name, "--dtype", dtype]
            try:
                self.again[key] = _report(self.job, self.python, options, self.until)
            except CannotAskError as error:  # out of time, say: the cell stays open and says so
                self.again[key] = error
        return self.again[key]


def _own_example(row: Row, report: Mapping[str, Any], name: str) -> dict[str, Any] | None:
    """The example of a property in a report, if it is about the row."""
    example = _example(report, name)
    return example if example is not None and cells.is_about(row, report, example["finding"]) else None


def _contract(report: Mapping[str, Any], options: Sequence[str]) -> dict[str, str]:
    declared = [options[n + 1] for n, word in enumerate(options[:-1]) if word == "--contract"]
    return {**report["observed"], **dict(each.split("=", 1) for each in declared)}


def _short(example: Mapping[str, Any]) -> dict[str, Any]:
    """What a reader wants of an example: the call and what came out."""
    return {"call": example["call"], "finding": {k: example["finding"][k] for k in ("quantity", "reason", "worst")}}
