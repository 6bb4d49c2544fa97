"""The trained model, head by head: how many keys a head sees, and how its scores compare with the laws."""

from __future__ import annotations

import math
from collections.abc import Sequence

from markupsafe import Markup

from attnproof.reports.page.figures.data import absent, caption, has, measured
from attnproof.reports.page.figures.draw import panels
from attnproof.reports.page.figures.heatmap import heatmap
from attnproof.reports.page.load import Results, Row
from attnproof.reports.page.numbers import finite, show

FARTHEST = math.log(4.0)  # a ratio of 4 or 1/4 has the darkest shade


def figure(results: Results) -> Markup:
    """Effective keys, Σα² and the variance relative to the law, by layer and head."""
    saturation = measured(results.tables["model_saturation"])
    variance = measured(results.tables["model_variance"])
    drawn = [
        _effective_keys(_rows(saturation, "entropy")),
        _plain("Mean Σα²: 1/n is uniform, 1 is one key", _rows(saturation, "sum of squares")),
        _ratio("Variance of the scores over the law's", _rows(variance, "variance")),
        _ratio("½ Var(eᵢ − eⱼ | q) over the law's", _rows(variance, "half difference")),
    ]
    drawn = [one for one in drawn if one]
    if not drawn:
        return absent("This run has no measurement by head of the trained model, so no heat map is drawn.")
    text = ("A cell is one head; darker is more. In the two ratios blue is above the law for independent components, orange "
            "below, 1 is agreement. Point at a cell for its numbers.")  # fmt: skip
    return panels(*drawn) + caption(text)


def _rows(rows: Sequence[Row], quantity: str) -> list[Row]:
    if not has(rows, "layer", "head", "quantity"):
        return []
    return [row for row in rows if row["quantity"] == quantity]


def _place(row: Row) -> tuple[int, int]:
    return int(finite(row["layer"]) or 0), int(finite(row["head"]) or 0)


def _effective_keys(rows: Sequence[Row]) -> Markup:
    cells = {}
    for row in rows:
        seen, keys = finite(row.get("effective_keys")), finite(row.get("mean_keys"))
        if seen is not None and keys:
            tip = f"{row['id']}: {show(seen)} of {show(keys)} keys, {show(row.get('effective_keys_normal'))} for normal scores"
            cells[_place(row)] = (seen / keys, show(seen, 2), tip)
    return heatmap("Effective keys: exponential of the mean entropy", cells, "layer", "head") if cells else Markup()


def _plain(title: str, rows: Sequence[Row]) -> Markup:
    cells = {}
    for row in rows:
        value = finite(row["measured"]) or 0.0
        tip = f"{row['id']}: {show(value)}, {show(row['theory_value'])} for normal scores of the same spread"
        cells[_place(row)] = (value, f"{value:.2f}".removeprefix("0"), tip)
    return heatmap(title, cells, "layer", "head") if cells else Markup()


def _ratio(title: str, rows: Sequence[Row]) -> Markup:
    cells = {}
    for row in rows:
        theory, value = finite(row["theory_value"]), finite(row["measured"])
        if theory and value and theory > 0 and value > 0:
            tip = f"{row['id']}: {show(value)}, law {show(theory)}, uncertainty {show(row['uncertainty'])}, {row['verdict']}"
            cells[_place(row)] = (math.log(value / theory) / FARTHEST, show(value / theory, 2), tip)
    return heatmap(title, cells, "layer", "head") if cells else Markup()
