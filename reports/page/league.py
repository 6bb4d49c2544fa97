"""The page of the league, ``league.html``, and a badge for each package: functions of ``league.json`` beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from pathlib import Path
from typing import Any

from markupsafe import Markup

from attnproof.impl.replacing import replacing
from attnproof.reports.page.section import fill, slug
from attnproof.reports.words import LEAGUE, ONNX


def render(folder: Path) -> list[Path]:
    """Write ``league.html`` and ``badges/PACKAGE.svg`` from ``league.json`` in ``folder``; what was written.

    Raises ValueError for a file that is no such document.
    """
    path = folder / "league.json"
    if not path.is_file():
        return []
    league = json.loads(path.read_text(encoding="utf-8"))
    if league.get("schema") != "attnproof.league/1":
        raise ValueError(f"{path}: expected schema 'attnproof.league/1', found {league.get('schema')!r}")
    written = {folder / "league.html": page(league)}
    for package, tally in packages(league).items():
        written[folder / "badges" / f"{slug(package)}.svg"] = badge(package, tally)
    (folder / "badges").mkdir(exist_ok=True)
    for place, text in written.items():
        with replacing(place) as file:
            file.write(text.encode())
    return list(written)


def page(league: Mapping[str, Any]) -> str:
    """The HTML of the page."""
    asset = files("attnproof.reports.page") / "templates"
    return fill(
        "league.html.j2",
        league=league,
        words=LEAGUE,
        packages=packages(league),
        groups=groups(league["rows"]),
        changes=changes(league),
        onnx_words=ONNX,
        address=address,
        css=Markup((asset / "page.css").read_text(encoding="utf-8") + (asset / "league.css").read_text("utf-8")),
        js=Markup((asset / "league.js").read_text(encoding="utf-8")),
        dump=lambda value: json.dumps(value, ensure_ascii=False),
    )


def address(member: Mapping[str, Any], version: Mapping[str, Any], row: str) -> str:
    """The address of a cell: ``torch-sdpa-masked-row`` of the newest version, else with the version's number."""
    newest = member["versions"][-1]["version"] == version["version"]
    return slug(member["name"], row) if newest else slug(member["name"], version["version"], row)


def groups(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Rows by their heading."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["group"], []).append(row)
    return found


def packages(league: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """How many cells of each status the newest versions of a package's members have."""
    found: dict[str, dict[str, int]] = {}
    for member in league["members"]:
        tally = found.setdefault(member["package"], dict.fromkeys(league["statuses"], 0))
        for status, number in member["versions"][-1]["tally"].items():
            tally[status] += number
    return dict(sorted(found.items()))


def changes(league: Mapping[str, Any]) -> list[dict[str, str]]:
    """What the last run of each member changed of the one before."""
    return [
        {"member": member["name"], "version": version["version"], "since": version["earlier"]["date"], **change}
        for member in league["members"]
        for version in member["versions"]
        if version["earlier"]
        for change in version["earlier"]["changes"]
    ]


def badge(package: str, tally: Mapping[str, int]) -> str:
    """An SVG of one line: how many rows the package does, of those that were decided, and how many are open."""
    decided = tally["does"] + tally["differs by contract"] + tally["does not"]
    undecided = f", {tally['open']} open" if tally["open"] else ""
    right = f"{decided - tally['does not']} of {decided}{undecided}"
    colour = "#a8231c" if tally["does not"] else "#8a5200" if tally["open"] else "#17693f"
    left, middle = 7 * len(package) + 16, 7 * len(right) + 16
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + middle}" height="20" role="img" '
        f'aria-label="{escape(package)}: {right}"><title>{escape(package)} in the league of attention: {right} rows '
        f'as they say</title><rect width="{left + middle}" height="20" rx="3" fill="#545d68"/>'
        f'<rect x="{left}" width="{middle}" height="20" rx="3" fill="{colour}"/>'
        f'<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">'
        f'<text x="{left / 2:g}" y="14">{escape(package)}</text>'
        f'<text x="{left + middle / 2:g}" y="14">{right}</text></g></svg>\n'
    )
