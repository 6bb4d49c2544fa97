from __future__ import annotations

import json
import sys
import types
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from attnproof.verify.options import Options
from attnproof.verify.proofs.derive import DerivationRow
from attnproof.verify.rows.comparison import ComparisonRow
from attnproof.verify.rows.tables import VarianceRow
from attnproof.verify.run.plan import EmptySelectionError, plan
from attnproof.verify.run.runner import Summary, run
from attnproof.verify.unit import Result, Unit


def comparison(name: str, outcome: str, **more: Any) -> ComparisonRow:
    keys = ("score", "implementation", "dtype", "device", "size", "input_class", "quantity")
    reason = None if outcome == "pass" else "why"
    return ComparisonRow(id=name, outcome=outcome, reason=reason, **dict.fromkeys(keys, "x") | {"dtype": "fp32"} | more)


def table_row(name: str, verdict: str) -> VarianceRow:
    return VarianceRow(id=name, verdict=verdict, reason=None if verdict == "pass" else "why")


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    made = types.ModuleType("runner_units")
    made.rows = []
    made.give = lambda arguments, options: made.rows

    def fall(arguments, options):
        raise ValueError("planted")

    made.fall = fall
    monkeypatch.setitem(sys.modules, "runner_units", made)
    return made


def start(out: Path, *units: Unit, finish=lambda folder: None) -> Summary:
    with ThreadPoolExecutor(1) as executor:
        return run(Options(), out, executor, progress=lambda done: None, units=units, finish=finish)


GIVE = Unit("give", "checks", "runner_units:give")
FALL = Unit("fall", "checks", "runner_units:fall")
CLAIM = Unit("claim/S1", "claims", "attnproof.verify.proofs.ledger:run", {"claim": "S1"})


def test_files_of_a_run(tmp_path: Path, module: types.ModuleType) -> None:
    module.rows = [comparison("a", "pass"), comparison("b", "skipped"), table_row("t", "abstain")]
    summary = start(tmp_path / "out", GIVE, CLAIM)
    assert summary.ok
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        *("run.json", "results.jsonl", "claims.json", "derivations.json", "junit.xml", "tables", "manifest.json")
    }
    content = json.loads((tmp_path / "out" / "run.json").read_text(encoding="utf-8"))
    assert content["schema"] == "attnproof.run/1"
    assert content["suites"]["comparisons"] == {"pass": 1, "skipped": 1}
    assert content["suites"]["variance"] == {"abstain": 1}
    claims = json.loads((tmp_path / "out" / "claims.json").read_text(encoding="utf-8"))
    assert [claim["id"] for claim in claims["claims"]] == ["S1"]
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]  # nothing left beside it


@pytest.mark.parametrize("outcome", ["fail", "error"])
def test_a_failed_comparison_fails_the_run(tmp_path: Path, module: types.ModuleType, outcome: str) -> None:
    module.rows = [comparison("a", "pass"), comparison("b", outcome)]
    summary = start(tmp_path / "out", GIVE)
    assert not summary.ok
    assert summary.failures == (("b", "why"),)


def test_too_many_abstentions_fail_the_run(tmp_path: Path, module: types.ModuleType) -> None:
    known = {"dtype": "fp32", "quantity": "context", "ratio": 0.5}
    module.rows = [comparison(str(k), "abstain" if k < 2 else "pass", **known) for k in range(200)]
    summary = start(tmp_path / "out", GIVE)
    assert [case for case, _ in summary.failures] == ["abstentions/x/fp32/x"]
    tables = {path.stem: path.read_text(encoding="utf-8") for path in (tmp_path / "out" / "tables").iterdir()}
    assert "why" in tables["abstentions"]
    assert "tightness/comparisons/context/fp32/x/x" in tables["tightness"]
    module.rows = [*module.rows[1:], comparison("200", "pass", **known)]  # one of 200
    assert start(tmp_path / "out", GIVE).ok


def test_a_failed_table_row_fails_the_run(tmp_path: Path, module: types.ModuleType) -> None:
    module.rows = [table_row("t", "fail")]
    assert not start(tmp_path / "out", GIVE).ok


def test_a_unit_that_raises_fails_the_run_and_is_named(tmp_path: Path, module: types.ModuleType) -> None:
    summary = start(tmp_path / "out", FALL)
    assert not summary.ok
    assert summary.failures == (("fall", "unit raised: ValueError: planted"),)


def test_a_failed_recheck_or_an_accepted_planted_error_fails_the_run(tmp_path: Path, module: types.ModuleType) -> None:
    recheck = {"system": "dot", "road": "exact", "sizes": "n=2", "quantity": "grad_query", "detail": ""}
    for holds, rejected, ok in ((True, True, True), (False, True, False), (True, False, False), (None, True, True)):
        module.rows = [
            DerivationRow(
                name="dot",
                rechecks=[{**recheck, "holds": holds}],
                planted=[{"name": "sign", "rejected": rejected, "detail": ""}],
            )
        ]
        assert start(tmp_path / "out", GIVE).ok is ok


def test_what_is_no_result_is_an_error(tmp_path: Path, module: types.ModuleType) -> None:
    module.rows = [{"table": "nowhere"}]
    with pytest.raises(TypeError, match="unit 'give' gave dict; expected a Result"):
        start(tmp_path / "out", GIVE)


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_interrupted_it_leaves_the_previous_report(tmp_path: Path, module: types.ModuleType, error) -> None:
    module.rows = [comparison("a", "pass")]
    start(tmp_path / "out", GIVE, finish=lambda folder: (folder / "index.html").write_text("first"))

    def stop(folder: Path) -> None:
        raise error

    with pytest.raises(error):
        start(tmp_path / "out", GIVE, finish=stop)
    assert (tmp_path / "out" / "index.html").read_text() == "first"
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_two_runs_give_the_same_files_times_aside(tmp_path: Path, module: types.ModuleType) -> None:
    module.rows = [comparison("a", "pass"), table_row("t", "pass")]
    start(tmp_path / "one", GIVE, CLAIM)
    start(tmp_path / "two", GIVE, CLAIM)
    for path in sorted((tmp_path / "one").rglob("*.*")):
        if path.name not in {"run.json", "manifest.json"}:  # they hold times, and a digest of times
            other = tmp_path / "two" / path.relative_to(tmp_path / "one")
            assert path.read_bytes() == other.read_bytes(), path.name


def test_an_empty_selection_is_an_error() -> None:
    with pytest.raises(EmptySelectionError, match="nothing to check"):
        plan(Options(scores=()), ("checks",))


def test_every_part_plans_units_with_unique_ids() -> None:
    units = plan(Options(profile="standard"))
    assert len({unit.id for unit in units}) == len(units)
    assert {unit.part for unit in units} >= {
        "derive",
        "claims",
        "checks",
        "variance",
        "saturation",
        "bias_invariance",
        "model",
    }


@pytest.mark.parametrize(
    ("rows", "judged"),
    [
        # of a score with a tanh alone, which has no limit
        ([comparison("a", "skipped"), comparison("b", "unsupported"), comparison("c", "abstain", score="additive")], 0),
        ([comparison("a", "skipped"), table_row("t", "pass")], 0),  # a table does not stand in for the comparisons
        ([comparison("a", "skipped"), comparison("b", "pass")], 1),
        ([table_row("t", "pass"), table_row("u", "skipped")], 1),
        ([table_row("t", "skipped")], 0),
    ],
)
def test_what_was_skipped_is_not_judged(
    tmp_path: Path, module: types.ModuleType, rows: list[Result], judged: int
) -> None:
    module.rows = rows
    summary = start(tmp_path / "out", GIVE, CLAIM)  # the claim's proof passes
    assert summary.ok
    assert summary.judged == judged


def test_without_measurements_proofs_are_judged(tmp_path: Path) -> None:
    assert start(tmp_path / "out", CLAIM).judged == 2  # the claim, and the lemma that it rests on


def test_a_table_whose_every_unit_broke_is_an_empty_file_beside_the_errors(
    tmp_path: Path, module: types.ModuleType
) -> None:
    summary = start(tmp_path / "out", Unit("broken", "variance", "runner_units:fall"))
    assert not summary.ok
    assert (tmp_path / "out" / "tables" / "variance.csv").is_file()


def test_when_the_new_report_cannot_be_put_in_place_the_old_one_stays(
    tmp_path: Path, module: types.ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    module.rows = [comparison("a", "pass")]
    start(tmp_path / "out", GIVE)
    old = (tmp_path / "out" / "run.json").read_text(encoding="utf-8")

    def refuse(one: Path, other: Path) -> None:
        raise OSError("busy")

    monkeypatch.setattr("attnproof.verify.run.replace.exchange", refuse)
    with pytest.raises(OSError, match="busy"):
        start(tmp_path / "out", GIVE)
    assert (tmp_path / "out" / "run.json").read_text(encoding="utf-8") == old
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_what_is_put_into_a_report_while_a_run_goes_on_is_kept(tmp_path: Path, module: types.ModuleType) -> None:
    module.rows = [comparison("a", "pass"), table_row("t", "pass")]
    start(tmp_path / "out", GIVE)

    def meanwhile(folder: Path) -> None:
        (tmp_path / "out" / "tables" / "mine.csv").write_text("years of work")

    summary = start(tmp_path / "out", GIVE, finish=meanwhile)
    assert summary.aside == tmp_path / "out-aside-1"
    assert [path.relative_to(summary.aside).as_posix() for path in summary.aside.rglob("*")] == [
        "tables",
        "tables/mine.csv",
    ]
    assert start(tmp_path / "out", GIVE).aside is None
