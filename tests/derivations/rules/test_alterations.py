"""No step of any proof outlives a change of what it arrives at: each number, exponent and sign in turn."""

from __future__ import annotations

from itertools import islice

import pytest

from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.lemmas import LEMMAS
from attnproof.derivations.proof.claim import Claim, Lemma
from attnproof.derivations.proof.rules import Rule, RuleError

NAMES = (*CLAIMS, *LEMMAS)


def subject(name: str) -> Claim | Lemma:
    return CLAIMS[name] if name in CLAIMS else LEMMAS[name]


def rejected(rule: Rule) -> bool:
    try:
        return rule.holds() is False
    except (RuleError, ValueError):  # refused: undefined, or nothing that can be evaluated
        return True


def survivors(name: str, most: int | None) -> list[str]:
    found = []
    for number, step in enumerate(subject(name).steps):
        found += [
            f"step {number} ({step.rule}): {what}"
            for what, altered in islice(step.by.alterations(), most)
            if not rejected(altered)
        ]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_change_of_each_step_is_rejected(name: str) -> None:
    assert not survivors(name, 1)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_change_of_each_step_is_rejected(name: str) -> None:
    assert not survivors(name, None)
