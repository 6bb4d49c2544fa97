"""The section on tightness counts what the tables say, and says so when there is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from attnproof.reports.page.load import load
from attnproof.reports.page.render import render
from attnproof.reports.page.sections import tightness
from attnproof.verify.arithmetic.function_errors import FunctionError
from attnproof.verify.arithmetic.measured_errors import _judged
from attnproof.verify.comparisons import abstentions
from attnproof.verify.comparisons.tightness import row, rows
from attnproof.verify.options import Options
from attnproof.verify.rows.comparison import ComparisonRow
from attnproof.verify.rows.tables import FunctionsRow
from attnproof.verify.tables import frame

LIMIT = FunctionError(2.0, 1.0, "exhaustive", "a <library> 1.0")


def comparison(outcome: str = "pass", ratio: Any = 0.25, **changed: Any) -> dict[str, Any]:
    found = {
        "score": "dot",
        "implementation": "one",
        "dtype": "fp32",
        "device": "cpu",
        "quantity": "grad.query",
        "reason": "<loose>",
    }
    return {**found, "outcome": outcome, "ratio": ratio, **changed}


OWN = [comparison(), comparison(ratio=0.75), comparison("abstain", 9.0), comparison(quantity="context", dtype="bf16")]
DRAWN = [
    row(("grad", "fp32", "one", "cpu"), [0.1, 0.2, 0.9], 0, "tight: ties, changed", "dot"),
    row(("grad", "fp32", "two", "cpu"), [0.05, 0.2, 0.3], 0, "tight: normal", "dot"),
    row(("grad", "fp32", "one", "cpu"), [0.4] * 5, 0, "tight: deep", "bilinear"),
    row(("grad", "fp32", "one", "cpu"), [], 3, "", "concat"),
]


def function(way: str, measured: float, inputs: int, grade: str = "sampled", part: str = "") -> FunctionsRow:
    found = FunctionError(measured, 0.0, grade, "")  # type: ignore[arg-type]
    return _judged(found, "numpy", "exp", "fp32", way, inputs, part, LIMIT)


FUNCTIONS = [function("contiguous", 1.5, 100), function("strided", 1.75, 100), function("single elements", 1.0, 7)]


def with_tables(folder: Path, functions: list[FunctionsRow] = FUNCTIONS) -> Path:
    """The tables as a run writes them."""
    own = [ComparisonRow(id="x", **each) for each in OWN]
    made = {"tightness": [*rows(own), *DRAWN], "abstentions": abstentions.rows(own, Options()), "functions": functions}
    frame.write(folder / "tables", made)
    return folder


def test_by_output_and_format(run_folder: Path) -> None:
    drawn = [each for each in load(with_tables(run_folder)).tables["tightness"] if each["of"] == "inputs"]
    found = tightness.by_output(OWN, drawn)
    assert [(each["output"], each["dtype"]) for each in found] == [("context", "bf16"), ("grad", "fp32")]
    assert (found[1]["comparisons"], found[1]["median"], found[1]["largest"]) == (2, 0.5, 0.75)
    assert (found[1]["inputs"], found[1]["medians"], found[1]["closest"]) == (8, "0.2 to 0.4", 0.9)
    assert found[1]["where"] == "dot, one, tight: ties, changed"
    assert found[0]["inputs"] is None
    assert (
        tightness.headline(OWN, drawn)
        == "In 3 comparisons of the run and 11 of the search for the worst, no error exceeded its bound."
    )


@pytest.mark.parametrize("ratio", [1.5, "nan", "inf"])
def test_an_error_beyond_its_bound_is_in_the_headline(ratio: Any) -> None:
    assert "1 errors exceeded" in tightness.headline([*OWN, comparison("fail", ratio)], [])
    assert tightness.headline([], []) == ""


def test_abstentions_with_their_reasons(run_folder: Path) -> None:
    found = tightness.abstentions(load(with_tables(run_folder)).tables["abstentions"])
    assert [(each["dtype"], each["share"], each["word"].name) for each in found] == [
        ("fp32", "33.3 %", "fail"),
        ("bf16", "0.0 %", "pass"),
    ]
    assert found[0]["reasons"] == [("<loose>", 1)]


def test_every_abstention_in_the_wide_formats_is_listed() -> None:
    more = {"score": "dot", "size": "wide", "input_class": "tied"}
    some = [comparison("abstain", quantity=q, **more) for q in ("weights", "context")]
    some += [comparison(**more), comparison("abstain", dtype="fp16", **more)]
    assert tightness.listed(some) == [(("dot", "wide", "tied", "fp32", "one", "<loose>"), 2, "weights, context")]


def test_functions_are_grouped_and_only_all_of_2_to_the_32_are_all(run_folder: Path) -> None:
    table = load(with_tables(run_folder)).tables["functions"]
    (found,) = tightness.by_function(table)
    assert (found["allowed"], found["measured"], found["inputs"], found["all"]) == (2.0, 1.75, 207, False)
    assert [(each["way"], each["measured"]) for each in tightness.by_way(table)] == [
        ("contiguous", 1.5),
        ("single elements", 1.0),
        ("strided", 1.75),
    ]
    half = [function("contiguous", 1.9, 1 << 31, "exhaustive", f"/{k}") for k in range(2)]
    assert not tightness.by_function(load(with_tables(run_folder, [*FUNCTIONS, half[0]])).tables["functions"])[0]["all"]
    whole = load(with_tables(run_folder, [*FUNCTIONS, *half])).tables["functions"]
    assert tightness.by_function(whole)[0]["all"]
    assert [each["all"] for each in tightness.by_way(whole)] == [True, False, False]


def test_the_page_shows_them_and_escapes_what_it_quotes(run_folder: Path) -> None:
    html = render(with_tables(run_folder)).read_text(encoding="utf-8")
    part = html[html.index('id="tightness"') : html.index('id="detection"')]
    assert "&lt;loose&gt;" in part
    assert "a &lt;library&gt; 1.0" in part
    assert "<loose>" not in part
    assert "1 of 3 comparisons abstain" in part  # what fails stands at the top
    assert "0.2 to 0.4" in part
    assert 'id="rows-tightness"' not in html


def test_a_page_without_the_tables_says_so(run_folder: Path) -> None:
    html = render(run_folder).read_text(encoding="utf-8")
    assert "No bound was looked at in this run." in html
    results = load(with_tables(run_folder, []))
    assert "They were not measured in this run" in tightness.section(results).html


def test_cut_short_tables_are_noticed(run_folder: Path) -> None:
    with_tables(run_folder)
    run = json.loads((run_folder / "run.json").read_text(encoding="utf-8"))
    run.setdefault("suites", {})["functions"] = {"pass": 4}
    (run_folder / "run.json").write_text(json.dumps(run), encoding="utf-8")
    with pytest.raises(ValueError, match=r"functions\.csv: expected the 4 rows"):
        load(run_folder)
