"""Put the sections together and write the page."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Final

from markupsafe import Markup

from attnproof.impl.replacing import replacing
from attnproof.reports.page.load import Results, load
from attnproof.reports.page.section import Section, fill
from attnproof.reports.page.sections import (
    bounds,
    claims,
    comparisons,
    detection,
    gates,
    lemmas,
    method,
    model,
    notation,
    rows,
    scores,
    speed,
    summary,
    tables,
    tightness,
    verdicts,
)

# The order of reading: notation and verdicts, what was measured, the drill-down, every row and the method.
SECTIONS: Final[tuple[Callable[[Results], Section], ...]] = (
    notation.section,
    verdicts.section,
    tables.section,
    comparisons.section,
    tightness.section,
    detection.section,
    gates.section,
    speed.section,
    model.section,
    claims.section,
    lemmas.section,
    scores.section,
    bounds.section,
    rows.section,
    method.section,
)


def render(folder: Path) -> Path:
    """Write ``folder/index.html`` from the result files in ``folder`` and return its path.

    The page is one self-contained file: no network, no other file is needed to read it. It is a pure function of
    ``run.json``, ``results.jsonl``, ``claims.json``, ``derivations.json``, ``tables/*.csv`` and ``model.json`` (the
    last is optional, so are the tables of parts that were not run). It is replaced atomically.

    Raises ValueError naming the result file that is missing or malformed, and what was expected.
    """
    html = page(load(folder))
    target = folder / "index.html"
    with replacing(target) as file:
        file.write(html.encode())
    return target


def page(results: Results) -> str:
    """The HTML of the whole page."""
    sections = [section(results) for section in SECTIONS]
    return fill(
        "page.html.j2",
        summary=summary.values(results),
        sections=sections,
        league=results.league,
        css=_asset("page.css"),
        js=_asset("page.js"),
    )


def _asset(name: str) -> Markup:
    return Markup((files("attnproof.reports.page") / "templates" / name).read_text(encoding="utf-8"))
