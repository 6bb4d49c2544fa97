"""A small SVG writer: one panel with axes, lines, points with error bars and rules.

Colours and sizes are classes of the page's style sheet (``.s0`` ... ``.s7`` for series), so that a figure follows the
reader's light or dark scheme; series also differ by the shape of their points and the dash of their lines. A panel is
as wide as a phone; wider figures are several panels side by side. The output depends on the arguments alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from attnproof.reports.page.figures.scale import Scale

WIDTH, HEIGHT = 360, 264
LEFT, RIGHT, TOP, BOTTOM = 56, 8, 14, 44
PAD = 12  # between the axis and the least x
STEP = 2.5  # pixels by which the points of neighbouring series stand apart, so that none hides another

SHAPES = (
    '<circle r="3.4"/>',
    '<path d="M-3.2-3.2h6.4v6.4h-6.4z"/>',
    '<path d="M0-4.2L4-3.2 0 4.2-4-3.2z" transform="scale(1,-1)"/>',
    '<path d="M0-4.6L4.2 0 0 4.6-4.2 0z"/>',
    '<path d="M-3.2-3.2L3.2 3.2M3.2-3.2L-3.2 3.2" class="open"/>',
    '<path d="M0-4.4V4.4M-4.4 0H4.4" class="open"/>',
    '<circle r="3.2" class="open"/>',
    '<path d="M-3-3h6v6h-6z" class="open"/>',
    '<path d="M0-4.6L4.2 0 0 4.6-4.2 0z" class="open"/>',
    '<path d="M0 4.4L4-3 -4-3z" class="open"/>',
    '<path d="M-4.2 0H4.2" class="open"/>',
)
DASHES = ("", "1.5 3", "9 3 1.5 3", "14 4")  # of lines that would differ by colour alone; bounds are "6 3"
COLOURS = 8  # of the style sheet; a later series shares a colour with an earlier one, never its shape too


@dataclass(frozen=True)
class Point:
    """A measured value ``y`` at ``x`` with the ends of its error bar, and what is shown when one points at it.

    look  ``weak`` for a row that abstains (drawn faint), ``wrong`` for one that fails (in a ring)
    """

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    tip: str = ""
    look: str = ""


@dataclass(frozen=True)
class Line:
    """A polyline of a series; ``style`` is one of ``theory``, ``bound``, ``faint``, ``dash`` a place in ``DASHES``."""

    points: Sequence[tuple[float, float]]
    series: int = 0
    style: str = "theory"
    dash: int = 0


@dataclass(frozen=True)
class Points:
    """The points of one series, ``shift`` pixels beside their place."""

    points: Sequence[Point]
    series: int = 0
    shift: float = 0.0


@dataclass(frozen=True)
class Rule:
    """A horizontal line with a label."""

    y: float
    label: str


Mark = Line | Points | Rule


def panel(title: str, x: Scale, y: Scale, x_label: str, y_label: str, marks: Sequence[Mark]) -> Markup:
    """One panel as an ``<svg>`` element; ``title`` is read out by screen readers and stands above it.

    Whatever lies outside the axes is drawn at their ends, never dropped.
    """
    body = [_axes(x, y, x_label, y_label)]
    for mark in marks:
        if isinstance(mark, Line):
            body.append(_line(mark, x, y))
        elif isinstance(mark, Points):
            body.extend(_point(point, mark, x, y) for point in mark.points)
        else:
            height = _y(y, mark.y)
            body.append(f'<line class="rule" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{height}" y2="{height}"/>')
            body.append(f'<text class="note" x="{WIDTH - RIGHT - 2}" y="{height - 4}" text-anchor="end">'
                        f"{escape(mark.label)}</text>")  # fmt: skip
    return svg(title, WIDTH, HEIGHT, "".join(body))


def svg(title: str, width: float, height: float, body: str) -> Markup:
    """An ``<svg>`` element of a natural size, with its title above it; one wider than a panel scrolls on a phone."""
    kind = "panel wide" if width > WIDTH else "panel"
    return Markup(
        f'<figure class="{kind}" style="max-width:{width:g}px"><p class="panel-title">{escape(title)}</p>'
        f'<svg viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}" role="img" '
        f'aria-label="{escape(title)}">{body}</svg></figure>'
    )


def legend(entries: Sequence[tuple[int, str]], *, theory: str | None = None) -> Markup:
    """Names of the series beside their points; ``theory`` says what the lines are."""
    items = [
        f'<li><svg viewBox="-7 -7 14 14" width="14" height="14" aria-hidden="true"><g class="mark s{series % COLOURS}">'
        f"{SHAPES[series % len(SHAPES)]}</g></svg> {escape(name)}</li>"
        for series, name in entries
    ]
    if theory is not None:
        swatch = '<svg viewBox="0 0 26 14" width="26" height="14" aria-hidden="true">'
        items.append(f'<li>{swatch}<path class="key-line" d="M0 7H26"/></svg> {escape(theory)}</li>')
    return Markup(f'<ul class="legend">{"".join(items)}</ul>')


def shifts(count: int) -> list[float]:
    """How far the points of each of ``count`` series stand beside their place."""
    return [STEP * (k - (count - 1) / 2) for k in range(count)]


def panels(*parts: Markup) -> Markup:
    """Several panels side by side where there is room."""
    return Markup('<div class="panels">') + Markup("").join(parts) + Markup("</div>")


def ruled(ticks: Iterable[tuple[float, str]], top: float, bottom: float, middle: float, label: str) -> list[str]:
    """A horizontal axis below lines of its own: ticks by their places, the label in the middle."""
    parts = []
    for place, name in ticks:
        parts.append(f'<line class="grid" x1="{place}" x2="{place}" y1="{top}" y2="{bottom}"/>')
        parts.append(f'<text class="tick" x="{place}" y="{bottom + 16}" text-anchor="middle">{escape(name)}</text>')
    parts.append(f'<text class="label" x="{middle}" y="{bottom + 36}" text-anchor="middle">{escape(label)}</text>')
    return parts


def _x(scale: Scale, value: float) -> float:
    return _across(scale.share(value))


def _y(scale: Scale, value: float) -> float:
    return _up(scale.share(value))


def _across(share: float) -> float:
    return round(LEFT + PAD + share * (WIDTH - LEFT - RIGHT - 2 * PAD), 1)


def _up(share: float) -> float:
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def _axes(x: Scale, y: Scale, x_label: str, y_label: str) -> str:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    parts = []
    for share, label in y.ticks():
        height = _up(share)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{height}" y2="{height}"/>')
        parts.append(f'<text class="tick" x="{LEFT - 6}" y="{height + 4}" text-anchor="end">{escape(label)}</text>')
    parts += ruled([(_across(share), name) for share, name in x.ticks()], TOP, bottom, (LEFT + right) / 2, x_label)
    parts.append(f'<path class="axis" d="M{LEFT} {TOP}V{bottom}H{right}"/>')
    height = (TOP + bottom) / 2
    parts.append(f'<text class="label" transform="translate(13 {height}) rotate(-90)" text-anchor="middle">'
                 f"{escape(y_label)}</text>")  # fmt: skip
    return "".join(parts)


def _line(mark: Line, x: Scale, y: Scale) -> str:
    way = "L".join(f"{_x(x, a)} {_y(y, b)}" for a, b in mark.points)
    dash = f' stroke-dasharray="{DASHES[mark.dash]}"' if mark.dash else ""
    return f'<path class="line {mark.style} s{mark.series % COLOURS}"{dash} d="M{way}"/>' if way else ""


def _point(point: Point, mark: Points, x: Scale, y: Scale) -> str:
    place, height = round(_x(x, point.x) + mark.shift, 1), _y(y, point.y)
    bar = ""
    if point.low is not None and point.high is not None:
        low, high = _y(y, point.low), _y(y, point.high)
        if low - high >= 1:
            bar = f'<path class="bar" d="M{place} {low}V{high}M{place - 3} {low}h6M{place - 3} {high}h6"/>'
    tip = f"<title>{escape(point.tip)}</title>" if point.tip else ""
    ring = '<circle class="ring" r="8"/>' if point.look == "wrong" else ""
    shape = f'<g transform="translate({place} {height})">{ring}{SHAPES[mark.series % len(SHAPES)]}</g>'
    return f'<g class="mark s{mark.series % COLOURS} {point.look}">{tip}{bar}{shape}</g>'
