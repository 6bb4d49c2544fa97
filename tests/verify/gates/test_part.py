"""The rows of a run are those of the record, and say so when the record is another state's."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from attnproof.verify.gates import kernels, part, record
from attnproof.verify.gates.record import Record, Said
from attnproof.verify.gates.rules import GATES
from attnproof.verify.options import Options
from attnproof.verify.rows.tables import GateRow, GateRuleRow
from attnproof.verify.tables import frame

ACCEPTING = {gate.name: "accepts" for gate in GATES}
WRONG = Said("softmax: zeros", "softmax", "degenerate", False, "far off", ACCEPTING, "rejects", "formula")
RIGHT = Said("softmax: fp64 inside", "softmax", "more precise", True, "near", ACCEPTING, "accepts", "no fault")


def known(*kernels: Said, fresh: bool = True) -> Record:
    return Record("2026-12-01", 1.0, fresh, tuple(record.described()), {}, kernels)


def test_a_row_passes_where_the_judge_says_what_is_true() -> None:
    for said, theory in ((WRONG, "rejected"), (RIGHT, "accepted")):
        row = part.row(said, known(said))
        assert (row.verdict, row.theory_value, row.measured) == ("pass", theory, theory)
        assert row.gates == ACCEPTING


@pytest.mark.parametrize(
    ("said", "verdict", "words"),
    [
        (replace(WRONG, ours="accepts"), "fail", "accepted, and should be rejected"),
        (replace(RIGHT, ours="rejects", why="a reason"), "fail", "rejected, and should be accepted (a reason)"),
        (replace(RIGHT, ours="undecided", why="not read"), "abstain", "undecided: not read"),
    ],
)
def test_a_row_that_does_not_says_why(said: Said, verdict: str, words: str) -> None:
    row = part.row(said, known(said))
    assert row.verdict == verdict
    assert words in str(row.reason)


def test_nothing_of_a_stale_record_passes() -> None:
    old = known(WRONG, RIGHT, fresh=False)
    rows = [*(part.row(each, old) for each in old.kernels), *part.rules(old)]
    assert {row.verdict for row in rows} == {"abstain"}
    assert all("attnproof.verify.gates.record anew" in str(row.reason) for row in rows)


def test_what_is_said_otherwise_now_fails() -> None:
    assert part.row(WRONG, known(WRONG), "rejects").verdict == "pass"
    row = part.row(WRONG, known(WRONG), "accepts")
    assert row.verdict == "fail"
    assert "rejects on 2026-12-01, accepts in this run" in str(row.reason)


def test_a_gate_is_counted_and_only_the_judge_is_judged() -> None:
    rejecting = {gate.name: "rejects" for gate in GATES}
    unasked = {gate.name: "cannot be asked" for gate in GATES}
    rows = part.rules(known(WRONG, replace(WRONG, gates=unasked), RIGHT, replace(RIGHT, gates=rejecting)))
    first, last = rows[0], rows[-1]
    assert (first.wrong, first.accepted, first.right, first.accused) == (1, 1, 2, 1)
    assert (first.precise, first.undecided, first.verdict) == (1, 1, "pass")
    assert (last.gate, last.wrong, last.accepted, last.right, last.accused) == (part.OURS, 2, 0, 2, 0)
    assert last.verdict == "pass"
    accusing = part.rules(known(replace(RIGHT, ours="rejects")))[-1]
    assert (accusing.verdict, accusing.accused) == ("fail", 1)
    open_ = part.rules(known(replace(RIGHT, ours="undecided")))[-1]
    assert (open_.verdict, open_.undecided) == ("abstain", 1)


def test_the_record_is_written_as_it_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found: dict[str, Any] = {
        "schema": record.SCHEMA,
        "started": "2026-12-01T00:00:00+00:00",
        "seconds": 1.0,
        "digests": record.digests(),
        "gates": record.described(),
        "tasks": {},
        "kernels": [each.__dict__ for each in (WRONG, RIGHT)],
    }
    (tmp_path / "recorded").mkdir()
    file = tmp_path / "recorded" / "gates.json"
    file.write_text(record.written(found), encoding="utf-8")
    monkeypatch.setattr(record, "files", lambda _: tmp_path)
    record.record.cache_clear()
    try:
        read = record.record()
        assert (read.fresh, read.kernels) == (True, (WRONG, RIGHT))
        file.write_text(record.written(found | {"digests": {}}), encoding="utf-8")
        record.record.cache_clear()
        assert not record.record().fresh
        file.write_text(json.dumps(found | {"schema": "other"}), encoding="utf-8")
        record.record.cache_clear()
        with pytest.raises(ValueError, match=r"expected 'attnproof\.gates/1'"):
            record.record()
    finally:
        record.record.cache_clear()


def test_the_digests_are_of_the_programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in record.FOLDERS:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "one.py").write_text("x = 1\n", encoding="utf-8")
    monkeypatch.setattr(record, "HERE", tmp_path)
    before = record.digests()
    (tmp_path / "gates" / "notes.txt").write_text("no program", encoding="utf-8")
    (tmp_path / "gates" / "part.py").write_text("y = 1\n", encoding="utf-8")
    assert record.digests() == before
    (tmp_path / "against" / "one.py").write_text("x = 2\n", encoding="utf-8")
    after = record.digests()
    assert (after["gates"], after["against"] != before["against"]) == (before["gates"], True)


def test_what_gates_say_is_kept_where_only_the_judge_has_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(record, "wrong", dict)
    monkeypatch.setattr(record, "right", lambda: {"softmax: NumPy": kernels.right()["softmax: NumPy"]})
    monkeypatch.setattr(record, "faults", dict)
    monkeypatch.setattr(record, "of_kernel", lambda kernel, said: replace(RIGHT, name=kernel.name, gates=said))
    asked: list[str] = []
    monkeypatch.setattr(record, "decide", lambda gate, *_: asked.append(gate.name) or "accepts")
    first = record.made(lambda _: None)
    assert asked == list(ACCEPTING)
    changed = first | {"digests": first["digests"] | {"against": "0"}}
    again = record.made(lambda _: None, before=changed)
    assert (len(asked), again["kernels"]) == (len(ACCEPTING), first["kernels"])
    record.made(lambda _: None, before=first | {"digests": {"gates": "0"}})
    assert len(asked) == 2 * len(ACCEPTING)


def test_the_record_has_every_kernel_and_what_each_gate_says() -> None:
    from attnproof.verify.faults import faults
    from attnproof.verify.gates.kernels import right, wrong

    read = record.record()
    names = {each.name for each in read.kernels}
    assert names == set(wrong()) | set(right()) | set(faults()), "python -m attnproof.verify.gates.record anew"
    assert sum(not each.right for each in read.kernels) >= 200
    assert sum(each.right for each in read.kernels) >= 50
    assert list(read.gates) == json.loads(json.dumps(record.described()))


def test_the_judge_rejects_all_that_is_wrong_and_accuses_nothing_right() -> None:
    read = record.record()
    if not read.fresh:  # its rows abstain, and say so
        pytest.skip("python -m attnproof.verify.gates.record anew: the judge or the kernels have changed since")
    assert not [each.name for each in read.kernels if not each.right and each.ours != "rejects"]
    assert not [each.name for each in read.kernels if each.right and each.ours != "accepts"]


def test_every_gate_of_others_accepts_something_wrong() -> None:
    for gate in part.rules(record.record())[:-1]:
        assert gate.accepted, gate.gate


def test_a_run_has_both_tables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(part, "record", lambda: known(WRONG, RIGHT))
    monkeypatch.setattr(part, "AGAIN", 0)
    assert part.plan(Options(profile="quick")) == []
    (unit,) = part.plan(Options())
    rows = part.run(unit.arguments, Options())
    kernels = [row for row in rows if isinstance(row, GateRow)]
    gates = [row for row in rows if isinstance(row, GateRuleRow)]
    table = frame.frame("gates", kernels)
    assert table["KernelBench, fp32"].tolist() == ["accepts", "accepts"]
    assert frame.frame("gate_rules", gates)["accepted"].tolist()[0] == 1


def test_kernels_are_judged_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(part, "record", lambda: known(WRONG, RIGHT))
    monkeypatch.setattr(part, "AGAIN", 1)
    assert {row.verdict for row in part.run({}, Options(seed=3))} == {"pass"}


@pytest.mark.slow
def test_side_by_side_the_judge_says_the_same() -> None:
    jobs = [("softmax: zeros", ACCEPTING), ("softmax: fp64 inside", ACCEPTING)]
    alone = list(record._asked(jobs, 1))
    assert [each.ours for each in alone] == ["rejects", "accepts"]
    assert list(record._asked(jobs, 2)) == alone
