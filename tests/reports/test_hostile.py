"""Hostile runs of the command line: the right exit status, one line that says what is wrong, nothing half-done."""

from __future__ import annotations

import contextlib
import io
import os
from pathlib import Path

import pytest
from copied_processes import copy_processes
from hostile_case import Case
from hostile_files import GOOD, MARKER, REPLAY_FILES, SCORE_FILES
from hostile_targets import CALLS, IMPORTS
from hostile_words import ARGUMENTS, PLACES, RUNS
from limited_calls import limit_calls_alone

from attnproof.derivations.scores import trial
from attnproof.reports.commands.main import main
from attnproof.verify.checking import running

CASES = (*RUNS, *ARGUMENTS, *PLACES, *SCORE_FILES, *REPLAY_FILES, *IMPORTS, *CALLS)


def ran(case: Case) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of the case, run in the current folder."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = main(case.words)
        except SystemExit as ended:  # argparse's
            status = int(str(ended.code))
    return status, out.getvalue(), err.getvalue()


def put(case: Case, folder: Path) -> None:
    """Make what is there."""
    for name, content in case.files.items():
        path = folder / name
        if callable(content):
            content(path)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())


def there(folder: Path) -> dict[str, object]:
    """What a folder holds: for each name its kind and content."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        kind = path.lstat().st_mode
        is_file = path.is_file() and not path.is_symlink()
        found[str(path.relative_to(folder))] = kind, path.read_bytes() if is_file else None
    return found


@pytest.mark.parametrize("case", CASES, ids=str)
def test_hostile(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    if "did not end" in case.says:
        monkeypatch.setattr(trial, "SECONDS", 1.0)
    if case.kind == "call":
        limit_calls_alone(monkeypatch)
    if "closed the pipe" in case.says:
        monkeypatch.setattr(running, "END_SECONDS", 0.5)
    copy_processes(monkeypatch)  # test_cli_check.py has new ones
    put(case, tmp_path)
    before = there(tmp_path)
    status, out, err = ran(case)
    assert "Traceback" not in out + err
    assert status == case.status, out + err
    lines = err.splitlines()
    if status == 2:
        assert len(lines) == 1, err
        assert lines[0].startswith("attnproof: error: ")
        assert case.says in lines[0]
        assert not out
    else:
        assert case.says in out
        assert all(line.startswith("checking: ") for line in lines)
    assert there(tmp_path) == before
    assert not os.path.lexists("attnproof-failures")


def test_what_a_file_names_is_imported_with_trust(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that the files that import nothing would leave a trace if they did."""
    monkeypatch.chdir(tmp_path)
    copy_processes(monkeypatch)
    case = Case("replay file", ("replay", "x.npz", "--trust"), "", {"x.npz": GOOD, "marker.py": MARKER})
    put(case, tmp_path)
    status, out, _ = ran(case)
    assert (status, "NO FAULT FOUND" in out, Path("imported").exists()) == (0, True, True)


def test_there_are_enough() -> None:
    assert len(CASES) >= 150
    assert len(set(map(repr, CASES))) == len(CASES)
