"""The command ``attnproof report``: render the page again from a run's files."""

from __future__ import annotations

import argparse

from attnproof.reports.commands.folder import DEFAULT_OUT, OUT_HELP, folder
from attnproof.reports.commands.status import EXIT_OK, UsageError


def arguments(_command: str, report: argparse.ArgumentParser) -> None:
    """What the command takes."""
    report.add_argument("--out", type=folder, default=DEFAULT_OUT, metavar="FOLDER", help=OUT_HELP)


def run(given: argparse.Namespace) -> int:
    """Render and print where the page is."""
    from attnproof.reports.commands.terminal import console
    from attnproof.reports.page.render import render

    if not (given.out / "run.json").is_file():
        raise UsageError(
            f"--out {given.out}: no run.json there; expected the folder of a run (attnproof verify makes one)"
        )
    try:
        page = render(given.out)
    except ValueError as error:
        raise UsageError(str(error)) from error
    console().print(f"Report: {page}", soft_wrap=True, highlight=False)
    return EXIT_OK
