"""Faults caught against correct implementations falsely accused, rule by rule, as bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup, escape

from attnproof.reports.page.figures.draw import WIDTH, legend, panels, svg

ROW: Final = 34  # pixels for one rule
BAR: Final = 11
START: Final = 126  # where bars begin
ROOM: Final = 44  # what their labels need at the right end
CAUGHT: Final = 0  # series of the style sheet
ACCUSED: Final = 1

# Faults caught and asked about, correct ones accused and asked about, faults told apart.
Shares = tuple[int, int, int, int, int]


def figure(rules: Sequence[tuple[str, Shares | None, Shares]]) -> Markup:
    """Two panels; ``rules``: name, what is said on ordinary inputs, and what on the verifier's."""
    ordinary = [(name, found) for name, found, _ in rules if found is not None]
    ours = [(name, found) for name, _, found in rules]
    key = legend([(CAUGHT, "faults caught"), (ACCUSED, "correct implementations falsely accused")])
    return panels(_bars("Ordinary inputs", ordinary), _bars("This verifier's inputs", ours)) + key


def _bars(title: str, rules: Sequence[tuple[str, Shares]]) -> Markup:
    body = []
    for number, (name, (caught, faults, accused, right, _)) in enumerate(rules):
        top = number * ROW + 4
        body.append(f'<text class="label" x="{START - 8}" y="{top + BAR + 4}" text-anchor="end">{escape(name)}</text>')
        body.append(_bar(top, caught, faults, CAUGHT, f"{name}: {caught} of {faults} faults caught"))
        body.append(_bar(top + BAR + 1, accused, right, ACCUSED, f"{name}: {accused} of {right} falsely accused"))
    height = max(len(rules), 1) * ROW
    body.append(f'<path class="axis" d="M{START} 0V{height}"/>')
    return svg(title, WIDTH, height + 2, "".join(body))


def _bar(top: float, count: int, of: int, series: int, tip: str) -> str:
    share = count / of if of else 0.0
    width = round(share * (WIDTH - START - ROOM), 1)
    label = f"{100 * share:.0f} %" if of else "–"
    return (
        f'<g class="mark s{series}"><title>{escape(tip)}</title>'
        f'<rect x="{START}" y="{top}" width="{width:g}" height="{BAR}"/></g>'
        f'<text class="tick" x="{START + width + 4:g}" y="{top + BAR - 2}">{label}</text>'
    )
