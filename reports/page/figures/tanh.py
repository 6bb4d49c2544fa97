"""Saturation inside tanh: the mean of sech² over the hidden units against the spread, with and without layer norm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from attnproof.reports.page.figures.curves import chart, curves
from attnproof.reports.page.figures.data import absent, by, has, measured, note, representative
from attnproof.reports.page.figures.draw import legend, panels
from attnproof.reports.page.figures.scale import linear, logarithmic
from attnproof.reports.page.load import Row
from attnproof.reports.page.numbers import finite

QUANTITIES: Final = {
    "mean sech2": "as it is",
    "mean sech2 after layer norm": "after layer normalisation",
    "least mean sech2 after layer norm": "least of any vector after layer normalisation",
}
NAMES: Final = {"additive": "additive score", "concat": "concat score"}


def figure(rows: Sequence[Row]) -> Markup:
    """One panel for each score with a tanh."""
    drawn, who = [], ""
    found = [row for row in measured(rows) if row.get("quantity") in QUANTITIES] if has(rows, "quantity") else []
    for score, part in by(found, lambda row: row["score"]).items():
        chosen, who = representative(part)
        x = logarithmic([finite(row["setting"]) or 1.0 for row in chosen], 2)
        found_curves = curves(chosen, list(QUANTITIES), lambda row: row["quantity"], "setting")
        title = f"Mean sech² inside tanh, {NAMES.get(score, score)}"
        drawn.append(
            chart(
                title, x, linear([], low=0.0, high=1.0), "spread σ of the pre-activations", "mean sech²", found_curves
            )
        )
    if not drawn:
        return absent("This run measured no saturation inside tanh.")
    key = legend(list(enumerate(QUANTITIES.values())), theory="theory")
    text = (f"sech²(z) is the share of gradient that a hidden unit lets through. Points: {who}. The lowest line is the "
            "guarantee sech²(1) that holds for every layer-normalised vector.")  # fmt: skip
    return panels(*drawn) + key + note(text)
