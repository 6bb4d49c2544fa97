"""Where a proof uses a lemma it says how each hypothesis of the lemma is met, and what it refers to is there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.lemmas import LEMMAS, needs
from attnproof.derivations.proof.claim import Claim, Lemma, discharged, lemmas_used, prove
from attnproof.derivations.proof.met import Assumed, Because, How, Shown, left_out, text_of

RESTING = [
    (name, lemma) for name, subject in {**CLAIMS, **LEMMAS}.items() for lemma in lemmas_used(subject) if needs(lemma)
]
USED = "mehler"


def subject(name: str) -> Claim | Lemma:
    return CLAIMS[name] if name in CLAIMS else LEMMAS[name]


def unmet(changed: Claim | Lemma) -> tuple[str, ...]:
    """The lemmas with a hypothesis that is not met."""
    return prove(replace(changed, altered={}), lambda _: True, needs).unmet


@pytest.mark.parametrize(("name", "lemma"), RESTING)
def test_every_hypothesis_of_every_lemma_that_is_used_is_met(name: str, lemma: str) -> None:
    user = subject(name)
    assert not left_out(user.met[lemma], needs(lemma))
    assert all(text for _, _, text in discharged(user, lemma))


@pytest.mark.parametrize("name", [*CLAIMS, *LEMMAS])
def test_none_is_met_of_a_lemma_that_is_not_used(name: str) -> None:
    assert set(subject(name).met) <= set(lemmas_used(subject(name)))


def test_one_that_is_left_out_is_found() -> None:
    claim = CLAIMS["T5"]
    first, last = claim.met[USED].items()
    assert unmet(claim) == ()
    for part in ({}, dict([first]), dict([last]), dict([first, last, ("Another one.", (Because("it is"),))])):
        assert unmet(replace(claim, met={USED: part})) == (USED,)
    assert unmet(replace(claim, met={})) == (USED,)


@pytest.mark.parametrize(
    "how",
    [
        Assumed("q and k are dependent"),
        Assumed(""),
        Shown("a step that nobody made"),
        Shown("the shared part of one unit"),  # the step that uses it
        Because(" "),
    ],
)
def test_one_that_refers_to_nothing_is_found(how: How) -> None:
    claim = CLAIMS["T5"]
    met = dict.fromkeys(claim.met[USED], (how,))
    assert unmet(replace(claim, met={USED: met})) == (USED,)


def test_words_that_two_texts_begin_with_tell_nothing() -> None:
    assert text_of(Assumed("Real"), ["Real scores.", "Real weights."], ()) is None
    assert text_of(Assumed("Real s"), ["Real scores.", "Real weights."], ()) == "Real scores."
