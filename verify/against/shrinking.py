"""The smallest input found at which a candidate fails in one way: fewer questions, smaller sizes, simpler numbers.

What a candidate keeps from earlier calls is there in every later trial, too: a failure of state is left as it was
found, with all that was asked before it.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

import numpy as np

from attnproof.verify.against.judgement import Example, Judgement, Verdict
from attnproof.verify.against.problem import Problem
from attnproof.verify.against.question import Question, floating
from attnproof.verify.against.questions import questions
from attnproof.verify.against.session import NoReferenceError
from attnproof.verify.arithmetic.formats import FORMATS
from attnproof.verify.checking.shrinking import SIMPLER
from attnproof.verify.outcome import FAIL

Judge = Callable[[Problem, Sequence[Question]], Judgement]
SMALL: Final = (1, 2, 3, 4, 8, 16, 32, 64, 128)
TRIALS: Final = 60
SECONDS: Final = 6.0  # of computing; it decides how small the example becomes, and never whether there is a fault


def smallest(
    problem: Problem, asked: Sequence[Question], found: Verdict, judged: Judge, seed: int = 0
) -> Example | None:
    """The example that a failure shrinks to; None where it does not fail again (chance).

    asked   everything that was asked, in order, ``found``'s question among it
    judged  what the judge says of a problem at a list of questions
    """
    place = next(k for k, question in enumerate(asked) if question.said == found.question)
    if found.kind == "state":
        return Example(dict(problem.sizes), tuple(asked[: place + 1]), found, 0)
    trial = _Trial(found, judged)
    shown = next(((few, last) for few in _fewer(asked, place) if (last := trial.fails(problem, few))), None)
    if shown is None:
        return None
    chosen, last = shown
    problem, chosen, last = _smaller(trial, problem, chosen, last, seed)
    chosen, last = _simpler(trial, problem, chosen, last)
    return Example(dict(problem.sizes), tuple(chosen), last, trial.count)


def _fewer(asked: Sequence[Question], place: int) -> Iterator[list[Question]]:
    """The question alone, after one other, after all that came before it."""
    yield [asked[place]]
    yield from ([asked[k], asked[place]] for k in range(place))
    yield list(asked[: place + 1])


class _Trial:
    """Whether the candidate fails at an input in the same way; counts, and gives up after a while."""

    def __init__(self, found: Verdict, judged: Judge) -> None:
        self.found, self.judged = found, judged
        self.count, self.until = 0, time.process_time() + SECONDS

    @property
    def over(self) -> bool:
        return self.count >= TRIALS or time.process_time() > self.until

    def fails(self, problem: Problem, asked: Sequence[Question]) -> Verdict | None:
        """The failure at the last of these questions."""
        self.count += 1
        try:
            found = self.judged(problem, asked)
        except NoReferenceError:  # it does not answer there
            return None
        mine = (each for each in found.verdicts if each.question == asked[-1].said and each.outcome == FAIL)
        return next((each for each in mine if _way(each) == _way(self.found)), None)


def _way(found: Verdict) -> tuple[str, ...]:
    """What has to stay as it was: a wrong number must not shrink to a 0 / 0, nor an error to another one."""
    raised = re.sub(r"\d+", "#", found.reason) if found.kind == "error" else ""
    return found.quantity, found.kind, raised, _sort(found.got), _sort(found.exact)


def _sort(value: float) -> str:
    return "number" if np.isfinite(value) else str(abs(value))


def _smaller(
    trial: _Trial, problem: Problem, chosen: list[Question], last: Verdict, seed: int
) -> tuple[Problem, list[Question], Verdict]:
    """At the smallest sizes that are found, one step at a time; as they are where the candidate claims no others."""
    tried = [dict(problem.sizes)]
    while problem.at is not None and not problem.only_these_sizes:
        for sizes in _steps(problem.sizes):
            if sizes in tried or trial.over:
                continue
            tried.append(sizes)
            there = _asked_there(problem.at, sizes, chosen, seed)
            if there is not None and (found := trial.fails(*there)) is not None:
                (problem, chosen), last = there, found
                break
        else:
            break
    return problem, chosen, last


def _steps(sizes: Mapping[str, int]) -> Iterator[dict[str, int]]:
    for value in SMALL:
        yield {name: min(value, own) for name, own in sizes.items()}
    for name, own in sizes.items():
        yield from ({**sizes, name: value} for value in SMALL if value < own)
        for part in range(1, own.bit_length()):  # half of it off, a quarter …, one
            yield {**sizes, name: own - (own >> part)}


def _asked_there(
    at: Callable[[Mapping[str, int]], Problem], sizes: Mapping[str, int], chosen: Sequence[Question], seed: int
) -> tuple[Problem, list[Question]] | None:
    """The same questions at other sizes; None where there is one that is not asked there."""
    try:
        other = at(sizes)
        every = {question.said: question for question in questions(other, seed)}
    except ValueError:  # it has no such sizes
        return None
    if not all(question.said in every for question in chosen):
        return None
    return other, [every[question.said] for question in chosen]


def _simpler(trial: _Trial, problem: Problem, chosen: list[Question], last: Verdict) -> tuple[list[Question], Verdict]:
    """Each array of the last question, which shows it, as simple as it may be."""
    ways = tuple(SIMPLER)[:-1]
    names = [name for name, value in chosen[-1].given.items() if floating(value)]
    for these in (names, *([name] for name in names)):
        for way in ways:
            given = dict(chosen[-1].given)
            for name in these:
                own = FORMATS[problem.formats.get(name, problem.dtype)]
                given[name] = np.asarray(own.round(SIMPLER[way](given[name])))
            if trial.over or all(_same(given[name], chosen[-1].given[name]) for name in these):
                break
            few = [*chosen[:-1], replace(chosen[-1], given=given)]
            if (found := trial.fails(problem, few)) is not None:
                chosen, last = few, found
                break
    return chosen, last


def _same(one: Any, other: Any) -> bool:
    return np.array_equal(one, other, equal_nan=True)
