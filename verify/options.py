"""What a run is asked to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Profile = Literal["quick", "standard", "thorough"]
PROFILES: tuple[Profile, ...] = ("quick", "standard", "thorough")
DTYPES: tuple[str, ...] = ("fp64", "fp32", "bf16", "fp16")
DEVICES: tuple[str, ...] = ("cpu", "cuda")
SCORES: tuple[str, ...] = ("dot", "scaled_dot", "bilinear", "additive", "concat")


@dataclass(frozen=True)
class Options:
    """The selection of a run: profile, seed, and what to restrict it to.

    scores    names of built-in families, or of one's own with their digest (``derivations.own.pinned``)
    scores, claims, dtypes, devices: what is wanted. The default is everything; a device that is wanted but absent gives
    outcomes ``skipped (no CUDA device)``, never silence.
    """

    profile: Profile = "standard"
    seed: int = 0
    scores: tuple[str, ...] = SCORES
    dtypes: tuple[str, ...] = DTYPES
    devices: tuple[str, ...] = DEVICES
    claims: tuple[str, ...] | None = None  # None: every claim
