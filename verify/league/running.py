"""A run of the league: what is recorded and still right is kept, the rest is asked, side by side."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, as_completed
from pathlib import Path
from typing import Any, Final

from attnproof.impl.replacing import replacing
from attnproof.verify.league import cells
from attnproof.verify.league.asking import Job, ask

RECORDED: Final = Path(__file__).resolve().parents[1] / "recorded" / "league"


def run(
    jobs: Sequence[Job], executor: Executor, *, folder: Path = RECORDED, again: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> int:  # fmt: skip
    """Ask every job that is not recorded as it is now; returns how many were asked.

    A record is written as soon as it is there, whole or not at all: what was interrupted goes on with the rest.
    """
    due = [job for job in jobs if again or not _is_recorded(folder, job)]
    progress(f"{len(jobs) - len(due)} recorded, {len(due)} to ask")
    asked = {executor.submit(ask, job): job for job in due}
    for number, future in enumerate(as_completed(asked), start=1):
        job, record = asked[future], future.result()
        write(folder / f"{job.name}.json", _beside_earlier(folder, job, record))
        said = record["problem"] or ", ".join(f"{n} {s}" for s, n in cells.tally(record["cells"]).items() if n)
        progress(f"[{number}/{len(due)}] {job.name}: {said} ({record['seconds']} s)")
    return len(due)


def read(path: Path) -> dict[str, Any] | None:
    """A record, None where there is none."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return found


def write(path: Path, content: dict[str, Any]) -> None:
    """Put a record in place, all at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)
    with replacing(path) as file:
        file.write(f"{text}\n".encode())


def _is_recorded(folder: Path, job: Job) -> bool:
    earlier = read(folder / f"{job.name}.json")
    return earlier is not None and earlier["digest"] == job.member.digest(job.version)


def _beside_earlier(folder: Path, job: Job, record: dict[str, Any]) -> dict[str, Any]:
    """The record with what it changes of the one that is there."""
    earlier = read(folder / f"{job.name}.json")
    if earlier is None:
        return record | {"earlier": None}
    return record | {
        "earlier": {"date": earlier["date"], "changes": list(cells.changes(earlier["cells"], record["cells"]))}
    }
