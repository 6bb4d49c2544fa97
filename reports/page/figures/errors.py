"""Errors in units of their bound, by format: where most comparisons lie, and how near the worst one comes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup, escape

from attnproof.reports import words
from attnproof.reports.page.figures.data import absent, caption
from attnproof.reports.page.figures.draw import panels, ruled, svg
from attnproof.reports.page.load import Row
from attnproof.reports.page.numbers import number as parse
from attnproof.reports.page.numbers import power, show

WIDTH, LEFT, RIGHT, TOP, ROW, BOTTOM = 720, 64, 90, 26, 58, 40
DECADES: Final = 8  # ratios below 10^-8 and exact results share the leftmost bin
BINS_A_DECADE: Final = 4
TOP_DECADE: Final = 1  # one decade of room above the bound


def figure(rows: Sequence[Row]) -> Markup:
    """For each format the distribution of error/bound over the judged comparisons, on a logarithmic axis."""
    judged = [(row["dtype"], ratio) for row in rows if (ratio := parse(row.get("ratio"))) is not None]
    if not judged:
        return absent("No comparison gave an error in units of its bound, so there is no distribution to draw.")
    groups = {name: [ratio for _, ratio in found] for name, found in by_format(judged).items()}
    height = TOP + ROW * len(groups) + BOTTOM
    body = [_axis(height)]
    for place, (name, ratios) in enumerate(groups.items()):
        body.append(_strip(name, ratios, TOP + ROW * (place + 1) - 10, place))
    title = "Errors in units of their bound"
    text = ("Bars: share of comparisons in each quarter of a decade (exact results at the left edge). "
            "Tick: median. Diamond: the largest, with its value. Right of the line an error exceeds its bound."
    )  # fmt: skip
    return panels(svg(title, WIDTH, height, "".join(body))) + caption(text)


def by_format(judged: Sequence[tuple[str, float]]) -> dict[str, list[tuple[str, float]]]:
    """Grouped by format, from the widest to the narrowest."""
    return {name: [pair for pair in judged if pair[0] == name] for name in
            words.in_order((name for name, _ in judged), words.FORMATS)}  # fmt: skip


def _place(ratio: float) -> float:
    """The horizontal place of a ratio; the ends of the axis stand for everything beyond them."""
    if math.isnan(ratio) or ratio >= 10.0**TOP_DECADE:
        exponent = float(TOP_DECADE)
    else:
        exponent = max(-float(DECADES), math.log10(ratio)) if ratio > 0 else -float(DECADES)
    return round(LEFT + (exponent + DECADES) / (DECADES + TOP_DECADE) * (WIDTH - LEFT - RIGHT), 1)


def _axis(height: int) -> str:
    bottom = height - BOTTOM
    names = {exponent: power(10, exponent) for exponent in range(-DECADES, TOP_DECADE + 1)} | {0: "1"}
    names[-DECADES] = f"≤ {names[-DECADES]}"
    ticks = [(_place(10.0**exponent), name) for exponent, name in names.items()]
    one = _place(1.0)
    return "".join([
        *ruled(ticks, TOP - 8, bottom, (LEFT + WIDTH - RIGHT) / 2, "error / bound"),
        f'<line class="axis" x1="{one}" x2="{one}" y1="{TOP - 8}" y2="{bottom}"/>',
        f'<text class="note" x="{one - 4}" y="{TOP - 12}" text-anchor="end">the bound</text>',
    ])  # fmt: skip


def _strip(name: str, ratios: list[float], base: float, series: int) -> str:
    bins: Counter[int] = Counter()
    width = (WIDTH - LEFT - RIGHT) / ((DECADES + TOP_DECADE) * BINS_A_DECADE)
    last = (DECADES + TOP_DECADE) * BINS_A_DECADE - 1
    for ratio in ratios:
        bins[min(last, int((_place(ratio) - LEFT) / width))] += 1
    most = max(bins.values())
    parts = [f'<text x="{LEFT - 10}" y="{base - 12}" text-anchor="end">{escape(name)}</text>',
             f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{base}" y2="{base}"/>']  # fmt: skip
    for number, count in sorted(bins.items()):
        tall = round(max(1.5, (ROW - 20) * count / most), 1)
        parts.append(
            f'<rect class="fill" x="{LEFT + number * width + 0.5:.1f}" y="{base - tall:.1f}" width="{width - 1:.1f}" '
            f'height="{tall}"><title>{count} of {len(ratios)}</title></rect>'
        )
    ordered = sorted(ratios, key=lambda ratio: (math.isnan(ratio), ratio))
    median, worst = ordered[len(ordered) // 2], ordered[-1]
    at, end = _place(median), _place(worst)
    parts.append(
        f'<line class="median" x1="{at}" x2="{at}" y1="{base - ROW + 18}" y2="{base + 4}">'
        f"<title>median {show(median, 2)}</title></line>"
    )
    parts.append(f'<g class="mark" transform="translate({end} {base - 5})"><path d="M0-5L4.4 0 0 5-4.4 0z"/></g>')
    parts.append(f'<text class="value" x="{end + 8}" y="{base - 1}">{show(worst, 2)}</text>')
    return f'<g class="s{series % 8}">{"".join(parts)}</g>'
