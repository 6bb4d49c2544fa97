"""Rotary positions that a target makes itself: whether its tables are angles that grow evenly with the position."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np

from attnproof.verify.arithmetic.formats import Array
from attnproof.verify.composing.angles import base_of, follow, speeds_of, wrong
from attnproof.verify.composing.standing import APART, NAMES, standing
from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.outcome import DIFFERS, FAIL, PASS, UNSUPPORTED
from attnproof.verify.properties.asking import case_of
from attnproof.verify.properties.property import Draw, Finding, Property
from attnproof.verify.properties.question import ask
from attnproof.verify.targets.target import Request, Target

# More keys than queries, as many, and one query: where queries stand among the keys shows.
SETTINGS: Final = (
    Setting("angles", n_q=3, n_k=5, d_q=8, d_k=8, d_v=4, batch=(2,)),
    Setting("angles_square", n_q=9, n_k=9, d_q=12, d_k=12, d_v=4, batch=(2,)),
    Setting("angles_one_query", n_q=1, n_k=6, d_q=8, d_k=8, d_v=4, batch=(2,)),
)


def _applies(target: Target) -> str | None:
    told = not {*NAMES}.isdisjoint(target.takes)
    return None if target.tables is not None or told else "makes no tables of rotary positions"


def _draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterator[Draw]:
    """In the widest format: what tables are rounded to is a matter of the others."""
    del profile
    if dtype == target.dtypes[0] and device == "cpu":
        yield from (Draw(setting, "normal", dtype, device, seed) for setting in SETTINGS)


def _finds(target: Target, draw: Draw) -> Iterator[Finding]:
    if target.tables is None:
        yield _used(target, draw)
        return
    tables = target.tables(draw.setting, draw.dtype, draw.device)
    if draw.setting.n_k < 2 or not tables["cos_key"].shape[1]:
        return  # nothing stands anywhere else
    first = next(wrong(tables, target.contract.causal or ""), None)
    if first is not None:
        yield Finding(FAIL, f"rotary positions: {first}", "context", kind="algebra")
        return
    if (speeds_of(tables) < 0).all():
        yield Finding(DIFFERS, "rotary positions: features are turned the other way round", "context")
        return
    for words in _untold(target, draw, tables):
        yield Finding(FAIL, f"rotary positions: {words}", "context", kind="algebra")
        return
    base = base_of(tables)
    yield Finding(PASS, observed={"rotary base": base} if base else {})


def _used(target: Target, draw: Draw) -> Finding:
    """Whether anything depends on positions that are handed over, where they turn nothing that is known."""
    case = case_of(target, draw)
    told = (standing(draw.setting.n_q, draw.setting.n_k, target.takes, apart) for apart in (1, APART))
    asked = (Request(case, {**case.inputs, **each}, draw.device, gradients=()) for each in told)
    near, far = (ask(target, each).outputs["context"] for each in asked)
    if np.array_equal(near, far, equal_nan=True):
        return Finding(FAIL, "positions that are handed over take no part", "context", kind="algebra")
    return Finding(UNSUPPORTED, "what is made of positions turns no features by angles of its own")


def _untold(target: Target, draw: Draw, tables: Mapping[str, Array]) -> Iterator[str]:
    """What does not follow positions that are handed over, where these are no neighbours."""
    n_q, n_k = draw.setting.n_q, draw.setting.n_k
    near, far = (standing(n_q, n_k, target.takes, apart) for apart in (1, APART))
    if not near or target.tables is None:
        return
    moved = {"query" if name == "positions" else "key": far[name] - near[name] for name in near}
    if any({"n_q", "n_k"} <= set(group) for group in target.equal):  # one array may be told for both
        moved = {"query": next(iter(moved.values())), "key": next(iter(moved.values()))} | moved
    yield from follow(tables, target.tables(draw.setting, draw.dtype, draw.device, APART), moved)


PROPERTIES: Final = (
    Property(
        name="rotary angles",
        says="angles of its own rotary positions grow evenly with the position, alike for queries and keys",
        applies=_applies,
        draws=_draws,
        finds=_finds,
    ),
)
