"""The command ``attnproof report``: render the page again from a run's files."""

from __future__ import annotations

import argparse
from pathlib import Path

from attnproof.reports.commands.folder import DEFAULT_OUT, OUT_HELP, folder
from attnproof.reports.commands.status import EXIT_OK, UsageError


def arguments(_command: str, report: argparse.ArgumentParser) -> None:
    """What the command takes."""
    report.add_argument("--out", type=folder, default=DEFAULT_OUT, metavar="FOLDER", help=OUT_HELP)


def run(given: argparse.Namespace) -> int:
    """Render and print where the page is.

    Raises UsageError for files that were edited since the run: the page would show what no run found.
    """
    from attnproof.reports.commands.terminal import console

    try:
        page = _render(given.out)
    except ValueError as error:
        raise UsageError(f"--out {given.out}: {error}") from error
    console().print(f"Report: {page}", soft_wrap=True, highlight=False)
    return EXIT_OK


def _render(out: Path) -> Path:
    from attnproof.reports.page.render import render
    from attnproof.verify.run.manifest import copy_unedited
    from attnproof.verify.run.place import real
    from attnproof.verify.run.replace import put_page_in_place, staging

    out = real(out)
    if not (out / "run.json").is_file():
        raise ValueError("no run.json there; expected the folder of a run (attnproof verify makes one)")
    with staging(out) as copy:
        copy_unedited(out, copy)
        put_page_in_place(render(copy), out)
    return out / "index.html"
