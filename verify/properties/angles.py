"""Rotary positions that a target makes itself: whether its tables are angles that grow evenly with the position."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.formats import FORMATS, Array
from attnproof.verify.composing.rotating import part_of
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.outcome import DIFFERS, FAIL, PASS
from attnproof.verify.properties.property import Draw, Finding, Property
from attnproof.verify.targets.target import Target

# More keys than queries, as many, and one query: where queries stand among the keys shows.
SETTINGS: Final = (
    Setting("angles", n_q=3, n_k=5, d_q=8, d_k=8, d_v=4, batch=(2,)),
    Setting("angles_square", n_q=9, n_k=9, d_q=12, d_k=12, d_v=4, batch=(2,)),
    Setting("angles_one_query", n_q=1, n_k=6, d_q=8, d_k=8, d_v=4, batch=(2,)),
)
NATURAL: Final = 1e6  # the largest base of angles in use: how far its logarithm goes into a rounded power
USUAL: Final = 10_000.0
FORMATS_UP: Final = ("bf16", "fp16", "fp32", "fp64")  # those of few bits first


def _applies(target: Target) -> str | None:
    return None if target.tables is not None else "makes no tables of rotary positions"


def _draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterator[Draw]:
    """In the widest format: what tables are rounded to is a matter of the others."""
    del profile
    if dtype == target.dtypes[0] and device == "cpu":
        yield from (Draw(setting, "normal", dtype, device, seed) for setting in SETTINGS)


def _finds(target: Target, draw: Draw) -> Iterator[Finding]:
    assert target.tables is not None  # else it does not apply
    tables = target.tables(draw.setting, draw.dtype, draw.device)
    if draw.setting.n_k < 2 or not tables["cos_key"].shape[1]:
        return  # nothing stands anywhere else
    speeds = _speeds(tables)
    allowed = _allowed(tables, draw.setting)
    wrong = next(_wrong(tables, speeds, allowed, target, draw.setting), None)
    if wrong is not None:
        yield Finding(FAIL, f"rotary positions: {wrong}", "context", kind="algebra")
        return
    if (speeds < 0).all():
        yield Finding(DIFFERS, "rotary positions: features are turned the other way round", "context")
        return
    width = draw.setting.d_q // part_of({"rotary_part": target.contract.rotary_part or "all"})
    base = _base(speeds, width, allowed)
    yield Finding(PASS, observed={"rotary base": base} if base and width > 2 else {})


def _speeds(tables: Mapping[str, Array]) -> Array:
    """By how much the angle of each pair grows from one key to the next."""
    angles = np.arctan2(tables["sin_key"], tables["cos_key"])
    return _turn(angles[1] - angles[0])


def _turn(angle: Array) -> Array:
    """The angle between −π and π that is the same direction."""
    return np.asarray(np.remainder(angle + np.pi, 2 * np.pi) - np.pi)


def _allowed(tables: Mapping[str, Array], setting: Setting) -> float:
    """How far an angle may be off by rounding: a speed is a rounded power of a base (relative error (2 + ln base) u),
    a position times it is rounded, its cosine and its sine are by at most 2 ulp and then to the tables' format, and
    what is compared is made of three angles.

    u is that of single precision where the tables are numbers of it: angles are made in no narrower format.
    """
    every = np.concatenate([np.ravel(table) for table in tables.values()])
    narrow = next(name for name in FORMATS_UP if np.array_equal(FORMATS[name].round(every), every))
    made = FORMATS["fp64" if narrow == "fp64" else "fp32"].unit_roundoff
    farthest = 2 * max(setting.n_q, setting.n_k)
    return 3 * (made * (farthest * (3 + math.log(NATURAL)) + 4) + 2 * FORMATS[narrow].unit_roundoff)


def _wrong(
    tables: Mapping[str, Array], speeds: Array, allowed: float, target: Target, setting: Setting
) -> Iterator[str]:
    angles = {role: np.arctan2(tables[f"sin_{role}"], tables[f"cos_{role}"]) for role in ("query", "key")}
    for role in angles:
        length = np.hypot(tables[f"sin_{role}"], tables[f"cos_{role}"])
        if (np.abs(length - 1) > allowed).any():
            yield f"features of the {role} are multiplied by {float(length.flat[np.abs(length - 1).argmax()]):.6g}"
    steps = np.arange(setting.n_k)[:, None] * speeds
    if (np.abs(_turn(angles["key"] - angles["key"][0] - steps)) > allowed).any():
        yield "angles of keys do not grow evenly with the position"
    if (np.abs(speeds) <= allowed).all():
        moving = (np.abs(_turn(angles["query"] - angles["query"][0])) > allowed).any()
        yield "queries are turned, and keys are not" if moving else "every position has the same angles"
    offsets = [n for n in range(-setting.n_k, 2 * setting.n_k + setting.n_q) if _stand(n, angles, speeds, allowed)]
    if not offsets:
        still = (np.abs(_turn(angles["query"])) <= allowed).all() and setting.n_q > 1
        yield "keys are turned, and queries are not" if still else "queries have angles of no position among the keys"
        return
    known = {"top-left": (0,), "bottom-right": (setting.n_k - setting.n_q,)}
    wanted = known.get(target.contract.causal or "", (0, setting.n_k - setting.n_q))
    if not set(offsets) & set(wanted):
        where = " or ".join(f"{n}" for n in dict.fromkeys(wanted))
        yield f"the first query stands where key {offsets[0]} does; expected {where}"


def _stand(first: int, angles: Mapping[str, Array], speeds: Array, allowed: float) -> bool:
    """Whether the first query stands where key number ``first`` does, or would."""
    wanted = angles["key"][0] + (first + np.arange(len(angles["query"])))[:, None] * speeds
    return bool((np.abs(_turn(angles["query"] - wanted)) <= allowed).all())


def _base(speeds: Array, width: int, allowed: float) -> str:
    """The base of ``base^(−2g/width)``; empty where the speeds are others."""
    if speeds[0] <= 0 or len(speeds) < 2 or speeds[1] <= 0:
        return ""
    base = float(speeds[0] / speeds[1]) ** (width / 2)
    wanted = speeds[0] * base ** (-2.0 * np.arange(len(speeds)) / width)
    near = USUAL if math.isclose(base, USUAL, rel_tol=1e-3) else base
    return f"{near:.6g}" if (np.abs(speeds - wanted) <= allowed).all() and abs(speeds[0] - 1) <= allowed else ""


PROPERTIES: Final = (
    Property(
        name="rotary angles",
        says="angles of its own rotary positions grow evenly with the position, alike for queries and keys",
        applies=_applies,
        draws=_draws,
        finds=_finds,
    ),
)
