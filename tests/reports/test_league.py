"""The page of the league: a function of league.json, every cell with an address, readable without its script."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree as ET

import pytest
from jsonschema import Draft202012Validator
from visiting import CHROMIUM, Visit

from attnproof.reports.commands.records import place_league
from attnproof.reports.page import league
from attnproof.reports.page.render import render
from attnproof.reports.words import LEAGUE, ONNX
from attnproof.verify.league.cells import STATUSES

HOSTILE = "<script>alert('x')</script> & \"quotes\""
ROWS = [
    {"id": "formula", "group": "Formula", "title": "formula", "says": "It is."},
    {"id": "masked-row", "group": "Masks", "title": f"masked row {HOSTILE}", "says": "It is masked."},
]
CALL = {"given": {"query": {"shape": [1, 1], "numbers": [1.0]}}, "cotangents": {}, "dtype": "fp32"}


def cells(first: str, second: str):
    wrong = {
        "confirmed": {"got": "1", "exact": "2", "error": "1", "bound": "0.1"},
        "replay": "nox -s league -- --member one",
        "example": {"call": CALL, "finding": {"reason": HOSTILE, "quantity": "context", "worst": {}}},
        "thread": {"rows": [], "address": "https://example.invalid/1", "says": "known"},
    }
    found = zip(("formula", "masked-row"), (first, second), strict=True)
    return {
        row: {"status": status, "words": f"{status} {HOSTILE}", "counts": {}}
        | (wrong if status == "does not" else {"unconfirmed": "too many"} if status == "open" else {})
        for row, status in found
    }


def version(number: str, *statuses: str, earlier=None):
    tally = {each: statuses.count(each) for each in LEAGUE}
    return {"version": number, "date": "2026-01-02", "python": "3.11", "seconds": 1.0, "current": True, "problem": "",
            "tally": tally, "cells": cells(*statuses), "earlier": earlier}  # fmt: skip


def member(name: str, *versions):
    return {"name": name, "title": HOSTILE, "package": f"{name}pack", "documentation": "", "adapter": HOSTILE,
            "asked": ["--score dot"], "versions": list(versions), "since": {"formula": "does since 2"},
            "problems": [{"version": "0.1", "why": HOSTILE}]}  # fmt: skip


CHANGE = {"date": "2026-01-01", "changes": [{"row": "formula", "before": "open", "now": "does"}]}
DOCUMENT = {
    "schema": "attnproof.league/1",
    "date": "2026-01-02",
    "statuses": list(LEAGUE),
    "rows": ROWS,
    "members": [
        member("one", version("1", "open", "does not"), version("2", "does", "does not", earlier=CHANGE)),
        member("two", version("5.0", "not asked", "differs by contract")),
    ],
    "onnx": {
        "rows": [{"name": f"soft-cap {HOSTILE}", "says": "It is capped.", "opset": 23, "threads": ["a/b#7"]}],
        "parties": [
            {"party": "runtime", "version": version, "cells": {f"soft-cap {HOSTILE}": cell}}
            for version, cell in (
                ("1", {"verdict": "differs", "output": "Y", "wanted": "1", "got": "1.5"}),
                ("2", {"verdict": "does"}),
            )
        ],
    },
    "absent": [{"package": "three", "tried": "3.0", "why": HOSTILE}],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "league.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    league.render(tmp_path)
    return tmp_path


def test_every_cell_has_one_address_and_every_link_leads_there(folder: Path) -> None:
    html = (folder / "league.html").read_text(encoding="utf-8")
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert {"one-formula", "one-masked-row", "one-1-formula", "one-1-masked-row", "two-formula"} <= set(ids)
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


def test_nothing_of_a_member_becomes_markup(folder: Path) -> None:
    html = (folder / "league.html").read_text(encoding="utf-8")
    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert") > 10


def test_red_cells_show_what_confirms_them(folder: Path) -> None:
    html = (folder / "league.html").read_text(encoding="utf-8")
    text = re.sub(r"\s+", " ", html)
    assert "Confirmed independently: got 1, exact 2, error 1, bound 0.1." in text
    assert "Not confirmed: too many." in text
    assert "does since 2" in text
    assert "https://example.invalid/1" in text


def test_what_versions_of_onnx_answer_is_beside_the_specification(folder: Path) -> None:
    text = re.sub(r"\s+", " ", (folder / "league.html").read_text(encoding="utf-8"))
    assert "runtime 1: differs; Y is 1, got 1.5" in text
    assert 'href="https://github.com/a/b/issues/7"' in text


def test_changes_and_absent_members_are_listed(folder: Path) -> None:
    text = re.sub(r"\s+", " ", (folder / "league.html").read_text(encoding="utf-8"))
    assert "one 2, formula: open (on 2026-01-01) → does" in text
    assert "<b>three</b> (3.0)" in text


def test_badges_are_images_that_say_how_many(folder: Path) -> None:
    one = ET.parse(folder / "badges" / "onepack.svg").getroot()
    assert one.attrib["aria-label"] == "onepack: 1 of 2"
    assert ET.parse(folder / "badges" / "twopack.svg").getroot().attrib["aria-label"] == "twopack: 1 of 1"


@pytest.mark.parametrize(
    ("tally", "says", "colour"),
    [
        ({"does": 3}, "3 of 3", "#17693f"),
        ({"does": 3, "open": 2}, "3 of 3, 2 open", "#8a5200"),
        ({"does": 3, "does not": 1, "open": 2}, "3 of 4, 2 open", "#a8231c"),
    ],
)
def test_a_badge_is_green_where_nothing_is_open(tally, says: str, colour: str) -> None:
    image = league.badge("pack", dict.fromkeys(LEAGUE, 0) | tally)
    assert f'aria-label="pack: {says}"' in image
    assert f'fill="{colour}"' in image


def test_the_words_of_cells_are_those_of_who_fills_them() -> None:
    assert tuple(LEAGUE) == STATUSES
    comparing = pytest.importorskip("attnproof.verify.formats.onnx.comparing", exc_type=ImportError)
    assert tuple(ONNX) == get_args(comparing.Verdict)


def test_a_page_that_cannot_be_written_leaves_the_one_before(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = (folder / "league.html").read_text(encoding="utf-8")
    monkeypatch.setattr(league, "page", lambda _: "half \ud800")  # no UTF-8
    with pytest.raises(UnicodeEncodeError):
        league.render(folder)
    assert (folder / "league.html").read_text(encoding="utf-8") == before
    assert [path.name for path in folder.iterdir() if path.name.startswith(".")] == []


def test_the_record_is_put_beside_a_report(tmp_path: Path) -> None:
    place_league(tmp_path)
    document = json.loads((tmp_path / "league.json").read_text(encoding="utf-8"))
    schema = json.loads((tmp_path / "league.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(document)
    league.render(tmp_path)
    html = (tmp_path / "league.html").read_text(encoding="utf-8")
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)


def test_the_report_leads_to_the_page_where_it_is(run_folder: Path) -> None:
    (run_folder / "league.json").write_text(json.dumps(DOCUMENT), encoding="utf-8")
    assert 'href="league.html"' not in render(run_folder).read_text(encoding="utf-8")
    league.render(run_folder)
    assert 'href="league.html"' in render(run_folder).read_text(encoding="utf-8")


def test_without_a_document_there_is_no_page(tmp_path: Path) -> None:
    assert league.render(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


def test_another_document_is_refused(tmp_path: Path) -> None:
    (tmp_path / "league.json").write_text('{"schema": "other"}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"attnproof\.league/1"):
        league.render(tmp_path)


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium, chromium-browser or google-chrome on the PATH")
def test_search_and_filter_in_a_browser(browser, folder: Path) -> None:
    page = folder / "league.html"
    shown = "[...document.querySelectorAll('.matrix tbody tr[data-of]:not([hidden])')].map((one) => one.dataset.of)"
    with Visit(browser, page) as visit:
        assert visit.ask(shown) == ["one-1", "one-2", "two-5.0"]
        visit.tab.check("[name=newest]")
        assert visit.ask(shown) == ["one-2", "two-5.0"]
        visit.tab.select_option("[name=status]", "does not")
        assert visit.ask(shown) == ["one-2"]
        visit.tab.select_option("[name=status]", "")
        visit.tab.fill("[name=search]", "twopack")
        assert visit.ask(shown) == ["two-5.0"]
        visit.tab.fill("[name=search]", "nobody")
        assert visit.ask(shown) == []
        assert [url for url in visit.requests if not url.startswith("data:")] == [page.as_uri()]
        assert visit.complaints == []


@pytest.mark.browser
@pytest.mark.skipif(CHROMIUM is None, reason="no chromium, chromium-browser or google-chrome on the PATH")
def test_the_address_of_a_cell_opens_it(browser, folder: Path) -> None:
    with Visit(browser, folder / "league.html") as visit:
        visit.ask("() => { location.hash = '#one-1-masked-row'; }")
        visit.wait("() => document.getElementById('one-1-masked-row').checkVisibility()")
