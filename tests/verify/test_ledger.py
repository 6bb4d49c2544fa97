"""A ledger row carries the cells of a claim, and none where a step does not check."""

from __future__ import annotations

from dataclasses import replace

import pytest
from made_rules import FAILS

from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.proof.claim import Lemma
from attnproof.verify.kernel import record, sources
from attnproof.verify.kernel.record import Standing
from attnproof.verify.options import Options
from attnproof.verify.proofs import formal, ledger
from attnproof.verify.proofs.derive import DerivationRow

OPTIONS = Options(profile="quick")


def test_cells_stand_in_the_row() -> None:
    (row,) = ledger.run({"claim": "X2"}, OPTIONS)
    assert row.cells == [dict(cell) for cell in CLAIMS["X2"].cells]
    assert row.cells


def test_no_cell_is_shown_without_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    first, *others = CLAIMS["X2"].steps
    broken = replace(CLAIMS["X2"], steps=(replace(first, by=FAILS), *others))
    monkeypatch.setattr(ledger, "CLAIMS", {"X2": broken})
    (row,) = ledger.run({"claim": "X2"}, OPTIONS)
    assert row.verdict == "not decided"
    assert row.cells == []


def lemma(name: str, verdict: str = "proved", *below: str) -> ledger.LemmaRow:
    return ledger.LemmaRow(name=name, verdict=verdict, lemmas=list(below))


def claim(name: str, *below: str, reason: str | None = None) -> ledger.ClaimRow:
    verdict = "not decided" if reason else "proved"
    return ledger.ClaimRow(id=name, verdict=verdict, reason=reason, cells=[{"a": "cell"}], lemmas=list(below))


def test_a_lemma_that_is_not_proved_takes_down_all_that_rest_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "LEMMAS", {name: Lemma(name, "", "") for name in ("low", "middle", "other")})
    claims = [claim("A1", "middle"), claim("A2", "other"), claim("A3"), claim("A4", "low", reason="a step")]
    lemmas = [lemma("middle", "proved", "low"), lemma("other"), lemma("low", "not decided")]
    found, below = ledger.joined(claims, lemmas)
    assert {row.name: row.verdict for row in below} == {
        "low": "not decided", "middle": "not decided", "other": "proved",
    }  # fmt: skip
    assert [row.verdict for row in found] == ["not decided", "proved", "proved", "not decided"]
    assert found[0].reason == "lemma does not hold: middle"
    assert found[0].cells == []
    assert found[3].reason == "a step. lemma does not hold: low"


def test_a_lemma_without_a_row_is_proved_on_the_spot(monkeypatch: pytest.MonkeyPatch) -> None:
    name = next(iter(ledger.LEMMAS))
    met = [{"lemma": name, "assumption": needed} for needed in ledger.LEMMAS[name].assumptions]
    found, below = ledger.joined([replace(claim("A1", name), met=met)], [])
    assert found[0].verdict == "proved"
    assert met
    found, _ = ledger.joined([claim("A1", name)], [])
    assert (found[0].verdict, found[0].reason) == ("not decided", f"hypotheses are not met of the lemma: {name}")
    assert [row.name for row in below] == [name]
    first, *others = ledger.LEMMAS[name].steps
    broken = replace(ledger.LEMMAS[name], steps=(replace(first, by=FAILS), *others))
    monkeypatch.setattr(ledger, "LEMMAS", {name: broken})
    found, _ = ledger.joined([replace(claim("A1", name), met=met)], [])
    assert found[0].verdict == "not decided"


def test_a_row_says_how_each_hypothesis_is_met() -> None:
    (row,) = ledger.run({"claim": "T5"}, OPTIONS)
    assert [each["how"] for each in row.met] == ["assumed", "because", "shown"]
    assert row.met[0]["text"] in row.assumptions
    assert row.met[2]["text"] in [step["rule"] for step in row.steps]
    found, _ = ledger.joined([replace(row, met=row.met[:2])], [])
    assert found[0].reason == "hypotheses are not met of the lemma: mehler"


def test_every_lemma_that_a_claim_asked_for_rests_on_has_a_unit() -> None:
    units = {unit.id for unit in ledger.plan(Options(profile="quick", claims=("T10",)))}
    assert {"claim/T10", "lemma/normal_by_parts", "lemma/normal_exponential"} <= units
    assert "lemma/bernstein" not in units


@pytest.mark.parametrize("state", ["stale", "rejected", "unproved"])
def test_a_claim_that_says_something_else_than_the_kernel_accepted_has_no_verdict(
    monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    monkeypatch.setattr(formal, "standing", lambda _: Standing(state, (), "8.16.1", "2026-01-01"))
    (row,) = ledger.run({"claim": "T1"}, OPTIONS)
    assert row.verdict == "not decided"
    assert "formal propositions (" in (row.reason or "")
    monkeypatch.setattr(formal, "standing", lambda _: Standing("accepted", (), "8.16.1", "2026-01-01"))
    (row,) = ledger.run({"claim": "T1"}, OPTIONS)
    assert row.verdict == "proved"


def test_so_has_a_lemma_and_a_claim_that_rests_on_it(monkeypatch: pytest.MonkeyPatch) -> None:
    now = {"softmax_shift": "stale"}
    monkeypatch.setattr(
        formal, "standing", lambda name: Standing(now.get(name, "accepted"), (), "8.16.1", "2026-01-01")
    )
    (row,) = ledger.run_lemma({"lemma": "softmax_shift"}, OPTIONS)
    assert row.verdict == "not decided"
    assert (row.reason or "").startswith("3 of its 3 formal propositions (quotient, log_odds, unchanged): ")
    assert all(step["holds"] for step in row.steps)
    assert ledger.decided("B3")[0].reason == "lemma does not hold: softmax_shift"
    now.clear()
    assert ledger.decided("B3")[0].verdict == "proved"


def test_a_lemma_with_another_statement_has_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    lemma = replace(ledger.LEMMAS["softmax_shift"], statement="A softmax sees sums of logits.")
    monkeypatch.setattr(ledger, "LEMMAS", {"softmax_shift": lemma})
    monkeypatch.setattr(formal, "standing", lambda _: Standing("accepted", (), "8.16.1", "2026-01-01"))
    (row,) = ledger.run_lemma({"lemma": "softmax_shift"}, OPTIONS)
    assert row.verdict == "not decided"
    assert row.reason == "its statement is not the one that was held to its propositions"


def test_a_proposition_that_is_altered_takes_the_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """T1 with another bound: no step fails, and the record is of the statement as it was."""
    monkeypatch.setattr(sources.statements, "text", lambda id_: f"(* altered {id_} *)")
    assert record.standing("T1").state == "stale"
    (row,) = ledger.run({"claim": "T1"}, OPTIONS)
    assert row.verdict == "not decided"
    assert all(step["holds"] for step in row.steps)


def test_re_checks_in_the_ring_are_counted_beside_the_others() -> None:
    """And what the ring does not decide is neither among those that hold nor among those that fail."""
    said = (("exact", True), ("exact", False), ("ring", True), ("ring", True), ("ring", None), ("ring", False))
    derived = DerivationRow(name="dot", rechecks=[{"road": road, "holds": holds} for road, holds in said])
    (row,) = ledger.with_evidence([replace(claim("S1"), scores=["dot"])], [], {}, [derived])
    assert {each["what"]: each["value"] for each in row.evidence} == {
        "re-checks of the dot derivation": "1 fails, 1 holds",
        "re-checks of the dot derivation, in the exponential ring": "1 fails, 2 holds, 1 undecided",
    }
