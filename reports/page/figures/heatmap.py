"""A table of numbers as a heat map: the number stands in its cell, its shade beside it."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup, escape

from attnproof.reports.page.figures.draw import WIDTH, svg

LEFT, TOP, CELL, BOTTOM = 52, 20, 25, 22
DARKEST = 0.5  # opacity: text stays readable on it in both schemes


def heatmap(
    title: str,
    cells: Mapping[tuple[int, int], tuple[float, str, str]],
    row_name: str,
    column_name: str,
) -> Markup:
    """``cells[row, column] = (shade, text, tip)`` with -1 <= shade <= 1; a negative shade has another colour."""
    rows, columns = (sorted({place[axis] for place in cells}) for axis in (0, 1))
    wide = (WIDTH - LEFT - 8) / max(1, len(columns))
    parts = [
        f'<text class="tick" x="{LEFT + wide * (k + 0.5):.1f}" y="{TOP - 6}" text-anchor="middle">{name}</text>'
        for k, name in enumerate(columns)
    ]
    for k, name in enumerate(rows):
        top = TOP + CELL * k
        label = f"{row_name} {name}"
        parts.append(f'<text class="tick" x="{LEFT - 6}" y="{top + 17}" text-anchor="end">{escape(label)}</text>')
        parts += [
            _cell(LEFT + wide * n, top, wide, *cells[name, column])
            for n, column in enumerate(columns)
            if (name, column) in cells
        ]
    height = TOP + CELL * len(rows) + BOTTOM
    parts.append(
        f'<text class="label" x="{(LEFT + WIDTH) / 2}" y="{height - 6}" text-anchor="middle">{escape(column_name)}</text>'
    )
    return svg(title, WIDTH, height, "".join(parts))


def _cell(x: float, y: float, wide: float, shade: float, text: str, tip: str) -> str:
    opacity = round(DARKEST * min(1.0, abs(shade)), 3)
    kind = "cell below" if shade < 0 else "cell"
    return (
        f'<g><title>{escape(tip)}</title><rect class="{kind}" x="{x + 0.5:.1f}" y="{y + 0.5}" width="{wide - 1:.1f}" '
        f'height="{CELL - 1}" fill-opacity="{opacity}"/>'
        f'<text class="cell-text" x="{x + wide / 2:.1f}" y="{y + 16.5}">{escape(text)}</text></g>'
    )
