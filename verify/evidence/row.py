"""Rows of evidence: measurements that are judged, and figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from attnproof.verify.rows.drawing import Drawing
from attnproof.verify.rows.tables import EvidenceRow, Grade, Value


def measurement(
    claim: str,
    name: str,
    what: str,
    *,
    theory: str,
    theory_value: Value,
    measured: Value,
    uncertainty: float | None,
    detectable: float | None,
    grade: Grade,
    verdict: str,
    reason: str | None = None,
    implementation: str = "",
    dtype: str = "",
    device: str = "cpu",
) -> EvidenceRow:
    """A row of ``tables/evidence.csv`` with the id ``evidence/CLAIM/NAME``."""
    return EvidenceRow(
        id=f"evidence/{claim}/{name}",
        claim=claim,
        what=what,
        theory=theory,
        theory_value=theory_value,
        measured=measured,
        uncertainty=uncertainty,
        detectable=detectable,
        grade=grade,
        verdict=verdict,
        reason=reason,
        implementation=implementation,
        dtype=dtype,
        device=device,
    )


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
    """A series of a figure: ``line`` for theory, ``bound`` for a bound (dashed), ``points`` for measurements with error bars.

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
    """A figure of numbers in cells; ``marked`` are the cells that matter (row, column), for instance each query's target key."""
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
