from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import made_run
import pytest
from reading import part, read

from attnproof.reports.page.mathml import mixed
from attnproof.reports.page.render import render
from attnproof.reports.page.sections.rows import anchors

ANCHORS = ("verdicts", "lemmas", "lemma-odd_score", "table-evidence", "rows-evidence", "row-evidence-T4-most", "tables",
           "comparisons", "model", "claims", "scores", "rows", "method", "notation", "claim-S2",
           "claim-X1", "score-additive", "score-scaled_dot-adjoint", "table-variance", "table-saturation",
           "table-bias_invariance", "rows-variance")  # fmt: skip


def test_two_renders_are_identical_and_read_nothing_else(run_folder: Path, tmp_path: Path) -> None:
    first = render(run_folder).read_bytes()
    elsewhere = tmp_path / "another place"
    shutil.copytree(run_folder, elsewhere)
    (elsewhere / "index.html").unlink()
    (elsewhere / "stray.txt").write_text("not a result file", encoding="utf-8")
    assert render(elsewhere).read_bytes() == first
    assert render(run_folder).read_bytes() == first


def test_nothing_but_the_page_is_left_behind(run_folder: Path) -> None:
    before = {path.relative_to(run_folder) for path in run_folder.rglob("*")}
    assert render(run_folder) == run_folder / "index.html"
    after = {path.relative_to(run_folder) for path in run_folder.rglob("*")}
    assert after - before == {Path("index.html")}
    assert (run_folder / "index.html").stat().st_mode & 0o777 == 0o644


def test_a_failing_render_leaves_the_previous_page(run_folder: Path) -> None:
    first = render(run_folder).read_bytes()
    (run_folder / "claims.json").write_text("{", encoding="utf-8")
    with pytest.raises(ValueError, match=r"claims\.json"):
        render(run_folder)
    assert (run_folder / "index.html").read_bytes() == first


def test_it_is_well_formed_and_loads_nothing(made_page: Path) -> None:
    page = read(made_page)
    assert page.unbalanced == []
    assert page.open == []
    assert [load for load in page.loads if not load.startswith("data:")] == []
    assert "url(" not in made_page.read_text(encoding="utf-8")
    assert "@import" not in made_page.read_text(encoding="utf-8")


def test_every_link_within_the_page_has_its_target_and_every_file_exists(made_page: Path) -> None:
    page = read(made_page)
    assert len(page.ids) == len(set(page.ids))
    targets = {link[1:] for link in page.links if link.startswith("#")}
    assert targets - set(page.ids) == set()
    files = {link for link in page.links if not link.startswith("#")}
    assert {file for file in files if not (made_page.parent / file).is_file()} == set()
    assert len(files) >= 5


@pytest.mark.parametrize("anchor", ANCHORS)
def test_anchors_are_stable(made_page: Path, anchor: str) -> None:
    assert anchor in read(made_page).ids


def test_notation_and_verdicts_come_first(made_page: Path) -> None:
    ids = read(made_page).ids
    order = [
        "top",
        "notation",
        "verdicts",
        "tables",
        "comparisons",
        "model",
        "claims",
        "lemmas",
        "scores",
        "rows",
        "method",
    ]
    assert sorted(order, key=ids.index) == order


def test_every_formula_is_rendered(made_page: Path) -> None:
    page = read(made_page)
    assert len(page.formulas) > 50
    assert all(formula.strip() for formula in page.formulas)
    assert "\\" not in page.text
    assert "formula not rendered" not in made_page.read_text(encoding="utf-8")


def test_a_formula_that_cannot_be_rendered_does_not_hide(run_folder: Path) -> None:
    edit(run_folder / "claims.json", lambda data: data["claims"][0].update(statement=r"so $\nosuchcommand x$"))
    assert "formula not rendered: \\nosuchcommand x" in render(run_folder).read_text(encoding="utf-8")


def test_text_from_the_results_is_escaped(made_page: Path) -> None:
    page = read(made_page)
    assert page.scripts == 1  # the page's own
    assert "alert('x')" in page.text
    assert "<b>boom</b>" in page.text


def test_every_outcome_and_verdict_is_shown_in_words(made_page: Path) -> None:
    text = read(made_page).text
    for name, count in made_run.run()["counts"].items():
        assert f"{count} {name}" in text
    for verdict in ("proved", "qualified", "refuted", "not decided", "proved up to size 4"):
        assert verdict in text


def test_what_did_not_run_does_not_count_as_a_check(made_page: Path) -> None:
    assert (
        "2 of 354 checks failed or broke and are listed below, 30 could not tell and abstain. Another 250 could not"
        in read(made_page).text
    )


def test_what_is_wrong_is_listed_with_its_reproduction(made_page: Path) -> None:
    source = made_page.read_text(encoding="utf-8")
    wrong = source[source.index('id="comparisons-wrong"') : source.index('id="comparisons-reasons"')]
    assert "additive/reference_torch/fp32/cpu/base/normal/weights" in wrong
    assert "attnproof verify --only additive --dtype fp32" in wrong
    assert "checks/broken" in wrong
    assert "dot/torch_sdpa/fp16/cpu/base/normal/context" not in wrong.split("<details>")[0]


def test_what_did_not_run_is_said_with_its_reason(made_page: Path) -> None:
    text = read(made_page).text
    for reason in ("no CUDA device", "NumPy has no bf16", "the bound is as large as the value", "by its contract"):
        assert reason in text


def test_the_matrix_shows_the_worst_ratio_of_a_cell(run_folder: Path) -> None:
    rows = [row for row in made_run.comparisons() if row["score"]]
    cell = [row for row in rows if (row["score"], row["implementation"], row["dtype"], row["device"])
            == ("additive", "reference_torch", "fp32", "cpu")]  # fmt: skip
    assert max(row["ratio"] for row in cell) == 3.7
    source = render(run_folder).read_text(encoding="utf-8")
    matrix = source[source.index('id="comparisons-matrix"') : source.index('id="comparisons-wrong"')]
    assert '<span class="ratio">3.7</span>' in matrix
    assert '<span class="ratio">NaN</span>' in matrix  # worse than any number


def test_a_planted_error_that_was_not_noticed_is_in_the_open(made_page: Path) -> None:
    concat = part(made_page.read_text(encoding="utf-8"), 'id="score-concat-rechecks"', 'id="score-concat-code"')
    assert "1 of 2 planted errors are rejected" in concat
    assert "2 of 3 re-checks hold" in concat
    assert "The ring does not decide 1: grad_key of <code>concat</code>." in concat
    assert "<details open>" in concat
    assert "not noticed" in concat


@pytest.mark.parametrize(
    "name", ["run.json", "results.jsonl", "claims.json", "derivations.json", "tables/variance.csv"]
)
def test_a_missing_file_is_named(run_folder: Path, name: str) -> None:
    (run_folder / name).unlink()
    with pytest.raises(ValueError, match=f"{Path(name).name}: this result file is missing"):
        render(run_folder)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("run.json", "[]", "expected a JSON object, found list"),
        ("run.json", '{"schema": "attnproof.run/1"}', "missing: profile, seed"),
        ("claims.json", '{"schema": "attnproof.claims/9", "claims": []}',
         "expected const 'attnproof.claims/1', found 'attnproof.claims/9'"),
        ("claims.json", '{"schema": "attnproof.claims/1", "claims": [{"id": "S1"}]}',
         r"claims.*\[0\]: .* missing: title, verdict"),
        ("derivations.json", '{"schema": "attnproof.derivations/1"}', "the fields schema, scores; missing: scores"),
        ("results.jsonl", "{}\n{", "results.jsonl:1: expected schema"),
        ("results.jsonl", "nonsense", "results.jsonl:1: expected one JSON object a line"),
        ("tables/variance.csv", "id,verdict\na,pass\n", "missing: theory, theory_value"),
        ("tables/variance.csv", ",".join(made_run.table_row("a", 1, 1, 1)) + "\na,pass\n",
         "variance.csv:2: expected 12 cells"),
        ("model.json", "{", "model.json: expected JSON"),
    ],
)  # fmt: skip
def test_a_malformed_file_is_named(run_folder: Path, name: str, content: str, message: str) -> None:
    (run_folder / name).write_text(content, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        render(run_folder)


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="nowhere: expected a folder"):
        render(tmp_path / "nowhere")


def test_an_unknown_outcome_is_refused(run_folder: Path) -> None:
    row = made_run.comparisons()[0] | {"outcome": "passed"}
    (run_folder / "results.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"results.jsonl:1: expected one of pass, fail, .* found 'passed'"):
        render(run_folder)


def test_an_unknown_verdict_is_refused(run_folder: Path) -> None:
    edit(run_folder / "claims.json", lambda data: data["claims"][1].update(verdict="true"))
    with pytest.raises(ValueError, match=r"claims.json.*'verdict'.: expected one of proved, .* found 'true'"):
        render(run_folder)


def test_parts_that_were_not_run_give_a_sentence(tmp_path: Path) -> None:
    folder = made_run.write(tmp_path / "run", {}, model=False)
    edit(folder / "run.json", lambda data: data.update(parts={}, counts={}, figures={}, false_alarm=None))
    edit(folder / "claims.json", lambda data: data.update(claims=[]))
    edit(folder / "derivations.json", lambda data: data.update(scores=[]))
    (folder / "results.jsonl").write_text("", encoding="utf-8")
    page = read(render(folder))
    for sentence in ("Nothing was checked in this run.", "No claim was part of this run.",
                     "This table was not part of this run.",
                     "No implementation was compared in this run.", "The trained model was not part of this run.",
                     "No score was derived in this run.", "No table was part of this run."):  # fmt: skip
        assert sentence in page.text
    assert {link[1:] for link in page.links if link.startswith("#")} - set(page.ids) == set()


def test_a_formula_has_its_name_beside_it(run_folder: Path) -> None:
    def name(data: Any) -> None:
        for equation in data["scores"][0]["variants"][0]["forward"]:
            equation["name"] = f"additive.{equation['target']}"

    assert "<code>additive.weights</code>" not in render(run_folder).read_text(encoding="utf-8")
    edit(run_folder / "derivations.json", name)
    assert "<code>additive.weights</code>" in render(run_folder).read_text(encoding="utf-8")


def test_a_large_run_stays_light(run_folder: Path) -> None:
    lines = [json.dumps(row) for row in made_run.comparisons() if row["outcome"] != "error"]
    (run_folder / "results.jsonl").write_text("\n".join(lines * 8) + "\n", encoding="utf-8")
    for name, rows in made_run.tables().items():
        more = [row | {"quantity": "other", "part": "other", "statistic": "other"} for row in rows]
        made_run.write_table(run_folder / "tables" / f"{name}.csv", rows + more * (5000 // len(rows)))
    path = render(run_folder)
    assert path.stat().st_size < 6e6
    assert "rows are listed here; all are in tables/variance.csv" in read(path).text


def test_every_figure_is_drawn(made_page: Path) -> None:
    source = made_page.read_text(encoding="utf-8")
    for title in ("Σα²: 1/n is uniform", "Mean sech² inside tanh", "Variance of the raw score", "fp16, dot scores",
                  "Bias inside tanh, additive", "Errors in units of their bound", "Effective keys",
                  "Change of the model&#39;s output when biases"):  # fmt: skip
        assert f'<p class="panel-title">{title}' in source
    assert 'class="absent figure"' not in source


def test_headlines_are_computed_from_the_rows(made_page: Path) -> None:
    text = read(made_page).text
    assert "With width d = 64 and 16 keys the largest key takes 0.994 of the weight" in text
    assert "no longer depends on d for 2 of 3 laws" in text
    assert "at d = 4096 from 1 for normal(0, 1) (measured 1.01) to 4 for Laplace(1) (measured 4.04)." in text
    assert "changed no weight by more than 0 in fp64, 0 in fp16" in text
    assert "at size 16 every weight is within 1.3×10⁻¹⁴ of uniform" in text
    assert "In 19 of 24 heads the scores vary more" in text
    assert "the ratio goes from 0.2 to 3.8." in text
    assert "to within sampling error in 1 of 2 heads" in text
    assert (
        "Removing every key bias changes no embedding by more than 1.1×10⁻¹⁵ in fp64; "
        "removing every query bias changes one by 0.5." in text
    )


def test_a_run_that_judged_no_implementation_does_not_read_as_a_success(run_folder: Path) -> None:
    rows = [row for row in made_run.comparisons() if row["outcome"] in {"skipped", "unsupported", "abstain"}]
    (run_folder / "results.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    text = read(render(run_folder)).text
    assert f"No implementation was judged in this run: none of its {len(rows)} comparisons could be made" in text
    assert "checks failed" not in text


@pytest.mark.parametrize(("name", "file"), [("comparisons", "results.jsonl"), ("variance", "tables/variance.csv")])
def test_a_file_cut_short_is_named(run_folder: Path, name: str, file: str) -> None:
    rows = len(made_run.comparisons() if name == "comparisons" else made_run.tables()[name])
    edit(run_folder / "run.json", lambda run: run.update(suites={name: {"pass": rows}}))
    render(run_folder)
    edit(run_folder / "run.json", lambda run: run.update(suites={name: {"pass": rows, "skipped": 1}}))
    with pytest.raises(ValueError, match=rf"{file}: expected the {rows + 1} rows that run.json counts, found {rows}"):
        render(run_folder)


def test_how_to_cite(made_page: Path) -> None:
    assert "claim S2 (proved)" in read(made_page).text


def test_a_figure_of_an_unknown_kind_is_a_sentence(run_folder: Path) -> None:
    edit(
        run_folder / "claims.json", lambda data: data["claims"][1]["figures"].append({"kind": "globe", "title": "New"})
    )
    assert "A figure of the kind 'globe' cannot be drawn: New." in read(render(run_folder)).text


def test_rows_whose_ids_would_share_an_anchor_do_not() -> None:
    rows = tuple({"id": name} for name in ("evidence/T4/a b", "evidence/T4/a/b", "evidence/T4/c"))
    assert anchors("evidence", rows) == {rows[0]["id"]: "row-evidence-T4-a-b", rows[2]["id"]: "row-evidence-T4-c"}
    assert anchors("variance", rows) == {}


def test_result_files_of_an_older_version_are_read(run_folder: Path) -> None:
    def older(data: dict[str, object]) -> None:
        del data["lemmas"]
        for one in data["claims"]:  # type: ignore[attr-defined]
            for name in ("figures", "altered", "lemmas"):
                one.pop(name, None)
            for step in one["steps"]:
                step.pop("refutes", None)
                step.pop("lemmas", None)

    edit(run_folder / "claims.json", older)
    (run_folder / "tables" / "evidence.csv").unlink()
    page = read(render(run_folder))
    assert "This run has no lemmas." in page.text
    assert {"claim-T4", "rows-variance"} <= set(page.ids)
    assert "rows-evidence" not in page.ids
    assert {link[1:] for link in page.links if link.startswith("#")} - set(page.ids) == set()


def test_the_evidence_of_a_run_that_measured_some_must_be_there(run_folder: Path) -> None:
    edit(run_folder / "run.json", lambda run: run["parts"].update(evidence={"units": 1, "seconds": 1.0}))
    (run_folder / "tables" / "evidence.csv").unlink()
    with pytest.raises(ValueError, match=r"evidence\.csv: this result file is missing"):
        render(run_folder)


def edit(path: Path, change: object) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)  # type: ignore[operator]
    path.write_text(json.dumps(data), encoding="utf-8")


def test_an_assumption_stands_with_its_kind(made_page: Path) -> None:
    assert "<small>(independence)</small>" in made_page.read_text(encoding="utf-8")


def test_formulas_between_backticks_are_code_and_escaped() -> None:
    assert mixed("at `a < b` & <c>") == "at <code>a &lt; b</code> &amp; &lt;c&gt;"
    assert mixed("no formula") == "no formula"


def test_a_headline_stands_in_the_table_of_claims(run_folder: Path) -> None:
    path = run_folder / "claims.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    for claim in content["claims"]:
        claim["headline"] = "Only if `d = 1`." if claim["verdict"] == "qualified" else ""
    path.write_text(json.dumps(content), encoding="utf-8")
    assert "Only if <code>d = 1</code>." in render(run_folder).read_text(encoding="utf-8")
