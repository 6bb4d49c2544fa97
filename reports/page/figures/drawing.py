"""The figures of a claim, drawn from the data in ``claims.json``: curves and points, or numbers in cells."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from markupsafe import Markup, escape

from attnproof.reports.page.figures.cells import Cell, cells
from attnproof.reports.page.figures.data import absent, caption
from attnproof.reports.page.figures.draw import COLOURS, DASHES, SHAPES, Line, Mark, Point, Points, panel
from attnproof.reports.page.figures.scale import Scale, linear, logarithmic
from attnproof.reports.page.mathml import mixed
from attnproof.reports.page.numbers import finite, number, show

BASES: Final[Mapping[str, int | None]] = {"linear": None, "log2": 2, "log10": 10}
ROLES: Final = frozenset({"theory", "exact", "bound", "measured", "computed", "counted", "by parts"})
ORDER: Final[Mapping[str, int]] = {"bound": 0, "line": 1, "points": 2}  # points are drawn above lines


def figure(data: Mapping[str, Any]) -> Markup:
    """The figure with its legend and caption; one of a kind that this version does not know is a sentence."""
    drawn = {"curves": _curves, "matrix": _matrix}.get(str(data.get("kind")))
    if drawn is None:
        return absent(f"A figure of the kind {data.get('kind')!r} cannot be drawn: {data.get('title', '')}.")
    text = caption(mixed(data["caption"])) if data.get("caption") else Markup()
    return Markup('<div class="drawing">') + drawn(data) + text + Markup("</div>")


def _curves(data: Mapping[str, Any]) -> Markup:
    series = [_Series(given) for given in data["series"]]
    x = _axis(data["x"]["scale"], [value for one in series for value in one.x])
    y = _axis(data["y"]["scale"], [value for one in series for value in (*one.y, *one.ends)])
    colours = _colours([one.name for one in series])
    solid = [one.name for one in series if one.kind == "line"]
    marks: list[tuple[int, Mark]] = []
    key = []
    for one, colour in zip(series, colours, strict=True):
        dash = solid.index(one.name) % len(DASHES) if one.kind == "line" else 0
        marks.append((ORDER.get(one.kind, 1), one.mark(colour, dash)))
        key.append(_key(one, colour, dash))
    drawn = [mark for _, mark in sorted(marks, key=lambda pair: pair[0])]
    legend = Markup('<ul class="legend">{}</ul>').format(Markup("").join(key)) if len(series) > 1 else Markup()
    outside = _outside(data, series)
    return panel(data["title"], x, y, data["x"]["label"], data["y"]["label"], drawn) + legend + outside


class _Series:
    """One series with its places as numbers; a place that is no number (NaN) is left out."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.name, self.kind = str(given["name"]), str(given["kind"])
        columns = [given["x"], given["y"], given.get("low") or given["y"], given.get("high") or given["y"]]
        rows = [[number(value) for value in row] for row in zip(*columns, strict=True)]
        kept = [
            [value for value in row if value is not None]
            for row in rows
            if not any(value is None or math.isnan(value) for value in row)
        ]
        self.x, self.y, self.low, self.high = ([row[place] for row in kept] for place in range(4))
        self.bars = bool(given.get("low"))

    @property
    def ends(self) -> list[float]:
        return [*self.low, *self.high] if self.bars else []

    def mark(self, series: int, dash: int) -> Mark:
        if self.kind != "points":
            style = "bound" if self.kind == "bound" else "theory"
            return Line(tuple(zip(self.x, self.y, strict=True)), series, style, dash)
        points = []
        for x, y, low, high in zip(self.x, self.y, self.low, self.high, strict=True):
            spread = f", from {show(low)} to {show(high)}" if self.bars else ""
            tip = f"{self.name}: {show(y)} at {show(x)}{spread}"
            points.append(Point(x, y, low if self.bars else None, high if self.bars else None, tip))
        return Points(points, series)


def _axis(scale: str, values: Iterable[float]) -> Scale:
    """An axis of the scale named; linear ones begin at 0 where all values are positive and reach near it."""
    base, data = BASES[scale], [value for value in values if math.isfinite(value)]
    if base is not None:
        return logarithmic(data, base)
    near_zero = bool(data) and 0 <= min(data) <= 0.25 * max(data)
    return linear(data, low=0.0 if near_zero else None)


def _colours(names: Sequence[str]) -> list[int]:
    """A colour for each name; names of one setting (``fp16: bound`` and ``fp16: measured``) share theirs."""
    settings = [_setting(name) for name in names]
    distinct = list(dict.fromkeys(settings))
    return [distinct.index(setting) for setting in settings]


def _setting(name: str) -> str:
    """The name without the part that says whether it is theory, a bound or a measurement, if there is another part."""
    setting, _, role = name.partition(": ")
    if role and role.split(",")[0].split()[0] in ROLES:
        return setting
    return ", ".join(part for part in name.split(", ") if part not in ROLES and part.split()[0] != "limit") or name


def _key(one: _Series, series: int, dash: int) -> Markup:
    colour = f"s{series % COLOURS}"
    if one.kind == "points":
        shape = SHAPES[series % len(SHAPES)]
        mark = f'<g class="mark {colour}">{shape}</g>'
        swatch = f'<svg viewBox="-7 -7 14 14" width="14" height="14" aria-hidden="true">{mark}</svg>'
        return Markup(f"<li>{swatch} {escape(one.name)}</li>")
    kind = "line bound" if one.kind == "bound" else "line"
    pattern = f' stroke-dasharray="{DASHES[dash]}"' if dash else ""
    swatch = (
        f'<svg viewBox="0 0 26 14" width="26" height="14" aria-hidden="true">'
        f'<path class="{kind} {colour}"{pattern} d="M0 7H26"/></svg>'
    )
    return Markup(f"<li>{swatch} {escape(one.name)}</li>")


def _outside(data: Mapping[str, Any], series: Sequence[_Series]) -> Markup:
    """A sentence when something has no place of its own on the axes and is drawn at their ends."""
    for axis, values in (("x", [v for one in series for v in one.x]), ("y", [v for one in series for v in one.y])):
        logarithm = BASES[data[axis]["scale"]] is not None
        if any(math.isinf(value) or (logarithm and value <= 0) for value in values):
            return caption("Zero on a logarithmic axis, and infinity, are drawn at the end of the axis.")
    return Markup()


def _matrix(data: Mapping[str, Any]) -> Markup:
    """Numbers in cells, each shaded by its share of the largest; negative numbers have another colour."""
    sizes = [abs(value) for line in data["values"] for cell in line if (value := finite(cell)) is not None]
    most = max(sizes, default=0.0) or 1.0
    marked = {(row, column) for row, column in data["marked"]}
    found = {}
    for k, (row, line) in enumerate(zip(data["rows"], data["values"], strict=True)):
        for n, (column, cell) in enumerate(zip(data["columns"], line, strict=True)):
            value, text = number(cell), show(cell, 3)
            shade = 0.0 if value is None or math.isnan(value) else value / most
            tip = f"{data['row_label']} {row}, {data['column_label']} {column}: {text}"
            found[k, n] = Cell(shade, text, tip, (k, n) in marked)
    return cells(data["title"], data["rows"], data["columns"], found, data["row_label"], data["column_label"])
