"""A claim that is decided case by case shows its cases in a table."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any, cast

import pytest

from attnproof.reports.page.load import Results
from attnproof.reports.page.sections.claims import section
from attnproof.verify.options import Options
from attnproof.verify.proofs import ledger
from attnproof.verify.run.files import plain


def page(claim: str, **changes: Any) -> str:
    (row,) = ledger.run({"claim": claim}, Options(profile="quick"))
    found = SimpleNamespace(claims=[plain(row) | changes], lemmas=[], scores=[], tables={})
    return str(section(cast("Results", found)).html)


def table(claim: str) -> list[list[str]]:
    html = page(claim)
    body = re.sub(r">\s+<", "><", html[html.index("Case by case") :].partition("</table>")[0])
    cells = [
        re.findall(r"<td>(.*?)</td>", " ".join(row.split())) for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]
    return [row for row in cells if row]


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    return table("X4")


def test_there_is_a_row_for_each_cell(rows: list[list[str]]) -> None:
    assert len(rows) == 16
    assert {row[2] for row in rows} == {"additive, with bias", "additive, no bias"}


def test_the_verdicts_of_both_criteria_are_shown(rows: list[list[str]]) -> None:
    (impossible,) = [row for row in rows if "impossible" in row[3]]
    assert impossible[:3] == ["{-1, +1}", "none", "additive, no bias"]
    assert "impossible" in impossible[4]
    possible = [row for row in rows if row is not impossible]
    assert all(
        re.fullmatch(r"✓ possible <small>by at least [\d/]+</small>", one) for row in possible for one in row[3:]
    )


def test_the_criteria_stand_in_columns_of_their_own() -> None:
    (mixed,) = [row for row in table("X2") if ("impossible" in row[3]) != ("impossible" in row[4])]
    assert mixed == ["{0, 1}", "query", "bilinear", "✓ possible <small>by at least 1</small>", "✗ impossible"]


def test_without_cells_there_is_no_table() -> None:
    assert "Case by case" not in page("X4", cells=[])
