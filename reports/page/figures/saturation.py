"""Saturation: how much weight a few keys take, with and without the scale, against the width and the spread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from attnproof.reports.page.figures.curves import Curve, chart, curves
from attnproof.reports.page.figures.data import absent, by, has, measured, note, representative
from attnproof.reports.page.figures.draw import legend, panels
from attnproof.reports.page.figures.scale import linear, logarithmic
from attnproof.reports.page.load import Row
from attnproof.reports.page.numbers import finite

# (quantity in the table, title, label of the axis)
QUANTITIES: Final = (
    ("sum of squares", "Σα²: 1/n is uniform, 1 is one key", "mean Σα²"),
    ("largest weight", "The largest weight", "mean of the largest α"),
    ("surviving share", "Share of gradient that survives", "‖J g‖² / ‖g‖²"),
)
SCORES: Final = ("dot", "scaled_dot", "bilinear")


def figure(rows: Sequence[Row]) -> Markup:
    """Two rows of panels: against the width d (random signs), and against the spread σ (normal scores)."""
    if not has(rows, "kind", "quantity", "score", "d", "setting"):
        return absent("The saturation table of this run has no measurement against the width, so it is not drawn.")
    widths = [row for row in measured(rows) if row["kind"] == "signs"]
    spreads = [row for row in measured(rows) if row["kind"] == "normal"]
    return _against_width(widths) + _against_spread(spreads)


def _against_width(rows: Sequence[Row]) -> Markup:
    if not rows:
        return absent("This run measured no saturation of dot scores against the width.")
    x = logarithmic([finite(row["d"]) or 1.0 for row in rows], 2)
    drawn, names = [], dict.fromkeys(row["score"] for row in rows)
    who = ""
    for quantity, title, label in QUANTITIES:
        chosen, who = _chosen([row for row in rows if row["quantity"] == quantity])
        if not chosen:
            continue
        found = curves(chosen, list(names), lambda row: row["score"], "d")
        top = 1.0 if quantity != "surviving share" else None
        y = linear([value for curve in found for value in curve.values], low=0.0, high=top)
        drawn.append(chart(title, x, y, "width d", label, found))
    key = legend([(place, name) for place, name in enumerate(names)], theory="theory")
    keys = next((row["n"] for row in rows if row.get("n")), "n")
    text = (f"{keys} keys, components random signs; points: {who}; error bars: the uncertainty that a row allows. "
            "dot is unscaled; scaled_dot and bilinear divide by the root of the width.")  # fmt: skip
    return panels(*drawn) + key + note(text)


def _against_spread(rows: Sequence[Row]) -> Markup:
    chosen, who = _chosen([row for row in rows if row["quantity"] in {"sum of squares", "entropy"}])
    if not chosen:
        return absent("This run measured no saturation of normal scores against their spread.")
    x = logarithmic([finite(row["setting"]) or 1.0 for row in chosen], 2)
    drawn = []
    for quantity, part in by(chosen, lambda row: row["quantity"]).items():
        label = "mean Σα²" if quantity == "sum of squares" else "mean entropy (nats)"
        title = "Σα² of independent normal scores" if quantity == "sum of squares" else "Entropy of the weights"
        found: list[Curve] = curves(part, ["normal"], lambda _: "normal", "setting")
        y = linear([value for curve in found for value in curve.values], low=0.0)
        drawn.append(chart(title, x, y, "spread σ of the scores", label, found))
    return panels(*drawn) + note(f"Lines: theory, an integral with a proven quadrature error. Points: {who}.")


def _chosen(rows: Sequence[Row]) -> tuple[list[Row], str]:
    """The representative rows of each score; the first name stands for all."""
    chosen: list[Row] = []
    who = ""
    for part in by(rows, lambda row: row["score"]).values():
        some, name = representative(part)
        chosen += some
        who = who or name
    return chosen, who
