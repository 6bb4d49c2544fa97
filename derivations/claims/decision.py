"""The verdict on a claim: computed from its proof."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from attnproof.derivations.lemmas import holds, needs
from attnproof.derivations.proof.claim import Claim, Lemma, Proof, Verdict, prove
from attnproof.derivations.statements.words import objection


@dataclass(frozen=True)
class Decision:
    """The verdict on a claim, computed from its steps.

    failed     numbers of the steps that do not check
    accepted   numbers of the altered statements that are not rejected
    unproved   names of the lemmas, used by a step, whose own proof does not check
    unmet      names of those with a hypothesis of which it is not said how it is met
    """

    claim: Claim
    verdict: Verdict
    failed: tuple[int, ...]
    reason: str | None = None
    accepted: tuple[int, ...] = ()
    unproved: tuple[str, ...] = ()
    unmet: tuple[str, ...] = ()


def decide(
    claim: Claim, lemma_holds: Callable[[str], bool] | None = None, answers: Sequence[bool] | None = None
) -> Decision:
    """Check the proof; one step that does not check, one altered statement that does, one unproved lemma, or one
    hypothesis of a lemma that is not met makes it ``not decided``; so does a statement, or a proof, other than the one
    that was held to the propositions.

    lemma_holds  says of a lemma by name whether its proof checks; None: prove it here
    answers      what the proof's rules say, as of ``prove``; None: ask them here
    """
    if not claim.steps:
        return Decision(claim, "not decided", (), claim.open_reason or "no proof recorded yet")
    proof = prove(claim, lemma_holds or holds, None if lemma_holds else needs, answers)
    if proof.holds:
        against = objection(claim)
        return Decision(claim, "not decided" if against else claim.earned, (), against)
    reason = shortcoming(claim, proof)
    return Decision(claim, "not decided", proof.failed, reason, proof.accepted, proof.unproved, proof.unmet)


def shortcoming(subject: Claim | Lemma, proof: Proof) -> str:
    """What does not hold, in words."""
    found = []
    if proof.failed:
        found.append("proof step does not check: " + "; ".join(subject.steps[k].rule for k in proof.failed))
    if proof.accepted:
        found.append("altered statement passes: " + "; ".join(list(subject.altered)[k] for k in proof.accepted))
    if proof.unproved:
        found.append("lemma does not hold: " + ", ".join(proof.unproved))
    if proof.unmet:
        found.append("hypotheses are not met of the lemma: " + ", ".join(proof.unmet))
    return ". ".join(found)
