"""Writing the result files of a run: JSON, JSON lines and JUnit XML. ``attnproof.verify.tables.frame`` writes
tables.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from attnproof.verify.outcome import ABSTAIN, DIFFERS, ERROR, FAIL, SKIPPED, UNSUPPORTED


def plain(value: Any) -> Any:
    """``value`` with NaN and infinities as strings and NumPy scalars as Python numbers: valid JSON everywhere.

    A dataclass is the object of its fields, without those marked ``OPTIONAL`` that are None.
    """
    if is_dataclass(value):
        kept = [(each.name, getattr(value, each.name), each.metadata) for each in fields(value)]
        value = {name: item for name, item, marks in kept if item is not None or "optional" not in marks}
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


def write_json_lines(path: Path, rows: Iterable[Any]) -> None:
    """One JSON object a line."""
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(plain(row), ensure_ascii=False, allow_nan=False) + "\n")


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
