"""The section on detection power counts what the table says, and says so when there is none."""

from __future__ import annotations

import csv
from pathlib import Path

from reports.page import render
from reports.page.load import load
from reports.page.sections import detection

RULE = "0.01"


def rows() -> list[dict[str, str]]:
    def row(kind: str, name: str, measured: str, ordinary: str, ours: str, **more: str) -> dict[str, str]:
        theory = "rejected" if kind in ("fault", "mutant") else "accepted"
        common = dict.fromkeys(
            ("theory_value", "uncertainty", "detectable", "reason", "row", "seen_in", "caught_by", "why"), ""
        )
        found = common | {
            "id": f"detection/{kind}/{name}",
            "kind": kind,
            "name": name,
            "score": "dot",
            "implementation": name,
        }
        found |= {"dtype": "fp64", "device": "cpu", "grade": "exact", "theory": theory, "measured": measured}
        return found | {"verdict": "pass", RULE: ordinary, f"{RULE}, our inputs": ours} | more

    return [
        row(
            "fault", "one", "rejected", "accepts", "rejects", row="13", seen_in="a #1", caught_by="values", why="<off>"
        ),
        row("fault", "two", "rejected", "rejects", "rejects"),
        row("fault", "three", "accepted", "not applicable", "not applicable", verdict="fail", reason="missed"),
        row("repaired twin", "good", "accepted", "rejects", "accepts"),
        row("correct", "best", "accepted", "accepts", "accepts"),
        row("mutant", "m1", "rejected", "", ""),
        row("mutant", "m2", "equivalent", "", "", why="the same sum"),
    ]


def with_table(folder: Path) -> Path:
    found = rows()
    with (folder / "tables" / "detection.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(found[0]))
        writer.writeheader()
        writer.writerows(found)
    return folder


def test_the_table_is_counted(run_folder: Path) -> None:
    results = load(with_table(run_folder))
    text = detection.section(results).html
    flat = " ".join(text.split())
    assert (
        '<th scope="row">this verifier</th><td class="none" colspan="2">its inputs are its own</td><td>2 of 3</td><td>0 of 2</td>'
        in flat
    )
    assert '<th scope="row">0.01</th><td>1 of 2</td><td>1 of 2</td><td>2 of 2</td><td>0 of 2</td>' in flat
    assert '<th scope="row">dot</th><td>1</td><td>1</td><td>0</td><td>0</td>' in flat
    assert "1 are decided wrongly" in flat
    assert "detection/fault/three" in flat
    assert "&lt;off&gt;" in flat
    assert "the same sum" in flat


def test_a_run_without_faults_says_so(run_folder: Path) -> None:
    assert "Faults were not part of this run" in render(run_folder).read_text(encoding="utf-8")
    assert "Faults were not part of this run" not in render(with_table(run_folder)).read_text(encoding="utf-8")
