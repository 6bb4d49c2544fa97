"""A matrix of numbers: the number stands in its cell, the cell is shaded by it, and the cells that matter have a frame."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from typing import Any, Final

from markupsafe import Markup, escape

from attnproof.reports.page.figures.draw import WIDTH, svg
from attnproof.reports.page.numbers import finite, number, show

CELL, TOP, BOTTOM, RIGHT = 28, 34, 8, 8
LETTER: Final = 6.2  # width of a letter of a tick label
MOST_LABEL: Final = 150  # width of the row labels
DARKEST = 0.5  # opacity: text stays readable on it in both schemes


def cells(
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[Any]],
    marked: Collection[tuple[int, int]],
    row_label: str,
    column_label: str,
) -> Markup:
    """Rows from top to bottom, columns from left to right; negative numbers have another colour than positive ones.

    A matrix whose labels need more room than a panel is wider than one and scrolls on a phone.
    """
    left = min(MOST_LABEL, LETTER * max(len(row_label) + 2, *(len(name) for name in rows)) + 14)
    numbers = [[show(value, 3) for value in line] for line in values]
    longest = max((len(text) for text in [*columns, *(text for line in numbers for text in line)]), default=1)
    wide = max((WIDTH - left - RIGHT) / len(columns), LETTER * longest + 8)
    width, height = left + wide * len(columns) + RIGHT, TOP + CELL * len(rows) + BOTTOM
    middle = left + wide * len(columns) / 2
    parts = [f'<text class="label" x="{middle:.1f}" y="12" text-anchor="middle">{escape(column_label)} →</text>',
             f'<text class="label" x="{left - 6:.1f}" y="{TOP - 6}" text-anchor="end">{escape(row_label)} ↓</text>']  # fmt: skip
    parts += [
        f'<text class="tick" x="{left + wide * (k + 0.5):.1f}" y="{TOP - 6}" text-anchor="middle">{escape(name)}</text>'
        for k, name in enumerate(columns)
    ]
    sizes = [abs(value) for line in values for cell in line if (value := finite(cell)) is not None]
    most = max(sizes, default=0.0)
    frames = []
    for k, name in enumerate(rows):
        top = TOP + CELL * k
        parts.append(f'<text class="tick" x="{left - 6:.1f}" y="{top + 18}" text-anchor="end">{escape(name)}</text>')
        for n, column in enumerate(columns):
            x, value = left + wide * n, number(values[k][n])
            tip = f"{row_label} {name}, {column_label} {column}: {numbers[k][n]}"
            parts.append(_cell(x, top, wide, value, most, numbers[k][n], tip))
            if (k, n) in marked:
                frames.append(
                    f'<rect class="frame" x="{x + 1.5:.1f}" y="{top + 1.5}" width="{wide - 3:.1f}" height="{CELL - 3}"/>'
                )
    return svg(title, round(width), height, "".join(parts + frames))


def _cell(x: float, y: float, wide: float, value: float | None, most: float, text: str, tip: str) -> str:
    share = 0.0 if value is None or math.isnan(value) or not most else min(1.0, abs(value) / most)
    kind = "cell below" if value is not None and value < 0 else "cell"
    return (
        f'<g><title>{escape(tip)}</title><rect class="{kind}" x="{x + 0.5:.1f}" y="{y + 0.5}" width="{wide - 1:.1f}" '
        f'height="{CELL - 1}" fill-opacity="{round(DARKEST * share, 3):g}"/>'
        f'<text class="cell-text" x="{x + wide / 2:.1f}" y="{y + 18}">{escape(text)}</text></g>'
    )
