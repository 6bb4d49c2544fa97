"""The section on the gates of others counts what the tables say, and says so when there are none."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from attnproof.reports.page.load import load
from attnproof.reports.page.sections import gates


def with_tables(folder: Path, **changes: Any) -> Path:
    """The two tables of a run, of two wrong kernels and a right one."""
    from attnproof.verify.gates.rules import GATES
    from attnproof.verify.rows.tables import GateRow, GateRuleRow
    from attnproof.verify.tables import frame

    def row(name: str, kind: str, first: str, **more: Any) -> GateRow:
        said = {gate.name: first if gate is GATES[0] else "rejects" for gate in GATES}
        about: dict[str, Any] = {"verdict": "pass", "task": "softmax", "how": "degenerate", "recorded": "2026-12-01"}
        return GateRow(
            id=f"gates/{kind}/{name}", kind=kind, name=name, gates=said, measured="rejected", **(about | more)
        )

    rows = [
        row("zeros", "wrong", "accepts", shown="far <off>", why="formula"),
        row("ones", "wrong", "rejects"),
        row("best", "right", "accepts", **changes),
    ]
    rules = [
        GateRuleRow(
            id="gate_rules/a gate",
            gate="a gate",
            says="near enough",
            source="a file at abc",
            threads="owner/name#1",
            wrong=2,
            accepted=1,
            right=1,
            accused=0,
            precise=0,
            undecided=0,
            verdict="pass",
        )
    ]
    frame.write(folder / "tables", {"gates": rows, "gate_rules": rules})
    return folder


def test_the_tables_are_counted(run_folder: Path) -> None:
    text = re.sub(r"\s+", " ", gates.section(load(with_tables(run_folder))).html)
    assert "2 kernels that are wrong and 1 that are right" in text
    assert "<td>near enough <small>a file at abc; owner/name#1</small></td>" in text
    assert '<td class="num">1 of 2</td>' in text
    assert '<th scope="row">softmax</th><td class="num">2</td> <td>1</td>' in text.replace("td><td", "td> <td")
    assert "1 wrong kernels that a gate accepts" in text
    assert "far &lt;off&gt;" in text
    assert "1 right kernels that a gate rejects" in text
    assert "2026-12-01" in text
    assert "are decided wrongly here" not in text


def test_what_is_decided_wrongly_or_not_is_named(run_folder: Path) -> None:
    failed = gates.section(load(with_tables(run_folder, verdict="fail", reason="best: accused"))).html
    assert "1 are decided wrongly here" in failed
    assert "best: accused" in failed
    stale = gates.section(load(with_tables(run_folder, verdict="abstain", reason="recorded before"))).html
    assert "1 are not decided here" in stale


def test_without_the_tables_the_section_says_so(run_folder: Path) -> None:
    assert "were not part of this run" in gates.section(load(run_folder)).html
