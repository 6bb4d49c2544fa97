"""Sizes two of which are one number: what takes one axis for another is silent there and raises everywhere else.

Every pair of axes is equal at some sizes, with all others different, and different at the rest: the rounds of a
tournament in which each axis meets each other once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Final

from attnproof.derivations.attention.whole import attention
from attnproof.derivations.scores.following import alone
from attnproof.derivations.scores.own import family
from attnproof.verify.composing.rotating import PARTS
from attnproof.verify.composing.row import HEADS, LEVELS, Row
from attnproof.verify.composing.semantics import Choice, levels, undefined
from attnproof.verify.composing.sizes import fitted, single
from attnproof.verify.inputs.make import one_width
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.targets.target import Target

Axis = tuple[str, ...]  # the sizes of a setting that are one axis; ``b``, ``h``, and ``g`` of heads of keys
WIDTHS: Final = ("d_q", "d_k", "d_a", "d_v")
SIZES: Final = (3, 5, 2, 7)  # of what has no needs
GROUPED: Final = 2  # heads of keys: what ``several`` gives ``HEADED``
HEADED: Final = 4  # heads, of which the paper's slopes are exact
EVEN: Final = 6  # features, all in pairs


@dataclass(frozen=True)
class Coincident:
    """Questions at such sizes, the pairs of axes that are equal in some of them, and those that are in none."""

    rows: tuple[Row, ...]
    pairs: tuple[tuple[str, str], ...]
    never: tuple[tuple[str, str], ...]


def rounds(axes: Sequence[Axis]) -> Iterator[list[tuple[Axis, ...]]]:
    """Pairs of axes, each axis in one of them; every two meet in one round. One axis is alone where their number is
    odd, and in a last round all are.
    """
    circle: list[Axis | None] = [*axes, *([None] if len(axes) % 2 else [])]
    for _ in range(len(circle) - 1):
        half = len(circle) // 2
        pairs = zip(circle[:half], reversed(circle[half:]), strict=True)
        yield [tuple(axis for axis in pair if axis is not None) for pair in pairs]
        circle = [circle[0], circle[-1], *circle[1:-1]]


def axes_of(target: Target) -> tuple[Axis, ...]:
    """The axes that can have sizes of their own, keys and queries first."""
    extents = {
        name.strip() for tensor in attention(family(alone(target.score))).inputs for name in _sizes(tensor.shape)
    }
    widths = [name for name in WIDTHS if name in extents or (name == "d_q" and "d" in extents)]
    found: list[Axis] = [("n_k",), ("n_q",), *((name,) for name in widths)]
    joined = [("d_q", "d_k")] if one_width(target.score) else []
    for group in (*target.equal, *joined):
        one = [axis for axis in found if set(axis) & set(group)]
        if not one:
            continue
        merged = tuple(dict.fromkeys(name for axis in (*one, group) for name in axis))
        found = [merged if axis is one[0] else axis for axis in found if axis is one[0] or axis not in one]
    if not single(target):
        heads = bool(set(HEADS) & target.features)
        found += [
            ("b",),
            *([("h",)] if heads or target.leads > 1 else []),
            *([("g",)] if "groups" in target.takes else []),
        ]
    return tuple(found)


def _sizes(shape: Sequence[Any]) -> Iterator[str]:
    for extent in shape:
        yield from str(extent).split("+")


def settings(target: Target) -> Iterator[tuple[Setting, tuple[tuple[str, str], ...]]]:
    """Sizes of each round, and the pairs of axes that are one number there."""
    for met in rounds(axes_of(target)):
        blocks = [part for block in met for part in _possible(target, block)]
        numbers = _numbers(target, blocks)
        pairs = tuple((block[0][0], block[1][0]) for block in blocks if len(block) > 1)
        batch = tuple(numbers[name] for name in ("b", "h") if name in numbers)
        named = {name: number for name, number in numbers.items() if name not in ("b", "h", "g")}
        words = ", ".join(f"{one} = {two}" for one, two in pairs)
        setting = Setting(words, batch=batch, **named)  # type: ignore[arg-type]
        yield fitted(target, setting), pairs


def _possible(target: Target, block: tuple[Axis, ...]) -> Sequence[tuple[Axis, ...]]:
    """The block, or its axes each for itself: heads of keys are fewer than those of queries, and of two kinds only."""
    names = {name for axis in block for name in axis}
    apart = "g" in names and ("h" in names or ("d_q" in names and _step(target) > GROUPED))
    return [(axis,) for axis in block] if apart else [block]


def _step(target: Target) -> int:
    """What the number of features is a multiple of."""
    return 2 * PARTS[target.contract.rotary_part or "all"] if "rotary" in target.features else 2


def _numbers(target: Target, blocks: Sequence[tuple[Axis, ...]]) -> dict[str, int]:
    """A number for each block, no two alike."""
    found: dict[str, int] = {}
    for block in sorted(blocks, key=lambda each: -_needs(each)):
        names = {name for axis in block for name in axis}
        number = HEADED if "h" in names else GROUPED if "g" in names else EVEN if "d_q" in names else 0
        number = -(-number // _step(target)) * _step(target) if "d_q" in names else number
        number = number or next(size for size in SIZES if size not in found.values())
        found |= dict.fromkeys(names, number)
    return found


def _needs(block: tuple[Axis, ...]) -> int:
    names = {name for axis in block for name in axis}
    return len(names & {"h", "g", "d_q"})


def coincident(target: Target, choice: Choice, dtype: str = "fp64") -> Coincident:
    """At each of these sizes every level of every feature, as many together as have a meaning, and none."""
    rows: list[Row] = []
    covered: dict[tuple[str, str], None] = {}
    for setting, pairs in settings(target):
        asked = list(_packed(target, choice, Row(setting, dtype=dtype)))
        rows += asked
        covered |= dict.fromkeys(pairs if asked else ())
    numbered = tuple(replace(row, number=number) for number, row in enumerate(rows))
    every = [(one[0], two[0]) for one, two in combinations(axes_of(target), 2)]
    never = tuple(pair for pair in every if not {pair, pair[::-1]} & covered.keys())
    return Coincident(numbered, tuple(pair for pair in every if pair not in never), never)


def _packed(target: Target, choice: Choice, bare: Row) -> Iterator[Row]:
    """Rows in which every level of every feature is, each once at least."""
    wanted = {name: list(levels(target, name)) for name in LEVELS if name in target.takes}
    if not target.headed and len(set(bare.setting.batch)) < len(bare.setting.batch):
        wanted.pop("lengths", None)  # one for each of the first axis: what is not made for heads refuses them elsewhere
    if undefined(target, choice, bare) is None:
        yield bare
    while any(wanted.values()):
        row = bare
        for name, rest in wanted.items():
            for level in tuple(rest):
                tried = replace(row, features={**row.features, name: level})
                if undefined(target, choice, tried) is None:
                    row = tried
                    rest.remove(level)
                    break
                if not row.features:
                    rest.remove(level)  # with nothing else it has no meaning either
        if row.features:
            yield row
