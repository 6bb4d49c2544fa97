"""Copies of a process share what is asked of a proof, and find what one process finds."""

from __future__ import annotations

import os
import signal
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace

import pytest
from made_rules import FAILS

from attnproof.derivations.claims import CLAIMS
from attnproof.derivations.lemmas import LEMMAS
from attnproof.derivations.proof.claim import Claim, asked, prove
from attnproof.derivations.proof.rules import RULES, Rule, RuleError
from attnproof.verify.proofs import examined as module
from attnproof.verify.proofs import ledger
from attnproof.verify.proofs.examined import examined

# Other tests of this process may have imported JAX, which warns of copies; the ones made here do not use it.
pytestmark = pytest.mark.filterwarnings("ignore:os.fork:RuntimeWarning")


@pytest.fixture(autouse=True)
def copies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "THREADED", frozenset())


@dataclass(frozen=True)
class Does(Rule):
    """Answers a question in its own way."""

    how: str

    def holds(self) -> bool:
        if self.how == "raises":
            raise RuleError("what is undefined")
        if self.how == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        return os.getpid() != int(self.how)  # which process it is asked in

    def before(self) -> str:
        return ""

    after = before


def with_a_step(how: str, monkeypatch: pytest.MonkeyPatch) -> Claim:
    monkeypatch.setattr("attnproof.derivations.proof.claim.RULES", (*RULES, Does))
    first, *others = CLAIMS["T9"].steps
    return replace(CLAIMS["T9"], steps=(replace(first, by=Does(how)), *others))


def test_copies_find_what_one_process_finds() -> None:
    subjects = [CLAIMS["B3"], LEMMAS["softmax_shift"]]
    assert examined(subjects, 3) == examined(subjects)
    assert ledger.decided("B3", 2) == ledger.decided("B3")


def test_a_step_that_does_not_check_is_found_in_a_copy(monkeypatch: pytest.MonkeyPatch) -> None:
    *others, last = CLAIMS["T9"].steps
    broken = replace(CLAIMS["T9"], steps=(*others, replace(last, by=FAILS)))
    monkeypatch.setattr(ledger, "CLAIMS", {"T9": broken})
    row, _ = ledger.decided("T9", 2)
    assert row.verdict == "not decided"
    assert [step["holds"] for step in row.steps] == [True] * len(others) + [False]


def test_the_answers_are_of_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    claim = with_a_step(str(os.getpid()), monkeypatch)
    assert [each.answers[0] for number in (1, 2) for each in examined([claim], number)] == [False, True]


def test_elsewhere_than_on_linux_no_copy_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.sys, "platform", "darwin")
    (found,) = examined([with_a_step(str(os.getpid()), monkeypatch)], 2)
    assert found.answers[0] is False


def test_beside_threads_of_jax_or_torch_no_copy_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "THREADED", frozenset({"sys"}))
    (found,) = examined([with_a_step(str(os.getpid()), monkeypatch)], 2)
    assert found.answers[0] is False


@pytest.mark.parametrize(("how", "error"), [("raises", RuleError), ("dies", BrokenProcessPool)])
def test_what_becomes_of_a_copy_is_no_answer(how: str, error: type[Exception], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(error):
        examined([with_a_step(how, monkeypatch)], 2)


def test_every_rule_needs_an_answer() -> None:
    claim = CLAIMS["T9"]
    with pytest.raises(ValueError, match=f"T9: {len(asked(claim)) - 1} answers to {len(asked(claim))} rules"):
        prove(claim, lambda _: True, answers=[rule.holds() for rule in asked(claim)][1:])
