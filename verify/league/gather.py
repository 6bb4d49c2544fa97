"""All records as one document, ``league.json``: what the page is a function of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
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
SCHEMA_FILE: Final = Path(__file__).resolve().parents[1] / "schemas" / "league.schema.json"


def gathered(folder: Path = HERE, records: Path = RECORDED) -> dict[str, Any] | None:
    """The document; None where nothing is recorded. Members without a record are listed with that."""
    found = [_member(member, records) for member in members(folder).values()]
    asked = [each for each in found if each["versions"]]
    if not asked:
        return None
    listed = [asdict(row) for row in rows(folder)]
    return {
        "schema": SCHEMA,
        "date": max(version["date"] for each in asked for version in each["versions"]),
        "statuses": list(cells.STATUSES),
        "rows": [{name: row[name] for name in ("id", "group", "title", "says")} for row in listed],
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


def _member(member: Member, records: Path) -> dict[str, Any]:
    found = {version: read(records / f"{member.name}-{version}.json") for version in member.versions}
    versions = [_version(member, version, record) for version, record in found.items() if record is not None]
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


def _version(member: Member, version: str, record: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "version": version,
        "date": record["date"],
        "python": record["python"],
        "seconds": record["seconds"],
        "current": record["digest"] == member.digest(version),
        "problem": record["problem"],
        "tally": cells.tally(record["cells"]),
        "cells": {row: _with_thread(member, version, row, cell) for row, cell in record["cells"].items()},
        "earlier": record["earlier"],
    }


def _with_thread(member: Member, version: str, row: str, cell: Mapping[str, Any]) -> dict[str, Any]:
    """A cell with what is known in public of its row, unless all is well."""
    thread = member.threads.get(row)
    if thread is None or cell["status"] == cells.DOES:
        return dict(cell)
    return {**cell, "thread": dict(thread)} if version in thread.get("versions", member.versions) else dict(cell)


def _since(versions: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Rows that versions answer differently: ``does since 0.5.3``, and what the one before did."""
    found = {}
    for before, now in pairwise(versions):
        for row, cell in now["cells"].items():
            earlier = before["cells"].get(row, {}).get("status")
            if earlier not in (None, cell["status"]):
                found[row] = f"{cell['status']} since {now['version']}; {before['version']}: {earlier}"
    return found


def _never_asked(found: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Members of which no version could be asked, and why."""
    return [
        {"package": each["package"], "tried": f"{each['title']}, {problem['version']}", "why": problem["why"]}
        for each in found
        for problem in each["problems"]
    ]
