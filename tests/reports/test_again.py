"""What a user does: the whole command line, again and again, into the default folder and into one of their own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from made_reports import OLDER, older

from attnproof.verify.run import manifest

ROOT = Path(__file__).resolve().parents[2]
KEPT = ("derivations", "impl", "verify", "reports", "src", "noxfile.py", "pyproject.toml")
QUICK = ("verify", "--profile", "quick", "--only", "A3", "--workers", "1")

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this checkout, so that its default folder is free to be used."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in KEPT:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("out", "out-*", ".out-*", "__pycache__", "*.egg-info")
            shutil.copytree(ROOT / name, copy / name, symlinks=True, ignore=ignored)
        else:
            shutil.copyfile(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def start(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., subprocess.Popen[str]]:
    """Starts the command of the copy, from a folder that has nothing to do with it."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    environment = {**os.environ, "PYTHONPATH": str(checkout / "src"), "PYTHONDONTWRITEBYTECODE": "1"}

    def started(*words: str, cwd: Path = elsewhere) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "attnproof", *words]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(command, cwd=cwd, env=environment, text=True, start_new_session=True, **pipes)

    return started


@pytest.fixture(scope="module")
def attnproof(start: Callable[..., subprocess.Popen[str]]) -> Callable[..., tuple[int, str, str]]:
    """Runs it: exit status, standard output, standard error."""

    def ran(*words: str, **options: Path) -> tuple[int, str, str]:
        process = start(*words, **options)
        out, err = process.communicate()
        return process.returncode, out, err

    return ran


def whole(out: Path) -> bool:
    """Whether every file of the folder belongs to its report and none is missing; files of a desktop aside."""
    files = manifest.read(out) or {}
    names = {name for name in manifest.contents(out) if not name.endswith(".DS_Store")}
    return names == {*files, "manifest.json"} and all(manifest.is_part(out, name, files) for name in names)


def test_into_the_default_folder(checkout: Path, start, attnproof) -> None:
    out = older(checkout / "reports" / "out")
    status, said, err = attnproof(*QUICK)
    assert (status, err) == (0, "")
    assert whole(out)
    assert said.splitlines()[-2:] == [
        f"Moved aside, since no run of this version wrote it: {out}-aside-1",
        f"Report: {out}/index.html",
    ]
    assert set(manifest.contents(out.with_name("out-aside-1"))) == set(OLDER) - {".DS_Store"}
    beside = sorted(out.parent.iterdir())

    for number in (signal.SIGKILL, signal.SIGTERM):
        process = start(*QUICK[:3])  # everything, so that it is not at its end when the signal comes
        assert process.stdout is not None
        process.stdout.readline()  # the first units are done
        process.send_signal(number)
        process.communicate()
        assert process.returncode == {signal.SIGKILL: -9, signal.SIGTERM: 143}[number]
        assert whole(out)
    (out / "tables" / ".DS_Store").write_text("somebody looked at it")

    before = (out / "run.json").read_bytes()
    status, said, err = attnproof(*QUICK)
    assert (status, err) == (0, "")
    assert "aside" not in said
    assert whole(out)
    assert (out / "run.json").read_bytes() != before
    assert (out / "tables" / ".DS_Store").read_text() == "somebody looked at it"
    assert sorted(out.parent.iterdir()) == beside

    page = (out / "index.html").read_bytes()
    assert attnproof("report") == (0, f"Report: {out}/index.html\n", "")
    assert (out / "index.html").read_bytes() == page
    assert whole(out)


def test_into_a_folder_of_ones_own(tmp_path: Path, attnproof) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "link").symlink_to("disk/report")
    out = tmp_path / "disk" / "report"
    assert attnproof(*QUICK, "--out", "link", cwd=tmp_path)[0] == 0
    assert whole(out)

    mine = {"tables/mine.csv": "years of work", "results.jsonl": "edited"}
    for name, content in mine.items():
        (out / name).write_text(content)
    status, said, err = attnproof(*QUICK, "--out", "link", cwd=tmp_path)
    assert (status, said, err.count("\n")) == (2, "", 1)
    assert "--out link: holds what no run wrote: results.jsonl (edited), tables/mine.csv; expected" in err
    assert {name: (out / name).read_text() for name in mine} == mine

    status, said, _ = attnproof(*QUICK, "--out", "link", "--force", cwd=tmp_path)
    assert status == 0
    assert f"Moved aside, since no run of this version wrote it: {out}-aside-1\n" in said
    assert whole(out)
    aside = out.with_name("report-aside-1")
    assert {name: (aside / name).read_text() for name in manifest.contents(aside)} == mine
    assert sorted(path.name for path in tmp_path.rglob("*") if path.parent in {tmp_path, out.parent}) == [
        *("disk", "link", "report", "report-aside-1")
    ]


def test_where_the_default_is(checkout: Path, tmp_path: Path) -> None:
    """In a checkout beside the sources; installed, below the current folder."""
    shutil.copytree(
        checkout / "src" / "attnproof", tmp_path / "site" / "attnproof"
    )  # links followed, as a wheel has it
    ask = [
        sys.executable,
        "-c",
        "from attnproof.reports.commands.folder import DEFAULT_OUT as out; print(out.absolute())",
    ]
    for source, expected in (
        (checkout / "src", checkout / "reports" / "out"),
        (tmp_path / "site", tmp_path / "attnproof-report"),
    ):
        environment = {**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}
        found = subprocess.run(ask, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout
        assert Path(found.strip()) == expected
