"""The judge: whether a candidate computes what its reference does, for any two programs that can be recorded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from attnproof.derivations.ring.ring import Ring
from attnproof.verify.against.judgement import Judgement, Verdict
from attnproof.verify.against.problem import Problem
from attnproof.verify.against.question import Question
from attnproof.verify.against.questions import questions
from attnproof.verify.against.session import NoReferenceError, Session
from attnproof.verify.against.shrinking import smallest
from attnproof.verify.against.sizes import at_other_sizes
from attnproof.verify.outcome import ABSTAIN, FAIL

ORDER: Final = 5


def judge(
    problem: Problem,
    *,
    seed: int = 0,
    order: int = ORDER,
    asked: Sequence[Question] | None = None,
    sizes: bool = True,
    shrink: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Judgement:
    """Judge the candidate.

    seed   of all numbers
    progress  told before each call whom and what is asked, and after it an empty text
    order  coefficients of the ring
    asked  these questions in place of our own
    sizes  whether other sizes are asked, where the problem has them
    shrink  whether a small input is looked for at which it fails as it does
    Raises NoReferenceError where the reference answers no question as it is given.
    """

    def at(there: Problem, asked: Sequence[Question]) -> Judgement:
        return Session(there, asked, Ring(order, seed=seed), progress).judged()

    first = questions(problem, seed) if asked is None else asked
    found = at(problem, first)
    verdicts, said, unread = list(found.verdicts), list(found.asked), list(found.unread)
    origins = [(problem, first, verdict) for verdict in verdicts]
    for words, other in at_other_sizes(problem) if sizes and found.ok else ():
        own = questions(other, seed)[:1]
        try:
            more = at(other, own)
        except NoReferenceError:  # it has no such sizes
            continue
        verdicts += [_elsewhere(verdict, words, problem) for verdict in more.verdicts]
        origins += [(other, own, verdict) for verdict in more.verdicts]
        said.append(words)
        unread += [each for each in more.unread if each not in unread]
    found = replace(found, verdicts=tuple(verdicts), asked=tuple(said), unread=tuple(unread))
    if not shrink or found.leading is None:
        return found
    place = next(k for k, verdict in enumerate(verdicts) if verdict is found.leading)
    return replace(found, example=smallest(*origins[place], at, seed))


def _elsewhere(verdict: Verdict, words: str, problem: Problem) -> Verdict:
    """At other sizes, of which a candidate may claim nothing."""
    found = replace(verdict, question=words)
    if not problem.only_these_sizes or verdict.outcome != FAIL:
        return found
    return replace(found, outcome=ABSTAIN, kind="", reason="it differs at sizes of which it claims nothing")
