"""All records as one document, ``league.json``: what the page is a function of."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

from attnproof.verify.formats.onnx.record import record as onnx_record
from attnproof.verify.league import cells
from attnproof.verify.league.member import HERE, Member, absent, members
from attnproof.verify.league.rows import rows
from attnproof.verify.league.running import RECORDED, read

SCHEMA: Final = "attnproof.league/1"
NOT_YET: Final = "not asked yet"
NEWER: Final = {"status": cells.NOT_ASKED, "words": "the row is newer than the record", "counts": {}}
SCHEMA_FILE: Final = Path(__file__).resolve().parents[1] / "schemas" / "league.schema.json"


def gathered(folder: Path = HERE, records: Path = RECORDED) -> dict[str, Any] | None:
    """The document; None where nothing is recorded. Members without a record are listed with that."""
    listed = rows(folder)
    found = [_member(member, records, [row.id for row in listed]) for member in members(folder).values()]
    asked = [each for each in found if each["versions"]]
    if not asked:
        return None
    return {
        "schema": SCHEMA,
        "date": max(version["date"] for each in asked for version in each["versions"]),
        "statuses": list(cells.STATUSES),
        "rows": [{name: getattr(row, name) for name in ("id", "group", "title", "says")} for row in listed],
        "members": asked,
        "onnx": _onnx(),
        "absent": [*absent(folder), *_never_asked(found)],
    }


def _onnx() -> dict[str, Any]:
    """The operator's specification as rows, and what every version of every party answers."""
    found = onnx_record()
    says = [
        {"name": name, "says": row["says"], "opset": row["opset"], "threads": list(row["threads"])}
        for name, row in found["rows"].items()
    ]
    parties = [
        {
            "party": party,
            "version": version,
            "cells": {row: {"verdict": cell} if isinstance(cell, str) else dict(cell) for row, cell in answers.items()},
        }
        for party, versions in found["cells"].items()
        for version, answers in versions.items()
    ]
    return {"rows": says, "parties": parties}


def _member(member: Member, records: Path, listed: Collection[str]) -> dict[str, Any]:
    found = {version: read(records / f"{member.name}-{version}.json") for version in member.versions}
    versions = [_version(member, version, record, listed) for version, record in found.items() if record is not None]
    missing = [version for version, record in found.items() if record is None]
    asked = [each for each in versions if each["cells"]]
    return {
        "name": member.name,
        "title": member.title,
        "package": member.package,
        "documentation": member.documentation,
        "adapter": member.adapter,
        "asked": [" ".join(each) for each in member.asks],
        "versions": asked,
        "since": _since(asked),
        "problems": [
            *({"version": each["version"], "why": each["problem"]} for each in versions if each["problem"]),
            *({"version": version, "why": NOT_YET} for version in missing),
        ],
    }


def _version(member: Member, version: str, record: Mapping[str, Any], listed: Collection[str]) -> dict[str, Any]:
    return {
        "version": version,
        "date": record["date"],
        "python": record["python"],
        "seconds": record["seconds"],
        "current": record["digest"] == member.digest(version),
        "problem": record["problem"],
        "tally": cells.tally(record["cells"]),
        "cells": {row: _beside(member, version, row, cell) for row, cell in _complete(record["cells"], listed).items()},
        "earlier": record["earlier"],
    }


def _complete(found: Mapping[str, Any], listed: Collection[str]) -> dict[str, Any]:
    """The cells of a record in the order of the rows, those that are newer than it with that."""
    return {row: found.get(row, NEWER) for row in listed} if found else {}


def _beside(member: Member, version: str, row: str, cell: Mapping[str, Any]) -> dict[str, Any]:
    """A cell with what the documentation promises of its row, and what is known in public, unless all is well."""
    found = dict(cell)
    if (promise := member.promised(version).get(row)) is not None:
        found["promise"] = {name: promise[name] for name in ("says", "address", "read")}
    thread = member.threads.get(row)
    if thread and cell["status"] != cells.DOES and version in thread.get("versions", member.versions):
        found["thread"] = dict(thread)
    return found


def _since(versions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Rows that versions answer differently: ``does since 0.5.3``, and what the one before did."""
    found = {}
    for before, now in pairwise(versions):
        for row, cell in now["cells"].items():
            earlier, told = _told(before["cells"][row]), _told(cell)
            if earlier != told and NEWER["words"] not in (cell["words"], before["cells"][row]["words"]):
                found[row] = f"{told} since {now['version']}; {before['version']}: {earlier}"
    return found


def _told(cell: Mapping[str, Any]) -> str:
    """The status; of a convention, which."""
    convention, nothing_promised, _ = cell["words"].partition(cells.NO_PROMISE)
    return convention if nothing_promised else str(cell["status"])


def _never_asked(found: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Versions of members that could not be asked, or were not yet, and why."""
    return [
        {"package": each["package"], "tried": f"{each['title']}, {problem['version']}", "why": problem["why"]}
        for each in found
        for problem in each["problems"]
    ]
