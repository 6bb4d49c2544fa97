"""What finds a fault, and what would without what was written for it: asked, recorded, asked again, counted."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from attnproof.verify.detection import found_by, left_out
from attnproof.verify.detection import record as recording
from attnproof.verify.detection import verdicts as module
from attnproof.verify.detection.record import Record, record
from attnproof.verify.detection.verdicts import Verdicts, by_formula, everything, made_again, verdicts
from attnproof.verify.faults import faults
from attnproof.verify.options import Options
from attnproof.verify.properties import PROPERTIES
from attnproof.verify.reading.lifting.sizes import CannotLiftError
from attnproof.verify.rows.tables import FoundByRow
from attnproof.verify.tables import frame

SCALE, STATE = "wrong scale: no scale", "dropout active in evaluation"


def test_the_record_has_every_fault_and_what_was_written_for_each() -> None:
    known = record()
    lacking = set(faults()) - set(known.verdicts)
    assert not lacking, f"python -m attnproof.verify.detection.record anew: {sorted(lacking)}"
    for name, each in known.verdicts.items():
        assert set(each.rejected_by) <= set(each.asked) <= set(PROPERTIES), name
        assert set(faults()[name].exposed_by) <= set(each.asked), name


def test_the_record_is_written_as_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Verdicts({"values": "rounding"}, ASKED, "accepts")
    monkeypatch.setattr(recording, "everything", lambda fault, seed: found)
    file = tmp_path / "faults.json"
    monkeypatch.setattr("sys.argv", ["record", str(file)])
    recording.main()
    made = json.loads(file.read_text(encoding="utf-8"))
    assert (made["schema"], made["seed"], list(made["faults"])) == (recording.SCHEMA, 0, list(faults()))
    assert recording._read(made["faults"][SCALE]) == found
    gone = {"rejected_by": {"values": "rounding", "gone": "rounding"}, "asked": [*ASKED, "gone"], "proof": "accepts"}
    assert recording._read(gone) == found


def test_an_implementation_is_made_again_for_each_question() -> None:
    assert made_again(SCALE).wrong is not made_again(SCALE).wrong
    assert made_again(SCALE).wrong is not faults()[SCALE].wrong
    with pytest.raises(KeyError, match="unknown fault 'none'"):
        made_again("none")


def test_kinds_of_evidence() -> None:
    found = verdicts(SCALE, "quick", properties=("algebra", "scale", "repeatable"))
    assert found.rejected_by["algebra"] == "algebra"
    assert "repeatable" not in found.rejected_by
    assert (found.word("algebra"), found.word("proof"), found.word("state")) == ("rejects", "rejects", "accepts")
    assert found.word("coverage") == "not applicable"
    again = verdicts(STATE, "quick", properties=("repeatable",), proof=False)
    assert again.rejected_by == {"repeatable": "state"}
    assert (again.word("state"), again.word("proof")) == ("rejects", "not applicable")


def test_the_formula_of_a_fault_differs_and_that_of_its_twin_does_not() -> None:
    fault = faults()[SCALE]
    assert by_formula(fault.wrong) == "rejects"
    assert by_formula(fault.repaired) != "rejects"
    assert by_formula(faults()["query left out"].wrong) == "rejects"  # scores that are the same for all queries


def test_only_what_cannot_be_read_is_no_evidence(monkeypatch: pytest.MonkeyPatch) -> None:
    def raising(error: Exception) -> None:
        def reading(*_: Any) -> None:
            raise error

        monkeypatch.setattr(module, "reading", reading)

    raising(CannotLiftError("nothing"))
    assert by_formula(faults()[SCALE].wrong) == "not applicable"
    raising(RecursionError("ours"))
    with pytest.raises(RecursionError, match="ours"):
        by_formula(faults()[SCALE].wrong)


def known(
    monkeypatch: pytest.MonkeyPatch, verdict: Verdicts | None, properties: tuple[str, ...] = tuple(PROPERTIES)
) -> None:
    """Let the record say this of the fault."""
    said = Record("2026-01-02", 0, properties, {} if verdict is None else {SCALE: verdict})
    monkeypatch.setattr(found_by, "record", lambda: said)


ASKED = ("algebra", "values", "repeatable", "pairs of features")


def test_one_that_was_not_written_for_the_fault_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    known(monkeypatch, Verdicts({"algebra": "algebra", "values": "rounding"}, ASKED, "rejects"))
    row = found_by.row(faults()[SCALE], Options())
    assert (row.verdict, row.measured, row.asked, row.recorded) == ("pass", "rejected", "algebra", "2026-01-02")
    assert (row.rejected_by, row.others, row.written_for) == ("algebra, values", "algebra", "values")
    assert (row.algebra, row.proof, row.rounding, row.coverage, row.state) == (
        *("rejects",) * 3,
        *("accepts",) * 2,
    )


def test_what_rejected_it_and_does_not_now_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    known(monkeypatch, Verdicts({"repeatable": "state", "values": "rounding"}, ASKED, "rejects"))
    row = found_by.row(faults()[SCALE], Options())
    assert (row.verdict, row.theory_value, row.measured) == ("fail", "rejected", "missed")
    assert row.reason == "repeatable rejected it on 2026-01-02, and did not in this run"


def test_without_another_nothing_is_asked_and_nothing_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    known(monkeypatch, Verdicts({"values": "rounding"}, ASKED, "accepts"))
    row = found_by.row(faults()[SCALE], Options())
    assert (row.verdict, row.measured, row.asked) == ("skipped", "missed", "")


def test_a_property_that_the_record_does_not_know_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    old = tuple(name for name in PROPERTIES if name != "algebra")
    known(monkeypatch, Verdicts({"values": "rounding"}, ASKED[1:], "accepts"), old)
    row = found_by.row(faults()[SCALE], Options())
    assert (row.verdict, row.measured, row.asked, row.others) == ("pass", "rejected", "algebra", "algebra")


@pytest.mark.parametrize("before", [None, Verdicts({"repeatable": "state"}, ASKED, "rejects")])
def test_what_is_not_recorded_or_is_thorough_is_asked_everything(
    monkeypatch: pytest.MonkeyPatch, before: Verdicts | None
) -> None:
    known(monkeypatch, before)
    calls: list[Any] = []

    def asked(name: str, profile: str, seed: int) -> Verdicts:
        calls.append((name, profile))
        return Verdicts({"values": "rounding", "algebra": "algebra"}, ASKED, "rejects")

    monkeypatch.setattr(found_by, "verdicts", asked)
    monkeypatch.setattr(module, "verdicts", asked)
    row = found_by.row(faults()[SCALE], Options(profile="standard" if before is None else "thorough"))
    assert calls == [(SCALE, "quick" if before is None else "standard")]
    assert (row.asked, row.recorded, row.measured) == ("everything", "", "rejected")
    assert row.verdict == ("pass" if before is None else "fail")


def test_what_was_written_for_a_fault_is_asked_more_where_it_accepts(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []

    def asked(name: str, profile: str, seed: int, properties: Any = None, **_: Any) -> Verdicts:
        calls.append((profile, properties))
        return Verdicts({"layout": "rounding"} if profile == "quick" else {"values": "rounding"}, ASKED, "accepts")

    monkeypatch.setattr(module, "verdicts", asked)
    assert everything(faults()[SCALE]).rejected_by == {"layout": "rounding", "values": "rounding"}
    assert calls == [("quick", None), ("standard", ("values",))]
    monkeypatch.setattr(module, "verdicts", lambda *_: Verdicts({"values": "rounding"}, ASKED, "accepts"))
    assert everything(faults()[SCALE]).rejected_by == {"values": "rounding"}


def said(name: str, written: str, rejected: str, **kinds: Any) -> FoundByRow:
    words = dict.fromkeys(left_out.KINDS, "accepts") | kinds
    return FoundByRow(
        id=f"found_by/{name}", name=name, written_for=written, rejected_by=rejected, verdict="pass", **words
    )


def test_one_thing_is_left_out_at_a_time() -> None:
    found = [
        said("one", "masks", "masks, values", rounding="rejects", algebra="rejects"),
        said("two", "masks, values", "masks, values", rounding="rejects"),
        said("three", "masks", "masks", rounding="rejects"),
        replace(said("four", "", "layout", state="rejects"), verdict="fail", reason="it is"),
    ]
    rows = {row.left_out: row for row in left_out.rows(found)}
    counts = {name: (row.faults, row.measured, row.missed) for name, row in rows.items()}
    assert counts["masks"] == (3, 2.0, "three")
    assert counts["values"] == (1, 1.0, "")
    assert counts[left_out.ALL] == (4, 2.0, "two; three")
    assert counts["rounding"] == (3, 1.0, "two; three")
    assert counts["algebra"] == (1, 1.0, "")
    assert counts["state"] == (1, 0.0, "four")
    assert counts["proof"] == (0, 0.0, "")
    assert (rows["masks"].verdict, rows["state"].verdict) == ("pass", "fail")
    assert rows["state"].reason == "counted from rows that failed: four"
    assert left_out.rows([]) == []


def test_the_tables_are_checked_frames() -> None:
    found = [said("one", "masks", "masks, values", rounding="rejects")]
    by = frame.frame("found_by", found)
    assert by["rounding"].tolist() == ["rejects"]
    assert str(by.dtypes["rounding"]) == "string"
    out = frame.frame("leave_one_out", left_out.rows(found))
    assert str(out.dtypes["faults"]) == "Int64"
    assert str(out.dtypes["measured"]) == "float64"
    assert all(about["description"] for about in out.attrs["columns"].values())
    with pytest.raises(ValueError, match="two rows are called"):
        frame.frame("found_by", [*found, *found])
