"""The trained model, head by head: how many keys a head sees, and how its scores compare with the laws."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from markupsafe import Markup

from attnproof.reports.page.figures.cells import Cell, cells
from attnproof.reports.page.figures.data import absent, caption, has, measured
from attnproof.reports.page.figures.draw import panels
from attnproof.reports.page.load import Results, Row
from attnproof.reports.page.numbers import finite, show

FARTHEST = math.log(4.0)  # a ratio of 4 or 1/4 has the darkest shade


def figure(results: Results) -> Markup:
    """Effective keys, Σα² and the variance relative to the law, by layer and head."""
    saturation = measured(results.tables["model_saturation"])
    variance = measured(results.tables["model_variance"])
    drawn = [
        _map("Effective keys: exponential of the mean entropy", _rows(saturation, "entropy"), _effective_keys),
        _map("Mean Σα²: 1/n is uniform, 1 is one key", _rows(saturation, "sum of squares"), _plain),
        _map("Variance of the scores over the law's", _rows(variance, "variance"), _ratio),
        _map("½ Var(eᵢ − eⱼ | q) over the law's", _rows(variance, "half difference"), _ratio),
    ]
    drawn = [one for one in drawn if one]
    if not drawn:
        return absent("This run has no measurement by head of the trained model, so no heat map is drawn.")
    text = (
        "A cell is one head; darker is more. In the two ratios blue is above the law for independent components, "
        "orange below, 1 is agreement. Point at a cell for its numbers."
    )
    return panels(*drawn) + caption(text)


def _rows(rows: Sequence[Row], quantity: str) -> list[Row]:
    if not has(rows, "layer", "head", "quantity"):
        return []
    return [row for row in rows if row["quantity"] == quantity]


def _map(title: str, rows: Sequence[Row], cell: Callable[[Row], Cell | None]) -> Markup:
    """Layers from top to bottom, heads from left to right; empty where no row gives a cell."""
    found = {(int(finite(row["layer"]) or 0), int(finite(row["head"]) or 0)): cell(row) for row in rows}
    kept = {place: one for place, one in found.items() if one is not None}
    if not kept:
        return Markup()
    layers, heads = (sorted({place[axis] for place in kept}) for axis in (0, 1))
    placed = {(layers.index(layer), heads.index(head)): one for (layer, head), one in kept.items()}
    return cells(title, [str(layer) for layer in layers], [str(head) for head in heads], placed, "layer", "head")


def _effective_keys(row: Row) -> Cell | None:
    seen, keys = finite(row.get("effective_keys")), finite(row.get("mean_keys"))
    if seen is None or not keys:
        return None
    normal = show(row.get("effective_keys_normal"))
    return Cell(
        seen / keys, show(seen, 2), f"{row['id']}: {show(seen)} of {show(keys)} keys, {normal} for normal scores"
    )


def _plain(row: Row) -> Cell:
    value = finite(row["measured"]) or 0.0
    tip = f"{row['id']}: {show(value)}, {show(row['theory_value'])} for normal scores of the same spread"
    return Cell(value, f"{value:.2f}".removeprefix("0"), tip)


def _ratio(row: Row) -> Cell | None:
    theory, value = finite(row["theory_value"]) or 0.0, finite(row["measured"]) or 0.0
    if theory <= 0 or value <= 0:
        return None
    allowed = f"uncertainty {show(row['uncertainty'])}, {row['verdict']}"
    tip = f"{row['id']}: {show(value)}, law {show(theory)}, {allowed}"
    return Cell(math.log(value / theory) / FARTHEST, show(value / theory, 2), tip)
