"""Putting a report in place.

An interruption at any moment leaves the earlier report or the new one, whole; and nothing is deleted that no run wrote.
"""

from __future__ import annotations

import signal
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from types import FrameType

from attnproof.verify.run import manifest
from attnproof.verify.run.exchange import exchange
from attnproof.verify.run.place import is_desktops


@contextmanager
def staging(out: Path) -> Iterator[Path]:
    """A new folder on the file system of ``out`` for what will be put there; gone afterwards."""
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".out-", dir=out.parent) as private:
        folder = Path(private) / out.name
        folder.mkdir()
        yield folder


def put_in_place(folder: Path, out: Path) -> Path | None:
    """Put the new report ``folder`` at ``out``, in the place of the one that is there.

    Deleted are the files that the earlier report's manifest lists and nobody changed since. Whatever else was there is
    then in a folder beside ``out``, which is returned: None where there is no such thing. Files of a desktop stay.
    """
    with _signals_held():
        if not out.exists():
            folder.rename(out)
            return None
        mode = stat.S_IMODE(out.stat().st_mode)
        aside = next(path for n in count(1) if not (path := out.with_name(f"{out.name}-aside-{n}")).exists())
        folder.rename(aside)
        try:
            exchange(aside, out)
        except OSError:
            aside.rename(folder)
            raise
        out.chmod(mode)
        _remove_report(aside, out)
    return aside if aside.exists() else None


def put_page_in_place(page: Path, out: Path) -> None:
    """Put a new page into the report at ``out``, which has a manifest."""
    files = dict(manifest.read(out) or {})
    new = manifest.digest(page) or ""
    with _signals_held():
        _rewrite(page.parent, out, files | {page.name: (*files.get(page.name, ()), new)})
        page.replace(out / page.name)
        _rewrite(page.parent, out, files | {page.name: (new,)})


def _rewrite(folder: Path, out: Path, files: manifest.Listing) -> None:
    manifest.write(folder, files)
    (folder / manifest.NAME).replace(out / manifest.NAME)


def _remove_report(folder: Path, now: Path) -> None:
    """Remove a report's files from ``folder``, and ``folder`` too if that was all; files of a desktop go to ``now``."""
    files = manifest.read(folder)
    left = {folder}
    for name in list(manifest.contents(folder)):
        path = folder / name
        if is_desktops(name) and (now / name).parent.is_dir():
            path.replace(now / name)
        elif not manifest.is_part(folder, name, files):
            continue
        elif not path.is_dir():
            path.unlink()
        left |= {path, *path.parents}
    for each in sorted(left, reverse=True):  # a folder comes after what is in it
        if each.is_relative_to(folder) and each.is_dir() and not any(each.iterdir()):
            each.rmdir()


@contextmanager
def _signals_held() -> Iterator[None]:
    """Hold Ctrl-C and a request to end back for a moment; they are delivered afterwards."""
    came: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    for each in came:
        signal.raise_signal(each)
