"""The questions that a problem is asked, beside its inputs as they are given.

Programs branch on their numbers, and a recording is of one path: so the numbers are also asked large, small, shifted,
and tied; masks let all, some and nothing through; whole numbers stay in the range that was handed over; arrays lie in
memory otherwise; and what has one shape may be one tensor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Any, Final

import numpy as np

from attnproof.verify.against.problem import Problem
from attnproof.verify.against.question import Question, floating
from attnproof.verify.arithmetic.formats import FORMATS

LARGE: Final = 8.0
# Exponentials leave the range of the format where an entry is larger than 0.35.
RANGE: Final = {"fp64": 2048.0, "fp32": 256.0, "bf16": 256.0}
OTHERS: Final = 64.0  # in other formats
SMALL: Final = 2.0**-6
SHIFT: Final = 3.0
LAYOUTS: Final = ("strided", "transposed", "sliced", "broadcast")
MOST_PAIRS: Final = 3
DRAWS: Final = 16  # that are looked through for whole numbers not seen yet
MOST_ANEW: Final = 3  # of these that are asked
Given = Mapping[str, Any]


def questions(problem: Problem, seed: int = 0) -> list[Question]:
    """In the order in which they are asked; the last is the first again, after all others."""
    draws = list(problem.draws)
    first = problem.drawn(seed)
    found = [_asked(problem, "as given", first, seed)]
    for k, draw in enumerate(draws):
        words = "other numbers" if k == 0 else f"drawn as {draw}"
        found.append(_asked(problem, words, problem.drawn(seed + 1 + k, draw), seed + 1 + k))
    base = problem.drawn(seed + 50)
    for words, change in _changes(RANGE.get(problem.dtype, OTHERS)).items():
        changed = {name: change(value) if floating(value) else value for name, value in base.items()}
        if any(floating(value) for value in base.values()):
            found.append(_asked(problem, words, changed, seed + 51, gradients=words != "tied", scaled=words != "tied"))
    found += _masks(problem, base, seed)
    found += _whole(problem, base, seed)
    found += _anew(problem, found, seed)
    found += _layouts(problem, base, seed)
    found += _roles(problem, base, seed)
    return [*found, replace(found[0], said="as given, again after all others")]


def _asked(problem: Problem, said: str, given: Given, seed: int, *, gradients: bool = True, **more: Any) -> Question:
    rounded = {
        name: FORMATS[problem.formats.get(name, problem.dtype)].round(value) if floating(value) else value
        for name, value in given.items()
    }  # whatever format they are asked in, the numbers are those of the problem's
    return Question(said, rounded, seed, problem.gradients if gradients else (), **more)


def _changes(far: float) -> dict[str, Callable[[Any], Any]]:
    return {
        f"{LARGE:g} times as large": lambda x: x * LARGE,
        f"{far:g} times as large": lambda x: x * far,
        "64 times as small": lambda x: x * SMALL,
        f"shifted by {SHIFT:g}": lambda x: x + SHIFT,
        "tied": _tied,
    }


def _tied(x: Any) -> Any:
    """Whole numbers of few sizes, so that maxima stand more than once; −∞ stays, and what is positive is."""
    return np.maximum(np.rint(x), 1.0) if x.size and (x > 0.0).all() else np.rint(x)


def _masks(problem: Problem, base: Given, seed: int) -> Iterator[Question]:
    """Truth values: all, none, and each row but one with one."""
    for name, value in base.items():
        if not (isinstance(value, np.ndarray) and value.dtype == bool and value.size):
            continue
        some = np.zeros_like(value)
        some[..., ::2] = True
        for words, mask in (
            ("all true", np.ones_like(value)),
            ("every second true", some),
            ("all false", np.zeros_like(value)),
        ):
            yield _asked(problem, f"{name} {words}", {**base, name: mask}, seed + 60)


def _whole(problem: Problem, base: Given, seed: int) -> Iterator[Question]:
    """Whole numbers: all the smallest, all the largest that was handed over."""
    for name, value in base.items():
        if not _counts(value):
            continue
        for words, number in (("smallest", value.min()), ("largest", value.max())):
            yield _asked(problem, f"{name} all the {words}", {**base, name: np.full_like(value, number)}, seed + 61)


def _anew(problem: Problem, asked: Sequence[Question], seed: int) -> Iterator[Question]:
    """Further draws, each with a whole number that was not drawn before: one that is ignored, say, is one of few."""
    seen = {name: set(np.unique(value)) for name, value in asked[0].given.items() if _counts(value)}
    for name, known in seen.items():
        known.update(*(np.unique(question.given[name]) for question in asked))
    number = 0
    for k in range(DRAWS if seen else 0):
        given = problem.drawn(seed + 70 + k)
        fresh = {name: set(np.unique(given[name])) - known for name, known in seen.items()}
        if any(fresh.values()) and number < MOST_ANEW:
            number += 1
            for name, known in seen.items():
                known.update(fresh[name])
            yield _asked(problem, f"whole numbers drawn anew, {number}", given, seed + 70 + k)


def _counts(value: Any) -> bool:
    """Whether it is an array of whole numbers."""
    return isinstance(value, np.ndarray) and value.dtype.kind in "iu" and value.size > 0


def _layouts(problem: Problem, base: Given, seed: int) -> Iterator[Question]:
    frameworks = {problem.reference.framework, problem.candidate.framework}
    if frameworks == {"jax"} or not any(floating(x) and x.ndim >= 2 for x in base.values()):
        return
    for layout in LAYOUTS:
        given = dict(base)
        if layout == "broadcast":  # the same along the first axis, which has a stride of 0 then
            given = {n: _expanded(x) if floating(x) and x.ndim >= 2 else x for n, x in base.items()}
        yield _asked(problem, f"{layout} in memory", given, seed + 62, layout=layout)


def _expanded(x: Any) -> Any:
    return np.broadcast_to(x[:1], x.shape).copy()


def _roles(problem: Problem, base: Given, seed: int) -> Iterator[Question]:
    able = [(name, x) for name, x in base.items() if floating(x) and x.size]
    pairs = [(a, b) for (a, x), (b, y) in combinations(able, 2) if x.shape == y.shape and x.ndim >= 2]
    for one, other in pairs[:MOST_PAIRS]:
        if problem.formats.get(one, problem.dtype) == problem.formats.get(other, problem.dtype):
            yield _asked(problem, f"{other} the same tensor as {one}", base, seed + 63, tied={other: one})
