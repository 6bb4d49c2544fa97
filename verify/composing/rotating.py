"""Rotary positions as targets have them, in terms of the derivation's: pairs g and d/2 + g of all d features.

Where the first r of d features are rotated, the others are pairs turned by an angle of 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from attnproof.derivations.attention.rotary import TABLES, half_split_order
from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.composing.links import Link, linked, numbered

PARTS: Final[Mapping[str, int]] = {"all": 1, "first half": 2, "first quarter": 4}
AHEAD: Final = 2  # positions between the last key and the last query where each has tables of its own
TABLE_NAMES: Final = tuple(table.name for table in TABLES)


def part_of(choice: Mapping[str, str]) -> int:
    """One in how many features is rotated."""
    return PARTS[choice.get("rotary_part") or "all"]


def feature_order(width: int, choice: Mapping[str, str]) -> tuple[int, ...]:
    """Which feature of the target's each of the derivation's is."""
    rotated = width // part_of(choice)
    own = half_split_order(rotated) if choice.get("rotary") == "interleaved" else tuple(range(rotated))
    rest = tuple(range(rotated, width))
    half, middle = rotated // 2, len(rest) // 2
    return (*own[:half], *rest[:middle], *own[half:], *rest[middle:])


def table_link(name: str, table: Array, width: int) -> Link:
    """The derivation's table (n, d/2) made of the target's (n, r/2): cosines are 1 and sines 0 beyond it."""
    missing = ((0, 0), (0, width // 2 - table.shape[-1]))
    plus = np.pad(np.zeros(table.shape), missing, constant_values=1.0 if name.startswith("cos") else 0.0)
    return linked(name, np.pad(numbered(table.shape), missing, constant_values=-1), plus=plus)


def turned_back(inputs: Mapping[str, Array], tables: Mapping[str, Array], dtype: str) -> dict[str, Array]:
    """Query and key, in the derivation's order, of which the tables make those given, but for rounding."""
    found = {}
    for role in ("query", "key"):
        array = inputs[role]
        width = array.shape[-1]
        names = (f"cos_{role}", f"sin_{role}")
        cos, sin = (table_link(name, tables[name], width).values(tables[name]) for name in names)
        first, second = array[..., : width // 2], array[..., width // 2 :]
        whole = np.concatenate([first * cos + second * sin, second * cos - first * sin], -1)
        found[role] = FORMATS[dtype].round(whole)
    return found
