"""A claim: a statement, its assumptions, a proof whose every step a machine checks, and the verdict that follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["proved", "proved up to size", "qualified", "refuted", "not decided"]


@dataclass(frozen=True)
class Step:
    """One proof step: by ``rule``, ``before`` becomes ``after``.

    before, after  LaTeX, for the reader
    check          re-does the step by machine and returns True when it holds; it must be able to return False
    """

    rule: str
    before: str
    after: str
    check: Callable[[], bool]


@dataclass(frozen=True)
class Claim:
    """A row of the ledger.

    id          as in the list of claims: ``S1`` ... ``A6``
    title       a few words
    usual       the claim as it is usually stated
    statement   what is true (LaTeX between ``$``)
    assumptions what the statement needs, one sentence each
    steps       the proof; empty means that nothing is proved yet
    if_proved   the verdict that holds when every step checks
    scores      the score families it speaks about
    tables      table rows that are its numeric evidence: ``variance``, ``saturation``, ``bias_invariance``, ``model``
    counterexample at most ten lines of NumPy to paste and run, for refuted and qualified claims
    references  literature
    open_reason why it is not decided, when ``steps`` is empty
    cells       for a claim decided case by case: one JSON object for each case, with its certificate
    """

    id: str
    title: str
    usual: str
    statement: str = ""
    assumptions: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    if_proved: Verdict = "proved"
    scores: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    counterexample: str | None = None
    references: tuple[str, ...] = ()
    open_reason: str | None = None
    cells: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True)
class Decision:
    """The verdict on a claim, computed from its steps."""

    claim: Claim
    verdict: Verdict
    failed: tuple[int, ...]
    reason: str | None = None
    notes: Mapping[str, str] = field(default_factory=dict)


def decide(claim: Claim) -> Decision:
    """Check every step; one step that does not check makes the claim ``not decided``."""
    if not claim.steps:
        return Decision(claim, "not decided", (), claim.open_reason or "no proof recorded yet")
    failed = tuple(number for number, step in enumerate(claim.steps) if not step.check())
    if failed:
        rules = "; ".join(claim.steps[number].rule for number in failed)
        return Decision(claim, "not decided", failed, f"proof step does not check: {rules}")
    return Decision(claim, claim.if_proved, ())
