"""The three tables: a figure, a summary and a link to every row; then what was measured for single claims."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

from markupsafe import Markup

from attnproof.reports import words
from attnproof.reports.page.figures import bias, saturation, tanh, variance
from attnproof.reports.page.load import Results, Row
from attnproof.reports.page.numbers import finite, number
from attnproof.reports.page.section import Section, fill, slug
from attnproof.reports.page.sections import matrix
from attnproof.reports.page.sections.headlines import headlines

Figure = Callable[[tuple[Row, ...]], Markup]

TITLES: Final[Mapping[str, tuple[str, str]]] = {
    "saturation": (
        "Saturation",
        "How much weight the largest key takes, and how much gradient survives, as the width and the scale vary.",
    ),
    "variance": (
        "Variance",
        "Mean, variance and excess kurtosis of raw and scaled scores, for components of many distributions.",
    ),
    "bias_invariance": (
        "Bias invariance",
        "What a bias does to the weights: shared by all keys, given per key, on a projection, or inside tanh.",
    ),
}
OWN_TITLE: Final = "Measured for one claim"
WRONG: Final = frozenset({"fail", "error"})
FIGURES: Final[Mapping[str, tuple[Figure, ...]]] = {
    "saturation": (saturation.figure, tanh.figure),
    "variance": (variance.figure,),
    "bias_invariance": (bias.figure,),
}


def section(results: Results) -> Section:
    """One subsection for each table, anchored ``table-NAME``."""
    parts = [_part(name, results.tables[name]) for name in TITLES]
    own = _own(results)
    links = [(slug("table", part["name"]), part["title"]) for part in parts]
    links += [(slug("table", "evidence"), OWN_TITLE)] if own else []
    html = fill("tables.html.j2", parts=parts, own=own, own_title=OWN_TITLE)
    return Section("tables", "Three tables: theory against measurement", html, tuple(links))


def _own(results: Results) -> list[dict[str, Any]]:
    """Id, title and counts of outcomes of each claim with rows in the table ``evidence``."""
    titles = {claim["id"]: claim["title"] for claim in results.claims}
    rows = results.tables.get("evidence", ())
    return [
        {
            "id": claim,
            "title": titles.get(claim),
            "counts": words.counted(row["verdict"] for row in rows if row["claim"] == claim),
            "wrong": [row for row in rows if row["claim"] == claim and row["verdict"] in WRONG],
        }
        for claim in words.in_order((row["claim"] for row in rows), titles)
    ]


def _part(name: str, rows: tuple[Row, ...]) -> dict[str, Any]:
    title, about = TITLES[name]
    judged = [row | {"outcome": row["verdict"], "ratio": deviation(row)} for row in map(dict, rows)]
    shown = matrix.columns(judged)
    return {
        "name": name,
        "title": title,
        "about": about,
        "rows": rows,
        "headlines": headlines(name, rows),
        "figures": [figure(rows) for figure in FIGURES.get(name, ())] if rows else [],
        "columns": shown,
        "matrix": matrix.matrix(judged, (lambda row: row["implementation"],), shown),
        "wrong": [row for row in rows if row["verdict"] in WRONG],
    }


def deviation(row: Mapping[str, Any]) -> float | None:
    """How far measurement and theory are apart in units of the uncertainty that the row allows.

    The table's own ``ratio`` (largest element by element) where it has one; None where a number is missing.
    """
    if (own := number(row.get("ratio"))) is not None:
        return own
    theory, measured, uncertainty = (finite(row.get(name)) for name in ("theory_value", "measured", "uncertainty"))
    if theory is None or measured is None or uncertainty is None:
        return None
    if uncertainty == 0:
        return 0.0 if theory == measured else math.inf
    return abs(measured - theory) / uncertainty
