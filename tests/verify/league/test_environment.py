"""Environments: one maker at a time, an installer that hangs is named, this package and no other asks."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import made_league
import pytest

import attnproof
from attnproof.verify.league import environment
from attnproof.verify.league.asking import Job, _variables
from attnproof.verify.league.environment import EnvironmentFailedError


def test_two_that_want_one_environment_make_it_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    member = made_league.write(tmp_path / "files")["rightattn"]
    together, making = Barrier(2), []

    def make(place: Path, *_) -> None:
        making.append(place)
        assert len(making) == 1
        with pytest.raises(BlockingIOError):  # the other one waits outside, or comes later and finds it made
            _take(place)
        place.mkdir(parents=True)

    def wanted() -> Path:
        together.wait()
        return environment.python(member, "1.0", tmp_path)

    monkeypatch.setattr(environment, "_make", make)
    with ThreadPoolExecutor(2) as executor:
        one, other = (each.result() for each in [executor.submit(wanted) for _ in range(2)])
    assert one == other
    assert len(making) == 1


def _take(place: Path) -> None:
    """Take an environment's lock without waiting."""
    import fcntl

    with (place.parent / f".{place.name}.lock").open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def test_an_installer_that_takes_too_long_is_an_environment_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def hangs(words, *, timeout: float, **_):
        raise subprocess.TimeoutExpired(words, timeout)

    monkeypatch.setattr(environment, "uv", lambda: "uv")
    monkeypatch.setattr(subprocess, "run", hangs)
    with pytest.raises(EnvironmentFailedError, match="uv pip took more than 1800 seconds"):
        environment._run("pip", "install")


def test_a_member_is_asked_by_this_package(tmp_path: Path) -> None:
    job = Job(made_league.write(tmp_path / "files")["rightattn"], "1.0", environments=tmp_path / "environments")
    for _ in range(2):
        words = [sys.executable, "-c", "import attnproof; print(attnproof.__file__)"]
        said = subprocess.run(words, env=_variables(job), cwd=tmp_path, capture_output=True, text=True, check=True)
        assert Path(said.stdout.strip()).resolve() == Path(str(attnproof.__file__)).resolve()
        assert Path(said.stdout.strip()).is_relative_to(tmp_path)
