"""Comparisons summed up in a matrix: the worst error in units of its bound, and how many of each outcome."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from attnproof.reports import words
from attnproof.reports.page.load import Row
from attnproof.reports.page.numbers import number, show

NOT_RUN = frozenset({"skipped", "unsupported"})


@dataclass(frozen=True)
class Cell:
    """One cell: what became of its comparisons.

    counts   of outcomes, in the order of the vocabulary
    reasons  for what did not run
    worst    text of the largest error/bound of the comparisons that were judged; None when none was
    share    the same as a percentage, at most 100, for the bar behind the number
    """

    counts: tuple[tuple[words.Word, int], ...]
    worst: str | None
    share: float
    reasons: str


@dataclass(frozen=True)
class Column:
    """A device and a format; a device on which nothing ran is one column with an empty format."""

    device: str
    dtype: str

    @property
    def title(self) -> str:
        """What stands above it."""
        return f"{self.device} {self.dtype}".strip()


def columns(rows: Sequence[Row]) -> list[Column]:
    """The columns that ``rows`` need: by device, then by format."""
    found = []
    for device in words.in_order((row["device"] for row in rows), words.DEVICES):
        here = [row for row in rows if row["device"] == device]
        if all(row["outcome"] in NOT_RUN for row in here):
            found.append(Column(device, ""))
        else:
            found += [Column(device, dtype) for dtype in words.in_order((row["dtype"] for row in here), words.FORMATS)]
    return found


def matrix(
    rows: Sequence[Row], heads: Sequence[Callable[[Row], str]], shown: Sequence[Column]
) -> list[tuple[tuple[str, ...], list[Cell | None]]]:
    """For each different tuple of ``heads`` its cells under the columns ``shown``.

    In order of appearance, equal first heads together.
    """
    alike: dict[tuple[str, ...], list[Row]] = defaultdict(list)  # many rows, few of them different in these words
    for row in rows:
        alike[row["device"], row["dtype"], *[name(row) for name in heads]].append(row)
    grouped: dict[tuple[str, ...], dict[Column, list[Row]]] = {}
    whole = {column.device for column in shown if not column.dtype}
    for (device, dtype, *head), found in alike.items():
        column = Column(device, "" if device in whole else dtype)
        grouped.setdefault(tuple(head), {}).setdefault(column, []).extend(found)
    first = list(dict.fromkeys(head[0] for head in grouped))
    return [
        (head, [cell(here[column]) if column in here else None for column in shown])
        for head, here in sorted(grouped.items(), key=lambda item: first.index(item[0][0]))
    ]


def cell(rows: Sequence[Row]) -> Cell:
    """Sum up some comparisons."""
    ratios = [ratio for row in rows if (ratio := number(row.get("ratio"))) is not None]
    reasons = "; ".join(sorted({str(row["reason"]) for row in rows if row.get("reason")})[:3])
    worst = max(ratios, key=badness) if ratios else None
    share = 0.0 if worst is None else 100.0 if math.isnan(worst) else min(100.0, 100.0 * worst)
    return Cell(
        tuple(words.counted(row["outcome"] for row in rows)),
        None if worst is None else show(worst, 2),
        round(share, 1),
        reasons,
    )


def badness(ratio: float) -> tuple[bool, float]:
    """A key that orders error/bound from best to worst; not-a-number is the worst of all."""
    return (True, 0.0) if math.isnan(ratio) else (False, ratio)
