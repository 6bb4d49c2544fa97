"""What a notebook's cell shows stays small: the notebook's file holds it, every run of it again."""

from __future__ import annotations

from pathlib import Path

import made_run
import pytest
from parameters import ordinary

import attnproof
from attnproof.derivations.formulas import formula, names, options
from attnproof.derivations.scores import FAMILIES
from attnproof.verify.checking.report import Report
from attnproof.verify.outcome import FAIL
from attnproof.verify.properties import PROPERTIES, Finding

MOST = 20_000  # bytes


def cell(value: object) -> int:
    """Bytes of everything that a notebook keeps of a value."""
    forms = [getattr(value, name)() for name in ("_repr_html_", "_repr_latex_", "__repr__") if hasattr(value, name)]
    return sum(len(form.encode()) for form in forms if form)


def test_every_formula() -> None:
    sizes = {name: cell(formula(name)) for name in names()}
    assert {name: size for name, size in sizes.items() if size > MOST} == {}
    assert max(sizes.values()) > 5_000, "a size that was measured"


@pytest.mark.parametrize("score", ordinary(FAMILIES, "additive"))
def test_formulas_with_every_option(score: str) -> None:
    present = [name for name in options(score) if name not in ("sink_score", "dropout")]  # sink excludes the first
    for name in names(score, *present):
        assert cell(formula(name)) <= MOST, name


def test_a_formula_that_is_too_long_shows_its_last_equations() -> None:
    long = formula("dot.tangent.shares+softcap+bias+rotary+sink")
    shown = long._repr_html_()
    assert "equations before these" in shown
    assert shown.count("<math") > len(long.symbols) + len(long.equations) / 2
    assert "equations before these" not in formula("additive.context")._repr_html_()


def test_a_report_of_a_check_whose_every_property_fails_at_length() -> None:
    why = "the computed value is <far> beyond its bound & so on, " * 200
    findings = tuple(Finding(FAIL, why, property=name) for name in PROPERTIES)
    report = Report("target", "additive", findings)
    assert len(report.verdicts) == len(PROPERTIES)
    assert cell(report) <= MOST
    assert "&lt;far&gt;" in report._repr_html_()


def test_a_table_and_a_claim(tmp_path: Path) -> None:
    folder = made_run.write(tmp_path / "run", made_run.tables())
    assert cell(attnproof.table("evidence", folder)) <= MOST
    assert cell(attnproof.claim("T6")) <= MOST
