from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from made_reports import OLDER, older, report

from attnproof.verify.run import manifest
from attnproof.verify.run.exchange import exchange
from attnproof.verify.run.replace import put_in_place, put_page_in_place, staging


def put(out: Path, page: str = "new page") -> Path | None:
    with staging(out) as folder:
        report(folder / "made")
        for path in (folder / "made").iterdir():
            path.rename(folder / path.name)
        (folder / "made").rmdir()
        (folder / "index.html").write_text(page)
        manifest.write(folder, manifest.of_files_in(folder))
        return put_in_place(folder, out)


@pytest.fixture(params=["in one step", "in three"])
def step(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file system exchanges two names, or it does not."""
    if request.param == "in three":
        monkeypatch.setattr("attnproof.verify.run.exchange._in_one_step", lambda one, other: False)
    elif not hasattr(ctypes.CDLL(None), "renameat2") and sys.platform != "darwin":
        pytest.skip("this system exchanges no names")


@pytest.mark.usefixtures("step")
def test_a_report_takes_the_place_of_the_earlier_one_and_nothing_is_left(tmp_path: Path) -> None:
    out = tmp_path / "out"
    for page in ("first", "second", "third"):
        assert put(out, page) is None
        assert (out / "index.html").read_text() == page
        assert list(manifest.contents(out)) == ["index.html", "manifest.json", "run.json", "tables/variance.csv"]
        assert list(tmp_path.iterdir()) == [out]


@pytest.mark.usefixtures("step")
def test_what_no_run_wrote_is_moved_aside_and_desktop_files_stay(tmp_path: Path) -> None:
    out = report(tmp_path / "out")
    mine = {
        "tables/variance.csv": "edited",
        "tables/mine.csv": "mine",
        "notes/thesis.tex": "years of work",
        ".git": "x",
    }
    for name, content in mine.items():
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_text(content)
    (out / "link").symlink_to("/nowhere")
    (out / "empty").mkdir()
    (out / "tables" / ".DS_Store").write_text("desktop")
    out.chmod(0o750)
    aside = put(out)
    assert aside == tmp_path / "out-aside-1"
    assert {name: (aside / name).read_text() for name in mine} == mine
    assert set(manifest.contents(aside)) == {*mine, "link", "empty/"}
    assert set(manifest.contents(out)) == {
        *("index.html", "manifest.json", "run.json", "tables/variance.csv", "tables/.DS_Store")
    }
    assert out.stat().st_mode & 0o777 == 0o750
    (out / "more").write_text("mine")
    assert put(out) == tmp_path / "out-aside-2"  # the first is not touched


def test_of_an_older_versions_report_nothing_is_deleted(tmp_path: Path) -> None:
    aside = put(older(tmp_path / "out"))
    assert aside is not None
    assert set(manifest.contents(aside)) == set(OLDER) - {".DS_Store"}
    assert put(tmp_path / "out") is None


def test_a_manifest_of_somebody_else_deletes_nothing_outside(tmp_path: Path) -> None:
    out = report(tmp_path / "out")
    (tmp_path / "thesis.tex").write_text("years of work")
    digest = manifest.digest(tmp_path / "thesis.tex")
    manifest.write(out, {**(manifest.read(out) or {}), "../thesis.tex": (str(digest),)})
    put(out)
    assert (tmp_path / "thesis.tex").read_text() == "years of work"


def test_names_are_exchanged_or_stay(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    exchange(tmp_path / "a", tmp_path / "b")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]
    with pytest.raises(OSError, match="nowhere"):
        exchange(tmp_path / "a", tmp_path / "nowhere")
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_when_the_last_of_three_steps_fails_the_earlier_report_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("attnproof.verify.run.exchange._in_one_step", lambda one, other: False)
    put(tmp_path / "out", "old")
    rename = Path.rename

    def refuse(path: Path, target: Path) -> Path:
        if path.name == "out-aside-1" and target.name == "out" and target.parent == tmp_path:
            raise OSError("busy")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OSError, match="busy"):
        put(tmp_path / "out")
    assert (tmp_path / "out" / "index.html").read_text() == "old"
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_a_signal_waits_until_the_report_is_in_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(one: Path, other: Path) -> None:
        signal.raise_signal(signal.SIGINT)
        exchange(one, other)

    put(tmp_path / "out")
    monkeypatch.setattr("attnproof.verify.run.replace.exchange", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            put(tmp_path / "out", "new")
    finally:
        signal.signal(signal.SIGINT, before)
    assert (tmp_path / "out" / "index.html").read_text() == "new"
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_a_new_page_is_part_of_the_report_at_every_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = report(tmp_path / "out")
    replace, steps = Path.replace, []

    def watched(path: Path, target: Path) -> Path:
        found = replace(path, target)
        files = manifest.read(out)
        steps.append(target.name)
        assert all(manifest.is_part(out, name, files) for name in manifest.contents(out))
        return found

    monkeypatch.setattr(Path, "replace", watched)
    with staging(out) as folder:
        (folder / "index.html").write_text("again")
        put_page_in_place(folder / "index.html", out)
    assert steps == ["manifest.json", "index.html", "manifest.json"]
    assert (out / "index.html").read_text() == "again"
    assert (manifest.read(out) or {})["index.html"] == (manifest.digest(out / "index.html"),)


SHARED = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
KILLED = """
    import os, signal, sys
    from pathlib import Path

    count = 0

    def killer(event, arguments):
        global count
        if event in {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "shutil.rmtree", "os.chmod", "ctypes.dlsym"}:
            count += 1
            if count > int(sys.argv[2]):
                os.kill(os.getpid(), signal.SIGKILL)

    sys.path[:0] = sys.argv[3:]
    from test_replace import put

    sys.addaudithook(killer)
    put(Path(sys.argv[1]), "new")
    print("done")
"""


@pytest.mark.slow
def test_a_process_killed_at_any_step_leaves_one_whole_report(tmp_path: Path) -> None:
    """Killed before each change to the file system in turn: ``out`` is the old report or the new one, whole."""
    seen = set()
    for steps in range(60):
        out = report(tmp_path / str(steps) / "out")
        command = [sys.executable, "-c", textwrap.dedent(KILLED), str(out), str(steps), *SHARED]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        page = (out / "index.html").read_text()
        seen.add(page)
        files = manifest.read(out)
        assert files is not None
        assert all(manifest.is_part(out, name, files) for name in manifest.contents(out))
        assert set(manifest.contents(out)) >= set(files)
        put(out, "next")  # and the next run is not stopped
        assert (out / "index.html").read_text() == "next"
        if done.returncode == 0:
            break
        assert done.returncode == -signal.SIGKILL, done.stderr
    assert done.stdout == "done\n"
    assert seen == {"page", "new"}
    assert [path.name for path in (tmp_path / str(steps)).iterdir()] == ["out"]
