"""Speed and memory as recorded by ``nox -s bench``: medians, ratios, peak memory, and how time grows with sizes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from markupsafe import Markup

from attnproof.reports.page.figures.drawing import figure
from attnproof.reports.page.load import Results, Row
from attnproof.reports.page.section import Section, fill

SCALES: Final[Mapping[str, str]] = MappingProxyType({"n": "queries and keys n", "d": "every width d"})
FLOOR: Final = "floor: multiply-adds alone"


def section(results: Results) -> Section:
    """Every record, the fullest first; a sentence where there is none."""
    records = sorted(results.benches.items(), key=lambda item: len(item[1]["timings"]), reverse=True)
    return Section("speed", "Speed", fill("speed.html.j2", records=[_record(name, data) for name, data in records]))


def _record(name: str, data: Mapping[str, Any]) -> dict[str, Any]:
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in data["timings"]:
        key = tuple(row.get(field) for field in ("group", "n", "d", "dtype", "backward"))
        groups.setdefault(key, []).append(row)
    floors = {(row["n"], row["d"], row["dtype"], row["backward"]): row["seconds"] for row in data["floors"]}
    compared = [_table(key, rows, floors, frozenset(data["ours"])) for key, rows in groups.items()]
    return {
        "name": name,
        "started": data["started"],
        "commit": data["commit"],
        "device": data["device"],
        "versions": data["versions"],
        "tables": [table for table in compared if table["n"] is not None],
        "pairs": [table for table in compared if table["n"] is None],
        "memory": _memory(data["memory"]),
        "missing": list({f"{row['name']}: {row['reason']}": None for row in data["missing"]}),
        "figures": [
            drawn
            for axis in SCALES
            for backward in (False, True)
            if (drawn := _scaling(data, floors, axis, backward=backward))
        ],
    }


def _table(
    key: tuple[Any, ...], rows: Sequence[Row], floors: Mapping[tuple[Any, ...], float], ours: frozenset[str]
) -> dict[str, Any]:
    """One group of sides that did the same work; ratios to the fastest side of this project."""
    group, n, d, dtype, backward = key
    mine = [row["median"] for row in rows if row["name"] in ours]
    best = min(mine or [row["median"] for row in rows])
    floor = floors.get((n, d, dtype, backward)) if group == "additive" else None
    return {
        "group": group,
        "n": n,
        "d": d,
        "dtype": dtype,
        "backward": backward,
        "floor": floor,
        "rows": [
            {"name": row["name"], "ours": row["name"] in ours, "ms": 1e3 * row["median"], "least": 1e3 * row["least"],
             "repeats": row["repeats"], "ratio": row["median"] / best,
             "floors": row["median"] / floor if floor else None}
            for row in sorted(rows, key=lambda row: row["median"])
        ],
    }  # fmt: skip


def _memory(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """For each side its peak in MiB, forward and with backward, at the sizes measured."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = (row["name"], row["n"], row["d"], row["dtype"])
        kind = "both" if row["backward"] else "forward"
        found.setdefault(key, dict(zip(("name", "n", "d", "dtype"), key, strict=True)))[kind] = row["bytes"] / 2**20
    return list(found.values())


def _scaling(
    data: Mapping[str, Any], floors: Mapping[tuple[Any, ...], float], axis: str, *, backward: bool
) -> Markup | None:
    """Time against one size, the other being the one at which most sizes were measured; both axes logarithmic."""
    rows = [row for row in data["timings"] if row["group"] == "additive" and row["backward"] == backward
            and row["dtype"] == "fp32"]  # fmt: skip
    other = "d" if axis == "n" else "n"
    measured: dict[int, set[int]] = {}
    for row in rows:
        measured.setdefault(row[other], set()).add(row[axis])
    fixed = max(measured, key=lambda size: len(measured[size]), default=0)
    sizes = sorted(measured.get(fixed, ()))
    if len(sizes) < 2:
        return None
    rows = sorted((row for row in rows if row[other] == fixed), key=lambda row: row[axis])
    names = list(dict.fromkeys(row["name"] for row in rows))
    series: list[dict[str, Any]] = [
        {"name": name, "kind": "points", "x": [row[axis] for row in rows if row["name"] == name],
         "y": [1e3 * row["median"] for row in rows if row["name"] == name]}
        for name in names
    ]  # fmt: skip
    at = [(size, (size, fixed) if axis == "n" else (fixed, size)) for size in sizes]
    least = [(size, floors[(*pair, "fp32", backward)]) for size, pair in at if (*pair, "fp32", backward) in floors]
    if least:
        line = {"name": FLOOR, "kind": "line", "x": [n for n, _ in least], "y": [1e3 * s for _, s in least]}
        series.append(line)
    what = "forward and backward" if backward else "forward"
    rest = f"all widths {fixed}" if axis == "n" else f"{fixed} queries and keys"
    return figure(
        {
            "kind": "curves",
            "title": f"Additive attention, {what}, {rest}",
            "x": {"label": SCALES[axis], "scale": "log2"},
            "y": {"label": "milliseconds", "scale": "log10"},
            "series": series,
            "caption": f"One core, fp32, {rest}. The line is what the multiply-adds of any separated form would take "
            "at the rate of this machine's matrix products.",
        }
    )
