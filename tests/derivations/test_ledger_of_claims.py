"""The ledger holds every claim on the list, each under its own id, and imports a claim when it is asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from made_rules import FAILS, HOLDS

from attnproof.derivations import claims
from attnproof.derivations.claims import CLAIMS, ORDER
from attnproof.derivations.claims.decision import decide
from attnproof.derivations.lemmas import LEMMAS
from attnproof.derivations.proof.claim import Claim, Lemma, lemmas_used
from attnproof.derivations.proof.rules import All, Rule

FOLDER = Path(next(iter(claims.__path__)))


@pytest.mark.parametrize("name", ORDER)
def test_each_claim_stands_under_its_own_id(name: str) -> None:
    claim = CLAIMS[name]
    assert claim.id == name
    assert claim.title
    assert claim.usual
    assert claim.steps or claim.open_reason
    assert claim.statement
    assert claim.assumptions
    assert all(sentence.strip() for sentence in claim.assumptions)


def test_the_mapping_is_complete_and_closed() -> None:
    assert tuple(CLAIMS) == ORDER
    assert sorted(name.lower() for name in ORDER) == sorted(path.stem for path in FOLDER.glob("[a-z][0-9]*.py"))
    assert "Z9" not in CLAIMS
    with pytest.raises(KeyError, match="Z9"):
        CLAIMS["Z9"]


# What the proofs of all claims have in common.


def kinds(rule: Rule) -> set[type[Rule]]:
    """The kind of a rule, and of those that it is put together from."""
    return {type(rule)}.union(*map(kinds, rule.parts)) if isinstance(rule, All) else {type(rule)}


def rules_of(subject: Claim | Lemma) -> set[type[Rule]]:
    """The kinds of rules that close the steps, here and in the lemmas that it rests on."""
    found = set().union(*(kinds(step.by) for step in subject.steps))
    return found.union(*(rules_of(LEMMAS[name]) for name in lemmas_used(subject)))


@pytest.mark.parametrize("name", ORDER)
def test_the_steps_decide_it(name: str) -> None:
    decision = decide(CLAIMS[name])
    assert decision.verdict == CLAIMS[name].earned, decision.reason


@pytest.mark.parametrize("name", ORDER)
def test_the_verdict_is_computed(name: str) -> None:
    claim = CLAIMS[name]
    assert not hasattr(claim, "if_proved")
    assert claim.earned == decide(replace(claim, steps=settled(claim), altered={})).verdict


@pytest.mark.parametrize("name", ORDER)
def test_every_assumption_is_typed(name: str) -> None:
    claim = CLAIMS[name]
    with pytest.raises(ValueError, match=f"{name}: unknown kind of assumption 'magic'; expected one of domain"):
        replace(claim, assumptions={**claim.assumptions, "Some magic.": "magic"})


def settled(claim: Claim) -> tuple[Any, ...]:
    return tuple(replace(step, by=HOLDS, uses=()) for step in claim.steps)


@pytest.mark.parametrize("name", ORDER)
def test_a_claim_has_a_counterexample_exactly_if_a_step_refutes_the_usual_one(name: str) -> None:
    claim = CLAIMS[name]
    assert bool(claim.counterexample) == any(step.refutes for step in claim.steps)


@pytest.mark.parametrize("name", ORDER)
def test_altered_statements_go_through_the_rules_of_the_proof(name: str) -> None:
    claim = CLAIMS[name]
    assert claim.altered
    known = rules_of(claim)
    for what, rule in claim.altered.items():
        assert kinds(rule) <= known, what


@pytest.mark.parametrize("name", ORDER)
def test_without_any_one_step_there_is_no_verdict(name: str) -> None:
    """All other checks are held to be true; a step that is switched off is the one that is named."""
    claim = replace(CLAIMS[name], steps=settled(CLAIMS[name]), altered={})
    assert decide(claim).verdict == claim.earned
    for number in range(len(claim.steps)):
        steps = list(claim.steps)
        steps[number] = replace(steps[number], by=FAILS)
        decision = decide(replace(claim, steps=tuple(steps)))
        assert decision.verdict == "not decided"
        assert decision.failed == (number,)


@pytest.mark.parametrize("name", ORDER)
def test_an_altered_statement_that_passes_takes_the_verdict_away(name: str) -> None:
    claim = CLAIMS[name]
    rejected: dict[str, Rule] = dict.fromkeys(claim.altered, FAILS)
    for number, what in enumerate(claim.altered):
        passing: dict[str, Rule] = {**rejected, what: HOLDS}
        decision = decide(replace(claim, steps=settled(claim), altered=passing))
        assert decision.verdict == "not decided"
        assert decision.accepted == (number,)
