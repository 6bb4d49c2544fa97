"""Sides measured in turn."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

REPEATS: Final = 7
LEAST_REPEATS: Final = 3
PATIENCE: Final = 12.0  # seconds that one side may take beyond its least repeats


@dataclass(frozen=True)
class Side:
    """One way to do the work: ``call`` does all of it, ``share`` < 1 where it does a part to save time."""

    name: str
    call: Callable[[], object]
    share: float = 1.0


@dataclass(frozen=True)
class Timing:
    """Seconds for the whole of the work: median, least and largest of ``repeats`` calls; ``first`` with what was
    compiled in it.
    """

    name: str
    median: float
    least: float
    largest: float
    repeats: int
    first: float


def interleaved(sides: Sequence[Side], progress: Callable[[str], None] = lambda _: None) -> list[Timing]:
    """Every side in turn, REPEATS times; a side that has used up PATIENCE rests after LEAST_REPEATS. One call before
    that is not counted.
    """
    first: list[float] = []
    for side in sides:
        progress(f"{side.name} (first call)")
        first.append(_seconds(side))
    found: list[list[float]] = [[] for _ in sides]
    for turn in range(REPEATS):
        for side, seconds in zip(sides, found, strict=True):
            if turn < LEAST_REPEATS or sum(seconds) * side.share < PATIENCE:
                progress(f"{side.name} ({turn + 1})")
                seconds.append(_seconds(side))
    return [
        Timing(side.name, statistics.median(seconds), min(seconds), max(seconds), len(seconds), begin)
        for side, seconds, begin in zip(sides, found, first, strict=True)
    ]


def _seconds(side: Side) -> float:
    start = time.perf_counter()
    side.call()
    return (time.perf_counter() - start) / side.share
