"""Bias invariance: how far a shared bias moves the weights, by format; and how a bias inside tanh flattens them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from attnproof.reports import words
from attnproof.reports.page.figures.curves import chart, curves
from attnproof.reports.page.figures.data import PREFERRED, absent, by, has, look, measured, note, representative, tip
from attnproof.reports.page.figures.draw import Line, Point, Points, legend, panel, panels, shifts
from attnproof.reports.page.figures.scale import Scale, logarithmic
from attnproof.reports.page.load import Row
from attnproof.reports.page.numbers import finite, number

FIRST_SCORES: Final = ("dot", "scaled_dot", "additive")
WIDEST: Final = 70  # exponent of two up to which the bias is drawn; larger ones stand at the right end
LEAST: Final = 1e-19  # changes below it, exact zeros too, lie on the lower end


def figure(rows: Sequence[Row]) -> Markup:
    """Panels by format for the shared bias, panels by score for the bias inside tanh."""
    if not has(rows, "part", "prediction", "bias", "score"):
        return absent("The bias table of this run has no measurement against the size of the bias, so it is not drawn.")
    usable = [row for row in measured(rows) if finite(row["bias"])]
    return _shared([row for row in usable if (row["part"], row["prediction"]) == ("shared", "unchanged")]) + _inside(
        [row for row in usable if row["part"] == "inside tanh"]
    )


def _shared(rows: Sequence[Row]) -> Markup:
    if not rows:
        return absent("This run measured no bias shared by all keys.")
    score = words.in_order((row["score"] for row in rows), FIRST_SCORES)[0]
    chosen = [row for row in rows if row["score"] == score]
    names = sorted({row["implementation"] for row in chosen})
    x = logarithmic([abs(finite(row["bias"]) or 1.0) for row in chosen], 2)
    y = logarithmic([LEAST, 1.0])
    drawn = []
    for dtype in words.in_order((row["dtype"] for row in chosen), PREFERRED):
        here = [row for row in chosen if row["dtype"] == dtype]
        marks: list[Line | Points] = []
        apart = shifts(len(names))
        for series, name in enumerate(names):
            mine = sorted((row for row in here if row["implementation"] == name), key=_size)
            marks.append(
                Line([(_size(row), min(1.0, number(row["uncertainty"]) or 0.0)) for row in mine], series, "bound")
            )
            seen = [Point(_size(row), finite(row["measured"]) or 0.0, tip=tip(row), look=look(row)) for row in mine]
            marks.append(Points(seen, series, apart[series]))
        across = Scale(x.low, min(x.high, WIDEST), 2)
        drawn.append(
            panel(f"{dtype}, {score} scores", across, y, "size of the shared bias", "largest change of a weight", marks)
        )
    key = legend(list(enumerate(names)), theory="a-priori bound (dashed), theory is no change")
    text = (
        "A point on the lower edge is a change of exactly 0 or below 10⁻¹⁹; a bound on it is 0, every operation is "
        "exact there. The bound grows with |b| because e + b is rounded to the format; where it passes 1 it says "
        "nothing and the row abstains. Biases up to the format's overflow stand at the right edge."
    )
    return panels(*drawn) + key + note(text)


def _size(row: Row) -> float:
    return abs(finite(row["bias"]) or 0.0)


def _inside(rows: Sequence[Row]) -> Markup:
    if not rows:
        return absent("This run measured no bias inside tanh.")
    drawn, who = [], ""
    for score, part in by(rows, lambda row: row["score"]).items():
        chosen, who = representative([row for row in part if _size(row) <= 2.0**12])
        found = curves(chosen, [score], lambda row: row["score"], "bias")
        x = logarithmic([_size(row) for row in chosen], 2)
        y = logarithmic([value for curve in found for value in curve.values if value > LEAST] + [1.0])
        drawn.append(chart(f"Bias inside tanh, {score} scores", x, y, "size of the bias", "largest |α − 1/n|", found))
    return panels(*drawn) + note(f"As the bias grows the weights tend to uniform. Line: theory. Points: {who}.")
