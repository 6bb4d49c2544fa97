"""A covering array: few rows in which every pair of levels of two factors appears together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

Assignment = dict[str, str]
Pair = tuple[tuple[str, str], tuple[str, str]]


def pairs_of(assignment: Mapping[str, str], names: Sequence[str]) -> set[Pair]:
    """Every two of its levels, in the order of the names."""
    items = [(name, assignment[name]) for name in names if name in assignment]
    return set(combinations(items, 2))


def covering(
    factors: Mapping[str, Sequence[str]], possible: Callable[[Assignment], bool]
) -> tuple[list[Assignment], list[Pair]]:
    """Rows that cover every pair of levels, and the pairs that are in no possible row, for the caller to say why.

    factors   name -> levels, the usual one first
    possible  whether some assignment of part of the factors has a meaning; what is not possible stays so with more
    Deterministic and greedy: a row starts with a pair that no row has yet, then each factor takes the level that brings
    most new pairs, usual ones first among equals.
    """
    names = tuple(factors)
    order = {name: place for place, name in enumerate(names)}
    missing = {
        ((a, one), (b, two)): None for a, b in combinations(names, 2) for one in factors[a] for two in factors[b]
    }
    rows: list[Assignment] = []
    left: list[Pair] = []
    while missing:
        first = next(iter(missing))
        row = _filled(dict(first), factors, names, missing, order, possible)
        if row is None:
            del missing[first]
            left.append(first)
            continue
        for pair in pairs_of(row, names):
            missing.pop(pair, None)
        rows.append(row)
    return rows, left


def _filled(
    start: Assignment,
    factors: Mapping[str, Sequence[str]],
    names: Sequence[str],
    missing: Mapping[Pair, None],
    order: Mapping[str, int],
    possible: Callable[[Assignment], bool],
) -> Assignment | None:
    """A possible row with all factors that begins with these levels; None where there is none in this order."""
    if not possible(start):
        return None
    row = dict(start)
    for name in names:
        if name in row:
            continue
        gains = [(-_gain(row, name, level, missing, order), place) for place, level in enumerate(factors[name])]
        for _, place in sorted(gains):
            tried = {**row, name: factors[name][place]}
            if possible(tried):
                row = tried
                break
        else:
            return None
    return row


def _gain(row: Assignment, name: str, level: str, missing: Mapping[Pair, None], order: Mapping[str, int]) -> int:
    """How many new pairs the level makes with those that the row has."""
    found = 0
    for other, its in row.items():
        own, theirs = (name, level), (other, its)
        found += ((theirs, own) if order[other] < order[name] else (own, theirs)) in missing
    return found
