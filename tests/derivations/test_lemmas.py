"""The lemmas: an acyclic graph without loose ends, in which every single step carries all that stands above it."""

from __future__ import annotations

import importlib
import pkgutil
import types
from collections.abc import Iterator
from dataclasses import replace
from typing import TypeVar

import pytest
from made_rules import FAILS, HOLDS

import attnproof.derivations.lemmas as room
from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.claims.decision import decide
from attnproof.derivations.lemmas import LEMMAS, ORDER, users
from attnproof.derivations.proof.claim import Claim, Lemma, Step, lemmas_used, prove
from attnproof.derivations.proof.met import Assumed, Shown
from attnproof.derivations.proof.rules import Cases, RuleError

Subject = TypeVar("Subject", Claim, Lemma)


def given(held: bool) -> Step:
    """A step that is settled."""
    return Step("", HOLDS if held else FAILS)


def settled(subject: Subject) -> Subject:
    """The same claim or lemma with every check held to come out as it should: what is left is what it rests on."""
    steps = tuple(replace(step, by=HOLDS) for step in subject.steps)
    return replace(subject, steps=steps, altered={})


ORIGINAL = {name: LEMMAS[name] for name in ORDER}
HELD = {name: settled(lemma) for name, lemma in ORIGINAL.items()}
CASES = [(name, number) for name, lemma in ORIGINAL.items() for number in range(len(lemma.steps))]


def below(names: tuple[str, ...]) -> set[str]:
    """The lemmas ``names`` and all that they rest on."""
    found = set(names)
    for name in names:
        found |= below(lemmas_used(ORIGINAL[name]))
    return found


@pytest.fixture
def lemmas(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Lemma]]:
    """A mapping of lemmas to change, in place of the real one; nothing is remembered from before or after."""
    changed = dict(HELD)
    monkeypatch.setattr(room, "LEMMAS", types.MappingProxyType(changed))
    room.proof.cache_clear()
    yield changed
    room.proof.cache_clear()


@pytest.mark.parametrize("name", ORDER)
def test_a_lemma_is_complete_and_holds(name: str) -> None:
    lemma = ORIGINAL[name]
    assert lemma.name == name
    assert lemma.title
    assert lemma.statement
    assert lemma.steps
    assert lemma.altered
    proof = prove(lemma, room.holds)
    assert proof.holds, proof


def test_names_exist_once_and_point_backwards() -> None:
    assert len(set(ORDER)) == len(ORDER)
    for name, lemma in ORIGINAL.items():
        assert all(used in ORDER[: ORDER.index(name)] for used in lemmas_used(lemma)), name
    for claim in CLAIMS.values():
        assert set(lemmas_used(claim)) <= set(ORDER), claim.id


def test_every_file_is_listed() -> None:
    modules = {module.name for module in pkgutil.iter_modules(room.__path__)}
    with_a_lemma = {
        name for name in modules if hasattr(importlib.import_module(f"attnproof.derivations.lemmas.{name}"), "LEMMA")
    }
    assert with_a_lemma == set(ORDER)


def test_every_lemma_is_used() -> None:
    used = {name for subject in (*CLAIMS.values(), *ORIGINAL.values()) for name in lemmas_used(subject)}
    assert set(ORDER) == used | {name for use in users.USES.values() for name in use.met}


@pytest.mark.parametrize("name", users.USES)
def test_what_rests_on_lemmas_beside_proofs_meets_their_assumptions(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    use = users.USES[name]
    assert use.met
    assert use.unmet(room.needs) == ()
    for lemma, met in use.met.items():
        assert use in users.uses_of(lemma)
        for needed, hows in met.items():
            left = {text: how for text, how in met.items() if text != needed}
            strange = {**met, needed: (*hows, Assumed("What nobody assumes"))}
            for wrong in (left, strange, {**met, "Another one.": hows}, {**met, needed: (Shown("a step"),)}):
                changed = replace(use, met={**use.met, lemma: wrong})
                assert changed.unmet(room.needs) == (lemma,)
                monkeypatch.setattr(users, "USES", {name: changed})
                with pytest.raises(ValueError, match=f"{use.what} does not say how"):
                    users.uses_of(lemma)
                monkeypatch.undo()


def test_a_lemma_that_uses_a_later_one_is_refused(lemmas: dict[str, Lemma]) -> None:
    first, last = ORDER[0], ORDER[-1]
    lemmas[first] = replace(HELD[first], steps=(replace(given(True), uses=(last,)),))
    with pytest.raises(ValueError, match=f"{first}.*{last}"):
        room.proof(first)


@pytest.mark.parametrize("name", ORDER)
def test_a_lemma_without_steps_does_not_hold(lemmas: dict[str, Lemma], name: str) -> None:
    lemmas[name] = replace(HELD[name], steps=())
    assert not room.holds(name)


@pytest.mark.parametrize(("name", "number"), CASES)
def test_without_any_one_step_all_that_rests_on_it_falls(lemmas: dict[str, Lemma], name: str, number: int) -> None:
    """All other checks are held to be true, so that nothing but the one step can be the reason."""
    steps = list(HELD[name].steps)
    steps[number] = replace(steps[number], by=FAILS)
    lemmas[name] = replace(HELD[name], steps=tuple(steps))
    assert room.proof(name).failed == (number,)
    if number:  # which step it is makes no difference to what rests on the lemma
        assert not room.holds(name)
        return
    for other in ORDER:
        assert room.holds(other) == (name not in below((other,))), other
    for claim in CLAIMS.values():
        decision = decide(settled(claim))
        falls = name in below(lemmas_used(claim))
        assert (decision.verdict == "not decided") == falls, claim.id
        assert bool(decision.unproved) == falls


@pytest.mark.parametrize("name", ORDER)
def test_an_altered_statement_that_passes_brings_the_lemma_down(lemmas: dict[str, Lemma], name: str) -> None:
    first, *_ = ORIGINAL[name].altered
    lemmas[name] = replace(HELD[name], altered={first: HOLDS})
    assert room.proof(name).accepted == (0,)
    assert not room.holds(name)


def test_only_a_rule_of_the_closed_set_closes_a_step() -> None:
    class Believed(Cases):
        """A rule of one's own, which holds whatever it is given."""

        def holds(self) -> bool:
            return True

    with pytest.raises(RuleError, match="Believed is no rule of the closed set"):
        Step("because", Believed(FAILS.statement))
