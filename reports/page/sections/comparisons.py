"""Implementations against the oracle: a matrix, the distribution of errors, and whatever did not pass."""

from __future__ import annotations

from collections import Counter
from typing import Final

from attnproof.reports import words
from attnproof.reports.page.figures import errors
from attnproof.reports.page.load import Results, Row
from attnproof.reports.page.numbers import finite
from attnproof.reports.page.section import Section, fill
from attnproof.reports.page.sections import matrix
from attnproof.reports.page.worst import worst

WRONG: Final = ("fail", "error")
MOST_LISTED: Final = 200
NEAREST: Final = 10


def section(results: Results) -> Section:
    """Score × implementation × format."""
    rows = [row for row in results.comparisons if row["score"]]
    shown = matrix.columns(rows)
    wrong = [row for row in results.comparisons if row["outcome"] in WRONG]
    wrong.sort(key=lambda row: -(finite(row.get("ratio")) or float("inf")))
    passed = [row for row in rows if row["outcome"] == "pass" and finite(row.get("ratio")) is not None]
    passed.sort(key=lambda row: -(finite(row["ratio"]) or 0.0))
    return Section(
        "comparisons",
        "Implementations against the truth",
        fill(
            "comparisons.html.j2",
            total=len(results.comparisons),
            figure=errors.figure(rows),
            columns=shown,
            matrix_rows=matrix.matrix(rows, (lambda row: row["score"], lambda row: row["implementation"]), shown),
            known={score["name"] for score in results.scores},
            wrong=[(row, worst(row)) for row in wrong[:MOST_LISTED]],
            wrong_total=len(wrong),
            nearest=[(row, worst(row)) for row in passed[:NEAREST]],
            reasons=_reasons(rows),
        ),
        (("comparisons-matrix", "Matrix"), ("comparisons-wrong", "What failed"), ("comparisons-reasons", "Not judged")),
    )


def _reasons(rows: list[Row]) -> list[tuple[words.Word, str, int, str]]:
    """Every reason for an outcome that is neither pass nor fail: (outcome, reason, number, one id)."""
    found: Counter[tuple[str, str]] = Counter()
    example: dict[tuple[str, str], str] = {}
    for row in rows:
        if row["outcome"] not in {"pass", *WRONG}:
            key = (row["outcome"], str(row["reason"]))
            found[key] += 1
            example.setdefault(key, row["id"])
    order = list(words.OUTCOMES)
    keys = sorted(found, key=lambda key: (order.index(key[0]), -found[key], key[1]))
    return [(words.word(outcome), reason, found[outcome, reason], example[outcome, reason]) for outcome, reason in keys]
