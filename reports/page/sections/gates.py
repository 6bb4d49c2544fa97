"""The gates of others: what each accepts of wrong kernels and rejects of right ones, and every kernel that one of
them accepts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from attnproof.reports.page.load import COMMON_COLUMNS, Results, Row
from attnproof.reports.page.section import Section, fill

TABLE: Final = "gates"
RULES: Final = "gate_rules"
OWN: Final = frozenset({"kind", "name", "task", "sizes", "how", "shown", "why", "recorded"})  # what is no gate's column
ACCEPTS: Final = "accepts"
REJECTS: Final = "rejects"
WRONG: Final = "wrong"


def section(results: Results) -> Section:
    """Gates side by side, by task, then wrong kernels that a gate accepts and right ones that one rejects."""
    rows = results.tables.get(TABLE, ())
    rules = results.tables.get(RULES, ())
    wrong = [row for row in rows if row["kind"] == WRONG]
    right = [row for row in rows if row["kind"] != WRONG]
    names = gates(rows)
    html = fill(
        "gates.html.j2",
        rows=rows,
        rules=rules,
        counts=(len(wrong), len(right)),
        days=sorted({str(row["recorded"]) for row in rows}),
        stale=[row for row in rows if row["verdict"] == "abstain"],
        broken=[row for row in rows if row["verdict"] in ("fail", "error")],
        names=names,
        tasks=by_task(wrong, names),
        passed=_listed(wrong, names, ACCEPTS),
        accused=_listed(right, names, REJECTS),
    )
    return Section("gates", "Accepted by their gate, rejected here", html)


def gates(rows: Sequence[Row]) -> list[str]:
    """The gates that the table has columns for, in order."""
    return [name for name in rows[0] if name not in OWN and name not in COMMON_COLUMNS] if rows else []


def by_task(rows: Sequence[Row], names: Sequence[str]) -> list[tuple[str, str, int, list[int]]]:
    """Task, sizes at which it is asked, wrong kernels of it, and how many each gate accepts."""
    total = Counter(str(row["task"]) for row in rows)
    accepted = Counter((str(row["task"]), name) for row in rows for name in names if row[name] == ACCEPTS)
    sizes = {str(row["task"]): str(row["sizes"]) for row in rows}
    return [(task, sizes[task], count, [accepted[task, name] for name in names]) for task, count in total.items()]


def _listed(rows: Sequence[Row], names: Sequence[str], word: str) -> list[dict[str, Any]]:
    """Kernels of which a gate says this, with the gates; those of which most do first."""
    found = [dict(row) | {"by": [name for name in names if row[name] == word]} for row in rows]
    return sorted((row for row in found if row["by"]), key=lambda row: -len(row["by"]))
