"""What is typeset while units still run is what the page asks for afterwards."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

from attnproof.reports.commands.ahead import typeset
from attnproof.reports.page import mathml
from attnproof.reports.page.load import load
from attnproof.reports.page.sections import claims, lemmas
from attnproof.verify.proofs.ledger import decided


def test_the_page_finds_formulas_of_claims_and_lemmas_typeset(made_page: Path) -> None:
    claim, rows = decided("T6")
    results = replace(load(made_page.parent), claims=[asdict(claim)], lemmas=[asdict(row) for row in rows])
    mathml.mathml.cache_clear()
    claims.section(results)
    lemmas.section(results)
    alone = mathml.mathml.cache_info().misses
    assert alone > 50
    mathml.mathml.cache_clear()
    typeset([claim, *rows, "what is none of them"])
    before = mathml.mathml.cache_info().misses
    claims.section(results)
    lemmas.section(results)
    assert mathml.mathml.cache_info().misses - before < alone / 10
