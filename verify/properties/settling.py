"""Properties of which correct implementations do different things: the declared choice is held to, an open one is found
out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np

from attnproof.verify.outcome import DIFFERS, ERROR, FAIL, PASS
from attnproof.verify.properties.asking import ask, judge
from attnproof.verify.properties.property import Draw, Finding, TargetError, failed
from attnproof.verify.targets.contract import CHOICES
from attnproof.verify.targets.target import Answer, Array, Request, Target

Choice = Mapping[str, str]  # a field of the contract -> what it is taken to be
Reshaped = Mapping[str, Callable[[Array], Array]]  # quantity -> what makes it an array of the case's shape


def settle(
    name: str, target: Target, draw: Draw, fields: Sequence[str], attempt: Callable[[Choice], Iterable[Finding]]
) -> list[Finding]:
    """The findings under the declared contract; where ``fields`` of it are open, under the first choice that fits.

    attempt  judges the target under one choice
    A target that fits none fails, for what is wrong under the first: that is what most implementations do. One that
    fits a later one only differs by contract. What fits several has shown nothing about the choice, and none is
    reported as observed.
    """
    values = {field: (getattr(target.contract, field),) for field in fields if getattr(target.contract, field)}
    choices = [dict(zip(fields, each, strict=True)) for each in product(*(values.get(f, CHOICES[f]) for f in fields))]
    tried = [(choice, list(attempt(choice))) for choice in choices]
    bad = [next((f for f in found if f.outcome in (FAIL, ERROR)), None) for _, found in tried]
    fitting = [k for k, problem in enumerate(bad) if problem is None]
    if not fitting:
        first = bad[0]
        assert first is not None  # nothing fits
        words = "" if len(choices) == 1 else f"under no choice of {' and '.join(fields)}; under {_words(choices[0])}: "
        return [replace(first, reason=f"{words}{first.reason}")]
    choice, found = tried[fitting[0]]
    if not any(finding.outcome == PASS for finding in found):
        return found  # nothing but abstentions: the choice is not confirmed either
    same = {field: choice[field] for field in fields if len({choices[k][field] for k in fitting}) == 1}
    open_fields = {f: w for f, w in same.items() if f not in values and w != CHOICES[f][0]}
    if open_fields:
        reason = f"{_words(open_fields)}; not declared"
        return [*found, Finding(name, DIFFERS, reason, observed=same, draw=draw)]
    return [*found, Finding(name, PASS, observed=same, draw=draw)]


@dataclass(frozen=True, eq=False)
class Question:
    """One request under a choice.

    words     what is asked, in a failure's reason
    reshaped  what makes the target's arrays those of the case, by quantity
    ordinary  whether the numbers are those of a usual test
    """

    request: Request
    words: str
    reshaped: Reshaped = field(default_factory=dict)
    ordinary: bool = True

    def answered(self, target: Target) -> Answer:
        """What the target answers, in the shapes of the case. Raises TargetError."""
        answer = ask(target, self.request)

        def each(arrays: Mapping[str, Array], prefix: str) -> dict[str, Array]:
            return {n: self.reshaped.get(prefix + n, np.asarray)(array) for n, array in arrays.items()}

        return replace(answer, outputs=each(answer.outputs, ""), gradients=each(answer.gradients, "grad."))


Questions = Callable[[Target, Draw, Choice], Iterable[Question]]


def first_choice(target: Target, fields: Sequence[str]) -> Choice:
    """What is declared, and where nothing is what most implementations do."""
    return {field: getattr(target.contract, field) or CHOICES[field][0] for field in fields}


def judged(target: Target, question: Question, name: str, draw: Draw) -> list[Finding]:
    """Ask, and judge everything returned; failures start with the words. A target that raises gives one finding that
    says so.
    """
    try:
        answer = question.answered(target)
    except TargetError as error:
        return [failed(name, error, draw)]
    return [
        replace(f, reason=f"{question.words}: {f.reason}") if f.outcome == FAIL else f
        for f in judge(target, question.request, answer, name, draw)
    ]


def all_judged(target: Target, questions: Iterable[Question], name: str, draw: Draw) -> list[Finding]:
    """The findings of one question after the other."""
    return [finding for question in questions for finding in judged(target, question, name, draw)]


def _words(choice: Choice) -> str:
    return ", ".join(f"{field} {value!r}" for field, value in choice.items())
