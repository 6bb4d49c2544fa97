"""How much work a question may cost: counted in steps, not in seconds, so that every machine decides the same.

Steps are counted where work can explode: terms that are multiplied out, orders of dummies that are tried, parts of
formulas that are written. Nothing is counted where nobody has set a limit.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


class EffortError(Exception):
    """The steps that were allowed are spent."""


@dataclass
class Effort:
    """left  steps that may still be spent; below 0 they did not suffice
    stopped  whether they, or those of a question within, did not suffice at some time
    """

    left: int
    stopped: bool = False


_EFFORT: ContextVar[Effort] = ContextVar("effort", default=Effort(sys.maxsize))  # noqa: B039 - nobody's


@contextmanager
def at_most(steps: int) -> Iterator[Effort]:
    """Inside, ``spend`` raises EffortError once these steps are spent, or those that are left of a limit around it."""
    outer = _EFFORT.get()
    own = Effort(min(steps, max(outer.left, 0)))
    before = own.left
    token = _EFFORT.set(own)
    try:
        yield own
    finally:
        _EFFORT.reset(token)
        outer.left -= before - own.left
        outer.stopped |= own.stopped


def spend(steps: int = 1) -> None:
    """Count steps. Raises EffortError where they are more than are left."""
    effort = _EFFORT.get()
    effort.left -= steps
    if effort.left < 0:
        effort.stopped = True
        raise EffortError


def remembered(most: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep what a function gave for its last arguments, so many of them. What was kept costs the steps that it took."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @lru_cache(most)
        def taken(*given: P.args, **named: P.kwargs) -> tuple[T, int]:
            before = _EFFORT.get().left
            value = function(*given, **named)
            return value, before - _EFFORT.get().left

        @wraps(function)
        def counted(*given: P.args, **named: P.kwargs) -> T:
            before = _EFFORT.get().left
            value, steps = taken(*given, **named)  # type: ignore[arg-type]  # expressions and numbers: hashable
            spend(steps - (before - _EFFORT.get().left))
            return value

        return counted

    return decorate


def decided(question: Callable[[], bool], steps: int) -> bool:
    """Whether a question is answered with yes within these steps. No, too, leaves open what the canonical form does not
    decide.
    """
    try:
        with at_most(steps):
            return question()
    except EffortError:
        return False
