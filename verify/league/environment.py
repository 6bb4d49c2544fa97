"""Environments of members: one for each lock, made by uv, in a cache folder, hard links of one another's files."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Final

from attnproof.verify.league.member import Member

PYTHON: Final = "3.11"  # the version for which everything has a wheel
INSTALLING_SECONDS: Final = 1800.0


class EnvironmentFailedError(RuntimeError):
    """An environment cannot be made: what the installer said."""


def cache() -> Path:
    """Where environments are kept."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "attnproof" / "league"


def uv() -> str:
    """The installer. Raises EnvironmentFailedError where there is none."""
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        raise EnvironmentFailedError("uv is not installed; nox -s league installs it")
    return found


def settings() -> dict[str, str]:
    """The variables of this process, with what uv does not take over from pip: where wheels lie."""
    found = dict(os.environ)
    if "PIP_FIND_LINKS" in found:
        found.setdefault("UV_FIND_LINKS", found["PIP_FIND_LINKS"].replace(" ", ","))
    else:
        found.setdefault("UV_TORCH_BACKEND", "cpu")
    return found


def python(member: Member, version: str, folder: Path | None = None) -> Path:
    """The Python of a member's version, its environment made where there is none yet."""
    locks = [member.base, member.lock(version)]
    digest = hashlib.sha256(b"\0".join(path.read_bytes() for path in locks)).hexdigest()[:12]
    place = (folder or cache()) / f"{member.package}-{version}-{digest}"
    found = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    with _alone(place):
        if not (place / "complete").exists():
            _make(place, found, locks)
            (place / "complete").touch()
    return found


def ourselves(folder: Path | None = None) -> Path:
    """A folder with a link to the package that runs now, for the path of modules of the member's Python.

    A member is asked by this version and no other, whoever else uses the environment at the same time.
    """
    here = Path(str(files("attnproof"))).resolve()
    place = (folder or cache()) / f"attnproof-{hashlib.sha256(str(here).encode()).hexdigest()[:12]}"
    with _alone(place):
        place.mkdir(exist_ok=True)
        if not (link := place / "attnproof").is_symlink():
            link.symlink_to(here, target_is_directory=True)
    return place


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """One process and one thread at a time; the lock goes with the process that holds it, however that ends."""
    import fcntl  # not on Windows, for which there are no locks of members either; the page needs none of this

    place.parent.mkdir(parents=True, exist_ok=True)
    with (place.parent / f".{place.name}.lock").open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(place: Path, python: Path, locks: Sequence[Path]) -> None:
    shutil.rmtree(place, ignore_errors=True)
    _run("venv", "--quiet", "--no-python-downloads", "--python", PYTHON, str(place))
    given = [word for path in locks for word in ("--requirement", str(path))]
    _run("pip", "install", "--quiet", "--python", str(python), "--no-deps", "--require-hashes", *given)


def _run(*words: str) -> None:
    try:
        done = subprocess.run(
            [uv(), *words], capture_output=True, text=True, env=settings(), timeout=INSTALLING_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise EnvironmentFailedError(f"uv {words[0]} took more than {INSTALLING_SECONDS:g} seconds") from error
    if done.returncode:
        raise EnvironmentFailedError(done.stderr.strip()[-2000:])
