"""Masks that differ between the elements of a batch: each must reach its own queries, whatever heads are made of the
rest, and in whatever layout it may come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.properties import layouts_taken, values
from attnproof.verify.properties.asking import takes
from attnproof.verify.properties.property import Draw, Finding, Property, needs
from attnproof.verify.targets.target import Target

# Two elements with a mask each, two heads that share it: mistaking one axis for the other gives the masks to the wrong
# queries.
SETTING: Final = Setting("batch_masks", n_q=2, n_k=5, batch=(2, 2), bias_batch=(2, 1), mask="some")


def _draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterator[Draw]:
    draw = Draw(SETTING, "normal", dtype, device, seed)
    if profile == "quick":
        return
    if takes(target, draw):
        yield draw
    yield from layouts_taken.draws(target, dtype, device, seed)


def _finds(target: Target, draw: Draw) -> Iterable[Finding]:
    if draw.setting.name.startswith(layouts_taken.NAME):
        return layouts_taken.finds(target, draw)
    return values.finds(target, draw)


PROPERTIES: Final = (
    Property(
        name="masks of a batch",
        says="every element of a batch is masked by its own mask, in all of its heads, and a mask or bias means the "
        "same in every layout in which it is taken",
        applies=needs("mask", "bias", otherwise="takes neither a mask nor a bias"),
        draws=_draws,
        finds=_finds,
    ),
)
