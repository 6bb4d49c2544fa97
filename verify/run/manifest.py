"""The manifest of a report: every file that a run wrote, with its SHA-256. By it alone a report is known as one.

``manifest.json`` is ``{"schema": "attnproof.report/1", "files": {name: [digest, ...]}}``: names are relative to the
folder, with slashes. A file has one digest; the page has two while ``attnproof report`` replaces it, so that either
page belongs to the report.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

NAME: Final = "manifest.json"
PAGE: Final = "index.html"
SCHEMA: Final = "attnproof.report/1"

Listing = Mapping[str, tuple[str, ...]]


def contents(folder: Path) -> Iterator[str]:
    """Every file below ``folder`` by its relative name, links and empty folders too.

    Names of folders end with a slash. Links are not followed. Raises OSError for a folder that cannot be read.
    """
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if not entry.is_dir(follow_symlinks=False):
            yield entry.name
            continue
        empty = True
        for name in contents(Path(entry.path)):
            empty = False
            yield f"{entry.name}/{name}"
        if empty:
            yield f"{entry.name}/"


def digest(path: Path) -> str | None:
    """SHA-256 of a regular file, None for anything else: a link, a device, a pipe, nothing."""
    if not is_regular(path):
        return None
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_regular(path: Path) -> bool:
    """Whether there is a regular file, links not followed."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def is_part(folder: Path, name: str, files: Listing | None) -> bool:
    """Whether ``name``, one of the ``contents`` of ``folder``, is as a run left it.

    That is a file that is listed and unchanged, the manifest itself, and a folder of listed files that was emptied.
    Without a manifest nothing is part of a report.
    """
    if files is None:
        return False
    if name.endswith("/"):
        return any(each.startswith(name) for each in files)
    return name == NAME or digest(folder / name) in files.get(name, ())


def of_files_in(folder: Path) -> Listing:
    """What lists every file that is below ``folder`` now."""
    return {name: (found,) for name in contents(folder) if name != NAME and (found := digest(folder / name))}


def write(folder: Path, files: Listing) -> None:
    """Write the manifest into ``folder``."""
    text = json.dumps({"schema": SCHEMA, "files": files}, indent=1, ensure_ascii=False)
    (folder / NAME).write_text(f"{text}\n", encoding="utf-8")


def copy_unedited(folder: Path, to: Path) -> None:
    """Copy what the manifest of ``folder`` lists, and nothing else, into the folder ``to``; a page may be missing.

    Raises ValueError naming what was edited or is missing, and where there is no manifest.
    """
    files = read(folder)
    if files is None:
        raise ValueError(
            f"no {NAME} of a run there, so that nothing shows whether its files were edited; expected a new run"
        )
    for name in files:
        if is_regular(folder / name):
            (to / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / name, to / name)
    if missing := [name for name in files if not (to / name).exists() and name != PAGE]:
        raise ValueError(f"missing since the run: {', '.join(missing)}; expected the files as the run wrote them")
    if edited := [name for name in files if (to / name).exists() and not is_part(to, name, files)]:
        raise ValueError(f"edited since the run: {', '.join(edited)}; expected the files as the run wrote them")


def read(folder: Path) -> Listing | None:
    """The manifest in ``folder``; None where there is none, or a file of its name that is none."""
    if not is_regular(folder / NAME):
        return None
    try:
        found: Any = json.loads((folder / NAME).read_bytes())
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or found.get("schema") != SCHEMA or not isinstance(found.get("files"), dict):
        return None
    if not all(isinstance(digests, list) for digests in found["files"].values()):
        return None
    if any(PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts for name in found["files"]):
        return None
    return {name: tuple(map(str, digests)) for name, digests in found["files"].items()}
