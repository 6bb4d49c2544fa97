"""Writing the result files of a run: JSON, JSON lines, CSV and JUnit XML, each a plain function of rows."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

from attnproof.verify.outcome import ABSTAIN, DIFFERS, ERROR, FAIL, SKIPPED, UNSUPPORTED
from attnproof.verify.unit import Row

COMMON_COLUMNS: Final = (
    "id",
    "score",
    "implementation",
    "dtype",
    "device",
    "theory",
    "theory_value",
    "measured",
    "uncertainty",
    "detectable",
    "grade",
    "verdict",
    "reason",
)


def plain(value: Any) -> Any:
    """``value`` with NaN and infinities as strings and NumPy scalars as Python numbers: valid JSON everywhere."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "item") and not isinstance(value, (str, bytes)):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    return value


def write_json(path: Path, content: Any) -> None:
    """One JSON document, indented."""
    path.write_text(json.dumps(plain(content), indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def write_json_lines(path: Path, rows: Iterable[Row]) -> None:
    """One JSON object a line."""
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(plain(row), ensure_ascii=False, allow_nan=False) + "\n")


def write_csv(path: Path, rows: Sequence[Row]) -> None:
    """A table: the common columns first, then the table's own in order of first appearance; empty cells for None."""
    own = dict.fromkeys(key for row in rows for key in row if key not in COMMON_COLUMNS and key != "table")
    columns = [*(name for name in COMMON_COLUMNS if any(name in row for row in rows)), *own]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({key: _cell(value) for key, value in plain(row).items()})


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (dict, list)) else value


def write_junit(path: Path, suites: Mapping[str, Sequence[tuple[str, str, str | None]]]) -> None:
    """JUnit XML: of each suite the cases ``(name, outcome, reason)``. No times: equal runs give equal files."""
    root = ET.Element("testsuites", name="attnproof")
    for name, cases in suites.items():
        outcomes = [outcome for _, outcome, _ in cases]
        skipped = sum(outcome in (SKIPPED, UNSUPPORTED, ABSTAIN, DIFFERS) for outcome in outcomes)
        suite = ET.SubElement(
            root,
            "testsuite",
            name=name,
            tests=str(len(cases)),
            failures=str(outcomes.count(FAIL)),
            errors=str(outcomes.count(ERROR)),
            skipped=str(skipped),
        )
        for case, outcome, reason in cases:
            element = ET.SubElement(suite, "testcase", classname=name, name=case)
            if outcome == FAIL:
                ET.SubElement(element, "failure", message=reason or "")
            elif outcome == ERROR:
                ET.SubElement(element, "error", message=reason or "")
            elif outcome in (SKIPPED, UNSUPPORTED, ABSTAIN, DIFFERS):
                ET.SubElement(element, "skipped", message=f"{outcome}: {reason or ''}")
    ET.indent(root)
    ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)
