"""Variance: how raw and scaled scores spread with the width, and how fast their excess kurtosis falls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from attnproof.reports.page.figures.curves import chart, curves
from attnproof.reports.page.figures.data import absent, has, measured, note
from attnproof.reports.page.figures.draw import legend, panels
from attnproof.reports.page.figures.scale import Scale, logarithmic
from attnproof.reports.page.load import Row
from attnproof.reports.page.numbers import finite

# (score, statistic, title, label of the axis)
PANELS: Final = (
    ("dot", "variance", "Variance of the raw score", "Var(q·k)"),
    ("scaled_dot", "variance", "Variance of the scaled score", "Var(q·k / √d)"),
    ("scaled_dot", "half difference", "What drives saturation", "½ Var(eᵢ − eⱼ | q), scaled"),
    ("dot", "excess kurtosis", "Excess kurtosis, absolute", "|κ₄| / σ⁴"),
)
SAMPLES: Final = "float64 samples"  # the implementation name of the table's rows that test a law itself


def figure(rows: Sequence[Row]) -> Markup:
    """Four panels against the width d, one series for each law of the components."""
    if not has(rows, "statistic", "components", "score", "d", "method"):
        return absent("The variance table of this run has no measurement against the width, so it is not drawn.")
    laws = [row for row in measured(rows) if row["implementation"] == SAMPLES and "/law/" in row["id"]]
    laws = [_absolute(row) for row in laws if row["score"] in {"dot", "scaled_dot"}]
    if not laws:
        return absent("This run sampled no law of dot scores.")
    names = list(dict.fromkeys(row["components"] for row in laws))
    x = logarithmic([finite(row["d"]) or 1.0 for row in laws], 2)
    drawn = []
    for score, statistic, title, label in PANELS:
        chosen = [row for row in laws if (row["score"], row["statistic"]) == (score, statistic)]
        found = curves(chosen, names, lambda row: row["components"], "d")
        if found:
            y = _axis([value for curve in found for value in curve.values])
            drawn.append(chart(title, x, y, "width d", label, found))
    key = legend(list(enumerate(names)), theory="theory, exact in d")
    text = (
        "Error bars: the uncertainty at the stated false-alarm rate. The excess kurtosis of Rademacher components is "
        "negative. Dividing by √d makes the variance of independent components independent of d; it makes it 1 only "
        "when E[q²] E[k²] = 1."
    )
    return panels(*drawn) + key + note(text)


def _absolute(row: Row) -> Row:
    """An excess kurtosis may be negative, which a logarithmic axis cannot show: its absolute value is drawn."""
    if row["statistic"] != "excess kurtosis":
        return row
    return {**row, **{name: abs(finite(row[name]) or 0.0) for name in ("measured", "theory_value")}}


def _axis(values: Sequence[float]) -> Scale:
    """Logarithmic over the positive values, at most eight decades down from the largest."""
    positive = [value for value in values if value > 0]
    most = max(positive, default=1.0)
    return logarithmic([value for value in positive if value >= most * 1e-8] or [1.0])
