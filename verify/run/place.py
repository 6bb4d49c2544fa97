"""Where a report may be put: decided before a run, so that minutes of work are not lost at its end."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import islice
from pathlib import Path
from typing import Final

from attnproof.verify.run import manifest, older

# What desktops leave in a folder that was looked at: it stays where it is.
DESKTOP: Final = (".DS_Store", "._*", ".directory", "Thumbs.db", "desktop.ini")
_NAMED: Final = 3  # how many of the files in the way a message names


def place_for_report(folder: Path, *, force: bool = False) -> Path:
    """``folder`` with links followed, if a report can be put there: it is new, empty or an earlier report.

    force    it may hold anything else too, which ``attnproof.verify.run.replace`` moves aside

    Raises ValueError saying what is in the way, OSError where the system does not let us write.
    """
    folder = real(folder)
    if folder.is_dir():
        _check_replaceable(folder)
        if not force:
            _check_contents(folder)
    elif folder.exists():
        raise ValueError("is a file; expected a folder")
    parent = next(each for each in folder.parents if each.exists())
    if not parent.is_dir():
        raise ValueError(f"{parent} is a file; expected a folder")
    # Trying is the only test that sees permissions, read-only file systems and full disks alike.
    with tempfile.TemporaryDirectory(prefix=".out-", dir=parent):
        pass
    return folder


def real(path: Path) -> Path:
    """``path`` with links followed. Raises ValueError for a loop of them."""
    try:
        path.stat()
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise ValueError("is a loop of symbolic links") from error
        if error.errno not in {errno.ENOENT, errno.ENOTDIR}:
            raise
    return Path(os.path.realpath(path))


def is_desktops(name: str) -> bool:
    """Whether a desktop left the file there."""
    return any(fnmatch(name.rpartition("/")[2], pattern) for pattern in DESKTOP)


def report_at(folder: Path) -> tuple[int, int] | None:
    """What tells the report in ``folder`` from another one; None where there is none."""
    run = folder / "run.json"
    if not manifest.is_regular(run) or (manifest.read(folder) is None and not older.is_report(folder)):
        return None
    return run.stat().st_ino, run.stat().st_mtime_ns


def _check_replaceable(folder: Path) -> None:
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise ValueError("is not a folder that can be read and written")
    if folder.is_mount():
        raise ValueError("is a mount point and cannot be replaced; expected a folder inside it")
    # The shell would be left in a folder that is gone, and --force would carry off all that is there.
    home = os.path.expanduser("~")  # noqa: PTH111 - that of Path raises where there is no home
    for here, what in ((Path.cwd(), "current"), (Path(home), "home")):
        if here.resolve().is_relative_to(folder):
            raise ValueError(f"is or holds the {what} folder and cannot be replaced; expected another folder")


def _check_contents(folder: Path) -> None:
    found = list(islice(_in_the_way(folder), _NAMED + 1))
    if found and not older.is_report(folder):
        names = ", ".join(found[:_NAMED]) + (" …" if len(found) > _NAMED else "")
        raise ValueError(
            f"holds what no run wrote: {names}; expected a new, empty or earlier report folder (--force moves it aside)"
        )


def _in_the_way(folder: Path) -> Iterator[str]:
    """What is no part of a report, lazily: the folder may be anyone's."""
    files = manifest.read(folder)
    for name in manifest.contents(folder):
        if not is_desktops(name) and not manifest.is_part(folder, name, files):
            yield f"{name} (edited)" if files and name in files else name
