"""A matrix of numbers: each stands in its cell, which is shaded by it; the cells that matter have a frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from attnproof.reports.page.figures.draw import WIDTH, svg

HEIGHT, TOP, BOTTOM, RIGHT = 26, 34, 8, 8
LETTER: Final = 6.2  # width of a letter of a label
DIGIT: Final = 5.8  # and of one in a cell
MOST_LABEL: Final = 150  # width of the row labels
DARKEST: Final = 0.5  # opacity: text stays readable on it in both schemes


@dataclass(frozen=True)
class Cell:
    """``text`` in a cell that is shaded by -1 <= ``shade`` <= 1, in another colour where that is negative."""

    shade: float
    text: str
    tip: str
    framed: bool = False


def cells(
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    found: Mapping[tuple[int, int], Cell],
    row_label: str,
    column_label: str,
) -> Markup:
    """Rows from top to bottom, columns from left to right; ``found`` by (row, column), a place without a cell is empty.

    A matrix whose labels need more room than a panel is wider than one and scrolls on a phone.
    """
    left = min(MOST_LABEL, LETTER * max(len(row_label) + 2, *map(len, rows)) + 10)
    longest = max((len(cell.text) for cell in found.values()), default=1)
    least = max(LETTER * max(map(len, columns)) + 6, DIGIT * longest + 1.5)
    wide = max((WIDTH - left - RIGHT) / len(columns), least)
    middle = left + wide * len(columns) / 2
    parts = [
        _label("label", middle, 12, "middle", f"{column_label} →"),
        _label("label", left - 6, TOP - 6, "end", f"{row_label} ↓"),
    ]
    parts += [_label("tick", left + wide * (n + 0.5), TOP - 6, "middle", name) for n, name in enumerate(columns)]
    parts += [_label("tick", left - 6, TOP + HEIGHT * k + 17, "end", name) for k, name in enumerate(rows)]
    parts += [
        _cell(left + wide * n, TOP + HEIGHT * k, wide, cell) for (k, n), cell in sorted(found.items(), key=_place)
    ]
    width, height = left + wide * len(columns) + RIGHT, TOP + HEIGHT * len(rows) + BOTTOM
    return svg(title, round(width), height, "".join(parts))


def _place(item: tuple[tuple[int, int], Cell]) -> tuple[bool, tuple[int, int]]:
    """Framed cells are drawn last, so that no neighbour covers a frame."""
    return item[1].framed, item[0]


def _label(kind: str, x: float, y: float, anchor: str, text: str) -> str:
    return f'<text class="{kind}" x="{x:.1f}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def _cell(x: float, y: float, wide: float, cell: Cell) -> str:
    kind = "cell below" if cell.shade < 0 else "cell"
    frame = f'<rect class="frame" x="{x + 1.5:.1f}" y="{y + 1.5}" width="{wide - 3:.1f}" height="{HEIGHT - 3}"/>'
    return (
        f'<g><title>{escape(cell.tip)}</title><rect class="{kind}" x="{x + 0.5:.1f}" y="{y + 0.5}" '
        f'width="{wide - 1:.1f}" height="{HEIGHT - 1}" '
        f'fill-opacity="{round(DARKEST * min(1.0, abs(cell.shade)), 3):g}"/>'
        f'<text class="cell-text" x="{x + wide / 2:.1f}" y="{y + 17}">{escape(cell.text)}</text></g>'
        f"{frame if cell.framed else ''}"
    )
