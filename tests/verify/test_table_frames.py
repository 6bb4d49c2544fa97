"""Tables as DataFrames: what is written comes back, documented and typed; what is no table is said in one line."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from pathlib import Path

import pandas as pd
import pytest

from attnproof.verify.detection.rules import NAMES
from attnproof.verify.outcome import OUTCOMES
from attnproof.verify.rows.tables import (
    GRADES,
    RULES,
    TABLES,
    AbstentionsRow,
    BiasInvarianceRow,
    DetectionRow,
    EvidenceRow,
    TableRow,
    VarianceRow,
)
from attnproof.verify.tables import frame

WHERE = {"implementation": "one", "dtype": "fp32", "theory": "d", "grade": "sampled"}
ROWS = [
    VarianceRow(id="a", theory_value=1.0, measured=0.1 + 0.2, verdict="pass", d=4, samples=10, **WHERE),
    VarianceRow(id="b", verdict="skipped", reason="no CUDA device"),
    VarianceRow(id="c, é\n", measured=math.inf, verdict="abstain", reason='said "no"', d=4096, **WHERE),
]


def written(folder: Path, *rows: TableRow) -> Path:
    frame.write(folder / "tables", {rows[0].table: rows})
    return folder


def test_what_is_written_comes_back(tmp_path: Path) -> None:
    found = frame.table("variance", written(tmp_path, *ROWS))
    pd.testing.assert_frame_equal(found, frame.frame("variance", ROWS))
    assert list(found["id"]) == [row.id for row in ROWS]
    assert found["measured"].tolist()[::2] == [0.1 + 0.2, math.inf]  # every digit
    assert found["d"].tolist() == [4, pd.NA, 4096]
    assert found["reason"].isna().tolist() == [True, False, False]
    assert {name: str(found[name].dtype) for name in ("id", "measured", "d", "verdict")} == {
        "id": "string",
        "measured": "float64",
        "d": "Int64",
        "verdict": "category",
    }
    assert list(found["verdict"].cat.categories) == list(OUTCOMES)


def test_equal_rows_give_equal_files(tmp_path: Path) -> None:
    one, two = (written(tmp_path / name, *ROWS) / "tables" / "variance.csv" for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    header = one.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert header == list(frame.columns("variance"))
    assert header[: len(fields(TableRow))] == [each.name for each in fields(TableRow)]


def test_nan_is_a_number_and_nothing_is_empty(tmp_path: Path) -> None:
    rows = [
        BiasInvarianceRow(id="a", measured=math.nan, verdict="pass"),
        BiasInvarianceRow(id="b", verdict="skipped", reason="r"),
    ]
    text = (written(tmp_path, *rows) / "tables" / "bias_invariance.csv").read_text(encoding="utf-8")
    column = text.splitlines()[0].split(",").index("measured")
    assert [line.split(",")[column] for line in text.splitlines()[1:]] == ["nan", ""]


def test_words_among_the_measurements(tmp_path: Path) -> None:
    rows = [EvidenceRow(id="a", measured="(nan, 0)", verdict="pass"), EvidenceRow(id="b", measured=0.5, verdict="pass")]
    assert frame.table("evidence", written(tmp_path, *rows))["measured"].tolist() == ["(nan, 0)", 0.5]


def test_mappings_are_json_or_columns_of_their_own(tmp_path: Path) -> None:
    row = AbstentionsRow(id="a", verdict="pass", reasons={"too loose": 2, "overflow": 1})
    assert frame.table("abstentions", written(tmp_path, row))["reasons"][0] == {"too loose": 2, "overflow": 1}
    detected = DetectionRow(id="a", verdict="pass", rules={"1e-3": "accepts", "1e-3, our inputs": "rejects"})
    found = frame.table("detection", written(tmp_path, detected))
    assert (found["1e-3"][0], found["1e-3, our inputs"][0]) == ("accepts", "rejects")
    assert found["gradcheck"].isna().all()
    assert RULES == NAMES
    with pytest.raises(ValueError, match="no columns for \\['other'\\]"):
        replace(detected, rules={"other": "accepts"})


@pytest.mark.parametrize("name", TABLES)
def test_every_column_is_described(name: str) -> None:
    attrs = frame.frame(name, []).attrs
    assert attrs["table"] == name
    assert attrs["about"]
    assert list(attrs["columns"]) == list(frame.columns(name))
    assert all(each["description"] for each in attrs["columns"].values())
    numbers = frame.frame(name, []).select_dtypes(["float64", "Int64"]).columns
    assert {"theory_value", "uncertainty"} <= set(numbers)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"verdict": "fine"}, "verdict 'fine'; expected one of pass, fail"),
        ({"verdict": "pass", "grade": "good"}, "grade 'good'; expected one of exact"),
        ({"verdict": "fail"}, "verdict 'fail' needs a reason"),
    ],
)
def test_a_row_says_what_it_may(columns: dict[str, str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        VarianceRow(id="a", **columns)  # type: ignore[arg-type]
    assert "bound" in GRADES


def test_a_frame_has_every_id_once_and_rows_of_its_table() -> None:
    with pytest.raises(ValueError, match="two rows are called 'a'"):
        frame.frame("variance", [ROWS[0], ROWS[0]])
    with pytest.raises(ValueError, match="e: a row of 'evidence' among those of 'variance'"):
        frame.frame("variance", [EvidenceRow(id="e", verdict="pass")])


def test_an_unknown_table_and_a_missing_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="unknown table 'nowhere'; known tables: saturation, variance"):
        frame.table("nowhere", tmp_path)
    with pytest.raises(ValueError, match="expected the folder of a report"):
        frame.table("variance", tmp_path)
    with pytest.raises(ValueError, match="this run has no table 'evidence'; its tables: variance"):
        frame.table("evidence", written(tmp_path, *ROWS))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match="reports/out and attnproof-report: expected the folder of a report"):
        frame.table("variance")


@pytest.mark.parametrize("folder", frame.FOLDERS)
def test_the_default_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    written(tmp_path / folder, *ROWS)
    monkeypatch.chdir(tmp_path)
    assert len(frame.table("variance")) == len(ROWS)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("id,", "name,", "columns name, .*; expected id, "),
        ("0.30000000000000004", "much", "column measured: 'much'; expected a number"),
        (",4096,", ",wide,", "column d: 'wide'; expected a whole number"),
        (",pass,", ",fine,", "verdict 'fine'; expected one of pass"),
        ("\nb,", "\na,", "two rows are called 'a'"),
        ('""no"""', '""no""', "."),  # a quotation mark that nothing closes
        ("\nb,", "\nb,too,many,cells" + "," * 40, "."),
    ],
)
def test_a_file_that_was_damaged(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = written(tmp_path, *ROWS) / "tables" / "variance.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=f"variance.csv: expected the table 'variance' .*{message}") as raised:
        frame.table("variance", tmp_path)
    assert "\n" not in str(raised.value)


def test_parquet_beside_the_csv_where_it_can_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether pyarrow is there or not: what it is asked to write has one type a column."""
    asked: dict[str, pd.DataFrame] = {}
    monkeypatch.setattr(frame, "find_spec", lambda name: object() if name == "pyarrow" else None)
    monkeypatch.setattr(pd.DataFrame, "to_parquet", lambda self, path: asked.update({Path(path).name: self}))
    rows = [EvidenceRow(id="a", measured="(nan, 0)", verdict="pass"), EvidenceRow(id="b", measured=0.5, verdict="pass")]
    written(tmp_path, *rows)
    assert asked["evidence.parquet"]["measured"].tolist() == ["(nan, 0)", "0.5"]
    assert asked["evidence.parquet"].attrs["table"] == "evidence"
    assert set(asked) == {"evidence.parquet"}
    monkeypatch.setattr(frame, "find_spec", lambda name: None)
    asked.clear()
    written(tmp_path, *rows)
    assert asked == {}
