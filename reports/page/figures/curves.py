"""The usual figure of a table: theory as lines, measurements as points with the uncertainty that their row allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from attnproof.reports.page.figures.data import look, tip
from attnproof.reports.page.figures.draw import Line, Mark, Point, Points, Rule, panel, shifts
from attnproof.reports.page.figures.scale import Scale
from attnproof.reports.page.load import Row
from attnproof.reports.page.numbers import finite


@dataclass(frozen=True)
class Curve:
    """One series: its number, its theory and its points, both by increasing x."""

    series: int
    theory: tuple[tuple[float, float], ...]
    points: tuple[Point, ...]

    @property
    def values(self) -> list[float]:
        """Everything on the y axis."""
        return [y for _, y in self.theory] + [point.y for point in self.points]


def curves(rows: Sequence[Row], names: Sequence[str], name: Callable[[Row], str], column: str) -> list[Curve]:
    """One curve for each of ``names``, x from ``column``; rows without the needed numbers are left out."""
    found = []
    for series, wanted in enumerate(names):
        triples = [
            (x, finite(row["theory_value"]), point(row, x))
            for row in rows
            if name(row) == wanted and (x := finite(row[column])) is not None and finite(row["measured"]) is not None
        ]
        triples.sort(key=lambda triple: (triple[0], triple[2].tip))
        if triples:
            theory = dict.fromkeys((x, value) for x, value, _ in triples if value is not None)
            found.append(Curve(series, tuple(theory), tuple(mark for _, _, mark in triples)))
    return found


def point(row: Row, x: float) -> Point:
    """A row as a point; the bar is what the row allows around its measurement."""
    y, half = finite(row["measured"]) or 0.0, finite(row["uncertainty"])
    return Point(x, y, None if half is None else y - half, None if half is None else y + half, tip(row), look(row))


def chart(
    title: str, x: Scale, y: Scale, x_label: str, y_label: str, found: Sequence[Curve], rules: Sequence[Rule] = ()
) -> Markup:
    """A panel with all curves, theory below the points."""
    marks: list[Mark] = [*rules]
    marks += [Line(curve.theory, curve.series) for curve in found]
    marks += [Points(curve.points, curve.series, shift) for curve, shift in zip(found, shifts(len(found)), strict=True)]
    return panel(title, x, y, x_label, y_label, marks)
