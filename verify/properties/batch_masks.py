"""Masks that differ between the elements of a batch: each must reach its own queries, whatever heads are made of the
rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from attnproof.verify.inputs.settings import Setting
from attnproof.verify.options import Profile
from attnproof.verify.properties.asking import case_of, handed_over
from attnproof.verify.properties.property import Draw, Finding, Property
from attnproof.verify.properties.values import VALUES
from attnproof.verify.targets.target import Target

NAME: Final = "masks of a batch"
# Two elements with a mask each, two heads that share it: mistaking one axis for the other gives the masks to the wrong
# queries.
SETTING: Final = Setting("batch_masks", n_q=2, n_k=5, batch=(2, 2), bias_batch=(2, 1), mask="some")


def _applies(target: Target) -> str | None:
    return None if {"mask", "bias"} & set(target.takes) else "takes neither a mask nor a bias"


def _draws(target: Target, profile: Profile, dtype: str, device: str, seed: int) -> Iterable[Draw]:
    draw = Draw(SETTING, "normal", dtype, device, seed)
    if profile != "quick" and handed_over(target, case_of(target, draw)) is not None:
        yield draw


def _check(target: Target, draw: Draw) -> Iterable[Finding]:
    return [replace(finding, property=NAME) for finding in VALUES.check(target, draw)]


BATCH_MASKS: Final = Property(
    NAME, "every element of a batch is masked by its own mask, in all of its heads", (29,), _applies, _draws, _check
)
