"""Masks that differ between the elements of a batch: each must reach its own queries, whatever heads are made of the
rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.properties import values
from attnproof.verify.properties.asking import takes
from attnproof.verify.properties.property import Draw, Property, needs
from attnproof.verify.targets.target import Target

# Two elements with a mask each, two heads that share it: mistaking one axis for the other gives the masks to the wrong
# queries.
SETTING: Final = Setting("batch_masks", n_q=2, n_k=5, batch=(2, 2), bias_batch=(2, 1), mask="some")


def _draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterator[Draw]:
    draw = Draw(SETTING, "normal", dtype, device, seed)
    if profile != "quick" and takes(target, draw):
        yield draw


PROPERTIES: Final = (
    Property(
        name="masks of a batch",
        says="every element of a batch is masked by its own mask, in all of its heads",
        applies=needs("mask", "bias", otherwise="takes neither a mask nor a bias"),
        draws=_draws,
        finds=values.finds,
    ),
)
