"""Rows of evidence: measurements that are judged, and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Final, Literal

from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.rows.drawing import Drawing
from attnproof.verify.rows.tables import EvidenceRow, Grade, Value

ANYWHERE: Final[Mapping[str, str]] = MappingProxyType({})


def judged(
    claim: str,
    name: str,
    what: str,
    theory: str,
    expected: Value,
    measured: Value,
    within: float | None,
    wrong: str | None = None,
    *,
    grade: Grade = "certified enclosure",
    seen: float | None = None,
    where: Mapping[str, str] = ANYWHERE,
) -> EvidenceRow:
    """A row of ``tables/evidence.csv`` with the id ``evidence/CLAIM/NAME``.

    what      what was measured, in words that a reader of the claim understands
    expected  what ``theory`` predicts; ``within``: how far from it ``measured`` may be
    wrong     why it fails; None: it passes
    seen      the smallest deviation that would have been seen, where it is not ``within``
    where     implementation, dtype and device
    """
    numbers: dict[str, Any] = {"theory_value": expected, "measured": measured, "uncertainty": within}
    numbers |= {"detectable": within if seen is None else seen, "grade": grade}
    return unjudged(claim, name, what, theory, FAIL if wrong else PASS, wrong, **numbers, **where)


def exactly(
    claim: str, name: str, what: str, theory: str, expected: Fraction, found: Fraction | None, **rest: Any
) -> EvidenceRow:
    """A row of rational numbers that are counted or enumerated: equal, or not. ``rest`` as for ``judged``."""
    wrong = None if found == expected else f"found {found}, expected {expected}"
    value = None if found is None else float(found)
    return judged(claim, name, what, theory, float(expected), value, 0.0, wrong, **{"grade": "exact"} | rest)


def share_of_bound(
    claim: str, name: str, what: str, share: float, *, meaningful: bool, where: Mapping[str, str]
) -> EvidenceRow:
    """A row of the largest error as a share of its rounding bound, at most 1; abstains where the bound says nothing."""
    columns: dict[str, Any] = {"theory_value": 0.0, "measured": share, "uncertainty": 1.0, "detectable": 1.0}
    outcome, reason = PASS, None
    if not meaningful:
        outcome, reason = ABSTAIN, "the rounding bound is as large as the weights"
    elif not share <= 1:
        outcome, reason = FAIL, f"an error of {share:.3g} of its bound"
    columns["grade"] = "certified enclosure"
    return unjudged(claim, name, what, "at most 1", outcome, reason, **columns, **where)


def unjudged(
    claim: str, name: str, what: str, theory: str, outcome: str, reason: str | None, **columns: Any
) -> EvidenceRow:
    """A row with this outcome: of what could not be measured (without numbers), or not judged, for ``reason``."""
    said: dict[str, Any] = {"claim": claim, "what": what, "theory": theory, "verdict": outcome, "reason": reason}
    return EvidenceRow(id=f"evidence/{claim}/{name}", **said, **columns)


def axis(label: str, scale: Literal["linear", "log2", "log10"] = "linear") -> dict[str, str]:
    """An axis of a figure."""
    return {"label": label, "scale": scale}


def series(
    name: str,
    x: Sequence[float],
    y: Sequence[float],
    kind: Literal["line", "points", "bound"] = "line",
    *,
    low: Sequence[float] | None = None,
    high: Sequence[float] | None = None,
) -> dict[str, Any]:
    """A series of a figure: ``line`` for theory, ``bound`` for a bound (dashed), ``points`` for measurements with error
    bars.

    Raises ValueError when the lengths differ or the series is empty.
    """
    lengths = {len(part) for part in (x, y, low, high) if part is not None}
    if len(lengths) != 1 or lengths == {0}:
        raise ValueError(f"series {name!r} has parts of lengths {sorted(lengths)}; expected equal ones, not 0")
    found: dict[str, Any] = {"name": name, "kind": kind, "x": [float(a) for a in x], "y": [float(a) for a in y]}
    if low is not None and high is not None:
        found |= {"low": [float(a) for a in low], "high": [float(a) for a in high]}
    return found


def figure(
    claim: str,
    title: str,
    x: Mapping[str, str],
    y: Mapping[str, str],
    lines: Sequence[Mapping[str, Any]],
    caption: str = "",
) -> Drawing:
    """A figure of curves and points, drawn in the claim's section.

    caption  one sentence: what one sees in it
    """
    both = {"x": dict(x), "y": dict(y), "series": [dict(line) for line in lines]}
    return Drawing(claim, {"kind": "curves", "title": title, "caption": caption} | both)


def matrix(
    claim: str,
    title: str,
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[Sequence[float]],
    marked: Sequence[tuple[int, int]] = (),
    *,
    row_label: str = "query",
    column_label: str = "key",
    caption: str = "",
) -> Drawing:
    """A figure of numbers in cells; ``marked`` are the cells that matter (row, column), for instance each query's
    target key.
    """
    if any(len(line) != len(columns) for line in values) or len(values) != len(rows):
        raise ValueError(f"figure {title!r}: expected {len(rows)} rows of {len(columns)} values")
    content = {
        "kind": "matrix",
        "title": title,
        "rows": list(rows),
        "columns": list(columns),
        "row_label": row_label,
        "column_label": column_label,
        "values": [[float(value) for value in line] for line in values],
        "marked": [list(place) for place in marked],
        "caption": caption,
    }
    return Drawing(claim, content)
