"""Where a report may be put: decided before a run, so that minutes of work are not lost at its end."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

RUN: Final = "run.json"
# What a report consists of (see ``attnproof.verify.run.runner``), and what desktops leave in a folder that was looked at.
FILES: Final = frozenset(
    {RUN, "results.jsonl", "claims.json", "derivations.json", "model.json", "junit.xml", "index.html", ".DS_Store"}
)
TABLES: Final = "tables"
_SCHEMA: Final = '"attnproof.run/'


def place_for_report(folder: Path) -> None:
    """Check that a report can be put at ``folder``: it is new, empty or an earlier report, and can be replaced.

    A report replaces its folder as a whole, so one that holds anything else is refused. Raises ValueError saying what is
    in the way, OSError where the system does not let us write.
    """
    folder = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise ValueError("is a file; expected a folder")
    if folder.is_dir():
        _check_contents(folder)
        if folder.is_mount():
            raise ValueError("is a mount point and cannot be replaced; expected a folder inside it")
    parent = next(each for each in folder.parents if each.exists())
    if not parent.is_dir():
        raise ValueError(f"{parent} is a file; expected a folder")
    # Trying is the only test that sees permissions, read-only file systems and full disks alike.
    with tempfile.TemporaryDirectory(prefix=".out-", dir=parent):
        pass


def _check_contents(folder: Path) -> None:
    foreign = sorted(str(path.relative_to(folder)) for path in folder.iterdir() if not _is_ours(path))
    expected = "expected a new, empty or earlier report folder"
    if foreign:
        raise ValueError(f"holds other files than a report ({foreign[0]}); {expected}")
    run = folder / RUN
    if any(folder.iterdir()) and not (run.is_file() and _SCHEMA in run.read_text(encoding="utf-8", errors="replace")):
        raise ValueError(f"holds files but no {RUN} of a run; {expected}")


def _is_ours(path: Path) -> bool:
    if path.name == TABLES and path.is_dir():
        return all(each.is_file() and each.suffix == ".csv" for each in path.iterdir())
    return path.name in FILES and path.is_file()
