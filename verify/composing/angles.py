"""The law of rotary positions: angles that grow evenly with the position, alike for queries and keys."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.composing.standing import Positions
from attnproof.verify.options import DTYPES

NATURAL: Final = 1e6  # the largest base of angles in use: how far its logarithm goes into a rounded power
USUAL: Final = 10_000.0


def speeds_of(tables: Mapping[str, Array]) -> Array:
    """By how much the angle of each pair grows from one key to the next."""
    angles = np.arctan2(tables["sin_key"], tables["cos_key"])
    return _turn(angles[1] - angles[0])


def _turn(angle: Array) -> Array:
    """The angle between −π and π that is the same direction."""
    return np.asarray(np.remainder(angle + np.pi, 2 * np.pi) - np.pi)


def allowed_for(tables: Mapping[str, Array], farthest: int = 0) -> float:
    """How far an angle may be off by rounding: a speed is a rounded power of a base (relative error (2 + ln base) u),
    a position times it is rounded, its cosine and its sine are by at most 2 ulp and then to the tables' format, and
    what is compared is made of three angles.

    farthest  the largest position; 0: that of neighbours
    u is that of single precision where the tables are numbers of it: angles are made in no narrower format.
    """
    every = np.concatenate([np.ravel(table) for table in tables.values()])
    narrow = next(
        name
        for name in sorted(DTYPES, key=lambda each: FORMATS[each].precision)
        if np.array_equal(FORMATS[name].round(every), every)
    )
    made = FORMATS["fp64" if narrow == "fp64" else "fp32"].unit_roundoff
    farthest = farthest or 2 * max(len(tables["cos_query"]), len(tables["cos_key"]))
    return 3 * (made * (farthest * (3 + math.log(NATURAL)) + 4) + 2 * FORMATS[narrow].unit_roundoff)


def wrong(tables: Mapping[str, Array], causal: str) -> Iterator[str]:
    """What of the tables is no rotation by position; ``causal``: of the contract, where it says where queries stand."""
    speeds, allowed = speeds_of(tables), allowed_for(tables)
    n_q, n_k = len(tables["cos_query"]), len(tables["cos_key"])
    angles = {role: np.arctan2(tables[f"sin_{role}"], tables[f"cos_{role}"]) for role in ("query", "key")}
    for role in angles:
        length = np.hypot(tables[f"sin_{role}"], tables[f"cos_{role}"])
        if (np.abs(length - 1) > allowed).any():
            yield f"features of the {role} are multiplied by {float(length.flat[np.abs(length - 1).argmax()]):.6g}"
    steps = np.arange(n_k)[:, None] * speeds
    if (np.abs(_turn(angles["key"] - angles["key"][0] - steps)) > allowed).any():
        yield "angles of keys do not grow evenly with the position"
    if (np.abs(speeds) <= allowed).all():
        moving = (np.abs(_turn(angles["query"] - angles["query"][0])) > allowed).any()
        yield "queries are turned, and keys are not" if moving else "every position has the same angles"
    offsets = [n for n in range(-n_k, 2 * n_k + n_q) if _stand(n, angles, speeds, allowed)]
    if not offsets:
        still = (np.abs(_turn(angles["query"])) <= allowed).all() and n_q > 1
        yield "keys are turned, and queries are not" if still else "queries have angles of no position among the keys"
        return
    known = {"top-left": (0,), "bottom-right": (n_k - n_q,)}
    wanted = known.get(causal, (0, n_k - n_q))
    if not set(offsets) & set(wanted):
        where = " or ".join(f"{n}" for n in dict.fromkeys(wanted))
        yield f"the first query stands where key {offsets[0]} does; expected {where}"


def follow(tables: Mapping[str, Array], others: Mapping[str, Array], moved: Mapping[str, Positions]) -> Iterator[str]:
    """What does not follow the positions that were told: ``others`` are the tables where each stands further by
    ``moved``, of the query, of the key.
    """
    speeds = speeds_of(tables)
    farthest = max(int(np.max(np.abs(by))) for by in moved.values()) + 2 * len(tables["cos_key"])
    for role, by in moved.items():
        before, after = (np.arctan2(each[f"sin_{role}"], each[f"cos_{role}"]) for each in (tables, others))
        if (np.abs(_turn(after - before - by[:, None] * speeds)) > allowed_for(others, farthest)).any():
            yield f"angles of the {role} are not those of the positions that are handed over"


def _stand(first: int, angles: Mapping[str, Array], speeds: Array, allowed: float) -> bool:
    """Whether the first query stands where key number ``first`` does, or would."""
    wanted = angles["key"][0] + (first + np.arange(len(angles["query"])))[:, None] * speeds
    return bool((np.abs(_turn(angles["query"] - wanted)) <= allowed).all())


def base_of(tables: Mapping[str, Array]) -> str:
    """The base of angles ``position · base^(−2g/r)`` of r features; empty where the speeds are others."""
    speeds, allowed = speeds_of(tables), allowed_for(tables)
    width = 2 * len(speeds)
    if speeds[0] <= 0 or len(speeds) < 2 or speeds[1] <= 0:
        return ""
    base = float(speeds[0] / speeds[1]) ** (width / 2)
    wanted = speeds[0] * base ** (-2.0 * np.arange(len(speeds)) / width)
    near = USUAL if math.isclose(base, USUAL, rel_tol=1e-3) else base
    return f"{near:.6g}" if (np.abs(speeds - wanted) <= allowed).all() and abs(speeds[0] - 1) <= allowed else ""
