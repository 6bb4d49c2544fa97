"""Questions around the numbers of a program itself: sizes c − 1, c, c + 1 and 2c + 1, scores at c and beyond."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from attnproof.derivations.scores.following import alone
from attnproof.verify.composing.constants import Constants
from attnproof.verify.composing.row import HEADS, LEVELS, Row
from attnproof.verify.composing.semantics import Choice, levels, undefined
from attnproof.verify.composing.sizes import fitted, single
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.targets.target import Target

LEAST: Final = 4  # the sizes below, and 2 · 3 + 1 = 7, are those of the usual classes
MOST: Final = 2**20  # numbers in the arrays of one question
# Which sizes are varied, those that tiles run over first.
AXES: Final = (("n_k",), ("n_q", "n_k"), ("d_q", "d_k", "d_a"), ("d_v",), ("n_q",), ("batch",), ("heads",))
SMALL: Final = Setting("", n_q=2, n_k=3, d_q=4, d_k=4, d_a=4, d_v=3, batch=(1, 4))
BEYOND: Final = (1.25, 8.0)  # how many times a number the scores reach; the other scores are then below it too
# Levels that leave most keys visible, so that a long row is a long sum.
OPEN: Final = {"window": ("beyond",), "lengths": ("some", "each")}


@dataclass(frozen=True)
class Own:
    """Questions, most telling first, and the constants that none is asked about, with why."""

    rows: tuple[Row, ...]
    not_tried: tuple[str, ...]


def own_rows(target: Target, choice: Choice, constants: Constants, dtype: str = "fp64", most: int = MOST) -> Own:
    """Every size of ``AXES`` around every whole constant, alone and with all features that go together; scores that
    reach every number.

    most  numbers in the arrays of one question
    """
    rows: list[Row] = []
    not_tried: list[str] = []
    for axes in AXES:
        for c, place in constants.integers.items():
            rows += _around(target, choice, axes, c, place, most, dtype, not_tried)
    rows += _reaching(target, choice, constants, dtype)
    seen: dict[tuple[object, ...], Row] = {}
    for row in rows:
        if undefined(target, choice, row) is not None:
            continue
        key = (replace(row.setting, name=""), tuple(row.features.items()), row.reach)
        seen.setdefault(key, row)
    return Own(
        tuple(replace(row, number=number) for number, row in enumerate(seen.values())), tuple(dict.fromkeys(not_tried))
    )


def _around(
    target: Target,
    choice: Choice,
    axes: tuple[str, ...],
    c: int,
    place: str,
    most: int,
    dtype: str,
    not_tried: list[str],
) -> Iterator[Row]:
    if c < LEAST:
        return
    for size in (c - 1, c, c + 1, 2 * c + 1):
        setting = _sized(target, axes, size)
        if setting is None:
            return
        if numbers_in(target, setting) > most:
            not_tried.append(f"{' = '.join(axes)} = {size} ({place}): arrays of {numbers_in(target, setting)} numbers")
            continue
        bare = Row(setting, dtype=dtype)
        full = replace(bare, features=together(target, choice, bare))
        yield full
        if full.features and axes in AXES[:2]:
            yield bare


def _sized(target: Target, axes: tuple[str, ...], size: int) -> Setting | None:
    """Small sizes but for these; None where the target has no such axis."""
    heads = bool(set(HEADS) & target.features)
    name = f"{' = '.join(axes)} = {size}"
    if axes == ("heads",):
        return fitted(target, replace(SMALL, name=name, batch=(1, size))) if heads else None
    if axes == ("batch",):
        if single(target):
            return None
        return fitted(target, replace(SMALL, name=name, batch=(size, 4) if heads else (size,)))
    changes: dict[str, int] = dict.fromkeys(axes, size)
    # Sizes that are one number are all the number that is varied.
    changes |= {other: size for group in target.equal if set(group) & set(axes) for other in group}
    return fitted(target, replace(SMALL, name=name, batch=_batch(target), **changes))  # type: ignore[arg-type]


def _batch(target: Target) -> tuple[int, ...]:
    return SMALL.batch if set(HEADS) & target.features else () if single(target) else (1,)


def numbers_in(target: Target, setting: Setting) -> int:
    """Roughly how many numbers the largest arrays of a question have, together."""
    s = setting
    pairs = s.n_q * s.n_k * (s.d_a if alone(target.score) in ("additive", "concat") else 1)
    parameters = 0 if alone(target.score) in ("dot", "scaled_dot") else s.d_q * s.d_k + s.d_a * (s.d_q + s.d_k)
    if target.built:  # each of its projections is as wide as all heads together
        heads = s.batch[-1] if target.headed and s.batch else 1
        parameters += (heads * max(s.d_q, s.d_k, s.d_v)) ** 2
    return math.prod(s.batch) * (pairs + s.n_q * (s.d_q + s.d_v) + s.n_k * (s.d_k + s.d_v)) + parameters


def together(target: Target, choice: Choice, row: Row) -> dict[str, str]:
    """As many features as have a meaning together at the sizes of a row, in the order of ``LEVELS``."""
    found: dict[str, str] = {}
    for name in LEVELS:
        if name not in target.takes:
            continue
        for level in (each for each in levels(target, name) if each in OPEN.get(name, (each,))):
            if undefined(target, choice, replace(row, features={**found, name: level})) is None:
                found[name] = level
                break
    return found


def _reaching(target: Target, choice: Choice, constants: Constants, dtype: str) -> Iterator[Row]:
    sizes = fitted(target, replace(SMALL, name="scores", n_q=3, n_k=5, batch=_batch(target)))
    for number in dict.fromkeys(map(abs, (*constants.floats, *map(float, constants.integers)))):
        if number < LEAST:
            continue
        for times in BEYOND:
            row = Row(sizes, reach=times * number, dtype=dtype)
            if undefined(target, choice, row) is None:
                yield row
