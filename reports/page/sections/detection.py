"""Detection power: what the verifier and the rules in common use catch, and whom they accuse."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from reports.page.load import Results, Row
from reports.page.section import Section, fill

TABLE: Final = "detection"
OURS: Final = ", our inputs"  # what the columns of the rules on the verifier's inputs end with
REJECTS: Final = "rejects"
NOTHING: Final = "not applicable"
VERIFIER: Final = "this verifier"


def section(results: Results) -> Section:
    """Rules side by side, then every fault, then the mutants by score."""
    rows = results.tables.get(TABLE, ())
    faults = [row for row in rows if row["kind"] == "fault"]
    right = [row for row in rows if row["kind"] in ("repaired twin", "correct")]
    names = rules(rows)
    html = fill(
        "detection.html.j2",
        rows=rows,
        power=[_verifier(faults, right), *(_rule(name, faults, right) for name in names)],
        faults=faults,
        names=names,
        counts=(len(faults), len(right)),
        mutants=mutants([row for row in rows if row["kind"] == "mutant"]),
        equivalent=[row for row in rows if row["kind"] == "mutant" and row["measured"] == "equivalent"],
        wrong=[row for row in rows if row["verdict"] != "pass"],
    )
    return Section("detection", "Detection power", html)


def rules(rows: Sequence[Row]) -> list[str]:
    """The rules that the table has columns for, in order."""
    return [name.removesuffix(OURS) for name in rows[0] if name.endswith(OURS)] if rows else []


def _verifier(faults: Sequence[Row], right: Sequence[Row]) -> dict[str, Any]:
    caught = sum(row["measured"] == "rejected" for row in faults)
    accused = sum(row["measured"] != "accepted" for row in right)
    return {"name": VERIFIER, "ordinary": None, "ours": (caught, len(faults), accused, len(right))}


def _rule(name: str, faults: Sequence[Row], right: Sequence[Row]) -> dict[str, Any]:
    return {"name": name, "ordinary": _said(name, faults, right), "ours": _said(name + OURS, faults, right)}


def _said(column: str, faults: Sequence[Row], right: Sequence[Row]) -> tuple[int, int, int, int]:
    """Faults rejected and asked about, correct ones rejected and asked about."""
    asked = [[str(row[column]) for row in group if row[column] != NOTHING] for group in (faults, right)]
    caught, accused = (sum(word == REJECTS for word in words) for words in asked)
    return caught, len(asked[0]), accused, len(asked[1])


def mutants(rows: Sequence[Row]) -> list[tuple[str, Counter[str]]]:
    """For each score how many mutants came to what."""
    return [
        (score, Counter(str(row["measured"]) for row in rows if row["score"] == score))
        for score in dict.fromkeys(str(row["score"]) for row in rows)
    ]
