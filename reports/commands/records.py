"""Evidence recorded elsewhere or earlier (``reports/recorded/``): it travels with a run's result files to its page."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from attnproof.reports.page.render import render

RECORDED: Final = Path(__file__).resolve().parents[1] / "recorded"


def finish(folder: Path) -> Path:
    """Put the recorded evidence beside a run's result files in ``folder`` and render its page; returns the path."""
    place(folder)
    return render(folder)


def place(folder: Path, source: Path = RECORDED) -> None:
    """Copy every record of ``source`` into ``folder/recorded``; nothing where there is none."""
    records = sorted(source.glob("*.json"))
    if records:
        (folder / "recorded").mkdir(exist_ok=True)
    for path in records:
        shutil.copyfile(path, folder / "recorded" / path.name)
