from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from attnproof.verify.run.files import plain, write_json, write_json_lines, write_junit


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (float("-inf"), "-inf"),
        (np.float32(0.5), 0.5),
        (np.int64(3), 3),
        (np.bool_(True), True),
        ((1, [np.float64("inf")]), [1, ["inf"]]),
        ({1: np.float64(2)}, {"1": 2.0}),
        (None, None),
    ],
)
def test_plain_values_are_valid_json(value, expected) -> None:
    found = plain(value)
    assert found == expected
    assert type(found) is type(expected)
    json.dumps(found, allow_nan=False)


def test_json_lines_hold_one_object_a_line(tmp_path: Path) -> None:
    write_json_lines(tmp_path / "r.jsonl", [{"a": 1.5, "b": float("nan")}, {"a": "é\n"}])
    lines = (tmp_path / "r.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == [{"a": 1.5, "b": "nan"}, {"a": "é\n"}]


def test_json_round_trip(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"q·k": [1, 2.5, float("inf")]})
    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8")) == {"q·k": [1, 2.5, "inf"]}


def test_junit_counts_and_reasons(tmp_path: Path) -> None:
    cases = [("a", "pass", None), ("b", "fail", "too big"), ("c", "error", "broke"), ("d", "skipped", "no CUDA device")]
    cases.append(("e", "abstain", "loose"))
    write_junit(tmp_path / "j.xml", {"suite": cases})
    suite = ET.parse(tmp_path / "j.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors"), suite.get("skipped")) == (
        "5",
        "1",
        "1",
        "2",
    )
    by_name = {case.get("name"): case for case in suite}
    assert len(by_name["a"]) == 0
    assert by_name["b"][0].tag == "failure"
    assert by_name["b"][0].get("message") == "too big"
    assert by_name["d"][0].get("message") == "skipped: no CUDA device"
