"""Rotary positions that a target makes itself: whether its tables are angles that grow evenly with the position."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attnproof.verify.composing.angles import base_of, speeds_of, wrong
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
    first = next(wrong(tables, target.contract.causal or ""), None)
    if first is not None:
        yield Finding(FAIL, f"rotary positions: {first}", "context", kind="algebra")
        return
    if (speeds_of(tables) < 0).all():
        yield Finding(DIFFERS, "rotary positions: features are turned the other way round", "context")
        return
    base = base_of(tables)
    yield Finding(PASS, observed={"rotary base": base} if base else {})


PROPERTIES: Final = (
    Property(
        name="rotary angles",
        says="angles of its own rotary positions grow evenly with the position, alike for queries and keys",
        applies=_applies,
        draws=_draws,
        finds=_finds,
    ),
)
