"""Other sizes to ask a problem at: small ones, and those around the numbers that the candidate's source has."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from attnproof.verify.against.problem import Problem
from attnproof.verify.composing.constants import constants_of

SMALL: Final = (1, 2, 3)
MOST: Final = 258  # of a size
MOST_CONSTANTS: Final = 4


def at_other_sizes(problem: Problem) -> Iterator[tuple[str, Problem]]:
    """In words, and the problem; nothing where sizes are not free."""
    if problem.at is None or not problem.sizes:
        return
    for size in SMALL:
        if set(problem.sizes.values()) != {size}:
            yield from _at(problem.at, dict.fromkeys(problem.sizes, size), f"all sizes {size}")
    found = constants_of(problem.candidate.call).integers
    numbers = [c for c in found if 4 <= c <= MOST - 1][:MOST_CONSTANTS]
    for name in problem.sizes:
        for c in numbers:
            for size in (c - 1, c, c + 1):
                if size != problem.sizes[name]:
                    small = {other: min(own, 3) for other, own in problem.sizes.items()}
                    yield from _at(problem.at, {**small, name: size}, f"{name} = {size} ({c} stands at {found[c]})")


def _at(at: Callable[[Mapping[str, int]], Problem], sizes: dict[str, int], words: str) -> Iterator[tuple[str, Problem]]:
    try:
        yield words, at(sizes)
    except ValueError:  # it has no such sizes
        return
