"""Evidence recorded elsewhere or earlier (``reports/recorded/``): it travels with a run's result files to its page."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Final

from attnproof.reports.page import league
from attnproof.reports.page.render import render
from attnproof.verify.league.gather import SCHEMA_FILE, gathered

RECORDED: Final = Path(__file__).resolve().parents[1] / "recorded"


def finish(folder: Path) -> Path:
    """Put the recorded evidence beside a run's result files in ``folder`` and render its pages; returns the first."""
    place(folder)
    place_league(folder)
    league.render(folder)
    return render(folder)


def place(folder: Path, source: Path = RECORDED) -> None:
    """Copy every record of ``source`` into ``folder/recorded``; nothing where there is none."""
    records = sorted(source.glob("*.json"))
    if records:
        (folder / "recorded").mkdir(exist_ok=True)
    for path in records:
        shutil.copyfile(path, folder / "recorded" / path.name)


def place_league(folder: Path) -> None:
    """Write the league's records into ``folder``, one document, and its schema; nothing where there are none."""
    found = gathered()
    if found is None:
        return
    text = json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False)
    (folder / "league.json").write_text(f"{text}\n", encoding="utf-8")
    shutil.copyfile(SCHEMA_FILE, folder / SCHEMA_FILE.name)
