"""The last build, kept under version control, and what it still says of a claim or lemma."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from attnproof.impl.replacing import replacing
from attnproof.verify.kernel.sources import PROVED, digest

if TYPE_CHECKING:  # building takes every formula, and reading what was built does not
    from attnproof.verify.kernel.build import Build

SCHEMA: Final = "attnproof.kernel/2"
PATH: Final = Path(__file__).resolve().parents[1] / "recorded" / "kernel.json"


@dataclass(frozen=True)
class Standing:
    """What the recorded build says of a claim or lemma today.

    state     accepted: every proposition, and no file that the proofs rest on has changed since. stale: one has.
              rejected: Coq did not accept every one. unproved: no proof is written, or none was built
    theorems  the propositions that were accepted, when ``state`` is accepted
    """

    state: Literal["accepted", "stale", "rejected", "unproved"]
    theorems: tuple[str, ...] = ()
    coq: str = ""
    date: str = ""


def write(build: Build, path: Path = PATH) -> None:
    """Replace the record, in one step."""
    row = {"schema": SCHEMA, "date": datetime.now(UTC).date().isoformat(), **asdict(build)}
    row["seconds"] = round(build.seconds, 1)
    with replacing(path) as file:
        file.write(f"{json.dumps(row, indent=1, sort_keys=True)}\n".encode())


@cache
def _recorded() -> Mapping[str, Any]:
    """Raises ValueError for a file that is no record."""
    if not PATH.is_file():
        return {"subjects": {}}
    row: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    if row.get("schema") != SCHEMA:
        raise ValueError(f"{PATH.name}: expected the schema {SCHEMA}, got {row.get('schema')!r}")
    return row


def standing(name: str) -> Standing:
    """What the record says of a claim or lemma, held to the files as they are now."""
    row = _recorded()
    found = row["subjects"].get(name)
    if name not in PROVED or found is None:
        return Standing("unproved")
    if found["problem"] is not None:
        return Standing("rejected", (), row["version"], row["date"])
    if found["digest"] != digest(name):
        return Standing("stale", (), row["version"], row["date"])
    return Standing("accepted", tuple(found["theorems"]), row["version"], row["date"])
