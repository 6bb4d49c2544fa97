"""The section on speed shows what was recorded, ratios to this project's fastest side, and says so when nothing was."""

from __future__ import annotations

import json

import pytest

from attnproof.reports.commands.records import place
from attnproof.reports.page.load import load
from attnproof.reports.page.render import render
from attnproof.reports.page.sections import speed


def timing(name, seconds, n=2048, backward=False, group="additive", d=64):
    where = {"n": n, "d": d, "dtype": "fp32", "backward": backward} if group == "additive" else {}
    rest = {"least": seconds, "largest": seconds, "repeats": 5, "first": 1.0}
    return {"group": group, "name": name, "median": seconds, **rest, **where}


RECORD = {
    "schema": "attnproof.bench/1",
    "started": "2026-11-23T04:00:00+00:00",
    "device": {"processor": "a <processor>", "capability": "AVX512", "cores": "2", "used": "1", "cuda": "none"},
    "versions": {"torch": "2.13.0"},
    "commit": "0123456789ab",
    "ours": ["fused Numba", "generated torch", "this project"],
    "timings": [
        timing("torch eager", 1.8),
        timing("fused Numba", 0.05),
        timing("generated torch", 1.5),
        timing("fused Numba", 0.0125, n=1024),
        timing("fused Numba", 0.005, n=1024, d=16),
        timing("this project", 0.001, group="sample"),
        timing("the other way", 0.1, group="sample"),
    ],
    "floors": [
        {"n": n, "d": 64, "dtype": "fp32", "backward": False, "seconds": 0.02 * (n / 2048) ** 2} for n in (1024, 2048)
    ],
    "memory": [
        {"name": "fused Numba", "n": 2048, "d": 64, "dtype": "fp32", "backward": False, "bytes": 2**21},
        {"name": "fused Numba", "n": 2048, "d": 64, "dtype": "fp32", "backward": True, "bytes": 2**22},
    ],
    "missing": [{"group": "additive", "name": "KeOps", "reason": "no compiler"}],
}


@pytest.fixture
def recorded(run_folder, tmp_path):
    source = tmp_path / "records"
    source.mkdir()
    (source / "bench.json").write_text(json.dumps(RECORD))
    place(run_folder, source)
    return run_folder


def test_ratios_are_to_the_fastest_of_ours(recorded):
    (record,) = [speed._record(name, data) for name, data in load(recorded).benches.items()]
    first = record["tables"][0]
    assert [(row["name"], row["ours"], round(row["ratio"])) for row in first["rows"]] == [
        ("fused Numba", True, 1),
        ("generated torch", True, 30),
        ("torch eager", False, 36),
    ]
    assert first["rows"][0]["floors"] == pytest.approx(2.5)
    assert record["memory"] == [
        {"name": "fused Numba", "n": 2048, "d": 64, "dtype": "fp32", "forward": 2.0, "both": 4.0}
    ]
    assert record["pairs"][0]["rows"][1]["ratio"] == pytest.approx(100)


def test_the_page_shows_the_record(recorded):
    html = render(recorded).read_text(encoding="utf-8")
    section = html[html.index('id="speed"') :]
    for text in (
        "a &lt;processor&gt;",
        "<strong>fused Numba</strong>",
        "36",
        "KeOps: no compiler",
        "multiply-adds alone",
        "Additive attention, forward, all widths 64",
        "Additive attention, forward, 1024 queries and keys",
        "0123456789ab",
    ):
        assert text in section


def test_without_a_record_the_page_says_so(run_folder):
    html = render(run_folder).read_text(encoding="utf-8")
    assert "No speed is recorded" in html


def test_a_record_that_is_not_whole_is_named(recorded):
    path = recorded / "recorded" / "bench.json"
    path.write_text(json.dumps({name: value for name, value in RECORD.items() if name != "timings"}))
    with pytest.raises(ValueError, match=r"bench\.json: expected the fields .*missing: timings"):
        load(recorded)
    path.write_text("{")
    with pytest.raises(ValueError, match=r"bench\.json: expected JSON"):
        load(recorded)


def test_records_of_other_kinds_are_left_out(recorded):
    (recorded / "recorded" / "other.json").write_text('{"schema": "attnproof.cuda/1"}')
    assert set(load(recorded).benches) == {"bench"}
