"""Every row of every table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from attnproof.reports import words
from attnproof.reports.page.load import COMMON_COLUMNS, Results, Row
from attnproof.reports.page.numbers import number, show
from attnproof.reports.page.section import Section, fill, slug

MOST_ROWS: Final = 150  # a longer table is cut to keep the page light; its CSV file has every row
MOST_LINKED: Final = 800  # the same for a table whose rows are linked one by one
LINKED: Final = frozenset({"evidence"})  # tables whose rows claims link to one by one
# tables that a section of their own lists, or sums up beside a link to the file
ELSEWHERE: Final = frozenset(
    {"detection", "found_by", "leave_one_out", "gates", "gate_rules", "tightness", "abstentions", "functions"}
)
NUMBERS: Final = frozenset({"theory_value", "measured", "uncertainty", "detectable"})
UNITS: Final = (
    "Measured and theory value agree when they differ by no more than the uncertainty, all in the quantity's own unit; "
    "a row could have seen a deviation of the size detectable."
)
LAST: Final = ("implementation", "dtype", "device", "theory", "theory_value", "measured", "uncertainty", "detectable",
               "grade", "verdict", "reason")  # fmt: skip


def section(results: Results) -> Section:
    """Each table in full, anchored ``rows-NAME``; one that is too long shows what did not pass first."""
    tables = [_table(name, rows) for name, rows in results.tables.items() if rows and name not in ELSEWHERE]
    links = tuple((slug("rows", table["name"]), table["title"]) for table in tables)
    return Section("rows", "All rows", fill("rows.html.j2", tables=tables), links)


def anchors(name: str, rows: tuple[Row, ...]) -> dict[str, str]:
    """The anchor of each listed row by the row's id, for tables whose rows are linked one by one; none for others.

    An id that slugs to the anchor of another row has none.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    if name in LINKED:
        for row in _listed(name, rows):
            if (anchor := slug("row", row["id"])) not in taken:
                found[row["id"]] = anchor
                taken.add(anchor)
    return found


def _listed(name: str, rows: tuple[Row, ...]) -> Sequence[Row]:
    most = MOST_LINKED if name in LINKED else MOST_ROWS
    return rows if len(rows) <= most else _most_telling(rows, most)


def _table(name: str, rows: tuple[Row, ...]) -> dict[str, Any]:
    own = [column for column in rows[0] if column not in COMMON_COLUMNS]
    columns = [column for column in ("id", *own, *LAST) if len(rows) == 1 or len({row[column] for row in rows}) > 1]
    shown = _listed(name, rows)
    places = anchors(name, rows)
    return {
        "name": name,
        "title": name.replace("_", " "),
        "about": f"{words.TABLES[name]} {UNITS}",
        "columns": [f"#{_title(column)}" if column in NUMBERS else _title(column) for column in columns],
        "constant": [
            (column, rows[0][column]) for column in (*own, *LAST) if column not in columns and rows[0][column]
        ],
        "rows": [(places.get(row["id"]), [_cell(column, row[column]) for column in columns]) for row in shown],
        "total": len(rows),
        "counts": words.counted(row["verdict"] for row in rows),
    }


def _title(column: str) -> str:
    return column.replace("_", " ")


def _most_telling(rows: tuple[Row, ...], most: int) -> list[Row]:
    """At most ``most`` in the table's order: what failed, then what was judged, the widest formats first."""
    rank = {"fail": 0, "error": 0, "pass": 1, "abstain": 1, "differs by contract": 1}
    formats = {name: place for place, name in enumerate(words.FORMATS)}

    def key(place: int) -> tuple[int, int, int]:
        row = rows[place]
        return rank.get(row["verdict"], 2), formats.get(row["dtype"], -1), place

    return [rows[place] for place in sorted(sorted(range(len(rows)), key=key)[:most])]


def _cell(column: str, text: str) -> tuple[str, str, str]:
    """Kind (``status``, ``number``, ``text``, ``code``), what is shown, and for some numbers the value to sort by."""
    if column == "verdict":
        return "status", text, ""
    if column == "id":
        return "code", text, ""
    value = number(text)
    if column in NUMBERS or value is not None:
        shown = show(text)
        return "number", shown, "" if value is None or _is_plain(shown) else f"{value:.6g}"
    return "text", _plain(text), ""


def _is_plain(shown: str) -> bool:
    """Whether a script can read what is shown as a number."""
    return shown.replace(".", "", 1).isascii() and shown.replace(".", "", 1).isdigit()


def _plain(text: str) -> str:
    """A cell that holds JSON (a list or an object) on one line; other text unchanged."""
    if text[:1] not in {"[", "{"}:
        return text
    try:
        value = json.loads(text)
    except json.JSONDecodeError:
        return text
    return ", ".join(map(str, value)) if isinstance(value, list) else ", ".join(f"{k} {v}" for k, v in value.items())
