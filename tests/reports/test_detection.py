"""The section on detection power counts what the table says, and says so when there is none."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

from attnproof.reports.page.load import load
from attnproof.reports.page.render import render
from attnproof.reports.page.sections import detection

RULE = "0.01"


def rows() -> list[dict[str, str]]:
    def row(kind: str, name: str, measured: str, ordinary: str, ours: str, **more: str) -> dict[str, str]:
        theory = "rejected" if kind in ("fault", "mutant") else "accepted"
        common = dict.fromkeys(
            (
                "theory_value",
                "uncertainty",
                "detectable",
                "reason",
                "seen_in",
                "repaired",
                "caught_by",
                "why",
                "mutation",
                "program",
            ),
            "",
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
            "fault",
            "one",
            "rejected",
            "accepts",
            "rejects",
            seen_in="a #1",
            caught_by="values",
            why="<off>",
            repaired="good",
        ),
        row("fault", "two", "rejected", "rejects", "rejects", repaired="good"),
        row(
            "fault",
            "three",
            "accepted",
            "not applicable",
            "not applicable",
            verdict="fail",
            reason="missed",
            repaired="good",
        ),
        row("repaired twin", "good", "accepted", "rejects", "accepts"),
        row("correct", "best", "accepted", "accepts", "accepts"),
        row("mutant", "m1", "rejected", "", "", mutation="wrong sign", caught_by="values", program="numpy"),
        row("mutant", "m3", "rejected", "", "", mutation="wrong axis", caught_by="values", program="torch"),
        row("mutant", "m2", "equivalent", "", "", why="the same sum", mutation="wrong sign", program="numpy"),
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
    flat = re.sub(r">\s+<", "><", text)
    assert (
        '<th scope="row">this verifier</th><td class="none" colspan="3">its inputs are its own</td>'
        "<td>2 of 3</td><td>0 of 2</td><td>2 of 3</td>" in flat
    )
    assert (
        '<th scope="row">0.01</th><td>1 of 2</td><td>1 of 2</td><td>0 of 2</td>'
        "<td>2 of 2</td><td>0 of 2</td><td>2 of 2</td>" in flat
    )
    assert '<th scope="row">dot, numpy</th><td>1</td><td>1</td><td>0</td><td>0</td>' in flat
    assert '<th scope="row">dot, torch</th><td>1</td><td>0</td><td>0</td><td>0</td>' in flat
    assert '<th scope="row">wrong sign</th><td>1</td><td>1</td><td>0</td><td>0</td>' in flat
    assert "first property that failed: values 2." in flat
    assert 'aria-label="accepts, rejects">✗&nbsp;✓</span>' in flat
    assert "1 are decided wrongly" in flat
    assert "detection/fault/three" in flat
    assert "&lt;off&gt;" in flat
    assert "the same sum" in flat


def with_evidence(folder: Path, *, recorded: str = "2026-11-30", asked: str = "values") -> Path:
    """The two tables of what finds faults, of two faults."""
    from attnproof.verify.detection import left_out
    from attnproof.verify.rows.tables import FoundByRow
    from attnproof.verify.tables import frame

    says: dict[str, Any] = {"algebra": "rejects", "proof": "not applicable", "rounding": "rejects", "state": "accepts"}
    common: dict[str, Any] = {"verdict": "pass", "asked": asked, "recorded": recorded}
    found = [
        FoundByRow(
            id="found_by/one",
            name="one",
            written_for="masks",
            rejected_by="algebra, masks, values",
            others="algebra, values",
            coverage="accepts",
            **says,
            **common,
        ),
        FoundByRow(
            id="found_by/two",
            name="two",
            written_for="masks",
            rejected_by="masks",
            coverage="rejects",
            **dict.fromkeys(says, "accepts"),
            **common,
        ),
    ]
    frame.write(folder / "tables", {"found_by": found, "leave_one_out": left_out.rows(found)})
    return folder


def test_what_finds_faults_is_shown_from_the_tables(run_folder: Path) -> None:
    text = detection.section(load(with_evidence(with_table(run_folder)))).html
    flat = re.sub(r">\s+<", "><", text)
    alone = '<td class="num">2</td><td class="num">1</td><td>two</td>'
    assert f'<th scope="row">masks <small>(property)</small></th>{alone}' in flat
    assert f'<th scope="row">everything written for the fault <small>(written for)</small></th>{alone}' in flat
    kind = '<th scope="row">coverage <small>(kind of evidence)</small></th>'
    assert f'{kind}<td class="num">1</td><td class="num">0</td><td>two</td>' in flat
    marks = "".join(
        f'<td><span role="img" aria-label="{word}">{mark}</span></td>'
        for word, mark in (
            ("rejects", "✓"),
            ("not applicable", "·"),
            ("rejects", "✓"),
            ("accepts", "✗"),
            ("accepts", "✗"),
        )
    )
    assert f'<th scope="row">one</th>{marks}<td>algebra, values</td>' in flat
    words = re.sub(r"\s+", " ", text)
    assert "says of 2 faults was recorded on 2026-11-30" in words
    assert "of 2 of them a property" in words


def test_a_run_that_asked_everything_says_so(run_folder: Path) -> None:
    text = detection.section(load(with_evidence(with_table(run_folder), recorded="", asked="everything"))).html
    assert "Every property was asked of every fault in this run" in text
    assert "recorded on" not in text


def test_a_run_without_faults_says_so(run_folder: Path) -> None:
    assert "Faults were not part of this run" in render(run_folder).read_text(encoding="utf-8")
    assert "Faults were not part of this run" not in render(with_table(run_folder)).read_text(encoding="utf-8")


def test_who_rejects_the_twin_too_tells_nothing_apart() -> None:
    faults = [row for row in rows() if row["kind"] == "fault"]
    right = [row for row in rows() if row["kind"] in ("repaired twin", "correct")]
    assert detection._said(RULE, faults, right) == (1, 2, 1, 2, 0)
    assert detection._said(f"{RULE}, our inputs", faults, right) == (2, 2, 0, 2, 2)
    without = [dict(row, repaired="another") for row in faults]
    assert detection._said(f"{RULE}, our inputs", without, right)[4] == 0


def test_a_correct_implementation_that_broke_counts_as_accused_and_a_fault_that_broke_as_missed() -> None:
    faults = [dict(row, measured="broke") for row in rows() if row["kind"] == "fault"]
    right = [dict(row, measured="broke") for row in rows() if row["kind"] in ("repaired twin", "correct")]
    assert detection._verifier(faults, right)["ours"] == (0, 3, 2, 2, 0)


def test_bars_are_as_long_as_their_shares() -> None:
    from attnproof.reports.page.figures.detection import figure

    drawn = str(figure([("one", None, (1, 2, 0, 4, 1)), ("two", (0, 0, 0, 0, 0), (2, 2, 1, 4, 2))]))
    bars = [float(width) for width in re.findall(r'<rect [^>]* width="([0-9.]+)"', drawn)]
    full = max(bars)
    ordinary, ours = bars[:2], bars[2:]
    assert ordinary == [0, 0]  # nothing asked
    assert [round(width / full, 2) for width in ours] == [0.5, 0, 1, 0.25]
    assert "one: 1 of 2 faults caught" in drawn
    for label in ("–", "50 %", "25 %", "100 %"):
        assert f">{label}</text>" in drawn
