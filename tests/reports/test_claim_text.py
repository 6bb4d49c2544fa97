"""``attnproof claim ID`` prints what the report says about a claim, and as JSON the object of ``claims.json``."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from made_rules import FAILS, HOLDS

from attnproof.derivations import claims
from attnproof.derivations.proof.claim import Claim
from attnproof.reports.commands import main as cli
from attnproof.reports.commands.claim_text import claim_text
from attnproof.reports.commands.unicode_math import formula, prose
from attnproof.verify.options import Options
from attnproof.verify.proofs.ledger import run
from attnproof.verify.run.files import plain


def row(name: str) -> dict[str, Any]:
    (found,) = run({"claim": name}, Options())
    return plain(found)


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("name", ["X2", "T2", "B3"])
def test_the_text_says_all_that_the_claim_has(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    claim = row(name)
    assert cli.main(["claim", name.lower()]) == 0
    text = capsys.readouterr().out
    said = words(text)
    assert text.startswith(f"{name}  {claim['title']}\n")
    wanted = [prose(claim["usual"]), prose(claim["statement"]), claim["verdict"], *claim["references"]]
    wanted += [prose(each) for each in claim["assumptions"]]
    for step in claim["steps"]:
        wanted += [prose(step["rule"]), f"{formula(step['before'])} → {formula(step['after'])}"]
    assert [part for part in wanted if words(part) not in said] == []
    for line in (claim["counterexample"] or "").splitlines():
        assert f"  {line}\n" in text  # as it is, to paste
    assert said.count("; one threshold ", said.find("Case by case:")) == len(claim["cells"])


def test_a_claim_without_proof_says_why(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    open_claim = Claim("X1", "Open", "Said.", open_reason="nobody has tried")
    monkeypatch.setattr("attnproof.verify.proofs.ledger.CLAIMS", {"X1": open_claim})
    assert cli.main(["claim", "X1"]) == 0
    said = capsys.readouterr().out
    assert "? not decided" in said
    assert "nobody has tried" in said
    assert "Proof" not in said


def test_json_is_the_object_of_the_ledger(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["claim", "X4", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(row("X4")))


def test_a_step_that_does_not_check_is_said_and_fails(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = claims.CLAIMS["B3"]
    broken = replace(claim, steps=(replace(claim.steps[0], by=FAILS), *claim.steps[1:]))
    monkeypatch.setattr("attnproof.verify.proofs.ledger.CLAIMS", {**claims.CLAIMS, "B3": broken})
    assert cli.main(["claim", "B3"]) == 1
    said = words(capsys.readouterr().out)
    assert f"1. ✗ does not check: {words(claim.steps[0].rule)}" in said
    assert "1 of them not checking" in said
    assert "Verdict: ? not decided" in said


def test_evidence_of_a_run_is_shown_in_place_of_the_command_that_finds_it() -> None:
    claim = row("B3")
    claim["tables"] = ["variance"]
    assert "attnproof verify --only B3" in claim_text(claim)
    claim["evidence"] = [{"grade": "sampled", "what": "table variance", "value": "3 pass"}]
    assert "table variance: 3 pass (sampled)" in claim_text(claim)
    assert "attnproof verify" not in claim_text(claim)


@pytest.mark.parametrize(("name", "near"), [("X44", "did you mean X4?"), ("nonsense", "unknown claim 'nonsense'.")])
def test_an_unknown_claim_is_one_line_with_the_known_ones(
    name: str, near: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["claim", name]) == 2
    said = capsys.readouterr()
    assert near in said.err
    assert "S1, S2" in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)


def test_refuting_steps_lemmas_altered_statements_and_figures_are_named() -> None:
    claim = row("B3") | {"lemmas": ["odd_score", "other"], "figures": [{"title": "The figure"}]}
    claim["steps"] = [claim["steps"][0] | {"refutes": True, "lemmas": ["odd_score"]}]
    claim["altered"] = [{"what": "twice", "rejected": True}, {"what": "never", "rejected": False}]
    lemma = {"name": "odd_score", "verdict": "proved", "statement": "$e(-x) = -e(x)$"}
    said = words(claim_text(claim, [lemma], measured=True))
    assert "[by odd_score] [refutes the usual statement]" in said
    assert "Rests on the lemmas: - odd_score, ✓ proved: e(−x) = −e(x) - other" in said
    source = words(claim_text(claim, [lemma], latex=True))
    assert "✓ proved: $e(-x) = -e(x)$ - other" in source
    assert claim["steps"][0]["before"] in source
    assert "and 1 of 2 not rejected: - twice - ✗ NOT rejected: never" in said
    assert "figure: The figure" in said
    assert "collects it (measured for this claim" in said


def test_an_altered_statement_that_passes_fails(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = replace(claims.CLAIMS["B3"], altered={"it passes": HOLDS})
    monkeypatch.setattr("attnproof.verify.proofs.ledger.CLAIMS", {**claims.CLAIMS, "B3": claim})
    assert cli.main(["claim", "B3"]) == 1
    assert "✗ NOT rejected: it passes" in capsys.readouterr().out


def test_json_carries_lemmas_altered_statements_and_refuting_steps(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["claim", "X6", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["altered"]
    assert all(one["rejected"] for one in found["altered"])
    assert any(step["refutes"] for step in found["steps"])
    assert set(found["lemmas"]) == {name for step in found["steps"] for name in step["lemmas"]} != set()
    assert found["figures"] == []


def test_assumptions_say_what_they_are_about() -> None:
    claim = row("G1")
    assert list(claim["kinds"]) == ["domain", "ranges"]
    assert "  - Real query, key and matrix of any sizes. (domain)" in claim_text(claim)
    assert "(domain)" not in claim_text(claim | {"kinds": []})  # a run of an older version
