"""One problem at one list of questions: whether a candidate computes there what its reference does.

A candidate is *wrong* where ring and numbers say so, and nothing speaks against it: the two programs differ in the ring
at zero tolerance; in fp64 (the format of the inputs, where it takes no other) its values are off by more than all
errors that its own operations could make in fp32 (in fp64, where that is the problem's format); no number that left the
library came back; and nothing on the way has no rule. Where numbers of the reference did, it does not say what is true,
and nobody is accused by it. So the two kinds of GELU are told apart in every format, and an exponential by a polynomial
that fp32 cannot tell from one is right.
What the ring leaves undecided is judged by the numbers alone, and so are rounding and range, in the problem's format.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from attnproof.derivations.ring.ring import Ring
from attnproof.verify.against.algebra import DIFFERS, EQUAL, Compared, compared
from attnproof.verify.against.asking import Asked, ask_all
from attnproof.verify.against.judgement import Judgement, Verdict
from attnproof.verify.against.numbers import (
    OUTSIDE,
    WITHIN,
    Weighed,
    Weighing,
    as_in,
    exact_of,
    narrowest,
    plain_values,
    rounding_of,
)
from attnproof.verify.against.problem import Problem
from attnproof.verify.against.question import RESULT, Answer, Question, floating
from attnproof.verify.against.unread import Classes, unruled
from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.arithmetic.function_errors import NUMPY_DTYPES
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.reading.recorded import STRETCH
from attnproof.verify.reading.stretching import difference, kept
from attnproof.verify.recording.recording import Recording
from attnproof.verify.targets.saying import came_to

Progress = Callable[[str], None] | None
NARROW: Final = ("fp16",)  # formats whose range programs leave at numbers that are not the problem's own
BY_VALUES: Final = "exact arithmetic on its operations gives another number"
SEEN: Final = "fp32"  # an approximation that no program in this format could tell from the formula is none of it
MOST_ELEMENTS: Final = 3_000_000  # of both recordings: what the ring is asked about
STEPS: Final = frozenset({"floor", "ceil", "round", "trunc", "fix", "rint", "sign", "floor_divide"})
BY_TRUTH: Final = ("formula", "values", "rounding", "range")  # kinds that rest on what the reference gives exactly
UNTOLD: Final = "numbers of the reference leave its library and come back, so that it does not say what is true"
AGAIN: Final = "as given, again after all others"


@dataclass(frozen=True)
class _Side:
    """A program asked in the problem's format, and in fp64 where it can be."""

    own: Asked
    wide: Asked


class NoReferenceError(ValueError):
    """The reference does not answer its first question, and there is nothing to judge by."""


class Session:
    """One problem at one list of questions."""

    def __init__(self, problem: Problem, asked: Sequence[Question], ring: Ring, progress: Progress = None) -> None:
        self._progress = progress
        self.problem, self.questions, self.ring = problem, list(asked), ring
        lacking = {problem.dtype, *problem.formats.values()} - NUMPY_DTYPES.keys()
        if lacking and "numpy" in (problem.reference.framework, problem.candidate.framework):
            raise ValueError(f"NumPy has no {' and no '.join(sorted(lacking))}")
        self.reference = self._side(problem, reference=True)
        if 0 not in self.reference.wide.answers:
            error = self.reference.wide.refused[0]
            raise NoReferenceError(f"the reference {problem.reference.name} {came_to(error)}, {self.questions[0].said}")
        self.problem = problem = replace(problem, results=problem.results or _keys(self.reference.wide.answers[0]))
        self.candidate = self._side(problem, reference=False)
        self.least = narrowest(self.reference.own.recording, problem.dtype)
        self.exact = exact_of(self.reference.wide, self.least)
        self.notes: list[str] = []
        self._classes = Classes(self.reference.wide, self.least)
        self._unruled = [unruled(side.wide) for side in (self.reference, self.candidate)]
        self._returned = plain_values(self.reference.own)

    def _side(self, problem: Problem, *, reference: bool) -> _Side:
        program = problem.reference if reference else problem.candidate
        tell = self._tell("reference" if reference else "candidate")
        own = ask_all(problem, program, self.questions, progress=tell)
        every = {problem.dtype, *problem.formats.values()}
        wide = own if every == {"fp64"} else ask_all(problem, program, self.questions, "fp64", progress=tell)
        return _Side(own, own if 0 not in wide.answers else wide)

    def _tell(self, side: str) -> Progress:
        told = self._progress
        return None if told is None else lambda words: told(f"{side}: {words}" if words else "")

    def judged(self) -> Judgement:
        """All verdicts."""
        algebra = self._algebra()
        weighed = self._weighings()
        verdicts = list(self._refusals())
        for place in self.reference.wide.answers:
            if place in self.candidate.wide.answers:
                verdicts += self._place(place, algebra, weighed)
            elif place in self.candidate.own.answers:
                words = f"it {came_to(self.candidate.wide.refused[place])}, in fp64"
                verdicts.append(Verdict("call", self.questions[place].said, ABSTAIN, reason=words))
        if any(verdict.outcome == FAIL and verdict.kind in BY_TRUTH for verdict in verdicts) and self._untold:
            verdicts = [_doubted(verdict) for verdict in verdicts]
        verdicts = [self._kind(verdict, verdicts) for verdict in verdicts]
        return Judgement(
            self.problem.name,
            self.problem.candidate.name,
            self.problem.reference.name,
            self.problem.dtype,
            tuple(verdicts),
            self.ring.order,
            tuple(self._unread()),
            tuple(question.said for question in self.questions),
            tuple(dict.fromkeys(self.notes)),
        )

    def _algebra(self) -> dict[tuple[int, str], Compared]:
        one, other = self.reference.wide, self.candidate.wide
        if one.recording is None or other.recording is None:
            return {}
        if one.recording.elements + other.recording.elements > MOST_ELEMENTS:
            self.notes.append("too many numbers for the algebra at these sizes: they are judged by their values")
            return {}
        return compared(one, other, self.questions, self.ring, self.least)

    def _weighings(self) -> tuple[Weighing | None, Weighing | None]:
        """In fp64 beside the errors of ``SEEN``, and in the problem's format."""
        wide, own = self.candidate.wide, self.candidate.own
        one = two = None
        if wide.recording is not None:
            format_ = max(self.problem.dtype, SEEN, key=lambda name: FORMATS[name].precision)
            one = Weighing(wide, as_in(wide.recording, format_, wide.program.framework))
        if own.recording is not None:
            two = Weighing(own, rounding_of(own.recording, self.least, own.program.framework, wide.recording))
        return one, two

    def _refusals(self) -> Iterator[Verdict]:
        for place in self.reference.own.answers:
            error = self.candidate.own.refused.get(place)
            if error is not None:
                own = self.questions[place].said
                plain = place <= len(self.problem.draws)
                words = came_to(error)
                yield Verdict("call", own, FAIL if plain else ABSTAIN, "error" if plain else "", reason=words)
        for place, answer in self.candidate.own.answers.items():
            reference = self.reference.own.answers.get(place)
            changed = [name for name in answer.changed if reference is not None and name not in reference.changed]
            if changed:
                said = self.questions[place].said
                yield Verdict(", ".join(changed), said, FAIL, "state", reason="the call changes what it is handed")

    def _place(
        self,
        place: int,
        algebra: Mapping[tuple[int, str], Compared],
        weighed: tuple[Weighing | None, Weighing | None],
    ) -> Iterator[Verdict]:
        said = self.questions[place].said
        expected = self.reference.wide.answers[place]
        for name, truth in expected.values.items():
            shape = self._misshapen(place, name, truth)
            if shape:
                yield Verdict(name, said, FAIL, "shape", reason=shape)
            elif name in expected.whole:
                yield self._exactly(place, name, truth)
            elif truth.size:
                yield self._quantity(place, name, algebra.get((place, name)), weighed)

    def _misshapen(self, place: int, name: str, truth: Array) -> str:
        for answer in (self.candidate.wide.answers[place], self.candidate.own.answers.get(place)):
            if answer is None:
                continue
            if name not in answer.values:
                return f"there is no {name}; the candidate has {', '.join(answer.values)}"
            if answer.values[name].shape != truth.shape:
                return f"shape {answer.values[name].shape}, the reference's is {truth.shape}"
            if name in answer.whole and name not in self.reference.wide.answers[place].whole:
                return "whole numbers or truth values, the reference's are floating-point numbers"
            result = name in self.reference.wide.answers[place].formats
            if name in answer.without and name not in self.reference.wide.answers[place].without and result:
                return "nothing flows back through it: it is detached"
        return ""

    def _exactly(self, place: int, name: str, truth: Array) -> Verdict:
        """Whole numbers and truth values."""
        got = self.candidate.wide.answers[place].values[name]
        if np.array_equal(got, truth, equal_nan=True):
            return Verdict(name, self.questions[place].said, PASS, algebra=EQUAL, missed=0.0)
        at = tuple(int(k) for k in np.argwhere(got != truth)[0])
        return Verdict(
            name,
            self.questions[place].said,
            FAIL,
            "formula",
            DIFFERS,
            "whole numbers",
            at,
            got[at],
            truth[at],
            1.0,
            0.0,
        )

    def _quantity(
        self,
        place: int,
        name: str,
        algebra: Compared | None,
        weighed: tuple[Weighing | None, Weighing | None],
    ) -> Verdict:
        said, exact = self.questions[place].said, self.exact.get((place, name))
        outcome = "" if algebra is None else algebra.outcome
        wide, own = weighed
        if exact is None:
            return Verdict(name, said, ABSTAIN, algebra=outcome, reason="the reference cannot be recorded")
        if (place, name) in self._unruled[0]:
            calls = ", ".join(self.reference.wide.recorded.unread)
            return Verdict(
                name, said, ABSTAIN, algebra=outcome, reason=f"the reference's rests on {calls}, without a rule"
            )
        if wide is None or (place, name) in self._unruled[1]:
            return self._unseen(place, name, outcome)
        if outcome != EQUAL:
            found = wide.weigh(place, name, exact, formula=False)
            if found.outcome == OUTSIDE and self._leaks:
                return self._unseen(place, name, outcome)
            if found.outcome == OUTSIDE:
                words = algebra.place if algebra is not None and outcome == DIFFERS else BY_VALUES
                return _verdict(name, said, FAIL, "formula", outcome, found, words)
            if outcome == DIFFERS and found.outcome == WITHIN:
                self.notes.append(f"{name} differs from the reference, by less than its own errors would be in fp32")
        if own is None or place not in self.candidate.own.answers:
            return self._unseen(place, name, outcome)
        found = own.weigh(place, name, exact, formula=outcome == EQUAL, own=self._returned.get((place, name)))
        missed = algebra.missed if algebra is not None else None
        if found.outcome == WITHIN:
            return replace(_verdict(name, said, PASS, "", outcome, found), missed=missed)
        if found.outcome == OUTSIDE and outcome != EQUAL and self._leaks:
            return self._unseen(place, name, outcome)
        if found.range and self.questions[place].scaled and self.problem.dtype in NARROW:
            reason = f"{found.reason}, as many a right program does at such numbers"
            return _verdict(name, said, ABSTAIN, "", outcome, found, reason)
        if found.outcome == OUTSIDE and found.formula and outcome != EQUAL:
            words = algebra.place if algebra is not None and outcome == DIFFERS else BY_VALUES
            return _verdict(name, said, FAIL, "formula", outcome, found, words)
        if found.outcome == OUTSIDE:
            return _verdict(name, said, FAIL, "range" if found.range else "rounding", outcome, found, found.reason)
        return _verdict(name, said, ABSTAIN, "", outcome, found, found.reason)

    def _unseen(self, place: int, name: str, outcome: str) -> Verdict:
        """By the values alone, in the problem's format."""
        said, own = self.questions[place].said, self.candidate.own
        if place not in own.answers or name not in own.answers[place].values:
            return Verdict(name, said, ABSTAIN, algebra=outcome, reason="there is no answer in this format")
        answer = own.answers[place]
        dtype, returned = answer.formats.get(name, self.problem.dtype), self._returned.get((place, name))
        found = self._classes.weigh(place, name, answer.values[name], dtype, returned)
        if found.outcome == WITHIN:
            return _verdict(name, said, PASS, "", outcome, found)
        if found.outcome == OUTSIDE:
            return _verdict(name, said, FAIL, "range" if found.range else "values", outcome, found, found.reason)
        return _verdict(name, said, ABSTAIN, "", outcome, found, found.reason)

    @cached_property
    def _leaks(self) -> bool:
        """Whether what the candidate returns may rest on numbers that left the library and came back."""
        return self._leaking(self.candidate.wide, self.candidate.wide is self.candidate.own, "candidate")

    @cached_property
    def _untold(self) -> bool:
        """Whether what the reference returns may: they came back rounded, so that the truth is not known."""
        return self._leaking(self.reference.wide, self.reference.wide is self.reference.own, "reference")

    def _leaking(self, asked: Asked, own: bool, side: str) -> bool:
        if asked.recording is None:
            return True
        longer = [_stretched(question) for question in self.questions]
        other = ask_all(self.problem, asked.program, longer, None if own else "fp64", progress=self._tell(side))
        if other.recording is None or other.answers.keys() != asked.answers.keys():
            return True
        found = difference(asked.recording, other.recording)
        if found.path is not None and asked.recording.left:
            self.notes.append(found.path)
            return True
        return bool(found.moving)

    def _kind(self, verdict: Verdict, every: Sequence[Verdict]) -> Verdict:
        """A failure that comes of what the candidate keeps between calls is one of state."""
        if verdict.outcome != FAIL or verdict.kind not in ("formula", "range", "rounding"):
            return verdict
        place = next(k for k, question in enumerate(self.questions) if question.said == verdict.question)
        fresh = verdict.question == AGAIN and not any(
            each.outcome == FAIL and each.question == self.questions[0].said and each.quantity == verdict.quantity
            for each in every
        )
        own = self.candidate.wide
        rests = (
            own.recording is not None
            and place in own.answers
            and kept(own.recording, own.recording.calls[own.calls[place]])
        )
        if fresh or rests:
            why = "it rests on what an earlier call was handed" if rests else "the first call was right"
            return replace(verdict, kind="state", reason=why)
        return verdict

    def _unread(self) -> Iterator[str]:
        for asked in (self.reference.wide, self.candidate.wide):
            if asked.recording is None:
                yield f"{asked.program.name}: {asked.why}"
                continue
            calls = [f"{name} ({count}×)" for name, count in asked.recording.unread.items()]
            for words in [*calls, *dict.fromkeys(words for words, _ in asked.recording.left)]:
                yield f"{asked.program.name}: {words}"


def _keys(answer: Answer) -> tuple[str, ...]:
    """The results' names where the program gave them some: keys of a mapping."""
    names = tuple(name for name in answer.values if not name.startswith("grad."))
    return () if names[0].startswith(RESULT) else names


def _stepped(recording: Recording) -> frozenset[int]:
    """What a step of the library made of numbers, rounding say: it moves with them, and never left."""
    made = [each.output for each in recording.operations if STEPS.intersection(each.library.split("."))]
    return frozenset(int(k) for ids in made for k in ids.ravel())


def _doubted(verdict: Verdict) -> Verdict:
    """What is no fault where the truth is not known."""
    if verdict.outcome != FAIL or verdict.kind not in BY_TRUTH:
        return verdict
    return replace(verdict, outcome=ABSTAIN, kind="", reason=UNTOLD)


def _stretched(question: Question) -> Question:
    return replace(question, given={n: x * STRETCH if floating(x) else x for n, x in question.given.items()})


def _verdict(name: str, said: str, outcome: str, kind: str, algebra: str, found: Weighed, reason: str = "") -> Verdict:
    figures = (found.index, found.got, found.exact, found.error, found.allowed)
    return Verdict(name, said, outcome, kind, algebra, reason, *figures)  # type: ignore[arg-type]  # of ``Kind``
