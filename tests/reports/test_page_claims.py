"""Claims and lemmas on the page: what refutes, what they rest on, figures, evidence."""

from __future__ import annotations

from pathlib import Path

from reading import part


def claim(page: Path, name: str) -> str:
    return part(page.read_text(encoding="utf-8"), f'<article class="claim" id="claim-{name}"', "</article>")


def test_a_claim_shows_which_step_refutes_and_what_it_rests_on(made_page: Path) -> None:
    html = claim(made_page, "T4")
    assert "step 1 refutes the usual statement" in html
    assert html.count('<li class="refutes">') == 1
    assert html.count('<a href="#lemma-odd_score">The score is odd</a>') == 2  # in the step and below the proof
    assert "lemma-not_in_this_run" not in html
    assert html.count("not in this run") == 2
    assert "refutes" not in claim(made_page, "S2")


def test_an_altered_statement_that_passes_is_in_the_open(made_page: Path) -> None:
    html = claim(made_page, "T4")
    assert "The same checks must reject, and 1 of 2 was not rejected" in html
    assert html.count("not rejected</span>") == 2
    lemma = part(made_page.read_text(encoding="utf-8"), 'id="lemma-odd_score"', "</article>")
    assert "The same checks reject</span>" in lemma
    assert "not rejected" not in lemma


def test_a_lemma_has_its_propositions_or_why_it_has_none(made_page: Path) -> None:
    html = made_page.read_text(encoding="utf-8")
    stated, unstated = (part(html, f'id="lemma-{name}"', "</article>") for name in ("odd_score", "zero_sum"))
    assert "Formally: 1 proposition, each proved by the Coq kernel as it stands here" in " ".join(stated.split())
    assert "e (- x) = - e x" in stated
    assert "<li>For widths of 0.</li>" in stated
    assert "Why this verdict" not in stated
    assert '<span class="field">Not stated formally</span> It has no words for sums.' in unstated
    assert "lemma does not hold: odd_score" in unstated


def test_a_lemma_says_what_it_rests_on_and_who_uses_it(made_page: Path) -> None:
    html = part(made_page.read_text(encoding="utf-8"), '<table class="lemma-graph">', "</table>")
    first, second = html.split("<tr>")[2:]
    assert ">no other<" in first
    assert 'href="#claim-T4"' in first.partition('data-label="used by"')[2]
    assert 'href="#lemma-zero_sum"' in first.partition('data-label="used by"')[2]
    assert "the bound of tanh" in first.partition('data-label="used by"')[2]
    assert 'href="#lemma-odd_score"' in second.partition('data-label="rests on"')[2]
    assert "nothing in this run" in second


def test_a_claim_has_its_figures(made_page: Path) -> None:
    html = claim(made_page, "T4")
    assert html.count('role="img"') == 3
    assert 'aria-label="Variance &lt;by&gt; width"' in html
    assert "drawn at the end of the axis" in html
    assert html.count('class="frame"') == 2
    assert 'class="absent figure"' not in html


def test_evidence_of_a_claim_leads_to_its_rows(made_page: Path) -> None:
    html = part(claim(made_page, "T4"), '<table class="evidence">', "</table>")
    assert '<a href="#row-evidence-T4-least">' in html
    assert '<a href="#row-evidence-T4-most">' in html
    assert '2; expected 1 <span class="badge bad"' in html
    assert "too &lt;large&gt;" in html
    assert "[fail" not in html


def test_a_claim_that_is_true_as_said_is_named_and_no_row_of_the_table(made_page: Path) -> None:
    html = part(made_page.read_text(encoding="utf-8"), '<section id="verdicts"', "</section>")
    table, _, below = html.partition("</table>")
    assert [name in table for name in ("#claim-T4", "#claim-B2", "#claim-S2", "#claim-S3")] == [
        True,
        True,
        False,
        False,
    ]
    assert [name in below for name in ("#claim-S2", "#claim-S3", "#claim-X1")] == [True, True, True]
