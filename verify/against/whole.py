"""Problems at their own sizes, with more numbers than are recorded whole: all of it at small sizes, and then rows.

At small sizes the algebra decides, in values and gradients. At the sizes given the candidate is called once for each of
two draws, and some rows of what it returns are held against the reference's on those rows (``rows``): what depends on
the size shows there, a tile's edge, keys at the end, an index. Which rows: so many at random, at so many random places
along the other axes (heads, batches), and at one of these the first, the last, and those beside edges of tiles, of the
lengths that stand in the candidate's code.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any, Final

import numpy as np

from attnproof.verify.against.asking import Asked, ask_all
from attnproof.verify.against.enclosing import Enclosed, enclosed
from attnproof.verify.against.evaluations import evaluations
from attnproof.verify.against.judge import judge
from attnproof.verify.against.judgement import Judgement, Verdict
from attnproof.verify.against.listening import heard
from attnproof.verify.against.numbers import OUTSIDE, WITHIN
from attnproof.verify.against.problem import Problem
from attnproof.verify.against.question import Question, floating, parts
from attnproof.verify.against.rows import Rows, Sample, edges, rows_of
from attnproof.verify.against.unread import held
from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.composing.constants import constants_of
from attnproof.verify.outcome import ABSTAIN, FAIL, PASS
from attnproof.verify.recording.recording import NotReadError
from attnproof.verify.targets.saying import came_to
from attnproof.verify.unit import generator

Progress = Callable[[str], None] | None
LARGE: Final = 1 << 17  # numbers of all inputs, from which on rows are judged
RECORDED: Final = 1 << 24  # numbers of one record of rows
PER_KEY: Final = 8  # operations that a row takes with each key, about
ROWS: Final = 22
FEWEST: Final = 4
PLACES: Final = 2
SMALL: Final = (2, 3, 5, 4, 6, 7)
KEPT: Final = 8  # sizes up to that stay
SPREAD: Final = 3.0  # of numbers: their products are 9 times as far apart, so that single keys weigh, of however many
TILES: Final = 4
SHARE: Final = 0.1


def judge_whole(
    problem: Problem,
    *,
    seed: int = 0,
    shrink: bool = False,
    progress: Progress = None,
) -> Judgement:
    """``judge``, and at sizes with many numbers rows of the results.

    Raises ValueError as ``judge`` does.
    """
    whole = problem if problem.whole is None else problem.whole()
    if problem.whole is None and _numbers(problem.drawn(seed)) <= LARGE:
        return judge(problem, seed=seed, shrink=shrink, progress=progress)
    found = _at_small_sizes(problem, seed, shrink, progress)
    if found.outcome == FAIL:
        return replace(found, notes=(*found.notes, "the sizes given were not asked"))
    rows = _Whole(whole, seed, progress)
    verdicts = list(rows.judged())
    return replace(
        found,
        verdicts=(*found.verdicts, *verdicts),
        asked=(*found.asked, *dict.fromkeys(each.question for each in verdicts)),
        notes=(*found.notes, *rows.notes),
    )


def _numbers(given: Mapping[str, Any]) -> int:
    return sum(x.size for x in given.values() if isinstance(x, np.ndarray))


def _at_small_sizes(problem: Problem, seed: int, shrink: bool, progress: Progress) -> Judgement:
    """No two sizes alike, if the reference takes that; else alike what is."""
    if problem.whole is not None:
        return judge(problem, seed=seed, shrink=shrink, progress=progress)
    nothing = Judgement(problem.name, problem.candidate.name, problem.reference.name, problem.dtype, ())
    for other in _reduced(problem):
        try:
            found = judge(other, seed=seed, shrink=shrink, progress=progress)
        except ValueError:  # the reference has no such sizes
            continue
        words = ", ".join(f"{name} = {size}" for name, size in other.sizes.items())
        return replace(found, notes=(*found.notes, f"gradients and algebra at {words}"))
    return replace(nothing, notes=("no small sizes: rows alone, and no gradients",))


def _reduced(problem: Problem) -> Iterator[Problem]:
    if problem.at is None or not problem.sizes:
        return
    kept = {name: size for name, size in problem.sizes.items() if size <= KEPT}
    free = [size for size in SMALL if size not in kept.values()] or list(SMALL)
    others = {name: size for name, size in problem.sizes.items() if name not in kept}
    ranks = {size: free[k % len(free)] for k, size in enumerate(sorted(set(others.values())))}
    for sizes in (
        {**kept, **{name: free[k % len(free)] for k, name in enumerate(others)}},
        {**kept, **{name: ranks[size] for name, size in others.items()}},
    ):
        try:
            yield problem.at(sizes)
        except ValueError:  # it has no such sizes
            continue


@dataclass
class _Whole:
    """A problem at its own sizes."""

    problem: Problem
    seed: int
    progress: Progress

    def __post_init__(self) -> None:
        self.notes: list[str] = []

    def judged(self) -> Iterator[Verdict]:
        """Of each question."""
        for question in self._questions():
            asked = ask_all(self.problem, self.problem.candidate, [question], record=False, progress=self.progress)
            if 0 in asked.refused:
                yield Verdict("call", question.said, FAIL, "error", reason=came_to(asked.refused[0]))
                return
            yield from self._held(question, asked)

    def _questions(self) -> Iterator[Question]:
        draws = list(self.problem.draws)
        yield self._question("at the sizes given", self.problem.drawn(self.seed), 1.0)
        spread = SPREAD if len(draws) == 1 else 1.0
        words = f"{SPREAD:g} times as large" if spread > 1.0 else f"drawn as {draws[-1]}"
        yield self._question(f"at the sizes given, {words}", self.problem.drawn(self.seed + 1, draws[-1]), spread)

    def _question(self, said: str, given: Mapping[str, Any], by: float) -> Question:
        own = self.problem.formats
        rounded = {
            name: FORMATS[own.get(name, self.problem.dtype)].round(x * by) if floating(x) else x
            for name, x in given.items()
        }
        return Question(said, rounded, self.seed)

    def _held(self, question: Question, asked: Asked) -> Iterator[Verdict]:
        """The results of one call, some rows of them."""
        answer, reference = asked.answers[0], self.problem.reference
        door = import_module(f"attnproof.verify.against.asking_{reference.framework}")
        dtypes = {name: self.problem.formats.get(name, self.problem.dtype) for name in self.problem.names}
        inputs = [door.handed(name, question, dtypes[name]) for name in question.given]

        def function(*given: Any) -> dict[str, Any]:
            return parts(reference.call(*given), self.problem.results)

        real = {name: x for name, x in answer.values.items() if answer.formats.get(name) in FORMATS}
        try:
            apart = rows_of(function, inputs, next(iter(real.values())))
            sample = self._sample(apart, inputs, next(iter(real.values())))
            yield from self._compared(question, answer.formats, real, function, inputs, apart, sample)
        except NotReadError as error:
            yield Verdict("rows", question.said, ABSTAIN, reason=f"rows cannot be judged alone: {error}")

    def _sample(self, apart: Rows, inputs: list[Any], result: Array) -> Sample:
        """Rows at random at some places along the other axes, and edges at the first of these."""
        *lead, length = apart.shape(result)
        arrays = [x for x in inputs if hasattr(x, "shape")]
        taken = [{axis.arguments[k] for axis in apart.axes if k in axis.arguments} for k in range(len(arrays))]
        shared = sum(
            math.prod(n for axis, n in enumerate(x.shape) if axis not in own)
            for x, own in zip(arrays, taken, strict=True)
        )
        longest = max(max(x.shape, default=1) for x in arrays)
        each = min(length, ROWS, max(FEWEST, (RECORDED - shared) // (PER_KEY * longest)))
        random = generator(self.seed, "rows", *map(str, (*lead, length)))
        where = random.choice(math.prod(lead), size=min(PLACES, math.prod(lead)), replace=False)
        places = [tuple(int(i) for i in np.unravel_index(int(w), lead)) if lead else () for w in where]
        drawn = [(*place, int(row)) for place in places for row in random.choice(length, size=each, replace=False)]
        tiles = sorted(n for n in constants_of(self.problem.candidate.call).integers if n < length)[-TILES:]
        own = [(*places[0], row) for row in edges(length, tiles)]
        self._told(each, length, len(places), math.prod(lead), f"{len(own)} at ends and edges of tiles")
        return Sample((*lead, length), tuple(drawn), tuple(own))

    def _told(self, each: int, length: int, places: int, every: int, own: str) -> None:
        """How sure it is."""
        inside = _missed(length, each) ** places
        words = f"{each} of {length} rows at random"
        words += f" at {places} of {every} places of the other axes" if every > 1 else ""
        words += f", {own}; a fault of {SHARE:.0%} of the rows"
        words += " everywhere" if every > 1 else ""
        words += f" is missed with probability at most {inside:.2g}"
        words += f", one at {SHARE:.0%} of these places {_missed(every, places):.2g}" if every > 1 else ""
        if words not in self.notes:
            self.notes.append(words)

    def _compared(
        self,
        question: Question,
        formats: Mapping[str, str],
        real: Mapping[str, Array],
        function: Callable[..., Any],
        inputs: list[Any],
        apart: Rows,
        sample: Sample,
    ) -> Iterator[Verdict]:
        worst: dict[str, Verdict] = {}
        shares: dict[str, list[Array]] = {name: [] for name in real}
        for lead, some in sample.groups():
            found = heard(function, apart.at(inputs, lead, some))
            for name, got in real.items():
                how = evaluations(formats[name])
                exact = enclosed(found.recording, how, sharply=False)[f"[{name!r}]"]
                mine = apart.of(got, lead, some)
                verdict = _verdict(name, question.said, mine, exact)
                shares[name].append(_share(exact))
                at = tuple(apart.place(lead, some, verdict.index))
                if name not in worst or _rank(verdict) > _rank(worst[name]):
                    worst[name] = replace(verdict, index=at)
        yield from worst.values()
        for name, parts_ in shares.items():
            told = np.concatenate(parts_)
            if told.size:
                words = (
                    f"{name}, {question.said}: in half of the numbers an error of {np.median(told):.2g} of them shows"
                )
                self.notes.append(words)


def _missed(count: int, drawn: int) -> float:
    return Sample((count,), tuple((k,) for k in range(drawn))).missed(SHARE)


def _share(exact: Enclosed) -> Array:
    size = np.abs(exact.value)
    some = np.isfinite(size) & (size > 0.0)
    return np.asarray(exact.bound.bound[some] / size[some])


def _rank(verdict: Verdict) -> tuple[int, float]:
    order = (PASS, ABSTAIN, FAIL)
    return order.index(verdict.outcome), 0.0 if np.isnan(verdict.error) else verdict.error


def _verdict(name: str, said: str, got: Array, exact: Enclosed) -> Verdict:
    if got.shape != exact.value.shape:
        return Verdict(name, said, FAIL, "shape", reason=f"shape {got.shape}, the reference's is {exact.value.shape}")
    found = held(exact, got)
    figures = (found.index, found.got, found.exact, found.error, found.allowed)
    if found.outcome == OUTSIDE:
        return Verdict(name, said, FAIL, "range" if found.range else "values", "", found.reason, *figures)
    return Verdict(name, said, PASS if found.outcome == WITHIN else ABSTAIN, "", "", found.reason, *figures)
