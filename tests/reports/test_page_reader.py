"""What the page gives its reader: a first screen in plain words, lines to paste, captions, and what the ledger says."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

import made_run
import pytest
from reading import read

from attnproof.derivations.claims import CLAIMS
from attnproof.reports import words
from attnproof.reports.commands.main import parser
from attnproof.reports.page import load
from attnproof.reports.page.render import render
from attnproof.reports.page.sections.summary import USES

CORRECTED = ("A6", "B1", "T6")


@pytest.fixture
def named_page(run_folder: Path) -> str:
    made_run.named(run_folder)
    return render(run_folder).read_text(encoding="utf-8")


def lines(html: str) -> list[str]:
    return re.findall(r'<code class="copy">(.*?)</code>', html)


def test_the_first_screen_says_what_this_is_what_came_out_and_what_one_can_do(made_page: Path) -> None:
    html = made_page.read_text(encoding="utf-8")
    first = html[html.index('<header class="top"') : html.index("</header>")]
    assert "This page is the report of one run." in " ".join(first.split())
    assert '<div class="result bad">' in first, "two checks failed"
    assert lines(first) == ["attnproof verify --profile quick --seed 7", *(use.line for use in USES)]
    assert html.index("</header>") < html.index('id="notation"')
    assert "<math" not in first


@pytest.mark.parametrize(
    ("counts", "tone"),
    [
        ({"pass": 3}, "good"),
        ({"pass": 3, "error": 1}, "bad"),
        ({"skipped": 3}, "quiet"),
        ({"pass": 1, "abstain": 2}, "good"),
    ],
)
def test_the_result_is_told_at_a_glance(run_folder: Path, counts: dict[str, int], tone: str) -> None:
    (run_folder / "run.json").write_text(json.dumps(made_run.run() | {"counts": counts}), encoding="utf-8")
    assert f'<div class="result {tone}">' in render(run_folder).read_text(encoding="utf-8")


def test_every_line_to_paste_is_one_that_the_command_line_takes(named_page: str) -> None:
    commands = [line.split()[1:] for line in lines(named_page) if line.startswith("attnproof ")]
    assert {command[0] for command in commands} == {"verify", "claim", "show", "check", "export"}
    for command in commands:
        parser().parse_args(command)


def test_every_formula_with_a_name_has_its_lines(named_page: str) -> None:
    named = re.findall(r'<div class="equation" id="formula-([^"]+)">', named_page)
    assert len(named) > 20
    found = lines(named_page)
    for name in (one.replace("-", "+") for one in named):
        assert f"attnproof show {name}" in found
        assert f"from attnproof import formula; formula(&#34;{name}&#34;)" in found
        score = name.split(".")[0]
        assert f"attnproof export {score} --to torch -o {score}_attention.py" in found


def test_every_claim_has_its_line(named_page: str) -> None:
    for claim in made_run.claims():
        assert f"attnproof claim {claim['id']}" in lines(named_page)


def test_every_table_has_a_caption_of_sentences_and_headings_with_a_scope(named_page: str) -> None:
    tables = re.findall(r"<table.*?</table>", named_page, re.DOTALL)
    assert len(tables) > 20
    for table in tables:
        caption = re.search(r"<caption><span><b>(.+?)</b>\s+(A row is .+?)</span></caption>", table, re.DOTALL)
        assert caption, table[:200]
        assert caption[1].endswith(".")
        assert caption[2].endswith(".")
        assert all("scope=" in heading for heading in re.findall(r"<th\b[^>]*>", table))
        assert re.search(r"<t[hd]\b[^>]*>", table.partition("<tbody>")[2])


def test_every_table_of_a_run_says_what_its_rows_are() -> None:
    assert set(words.TABLES) == {*load.TABLES, *load.OPTIONAL_TABLES}


def test_the_page_says_of_a_claim_what_the_run_says(run_folder: Path) -> None:
    """A6, B1 and T6 were wrong once: the page has no words of its own about a claim."""
    told = {name: f"Told by the run about {name}." for name in CORRECTED}
    claims = [
        {"id": name, "title": f"Title {name}", "usual": f"Usual {name}", "statement": f"Statement {name}",
         "headline": told[name], "verdict": "qualified"}
        for name in CORRECTED
    ]  # fmt: skip
    made_run.dump(run_folder / "claims.json", {"schema": "attnproof.claims/1", "claims": claims, "lemmas": []})
    text = read(render(run_folder)).text
    for name in CORRECTED:
        for part in (told[name], f"Title {name}", f"Usual {name}", f"Statement {name}"):
            assert part in text
        assert CLAIMS[name].headline not in text


def test_templates_styles_and_script_have_short_lines() -> None:
    folder = files("attnproof.reports.page") / "templates"
    long = [
        f"{file.name}:{number}"
        for file in folder.iterdir()
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > 120
    ]
    assert long == []
