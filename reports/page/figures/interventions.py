"""The trained model without its key or query biases: the change of its output, against the bound on rounding."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup, escape

from attnproof.reports.page.figures.data import absent, caption, has, measured, tip
from attnproof.reports.page.figures.draw import SHAPES, panels, ruled, svg
from attnproof.reports.page.figures.scale import Scale, logarithmic
from attnproof.reports.page.load import Results, Row
from attnproof.reports.page.numbers import finite, show

WIDTH, LEFT, RIGHT, TOP, ROW, BOTTOM = 720, 230, 70, 14, 26, 40
SERIES: Final = {"unchanged": 0, "changed": 1}  # by what theory predicts


def figure(results: Results) -> Markup:
    """One line for each intervention and format: the change as a mark, its rounding bound as a tick."""
    rows = measured(results.tables["model_bias_invariance"])
    if not has(rows, "quantity", "intervention", "prediction"):
        return absent("This run changed no bias of the trained model.")
    rows = [row for row in rows if row["quantity"] == "output" and finite(row["uncertainty"])]
    if not rows:
        return absent("This run measured no effect of the biases on the trained model's output.")
    values = [value for row in rows for value in (finite(row["measured"]), finite(row["uncertainty"])) if value]
    x = logarithmic(values, room=0.3)
    height = TOP + ROW * len(rows) + BOTTOM
    body = _axis(x, height) + "".join(_line(row, x, TOP + ROW * (place + 0.5)) for place, row in enumerate(rows))
    text = (
        "Mark: the change that is largest in units of its bound. Tick: what rounding alone can do. Theory says that "
        "key biases change nothing (mark left of the tick) and query biases do (mark right of it)."
    )
    title = "Change of the model's output when biases are removed or replaced"
    return panels(svg(title, WIDTH, height, body)) + caption(text)


def _place(x: Scale, value: float) -> float:
    return round(LEFT + x.share(value) * (WIDTH - LEFT - RIGHT), 1)


def _axis(x: Scale, height: int) -> str:
    ticks = [(round(LEFT + share * (WIDTH - LEFT - RIGHT), 1), name) for share, name in x.ticks()]
    return "".join(ruled(ticks, TOP, height - BOTTOM, (LEFT + WIDTH - RIGHT) / 2, "change of the output"))


def _line(row: Row, x: Scale, y: float) -> str:
    change, bound = finite(row["measured"]) or 0.0, finite(row["uncertainty"]) or 0.0
    series = SERIES.get(row["prediction"], 2)
    at, end = _place(x, change), _place(x, bound)
    name = f"{row['intervention']}, {row['dtype']}"
    return (
        f'<text class="tick" x="{LEFT - 10}" y="{y + 4}" text-anchor="end">{escape(name)}</text>'
        f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y}" y2="{y}"/>'
        f'<line class="limit" x1="{end}" x2="{end}" y1="{y - 8}" y2="{y + 8}"><title>bound {show(bound)}</title></line>'
        f'<g class="mark s{series}" transform="translate({at} {y})"><title>{escape(tip(row))}</title>'
        f"{SHAPES[series]}</g>"
        f'<text class="value" x="{WIDTH - RIGHT + 6}" y="{y + 4}">{show(change, 2)}</text>'
    )
