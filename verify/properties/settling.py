"""Properties of which correct implementations do different things: the declared choice is held to, an open one is found
out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from attnproof.verify.outcome import DIFFERS, ERROR, FAIL, PASS
from attnproof.verify.properties.asking import judge
from attnproof.verify.properties.property import Choice, Draw, Finding, Questions, failed
from attnproof.verify.properties.question import Question, TargetError
from attnproof.verify.targets.contract import CHOICES
from attnproof.verify.targets.target import Target


def settle(target: Target, fields: Sequence[str], attempt: Callable[[Choice], Iterable[Finding]]) -> list[Finding]:
    """The findings under the declared contract; where ``fields`` of it are open, under the first choice that fits.

    attempt  judges the target under one choice; it is not asked further once something is wrong under that
    A target that fits none fails, for what is wrong under the first: that is what most implementations do. One that
    fits a later one only differs by contract; not where it raises under another: an error is no choice. What fits
    several has shown nothing about the choice, and none is reported as observed.
    """
    values = {field: (getattr(target.contract, field),) for field in fields if getattr(target.contract, field)}
    choices = [dict(zip(fields, each, strict=True)) for each in product(*(values.get(f, CHOICES[f]) for f in fields))]
    tried = [(choice, _until_wrong(attempt(choice))) for choice in choices]
    bad = [found[-1] if found and found[-1].outcome in (FAIL, ERROR) else None for _, found in tried]
    fitting = [k for k, problem in enumerate(bad) if problem is None]
    if not fitting:
        first = bad[0]
        assert first is not None  # nothing fits
        words = "" if len(choices) == 1 else f"under no choice of {' and '.join(fields)}; under {_words(choices[0])}: "
        return [replace(first, reason=f"{words}{first.reason}")]
    choice, found = tried[fitting[0]]
    if raised := [problem for problem in bad if problem is not None and problem.outcome == ERROR]:
        return [*found, raised[0]]  # what it would have answered is not known, so nothing is found out
    if not any(finding.outcome == PASS for finding in found):
        return found  # nothing but abstentions: the choice is not confirmed either
    same = {field: choice[field] for field in fields if len({choices[k][field] for k in fitting}) == 1}
    open_fields = {f: w for f, w in same.items() if f not in values and w != CHOICES[f][0]}
    if open_fields:
        reason = f"{_words(open_fields)}; not declared"
        return [*found, Finding(DIFFERS, reason, observed=same)]
    return [*found, Finding(PASS, observed=same)]


def _until_wrong(findings: Iterable[Finding]) -> list[Finding]:
    """What is found up to the first failure or error, which decides."""
    found = []
    for finding in findings:
        found.append(finding)
        if finding.outcome in (FAIL, ERROR):
            break
    return found


def settled(questions: Questions, *fields: str) -> Callable[[Target, Draw], list[Finding]]:
    """Judges the answers to all questions, under a choice of the fields as ``settle`` has it."""
    return lambda target, draw: settle(
        target, fields, lambda choice: all_judged(target, questions(target, draw, choice))
    )


def judged(target: Target, question: Question) -> list[Finding]:
    """Ask, and judge everything returned; failures start with the words. A target that raises gives one finding that
    says so.
    """
    try:
        found = judge(target, question.request, question.answered(target))
    except TargetError as error:
        return [failed(error)]
    return [each.prefixed(question.words) if each.outcome == FAIL else each for each in found]


def all_judged(target: Target, questions: Iterable[Question]) -> Iterator[Finding]:
    """The findings of one question after the other, each asked when its findings are wanted."""
    return (finding for question in questions for finding in judged(target, question))


def _words(choice: Choice) -> str:
    return ", ".join(f"{field} {value!r}" for field, value in choice.items())
